// Values of a custom resource against the OpenAPI schema of its version, with the errors that kube-openapi's validator gives and the API server
// turns into field errors (k8s.io/kube-openapi/pkg/validation/validate, apiextensions-apiserver/pkg/apiserver/validation, 1.36).

import { hasFormat, isKnownFormat } from '../../kube/schema/formats.ts';
import type { Limits, Schema } from '../../kube/schema/schema.ts';
import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { linearRegex } from '../../lib/regex.ts';
import { type FieldError, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../fields/error.ts';
import { isInt64 } from '../fields/go-text.ts';
import { numberErrors } from './numbers.ts';

/** Errors found, and how many checks were made: of failing alternatives, those of the one that was checked furthest are shown. */
interface Found {
  readonly errors: FieldError[];
  checks: number;
}

const maxDepth = 200;

/** All errors of an object. */
export function schemaErrors(object: Json, schema: Schema): readonly FieldError[] {
  return visit(object, schema, '', 0).errors;
}

/** Every check that looks at a value counts, those of numbers and lists twice, those that its type passes once more. */
function visit(value: Json, schema: Schema, path: string, depth: number): Found {
  const found: Found = { errors: [], checks: 0 };
  if (depth > maxDepth) return found;
  if (checkType(value, schema, path, found)) found.checks++;
  if (value !== null) {
    found.checks += 4;
    if (schema.type !== undefined || schema.intOrString === true || schema.format !== undefined) found.checks++;
    checkAlternatives(value, schema, path, found, depth);
    const { limits = {} } = schema;
    if (typeof value === 'string') checkText(value, schema, limits, path, found);
    else if (typeof value === 'number') {
      for (const error of numberErrors(value, schema, path, fieldOf(path))) add(found, error);
      found.checks += 2;
    } else if (Array.isArray(value)) checkList(value, schema, limits, path, found, depth);
  }
  checkEnum(value, schema, path, found);
  if (isObject(value)) checkObject(value, schema, schema.limits ?? {}, path, found, depth);
  return found;
}

function take(found: Found, other: Found): void {
  for (const error of other.errors) add(found, error);
  found.checks += other.checks;
}

function add({ errors }: Found, error: FieldError): void {
  if (!errors.some((known) => known.field === error.field && known.detail === error.detail && known.type === error.type))
    errors.push(error);
}

function fieldOf(path: string): string {
  return path === '' || path === '.' ? '<nil>' : path.startsWith('.') ? path.slice(1) : path;
}

/** True where the type was looked at and found right. */
function checkType(value: Json, schema: Schema, path: string, found: Found): boolean {
  const wanted = schema.intOrString === true ? 'integer,string' : schema.type;
  const wrong = (type: string, shown: string): false => {
    add(found, typeInvalid(fieldOf(path), shown, `${path} in body must be of type ${type}: ${JSON.stringify(shown)}`));
    return false;
  };
  if (wanted === undefined && schema.format === undefined) return value === null;
  if (value === null) return schema.nullable === true || wanted === undefined || wrong(wanted, 'null');
  const type = typeName(value);
  const isText = typeof value === 'string' || Array.isArray(value);
  const fits = wanted !== undefined && (wanted.split(',').includes(type) || (type === 'integer' && wanted === 'number'));
  if (
    !fits &&
    !isText &&
    schema.intOrString !== true &&
    schema.format !== undefined &&
    (wanted === undefined || isChecked(wanted, schema.format))
  ) {
    // The server names the format, and that of the value.
    const shown = type === 'number' ? 'float64' : type === 'integer' ? 'int64' : '';
    if (shown !== schema.format) return wrong(schema.format, shown);
  }
  const numeric = wanted !== undefined && (wanted.includes('integer') || wanted === 'number');
  if (!numeric && isText && schema.format !== undefined && isKnownFormat(schema.format)) return true;
  return fits || wrong(wanted ?? '', type);
}

/** Formats of numbers that are looked at, by their type. */
const numberFormats: Readonly<Partial<Record<string, readonly string[]>>> = { integer: ['int32', 'int64'], number: ['float', 'double'] };

function isChecked(type: string, format = ''): boolean {
  return type === 'string' ? isKnownFormat(format) : numberFormats[type]?.includes(format) === true;
}

/** The JSON type of a value, as messages name it. Whole numbers beyond 64 bits are floating. */
export function typeName(value: Json): string {
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? 'integer' : 'number';
    default:
      return 'object';
  }
}

function checkAlternatives(value: Json, schema: Schema, path: string, found: Found, depth: number): void {
  const again = (each: Schema) => visit(value, each, path, depth + 1);
  const say = (text: string) => add(found, invalid('<nil>', '', `${JSON.stringify(path)} ${text}`));
  if (schema.anyOf !== undefined) {
    const results = schema.anyOf.map(again);
    if (!results.some(({ errors }) => errors.length === 0)) {
      say('must validate at least one schema (anyOf)');
      takeBest(results, found);
    } else firstMet(results, found);
  }
  if (schema.oneOf !== undefined) {
    const results = schema.oneOf.map(again);
    const valid = results.filter(({ errors }) => errors.length === 0).length;
    if (valid !== 1) {
      say(`must validate one and only one schema (oneOf). ${valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`}`);
      if (valid === 0) takeBest(results, found);
    } else firstMet(results, found);
  }
  if (schema.allOf !== undefined) {
    const results = schema.allOf.map(again);
    for (const result of results) take(found, result);
    const valid = results.filter(({ errors }) => errors.length === 0).length;
    if (valid !== results.length) say(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  }
  if (schema.not !== undefined && again(schema.not).errors.length === 0) say('must not validate the schema (not)');
}

function takeBest(results: readonly Found[], found: Found): void {
  let best: Found | undefined;
  for (const result of results) if (best === undefined || result.checks > best.checks) best = result;
  if (best !== undefined) take(found, best);
}

function firstMet(results: readonly Found[], found: Found): void {
  found.checks += results.find(({ errors }) => errors.length === 0)?.checks ?? 0;
}

function checkText(value: string, schema: Schema, limits: Limits, path: string, found: Found): void {
  const at = fieldOf(path);
  const { minLength, maxLength, pattern } = limits;
  const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length;
  // The first of these alone is said.
  if (maxLength !== undefined && length > maxLength) add(found, tooLong(at, maxLength));
  else if (minLength !== undefined && length < minLength)
    add(found, invalid(at, value, `${path} in body should be at least ${minLength} chars long`));
  else if (pattern !== undefined && linearRegex(pattern)?.found(value) === false)
    add(found, invalid(at, value, `${path} in body should match '${pattern}'`));
  found.checks++;
  const { format } = schema;
  if (format === undefined || !isKnownFormat(format)) return;
  found.checks++;
  if (!hasFormat(value, format)) add(found, typeInvalid(at, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`));
}

function checkList(list: readonly Json[], schema: Schema, limits: Limits, path: string, found: Found, depth: number): void {
  const at = fieldOf(path);
  if (schema.items !== undefined)
    for (let index = 0; index < list.length; index++) take(found, visit(list[index] ?? null, schema.items, `${path}[${index}]`, depth + 1));
  const { minItems, maxItems } = limits;
  if (minItems !== undefined && list.length < minItems)
    add(found, invalid(at, list.length, `${path} in body should have at least ${minItems} items`));
  if (maxItems !== undefined && list.length > maxItems) add(found, tooMany(at, list.length, maxItems));
  if (limits.uniqueItems === true && list.some((item, index) => list.slice(0, index).some((other) => sameJson(item, other))))
    add(found, invalid(at, '', `${path} in body shouldn't contain duplicates`));
  found.checks += 2;
}

function checkEnum(value: Json, schema: Schema, path: string, found: Found): void {
  if (schema.enum === undefined || schema.enum.length === 0) return;
  if (value !== null && schema.enum.some((allowed) => sameJson(allowed, value) || isConverted(value, allowed))) return;
  add(
    found,
    notSupported(
      fieldOf(path),
      value,
      schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
    ),
  );
}

/** The server converts to the type of the allowed value before it compares: fractions are cut off, a whole number is the character of its code. */
function isConverted(value: Json, allowed: Json): boolean {
  if (typeof value !== 'number') return false;
  if (typeof allowed === 'number') return isInt64(allowed) && !isInt64(value) && Math.trunc(value) === allowed;
  if (typeof allowed !== 'string' || !isInt64(value)) return false;
  const isCharacter = value >= 0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  return allowed === (isCharacter ? String.fromCodePoint(value) : '\ufffd');
}

function checkObject(object: JsonObject, schema: Schema, limits: Limits, path: string, found: Found, depth: number): void {
  const keys = Object.keys(object);
  const { minProperties, maxProperties } = limits;
  if (minProperties !== undefined && keys.length < minProperties)
    add(found, invalid(fieldOf(path), keys.length, `${path} in body should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && keys.length > maxProperties) add(found, tooMany(fieldOf(path), keys.length, maxProperties));
  if (schema.additionalProperties !== undefined)
    for (const key of keys) {
      if (schema.properties?.has(key) === true) continue;
      take(found, visit(object[key] ?? null, schema.additionalProperties, `${path}.${key}`, depth + 1));
    }
  if (schema.properties !== undefined)
    for (const [key, known] of schema.properties) {
      const value = Object.hasOwn(object, key) ? object[key] : undefined;
      if (value !== undefined) take(found, visit(value, known, path === '' ? key : `${path}.${key}`, depth + 1));
    }
  for (const key of schema.required ?? []) if (!Object.hasOwn(object, key)) add(found, required(fieldOf(`${path}.${key}`)));
  found.checks++;
}
