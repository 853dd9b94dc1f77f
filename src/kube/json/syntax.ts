// Why a text is not JSON (RFC 8259) and where: asked only when JSON.parse has refused it, whose own messages differ between engines.

import { skipBlanks } from './skip.ts';

export interface JsonError {
  readonly message: string;
  readonly offset: number;
}

const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const word = /true|false|null/y;

/** The first mistake; undefined where the text is one JSON value. */
export function jsonError(text: string): JsonError | undefined {
  const open: ('}' | ']')[] = [];
  let at = skipBlanks(text, 0);
  for (;;) {
    const value = valueEnd(text, at);
    if (typeof value !== 'number') return value;
    const code = text[at];
    at = skipBlanks(text, value);
    if (code === '{' || code === '[') {
      const close = code === '{' ? '}' : ']';
      if (text[at] !== close) {
        open.push(close);
        const next = close === '}' ? keyEnd(text, at) : at;
        if (typeof next !== 'number') return next;
        at = next;
        continue;
      }
      at = skipBlanks(text, at + 1);
    }
    while (open.length > 0 && text[at] === open.at(-1)) {
      open.pop();
      at = skipBlanks(text, at + 1);
    }
    const close = open.at(-1);
    if (close === undefined) return at < text.length ? { message: 'nothing may follow the end of the JSON value', offset: at } : undefined;
    if (text[at] !== ',') return { message: `a "," or "${close}" is expected`, offset: at };
    at = skipBlanks(text, at + 1);
    if (text[at] === close) return { message: `a "," before "${close}" is not JSON`, offset: at };
    const next = close === '}' ? keyEnd(text, at) : at;
    if (typeof next !== 'number') return next;
    at = next;
  }
}

/** Offset behind a key, its colon and blanks. */
function keyEnd(text: string, at: number): number | JsonError {
  if (text[at] !== '"') return { message: 'a key in double quotes is expected', offset: at };
  const end = valueEnd(text, at);
  if (typeof end !== 'number') return end;
  const colon = skipBlanks(text, end);
  return text[colon] === ':' ? skipBlanks(text, colon + 1) : { message: 'a ":" is expected behind the key', offset: colon };
}

/** Offset behind a string, number or word, or behind an opening bracket. */
function valueEnd(text: string, at: number): number | JsonError {
  const first = text[at];
  if (first === undefined) return { message: 'the text ends where a value is expected', offset: at };
  if (first === '{' || first === '[') return at + 1;
  const pattern = first === '"' ? string : /[-0-9]/.test(first) ? number : word;
  pattern.lastIndex = at;
  const end = pattern.test(text) ? pattern.lastIndex : at;
  if (first === '"') return stringEnd(text, at, end);
  if (end === at) return { message: 'a value is expected', offset: at };
  return /[\w.+-]/.test(text[end] ?? '') ? { message: 'this is neither a number nor true, false or null', offset: at } : end;
}

function stringEnd(text: string, at: number, end: number): number | JsonError {
  const last = text[end];
  if (last === '"') return end + 1;
  if (last === undefined) return { message: 'a string that is never closed', offset: at };
  if (last === '\\') return { message: 'an unknown escape sequence', offset: end };
  return {
    message: last === '\n' || last === '\r' ? 'a string that is not closed on its line' : 'a control character in a string',
    offset: end,
  };
}
