// Texts as Go writes them where an error message shows a value: strings by strconv.Quote, everything else by encoding/json, which also
// escapes what HTML could take for its own (Go 1.25).

import { doubleText } from '../../languages/cel/convert.ts';
import { canonicalJson, isObject, type Json } from '../../lib/json.ts';

const shortEscapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};
const needsQuoting = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/**
 * A Go string literal, as `%q` writes it: letters of every script stand as they are, what cannot be printed is escaped.
 *
 * @example `goQuote('a\u0000"é')` is `'"a\\x00\\"é"'`
 */
export function goQuote(text: string): string {
  if (!needsQuoting.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text) quoted += needsQuoting.test(character) ? escaped(character) : character;
  return `${quoted}"`;
}

function escaped(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * JSON as Go's encoder writes it: `<`, `>`, `&` and the separators of lines are escaped, keys of a map are not sorted here.
 *
 * @example `goJson({ a: '<b>' })` is `'{"a":"\\u003cb\\u003e"}'`
 */
export function goJson(value: Json): string {
  return withoutHtml(JSON.stringify(value));
}

/** JSON as Go's encoder writes maps in maps: all keys sorted. */
export function goSortedJson(value: Json): string {
  return withoutHtml(canonicalJson(value));
}

function withoutHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/**
 * A number as `%v` writes it: whole numbers of 64 bits in full, all others with an exponent where they are large or small.
 *
 * @example `goNumber(1e20)` is `'1e+20'`
 */
export function goNumber(value: number): string {
  return isInt64(value) ? String(value) : doubleText(value, 6);
}

/** Whether Go reads a number of JSON as a whole number of 64 bits. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}

/**
 * The type of a value as `%T` names it.
 *
 * @example `goTypeOf([1])` is `'[]interface {}'`
 */
export function goTypeOf(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return isInt64(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** A map as Go's encoder writes it: its keys sorted. */
export function goMapJson(value: Json): string {
  if (!isObject(value)) return goJson(value);
  return goJson(
    Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [key, value[key]]),
    ),
  );
}

/** A list of texts as `%v` writes it: `[a b]`. */
export function goList(texts: readonly string[]): string {
  return `[${texts.join(' ')}]`;
}
