// Plain JSON as it comes from outside: any field may have any shape. These readers never throw and never follow the prototype,
// so a label named `constructor` or a list where a map belongs is data, not an accident.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json | undefined };

const empty: JsonObject = Object.freeze({});
const emptyList: readonly never[] = Object.freeze([]);

/** True for a JSON object: not null, not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own field `key` of `value`, or undefined where `value` is no object or has none. */
export function field(value: unknown, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Follows `keys` (names and list indexes) down from `value`; undefined where the path ends early. `dig(pod, 'spec', 'containers', 0)`. */
export function dig(value: unknown, ...keys: readonly (string | number)[]): Json | undefined {
  let here: unknown = value;
  for (const key of keys) {
    if (typeof key === 'number') here = Array.isArray(here) ? here[key] : undefined;
    else here = field(here, key);
    if (here === undefined) return undefined;
  }
  return here as Json;
}

/** The value as an object; an empty one where it is something else. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : empty;
}

/** The value as a list; an empty one where it is something else. */
export function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : emptyList;
}

/** The value when it is a string. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * A value as people read it: a text as it is, anything else as JSON. Unlike `String` it stands objects whose keys are named as methods are.
 *
 * @example `textOf({ toString: 1 })` is `'{"toString":1}'`
 */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

/** The value when it is a finite number. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The value when it is a boolean. */
export function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** The strings of a list; other members are left out. */
export function strings(value: unknown): readonly string[] {
  return asList(value).filter((item) => typeof item === 'string');
}

/**
 * A map of strings such as labels; entries with other values are left out. The result has no prototype: any key is safe to read. Asked
 * again for the same value, the same map is given.
 */
export function stringMap(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return noStrings;
  const known = stringMaps.get(value);
  if (known !== undefined) return known;
  const map: Record<string, string> = Object.create(null);
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item === 'string') map[key] = item;
  }
  stringMaps.set(value, map);
  return map;
}

const noStrings: Readonly<Record<string, string>> = Object.freeze(Object.create(null));
const stringMaps = new WeakMap<object, Readonly<Record<string, string>>>();

/** Deep equality of two JSON values; the order of keys does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

/** JSON text with the keys of every object in code-unit order: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}
