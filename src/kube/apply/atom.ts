// A schema as server-side apply sees it (kube-openapi schemaconv, structured-merge-diff v6 schema): what a value may be, a scalar, a list or a
// map, or any of them, and how lists and maps merge. Built once for each schema and kept beside it. Two views of a custom schema exist: below
// `x-kubernetes-preserve-unknown-fields` undeclared fields are taken as they come, elsewhere they are errors.

import type { Json } from '../../lib/json.ts';
import type { Schema } from '../schema/schema.ts';

export type Scalar = 'numeric' | 'string' | 'boolean' | 'untyped';

export interface ListType {
  readonly atomic: boolean;
  /** Keys of a keyed list, sorted; a set has none. */
  readonly keys: readonly string[];
  /** The keys in the order of the schema, for messages. */
  readonly declaredKeys: readonly string[];
  readonly element: Atom;
  /** What an absent key stands for. */
  readonly keyDefault: (key: string) => Json | undefined;
}

export interface MapType {
  readonly atomic: boolean;
  /** The type of a declared field. */
  readonly field: (name: string) => Atom | undefined;
  /** The type of every other key; undefined where there may be none. */
  readonly element: Atom | undefined;
  /** True where no field is declared and the values are of no certain type: what is owned in it stays owned as it was. */
  readonly freeForm: boolean;
}

/** More than one of them: any will do. */
export interface Atom {
  readonly scalar?: Scalar;
  readonly list?: ListType;
  readonly map?: MapType;
}

const noField = () => undefined;

/** Any value, replaced as a whole. */
export const untyped: Atom = {
  scalar: 'untyped',
  list: {
    atomic: true,
    keys: [],
    declaredKeys: [],
    keyDefault: noField,
    get element() {
      return untyped;
    },
  },
  map: {
    atomic: true,
    field: noField,
    get element() {
      return untyped;
    },
    freeForm: false,
  },
};

/** Any value; maps merge by key, lists are replaced. Of kinds and fields without a schema. */
export const deduced: Atom = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], declaredKeys: [], element: untyped, keyDefault: noField },
  map: {
    atomic: false,
    field: noField,
    get element() {
      return deduced;
    },
    freeForm: true,
  },
};

type Cache = WeakMap<Schema, Atom>;
const strict: Cache = new WeakMap();
const keeping: Cache = new WeakMap();

/** The type of a schema of a built-in kind. */
export function atomOf(schema: Schema): Atom {
  return cached(schema, false, undefined);
}

/** The type of a custom kind: its schema with apiVersion, kind and metadata; unknown fields are kept where the definition says so. */
export function customAtom(schema: Schema, objectMeta: Schema | undefined, keepsUnknown: boolean): Atom {
  const root = { ...Object.getOwnPropertyDescriptors(schema), embeddedResource: { value: true, enumerable: true } };
  return makeAtom(Object.defineProperties({}, root) as Schema, keepsUnknown, objectMeta);
}

function cached(schema: Schema, keeps: boolean, objectMeta: Schema | undefined): Atom {
  const cache = keeps ? keeping : strict;
  let atom = cache.get(schema);
  if (atom === undefined) {
    atom = makeAtom(schema, keeps, objectMeta);
    cache.set(schema, atom);
  }
  return atom;
}

function makeAtom(schema: Schema, inherited: boolean, objectMeta: Schema | undefined): Atom {
  if (schema.definition === undefined && schema.written !== undefined && isRaw(schema)) return untyped;
  const keeps = inherited || schema.preserveUnknownFields === true;
  if (schema.intOrString === true) return { scalar: 'untyped', list: untyped.list ?? noList, map: deduced.map ?? noMap };
  switch (schema.type) {
    case 'object':
      return { map: mapType(schema, keeps, objectMeta) };
    case 'array':
      return { list: listType(schema, keeps, objectMeta) };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return { scalar: schema.format === undefined || schema.format === 'byte' || schema.format === 'bytes' ? 'string' : 'untyped' };
    default:
      return { scalar: 'untyped', list: listType(schema, keeps, objectMeta), map: mapType(schema, keeps, objectMeta) };
  }
}

const noList: ListType = { atomic: true, keys: [], declaredKeys: [], element: untyped, keyDefault: noField };
const noMap: MapType = { atomic: false, field: noField, element: undefined, freeForm: false };

/** `runtime.RawExtension` of built-in kinds. */
function isRaw(schema: Schema): boolean {
  return schema.type === 'object' && schema.preserveUnknownFields === true && schema.properties === undefined;
}

function mapType(schema: Schema, keeps: boolean, objectMeta: Schema | undefined): MapType {
  const { additionalProperties } = schema;
  const isEmbedded = schema.embeddedResource === true;
  const known = new Map<string, Atom>();
  const field = (name: string): Atom | undefined => {
    const atom = known.get(name) ?? declaredField(name);
    if (atom !== undefined) known.set(name, atom);
    return atom;
  };
  const declaredField = (name: string): Atom | undefined => {
    if (isEmbedded) {
      if (name === 'apiVersion' || name === 'kind') return text;
      if (name === 'metadata' && objectMeta !== undefined) return atomOf(objectMeta);
    }
    const declared = schema.properties?.get(name);
    return declared === undefined ? undefined : cached(declared, keeps, objectMeta);
  };
  return {
    atomic: schema.mapType === 'atomic',
    field,
    get element() {
      if (additionalProperties !== undefined) return cached(additionalProperties, keeps, objectMeta);
      return keeps || (!isEmbedded && (schema.properties === undefined || schema.properties.size === 0)) ? deduced : undefined;
    },
    get freeForm() {
      if (isEmbedded || (schema.properties !== undefined && schema.properties.size > 0)) return false;
      return additionalProperties?.definition === undefined && this.element?.scalar === 'untyped';
    },
  };
}

const text: Atom = { scalar: 'string' };

function listType(schema: Schema, keeps: boolean, objectMeta: Schema | undefined): ListType {
  const { items } = schema;
  const { atomic, keys } = relationship(schema);
  return {
    atomic,
    keys: [...keys].sort(),
    declaredKeys: keys,
    get element() {
      return items === undefined ? untyped : cached(items, keeps, objectMeta);
    },
    keyDefault: (key) => defaultOf(items?.properties?.get(key), items?.definition === reference && key === 'name'),
  };
}

const reference = 'core.v1.LocalObjectReference';

/**
 * The default of a field. Go writes a field of built-in kinds without `omitempty` even when nobody set it, and the names of references default
 * to none.
 */
function defaultOf(field: Schema | undefined, isName = false): Json | undefined {
  if (field === undefined || field.default !== undefined || !(isName || field.written === 'always')) return field?.default;
  return field.type === 'string' ? '' : field.type === 'integer' ? 0 : field.type === 'boolean' ? false : undefined;
}

/** How a list merges: its list type says so, else its strategy for patches. */
function relationship({ listType: type, listMapKeys, patchStrategy, patchMergeKey }: Schema): {
  readonly atomic: boolean;
  readonly keys: readonly string[];
} {
  if (type === 'map') return { atomic: false, keys: listMapKeys ?? [] };
  if (type === 'set') return { atomic: false, keys: [] };
  if (type === undefined && patchStrategy?.includes('merge') === true)
    return { atomic: false, keys: patchMergeKey === undefined ? [] : [patchMergeKey] };
  return { atomic: true, keys: [] };
}

export type Shape = 'map' | 'scalar' | 'list';

/** What of the type a value is; for null, and for a value of another type, what the type is first of all. */
export function shapeOf(atom: Atom, value: Json | undefined): Shape | undefined {
  if (value !== null && value !== undefined) {
    if (Array.isArray(value)) {
      if (atom.list !== undefined) return 'list';
    } else if (typeof value === 'object') {
      if (atom.map !== undefined) return 'map';
    } else if (atom.scalar !== undefined) return 'scalar';
  }
  return atom.map !== undefined ? 'map' : atom.scalar !== undefined ? 'scalar' : atom.list === undefined ? undefined : 'list';
}
