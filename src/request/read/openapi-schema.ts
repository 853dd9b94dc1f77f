// The schema of a custom resource as the server publishes it: fields in the order kube-openapi writes them, so that the document's hash is the
// server's. CEL rules and the like are kept as they are; what two extensions mean is spelled out: an embedded resource has a kind and metadata, and
// what may be a number or a text is any of both (apiextensions-apiserver 1.36, pkg/controller/openapi/builder and pkg/apiserver/schema/unfold.go).

import { asList, asObject, isObject, type Json, type JsonObject, sameJson, strings } from '../../lib/json.ts';

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

/** What every object has, as published schemas describe it. */
export type MetaProperties = Readonly<Record<'apiVersion' | 'kind' | 'metadata', Json>>;

/** The schema in the published order, extensions last. */
export function customSchema(schema: Json | undefined, meta: MetaProperties, depth = 0): JsonObject {
  if (depth > maxDepth) return asObject(schema);
  const given = unfolded(asObject(schema), meta);
  const entries = Object.entries(given).sort(([a], [b]) => (rank.get(a) ?? 99) - (rank.get(b) ?? 99) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, published(key, value ?? null, meta, depth + 1)]));
}

function published(key: string, value: Json, meta: MetaProperties, depth: number): Json {
  if (key === 'properties' && isObject(value)) {
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((name) => [name, customSchema(value[name], meta, depth)]));
  }
  if ((key === 'items' || key === 'additionalProperties' || key === 'not') && isObject(value)) return customSchema(value, meta, depth);
  if ((key === 'allOf' || key === 'anyOf' || key === 'oneOf') && Array.isArray(value))
    return value.map((each: Json) => customSchema(each, meta, depth));
  return value;
}

const either: Json = [{ type: 'integer' }, { type: 'string' }];

function unfolded(schema: JsonObject, meta: MetaProperties): JsonObject {
  const whole = schema['x-kubernetes-int-or-string'] === true ? withEither(schema) : schema;
  return schema['x-kubernetes-embedded-resource'] === true ? embedded(whole, meta) : whole;
}

/** Whoever writes the alternatives out has written them as this does. */
function withEither(schema: JsonObject): JsonObject {
  const { anyOf, allOf } = schema;
  const [first] = asList(allOf);
  if (sameJson(anyOf, either) || (isObject(first) && sameJson(first, { anyOf: either }))) return schema;
  return anyOf === undefined ? { ...schema, anyOf: either } : { ...schema, allOf: [{ anyOf: either }, ...asList(allOf)] };
}

const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

function embedded(schema: JsonObject, { apiVersion, kind, metadata }: MetaProperties): JsonObject {
  const required = strings(schema.required);
  const properties: JsonObject = {
    ...asObject(schema.properties),
    apiVersion: {
      ...asObject(apiVersion),
      description: `apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`,
    },
    kind: {
      ...asObject(kind),
      description: `kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`,
    },
    metadata,
  };
  return { ...schema, properties, required: [...required, ...['kind', 'apiVersion'].filter((name) => !required.includes(name))] };
}
