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
  for (const key in value) {
    const item = value[key];
    if (item !== undefined) set(map, key, decode(item, values, depth + 1));
  }
  return map as JsonObject;
}

function decodeStruct(value: JsonObject, properties: Properties, depth: number): Json {
  const struct: Struct = {};
  for (const key in value) {
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

/** How an object is written, and what was seen on the way. */
export interface Encoding {
  /** As before it is in the store, where fields without `omitempty` keep empty lists and maps. */
  readonly unstored: boolean;
  /** Set where a field that the object has is not written: read back, the object may get a default in its place. */
  dropped: boolean;
}

/**
 * Writes a decoded object. Empty lists and maps do not survive the store: they are written as null, or not at all. What is written as it is is
 * shared with the object, not copied.
 */
export function encode(value: Json, schema: Schema, encoding: Encoding = { unstored: false, dropped: false }, depth = 0): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth || schema.preserveUnknownFields === true) return value;
  if (Array.isArray(value)) return schema.type === 'array' ? encodeList(value, schema.items ?? {}, encoding, depth) : value;
  if (!isObject(value)) return value;
  if (schema.properties === undefined) return encodeMap(value, schema.additionalProperties ?? {}, encoding, depth);
  return encodeStruct(value, schema.properties, encoding, depth);
}

function encodeList(list: readonly Json[], items: Schema, encoding: Encoding, depth: number): Json {
  let result: Json[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index] ?? null;
    const encoded = encode(item, items, encoding, depth + 1);
    if (encoded === item) continue;
    result ??= list.slice();
    result[index] = encoded;
  }
  return result ?? list;
}

function encodeMap(map: JsonObject, values: Schema, encoding: Encoding, depth: number): Json {
  let result: Struct | undefined;
  for (const key in map) {
    const item = map[key];
    const encoded = item === undefined ? undefined : encode(item, values, encoding, depth + 1);
    if (result === undefined) {
      if (encoded === item && item !== undefined) continue;
      result = until(map, key);
    }
    if (encoded !== undefined) set(result, key, encoded);
  }
  return (result as JsonObject | undefined) ?? map;
}

function encodeStruct(struct: JsonObject, properties: Properties, encoding: Encoding, depth: number): Json {
  let result: Struct | undefined;
  for (const key in struct) {
    const item = struct[key];
    const field = item === undefined ? undefined : properties.get(key);
    const encoded = field === undefined || item === undefined ? undefined : encodeField(item, field, encoding, depth);
    if (result === undefined) {
      if (encoded === item && item !== undefined) continue;
      result = until(struct, key);
    }
    if (encoded !== undefined) result[key] = encoded;
  }
  for (const [key, field] of alwaysWritten(properties)) {
    if ((result ?? struct)[key] !== undefined) continue;
    result ??= { ...struct };
    if (field.written === 'null' || field.format === 'bytes') result[key] = null;
    else result[key] = encode(zeroOf(field), field, encoding, depth + 1);
  }
  return (result as JsonObject | undefined) ?? struct;
}

/** The field as it is written; undefined where it is left out. */
function encodeField(item: Json, field: Schema, encoding: Encoding, depth: number): Json | undefined {
  if (item === true || (typeof item === 'string' && item !== '')) return item;
  if (isPointer(field) || (encoding.unstored && field.written === 'always') || !isZero(item, field))
    return encode(item, field, encoding, depth + 1);
  encoding.dropped = true;
  return undefined;
}

/** The fields before one. */
function until(value: JsonObject, end: string): Struct {
  const result: Struct = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (key === end) break;
    if (item !== undefined) set(result, key, item);
  }
  return result;
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
