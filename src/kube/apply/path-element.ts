// One step of a field path as managed fields write it (structured-merge-diff v6, fieldpath): `f:name` a field, `k:{"name":"a"}` the member of
// a keyed list, `v:"x"` a member of a set, `i:0` a place in a list. The text itself is the identity: keys are sorted and written one way.

import { isObject, type Json } from '../../lib/json.ts';

/** A step in its canonical text. */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  let element = elements.get(name);
  if (element === undefined) {
    element = `f:${name}`;
    if (name.length > 63) return element;
    if (elements.size >= mostElements) elements.clear();
    elements.set(name, element);
  }
  return element;
}

/** Names repeat from object to object: their steps are made once. */
const elements = new Map<string, PathElement>();
const mostElements = 10_000;

/** The member of a keyed list. `keyElement([['name', 'a']])` is `'k:{"name":"a"}'`; keys must come sorted. */
export function keyElement(keys: readonly (readonly [name: string, value: Json])[]): PathElement {
  let text = 'k:{';
  for (const [name, value] of keys) text += `${text.length === 3 ? '' : ','}${jsonText(name)}:${jsonText(value)}`;
  return `${text}}`;
}

/** The member of a set. `valueElement('a<b')` is `'v:"a\\u003cb"'`. */
export function valueElement(value: Json): PathElement {
  return `v:${jsonText(value)}`;
}

/** As Go's encoder writes JSON by default: characters that could end a script are escaped. */
function jsonText(value: Json): string {
  if (typeof value === 'string' && isPlain(value)) return `"${value}"`;
  const text = JSON.stringify(value);
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text;
}

/** Short names and the like, which are written as they are. */
function isPlain(value: string): boolean {
  if (value.length > 100) return false;
  for (let at = 0; at < value.length; at++) if (!isPlainCode(value.charCodeAt(at))) return false;
  return true;
}

function isPlainCode(code: number): boolean {
  return ((code | 32) >= 97 && (code | 32) <= 122) || (code >= 45 && code <= 58);
}

/** The canonical form of a step that was read; `unknown` for a kind of step that a later version may know, undefined for none. */
export function readElement(text: string): PathElement | 'unknown' | undefined {
  if (text.length < 2 || text[1] !== ':') return undefined;
  switch (text[0]) {
    case 'f':
      return text;
    case 'k': {
      const keys = parsed(text);
      if (!isObject(keys)) return undefined;
      const entries = Object.entries(keys).map(([name, value]) => [name, value ?? null] as const);
      return keyElement(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
    }
    case 'v': {
      const value = parsed(text);
      return value === undefined ? undefined : valueElement(value);
    }
    case 'i':
      return /^i:[-+]?[0-9]{1,15}$/.test(text) ? `i:${Number(text.slice(2))}` : undefined;
    default:
      return 'unknown';
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text.slice(2)) as Json;
  } catch {
    return undefined;
  }
}

/** The step as messages write it. `showElement('k:{"name":"a"}')` is `'[name="a"]'`. */
export function showElement(element: PathElement): string {
  if (element.startsWith('f:')) return `.${element.slice(2)}`;
  if (element.startsWith('i:')) return `[${element.slice(2)}]`;
  const value = parsed(element);
  if (element.startsWith('v:')) return `[=${show(value)}]`;
  const keys = isObject(value) ? Object.entries(value) : [];
  return `[${keys.map(([name, item]) => `${name}=${show(item)}`).join(',')}]`;
}

function show(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => show(item)).join(',')}]`;
  if (isObject(value))
    return Object.entries(value)
      .map(([key, item]) => `${key}=${show(item)}`)
      .join('');
  return JSON.stringify(value ?? null);
}

/** The order that managed fields are written in: fields, keyed members, members of sets, places. */
export function compareElements(left: PathElement, right: PathElement): number {
  if (left === right) return 0;
  const kind = left.charCodeAt(0);
  if (kind !== right.charCodeAt(0)) return 'fkvi'.indexOf(left[0] ?? '') - 'fkvi'.indexOf(right[0] ?? '');
  if (kind === fieldKind) return left < right ? -1 : 1;
  if (kind === indexKind) return Number(left.slice(2)) - Number(right.slice(2));
  if (kind === valueKind) return compareValues(parsed(left), parsed(right));
  return namesOrder(left, right) ?? compareKeys(parsed(left), parsed(right));
}

const [fieldKind, indexKind, valueKind] = [102, 105, 118];
const named = 'k:{"name":"';

/** The order of members that plain names tell apart, which most keyed lists have. */
function namesOrder(left: PathElement, right: PathElement): number | undefined {
  if (!left.startsWith(named) || !right.startsWith(named)) return undefined;
  for (let at = named.length; ; at++) {
    const ours = left.charCodeAt(at);
    const theirs = right.charCodeAt(at);
    const ends = ours === quote || theirs === quote;
    if (ours === theirs && !ends && isPlainCode(ours)) continue;
    if (ours === theirs || !(ours === quote || isPlainCode(ours)) || !(theirs === quote || isPlainCode(theirs))) return undefined;
    return ours === quote ? -1 : theirs === quote ? 1 : ours - theirs;
  }
}

const quote = 34;

function compareKeys(left: Json | undefined, right: Json | undefined): number {
  const ours = isObject(left) ? Object.entries(left) : [];
  const theirs = isObject(right) ? Object.entries(right) : [];
  for (const [index, [name, value]] of ours.entries()) {
    const other = theirs[index];
    if (other === undefined) return 1;
    if (name !== other[0]) return name < other[0] ? -1 : 1;
    const order = compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return ours.length - theirs.length;
}

const ranks: Readonly<Record<string, number>> = { number: 0, string: 1, boolean: 2, object: 3 };

function compareValues(left: Json | undefined, right: Json | undefined): number {
  if (left === right) return 0;
  const rank = ranks[typeof left] ?? 4;
  const other = ranks[typeof right] ?? 4;
  if (rank !== other) return rank - other;
  if (typeof left === 'object' || typeof right === 'object') return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
