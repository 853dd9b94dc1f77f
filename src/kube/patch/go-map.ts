// Values as Go's fmt prints them, in messages about patches.

import { isObject, type Json } from '../../lib/json.ts';

/**
 * A value as `%v` prints it, keys of maps sorted.
 *
 * @example `goMap({ b: [1, 'x'], a: null })` is `'map[a:<nil> b:[1 x]]'`
 */
export function goMap(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map((item: Json) => goMap(item)).join(' ')}]`;
  if (!isObject(value)) return String(value);
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goMap(value[key])}`)
    .join(' ')}]`;
}

/** The Go type that a JSON value is held in: `map[string]interface {}`. */
export function goTypeName(value: Json): string {
  if (value === null) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
