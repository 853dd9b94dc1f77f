// Validation of a custom resource against the structural schema of its version, as apiextensions-apiserver 1.36 does: unknown fields (as
// strict field validation reports them), then, on the value with nulls dropped and defaults filled in, types, limits, formats, alternatives,
// and keys of lists. CEL rules are not run here: the request pipeline runs them. Patterns run in linear time. Messages repeat no texts that
// could be secret.

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { linearRegex } from '../../lib/regex.ts';
import { validateBuiltIn } from './built-in.ts';
import { applySchemaDefaults, dropNulls, pruneUnknown } from './complete.ts';
import { hasFormat, isKnownFormat } from './formats.ts';
import type { Limits, Schema } from './schema.ts';
import type { CustomVersion } from './structural.ts';
import { maxDepth, maxViolations, placeOf, shown, startWalk, typeName, type Violation, violate, type Walk } from './violation.ts';

/** Everything wrong with a custom resource. `objectMeta` is the schema of `meta.v1.ObjectMeta` of the release. */
export function validateCustom(object: Json, version: CustomVersion, objectMeta: Schema | undefined): readonly Violation[] {
  const { schema } = version;
  const metadata = isObject(object) ? object.metadata : undefined;
  const violations: Violation[] =
    metadata === undefined || objectMeta === undefined ? [] : [...validateBuiltIn(metadata, objectMeta, ['metadata'])];
  let value = object;
  if (!version.preservesUnknownFields) {
    const pruned = pruneUnknown(object, schema);
    for (const path of pruned.dropped.slice(0, maxViolations)) {
      const walk = startWalk(path);
      violate(walk, 'unknown-field', `${placeOf(walk)} is no field of this kind`);
      violations.push(...walk.violations);
    }
    value = dropNulls(pruned.value, schema);
  }
  value = applySchemaDefaults(value, schema);
  if (version.statusSubresource && isObject(value)) {
    const { status: _status, ...rest } = value;
    value = rest;
  }
  const walk: Walk = startWalk();
  check(value, schema, walk);
  checkEmbedded(value, schema, walk, objectMeta, 0);
  return [...violations, ...walk.violations];
}

/** Checks a value against a schema's types, limits and alternatives alone. */
export function violationsOf(value: Json, schema: Schema, at: readonly (string | number)[] = []): readonly Violation[] {
  const walk = startWalk(at);
  check(value, schema, walk);
  return walk.violations;
}

function check(value: Json, schema: Schema, walk: Walk): void {
  if (walk.path.length > maxDepth) return;
  const wanted = typeComplaint(value, schema);
  if (wanted !== undefined) violate(walk, 'wrong-type', `${placeOf(walk)} is ${typeName(value)}, not ${wanted}`);
  // Null equals no enum value, not even one that is null.
  if (schema.enum !== undefined && schema.enum.length > 0 && (value === null || !schema.enum.some((allowed) => sameJson(allowed, value))))
    violate(walk, 'not-allowed', `${placeOf(walk)} is ${shown(value)}; allowed: ${schema.enum.map((item) => shown(item)).join(', ')}`);
  if (value === null) return;
  checkAlternatives(value, schema, walk);
  if (schema.limits !== undefined) checkLimits(value, schema.limits, schema, walk);
  if (typeof value === 'string') {
    if (schema.format !== undefined && isStringFormat(schema) && !hasFormat(value, schema.format))
      violate(walk, 'wrong-type', `${placeOf(walk)} is not of the format ${schema.format}`);
  } else if (typeof value === 'number') checkRange(value, schema, walk);
  else if (Array.isArray(value)) checkList(value, schema, walk);
  else if (isObject(value)) checkObject(value, schema, walk);
}

function typeComplaint(value: Json, schema: Schema): string | undefined {
  const { type } = schema;
  if (schema.intOrString === true) {
    if (value === null) return schema.nullable === true ? undefined : 'a whole number or a string';
    if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return undefined;
    return 'a whole number or a string';
  }
  if (type === undefined) return undefined;
  const name = {
    object: 'a mapping',
    array: 'a list',
    string: 'a string',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'a boolean',
  }[type];
  if (value === null) return schema.nullable === true ? undefined : name;
  // A list where a string of some format belongs is not noticed by the server.
  if (Array.isArray(value))
    return type === 'array' || (type === 'string' && schema.format !== undefined && isKnownFormat(schema.format)) ? undefined : name;
  switch (typeof value) {
    case 'string':
      return type === 'string' ? undefined : name;
    case 'number':
      return type === 'number' || (type === 'integer' && Number.isInteger(value)) ? undefined : name;
    case 'boolean':
      return type === 'boolean' ? undefined : name;
    default:
      return type === 'object' ? undefined : name;
  }
}

function isStringFormat(schema: Schema): boolean {
  return schema.type === undefined || schema.type === 'string' || schema.intOrString === true;
}

function checkRange(value: number, schema: Schema, walk: Walk): void {
  if (schema.type !== 'integer' || !Number.isInteger(value)) return;
  const bound = schema.format === 'int32' ? 2 ** 31 : 2 ** 63;
  if (value < -bound || value >= bound)
    violate(walk, 'limit', `${placeOf(walk)} is ${value}, beyond ${schema.format === 'int32' ? 32 : 64} bits`);
}

function checkLimits(value: Json, limits: Limits, schema: Schema, walk: Walk): void {
  const complain = (wanted: string) => violate(walk, 'limit', `${placeOf(walk)} ${wanted}`);
  if (typeof value === 'string') {
    const { minLength, maxLength, pattern } = limits;
    const length = minLength === undefined && maxLength === undefined ? 0 : characters(value);
    if (maxLength !== undefined && length > maxLength) complain(`is longer than ${maxLength} characters`);
    else if (minLength !== undefined && length < minLength) complain(`is shorter than ${minLength} characters`);
    else if (pattern !== undefined && linearRegex(pattern)?.found(value) !== true) complain(`does not match ${pattern}`);
  } else if (typeof value === 'number') checkNumber(value, limits, complain);
  else if (Array.isArray(value)) {
    const { minItems, maxItems, uniqueItems } = limits;
    if (minItems !== undefined && value.length < minItems) complain(`has fewer than ${minItems} members`);
    if (maxItems !== undefined && value.length > maxItems) complain(`has more than ${maxItems} members`);
    if (uniqueItems === true && schema.listType !== 'set') checkSet(value, walk);
  } else if (isObject(value)) {
    const { minProperties, maxProperties } = limits;
    const count = Object.keys(value).length;
    if (minProperties !== undefined && count < minProperties) complain(`has fewer than ${minProperties} fields`);
    if (maxProperties !== undefined && count > maxProperties) complain(`has more than ${maxProperties} fields`);
  }
}

/** Limits of whole numbers count without their fraction, as there. */
function checkNumber(value: number, limits: Limits, complain: (wanted: string) => void): void {
  const bound = (limit: number) => (Number.isInteger(value) ? Math.trunc(limit) : limit);
  const { minimum, maximum, multipleOf } = limits;
  if (minimum !== undefined && (limits.exclusiveMinimum === true ? value <= bound(minimum) : value < bound(minimum)))
    complain(`is ${value}, ${limits.exclusiveMinimum === true ? 'not above' : 'below'} ${minimum}`);
  if (maximum !== undefined && (limits.exclusiveMaximum === true ? value >= bound(maximum) : value > bound(maximum)))
    complain(`is ${value}, ${limits.exclusiveMaximum === true ? 'not below' : 'above'} ${maximum}`);
  if (multipleOf === undefined) return;
  const factor = bound(multipleOf);
  if (factor <= 0 || !Number.isInteger(factor < 1 ? (1 / factor) * value : value / factor))
    complain(`is ${value}, no multiple of ${multipleOf}`);
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function checkObject(object: JsonObject, schema: Schema, walk: Walk): void {
  const { properties, additionalProperties } = schema;
  for (const [key, value] of Object.entries(object)) {
    const known = properties?.get(key) ?? additionalProperties;
    if (known === undefined || value === undefined) continue;
    walk.path.push(key);
    check(value, known, walk);
    walk.path.pop();
  }
  for (const key of schema.required ?? [])
    if (!Object.hasOwn(object, key) || object[key] === undefined) violate(walk, 'missing', `${placeOf(walk, key)} is required`, key);
}

function checkList(list: readonly Json[], schema: Schema, walk: Walk): void {
  if (schema.items !== undefined)
    for (const [index, item] of list.entries()) {
      walk.path.push(index);
      check(item, schema.items, walk);
      walk.path.pop();
    }
  if (schema.listType === 'set') checkSet(list, walk);
  else if (schema.listType === 'map') checkKeys(list, schema.listMapKeys ?? [], walk);
}

function checkSet(list: readonly Json[], walk: Walk): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const identity = sortedJson(item);
    if (seen.has(identity)) violate(walk, 'duplicate', `${placeOf(walk, index)} repeats ${shown(item)}`, index);
    seen.add(identity);
  }
}

function checkKeys(list: readonly Json[], keys: readonly string[], walk: Walk): void {
  const stranger = list.findIndex((item) => item !== null && !isObject(item));
  if (stranger >= 0) {
    violate(walk, 'wrong-type', `${placeOf(walk, stranger)} is ${typeName(list[stranger])}, not a mapping`, stranger);
    return;
  }
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const own = keys
      .filter((key) => isObject(item) && Object.hasOwn(item, key))
      .map((key): [string, Json] => [key, (item as JsonObject)[key] ?? null]);
    const identity = sortedJson(Object.fromEntries(own));
    if (seen.has(identity)) {
      const same = own.map(([key, value]) => `${key} ${shown(value)}`).join(', ');
      violate(walk, 'duplicate', `${placeOf(walk, index)} repeats ${same === '' ? 'an empty key' : same}`, index);
    }
    seen.add(identity);
  }
}

function sortedJson(value: Json): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function checkAlternatives(value: Json, schema: Schema, walk: Walk): void {
  const tried = (alternatives: readonly Schema[]) => alternatives.map((alternative) => violationsOf(value, alternative, walk.path));
  for (const part of schema.allOf ?? []) check(value, part, walk);
  if (schema.anyOf !== undefined) {
    const results = tried(schema.anyOf);
    if (!results.some((found) => found.length === 0)) refuse(walk, 'meets none of the alternatives of which one is needed', results);
  }
  if (schema.oneOf !== undefined) {
    const results = tried(schema.oneOf);
    const met = results.filter((found) => found.length === 0).length;
    if (met === 0) refuse(walk, 'meets none of the alternatives of which exactly one is needed', results);
    else if (met > 1) refuse(walk, `meets ${met} alternatives where exactly one is needed`, []);
  }
  if (schema.not !== undefined && violationsOf(value, schema.not, walk.path).length === 0)
    refuse(walk, 'is of a form that is excluded', []);
}

/** Notes the refusal and what the nearest alternative lacks. */
function refuse(walk: Walk, reason: string, results: readonly (readonly Violation[])[]): void {
  violate(walk, 'combination', `${placeOf(walk)} ${reason}`);
  const nearest = results.toSorted((a, b) => a.length - b.length)[0] ?? [];
  for (const violation of nearest)
    if (!walk.violations.some(({ pointer }) => pointer === violation.pointer)) walk.violations.push(violation);
}

/** Objects within the object, such as a template of another kind: they must say what they are, and their metadata is checked. */
function checkEmbedded(value: Json, schema: Schema, walk: Walk, objectMeta: Schema | undefined, depth: number): void {
  if (depth > maxDepth) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      within(walk, index, () => checkEmbedded(item, schema.items ?? {}, walk, objectMeta, depth + 1));
    return;
  }
  if (!isObject(value)) return;
  if (schema.embeddedResource === true) {
    for (const key of ['apiVersion', 'kind'])
      if (typeof value[key] !== 'string' || value[key] === '') violate(walk, 'missing', `${placeOf(walk, key)} is required`, key);
    if (value.metadata !== undefined && objectMeta !== undefined)
      walk.violations.push(...validateBuiltIn(value.metadata, objectMeta, [...walk.path, 'metadata']));
  }
  for (const [key, item] of Object.entries(value)) {
    const known = schema.properties?.get(key) ?? schema.additionalProperties;
    if (known !== undefined && item !== undefined) within(walk, key, () => checkEmbedded(item, known, walk, objectMeta, depth + 1));
  }
}

function within(walk: Walk, key: string | number, work: () => void): void {
  walk.path.push(key);
  work();
  walk.path.pop();
}
