// Bodies in protobuf, as client-go and kubectl send them for built-in kinds: `k8s\0`, then runtime.Unknown around the message. Read into the
// JSON that the same object would be, so that everything after is one path (k8s.io/apimachinery runtime/serializer/protobuf, 1.36). Fields go by
// the numbers of the published .proto files, their types by the schemas of the release. Fields nobody knows are left out, as Go does. Messages
// always carry the zero values of fields that are no pointers; those are dropped where JSON would not write them.
// Left out: definitions of custom resources, whose schemas travel in types of their own.

import type { Json, JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Schema } from '../schema/schema.ts';
import { type Field, type FieldNumbers, fieldsOf, type Protobuf } from './layout.ts';

const maxDepth = 100;
const text = new TextDecoder();

/** True for a body that says of itself that it is such an object. */
export function isProtobuf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x6b && bytes[1] === 0x38 && bytes[2] === 0x73 && bytes[3] === 0;
}

/** The object in a body; the problem says why it cannot be read. */
export function decodeProtobuf(bytes: Uint8Array, { release, numbers }: Protobuf): Result<JsonObject, string> {
  try {
    const envelope = readEnvelope(bytes.subarray(4));
    const { apiVersion, kind } = envelope;
    const schema = release.schemaOf(apiVersion, kind) ?? release.definition(`meta.v1.${kind}`);
    const message = schema?.definition;
    if (schema === undefined || message === undefined || !Object.hasOwn(numbers, message) || message.startsWith('apiextensions.'))
      return failure(`protobuf bodies of ${apiVersion} ${kind} are not read`);
    return ok({ kind, apiVersion, ...readMessage(envelope.raw, message, schema, numbers, 0) });
  } catch (error) {
    if (error instanceof Malformed) return failure(`the protobuf body is broken: ${error.message}`);
    throw error;
  }
}

class Malformed extends Error {}

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

function readEnvelope(bytes: Uint8Array): Envelope {
  const envelope: { apiVersion: string; kind: string; raw: Uint8Array } = { apiVersion: '', kind: '', raw: new Uint8Array() };
  each(bytes, (number, value) => {
    if (!(value instanceof Uint8Array)) return;
    if (number === 2) envelope.raw = value;
    if (number === 1)
      each(value, (inner, part) => {
        if (!(part instanceof Uint8Array)) return;
        if (inner === 1) envelope.apiVersion = text.decode(part);
        if (inner === 2) envelope.kind = text.decode(part);
      });
  });
  return envelope;
}

/** Calls with each field: numbers as bigint (fixed ones as their bits), everything else as bytes. */
function each(bytes: Uint8Array, visit: (number: number, value: bigint | Uint8Array, wire: number) => void): void {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Malformed('it ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Malformed('a number is too long');
  };
  const fixed = (size: number): bigint => {
    if (at + size > bytes.length) throw new Malformed('it ends within a number');
    let value = 0n;
    for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
    at += size;
    return value;
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    const number = Math.floor(key / 8);
    if (wire === 0) visit(number, varint(), wire);
    else if (wire === 1) visit(number, fixed(8), wire);
    else if (wire === 5) visit(number, fixed(4), wire);
    else if (wire === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new Malformed('it ends within a field');
      visit(number, bytes.subarray(at, at + length), wire);
      at += length;
    } else throw new Malformed(`wire type ${wire}`);
  }
}

function readMessage(bytes: Uint8Array, message: string, schema: Schema, numbers: FieldNumbers, depth: number): JsonObject {
  if (depth > maxDepth) throw new Malformed('it is nested too deeply');
  const fields = fieldsOf(message, schema, numbers);
  const object: Record<string, Json> = Object.create(null);
  each(bytes, (number, value) => {
    const found = fieldNumbered(fields, number);
    if (found === undefined) return;
    const known = found.schema;
    if (known === undefined) {
      // Laid flat in JSON: an embedded struct.
      if (found.message !== '' && value instanceof Uint8Array)
        Object.assign(object, readMessage(value, found.message, schema, numbers, depth + 1));
      return;
    }
    if (known.type === 'array') {
      const list = (object[found.name] ?? []) as Json[];
      const item = readValue(value, found.message, known.items ?? {}, numbers, depth + 1);
      if (item !== undefined) list.push(item);
      object[found.name] = list;
    } else if (known.type === 'object' && known.additionalProperties !== undefined && value instanceof Uint8Array) {
      const map = (object[found.name] ?? Object.create(null)) as Record<string, Json>;
      const [key, item] = readEntry(value, found.message, known.additionalProperties, numbers, depth + 1);
      map[key] = item;
      object[found.name] = map;
    } else {
      const single = readValue(value, found.message, known, numbers, depth + 1);
      if (single !== undefined && !isDropped(single, known)) object[found.name] = single;
    }
  });
  return { ...object };
}

/** Most messages have no holes, and then a field stands where its number says. */
function fieldNumbered(fields: readonly Field[], number: number): Field | undefined {
  const at = fields[number - 1];
  return at?.number === number ? at : fields.find((field) => field.number === number);
}

/** A zero value that JSON would not write. */
function isDropped(value: Json, schema: Schema): boolean {
  if (schema.written === 'given' || schema.written === 'always' || schema.written === 'null') return false;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

function readEntry(bytes: Uint8Array, message: string, schema: Schema, numbers: FieldNumbers, depth: number): readonly [string, Json] {
  let key = '';
  let found: bigint | Uint8Array = new Uint8Array();
  each(bytes, (number, value) => {
    if (number === 1 && value instanceof Uint8Array) key = text.decode(value);
    if (number === 2) found = value;
  });
  if (schema.type === 'array') {
    const items: Json[] = [];
    each(found, (number, value) => {
      const item = number === 1 ? readValue(value, '', schema.items ?? {}, numbers, depth + 1) : undefined;
      if (item !== undefined) items.push(item);
    });
    return [key, items];
  }
  return [key, readValue(found, message, schema, numbers, depth) ?? ''];
}

function readValue(value: bigint | Uint8Array, message: string, schema: Schema, numbers: FieldNumbers, depth: number): Json | undefined {
  if (typeof value === 'bigint') {
    if (schema.type === 'boolean') return value !== 0n;
    if (schema.type === 'number') return new Float64Array(new BigUint64Array([value]).buffer)[0] ?? 0;
    return Number(BigInt.asIntN(64, value));
  }
  switch (schema.format) {
    case 'bytes':
      return base64(value);
    case 'quantity':
      return inner(value, 1);
    case 'time':
    case 'micro-time':
      return time(value, schema.format === 'micro-time');
    case 'int-or-string':
      return intOrString(value);
    default:
  }
  if (schema.type === 'string') return text.decode(value);
  if (schema.definition === 'meta.v1.FieldsV1' || schema.preserveUnknownFields === true) return raw(value);
  if (schema.type === 'object' || message !== '')
    return readMessage(value, message === '' ? (schema.definition ?? '') : message, schema, numbers, depth);
  return undefined;
}

/** The text of one field. */
function inner(bytes: Uint8Array, wanted: number): string {
  let found = '';
  each(bytes, (number, value) => {
    if (number === wanted && value instanceof Uint8Array) found = text.decode(value);
  });
  return found;
}

function raw(bytes: Uint8Array): Json | undefined {
  const json = inner(bytes, 1);
  if (json === '') return undefined;
  try {
    return JSON.parse(json) as Json;
  } catch {
    throw new Malformed('JSON within it is none');
  }
}

/** RFC 3339; nothing for the zero time. */
function time(bytes: Uint8Array, isMicro: boolean): string | undefined {
  let seconds = 0n;
  let nanos = 0n;
  each(bytes, (number, value) => {
    if (typeof value !== 'bigint') return;
    if (number === 1) seconds = BigInt.asIntN(64, value);
    if (number === 2) nanos = value;
  });
  const milliseconds = Number(seconds) * 1000;
  if (bytes.length === 0 || seconds === -62135596800n || Number.isNaN(new Date(milliseconds).getTime())) return undefined;
  const whole = new Date(milliseconds).toISOString().slice(0, 19);
  return isMicro ? `${whole}.${String(nanos / 1000n).padStart(6, '0')}Z` : `${whole}Z`;
}

function intOrString(bytes: Uint8Array): Json {
  let isText = false;
  let number = 0;
  let word = '';
  each(bytes, (field, value) => {
    if (field === 1) isText = value === 1n;
    if (field === 2 && typeof value === 'bigint') number = Number(BigInt.asIntN(64, value));
    if (field === 3 && value instanceof Uint8Array) word = text.decode(value);
  });
  return isText ? word : number;
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let index = 0; index < bytes.length; index += 8192) binary += String.fromCharCode(...bytes.subarray(index, index + 8192));
  return btoa(binary);
}
