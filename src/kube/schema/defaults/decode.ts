// Between the JSON of an object and what Go makes of it. Decoding drops what the schema does not know, nulls, and zero values that Go cannot
// tell from absent ones, keeps empty lists and maps, which it can, and brings quantities, times and base64 into their canonical form. Encoding
// writes a decoded object as the API server would: fields without `omitempty` even when empty, the others only when not. For objects of the
// right types: a value of another type is left as it is.

import { isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { formatQuantity, parseQuantity } from '../../quantity.ts';
import type { Schema } from '../schema.ts';
import { maxDepth } from '../violation.ts';
import { type Struct, set } from './struct.ts';

/** What is left of an object after decoding. */
export function decode(value: Json, schema: Schema, depth = 0): Json {
  if (depth > maxDepth || schema.preserveUnknownFields === true || schema.type === undefined) return value;
  if (value === null) return zeroOf(schema);
  if (schema.format === 'bytes' && Array.isArray(value)) return base64Of(value);
  if (Array.isArray(value)) return schema.type === 'array' ? value.map((item) => decode(item, schema.items ?? {}, depth + 1)) : value;
  if (typeof value !== 'object') return schema.format === undefined ? value : canonical(value, schema.format);
  if (!isObject(value)) return value;
  if (schema.properties !== undefined) return decodeStruct(value, schema.properties, depth);
  const values = schema.additionalProperties ?? {};
  const map: Struct = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) set(map, key, decode(item, values, depth + 1));
  return map as JsonObject;
}

function decodeStruct(value: JsonObject, properties: Properties, depth: number): Json {
  const struct: Struct = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    const schema = item === undefined || item === null ? undefined : properties.get(key);
    if (schema === undefined || item === undefined) continue;
    const decoded = decode(item, schema, depth + 1);
    if (isPointer(schema) || !isScalarZero(decoded, schema)) struct[key] = decoded;
  }
  for (const [key, schema] of alwaysWritten(properties))
    if (schema.written === 'always' && schema.definition !== undefined && struct[key] === undefined)
      struct[key] = decode({}, schema, depth + 1);
  return struct as JsonObject;
}

type Properties = NonNullable<Schema['properties']>;
type Entry = readonly [key: string, schema: Schema];

const always = new WeakMap<Properties, readonly Entry[]>();

/** The fields that are written though nobody gave them. */
function alwaysWritten(properties: Properties): readonly Entry[] {
  let known = always.get(properties);
  if (known === undefined) {
    known = [...properties].filter(([, { written }]) => written === 'always' || written === 'null');
    always.set(properties, known);
  }
  return known;
}

/**
 * Writes a decoded object. Empty lists and maps do not survive the store: they are written as null, or not at all. With `unstored` the object
 * is written as it is before that, where fields without `omitempty` keep them.
 */
export function encode(value: Json, schema: Schema, unstored = false, depth = 0): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth || schema.preserveUnknownFields === true) return value;
  if (Array.isArray(value))
    return schema.type === 'array' ? value.map((item) => encode(item, schema.items ?? {}, unstored, depth + 1)) : value;
  if (!isObject(value)) return value;
  const result: Struct = {};
  if (schema.properties === undefined) {
    const values = schema.additionalProperties ?? {};
    for (const [key, item] of Object.entries(value)) if (item !== undefined) set(result, key, encode(item, values, unstored, depth + 1));
    return result as JsonObject;
  }
  const { properties } = schema;
  for (const key of Object.keys(value)) {
    const item = value[key];
    const field = item === undefined ? undefined : properties.get(key);
    if (field === undefined || item === undefined) continue;
    if (item === true || (typeof item === 'string' && item !== '')) result[key] = item;
    else if (isPointer(field) || (unstored && field.written === 'always') || !isZero(item, field))
      result[key] = encode(item, field, unstored, depth + 1);
  }
  for (const [key, field] of alwaysWritten(properties)) {
    if (result[key] !== undefined) continue;
    if (field.written === 'null' || field.format === 'bytes') result[key] = null;
    else result[key] = encode(zeroOf(field), field, unstored, depth + 1);
  }
  return result as JsonObject;
}

function isPointer(schema: Schema): boolean {
  return schema.written === 'given' || schema.written === 'null';
}

/** True for a value that Go cannot tell from an absent one in a field that is no pointer. */
function isScalarZero(value: Json, schema: Schema): boolean {
  if (schema.preserveUnknownFields === true) return value === null;
  if (schema.format === 'int-or-string') return value === null || value === 0;
  return value === null || value === '' || value === 0 || value === false;
}

/** True for a value that a field with `omitempty` is not written with. */
function isZero(value: Json, schema: Schema): boolean {
  if (isScalarZero(value, schema)) return true;
  if (schema.format === 'int-or-string') return false;
  if (schema.definition !== undefined || schema.preserveUnknownFields === true) return false;
  return typeof value === 'object' && value !== null && isEmpty(value);
}

function isEmpty(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}

function zeroOf(schema: Schema): Json {
  if (schema.definition !== undefined) return {};
  switch (schema.format) {
    case 'quantity':
      return '0';
    case 'int-or-string':
    case 'int32':
    case 'int64':
    case 'double':
      return 0;
    case 'time':
    case 'micro-time':
      return null;
    default:
      return schema.type === 'string' ? '' : schema.type === 'boolean' ? false : null;
  }
}

function canonical(value: string | number | boolean, format: string): Json {
  switch (format) {
    case 'quantity': {
      const quantity = typeof value === 'boolean' ? undefined : parseQuantity(value);
      return quantity?.ok === true ? formatQuantity(quantity.value) : value;
    }
    case 'bytes':
      return typeof value === 'string' ? canonicalBase64(value) : value;
    case 'time':
    case 'micro-time':
      return typeof value === 'string' ? canonicalTime(value, format) : value;
    default:
      return value;
  }
}

/** A list of byte values, which Go reads like a text. */
function base64Of(bytes: readonly Json[]): string {
  return btoa(bytes.map((byte) => String.fromCharCode(typeof byte === 'number' ? byte & 255 : 0)).join(''));
}

/** Without line breaks, and with the unused bits of the last character cleared. */
function canonicalBase64(text: string): string {
  const plain = text.replace(/[\r\n]/g, '');
  try {
    return plain.endsWith('=') ? btoa(atob(plain)) : plain;
  } catch {
    return plain;
  }
}

/** In UTC, times with whole seconds, micro-times with six places. */
function canonicalTime(text: string, format: 'time' | 'micro-time'): string {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return text;
  const seconds = new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19);
  if (format === 'time') return `${seconds}Z`;
  return `${seconds}.${(/[.,]([0-9]{1,6})/.exec(text)?.[1] ?? '').padEnd(6, '0')}Z`;
}
