// The built-in kinds of one Kubernetes release: their schemas and the resources the release serves, decoded from generated/ as they are asked
// for. Published data say what may be sent; what else the server checks is not in them (semantic validation, admission).

import type { Json } from '../../lib/json.ts';
import { groupVersion } from '../object.ts';
import type { EncodedDifference, EncodedField, EncodedRelease } from './encoding.ts';
import type { GoFormat, Schema } from './schema.ts';

/** A resource of an API version. */
export interface ServedResource {
  readonly apiVersion: string;
  /** Plural name, with the subresource: `pods`, `pods/status`. */
  readonly name: string;
  readonly kind: string;
  /** API version of the kind: `autoscaling/v1` for `deployments/scale`. */
  readonly kindVersion: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

export interface Release {
  /** `1.36`. */
  readonly minor: string;
  /** The patch release the data were taken from: `1.36.3`. */
  readonly source: string;
  /** API versions with at least one resource, alpha and beta ones included. */
  readonly apiVersions: readonly string[];
  /** Groups of those API versions; the core group is the empty string. */
  readonly groups: ReadonlySet<string>;
  /** The schema of a kind; undefined where this release does not know it. */
  readonly schemaOf: (apiVersion: string, kind: string) => Schema | undefined;
  /** The schema of a definition, such as `meta.v1.ObjectMeta`. */
  readonly definition: (name: string) => Schema | undefined;
  readonly resources: (apiVersion: string) => readonly ServedResource[];
  /** The resource that objects of a kind are created through; undefined where there is none. */
  readonly resourceOf: (apiVersion: string, kind: string) => ServedResource | undefined;
  /** True for a kind that the API version knows at all, be it only as the body of a subresource or an answer. */
  readonly knows: (apiVersion: string, kind: string) => boolean;
}

/** The release that is left when differences, newest first, are laid over the newest release one after the other. */
export function olderRelease(newest: EncodedRelease, differences: readonly EncodedDifference[]): EncodedRelease {
  return {
    release: differences.at(-1)?.release ?? newest.release,
    definitions: laid(newest.definitions, differences, 'definitions'),
    kinds: laid(newest.kinds, differences, 'kinds'),
    resources: laid(newest.resources, differences, 'resources'),
  };
}

function laid<K extends 'definitions' | 'kinds' | 'resources'>(
  base: EncodedRelease[K],
  differences: readonly EncodedDifference[],
  part: K,
): EncodedRelease[K] {
  const result = new Map<string, unknown>(Object.entries(base));
  for (const difference of differences) for (const [key, value] of Object.entries(difference[part])) result.set(key, value);
  return Object.fromEntries([...result].filter(([, value]) => value !== null)) as EncodedRelease[K];
}

/** Makes a release of its data. */
export function decodeRelease(minor: string, encoded: EncodedRelease): Release {
  const definitions = new Map<string, Schema>();
  const resources = new Map<string, readonly ServedResource[]>();
  const definition = (name: string): Schema | undefined => {
    let schema = definitions.get(name);
    if (schema === undefined && Object.hasOwn(encoded.definitions, name)) {
      schema = struct(name);
      definitions.set(name, schema);
    }
    return schema;
  };
  const struct = (name: string): Schema => {
    const source = encoded.definitions[name];
    let properties: ReadonlyMap<string, Schema> | undefined;
    const facets: Facets = { type: 'object', definition: name, required: source?.required, mapType: source?.atomic && 'atomic' };
    return new BuiltInSchema(facets, () => {
      properties ??= new Map(Object.entries(source?.fields ?? {}).map(([field, value]) => [field, fieldSchema(value, field)]));
      return properties;
    });
  };
  const fieldSchema = (field: EncodedField, key: string): Schema => {
    const text = typeof field === 'string' ? field : field.type;
    const marks = /^!?\*?/.exec(text)?.[0] ?? '';
    const extras = typeof field === 'string' ? {} : facets(field);
    const schema = typeSchema(text.slice(marks.length), typeof field === 'string' ? undefined : field.enum);
    const granular = key === granularReference && schema.mapType === 'atomic' ? { mapType: 'granular' as const } : {};
    return new BuiltInSchema({ ...schema, ...extras, ...granular, written: written[marks] ?? 'filled' }, () => schema.properties);
  };
  const typeSchema = (type: string, allowed: readonly string[] | undefined): Schema => {
    if (type.startsWith('[]')) return new BuiltInSchema({ type: 'array', items: typeSchema(type.slice(2), allowed) });
    if (type.startsWith('{}')) return new BuiltInSchema({ type: 'object', additionalProperties: typeSchema(type.slice(2), allowed) });
    if (type.includes('.')) return definition(type) ?? anything;
    const scalar = scalars[type] ?? anything;
    return allowed === undefined ? scalar : new BuiltInSchema({ ...scalar, enum: allowed });
  };
  const resourcesOf = (apiVersion: string): readonly ServedResource[] => {
    let list = resources.get(apiVersion);
    if (list === undefined) {
      const source = Object.hasOwn(encoded.resources, apiVersion) ? (encoded.resources[apiVersion] ?? {}) : {};
      list = Object.entries(source).map(([name, { kind, kindVersion, namespaced, verbs, shortNames, categories }]) => ({
        apiVersion,
        name,
        kind,
        kindVersion: kindVersion ?? apiVersion,
        namespaced,
        verbs: verbs.split(' '),
        shortNames: shortNames ?? [],
        categories: categories ?? [],
      }));
      resources.set(apiVersion, list);
    }
    return list;
  };
  const definitionOf = (apiVersion: string, kind: string): string | undefined => {
    const kinds = Object.hasOwn(encoded.kinds, apiVersion) ? (encoded.kinds[apiVersion] ?? {}) : {};
    return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  };
  return {
    minor,
    source: encoded.release,
    apiVersions: Object.keys(encoded.resources),
    groups: new Set(Object.keys(encoded.resources).map((apiVersion) => groupVersion(apiVersion).group)),
    schemaOf: (apiVersion, kind) => {
      const name = definitionOf(apiVersion, kind);
      return name === undefined ? undefined : definition(name);
    },
    definition,
    resources: resourcesOf,
    resourceOf: (apiVersion, kind) => resourcesOf(apiVersion).find((resource) => resource.kind === kind && !resource.name.includes('/')),
    knows: (apiVersion, kind) => definitionOf(apiVersion, kind) !== undefined,
  };
}

type Facets = { readonly [K in Exclude<keyof Schema, 'properties'>]?: Schema[K] };

/** The one reference whose fields have owners of their own, though references are owned as a whole: `claimRef` of a PersistentVolume. */
const granularReference = 'claimRef';

/** One layout for all schemas of built-in kinds, since objects are walked by them; fields of definitions are built when they are asked for. */
class BuiltInSchema implements Schema {
  readonly type: Schema['type'];
  readonly format: Schema['format'];
  readonly additionalProperties: Schema['additionalProperties'];
  readonly items: Schema['items'];
  readonly required: Schema['required'];
  readonly enum: Schema['enum'];
  readonly default: Schema['default'];
  readonly preserveUnknownFields: Schema['preserveUnknownFields'];
  readonly listType: Schema['listType'];
  readonly listMapKeys: Schema['listMapKeys'];
  readonly mapType: Schema['mapType'];
  readonly patchStrategy: Schema['patchStrategy'];
  readonly patchMergeKey: Schema['patchMergeKey'];
  readonly definition: Schema['definition'];
  readonly written: Schema['written'];
  readonly #fields: () => Schema['properties'];

  constructor(facets: Facets, fields: () => Schema['properties'] = () => undefined) {
    this.type = facets.type;
    this.format = facets.format;
    this.additionalProperties = facets.additionalProperties;
    this.items = facets.items;
    this.required = facets.required;
    this.enum = facets.enum;
    this.default = facets.default;
    this.preserveUnknownFields = facets.preserveUnknownFields;
    this.listType = facets.listType;
    this.listMapKeys = facets.listMapKeys;
    this.mapType = facets.mapType;
    this.patchStrategy = facets.patchStrategy;
    this.patchMergeKey = facets.patchMergeKey;
    this.definition = facets.definition;
    this.written = facets.written;
    this.#fields = fields;
  }

  get properties(): Schema['properties'] {
    return this.#fields();
  }
}

const written: Readonly<Record<string, NonNullable<Schema['written']>>> = { '!': 'always', '!*': 'null', '*': 'given' };
const anything: Schema = new BuiltInSchema({});
const scalars: Readonly<Record<string, Schema>> = {
  any: anything,
  raw: new BuiltInSchema({ type: 'object', preserveUnknownFields: true }),
  string: new BuiltInSchema({ type: 'string' }),
  boolean: new BuiltInSchema({ type: 'boolean' }),
  int32: goValue('integer', 'int32'),
  int64: goValue('integer', 'int64'),
  double: goValue('number', 'double'),
  bytes: goValue('string', 'bytes'),
  time: goValue('string', 'time'),
  'micro-time': goValue('string', 'micro-time'),
  quantity: goValue('string', 'quantity'),
  'int-or-string': goValue('string', 'int-or-string'),
};

function goValue(type: 'string' | 'integer' | 'number', format: GoFormat): Schema {
  return new BuiltInSchema({ type, format });
}

function facets(field: Exclude<EncodedField, string>): Partial<Schema> {
  const { list } = field;
  return {
    ...(field.default === undefined ? {} : { default: field.default as Json }),
    ...(list === 'atomic' || list === 'set' || list === 'map' ? { listType: list } : {}),
    ...(field.keys === undefined ? {} : { listMapKeys: field.keys }),
    ...(field.atomic === undefined ? {} : { mapType: 'atomic' as const }),
    ...(field.patch === undefined ? {} : { patchStrategy: field.patch.split(',') }),
    ...(field.mergeKey === undefined ? {} : { patchMergeKey: field.mergeKey }),
  };
}
