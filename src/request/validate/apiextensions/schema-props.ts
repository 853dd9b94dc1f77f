// Readers of the JSONSchemaProps of a definition: what Go's type tells apart in `items` and `additionalProperties`, and a walk over every
// schema within a schema (k8s.io/apiextensions-apiserver pkg/apis/apiextensions, 1.36).

import { isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { given, object, objects, size } from '../read.ts';

export const listType = 'x-kubernetes-list-type';
export const mapType = 'x-kubernetes-map-type';
export const listMapKeys = 'x-kubernetes-list-map-keys';
export const embeddedResource = 'x-kubernetes-embedded-resource';
export const intOrString = 'x-kubernetes-int-or-string';
export const preserveUnknownFields = 'x-kubernetes-preserve-unknown-fields';
export const validations = 'x-kubernetes-validations';

export const schemaTypes: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** How deep schemas are looked at. */
export const maxDepth = 500;

/** `items` as one schema. */
export function itemsOf(schema: JsonObject): JsonObject | undefined {
  return object(schema.items);
}

/** `items` as a list of schemas. */
export function itemSchemas(schema: JsonObject): readonly JsonObject[] {
  return objects(schema.items);
}

export function valuesOf(schema: JsonObject): JsonObject | undefined {
  return object(schema.additionalProperties);
}

/** The members of a map of schemas. */
export function members(map: Json | undefined): readonly (readonly [string, JsonObject])[] {
  return isObject(map) ? Object.entries(map).map(([key, schema]) => [key, object(schema) ?? {}] as const) : [];
}

/** A property, own ones alone. */
export function property(schema: JsonObject, name: string): JsonObject | undefined {
  const map = object(schema.properties);
  return map !== undefined && Object.hasOwn(map, name) ? (object(map[name]) ?? {}) : undefined;
}

export function isEmbedded(schema: JsonObject): boolean {
  return schema[embeddedResource] === true;
}

/** True where the schema or one within it is what is asked for. */
export function someSchema(schema: JsonObject | undefined, is: (schema: JsonObject) => boolean, depth = 0): boolean {
  if (schema === undefined || depth > maxDepth) return false;
  if (is(schema)) return true;
  const below = (part: JsonObject | undefined) => someSchema(part, is, depth + 1);
  const belowAll = (map: Json | undefined) => isObject(map) && members(map).some(([, part]) => below(part));
  return (
    below(itemsOf(schema)) ||
    itemSchemas(schema).some(below) ||
    ['allOf', 'anyOf', 'oneOf'].some((key) => objects(schema[key]).some(below)) ||
    below(object(schema.not)) ||
    belowAll(schema.properties) ||
    below(valuesOf(schema)) ||
    belowAll(schema.patternProperties) ||
    below(object(schema.additionalItems)) ||
    belowAll(schema.definitions) ||
    (isObject(schema.dependencies) && Object.values(schema.dependencies).some((part) => below(object(part))))
  );
}

export function hasDefault(schema: JsonObject): boolean {
  return given(schema.default);
}

export function hasExtension(schema: JsonObject): boolean {
  return (
    isEmbedded(schema) ||
    given(schema[preserveUnknownFields]) ||
    schema[intOrString] === true ||
    size(schema[listMapKeys]) > 0 ||
    given(schema[listType]) ||
    size(schema[validations]) > 0
  );
}
