// Equality and order of values. Numbers of different types are compared by their exact amount; values of different kinds are unequal,
// never an error; lists and maps are compared by content (cel-spec, Equality). Text is ordered by code point, as Go orders its bytes.

import {
  CelError,
  Double,
  Duration,
  EntryMap,
  isList,
  isObjectMap,
  keysOf,
  lookUp,
  mapSize,
  Opaque,
  Optional,
  ownField,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value.ts';

/** How a custom resource's schema says that a list is compared: as a set, or as a map under key fields. */
export interface ListSemantics {
  readonly keys: 'set' | readonly string[];
}

const semantics = new WeakMap<object, ListSemantics>();
/** Most programs never see such a list, and need not look. */
let anySemantics = false;

export function setListSemantics(list: readonly Value[], how: ListSemantics): void {
  anySemantics = true;
  semantics.set(list, how);
}

export function listSemantics(list: readonly Value[]): ListSemantics | undefined {
  return anySemantics ? semantics.get(list) : undefined;
}

/** The amount of a number of any type, comparable by JS operators; undefined for all else. */
export function amount(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Double || value instanceof Uint) return value.value;
  return undefined;
}

export function equal(a: Value, b: Value): boolean {
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return a === b;
  if (a === b && typeof a !== 'number') return true;
  const left = amount(a);
  if (left !== undefined) {
    const right = amount(b);
    return right !== undefined && compareAmounts(left, right) === 0;
  }
  if (typeof b !== 'object' || b === null || typeof a !== 'object') return false;
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (a instanceof EntryMap || isObjectMap(a)) return (b instanceof EntryMap || isObjectMap(b)) && equalMaps(a, b);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.seconds === b.seconds && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Opaque) return b instanceof Opaque && a.type.name === b.type.name && a.equals(b);
  if (a instanceof Optional)
    return b instanceof Optional && (a.value === undefined || b.value === undefined ? a.value === b.value : equal(a.value, b.value));
  return false;
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  const how = listSemantics(a) ?? listSemantics(b);
  if (how === undefined) return a.every((item, index) => equal(item, b[index] ?? null));
  if (how.keys === 'set') return a.every((item) => b.some((other) => equal(item, other)));
  return a.every((item) => b.some((other) => sameKeys(how, item, other) && equal(item, other)));
}

/** True where two items of a list stand for the same entry. */
export function sameKeys(how: ListSemantics, a: Value, b: Value): boolean {
  if (how.keys === 'set') return equal(a, b);
  return isObjectMap(a) && isObjectMap(b) && how.keys.every((key) => equal(ownField(a, key) ?? null, ownField(b, key) ?? null));
}

function equalMaps(a: Exclude<Value, undefined> & object, b: Exclude<Value, undefined> & object): boolean {
  const left = a as EntryMap;
  const right = b as EntryMap;
  if (mapSize(left) !== mapSize(right)) return false;
  return keysOf(left).every((key) => {
    const other = lookUp(right, key);
    return other !== undefined && equal(lookUp(left, key) ?? null, other);
  });
}

/** Negative, zero or positive; undefined where the values have no order; NaN where a NaN takes part. */
export function compare(a: Value, b: Value): number | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : undefined;
  const left = amount(a);
  if (left !== undefined) {
    const right = amount(b);
    if (right === undefined) return undefined;
    return compareAmounts(left, right);
  }
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  if (a instanceof Timestamp) return b instanceof Timestamp ? a.seconds - b.seconds || a.nanos - b.nanos : undefined;
  if (a instanceof Duration) return b instanceof Duration ? (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0) : undefined;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : undefined;
  return undefined;
}

/** A large int or uint meets a double as the nearest double, as in cel-go: 2^63-1 equals 2.0^63. */
function compareAmounts(left: number | bigint, right: number | bigint): number {
  if (typeof left !== typeof right) {
    const exactInts = Number.isSafeInteger(left) || Number.isSafeInteger(right);
    if (!exactInts) return compareAmounts(Number(left), Number(right));
  }
  // biome-ignore lint/suspicious/noDoubleEquals: compares a bigint and a number by their amounts
  return left < right ? -1 : left > right ? 1 : left == right ? 0 : Number.NaN;
}

/** By code point. UTF-16 order differs only where surrogates meet characters above them. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    let left = a.charCodeAt(index);
    let right = b.charCodeAt(index);
    if (left === right) continue;
    if (left >= 0xd800 && right >= 0xd800) {
      left = left >= 0xe000 ? left - 0x800 : left + 0x2000;
      right = right >= 0xe000 ? right - 0x800 : right + 0x2000;
    }
    return left - right;
  }
  return a.length - b.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function noSuchOverload(): CelError {
  return new CelError('no such overload');
}
