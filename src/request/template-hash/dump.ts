// A pod template as the controller manager dumps it before hashing: every field of every Go struct in its order, set or not, types in
// parentheses, keys of maps sorted (spew's `%#v` with methods off; k8s.io/utils/dump.ForHash). Structs are those of the release. Values are those of a stored object: what
// decoding, defaulting and protobuf make of it, where what is empty is nil. Not known, and then nothing is said: templates that bear a time, and
// the raw bytes of managed fields.

import { isObject, type Json } from '../../lib/json.ts';
import { parseQuantity } from '../../lib/quantity.ts';
import { otherNamedTypes, otherStructs } from './generated/other-releases.ts';
import { namedTypes, structs } from './generated/types.ts';

interface GoField {
  readonly name: string;
  /** Empty where the fields of the type lie flat in the object. */
  readonly json: string;
  readonly type: string;
}

/** The Go types of a release. */
interface Types {
  readonly structs: Readonly<Record<string, string>>;
  readonly named: Readonly<Record<string, string>>;
  readonly fields: Map<string, readonly GoField[]>;
}

const known = new Map<string, Types>();

function typesOf(minor: string): Types | undefined {
  let types = known.get(minor);
  if (types !== undefined) return types;
  if (minor === '1.36') types = { structs, named: namedTypes, fields: new Map() };
  else if (Object.hasOwn(otherStructs, minor))
    types = { structs: { ...structs, ...otherStructs[minor] }, named: { ...namedTypes, ...otherNamedTypes[minor] }, fields: new Map() };
  if (types !== undefined) known.set(minor, types);
  return types;
}

function fieldsIn(struct: string, { structs: all, fields: read }: Types): readonly GoField[] {
  let fields = read.get(struct);
  if (fields === undefined) {
    const words = (all[struct] ?? '').split(' ').filter((word) => word !== '');
    fields = words.map((word) => {
      const [, name = '', json = '', type = ''] = /^([^:]*):([^:]*):(.*)$/.exec(word) ?? [];
      return { name, json, type };
    });
    read.set(struct, fields);
  }
  return fields;
}

/**
 * The dump of a value of the Go type `type` as a release has it; undefined where it is not known: of releases before 1.32 too.
 *
 * @example `goDump('v1.KeyToPath', { key: 'a', path: 'b', mode: 420 })` is `'(v1.KeyToPath){Key:(string)a Path:(string)b Mode:(*int32)420}'`
 */
export function goDump(type: string, value: Json, minor = '1.36'): string | undefined {
  const types = typesOf(minor);
  const parts: string[] = [];
  return types !== undefined && write(type, value, true, parts, types) ? parts.join('') : undefined;
}

/** False where the value is not known. */
function write(type: string, value: Json | undefined, isTyped: boolean, out: string[], types: Types): boolean {
  const given = value ?? undefined;
  if (isTyped) out.push('(', type, ')');
  if (type.startsWith('*')) {
    if (given !== undefined) return write(type.slice(1), given, false, out, types);
    out.push('<nil>');
    return true;
  }
  if (type.startsWith('[]')) return writeList(type.slice(2), given, out, types);
  const map = /^map\[.*?\](.*)$/.exec(types.named[type] ?? type)?.[1];
  if (map !== undefined) return writeMap(map, given, out, types);
  if (type === 'resource.Quantity') return writeQuantity(given, out);
  if (type === 'intstr.IntOrString') return writePort(given, out);
  if (type === 'v1.Time') {
    out.push('{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}');
    return given === undefined;
  }
  if (types.structs[type] !== undefined) return writeStruct(type, given, out, types);
  return writeScalar(types.named[type] ?? type, given, out);
}

function writeStruct(type: string, value: Json | undefined, out: string[], types: Types): boolean {
  if (value !== undefined && !isObject(value)) return false;
  let isKnown = true;
  let separator = '{';
  for (const { name, json, type: inner } of fieldsIn(type, types)) {
    out.push(separator, name, ':');
    separator = ' ';
    const own =
      value === undefined || json === '-' ? undefined : json === '' ? value : Object.hasOwn(value, json) ? value[json] : undefined;
    isKnown &&= write(inner, own, true, out, types);
  }
  out.push(separator === '{' ? '{}' : '}');
  return isKnown && type !== 'v1.ManagedFieldsEntry';
}

function writeList(type: string, value: Json | undefined, out: string[], types: Types): boolean {
  if (value !== undefined && !Array.isArray(value)) return false;
  if (value === undefined || value.length === 0) {
    out.push('<nil>');
    return true;
  }
  let isKnown = true;
  for (const [index, item] of value.entries()) {
    out.push(index === 0 ? '[' : ' ');
    isKnown &&= write(type, item as Json, false, out, types);
  }
  out.push(']');
  return isKnown;
}

function writeMap(type: string, value: Json | undefined, out: string[], types: Types): boolean {
  if (value !== undefined && !isObject(value)) return false;
  const keys = Object.keys(value ?? {}).sort(byCodePoint);
  if (value === undefined || keys.length === 0) {
    out.push('<nil>');
    return true;
  }
  let isKnown = true;
  for (const [index, key] of keys.entries()) {
    out.push(index === 0 ? 'map[' : ' ', key, ':');
    isKnown &&= write(type, value[key], false, out, types);
  }
  out.push(']');
  return isKnown;
}

/** Go compares bytes of UTF-8, whose order is that of code points. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

function writeScalar(type: string, value: Json | undefined, out: string[]): boolean {
  if (type === 'string') {
    out.push(typeof value === 'string' ? value : '');
    return value === undefined || typeof value === 'string';
  }
  if (type === 'bool') {
    out.push(String(value === true));
    return value === undefined || typeof value === 'boolean';
  }
  if (!/^u?int\d*$/.test(type)) return false;
  out.push(String(typeof value === 'number' ? value : 0));
  return value === undefined || Number.isSafeInteger(value);
}

function writePort(value: Json | undefined, out: string[]): boolean {
  const isText = typeof value === 'string';
  const number = typeof value === 'number' ? value : 0;
  out.push(`{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${number} StrVal:(string)${isText ? value : ''}}`);
  return value === undefined || isText || Number.isSafeInteger(value);
}

const formats = { decimal: 'DecimalSI', binary: 'BinarySI', exponent: 'DecimalExponent' } as const;

/** An amount in 64 bits, or in as many as it needs; and its text where that was fit to be kept. */
function writeQuantity(value: Json | undefined, out: string[]): boolean {
  if (value !== undefined && typeof value !== 'string') return false;
  const parsed = value === undefined ? undefined : parseQuantity(value);
  if (parsed !== undefined && !parsed.ok) return false;
  const { mantissa, exponent, format, text = '', isLarge = false } = parsed?.value ?? { mantissa: 0n, exponent: 0 };
  const small = isLarge ? { mantissa: 0n, exponent: 0 } : { mantissa, exponent };
  out.push(
    `{i:(resource.int64Amount){value:(int64)${small.mantissa} scale:(resource.Scale)${small.exponent}} d:(resource.infDecAmount){Dec:`,
  );
  out.push(isLarge ? largeAmount(mantissa, exponent) : '(*inf.Dec)<nil>');
  out.push(`} s:(string)${text} Format:(resource.Format)${format === undefined ? '' : formats[format]}}`);
  return true;
}

/** Large amounts are kept in billionths, as words of 64 bits. */
function largeAmount(mantissa: bigint, exponent: number): string {
  const amount = mantissa * 10n ** BigInt(exponent + 9);
  const words: bigint[] = [];
  for (let left = amount < 0n ? -amount : amount; left > 0n; left >>= 64n) words.push(left & ((1n << 64n) - 1n));
  return `(*inf.Dec){unscaled:(big.Int){neg:(bool)${amount < 0n} abs:(big.nat)[${words.join(' ')}]} scale:(inf.Scale)9}`;
}
