// The schema of a custom resource as the server publishes it: fields in the order kube-openapi writes them, so that the document's hash is the
// server's. CEL rules and the like are kept as they are; nothing is added (apiextensions-apiserver 1.36, pkg/controller/openapi/builder).

import { asObject, isObject, type Json, type JsonObject } from '../../lib/json.ts';

const order: readonly string[] = [
  'description',
  'type',
  'format',
  'nullable',
  'title',
  'default',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'enum',
  'maxProperties',
  'minProperties',
  'required',
  'items',
  'allOf',
  'oneOf',
  'anyOf',
  'not',
  'properties',
  'additionalProperties',
];
const rank = new Map(order.map((key, index) => [key, index]));
const maxDepth = 64;

/** The schema in the published order, extensions last. */
export function customSchema(schema: Json | undefined, depth = 0): JsonObject {
  const given = asObject(schema);
  if (depth > maxDepth) return given;
  const entries = Object.entries(given).sort(([a], [b]) => (rank.get(a) ?? 99) - (rank.get(b) ?? 99) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, published(key, value ?? null, depth + 1)]));
}

function published(key: string, value: Json, depth: number): Json {
  if (key === 'properties' && isObject(value)) {
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((name) => [name, customSchema(value[name], depth)]));
  }
  if ((key === 'items' || key === 'additionalProperties' || key === 'not') && isObject(value)) return customSchema(value, depth);
  if ((key === 'allOf' || key === 'anyOf' || key === 'oneOf') && Array.isArray(value))
    return value.map((each: Json) => customSchema(each, depth));
  return value;
}
