// JSON text as Go's decoder reads it: the value, and what JSON.parse does not tell: keys that stand twice and integers written as fractions or
// with exponents. Messages for broken text are those of encoding/json (Go 1.26).

import { skipString } from '../../kube/json/skip.ts';
import { isObject, type Json } from '../../lib/json.ts';
import { goQuote } from '../fields/go-text.ts';

/** What is odd about one object or list: keys written twice, in the order keys came, and numbers whose spelling an integer may not have. */
export interface Oddity {
  readonly order: readonly string[] | undefined;
  readonly repeated: ReadonlySet<string>;
  /** The values that a key had before its last. */
  readonly earlier: ReadonlyMap<string, readonly Json[]>;
  readonly numbers: ReadonlyMap<string, string>;
}

export type Oddities = ReadonlyMap<object, Oddity>;

export type ReadText =
  | { readonly ok: true; readonly value: Json; readonly oddities: Oddities | undefined }
  | { readonly ok: false; readonly message: string };

/** Go reads 10,000 levels; more than these would be too many for the stack here, and no object of Kubernetes has them. */
const tooDeep = 'exceeded max depth';
const maxDepth = 2_000;

/** Reads one JSON value and nothing behind it. */
export function readJsonText(text: string): ReadText {
  const plain = plainJson(text);
  if (plain !== undefined) return { ok: true, value: plain, oddities: undefined };
  const reader = new Reader(text);
  try {
    const value = reader.document();
    return { ok: true, value, oddities: reader.oddities.size === 0 ? undefined : reader.oddities };
  } catch (error) {
    if (error instanceof Broken) return { ok: false, message: error.message };
    // Where the caller has used most of the stack, the limit is nearer.
    if (error instanceof RangeError) return { ok: false, message: tooDeep };
    throw error;
  }
}

/** The value of a text that holds nothing odd; undefined for every other, which is read slowly. */
function plainJson(text: string): Json | undefined {
  if (!text.isWellFormed() || /\\u[dD]/.test(text)) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = skipString(text, at) - 1;
    else if (code === 58) members++;
    else if (code >= 48 && code <= 57) {
      const start = at;
      while (text.charCodeAt(at + 1) >= 48 && text.charCodeAt(at + 1) <= 57) at++;
      const next = text.charCodeAt(at + 1);
      if (next === 46 || next === 69 || next === 101 || at - start >= 15) return undefined;
    }
  }
  return members === membersOf(value, 0) ? value : undefined;
}

/** How many members all objects in a value have; no number where it is nested too deep to ask. */
function membersOf(value: Json, depth: number): number {
  if (depth > 500) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) for (const item of value as readonly Json[]) count += membersOf(item, depth + 1);
  else if (isObject(value))
    for (const key in value) {
      const item = value[key];
      count += typeof item === 'object' && item !== null ? 1 + membersOf(item, depth + 1) : 1;
    }
  return count;
}

class Broken extends Error {}

class Reader {
  readonly oddities = new Map<object, Oddity>();
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #written: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const value = this.#value('looking for beginning of value');
    this.#blanks();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
    return value;
  }

  #value(context: string): Json {
    this.#blanks();
    const char = this.#text[this.#at];
    if (char === '{') return this.#object();
    if (char === '[') return this.#list();
    if (char === '"') return this.#string();
    if (char !== undefined && /[-0-9]/.test(char)) return this.#number();
    for (const [word, value] of words) if (char === word[0]) return this.#word(word, value);
    return this.#fail(context);
  }

  #object(): Json {
    this.#enter();
    const result: Record<string, Json> = {};
    const keys = new Set<string>();
    let repeated: Map<string, readonly Json[]> | undefined;
    let numbers: Map<string, string> | undefined;
    this.#blanks();
    if (this.#text[this.#at] === '}') return this.#leave(result);
    for (;;) {
      this.#blanks();
      if (this.#text[this.#at] !== '"') this.#fail('looking for beginning of object key string');
      const key = this.#string();
      this.#blanks();
      if (this.#text[this.#at] !== ':') this.#fail('after object key');
      this.#at++;
      this.#written = undefined;
      const value = this.#value('looking for beginning of value');
      if (typeof value === 'number' && this.#written !== undefined) {
        numbers ??= new Map();
        numbers.set(key, this.#written);
      } else numbers?.delete(key);
      if (keys.has(key)) {
        repeated ??= new Map();
        repeated.set(key, [...(repeated.get(key) ?? []), result[key] ?? null]);
      }
      keys.add(key);
      if (key === '__proto__') Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
      else result[key] = value;
      this.#blanks();
      const char = this.#text[this.#at];
      if (char === '}') break;
      if (char !== ',') this.#fail('after object key:value pair');
      this.#at++;
    }
    if (repeated !== undefined || numbers !== undefined)
      this.oddities.set(result, {
        order: repeated === undefined ? undefined : [...keys],
        repeated: new Set(repeated?.keys()),
        earlier: repeated ?? noValues,
        numbers: numbers ?? noNumbers,
      });
    return this.#leave(result);
  }

  #list(): Json {
    this.#enter();
    const result: Json[] = [];
    let numbers: Map<string, string> | undefined;
    this.#blanks();
    if (this.#text[this.#at] === ']') return this.#leave(result);
    for (;;) {
      this.#written = undefined;
      const value = this.#value('looking for beginning of value');
      if (typeof value === 'number' && this.#written !== undefined) {
        numbers ??= new Map();
        numbers.set(String(result.length), this.#written);
      }
      result.push(value);
      this.#blanks();
      const char = this.#text[this.#at];
      if (char === ']') break;
      if (char !== ',') this.#fail('after array element');
      this.#at++;
    }
    if (numbers !== undefined) this.oddities.set(result, { order: undefined, repeated: none, earlier: noValues, numbers });
    return this.#leave(result);
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > maxDepth) throw new Broken(tooDeep);
  }

  #leave<T>(value: T): T {
    this.#at++;
    this.#depth--;
    this.#written = undefined;
    return value;
  }

  #string(): string {
    const start = this.#at;
    for (this.#at++; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 34) break;
      if (code === 92) this.#escape();
      else if (Number.isNaN(code) || code < 32) this.#fail('in string literal');
    }
    this.#at++;
    return (JSON.parse(this.#text.slice(start, this.#at)) as string).toWellFormed();
  }

  #escape(): void {
    const char = this.#text[++this.#at];
    if (char === 'u') {
      for (let count = 0; count < 4; count++)
        if (!/[0-9a-fA-F]/.test(this.#text[++this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
    } else if (char === undefined || !'"\\/bfnrt'.includes(char)) this.#fail('in string escape code');
  }

  #number(): number {
    const start = this.#at;
    if (this.#text[this.#at] === '-') {
      this.#at++;
      if (!this.#digit()) this.#fail('in numeric literal');
    }
    if (this.#text[this.#at] === '0') this.#at++;
    else while (this.#digit()) this.#at++;
    let plain = true;
    if (this.#text[this.#at] === '.') {
      plain = false;
      this.#at++;
      if (!this.#digit()) this.#fail('after decimal point in numeric literal');
      while (this.#digit()) this.#at++;
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      plain = false;
      this.#at++;
      if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++;
      if (!this.#digit()) this.#fail('in exponent of numeric literal');
      while (this.#digit()) this.#at++;
    }
    const written = this.#text.slice(start, this.#at);
    const value = Number(written);
    this.#written = plain && (Number.isSafeInteger(value) || String(value) === written) ? undefined : written;
    return value;
  }

  #digit(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return code >= 48 && code <= 57;
  }

  #word(word: string, value: Json): Json {
    for (let index = 1; index < word.length; index++)
      if (this.#text[++this.#at] !== word[index]) this.#fail(`in literal ${word} (expecting '${word[index]}')`);
    this.#at++;
    return value;
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #fail(context: string): never {
    const char = this.#text[this.#at];
    if (char === undefined) throw new Broken('unexpected end of JSON input');
    throw new Broken(`invalid character ${quoted(char)} ${context}`);
  }
}

const words: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const none: ReadonlySet<string> = new Set();
const noValues: ReadonlyMap<string, readonly Json[]> = new Map();
const noNumbers: ReadonlyMap<string, string> = new Map();

/** The first byte of a character as Go's strconv.Quote writes the character of that number, between single quotes. */
function quoted(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  const [byte = 0] = new TextEncoder().encode(char);
  return `'${goQuote(String.fromCharCode(byte)).slice(1, -1)}'`;
}
