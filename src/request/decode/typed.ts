// Holds a body against the schema of a built-in kind as Go's decoder would: the first value of a wrong type refuses it; unknown and repeated
// fields are collected for strict decoding (sigs.k8s.io/json, Kubernetes 1.36). The value itself is not changed here.

import { parseQuantity } from '../../kube/quantity.ts';
import { isTime } from '../../kube/schema/go-value.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Oddities } from './json-text.ts';
import { goField, goType, goValue, memberType, shortName } from './type-name.ts';

export interface Held {
  /** The message of the first value that does not fit. */
  readonly error: string | undefined;
  /** `unknown field "spec.x"`, `duplicate field "metadata.name"`, in document order. */
  readonly strict: readonly string[];
}

const maxStrict = 100;
const maxDepth = 400;

interface Walk {
  error: string | undefined;
  /** What a type that decodes itself said first: it ends decoding, whatever else was wrong before. */
  ended: string | undefined;
  readonly strict: string[];
  readonly path: (string | number)[];
  /** Field names alone, and the struct that the last one belongs to: what type errors name. */
  readonly fields: string[];
  struct: string;
  readonly oddities: Oddities | undefined;
  /** Whether paths name the structs that fields are embedded in. */
  readonly namesEmbedded: boolean;
}

/** What decoding `value` into the type says. */
export function heldAgainst(value: Json, schema: Schema, oddities?: Oddities, namesEmbedded = true): Held {
  if (oddities === undefined && fits(value, schema, 0)) return plain;
  const walk: Walk = { error: undefined, ended: undefined, strict: [], path: [], fields: [], struct: '', oddities, namesEmbedded };
  visit(value, schema, walk, undefined);
  return { error: walk.ended ?? walk.error, strict: walk.strict };
}

/** Go reads amounts between the quotes as they are sent: what JSON escapes is none. */
const escaped = /[\u0000-\u001f"\\]/;

const plain: Held = { error: undefined, strict: [] };

/** True for a value of which nothing is to be said; false where it has to be looked at field by field. */
function fits(value: Json, schema: Schema, depth: number): boolean {
  if (value === null || schema.preserveUnknownFields === true) return true;
  if (depth > maxDepth) return false;
  switch (schema.format) {
    case undefined:
      break;
    case 'int32':
      return isInt32(value);
    case 'int-or-string':
      return typeof value === 'string' || isInt32(value);
    case 'quantity':
      return typeof value === 'string' && !escaped.test(value) && parseQuantity(value).ok;
    case 'int64':
      return Number.isSafeInteger(value);
    default:
      return false;
  }
  switch (schema.type) {
    case 'object': {
      if (!isObject(value)) return false;
      const { properties } = schema;
      if (schema.definition === schemaProps && open.some((key) => Object.hasOwn(value, key))) return false;
      const values = properties === undefined ? (schema.additionalProperties ?? anything) : undefined;
      for (const key in value) {
        const item = value[key];
        const inner = values ?? properties?.get(key);
        if (inner === undefined || (item !== undefined && !fits(item, inner, depth + 1))) return false;
      }
      return true;
    }
    case 'array': {
      if (!Array.isArray(value)) return false;
      const items = schema.items ?? anything;
      for (const item of value as readonly Json[]) if (!fits(item, items, depth + 1)) return false;
      return true;
    }
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return true;
  }
}

const anything: Schema = {};

/** Fields of a JSON schema that may hold a schema or something else: their types decode themselves, and never strictly. */
const schemaProps = 'apiextensions.v1.JSONSchemaProps';
const open = ['items', 'additionalProperties', 'additionalItems', 'dependencies'];

/** Decodes by a type's own function. */
function bySelf(walk: Walk, read: () => void): void {
  const before = walk.error;
  walk.error = undefined;
  read();
  walk.ended ??= walk.error;
  walk.error = before;
}

function openField(value: Json, key: string, schema: Schema, walk: Walk, named: string | undefined): void {
  if (key !== 'dependencies') bySelf(walk, () => schemaOrElse(value, key, schema, walk));
  else if (isObject(value))
    for (const item of Object.values(value))
      bySelf(walk, () => schemaOrElse(item ?? null, Array.isArray(item) ? '' : 'items', schema, walk));
  else if (value !== null) mismatch(goValue(value), named ?? '', walk);
}

function schemaOrElse(value: Json, key: string, schema: Schema, walk: Walk): void {
  const known = walk.strict.length;
  if (isObject(value)) visit(value, schema, walk, undefined);
  else if (key === '') list(value as readonly Json[], { type: 'string' }, walk, 'string');
  else if (key !== 'items') {
    if (typeof value !== 'boolean' && value !== null) walk.error ??= 'boolean or JSON schema expected';
  } else if (Array.isArray(value)) list(value, schema, walk, undefined);
  walk.strict.length = known;
  // The struct that is named is the one whose field holds the schema.
  walk.error = walk.error?.replace(/Go struct field [^.]+\./, `Go struct field ${shortName(walk.struct, true)}.`);
}

function isInt32(value: Json): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

function visit(value: Json, schema: Schema, walk: Walk, written: string | undefined, named?: string): void {
  if (value === null || schema.preserveUnknownFields === true || walk.path.length > maxDepth) return;
  if (schema.format !== undefined) {
    scalar(value, schema.format, walk, written);
    return;
  }
  switch (schema.type) {
    case 'object':
      if (!isObject(value)) mismatch(goValue(value), named ?? goType(schema), walk);
      else if (schema.properties !== undefined) struct(value, schema, schema.properties, walk);
      else map(value, schema.additionalProperties ?? {}, walk, memberType(named));
      return;
    case 'array':
      if (!Array.isArray(value)) mismatch(goValue(value), named ?? goType(schema), walk);
      else list(value, schema.items ?? {}, walk, memberType(named));
      return;
    case 'string':
      if (typeof value !== 'string') mismatch(goValue(value), named ?? 'string', walk);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') mismatch(goValue(value), 'bool', walk);
      return;
  }
}

function struct(object: JsonObject, schema: Schema, properties: ReadonlyMap<string, Schema>, walk: Walk): void {
  const outer = walk.struct;
  const odd = walk.oddities?.get(object);
  for (const key of odd?.order ?? Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const known = properties.get(key);
    if (known === undefined) {
      report(walk, 'unknown', key);
      continue;
    }
    if (odd?.repeated.has(key) === true) report(walk, 'duplicate', key);
    walk.path.push(key);
    const named = goField(schema.definition, key);
    const { type } = named;
    const within = walk.namesEmbedded ? named.within : [];
    walk.fields.push(...within, key);
    walk.struct = schema.definition ?? '';
    if (schema.definition === schemaProps && open.includes(key)) openField(value, key, schema, walk, type);
    else visit(value, known, walk, odd?.numbers.get(key), type);
    walk.path.pop();
    walk.fields.length -= within.length + 1;
    walk.struct = outer;
  }
}

function map(object: JsonObject, values: Schema, walk: Walk, named: string | undefined): void {
  const odd = walk.oddities?.get(object);
  for (const key of Object.keys(object)) {
    if (odd?.repeated.has(key) === true) report(walk, 'duplicate', key);
    walk.path.push(key);
    visit(object[key] ?? null, values, walk, odd?.numbers.get(key), named);
    walk.path.pop();
  }
}

function list(items: readonly Json[], schema: Schema, walk: Walk, named: string | undefined): void {
  const odd = walk.oddities?.get(items);
  for (let index = 0; index < items.length; index++) {
    walk.path.push(index);
    visit(items[index] ?? null, schema, walk, odd?.numbers.get(String(index)), named);
    walk.path.pop();
  }
}

function scalar(value: Json, format: string, walk: Walk, written: string | undefined): void {
  switch (format) {
    case 'int32':
      integer(value, -2147483648, 2147483647, 'int32', walk, written);
      return;
    case 'int64':
      integer(value, -(2 ** 63), 2 ** 63, 'int64', walk, written);
      return;
    case 'int-or-string':
      if (typeof value !== 'string') bySelf(walk, () => integer(value, -2147483648, 2147483647, 'int32', walk, written));
      return;
    case 'double':
      if (typeof value !== 'number') mismatch(goValue(value), 'float64', walk);
      return;
    case 'quantity':
      bySelf(walk, () => quantity(value, walk));
      return;
    case 'time':
    case 'micro-time':
      bySelf(walk, () => time(value, walk, format));
      return;
    case 'bytes':
      bytes(value, walk);
  }
}

function integer(value: Json, low: number, high: number, type: string, walk: Walk, written: string | undefined): void {
  if (typeof value !== 'number') mismatch(goValue(value), type, walk);
  else if (written !== undefined || !Number.isInteger(value) || value < low || value > high)
    mismatch(`number ${written ?? goNumber(value)}`, type, walk);
}

function goNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? text.replace(/e\+?(-?)([0-9])$/, (_, sign: string, digit: string) => `e${sign || '+'}0${digit}`) : text;
}

const quantityProblems = {
  form: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  length: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  number: 'unable to parse numeric part of quantity',
  suffix: "unable to parse quantity's suffix",
};

function quantity(value: Json, walk: Walk): void {
  const isText = typeof value === 'string' && !escaped.test(value);
  const read = isText || typeof value === 'number' ? parseQuantity(value) : undefined;
  if (read === undefined) walk.error ??= quantityProblems.form;
  else if (!read.ok) walk.error ??= quantityProblems[read.problem];
}

function time(value: Json, walk: Walk, format: string): void {
  if (typeof value !== 'string') mismatch(goValue(value), 'string', walk);
  else if (!isTime(value) || (format === 'micro-time' && !sixPlaces.test(value))) walk.error ??= badTime(value, format);
}

/** Micro-times are written with microseconds. */
const sixPlaces = /[.,][0-9]{6}(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/** As Go's time.Parse complains of a text that has nothing of a time. */
function badTime(text: string, format: string): string {
  const layout = format === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  const parts: readonly (readonly [RegExp, string])[] = [
    [/^[0-9]{4}/, '2006'],
    [/^-/, '-'],
    [/^[0-9]{2}/, '01'],
    [/^-/, '-'],
    [/^[0-9]{2}/, '02'],
    [/^T/, 'T'],
    [/^[0-9]{1,2}/, '15'],
    [/^:/, ':'],
    [/^[0-9]{2}/, '04'],
    [/^:/, ':'],
    ...(format === 'time'
      ? [[/^[0-9]{2}(?:[.,][0-9]+)?/, '05'] as const]
      : ([
          [/^[0-9]{2}/, '05'],
          [/^[.,][0-9]{6}/, '.000000'],
        ] as const)),
    [/^(?:Z|[+-][0-9]{2}:[0-9]{2})/, 'Z07:00'],
  ];
  let rest = text;
  for (const [pattern, element] of parts) {
    const match = pattern.exec(rest);
    if (match === null) return `parsing time ${quoted(text)} as "${layout}": cannot parse ${quoted(rest)} as "${element}"`;
    rest = rest.slice(match[0].length);
  }
  if (rest !== '') return `parsing time ${quoted(text)}: extra text: ${quoted(rest)}`;
  return `parsing time ${quoted(text)}: day out of range`;
}

/** As Go's package of times quotes: bytes that are no printable ASCII by their numbers. */
function quoted(text: string): string {
  let result = '';
  for (const byte of encoder.encode(text)) {
    const letter = String.fromCharCode(byte);
    if (byte < 0x20 || byte >= 0x80) result += `\\x${byte.toString(16).padStart(2, '0')}`;
    else result += letter === '"' || letter === '\\' ? `\\${letter}` : letter;
  }
  return `"${result}"`;
}

const encoder = new TextEncoder();

function bytes(value: Json, walk: Walk): void {
  if (Array.isArray(value)) {
    for (const item of value)
      if (item !== null && (typeof item !== 'number' || !Number.isInteger(item) || item < 0 || item > 255))
        mismatch(typeof item === 'number' ? `number ${item}` : goValue(item), 'uint8', walk);
    return;
  }
  if (typeof value !== 'string') {
    mismatch(goValue(value), '[]uint8', walk);
    return;
  }
  const at = badBase64(value);
  if (at !== undefined) walk.error ??= `illegal base64 data at input byte ${at}`;
}

/** Where Go's base64.StdEncoding gives up; undefined for a good text. Line breaks are skipped. */
function badBase64(text: string): number | undefined {
  let quantum = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (char === '\n' || char === '\r') continue;
    if (char === '=') return paddingError(text, index, quantum);
    if (!/[A-Za-z0-9+/]/.test(char)) return index;
    quantum = (quantum + 1) % 4;
  }
  return quantum === 0 ? undefined : text.length - quantum;
}

function paddingError(text: string, index: number, quantum: number): number | undefined {
  if (quantum < 2) return index;
  let at = index + 1;
  const skip = () => {
    while (text[at] === '\n' || text[at] === '\r') at++;
  };
  skip();
  if (quantum === 2) {
    if (at >= text.length) return text.length;
    if (text[at] !== '=') return at;
    at++;
    skip();
  }
  return at < text.length ? at : undefined;
}

function mismatch(value: string, type: string, walk: Walk): void {
  if (walk.error !== undefined) return;
  const field = walk.fields.join('.');
  walk.error =
    walk.struct === ''
      ? `json: cannot unmarshal ${value} into Go value of type ${type}`
      : `json: cannot unmarshal ${value} into Go struct field ${shortName(walk.struct, true)}.${field} of type ${type}`;
}

function report(walk: Walk, what: 'unknown' | 'duplicate', key: string): void {
  if (walk.strict.length >= maxStrict) return;
  const text = `${what} field "${pathText(walk.path, key)}"`;
  if (!walk.strict.includes(text)) walk.strict.push(text);
}

/** `spec.containers[0].image`. */
export function pathText(path: readonly (string | number)[], key: string): string {
  let text = '';
  for (const step of [...path, key]) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}
