// What CEL values are at run time: plain JSON wherever JSON can say it, so that an object of the cluster is evaluated as it is.
//
//   int        a JS number that is a safe integer; beyond 2^53 a bigint. Never -0, never an unsafe number.
//   double     any other JS number (0.5, 1e300, NaN, Infinity), and `Double` around the doubles that look like an int (1.0, -0.0)
//   uint       `Uint` around a bigint
//   string     a JS string; its size counts code points
//   bytes      Uint8Array
//   list       a JS array
//   map        a plain object when every key is a string, else `EntryMap`. Only own properties count.
//   others     classes of this file, and `Opaque` ones of the libraries (quantity, ip, …)
//
// So `JSON.parse` is the whole conversion, and the common case of all arithmetic and comparison is one `typeof`. A JSON number written
// `1.0` is an int here, as JSON does not say otherwise; schemas (custom resources) turn such fields into doubles (`crd/adapt.ts`).
// Errors are values too: they flow through operators, and `&&`, `||`, `?:` and macros absorb them as the specification says.

import type { Place } from './ast.ts';
import type { Type } from './type.ts';

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Double
  | Uint
  | Uint8Array
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | EntryMap
  | Opaque
  | CelError
  | readonly Value[]
  | ObjectMap;

export type ObjectMap = { readonly [key: string]: Value | undefined };

/** A double that a JS number would show as an int. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** Seconds since 1970 and nanoseconds in [0, 1e9). */
export class Timestamp {
  readonly seconds: number;
  readonly nanos: number;
  /** Seconds east of UTC with which it was written; its text keeps them. */
  readonly offset: number;
  constructor(seconds: number, nanos: number, offset = 0) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.offset = offset;
  }
}

export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export class Optional {
  /** Undefined: none. */
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
  static readonly none = new Optional(undefined);
}

/** A map with keys other than strings. Numbers that are equal are the same key, whatever their type. */
export class EntryMap {
  readonly entries: ReadonlyMap<string, readonly [Value, Value]>;
  constructor(entries: ReadonlyMap<string, readonly [Value, Value]>) {
    this.entries = entries;
  }
}

/** A value of a library. */
export abstract class Opaque {
  abstract readonly type: Type;
  abstract equals(other: Opaque): boolean;
  /** What `size()` counts for cost; 1 where it has no size. */
  get size(): number {
    return 1;
  }
}

/** The type that objects of open types were made as, such as `Object.spec`. */
export const madeAs = new WeakMap<object, string>();

/** A failed evaluation and where it happened. */
export class CelError {
  readonly message: string;
  readonly place: Place | undefined;
  constructor(message: string, place?: Place) {
    this.message = message;
    this.place = place;
  }
}

const maxInt = (1n << 63n) - 1n;
const minInt = -(1n << 63n);
const maxUint = (1n << 64n) - 1n;

/** A double from a JS number. */
export function double(value: number): Value {
  return Number.isSafeInteger(value) ? new Double(value) : value;
}

/** An int from a bigint; undefined outside int64. */
export function integer(value: bigint): number | bigint | undefined {
  if (value < minInt || value > maxInt) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** A uint from a bigint; undefined outside uint64. */
export function uint(value: bigint): Uint | undefined {
  return value < 0n || value > maxUint ? undefined : new Uint(value);
}

export function isInt(value: unknown): value is number | bigint {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint';
}

/** The JS number of a double; undefined where the value is none. */
export function asDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : value;
  return value instanceof Double ? value.value : undefined;
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

/** True for maps held as plain objects. */
export function isObjectMap(value: unknown): value is ObjectMap {
  if (typeof value !== 'object' || value === null) return false;
  return value.constructor === Object || (!Array.isArray(value) && !isTagged(value));
}

function isTagged(value: object): boolean {
  return (
    value instanceof Double ||
    value instanceof CelError ||
    value instanceof Optional ||
    value instanceof Uint ||
    value instanceof Timestamp ||
    value instanceof Duration ||
    value instanceof TypeValue ||
    value instanceof EntryMap ||
    value instanceof Opaque ||
    value instanceof Uint8Array
  );
}

/** The own property, or undefined. Keys that objects inherit (`constructor`, `__proto__`) are looked up as own ones only. */
export function ownField(map: ObjectMap, key: string): Value | undefined {
  return key in Object.prototype ? (Object.hasOwn(map, key) ? map[key] : undefined) : map[key];
}

/** The text by which a map key is found: one for equal numbers of any type; undefined for what cannot be a key. */
export function keyText(key: Value): string | undefined {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
  if (key instanceof Double) return `n${BigInt(key.value)}`;
  return undefined;
}

const surrogates = /[\ud800-\udfff]/;

/** Number of code points. */
export function textSize(text: string): number {
  if (!surrogates.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The number of keys of a map. */
export function mapSize(map: ObjectMap | EntryMap): number {
  if (map instanceof EntryMap) return map.entries.size;
  let count = 0;
  for (const key in map) if (Object.hasOwn(map, key)) count++;
  return count;
}

/** Size as costs are counted: of strings, bytes, lists and maps, of what an optional holds; 1 for everything else. */
export function costSize(value: Value | undefined): number {
  if (typeof value === 'string') return textSize(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof EntryMap) return value.entries.size;
  if (value instanceof Opaque) return value.size;
  if (value instanceof Optional) return costSize(value.value);
  return isObjectMap(value) ? mapSize(value) : 1;
}

/** A map from its entries, a plain object where all keys are strings. Of equal keys the last counts, unless they must be `distinct`. */
export function mapOf(entries: Iterable<readonly [Value, Value]>, distinct = false): ObjectMap | EntryMap | CelError {
  const map = new Map<string, readonly [Value, Value]>();
  let strings = true;
  for (const entry of entries) {
    const [key] = entry;
    const text = keyText(key);
    if (text === undefined) return new CelError('unsupported key type');
    if (distinct && map.has(text)) return new CelError('repeated key');
    if (typeof key !== 'string') strings = false;
    map.set(text, entry);
  }
  if (!strings) return new EntryMap(map);
  const object: Record<string, Value> = Object.create(null);
  for (const [key, value] of map.values()) object[key as string] = value;
  return object;
}

/** Finds by key; undefined where it is not there. */
export function lookUp(map: ObjectMap | EntryMap, key: Value): Value | undefined {
  if (!(map instanceof EntryMap)) return typeof key === 'string' ? ownField(map, key) : undefined;
  const text = keyText(key);
  return text === undefined ? undefined : map.entries.get(text)?.[1];
}

/** The keys of a map, in the order of insertion. */
export function keysOf(map: ObjectMap | EntryMap): readonly Value[] {
  return map instanceof EntryMap ? [...map.entries.values()].map(([key]) => key) : Object.keys(map);
}

export function entriesOf(map: ObjectMap | EntryMap): readonly (readonly [Value, Value])[] {
  return map instanceof EntryMap ? [...map.entries.values()] : (Object.entries(map) as [string, Value][]);
}
