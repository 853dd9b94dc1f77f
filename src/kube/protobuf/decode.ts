// Bodies in protobuf, as client-go and kubectl send them for built-in kinds: `k8s\0`, then runtime.Unknown around the message. Read into the
// JSON that the same object would be, so that everything after is one path (k8s.io/apimachinery runtime/serializer/protobuf, 1.36). Fields go by
// the numbers of the published .proto files, their types by the schemas of the release. Fields nobody knows are left out, as Go does. Messages
// always carry the zero values of fields that are no pointers; those are dropped where JSON would not write them.

import type { Json, JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Schema } from '../schema/schema.ts';
import { type Field, type FieldNumbers, fieldsOf, type Protobuf } from './layout.ts';
import { readUnion, unionOf } from './unions.ts';
import { delimited, each, Malformed, numberIn, type Visit, varints, wrongType } from './wire.ts';

const maxDepth = 100;
/** Go keeps a mark of byte order that a text begins with. */
const text = new TextDecoder('utf-8', { ignoreBOM: true });

/** Why a body cannot be read: there is no form of its kind here, or it is broken, which Go's decoder has words for. */
export type ProtobufFault =
  | { readonly kind: 'unknown'; readonly message: string }
  /** Of what the body says it is, as far as that could be read. */
  | { readonly kind: 'broken'; readonly message: string; readonly of: { readonly apiVersion: string; readonly kind: string } | undefined };

/** True for a body that says of itself that it is such an object. */
export function isProtobuf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x6b && bytes[1] === 0x38 && bytes[2] === 0x73 && bytes[3] === 0;
}

/** The object in a body; the problem says why it cannot be read. */
export function decodeProtobuf(bytes: Uint8Array, { release, numbers }: Protobuf): Result<JsonObject, ProtobufFault> {
  let of: { readonly apiVersion: string; readonly kind: string } | undefined;
  try {
    if (bytes.length === 4) throw new Malformed('empty body');
    const envelope = readEnvelope(bytes.subarray(4));
    const { apiVersion, kind } = envelope;
    of = { apiVersion, kind };
    const schema = release.schemaOf(apiVersion, kind) ?? release.definition(`meta.v1.${kind}`);
    const message = schema?.definition;
    if (schema === undefined || message === undefined || !Object.hasOwn(numbers, message))
      return failure({ kind: 'unknown', message: `protobuf bodies of ${apiVersion} ${kind} are not read` });
    return ok({ kind, apiVersion, ...readMessage(envelope.raw, message, schema, numbers, 0) });
  } catch (error) {
    if (error instanceof Malformed) return failure({ kind: 'broken', message: error.message, of });
    throw error;
  }
}

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

function readEnvelope(bytes: Uint8Array): Envelope {
  const envelope: { apiVersion: string; kind: string; raw: Uint8Array } = { apiVersion: '', kind: '', raw: new Uint8Array() };
  each(bytes, 'Unknown', (number, value, wire) => {
    if (number === 2) envelope.raw = delimited(value, wire, 'Raw');
    if (number === 1)
      each(delimited(value, wire, 'TypeMeta'), 'TypeMeta', (inner, part, innerWire) => {
        if (inner === 1) envelope.apiVersion = text.decode(delimited(part, innerWire, 'APIVersion'));
        if (inner === 2) envelope.kind = text.decode(delimited(part, innerWire, 'Kind'));
      });
  });
  return envelope;
}

function readMessage(bytes: Uint8Array, message: string, schema: Schema, numbers: FieldNumbers, depth: number): JsonObject {
  if (depth > maxDepth) throw new Malformed('it is nested too deeply');
  const fields = fieldsOf(message, schema, numbers);
  const object: Record<string, Json> = Object.create(null);
  each(bytes, nameOf(message), (number, value, wire) => {
    const found = fieldNumbered(fields, number);
    if (found === undefined) return;
    const known = found.schema;
    if (known === undefined) {
      // Laid flat in JSON: an embedded struct.
      if (found.message !== '')
        Object.assign(object, readMessage(delimited(value, wire, nameOf(found.message)), found.message, schema, numbers, depth + 1));
      return;
    }
    const goName = found.name === 'metadata' && found.message !== '' ? nameOf(found.message) : goNameOf(found.name);
    const union = unionOf(found.message);
    if (union !== undefined) {
      const readSchema = (inside: Uint8Array) => readMessage(inside, message, schema, numbers, depth + 1);
      if (known.type === 'object') {
        const map = (object[found.name] ?? Object.create(null)) as Record<string, Json>;
        const [key, item] = keyAndValue(delimited(value, wire, goName), goName);
        map[key] = readUnion(union, item, readSchema);
        object[found.name] = map;
        return;
      }
      const one = readUnion(union, delimited(value, wire, goName), readSchema);
      const before = object[found.name];
      if (known.type !== 'array') object[found.name] = one;
      else if (Array.isArray(before)) (before as Json[]).push(one);
      else object[found.name] = [one];
    } else if (known.type === 'array') {
      const list = (object[found.name] ?? []) as Json[];
      const items = known.items ?? {};
      // Numbers may stand one by one or packed.
      const values = isScalar(items) && value instanceof Uint8Array ? varints(value) : [value];
      for (const one of values) {
        const item = readValue(one, typeof one === 'bigint' ? 0 : wire, goName, found.message, items, numbers, depth + 1);
        if (item !== undefined) list.push(item);
      }
      object[found.name] = list;
    } else if (known.type === 'object' && known.additionalProperties !== undefined) {
      const map = (object[found.name] ?? Object.create(null)) as Record<string, Json>;
      const entry = delimited(value, wire, goName);
      const [key, item] = readEntry(entry, goName, found.message, known.additionalProperties, numbers, depth + 1);
      map[key] = item;
      object[found.name] = map;
    } else {
      const single = readValue(value, wire, goName, found.message, known, numbers, depth + 1);
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

function isScalar({ type }: Schema): boolean {
  return type === 'boolean' || type === 'integer' || type === 'number';
}

/** `core.v1.Pod` as Go calls the type. */
function nameOf(message: string): string {
  return message.slice(message.lastIndexOf('.') + 1);
}

/** A field as Go calls it, initialisms that lead it included. */
function goNameOf(name: string): string {
  const initialism = /^(?:uid|uri|url|api|ip|id|dns|os|fs|tls|ca|csi|nfs|aws|gce)(?=$|[A-Z])/.exec(name)?.[0] ?? '';
  return initialism === '' ? name.charAt(0).toUpperCase() + name.slice(1) : initialism.toUpperCase() + name.slice(initialism.length);
}

/** An entry of a map whose values are messages. */
function keyAndValue(bytes: Uint8Array, goName: string): readonly [string, Uint8Array] {
  let key = '';
  let found = new Uint8Array();
  const visit: Visit = (number, value, wire) => {
    if (number === 1) key = text.decode(delimited(value, wire, goName));
    if (number === 2) found = new Uint8Array(delimited(value, wire, goName));
  };
  each(bytes, goName, visit, true);
  return [key, found];
}

function readEntry(
  bytes: Uint8Array,
  goName: string,
  message: string,
  schema: Schema,
  numbers: FieldNumbers,
  depth: number,
): readonly [string, Json] {
  let key = '';
  let found: bigint | Uint8Array = new Uint8Array();
  let foundWire = 2;
  const visit: Visit = (number, value, wire) => {
    if (number === 1) key = text.decode(delimited(value, wire, goName));
    if (number === 2) [found, foundWire] = [value, wire];
  };
  each(bytes, goName, visit, true);
  if (schema.type === 'array') {
    const items: Json[] = [];
    each(delimited(found, foundWire, goName), goName, (number, value, wire) => {
      const item = number === 1 ? readValue(value, wire, 'Items', '', schema.items ?? {}, numbers, depth + 1) : undefined;
      if (item !== undefined) items.push(item);
    });
    return [key, items];
  }
  return [key, readValue(found, foundWire, goName, message, schema, numbers, depth) ?? ''];
}

function readValue(
  value: bigint | Uint8Array,
  wire: number,
  goName: string,
  message: string,
  schema: Schema,
  numbers: FieldNumbers,
  depth: number,
): Json | undefined {
  if (isScalar(schema)) {
    if (typeof value !== 'bigint' || wire !== (schema.type === 'number' ? 1 : 0)) throw wrongType(wire, goName);
    if (schema.type === 'boolean') return value !== 0n;
    if (schema.type === 'number') return new Float64Array(new BigUint64Array([value]).buffer)[0] ?? 0;
    return Number(schema.format === 'int32' ? BigInt.asIntN(32, value) : BigInt.asIntN(64, value));
  }
  const bytes = delimited(value, wire, goName);
  switch (schema.format) {
    case 'bytes':
      return base64(bytes);
    case 'quantity':
      return inner(bytes, 'Quantity', 'String_');
    case 'time':
    case 'micro-time':
      return time(bytes, schema.format === 'micro-time');
    case 'int-or-string':
      return intOrString(bytes);
    default:
  }
  if (schema.type === 'string') return text.decode(bytes);
  if (schema.definition === 'meta.v1.FieldsV1' || schema.preserveUnknownFields === true) return raw(bytes);
  if (schema.type === 'object' || message !== '')
    return readMessage(bytes, message === '' ? (schema.definition ?? '') : message, schema, numbers, depth);
  return undefined;
}

/** The text of the first field. */
function inner(bytes: Uint8Array, message: string, goName: string): string {
  let found = '';
  each(bytes, message, (number, value, wire) => {
    if (number === 1) found = text.decode(delimited(value, wire, goName));
  });
  return found;
}

function raw(bytes: Uint8Array): Json | undefined {
  const json = inner(bytes, 'RawExtension', 'Raw');
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
  each(bytes, 'Timestamp', (number, value, wire) => {
    if (number === 1) seconds = BigInt.asIntN(64, numberIn(value, wire, 'Seconds'));
    if (number === 2) nanos = BigInt.asIntN(32, numberIn(value, wire, 'Nanos'));
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
  each(bytes, 'IntOrString', (field, value, wire) => {
    if (field === 1) isText = numberIn(value, wire, 'Type') === 1n;
    if (field === 2) number = Number(BigInt.asIntN(32, numberIn(value, wire, 'IntVal')));
    if (field === 3) word = text.decode(delimited(value, wire, 'StrVal'));
  });
  return isText ? word : number;
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let index = 0; index < bytes.length; index += 8192) binary += String.fromCharCode(...bytes.subarray(index, index + 8192));
  return btoa(binary);
}
