// Objects within custom resources (`x-kubernetes-embedded-resource`) as they are decoded: apiVersion and kind must be texts, metadata must be
// what ObjectMeta can hold and loses what it does not know (apiextensions-apiserver/pkg/apiserver/schema/objectmeta/algorithm.go, 1.36).

import { decode, encode } from '../../kube/schema/defaults/decode.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { canonicalJson, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { fieldErrorBody, invalid } from '../fields/error.ts';
import { heldAgainst, pathText } from './typed.ts';

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
  readonly path: (string | number)[];
  readonly unknown: string[];
  error: string | undefined;
}

/** Coerces the embedded objects of a value. */
export function coerced(value: Json, schema: Schema, objectMeta: Schema): Coerced {
  const walk: Walk = { objectMeta, path: [], unknown: [], error: undefined };
  const result = visit(value, schema, walk);
  return { value: result, error: walk.error, unknown: walk.unknown.sort() };
}

function visit(value: Json, schema: Schema | undefined, walk: Walk): Json {
  if (schema === undefined || value === null || typeof value !== 'object' || walk.error !== undefined || walk.path.length > maxDepth)
    return value;
  const inner = (step: string | number, item: Json, of: Schema | undefined): Json => {
    walk.path.push(step);
    const result = visit(item, of, walk);
    walk.path.pop();
    return result;
  };
  if (Array.isArray(value)) {
    const items = value.map((item: Json, index) => inner(index, item, schema.items));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  let result: JsonObject = value;
  for (const key of Object.keys(value)) {
    const given = value[key] ?? null;
    const own = schema.embeddedResource === true ? ofEmbedded(key, given, walk) : given;
    if (walk.error !== undefined) return value;
    const item = inner(key, own, schema.properties?.get(key) ?? schema.additionalProperties);
    if (item !== given) result = { ...result, [key]: item };
  }
  return result;
}

function ofEmbedded(key: string, value: Json, walk: Walk): Json {
  const refuse = (detail: string): Json => {
    const at = pathText(walk.path, key);
    walk.error = `${at}: ${fieldErrorBody(invalid(at, JSON.parse(canonicalJson(value)) as Json, detail))}`;
    return value;
  };
  if (key === 'apiVersion' || key === 'kind') return typeof value === 'string' ? value : refuse('must be a string');
  if (key !== 'metadata') return value;
  const held = heldAgainst(value, walk.objectMeta);
  if (held.error !== undefined) return refuse(held.error);
  const prefix = pathText(walk.path, key);
  for (const text of held.strict) walk.unknown.push(text.replace('field "', `field "${prefix}.`));
  return encode(decode(value, walk.objectMeta), walk.objectMeta) ?? {};
}
