// Names of Go types and of JSON values, as the messages of Go's JSON decoder write them (encoding/json, Go 1.26).

import type { Schema } from '../../kube/schema/schema.ts';
import type { Json } from '../../lib/json.ts';
import { embeddedStructs, namedTypes } from './go-names.ts';

/** `v1.PodSpec`, `[]v1.Container`, `map[string]string`, `int32`. */
export function goType(schema: Schema): string {
  if (schema.definition !== undefined) return shortName(schema.definition);
  switch (schema.format) {
    case 'int32':
    case 'int-or-string':
      return 'int32';
    case 'int64':
      return 'int64';
    case 'double':
      return 'float64';
    case 'bytes':
      return '[]uint8';
    case 'time':
    case 'micro-time':
      return 'string';
  }
  switch (schema.type) {
    case 'array':
      return `[]${goType(schema.items ?? {})}`;
    case 'object':
      return schema.additionalProperties === undefined ? 'map[string]interface {}' : `map[string]${goType(schema.additionalProperties)}`;
    case 'boolean':
      return 'bool';
    default:
      return 'string';
  }
}

/** `core.v1.Container` is `v1.Container`, `Container` with `bare`. */
export function shortName(definition: string, bare = false): string {
  const parts = definition.split('.');
  return bare ? (parts.at(-1) ?? '') : parts.slice(-2).join('.');
}

/** What Go says of one field of a struct: its type's name, where it has one, and the structs that it is embedded in. */
export interface GoField {
  readonly type: string | undefined;
  readonly within: readonly string[];
}

const unnamed: GoField = { type: undefined, within: [] };
const known = new Map<string, ReadonlyMap<string, GoField>>();

/** The field of a struct as messages name it. `goField('core.v1.Volume', 'fc')` is within `VolumeSource`. */
export function goField(definition: string | undefined, key: string): GoField {
  if (definition === undefined) return unnamed;
  let fields = known.get(definition);
  if (fields === undefined) {
    fields = fieldsOf(definition);
    known.set(definition, fields);
  }
  return fields.get(key) ?? unnamed;
}

function fieldsOf(definition: string): ReadonlyMap<string, GoField> {
  const [group = '', version = '', kind = ''] = definition.split('.');
  const fields = new Map<string, GoField>();
  for (const [key, type] of typesOf(group, version, kind)) fields.set(key, { type, within: [] });
  for (const [path, keys] of Object.entries(embeddedStructs[`${group}.${kind}`] ?? {})) {
    const within = path.split('.');
    const types = new Map(typesOf(group, version, within.at(-1) ?? ''));
    for (const key of keys.split(' ')) fields.set(key, { type: types.get(key) ?? fields.get(key)?.type, within });
  }
  return fields;
}

function typesOf(group: string, version: string, kind: string): readonly (readonly [key: string, type: string])[] {
  const pairs = namedTypes[`${group}.${kind}`]?.split(' ') ?? [];
  return pairs.map((pair) => {
    const [key = '', written = ''] = pair.split(':');
    const map = /^map\[(\w+)\](.+)$/.exec(written);
    if (map !== null) return [key, `map[${version}.${map[1]}]${map[2]?.includes('.') ? map[2] : `${version}.${map[2]}`}`];
    const [, wrapping = '', name = ''] = /^((?:\[\]|\{\})*)(.*)$/.exec(written) ?? [];
    return [key, wrapping.replaceAll('{}', 'map[string]') + (name.includes('.') ? name : `${version}.${name}`)];
  });
}

/** The type of the members of a list or map of this type. */
export function memberType(type: string | undefined): string | undefined {
  return type === undefined ? undefined : /^(?:\[\]|map\[[^\]]+\])(.+)$/.exec(type)?.[1];
}

/** What kind of value stands there: `string`, `array`. Numbers of integers that do not fit are written out by the caller. */
export function goValue(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
