// Answers in protobuf, for clients that ask for it: controllers, kubelets, client-go. Built-in kinds, lists of them, metadata alone, Status and
// the events of watches, in the bytes that Go's generated code writes (k8s.io/apimachinery runtime/serializer/protobuf, 1.36): fields by
// number; what is no pointer is written though it is zero; maps by key. Messages are written from their end, since their length stands
// before them.

import { asObject, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Release } from '../schema/release.ts';
import type { Schema } from '../schema/schema.ts';
import { BackwardBytes, utf8 } from './backward.ts';
import { type Field, type FieldNumbers, fieldsOf, type Protobuf } from './layout.ts';
import { unionOf, writeUnion } from './unions.ts';

const maxDepth = 100;
const prefix = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);
const pair: Schema = {};

/** The object in its envelope; the problem says why it cannot be. */
export function encodeProtobuf(object: JsonObject, protobuf: Protobuf): Result<Uint8Array, string> {
  const form = formOf(object, protobuf);
  if (form === undefined) return failure(`${String(object.apiVersion)} ${String(object.kind)} has no protobuf form`);
  const out = new BackwardBytes();
  const end = out.mark();
  out.text(4, '');
  out.text(3, '');
  const start = out.mark();
  write(object, form, protobuf.numbers, out);
  out.close(2, start);
  const type = out.mark();
  out.text(2, String(object.kind ?? ''));
  out.text(1, String(object.apiVersion ?? ''));
  out.close(1, type);
  out.raw(prefix);
  return ok(out.since(end));
}

/** An event of a watch in its frame: the length, then the WatchEvent around the object in its envelope. */
export function encodeWatchEvent(type: string, object: JsonObject, protobuf: Protobuf): Result<Uint8Array, string> {
  const envelope = encodeProtobuf(object, protobuf);
  if (!envelope.ok) return envelope;
  const out = new BackwardBytes(envelope.value.length + 64);
  const end = out.mark();
  out.bytes(1, envelope.value);
  out.close(2, end);
  out.text(1, type);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, out.length(end));
  out.raw(length);
  return ok(out.since(end));
}

interface Form {
  readonly message: string;
  readonly schema: Schema;
  /** Set where it is a list of these. */
  readonly list: Schema | undefined;
}

const metadataOnly: ReadonlySet<string> = new Set(['PartialObjectMetadata', 'PartialObjectMetadataList']);

function formOf({ kind, apiVersion: given, items }: JsonObject, { release, numbers }: Protobuf): Form | undefined {
  if (typeof kind !== 'string') return undefined;
  const apiVersion = typeof given === 'string' ? given : '';
  const isList = items !== undefined && kind.endsWith('List');
  const single = isList ? kind.slice(0, -'List'.length) : kind;
  const schema = metadataOnly.has(kind) ? metadataSchema(release) : schemaOf(release, apiVersion, single);
  const message = metadataOnly.has(kind) ? 'meta.v1.PartialObjectMetadata' : schema?.definition;
  const list = isList ? release.definition('meta.v1.ListMeta') : undefined;
  if (schema === undefined || message === undefined || !Object.hasOwn(numbers, message)) return undefined;
  return isList && list === undefined ? undefined : { message, schema, list };
}

function schemaOf(release: Release, apiVersion: string, kind: string): Schema | undefined {
  return (
    release.schemaOf(apiVersion, kind) ??
    (['', 'v1', 'meta.k8s.io/v1'].includes(apiVersion) ? release.definition(`meta.v1.${kind}`) : undefined)
  );
}

const metadataSchemas = new WeakMap<Release, Schema>();

function metadataSchema(release: Release): Schema | undefined {
  let schema = metadataSchemas.get(release);
  const metadata = release.definition('meta.v1.ObjectMeta');
  if (schema === undefined && metadata !== undefined) {
    schema = { type: 'object', properties: new Map([['metadata', metadata]]) };
    metadataSchemas.set(release, schema);
  }
  return schema;
}

function write(object: JsonObject, { message, schema, list }: Form, numbers: FieldNumbers, out: BackwardBytes): void {
  if (list === undefined) {
    out.raw(messageOf(object, message, schema, numbers));
    return;
  }
  const items = Array.isArray(object.items) ? (object.items as readonly Json[]) : [];
  for (let index = items.length - 1; index >= 0; index--) out.bytes(2, messageOf(asObject(items[index] ?? null), message, schema, numbers));
  const start = out.mark();
  writeMessage(asObject(object.metadata), 'meta.v1.ListMeta', list, numbers, out, 0);
  out.close(1, start);
}

const made = new WeakMap<JsonObject, Map<string, Uint8Array>>();

/** Objects do not change: the message of one is made once. */
function messageOf(object: JsonObject, message: string, schema: Schema, numbers: FieldNumbers): Uint8Array {
  let forms = made.get(object);
  if (forms === undefined) {
    forms = new Map();
    made.set(object, forms);
  }
  let bytes = forms.get(message);
  if (bytes === undefined) {
    const out = new BackwardBytes();
    const end = out.mark();
    writeMessage(object, message, schema, numbers, out, 0);
    bytes = out.since(end);
    forms.set(message, bytes);
  }
  return bytes;
}

function writeMessage(object: JsonObject, message: string, schema: Schema, numbers: FieldNumbers, out: BackwardBytes, depth: number): void {
  if (depth > maxDepth) return;
  const fields = fieldsOf(message, schema, numbers);
  for (let index = fields.length - 1; index >= 0; index--) {
    const field = fields[index];
    if (field !== undefined) writeField(object, field, schema, numbers, out, depth);
  }
}

function writeField(object: JsonObject, field: Field, parent: Schema, numbers: FieldNumbers, out: BackwardBytes, depth: number): void {
  const { number, name, message, schema } = field;
  if (schema === undefined) {
    const start = out.mark();
    writeMessage(object, message, parent, numbers, out, depth + 1);
    out.close(number, start);
    return;
  }
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (unionOf(message) !== undefined) writeUnions(value, field, parent, numbers, out, depth);
  else if (schema.type === 'array') writeList(value, field, schema, numbers, out, depth);
  else if (schema.additionalProperties !== undefined) writeMap(value, field, schema.additionalProperties, numbers, out, depth);
  else if (value !== undefined && value !== null) writeValue(number, value, message, schema, numbers, out, depth);
  else if (schema.written !== 'given' && schema.written !== 'null') writeValue(number, undefined, message, schema, numbers, out, depth);
}

/** A field of a schema that may be several things, or a list or map of these; `parent` is the schema's own type. */
function writeUnions(
  value: Json | undefined,
  field: Field,
  parent: Schema,
  numbers: FieldNumbers,
  out: BackwardBytes,
  depth: number,
): void {
  const { number, message, schema } = field;
  const union = unionOf(message);
  if (union === undefined || value === undefined || value === null) return;
  const writeOne = (of: Json, at: number) => {
    const start = out.mark();
    writeUnion(union, of, out, (inner, props) => {
      const begin = out.mark();
      writeMessage(props, parent.definition ?? '', parent, numbers, out, depth + 1);
      out.close(inner, begin);
    });
    out.close(at, start);
  };
  if (schema?.type === 'array')
    for (const item of [...(Array.isArray(value) ? (value as readonly Json[]) : [])].reverse()) writeOne(item, number);
  else if (schema?.type === 'object' && isObject(value))
    for (const key of Object.keys(value).sort(byBytes).reverse()) {
      const start = out.mark();
      writeOne(value[key] ?? null, 2);
      out.text(1, key);
      out.close(number, start);
    }
  else writeOne(value, number);
}

function writeList(value: Json | undefined, field: Field, schema: Schema, numbers: FieldNumbers, out: BackwardBytes, depth: number): void {
  if (!Array.isArray(value)) return;
  const items = value as readonly Json[];
  const { items: item = pair } = schema;
  // A named list (`Verbs`) is a message that holds the list.
  const isNamed = field.message !== '' && item.type === 'string';
  const start = out.mark();
  for (let index = items.length - 1; index >= 0; index--)
    writeValue(isNamed ? 1 : field.number, items[index], isNamed ? '' : field.message, item, numbers, out, depth);
  if (isNamed) out.close(field.number, start);
}

function writeMap(value: Json | undefined, field: Field, values: Schema, numbers: FieldNumbers, out: BackwardBytes, depth: number): void {
  if (!isObject(value)) return;
  const keys = Object.keys(value).sort(byBytes);
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] ?? '';
    const start = out.mark();
    if (values.type === 'array') {
      const list = out.mark();
      writeList(value[key], { ...field, number: 1, message: '' }, values, numbers, out, depth);
      out.close(2, list);
    } else writeValue(2, value[key], field.message, values, numbers, out, depth);
    out.text(1, key);
    out.close(field.number, start);
  }
}

/** The order of Go's strings: that of their bytes. */
function byBytes(a: string, b: string): number {
  if (/^[\x00-\x7f]*$/.test(a) && /^[\x00-\x7f]*$/.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return compareBytes(utf8.encode(a), utf8.encode(b));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** One value; undefined is the zero value of what is no pointer. */
function writeValue(
  number: number,
  value: Json | undefined,
  message: string,
  schema: Schema,
  numbers: FieldNumbers,
  out: BackwardBytes,
  depth: number,
): void {
  switch (schema.format) {
    case 'bytes':
      if (typeof value === 'string') out.bytes(number, fromBase64(value));
      return;
    case 'quantity': {
      const start = out.mark();
      out.text(1, value === undefined || value === null ? '0' : String(value));
      out.close(number, start);
      return;
    }
    case 'time':
    case 'micro-time': {
      const start = out.mark();
      if (typeof value === 'string') writeTime(value, schema.format === 'micro-time', out);
      out.close(number, start);
      return;
    }
    case 'int-or-string': {
      const start = out.mark();
      out.text(3, typeof value === 'string' ? value : '');
      out.integer(2, typeof value === 'number' ? value : 0);
      out.integer(1, typeof value === 'string' ? 1 : 0);
      out.close(number, start);
      return;
    }
    default:
  }
  switch (schema.type) {
    case 'string':
      out.text(number, typeof value === 'string' ? value : '');
      return;
    case 'boolean':
      out.integer(number, value === true ? 1 : 0);
      return;
    case 'integer':
      out.integer(number, typeof value === 'number' ? value : 0);
      return;
    case 'number':
      out.double(number, typeof value === 'number' ? value : 0);
      return;
    default:
  }
  const start = out.mark();
  if (schema.definition === 'meta.v1.FieldsV1' || schema.preserveUnknownFields === true || schema.type === undefined) {
    if (value !== undefined && value !== null) out.bytes(1, utf8.encode(JSON.stringify(value)));
  } else writeMessage(asObject(value), message === '' ? (schema.definition ?? '') : message, schema, numbers, out, depth + 1);
  out.close(number, start);
}

function writeTime(text: string, isMicro: boolean, out: BackwardBytes): void {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return;
  const micros = isMicro ? Number((/\.(\d{1,6})/.exec(text)?.[1] ?? '').padEnd(6, '0')) : 0;
  out.integer(2, micros * 1000);
  out.integer(1, Math.floor(milliseconds / 1000));
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
