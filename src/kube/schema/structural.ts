// Structural schemas: `openAPIV3Schema` of a CustomResourceDefinition as a `Schema` (KEP-1693, apiextensions.k8s.io/v1 1.36). Whatever has an
// odd shape is left out; whether the definition itself is acceptable is asked elsewhere. Left out too: CEL rules (x-kubernetes-validations),
// which the request pipeline runs, and `$ref`, which structural schemas may not have.

import { asBoolean, asList, asNumber, asObject, asString, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { Limits, Schema, SchemaType } from './schema.ts';

const types: readonly string[] = ['object', 'array', 'string', 'integer', 'number', 'boolean'] satisfies readonly SchemaType[];
const maxSchemaDepth = 100;

/** Reads one schema. Reading is lazy: fields are looked at when a value has them. */
export function structuralSchema(source: Json | undefined, depth = 0): Schema {
  if (!isObject(source) || depth > maxSchemaDepth) return {};
  const type = asString(source.type);
  const nested = (value: Json | undefined) => structuralSchema(value, depth + 1);
  const listType = asString(source['x-kubernetes-list-type']);
  const mapType = asString(source['x-kubernetes-map-type']);
  const limits = limitsOf(source);
  const fields = source.properties;
  const schema: Writable = isObject(fields) ? withProperties(fields, depth + 1) : {};
  if (type !== undefined && types.includes(type)) schema.type = type as SchemaType;
  if (typeof source.format === 'string') schema.format = source.format;
  const additional = additionalOf(source.additionalProperties, depth);
  if (additional !== undefined) schema.additionalProperties = additional;
  if (isObject(source.items)) schema.items = nested(source.items);
  if (Array.isArray(source.required)) schema.required = strings(source.required);
  if (Array.isArray(source.enum)) schema.enum = asList(source.enum);
  if (source.default !== undefined && source.default !== null) schema.default = source.default;
  if (source.nullable === true) schema.nullable = true;
  if (source['x-kubernetes-preserve-unknown-fields'] === true) schema.preserveUnknownFields = true;
  if (source['x-kubernetes-embedded-resource'] === true) schema.embeddedResource = true;
  if (source['x-kubernetes-int-or-string'] === true) schema.intOrString = true;
  if (listType === 'atomic' || listType === 'set' || listType === 'map') schema.listType = listType;
  if (Array.isArray(source['x-kubernetes-list-map-keys'])) schema.listMapKeys = strings(source['x-kubernetes-list-map-keys']);
  if (mapType === 'atomic' || mapType === 'granular') schema.mapType = mapType;
  if (limits !== undefined) schema.limits = limits;
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    const list = asList(source[key]);
    if (list.length > 0) schema[key] = list.map(nested);
  }
  if (isObject(source.not)) schema.not = nested(source.not);
  return schema;
}

type Writable = { -readonly [Key in keyof Schema]: Schema[Key] };

/** A schema whose fields are read when someone asks for one. */
function withProperties(fields: JsonObject, depth: number): Writable {
  let properties: ReadonlyMap<string, Schema> | undefined;
  return {
    get properties() {
      properties ??= new Map(Object.entries(fields).map(([key, value]) => [key, structuralSchema(value, depth)]));
      return properties;
    },
  };
}

/** `additionalProperties: true` takes any key; its values are of no schema, so that nulls stay and fields within them are unknown. */
function additionalOf(value: Json | undefined, depth: number): Schema | undefined {
  if (isObject(value)) return structuralSchema(value, depth + 1);
  return value === true ? { nullable: true } : undefined;
}

const numberLimits = [
  'minimum',
  'maximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;
const flagLimits = ['exclusiveMinimum', 'exclusiveMaximum', 'uniqueItems'] as const;

function limitsOf(source: JsonObject): Limits | undefined {
  let limits: Record<string, number | boolean | string> | undefined;
  for (const key of numberLimits) {
    const value = asNumber(source[key]);
    if (value === undefined) continue;
    limits ??= {};
    limits[key] = value;
  }
  for (const key of flagLimits) {
    if (source[key] !== true) continue;
    limits ??= {};
    limits[key] = true;
  }
  const pattern = asString(source.pattern);
  if (pattern === undefined || pattern === '') return limits;
  limits ??= {};
  limits.pattern = pattern;
  return limits;
}

/** One version of a custom kind. */
export interface CustomVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: Schema;
  /** True where the definition keeps unknown fields everywhere (`spec.preserveUnknownFields`, the default of v1beta1). */
  readonly preservesUnknownFields: boolean;
  /** True where the status is a subresource: what a create or update of the object says about it is thrown away. */
  readonly statusSubresource: boolean;
}

export interface CustomKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly versions: readonly CustomVersion[];
}

/** What a CustomResourceDefinition defines, v1 or v1beta1; undefined where it names no group and kind. */
export function customKind(definition: Json): CustomKind | undefined {
  const spec = asObject(field(definition, 'spec'));
  const group = asString(spec.group);
  const names = asObject(spec.names);
  const kind = asString(names.kind);
  if (group === undefined || kind === undefined) return undefined;
  const old = field(definition, 'apiVersion') === 'apiextensions.k8s.io/v1beta1';
  const shared = field(spec.validation, 'openAPIV3Schema');
  const listed = asList(spec.versions);
  const versions =
    listed.length > 0 ? listed : typeof spec.version === 'string' ? [{ name: spec.version, served: true, storage: true }] : [];
  return {
    group,
    kind,
    plural: asString(names.plural) ?? '',
    namespaced: spec.scope !== 'Cluster',
    versions: versions.flatMap((version): readonly CustomVersion[] => {
      const name = asString(field(version, 'name'));
      if (name === undefined) return [];
      const source = field(field(version, 'schema'), 'openAPIV3Schema') ?? shared;
      return [
        {
          name,
          served: field(version, 'served') !== false,
          storage: field(version, 'storage') === true,
          schema: structuralSchema(source),
          statusSubresource: isObject(field(field(version, 'subresources') ?? spec.subresources, 'status')),
          preservesUnknownFields: source === undefined || (asBoolean(spec.preserveUnknownFields) ?? old),
        },
      ];
    }),
  };
}
