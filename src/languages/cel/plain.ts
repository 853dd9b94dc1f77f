// A value as plain JSON for people and programs to read. Integers beyond 2^53 and uints beyond it are given as text, bytes as base64,
// times as they are written; an optional is its value or null.

import type { Json } from '../../lib/json.ts';
import { typeName } from './convert.ts';
import { durationText, timestampText } from './time.ts';
import {
  CelError,
  Double,
  Duration,
  EntryMap,
  entriesOf,
  isList,
  isObjectMap,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value.ts';

export function plain(value: Value): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Double) return Number.isFinite(value.value) ? value.value : String(value.value);
  if (value instanceof Uint) return value.value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value.value) : String(value.value);
  if (value instanceof Uint8Array) return base64(value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Optional) return value.value === undefined ? null : plain(value.value);
  if (value instanceof CelError) return { error: value.message };
  if (isList(value)) return value.map(plain);
  if (value instanceof EntryMap || isObjectMap(value))
    return Object.fromEntries(entriesOf(value).map(([key, item]) => [String(plain(key)), plain(item)]));
  return value instanceof Opaque && value.toString !== Object.prototype.toString ? value.toString() : typeName(value);
}

const atOnce = 4096;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += atOnce) text += String.fromCharCode(...bytes.subarray(start, start + atOnce));
  return btoa(text);
}
