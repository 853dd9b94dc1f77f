// `'%s is %d'.format([…])` of the strings extension in version 2, the one Kubernetes has. `%f` and `%e` write numbers as
// golang.org/x/text 0.40 does for English: with thousands separators, `∞`, and powers of ten in superscript.

import { maxCharacters, tooLarge } from '../arithmetic.ts';
import { compareText } from '../compare.ts';
import { doubleText, toText, typeName } from '../convert.ts';
import { durationText, timestampText } from '../time.ts';
import { asDouble, CelError, Duration, EntryMap, entriesOf, isInt, isList, isObjectMap, Timestamp, Uint, type Value } from '../value.ts';

const clause = /%(?:(%)|(?:\.([0-9]{1,4}))?([a-zA-Z]))?/g;
const maxPrecision = 1000;

export function formatText(template: string, args: readonly Value[]): string | CelError {
  let used = 0;
  let length = template.length;
  let failed: CelError | undefined;
  const text = template.replace(clause, (whole, percent, precision, kind) => {
    if (failed !== undefined || percent === '%') return '%';
    if (kind === undefined) {
      failed = new CelError(`could not parse formatting clause: unexpected end of string`);
      return whole;
    }
    if (used >= args.length) {
      failed = new CelError(`index ${used} out of range`);
      return whole;
    }
    const written: string | CelError =
      length > maxCharacters ? tooLarge() : write(kind, args[used++] ?? null, Math.min(Number(precision ?? 6), maxPrecision));
    if (typeof written === 'string') {
      length += written.length;
      return written;
    }
    failed = written;
    return whole;
  });
  return failed ?? text;
}

const wrong = (rule: string, value: Value) => new CelError(`error during formatting: ${rule}, was given ${typeName(value)}`);

function write(kind: string, value: Value, precision: number): string | CelError {
  switch (kind) {
    case 's':
      return plain(value);
    case 'd':
      return whole(value) === undefined ? wrong('decimal clause can only be used on integers', value) : String(whole(value));
    case 'f': {
      const number = numeral(value);
      return number === undefined
        ? wrong('fixed-point clause can only be used on doubles', value)
        : (special(number) ?? fixed(number, precision, true));
    }
    case 'e': {
      const number = numeral(value);
      if (number === undefined) return wrong('scientific clause can only be used on doubles', value);
      return special(number)?.padStart(6) ?? scientific(number, precision);
    }
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return whole(value)?.toString(2) ?? wrong('only integers and bools can be formatted as binary', value);
    case 'o':
      return whole(value)?.toString(8) ?? wrong('octal clause can only be used on integers', value);
    case 'x':
    case 'X': {
      const hex = hexadecimal(value);
      if (hex === undefined) return wrong('only integers, byte buffers, and strings can be formatted as hex', value);
      return kind === 'X' ? hex.toUpperCase() : hex;
    }
    default:
      return new CelError(`could not parse formatting clause: unrecognized formatting clause "${kind}"`);
  }
}

function whole(value: Value): number | bigint | undefined {
  return isInt(value) ? value : value instanceof Uint ? value.value : undefined;
}

const words: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity };

function numeral(value: Value): number | undefined {
  return typeof value === 'string' ? (Object.hasOwn(words, value) ? words[value] : undefined) : asDouble(value);
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? undefined : value > 0 ? '∞' : '-∞';
}

function hexadecimal(value: Value): string | undefined {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (bytes instanceof Uint8Array) return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return whole(bytes)?.toString(16);
}

/** The exact decimal value rounded half to even, as Go rounds. */
export function fixed(value: number, places: number, grouped: boolean): string {
  const negative = value < 0 || Object.is(value, -0);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const power = Number(bits >> 52n);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (power === 0 ? 0n : 1n << 52n);
  const exponent = BigInt(Math.max(power, 1) - 1075);
  const scaled = mantissa * 10n ** BigInt(places);
  let rounded: bigint;
  if (exponent >= 0n) rounded = scaled << exponent;
  else {
    const divisor = 1n << -exponent;
    rounded = scaled / divisor;
    const twice = (scaled % divisor) * 2n;
    if (twice > divisor || (twice === divisor && rounded % 2n === 1n)) rounded++;
  }
  const digits = rounded.toString().padStart(places + 1, '0');
  const front = digits.slice(0, digits.length - places);
  const shown = grouped ? front.replace(/\B(?=(\d{3})+$)/g, ',') : front;
  return `${negative ? '-' : ''}${shown}${places > 0 ? `.${digits.slice(-places)}` : ''}`;
}

const superscript = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function scientific(value: number, places: number): string {
  const [digits = '', power = '0'] = value.toExponential(Math.min(places, 100)).split('e');
  const raised = String(Math.abs(Number(power)))
    .padStart(2, '0')
    .replace(/\d/g, (digit) => superscript[Number(digit)] ?? '');
  return `${digits}×10${Number(power) < 0 ? '⁻' : ''}${raised}`;
}

function plain(value: Value): string | CelError {
  if (value === null) return 'null';
  if (isList(value) || value instanceof EntryMap || isObjectMap(value)) return nested(value);
  const number = asDouble(value);
  if (number !== undefined) return doubleText(number);
  if (typeof value === 'object' && 'name' in value) return String(value.name);
  const text = toText(value);
  return typeof text === 'string'
    ? text
    : new CelError(
        `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeName(value)}`,
      );
}

/** A value inside a list or map: as a CEL literal. */
function nested(value: Value): string | CelError {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Timestamp) return `timestamp("${timestampText(value)}")`;
  if (value instanceof Duration) return `duration("${durationText(value)}")`;
  if (value instanceof Uint8Array) {
    const text = toText(value);
    return typeof text === 'string' ? `b${JSON.stringify(text)}` : new CelError('invalid UTF-8 in bytes');
  }
  const number = asDouble(value);
  if (number !== undefined) return Number.isFinite(number) ? fixed(number, 6, false) : JSON.stringify(doubleText(number));
  if (isList(value)) return joined('[', value.map(nested), ']');
  if (!(value instanceof EntryMap) && !isObjectMap(value)) return plain(value);
  const entries = entriesOf(value).map(([key, item]) => {
    const name = nested(key);
    const content = nested(item);
    return name instanceof CelError ? name : content instanceof CelError ? content : `${name}:${content}`;
  });
  return joined(
    '{',
    entries.sort((a, b) => compareText(String(a), String(b))),
    '}',
  );
}

function joined(open: string, parts: readonly (string | CelError)[], close: string): string | CelError {
  return parts.find((part) => part instanceof CelError) ?? `${open}${parts.join(', ')}${close}`;
}
