// The definitions of one release, encoded: from the OpenAPI documents in a k8s.io/kubernetes module and the tables of go.ts.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedDefinition, EncodedField, EncodedKinds } from '../../src/kube/schema/encoding.ts';
import { enumsOf, type FieldEnum, type FieldTag } from './go.ts';

interface OpenApi {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApi[];
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, OpenApi>>;
  readonly items?: OpenApi;
  readonly additionalProperties?: OpenApi;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

/** Definitions that are values of their own form, not structs. */
const values: Readonly<Record<string, string>> = {
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'int-or-string',
  'meta.v1.Time': 'time',
  'meta.v1.MicroTime': 'micro-time',
  'meta.v1.FieldsV1': 'raw',
  'meta.v1.Patch': 'raw',
  'runtime.RawExtension': 'raw',
  'apiextensions.v1.JSON': 'any',
  'apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
};
/** Kinds of requests and answers that every group version repeats. */
const everywhere = new Set(['DeleteOptions', 'WatchEvent']);

/** Encodes every definition and says which one each kind uses. */
export function definitionsOf(
  folder: string,
  tags: ReadonlyMap<string, ReadonlyMap<string, FieldTag>>,
): { readonly definitions: Record<string, EncodedDefinition>; readonly kinds: Record<string, EncodedKinds> } {
  const openApi = openApiDefinitions(folder);
  const enums = enumsOf(folder);
  const definitions: Record<string, EncodedDefinition> = {};
  const kinds: Record<string, Record<string, string>> = {};
  for (const fullName of [...openApi.keys()].sort()) {
    const name = shortName(fullName);
    const definition = openApi.get(fullName) ?? {};
    if (Object.hasOwn(values, name)) continue;
    const fieldEnums = enums.get(name.split('.').join('_'));
    const fieldTags = tags.get(name);
    const fields: Record<string, EncodedField> = {};
    for (const [field, schema] of Object.entries(definition.properties ?? {}))
      fields[field] = encodeField(schema, fieldEnums?.get(field), fieldTags?.get(field), openApi);
    definitions[name] = {
      fields,
      ...(definition.required === undefined ? {} : { required: definition.required }),
      ...(definition['x-kubernetes-map-type'] === 'atomic' ? { atomic: true as const } : {}),
    };
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      if (everywhere.has(kind)) continue;
      const apiVersion = group === '' ? version : `${group}/${version}`;
      kinds[apiVersion] = { ...kinds[apiVersion], [kind]: name };
    }
  }
  return { definitions, kinds };
}

function openApiDefinitions(folder: string): ReadonlyMap<string, OpenApi> {
  const found = new Map<string, OpenApi>();
  for (const file of globSync('api/openapi-spec/v3/*.json', { cwd: folder }).sort()) {
    const document: { components?: { schemas?: Record<string, OpenApi> } } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) found.set(name, schema);
  }
  const whole: { definitions: Record<string, OpenApi> } = JSON.parse(readFileSync(join(folder, 'api/openapi-spec/swagger.json'), 'utf8'));
  for (const [name, schema] of Object.entries(whole.definitions)) found.set(name, withDefaults(schema, found.get(name)));
  return found;
}

/** v2 lists all groups of a definition that several group versions repeat; v3 alone has the defaults. */
function withDefaults(v2: OpenApi, v3: OpenApi | undefined): OpenApi {
  const properties = Object.entries(v2.properties ?? {}).map(([name, schema]): [string, OpenApi] => {
    const value = v3?.properties?.[name]?.default;
    return [name, value === undefined ? schema : { ...schema, default: value }];
  });
  return { ...v2, ...(v2.properties === undefined ? {} : { properties: Object.fromEntries(properties) }) };
}

/** `io.k8s.api.core.v1.Pod` is `core.v1.Pod`. */
function shortName(fullName: string): string {
  const parts = fullName.split('.');
  return /^v[0-9]/.test(parts.at(-2) ?? '') ? parts.slice(-3).join('.') : parts.slice(-2).join('.');
}

function encodeField(
  schema: OpenApi,
  allowed: FieldEnum | undefined,
  tag: FieldTag | undefined,
  all: ReadonlyMap<string, OpenApi>,
): EncodedField {
  const type = encodeType(schema, all);
  const isStruct =
    !/^(?:\[\]|\{\})/.test(type) && (type.includes('.') || ['time', 'micro-time', 'quantity', 'int-or-string', 'raw'].includes(type));
  const always = tag === undefined ? isZero(schema.default) : tag.always || (isStruct && !tag.pointer && !tag.omitZero);
  const marked = `${always ? '!' : ''}${tag?.pointer === true ? '*' : ''}${type}`;
  const extras = {
    ...(allowed === undefined ? {} : { enum: allowed.values }),
    ...(schema.default === undefined || (isZero(schema.default) && (isStruct || tag?.pointer !== true)) ? {} : { default: schema.default }),
    ...(schema['x-kubernetes-list-type'] === undefined ? {} : { list: schema['x-kubernetes-list-type'] }),
    ...(schema['x-kubernetes-list-map-keys'] === undefined ? {} : { keys: schema['x-kubernetes-list-map-keys'] }),
    ...(schema['x-kubernetes-map-type'] === 'atomic' ? { atomic: true as const } : {}),
    ...(schema['x-kubernetes-patch-strategy'] === undefined ? {} : { patch: schema['x-kubernetes-patch-strategy'] }),
    ...(schema['x-kubernetes-patch-merge-key'] === undefined ? {} : { mergeKey: schema['x-kubernetes-patch-merge-key'] }),
  };
  return Object.keys(extras).length === 0 ? marked : { type: marked, ...extras };
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

function encodeType(schema: OpenApi, all: ReadonlyMap<string, OpenApi>): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) {
    const name = shortName(reference.slice(reference.lastIndexOf('/') + 1));
    return values[name] ?? name;
  }
  switch (schema.type) {
    case 'array':
      return `[]${encodeType(schema.items ?? {}, all)}`;
    case 'object':
      return schema.additionalProperties === undefined ? 'raw' : `{}${encodeType(schema.additionalProperties, all)}`;
    case 'string':
      return schema.format === 'byte' ? 'bytes' : 'string';
    case 'integer':
      return schema.format === 'int64' ? 'int64' : 'int32';
    case 'number':
      return 'double';
    case 'boolean':
      return 'boolean';
    default:
      return 'any';
  }
}
