// What the API server makes of a custom resource before it validates it: unknown fields pruned, nulls dropped where null means nothing,
// defaults filled in (apiextensions-apiserver 1.36, pkg/apiserver/schema/{pruning,defaulting}). Values are never changed: each step returns
// the same value where nothing was to do, else a new one that shares the rest.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { Schema } from './schema.ts';
import { maxDepth } from './violation.ts';

const metaFields = new Set(['apiVersion', 'kind', 'metadata']);

export interface Pruned {
  readonly value: Json;
  /** The fields that were dropped, as paths of keys. */
  readonly dropped: readonly (readonly (string | number)[])[];
}

/** Drops the fields a schema does not know. At the root and in embedded resources apiVersion, kind and metadata stay. */
export function pruneUnknown(value: Json, schema: Schema): Pruned {
  const dropped: (readonly (string | number)[])[] = [];
  return { value: prune(value, rootOf(schema), [], dropped), dropped };
}

const roots = new WeakMap<Schema, Schema>();

/** The schema of a whole object, as an embedded resource. */
function rootOf(schema: Schema): Schema {
  let root = roots.get(schema);
  if (root === undefined) {
    root = { ...schemaFacets(schema), embeddedResource: true };
    roots.set(schema, root);
  }
  return root;
}

/** A schema whose lazily read fields are kept lazy when a facet is added. */
function schemaFacets(schema: Schema): Schema {
  const { properties: _properties, ...rest } = Object.getOwnPropertyDescriptors(schema);
  return Object.defineProperties({}, { ...rest, ...(_properties === undefined ? {} : { properties: _properties }) });
}

function prune(
  value: Json,
  schema: Schema | undefined,
  path: readonly (string | number)[],
  dropped: (readonly (string | number)[])[],
): Json {
  if (path.length > maxDepth) return value;
  if (Array.isArray(value))
    return mapList(value, (item, index) => prune(item, keeps(schema) ? keeping(schema?.items) : schema?.items, [...path, index], dropped));
  if (!isObject(value)) return value;
  return mapObject(value, (key, item) => {
    if (schema?.embeddedResource === true && metaFields.has(key)) return item;
    const known = schema?.properties?.get(key) ?? schema?.additionalProperties;
    if (known !== undefined) return prune(item, known, [...path, key], dropped);
    if (keeps(schema)) return item;
    dropped.push([...path, key]);
    return undefined;
  });
}

function keeps(schema: Schema | undefined): boolean {
  return schema?.preserveUnknownFields === true;
}

/** Within a list that keeps unknown fields, members keep theirs. */
function keeping(items: Schema | undefined): Schema {
  if (items === undefined) return { preserveUnknownFields: true };
  return items.preserveUnknownFields === true
    ? items
    : Object.defineProperty(schemaFacets(items), 'preserveUnknownFields', { value: true, enumerable: true });
}

/** Drops the null values of fields that may not be null and have no default. */
export function dropNulls(value: Json, schema: Schema | undefined, depth = 0): Json {
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) return mapList(value, (item) => dropNulls(item, schema?.items, depth + 1));
  if (!isObject(value)) return value;
  return mapObject(value, (key, item) => {
    const known = schema?.properties?.get(key) ?? schema?.additionalProperties;
    if (item === null && known !== undefined && known.nullable !== true && known.default === undefined) return undefined;
    return dropNulls(item, known, depth + 1);
  });
}

const defaulting = new WeakMap<Schema, boolean>();

/** True where a schema, or one within it, has a default. */
function hasDefaults(schema: Schema): boolean {
  let has = defaulting.get(schema);
  if (has === undefined) {
    has = schema.default !== undefined || within(schema).some(hasDefaults);
    defaulting.set(schema, has);
  }
  return has;
}

/** The schemas of what is in a value. */
export function within({ properties, additionalProperties, items }: Schema): readonly Schema[] {
  const others = [additionalProperties, items].filter((each) => each !== undefined);
  return properties === undefined ? others : [...properties.values(), ...others];
}

/** Fills in the defaults of a structural schema. */
export function applySchemaDefaults(value: Json, schema: Schema | undefined, depth = 0): Json {
  if (schema === undefined || depth > maxDepth || !hasDefaults(schema)) return value;
  if (Array.isArray(value)) return mapList(value, (item) => applySchemaDefaults(orDefault(item, schema.items), schema.items, depth + 1));
  if (!isObject(value)) return value;
  const filled = mapObject(value, (key, item) => {
    const known = schema.properties?.get(key) ?? schema.additionalProperties;
    return applySchemaDefaults(orDefault(item, known), known, depth + 1);
  });
  const added: [string, Json][] = [];
  for (const [key, known] of schema.properties ?? [])
    if (known.default !== undefined && !Object.hasOwn(filled, key)) added.push([key, applySchemaDefaults(known.default, known, depth + 1)]);
  return added.length === 0 ? filled : Object.fromEntries([...Object.entries(filled), ...added]);
}

function orDefault(value: Json, schema: Schema | undefined): Json {
  return value === null && schema !== undefined && schema.nullable !== true ? (schema.default ?? null) : value;
}

/** The list with every member replaced; the same list where none changed. */
function mapList(list: readonly Json[], change: (item: Json, index: number) => Json): readonly Json[] {
  let result: Json[] | undefined;
  for (const [index, item] of list.entries()) {
    const changed = change(item, index);
    if (changed !== item) {
      result ??= [...list];
      result[index] = changed;
    }
  }
  return result ?? list;
}

/** The object with every value replaced, and those dropped that become undefined; the same object where none changed. */
function mapObject(object: JsonObject, change: (key: string, value: Json) => Json | undefined): JsonObject {
  let changes: Map<string, Json | undefined> | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const changed = change(key, value);
    if (changed === value) continue;
    changes ??= new Map();
    changes.set(key, changed);
  }
  if (changes === undefined) return object;
  const entries = Object.entries(object).map(([key, value]) => [key, changes.has(key) ? changes.get(key) : value] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
