// Names of Go types and of JSON values, as the messages of Go's JSON decoder write them (encoding/json, Go 1.26).

import type { Schema } from '../../kube/schema/schema.ts';
import type { Json } from '../../lib/json.ts';

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

/** What kind of value stands there: `string`, `array`. Numbers of integers that do not fit are written out by the caller. */
export function goValue(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
