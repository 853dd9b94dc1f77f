// `+ - * / %` and negation over every type that has them, with the ranges of int64, uint64, timestamps and durations.

import { listSemantics, noSuchOverload, sameKeys, setListSemantics } from './compare.ts';
import { asDouble, CelError, Duration, double, integer, isInt, isList, Timestamp, Uint, uint, type Value } from './value.ts';

const overflow = () => new CelError('integer overflow');
const unsigned = () => new CelError('unsigned integer overflow');
const rangeError = () => new CelError('range');

/** Sizes beyond which nothing is built: costs count some results as one unit however large they are. */
export const maxCharacters = 1 << 24;
export const maxElements = 1 << 22;

export function tooLarge(): CelError {
  return new CelError('result is too large');
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'string') {
    if (typeof b !== 'string') return noSuchOverload();
    return a.length + b.length > maxCharacters ? tooLarge() : a + b;
  }
  if (isInt(a)) return isInt(b) ? exact(a, b, '+') : noSuchOverload();
  if (isList(a)) return isList(b) ? concatenate(a, b) : noSuchOverload();
  const x = asDouble(a);
  const y = asDouble(b);
  if (x !== undefined) return y === undefined ? noSuchOverload() : double(x + y);
  if (a instanceof Uint) return b instanceof Uint ? (uint(a.value + b.value) ?? unsigned()) : noSuchOverload();
  if (a instanceof Uint8Array && b instanceof Uint8Array) return joined(a, b);
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.nanos + b.nanos);
  if (a instanceof Duration && b instanceof Timestamp) return shifted(b, a.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return shifted(a, b.nanos);
  return noSuchOverload();
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array | CelError {
  if (a.length + b.length > maxCharacters) return tooLarge();
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

/** Lists that a schema calls sets or maps are merged, as custom resources' `+` is defined. */
function concatenate(a: readonly Value[], b: readonly Value[]): readonly Value[] | CelError {
  if (a.length + b.length > maxElements) return tooLarge();
  const how = listSemantics(a) ?? listSemantics(b);
  if (how === undefined) return b.length === 0 ? a : a.length === 0 ? b : a.concat(b);
  const merged = [...a];
  for (const item of b) {
    const at = merged.findIndex((other) => sameKeys(how, other, item));
    if (at < 0) merged.push(item);
    else merged[at] = item;
  }
  setListSemantics(merged, how);
  return merged;
}

export function subtract(a: Value, b: Value): Value {
  if (isInt(a)) return isInt(b) ? exact(a, b, '-') : noSuchOverload();
  const x = asDouble(a);
  const y = asDouble(b);
  if (x !== undefined && y !== undefined) return double(x - y);
  if (a instanceof Uint && b instanceof Uint) return uint(a.value - b.value) ?? unsigned();
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return shifted(a, -b.nanos);
  if (a instanceof Timestamp && b instanceof Timestamp) return durationOf(nanosOf(a) - nanosOf(b));
  return noSuchOverload();
}

export function multiply(a: Value, b: Value): Value {
  if (isInt(a)) return isInt(b) ? exact(a, b, '*') : noSuchOverload();
  const x = asDouble(a);
  const y = asDouble(b);
  if (x !== undefined && y !== undefined) return double(x * y);
  if (a instanceof Uint && b instanceof Uint) return uint(a.value * b.value) ?? unsigned();
  return noSuchOverload();
}

export function divide(a: Value, b: Value): Value {
  if (isInt(a) && isInt(b)) return Number(b) === 0 ? new CelError('division by zero') : exact(a, b, '/');
  const x = asDouble(a);
  const y = asDouble(b);
  if (x !== undefined && y !== undefined) return double(x / y);
  if (a instanceof Uint && b instanceof Uint) return b.value === 0n ? new CelError('division by zero') : new Uint(a.value / b.value);
  return noSuchOverload();
}

export function modulo(a: Value, b: Value): Value {
  if (isInt(a) && isInt(b)) return Number(b) === 0 ? new CelError('modulus by zero') : exact(a, b, '%');
  if (a instanceof Uint && b instanceof Uint) return b.value === 0n ? new CelError('modulus by zero') : new Uint(a.value % b.value);
  return noSuchOverload();
}

export function negate(a: Value): Value {
  if (isInt(a)) return integer(-BigInt(a)) ?? overflow();
  const x = asDouble(a);
  return x === undefined ? noSuchOverload() : double(-x);
}

function exact(a: number | bigint, b: number | bigint, operator: '+' | '-' | '*' | '/' | '%'): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = small(a, b, operator);
    if (Number.isSafeInteger(result)) return result + 0;
  }
  const [x, y] = [BigInt(a), BigInt(b)];
  const result = operator === '+' ? x + y : operator === '-' ? x - y : operator === '*' ? x * y : operator === '/' ? x / y : x % y;
  // The least int64 has no remainder by -1 in cel-go either.
  if (operator === '%' && y === -1n && x === -(1n << 63n)) return overflow();
  return integer(result) ?? overflow();
}

function small(a: number, b: number, operator: string): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.trunc(a / b);
    default:
      return a % b;
  }
}

const second = 1_000_000_000n;
/** 0001-01-01T00:00:00Z and the last second of 9999. */
export const minSeconds = -62_135_596_800;
export const maxSeconds = 253_402_300_799;

export function nanosOf({ seconds, nanos }: Timestamp): bigint {
  return BigInt(seconds) * second + BigInt(nanos);
}

/** A duration of int64 nanoseconds. */
export function durationOf(nanos: bigint): Duration | CelError {
  return nanos > (1n << 63n) - 1n || nanos < -(1n << 63n) ? overflow() : new Duration(nanos);
}

export function timestampOf(nanos: bigint): Timestamp | CelError {
  const rest = ((nanos % second) + second) % second;
  const seconds = Number((nanos - rest) / second);
  if (seconds < minSeconds || seconds > maxSeconds) return new CelError('timestamp overflow');
  return new Timestamp(seconds, Number(rest));
}

function shifted(time: Timestamp, nanos: bigint): Value {
  const moved = timestampOf(nanosOf(time) + nanos);
  return moved instanceof CelError ? rangeError() : new Timestamp(moved.seconds, moved.nanos, time.offset);
}
