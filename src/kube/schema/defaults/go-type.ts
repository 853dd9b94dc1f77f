// A schema of a built-in kind as decoding and encoding walk it: what Go type it stands for, and of each field whether Go can tell that it was
// given, and whether it is written when nobody gave it. Made once for a schema.

import type { Schema } from '../schema.ts';

export interface GoType {
  /** `raw` and `any` are kept as they are; raw is `runtime.RawExtension`, where nothing but null is absent. */
  readonly kind: 'raw' | 'any' | 'scalar' | 'list' | 'map' | 'struct';
  /** A `GoFormat` of scalars. */
  readonly format: string | undefined;
  /** Of the members of a list or map. */
  readonly of: GoType | undefined;
  readonly struct: GoStruct | undefined;
  /** What Go makes of null. */
  readonly schema: Schema;
}

export interface GoStruct {
  readonly fields: ReadonlyMap<string, GoField>;
  /** The fields that are written though nobody gave them. */
  readonly always: readonly GoField[];
}

export interface GoField {
  readonly key: string;
  readonly type: GoType;
  readonly schema: Schema;
  /** Go tells an absent value from an empty one. */
  readonly isPointer: boolean;
  /** Without `omitempty`. */
  readonly isAlways: boolean;
  /** A struct by value: it is there though nobody gave it, and never counts as empty. */
  readonly isStruct: boolean;
}

type Properties = NonNullable<Schema['properties']>;

const types = new WeakMap<Schema, GoType>();
const structs = new WeakMap<Properties, GoStruct>();

/** The Go type of a schema. */
export function goType(schema: Schema): GoType {
  let type = types.get(schema);
  if (type === undefined) {
    type = made(schema);
    types.set(schema, type);
  }
  return type;
}

function made(schema: Schema): GoType {
  const { type, format, properties, items, additionalProperties } = schema;
  const plain = { format, of: undefined, struct: undefined, schema };
  if (schema.preserveUnknownFields === true) return { ...plain, kind: 'raw' };
  if (type === undefined) return { ...plain, kind: 'any' };
  if (type === 'array') return { ...plain, kind: 'list', of: goType(items ?? anything) };
  if (type !== 'object') return { ...plain, kind: 'scalar' };
  if (properties !== undefined) return { ...plain, kind: 'struct', struct: structOf(properties) };
  return { ...plain, kind: 'map', of: goType(additionalProperties ?? anything) };
}

const anything: Schema = {};

function structOf(properties: Properties): GoStruct {
  const known = structs.get(properties);
  if (known !== undefined) return known;
  const fields = new Map<string, GoField>();
  const always: GoField[] = [];
  const struct = { fields, always };
  // Known before its fields are looked at: types may contain themselves.
  structs.set(properties, struct);
  for (const [key, schema] of properties) {
    const { written, definition } = schema;
    const isPointer = written === 'given' || written === 'null';
    const field = { key, type: goType(schema), schema, isPointer, isAlways: written === 'always', isStruct: definition !== undefined };
    fields.set(key, field);
    if (written === 'always' || written === 'null') always.push(field);
  }
  return struct;
}
