// The CEL type of a kind, from its schema, as the type checker of the API server declares it (k8s.io/apiserver/pkg/cel/common/schemas.go):
// structs are object types with their fields, which are looked at when an expression names them, since some schemas are recursive.

import type { Schema } from '../../kube/schema/schema.ts';
import { escapeName, isReserved } from '../../languages/cel/crd/escape.ts';
import { listOf, mapTypeOf, type Type, types } from '../../languages/cel/type.ts';

/** The fields of a struct, by the names that CEL has for them. */
class Fields extends Map<string, Type> {
  readonly #schemas: Map<string, readonly [name: string, schema: Schema]> | undefined;

  constructor(properties: ReadonlyMap<string, Schema>, path: string) {
    super();
    this.#schemas = new Map();
    for (const [name, schema] of properties) {
      const escaped = escapeName(name);
      if (escaped !== undefined) this.#schemas.set(escaped, [`${path}.${name}`, schema]);
    }
  }

  override get(name: string): Type | undefined {
    const known = super.get(name);
    if (known !== undefined) return known;
    // Keywords of CEL may be field names, too: `object.metadata.namespace`.
    const found = this.#schemas?.get(name) ?? (isReserved(name) ? this.#schemas?.get(`__${name}__`) : undefined);
    if (found === undefined) return undefined;
    const type = schemaType(found[1], found[0]);
    if (type !== undefined) super.set(name, type);
    return type;
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

/**
 * The type of a value with this schema; undefined where expressions cannot name it: what has no one type, such as a quantity, and lists
 * and maps of it. `name` makes object types distinct.
 */
export function schemaType(schema: Schema, name: string): Type | undefined {
  if (schema.intOrString === true || schema.format === 'int-or-string') return types.dyn;
  switch (schema.type) {
    case 'object': {
      if (schema.additionalProperties === undefined)
        return { kind: 'object', name, parameters: [], fields: new Fields(schema.properties ?? new Map(), name) };
      const values = schemaType(schema.additionalProperties, `${name}.@values`);
      return values && mapTypeOf(types.string, values);
    }
    case 'array': {
      const items = schema.items && schemaType(schema.items, `${name}.@items`);
      return items && listOf(items);
    }
    case 'boolean':
      return types.bool;
    case 'integer':
      return types.int;
    case 'number':
      return types.double;
    case 'string':
      return schema.format === 'quantity' ? undefined : (formats[schema.format ?? ''] ?? types.string);
    default:
      return undefined;
  }
}

const formats: Readonly<Record<string, Type>> = {
  bytes: types.bytes,
  byte: types.bytes,
  time: types.timestamp,
  'micro-time': types.timestamp,
  date: types.timestamp,
  'date-time': types.timestamp,
  duration: types.duration,
};
