// Objects within custom resources (`x-kubernetes-embedded-resource`) as they are decoded: apiVersion and kind must be texts, metadata must be
// what ObjectMeta can hold and loses what it does not know (apiextensions-apiserver/pkg/apiserver/schema/objectmeta/algorithm.go, 1.36).

import { within } from '../../kube/schema/complete.ts';
import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { canonicalJson, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { fieldErrorBody, invalid } from '../fields/error.ts';
import { heldAgainst } from './typed.ts';

const maxDepth = 200;

export interface Coerced {
  readonly value: Json;
  /** The message of the first field that does not fit. */
  readonly error: string | undefined;
  /** Paths of fields that the metadata of an embedded object does not have. */
  readonly unknown: readonly string[];
}

interface Walk {
  readonly objectMeta: Schema;
  readonly unknown: string[];
  error: string | undefined;
}

const embedding = new WeakMap<Schema, boolean>();

/** True where a schema, or one within it, is of an embedded object. */
export function hasEmbedded(schema: Schema): boolean {
  let has = embedding.get(schema);
  if (has === undefined) {
    has = schema.embeddedResource === true || within(schema).some(hasEmbedded);
    embedding.set(schema, has);
  }
  return has;
}

const nothing = { error: undefined, unknown: [] };

/** Coerces the embedded objects of a value. */
export function coerced(value: Json, schema: Schema, objectMeta: Schema): Coerced {
  if (!hasEmbedded(schema)) return { value, ...nothing };
  const walk: Walk = { objectMeta, unknown: [], error: undefined };
  const result = visit(value, schema, walk, '', 0);
  return { value: result, error: walk.error, unknown: walk.unknown.sort() };
}

function visit(value: Json, schema: Schema | undefined, walk: Walk, path: string, depth: number): Json {
  if (schema === undefined || value === null || typeof value !== 'object' || walk.error !== undefined || depth > maxDepth) return value;
  if (!hasEmbedded(schema)) return value;
  if (Array.isArray(value)) {
    if (schema.items === undefined) return value;
    const items = value.map((item: Json, index) => visit(item, schema.items, walk, `${path}[${index}]`, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  const isEmbedded = schema.embeddedResource === true;
  let result: JsonObject = value;
  for (const key of Object.keys(value)) {
    const given = value[key] ?? null;
    const own = isEmbedded ? ofEmbedded(key, given, walk, path) : given;
    if (walk.error !== undefined) return value;
    const declared = schema.properties?.get(key);
    // Keys that no field declares are written in brackets.
    const of = declared ?? schema.additionalProperties;
    const item = of === undefined ? own : visit(own, of, walk, declared === undefined ? `${path}[${key}]` : stepTo(path, key), depth + 1);
    if (item !== given) result = { ...result, [key]: item };
  }
  return result;
}

function stepTo(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function ofEmbedded(key: string, value: Json, walk: Walk, path: string): Json {
  const at = stepTo(path, key);
  const refuse = (detail: string): Json => {
    walk.error = `${at}: ${fieldErrorBody(invalid(at, JSON.parse(canonicalJson(value)) as Json, detail))}`;
    return value;
  };
  if (key === 'apiVersion' || key === 'kind') return typeof value === 'string' ? value : refuse('must be a string');
  if (key !== 'metadata') return value;
  const held = heldAgainst(value, walk.objectMeta);
  if (held.error !== undefined) return refuse(held.error);
  for (const text of held.strict) walk.unknown.push(text.replace('field "', `field "${at}.`));
  return encode(decode(value, walk.objectMeta), walk.objectMeta) ?? {};
}
