// Values of the CEL suites: the JSON form of cel.expr.Value, and equality that tells 1 from 1.0 and takes NaN as equal to itself.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { equal } from '../../src/languages/cel/compare.ts';
import { typeName } from '../../src/languages/cel/convert.ts';
import { parseDuration, parseTimestamp } from '../../src/languages/cel/time.ts';
import {
  asDouble,
  double,
  EntryMap,
  entriesOf,
  integer,
  isList,
  isObjectMap,
  lookUp,
  mapOf,
  Optional,
  TypeValue,
  Uint,
  type Value,
} from '../../src/languages/cel/value.ts';

export type EncodedValue = Readonly<Record<string, unknown>>;

interface Entries {
  readonly entries?: readonly { readonly key: EncodedValue; readonly value: EncodedValue }[];
}

export function decodeValue(encoded: EncodedValue): Value {
  const [kind = '', content] = Object.entries(encoded)[0] ?? [];
  switch (kind) {
    case 'int64Value':
      return integer(BigInt(String(content))) ?? 0;
    case 'uint64Value':
      return new Uint(BigInt(String(content)));
    case 'doubleValue':
      return double(Number(content));
    case 'stringValue':
      return String(content);
    case 'bytesValue':
      return Uint8Array.from(atob(String(content)), (character) => character.charCodeAt(0));
    case 'boolValue':
      return content === true;
    case 'typeValue':
      return new TypeValue(String(content));
    case 'optionalValue':
      return new Optional(content === null ? undefined : decodeValue(content as EncodedValue));
    case 'listValue':
      return ((content as { values?: readonly EncodedValue[] }).values ?? []).map(decodeValue);
    case 'mapValue':
      return mapOf(((content as Entries).entries ?? []).map(({ key, value }) => [decodeValue(key), decodeValue(value)] as const));
    case 'objectValue': {
      const { '@type': type, value } = content as { readonly '@type': string; readonly value: string };
      return type.endsWith('Timestamp') ? parseTimestamp(value) : parseDuration(value);
    }
    default:
      return null;
  }
}

/** JSON lines with integers beyond 2^53 as bigints. */
export async function* exactLines<T>(folder: string, file: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== '') yield JSON.parse(line, exact) as T;
}

function exact(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const { source = '' } = context ?? {};
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(source) ? BigInt(source) : value;
}

/** Equal in type and content. */
export function sameResult(a: Value, b: Value): boolean {
  if (typeName(a) !== typeName(b)) return false;
  const [x, y] = [asDouble(a), asDouble(b)];
  if (x !== undefined && y !== undefined) return Object.is(x, y) || x === y;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => sameResult(item, b[index] ?? null));
  if (a instanceof Optional && b instanceof Optional && a.value !== undefined && b.value !== undefined) return sameResult(a.value, b.value);
  if ((a instanceof EntryMap || isObjectMap(a)) && (b instanceof EntryMap || isObjectMap(b))) {
    const entries = entriesOf(a);
    return entries.length === entriesOf(b).length && entries.every(([key, item]) => sameResult(item, lookUp(b, key) ?? null));
  }
  return equal(a, b);
}

export function shown(value: Value): string {
  return `${typeName(value)} ${JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))}`;
}
