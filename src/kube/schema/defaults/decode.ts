// Between the JSON of an object and what Go makes of it. Decoding drops what the schema does not know, nulls, and zero values that Go cannot
// tell from absent ones, keeps empty lists and maps, which it can, and brings quantities, times and base64 into their canonical form. Encoding
// writes a decoded object as the API server would: fields without `omitempty` even when empty, the others only when not. For objects of the
// right types: a value of another type is left as it is.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { formatQuantity, parseQuantity } from '../../quantity.ts';
import type { Schema } from '../schema.ts';
import { maxDepth } from '../violation.ts';
import { type GoField, type GoStruct, type GoType, goType } from './go-type.ts';
import { type Struct, set } from './struct.ts';

/** What is left of an object after decoding. The object is left as it is. */
export function decode(value: Json, schema: Schema): Json {
  return decodeAs(goType(schema), value, 0);
}

/** The same of an object that nobody else has: what is decoded as it is stays in place, the rest is changed. */
export function decodeInPlace(value: Json, schema: Schema): Json {
  return decodeOwn(goType(schema), value, 0);
}

function decodeOwn(type: GoType, value: Json, depth: number): Json {
  const { kind, of, struct } = type;
  if (typeof value !== 'object' || value === null || kind === 'raw' || kind === 'any' || depth > maxDepth)
    return decodeAs(type, value, depth);
  if (Array.isArray(value)) {
    if (kind !== 'list' || of === undefined) return decodeAs(type, value, depth);
    const list = value as Json[];
    for (let index = 0; index < list.length; index++) {
      const item = list[index] ?? null;
      const decoded = decodeOwn(of, item, depth + 1);
      if (decoded !== item) list[index] = decoded;
    }
    return list;
  }
  if (struct !== undefined) return decodeOwnStruct(struct, value as Struct, depth);
  if (kind !== 'map' || of === undefined) return value;
  const map = value as Struct;
  for (const key in map) {
    const item = map[key] ?? null;
    const decoded = decodeOwn(of, item, depth + 1);
    if (decoded !== item) set(map, key, decoded);
  }
  return map as JsonObject;
}

/** Where a field is dropped the struct is made anew: objects that lose fields are slow ever after. */
function decodeOwnStruct(type: GoStruct, struct: Struct, depth: number): Json {
  for (const key in struct) {
    const item = struct[key];
    const field = item === undefined || item === null ? undefined : type.fields.get(key);
    if (field === undefined || item === undefined) return decodeStruct(type, struct as JsonObject, depth);
    const decoded = decodeOwn(field.type, item, depth + 1);
    if (!field.isPointer && isScalarZero(decoded, field.type)) return decodeStruct(type, struct as JsonObject, depth);
    if (decoded !== item) struct[key] = decoded;
  }
  addStructs(type, struct, depth);
  return struct as JsonObject;
}

function decodeAs(type: GoType, value: Json, depth: number): Json {
  if (type.kind === 'raw' || type.kind === 'any' || depth > maxDepth) return value;
  if (typeof value !== 'object') return type.format === undefined ? value : canonical(value, type.format);
  if (value === null) return zeroOf(type.schema);
  if (Array.isArray(value)) {
    if (type.format === 'bytes') return base64Of(value);
    const { of } = type;
    return type.kind === 'list' && of !== undefined ? value.map((item) => decodeAs(of, item, depth + 1)) : value;
  }
  if (type.struct !== undefined) return decodeStruct(type.struct, value as JsonObject, depth);
  return type.kind === 'map' && type.of !== undefined ? decodeMap(type.of, value as JsonObject, depth) : value;
}

function decodeMap(of: GoType, value: JsonObject, depth: number): Json {
  const map: Struct = {};
  for (const key in value) {
    const item = value[key];
    if (item !== undefined) set(map, key, decodeAs(of, item, depth + 1));
  }
  return map as JsonObject;
}

function decodeStruct(type: GoStruct, value: JsonObject, depth: number): Json {
  const struct: Struct = {};
  for (const key in value) {
    const item = value[key];
    const field = item === undefined || item === null ? undefined : type.fields.get(key);
    if (field === undefined || item === undefined) continue;
    const decoded = decodeAs(field.type, item, depth + 1);
    if (field.isPointer || !isScalarZero(decoded, field.type)) struct[key] = decoded;
  }
  addStructs(type, struct, depth);
  return struct as JsonObject;
}

/** Structs by value are there though nobody gave them. */
function addStructs({ always }: GoStruct, struct: Struct, depth: number): void {
  for (const { key, type, isAlways, isStruct } of always)
    if (isAlways && isStruct && struct[key] === undefined) struct[key] = decodeAs(type, {}, depth + 1);
}

/** How an object is written, and what was seen on the way. */
export interface Encoding {
  /** As before it is in the store, where fields without `omitempty` keep empty lists and maps. */
  readonly unstored: boolean;
  /** Set where a field that the object has is not written: read back, the object may get a default in its place. */
  dropped: boolean;
  /** How many empty lists and maps were not written. */
  empties?: number;
  /** Writes those too. */
  readonly keepsEmpties?: true;
}

/** Lists that lost empty lists and maps within their members before they were stored, as they were. */
const before = new WeakMap<Json & object, Json>();

/** A list as Go compares it with another: members that are structs are equal in what is not written too. */
export function asCompared(list: readonly Json[]): Json {
  return before.get(list) ?? list;
}

/**
 * Writes a decoded object. Empty lists and maps do not survive the store: they are written as null, or not at all. What is written as it is is
 * shared with the object, not copied.
 */
export function encode(value: Json, schema: Schema, encoding: Encoding = { unstored: false, dropped: false }): Json {
  return encodeAs(goType(schema), value, encoding, 0);
}

function encodeAs(type: GoType, value: Json, encoding: Encoding, depth: number): Json {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return value;
  const { kind, of, struct } = type;
  if (Array.isArray(value)) return kind === 'list' && of !== undefined ? encodeList(of, value, encoding, depth) : value;
  if (struct !== undefined) return encodeStruct(struct, value as JsonObject, encoding, depth);
  return kind === 'map' && of !== undefined ? encodeMap(of, value as JsonObject, encoding, depth) : value;
}

function encodeList(of: GoType, list: readonly Json[], encoding: Encoding, depth: number): Json {
  if (of.kind === 'scalar') return list;
  const { empties = 0 } = encoding;
  let result: Json[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index] ?? null;
    const encoded = encodeAs(of, item, encoding, depth + 1);
    if (encoded === item) continue;
    result ??= list.slice();
    result[index] = encoded;
  }
  if (result !== undefined && encoding.unstored && (encoding.empties ?? 0) > empties)
    before.set(result, encodeList(of, list, { unstored: true, dropped: false, keepsEmpties: true }, depth));
  return result ?? list;
}

function encodeMap(of: GoType, map: JsonObject, encoding: Encoding, depth: number): Json {
  let result: Struct | undefined;
  for (const key in map) {
    const item = map[key];
    const encoded = item === undefined ? undefined : encodeAs(of, item, encoding, depth + 1);
    if (result === undefined) {
      if (encoded === item && item !== undefined) continue;
      result = until(map, key);
    }
    if (encoded !== undefined) set(result, key, encoded);
  }
  return (result as JsonObject | undefined) ?? map;
}

function encodeStruct({ fields, always }: GoStruct, struct: JsonObject, encoding: Encoding, depth: number): Json {
  let result: Struct | undefined;
  for (const key in struct) {
    const item = struct[key];
    const field = item === undefined ? undefined : fields.get(key);
    const encoded = field === undefined || item === undefined ? undefined : encodeField(field, item, encoding, depth);
    if (result === undefined) {
      if (encoded === item && item !== undefined) continue;
      result = until(struct, key);
    }
    if (encoded !== undefined) result[key] = encoded;
  }
  for (const { key, type, schema, isAlways } of always) {
    if ((result ?? struct)[key] !== undefined) continue;
    result ??= { ...struct };
    if (!isAlways || type.format === 'bytes') result[key] = null;
    else result[key] = encodeAs(type, zeroOf(schema), encoding, depth + 1);
  }
  return (result as JsonObject | undefined) ?? struct;
}

/** The field as it is written; undefined where it is left out. */
function encodeField(field: GoField, item: Json, encoding: Encoding, depth: number): Json | undefined {
  if (item === true || (typeof item === 'string' && item !== '')) return item;
  if (field.isPointer || (encoding.unstored && field.isAlways) || !isZero(item, field))
    return encodeAs(field.type, item, encoding, depth + 1);
  encoding.dropped = true;
  if (typeof item !== 'object') return undefined;
  if (encoding.keepsEmpties === true) return item;
  encoding.empties = (encoding.empties ?? 0) + 1;
  return undefined;
}

/** The fields before one. */
function until(value: JsonObject, end: string): Struct {
  const result: Struct = {};
  for (const key in value) {
    const item = value[key];
    if (key === end) break;
    if (item !== undefined) set(result, key, item);
  }
  return result;
}

/** True for a value that Go cannot tell from an absent one in a field that is no pointer. */
function isScalarZero(value: Json, { kind, format }: GoType): boolean {
  if (kind === 'raw' || typeof value === 'object') return value === null;
  if (format === 'int-or-string') return value === 0;
  return value === '' || value === 0 || value === false;
}

/** True for a value that a field with `omitempty` is not written with. */
function isZero(value: Json, { type, isStruct }: GoField): boolean {
  if (isScalarZero(value, type)) return true;
  if (isStruct || type.kind === 'raw' || type.format === 'int-or-string') return false;
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
