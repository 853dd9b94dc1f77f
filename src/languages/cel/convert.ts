// Conversions between types: `int(…)`, `string(…)` and so on, as cel-go 0.26–0.29 makes them from Go's strconv.

import { timestampOf } from './arithmetic.ts';
import { noSuchOverload } from './compare.ts';
import { durationText, parseDuration, parseTimestamp, timestampText } from './time.ts';
import {
  asDouble,
  CelError,
  Double,
  Duration,
  double,
  EntryMap,
  integer,
  isInt,
  isList,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  uint,
  type Value,
} from './value.ts';

const range = () => new CelError('range');
const unreadable = (type: string) => new CelError(`type conversion error from 'string' to '${type}'`);

export function toInt(value: Value): Value {
  if (isInt(value)) return value;
  const number = asDouble(value);
  if (number !== undefined) {
    if (!Number.isFinite(number) || number <= -(2 ** 63) || number >= 2 ** 63) return new CelError('integer overflow');
    return integer(BigInt(Math.trunc(number))) ?? range();
  }
  if (value instanceof Uint) return integer(value.value) ?? new CelError('integer overflow');
  if (value instanceof Timestamp) return value.seconds;
  if (value instanceof Duration) return integer(value.nanos) ?? range();
  if (typeof value !== 'string') return noSuchOverload();
  if (!/^[+-]?[0-9]{1,400}$/.test(value)) return unreadable('int');
  return integer(BigInt(value.replace(/^\+/, ''))) ?? unreadable('int');
}

export function toUint(value: Value): Value {
  if (value instanceof Uint) return value;
  if (isInt(value)) return uint(BigInt(value)) ?? new CelError('unsigned integer overflow');
  const number = asDouble(value);
  if (number !== undefined) {
    if (!Number.isFinite(number) || number < 0 || number >= 2 ** 64) return new CelError('unsigned integer overflow');
    return uint(BigInt(Math.trunc(number))) ?? range();
  }
  if (typeof value !== 'string') return noSuchOverload();
  const amount = /^[0-9]{1,400}$/.test(value) ? uint(BigInt(value)) : undefined;
  return amount ?? unreadable('uint');
}

export function toDouble(value: Value): Value {
  if (asDouble(value) !== undefined) return value;
  if (isInt(value)) return double(Number(value));
  if (value instanceof Uint) return double(Number(value.value));
  if (typeof value !== 'string') return noSuchOverload();
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(value);
  if (word !== null) return word[2]?.toLowerCase() === 'nan' ? Number.NaN : word[1] === '-' ? -Infinity : Infinity;
  const valid = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(value);
  const number = Number(value);
  return valid && Number.isFinite(number) ? double(number) : unreadable('double');
}

const booleans: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  0: false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

export function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return noSuchOverload();
  if (Object.hasOwn(booleans, value)) return booleans[value] ?? false;
  return unreadable('bool');
}

export function toBytes(value: Value): Value {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? new TextEncoder().encode(value) : noSuchOverload();
}

export function toText(value: Value): Value {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || isInt(value)) return String(value);
  const number = asDouble(value);
  if (number !== undefined) return doubleText(number, 6);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (!(value instanceof Uint8Array)) return noSuchOverload();
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

export function toTimestamp(value: Value): Value {
  if (value instanceof Timestamp) return value;
  if (isInt(value)) return timestampOf(BigInt(value) * 1_000_000_000n);
  return typeof value === 'string' ? parseTimestamp(value) : noSuchOverload();
}

export function toDuration(value: Value): Value {
  if (value instanceof Duration) return value;
  if (isInt(value)) return new Duration(BigInt(value));
  return typeof value === 'string' ? parseDuration(value) : noSuchOverload();
}

/** The shortest text, with an exponent below 1e-4 and from 1e21 on: `1e+21`. `string()` has one from 1e6 on, as Go's `%g`. */
export function doubleText(value: number, exponentFrom = 21): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= exponentFrom)
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  if (Math.abs(value) >= 1e-6) return String(value);
  const bare = digits.replace('-', '').replace('.', '');
  return `${value < 0 ? '-' : ''}0.${'0'.repeat(-exponent - 1)}${bare}`;
}

/** The name that `type(value)` has. */
export function typeName(value: Value): string {
  if (value === null) return 'null_type';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (isInt(value)) return 'int';
  if (typeof value === 'number' || value instanceof Double) return 'double';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (isList(value)) return 'list';
  if (value instanceof EntryMap) return 'map';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Opaque) return value.type.name;
  return 'map';
}
