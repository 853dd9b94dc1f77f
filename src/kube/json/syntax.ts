// Why a text is not JSON (RFC 8259) and where: asked only when JSON.parse has refused it, whose own messages differ between engines.

import { skipBlanks } from './skip.ts';

export interface JsonError {
  readonly message: string;
  readonly offset: number;
}

const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
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
  if (first === '"') return stringEnd(text, at);
  const pattern = /[-0-9]/.test(first) ? number : word;
  pattern.lastIndex = at;
  if (!pattern.test(text)) return { message: 'a value is expected', offset: at };
  const end = pattern.lastIndex;
  return /[\w.+-]/.test(text[end] ?? '') ? { message: 'this is neither a number nor true, false or null', offset: at } : end;
}

/** Offset behind the string whose opening quote is at `at`. */
function stringEnd(text: string, at: number): number | JsonError {
  for (let index = at + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 34) return index + 1;
    if (code === 10 || code === 13) return { message: 'a string that is not closed on its line', offset: index };
    if (code < 32) return { message: 'a control character in a string', offset: index };
    if (code !== 92) continue;
    escapeSequence.lastIndex = index;
    if (!escapeSequence.test(text)) return { message: 'an unknown escape sequence', offset: index };
    index = escapeSequence.lastIndex - 1;
  }
  return { message: 'a string that is never closed', offset: at };
}
