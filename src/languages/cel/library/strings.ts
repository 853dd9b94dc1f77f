// Strings (cel-go's extension): version 0 until Kubernetes 1.28, version 2 since 1.29. Positions count code points.

import { whiteSpace, withoutEnds } from '../../../lib/text.ts';
import { maxCharacters, tooLarge } from '../arithmetic.ts';
import { fn, type Library, method } from '../function.ts';
import { CelError, type Value } from '../value.ts';
import { formatText } from './format-text.ts';

const outOfRange = (index: number | bigint) => new CelError(`index out of range: ${index}`);

/** The code points of a text; as it is when every unit is one, which is nearly always. */
function points(text: string): readonly string[] | string {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text;
}

function part(text: readonly string[] | string, from: number, to?: number): string {
  return typeof text === 'string' ? text.slice(from, to) : text.slice(from, to).join('');
}

function charAt(text: string, index: number): Value {
  const all = points(text);
  return index < 0 || index > all.length ? outOfRange(index) : (all[index] ?? '');
}

function indexOf(text: string, sought: string, offset = 0): Value {
  if (sought === '') return offset;
  if (offset < 0) return outOfRange(offset);
  const all = points(text);
  if (typeof all === 'string') return all.indexOf(sought, offset);
  const before = part(all, 0, offset).length;
  const at = text.indexOf(sought, before);
  return at < 0 ? -1 : [...text.slice(0, at)].length;
}

function lastIndexOf(text: string, sought: string, offset?: number): Value {
  const all = points(text);
  if (sought === '') return offset ?? all.length;
  if (offset !== undefined && offset < 0) return outOfRange(offset);
  if (offset !== undefined && offset >= all.length) return -1;
  const from = offset === undefined ? text.length : part(all, 0, offset).length;
  const at = text.lastIndexOf(sought, from);
  return at < 0 ? -1 : [...text.slice(0, at)].length;
}

function replace(text: string, old: string, by: string, count = -1): Value {
  if (by.length > old.length && (text.length + 1) * by.length > maxCharacters) {
    const found = old === '' ? text.length + 1 : text.split(old).length - 1;
    const times = count < 0 ? found : Math.min(count, found);
    if (text.length + times * by.length > maxCharacters) return tooLarge();
  }
  if (count < 0) return old === '' ? surrounded(text, by, Number.POSITIVE_INFINITY) : text.split(old).join(by);
  if (old === '') return surrounded(text, by, count);
  const parts = text.split(old);
  const kept = parts.splice(count + 1);
  return parts.join(by) + kept.map((rest) => old + rest).join('');
}

/** Replacing nothing puts the text before every character and at the end. */
function surrounded(text: string, by: string, count: number): string {
  const all = [...text];
  const out = all.map((character, index) => (index < count ? by + character : character)).join('');
  return count > all.length ? out + by : out;
}

function split(text: string, separator: string, count = -1): Value {
  if (count === 0) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function substring(text: string, from: number, to?: number): Value {
  const all = points(text);
  if (to !== undefined && from > to) return new CelError(`invalid substring range. start: ${from}, end: ${to}`);
  if (from < 0 || from > all.length) return outOfRange(from);
  if (to !== undefined && (to < 0 || to > all.length)) return outOfRange(to);
  return part(all, from, to);
}

function join(list: readonly Value[], separator = ''): Value {
  const wrong = list.find((item) => typeof item !== 'string');
  const length = list.reduce<number>((sum, item) => sum + (typeof item === 'string' ? item.length : 0) + separator.length, 0);
  if (length > maxCharacters) return tooLarge();
  return wrong === undefined ? list.join(separator) : new CelError(`join: invalid input: ${String(wrong)}`);
}

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): Value {
  const clean = text.toWellFormed();
  return `"${clean.replace(/[\x07-\r\\"]/g, (character) => escapes[character] ?? character)}"`;
}

function trim(text: string): Value {
  return withoutEnds(text, whiteSpace);
}

const core = [
  method('charAt', 'string_char_at_int', 'string, int -> string', charAt),
  method('indexOf', 'string_index_of_string', 'string, string -> int', (text: string, sought: string) => indexOf(text, sought)),
  method('indexOf', 'string_index_of_string_int', 'string, string, int -> int', indexOf),
  method('lastIndexOf', 'string_last_index_of_string', 'string, string -> int', (text: string, sought: string) =>
    lastIndexOf(text, sought),
  ),
  method('lastIndexOf', 'string_last_index_of_string_int', 'string, string, int -> int', lastIndexOf),
  method('lowerAscii', 'string_lower_ascii', 'string -> string', (text: string) => text.replace(/[A-Z]+/g, (word) => word.toLowerCase())),
  method('upperAscii', 'string_upper_ascii', 'string -> string', (text: string) => text.replace(/[a-z]+/g, (word) => word.toUpperCase())),
  method('replace', 'string_replace_string_string', 'string, string, string -> string', (text: string, old: string, by: string) =>
    replace(text, old, by),
  ),
  method('replace', 'string_replace_string_string_int', 'string, string, string, int -> string', replace),
  method('split', 'string_split_string', 'string, string -> list(string)', (text: string, separator: string) => split(text, separator)),
  method('split', 'string_split_string_int', 'string, string, int -> list(string)', split),
  method('substring', 'string_substring_int', 'string, int -> string', (text: string, from: number) => substring(text, from)),
  method('substring', 'string_substring_int_int', 'string, int, int -> string', substring),
  method('trim', 'string_trim', 'string -> string', trim),
  method('join', 'list_join', 'list(string) -> string', (list: readonly Value[]) => join(list)),
  method('join', 'list_join_string', 'list(string), string -> string', join),
];

/** Version 0. */
export const strings0: Library = { functions: core };

/** Version 2. */
export const strings2: Library = {
  functions: [
    ...core,
    method('format', 'string_format', 'string, list(dyn) -> string', formatText),
    fn('strings.quote', 'strings_quote', 'string -> string', quote),
  ],
};
