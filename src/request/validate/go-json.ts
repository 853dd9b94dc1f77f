// What Go's encoding/json says about a text that should be a JSON object: the first character it cannot take, or the kind of value it found
// (Go 1.25). Texts that JavaScript reads and Go too are told apart by their kind only.

import { goQuote } from '../fields/go-text.ts';

/** The complaint about a text that is no JSON object; undefined for one. */
export function goJsonComplaint(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 'unexpected end of JSON input';
  try {
    const value: unknown = JSON.parse(trimmed);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  } catch {
    return scan(text);
  }
}

const literals = ['true', 'false', 'null'];

function shown(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  return `'${goQuote(character).slice(1, -1)}'`;
}

/** A scanner that goes as far as Go's does, and says where it stopped. */
function scan(text: string): string {
  const closing: ('object' | 'array')[] = [];
  let position = 0;
  let expecting: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'after' = 'value';
  const invalid = (where: string) => `invalid character ${shown(text[position] ?? '')} ${where}`;
  const end = 'unexpected end of JSON input';
  while (position < text.length) {
    const character = text[position] ?? '';
    if (/[ \t\r\n]/.test(character)) {
      position++;
      continue;
    }
    if (expecting === 'after') {
      const inside = closing.at(-1);
      if (inside === undefined) return invalid('after top-level value');
      if (character === ',') expecting = inside === 'object' ? 'key' : 'value';
      else if (character === (inside === 'object' ? '}' : ']')) closing.pop();
      else return invalid(inside === 'object' ? 'after object key:value pair' : 'after array element');
      position++;
    } else if (expecting === 'colon') {
      if (character !== ':') return invalid('after object key');
      expecting = 'value';
      position++;
    } else if (expecting === 'key' || expecting === 'keyOrEnd') {
      if (character === '}' && expecting === 'keyOrEnd') {
        closing.pop();
        expecting = 'after';
        position++;
      } else if (character !== '"') return invalid('looking for beginning of object key string');
      else {
        const stop = stringEnd(text, position);
        if (typeof stop === 'string') return stop;
        position = stop;
        expecting = 'colon';
      }
    } else if (character === ']' && expecting === 'valueOrEnd') {
      closing.pop();
      expecting = 'after';
      position++;
    } else if (character === '{' || character === '[') {
      closing.push(character === '{' ? 'object' : 'array');
      expecting = character === '{' ? 'keyOrEnd' : 'valueOrEnd';
      position++;
    } else {
      const stop = scalarEnd(text, position);
      if (typeof stop === 'string') return stop;
      position = stop;
      expecting = 'after';
    }
  }
  return end;
}

function stringEnd(text: string, start: number): number | string {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"') return at + 1;
    if (character < ' ') return `invalid character ${shown(character)} in string literal`;
    if (character !== '\\') continue;
    at++;
    const escaped = text[at];
    if (escaped !== undefined && !'bfnrt\\/"u'.includes(escaped)) return `invalid character ${shown(escaped)} in string escape code`;
  }
  return 'unexpected end of JSON input';
}

function scalarEnd(text: string, start: number): number | string {
  const character = text[start] ?? '';
  if (character === '"') return stringEnd(text, start);
  const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/.exec(text.slice(start))?.[0];
  if (number !== undefined) return start + number.length;
  for (const literal of literals) {
    if (character !== literal[0]) continue;
    for (let offset = 1; offset < literal.length; offset++) {
      const found = text[start + offset];
      if (found === undefined) return 'unexpected end of JSON input';
      if (found !== literal[offset])
        return `invalid character ${shown(found)} in literal ${literal} (expecting ${shown(literal[offset] ?? '')})`;
    }
    return start + literal.length;
  }
  return `invalid character ${shown(character)} looking for beginning of value`;
}
