// Scalars in their five styles, as libyaml scans them: the token's range is what is written, its text what is meant.
// Most scalars stand on one line and mean what is written: those are cut out of the source; all others are put together piece by piece.

import { isBlank, isBreak, isBreakOrEnd, isDigit, isDocumentMarker, isFlowIndicator, isHexDigit, isSpaceOrEnd } from './characters.ts';
import { fail, push, readBreak, type Scanner, skipBreak, token } from './token.ts';

/** Line breaks between two pieces of a scalar: a single one folds to a space, of several the first is dropped; LS and PS stay. */
function folded(first: string, more: string): string {
  if (first !== '\n') return first + more;
  return more === '' ? ' ' : more;
}

/** An unquoted scalar: it ends before `: ` and ` #`, in flow collections before an indicator, in blocks where the indentation ends. */
export function scanPlain(s: Scanner): boolean {
  const { text, source } = s;
  const start = s.position;
  const inFlow = s.flow > 0;
  let position = start;
  let done = '';
  let piece = start;
  let end = start;
  let first = '';
  let more = '';
  for (;;) {
    let code = text.charCodeAt(position);
    if (code === 35 || (position === s.lineStart && isDocumentMarker(text, position))) break;
    const from = position;
    while (!isSpaceOrEnd(code)) {
      if (code === 58 ? isSpaceOrEnd(text.charCodeAt(position + 1)) : inFlow && isFlowIndicator(code)) break;
      code = text.charCodeAt(++position);
    }
    if (position === from) break;
    if (first !== '') {
      done += source.slice(piece, end) + folded(first, more);
      piece = from;
      first = '';
      more = '';
    }
    end = position;
    while (isBlank(code)) code = text.charCodeAt(++position);
    if (!isBreak(code)) {
      if (position === end || code === 0) break;
      continue;
    }
    s.position = position;
    while (isBreak(code) || isBlank(code)) {
      if (isBreak(code)) {
        if (first === '') first = readBreak(s);
        else more += readBreak(s);
      } else {
        if (code === 9 && s.position - s.lineStart <= s.indent) return fail(s, 'a tab cannot indent', s.position);
        s.position++;
      }
      code = text.charCodeAt(s.position);
    }
    position = s.position;
    if (!inFlow && position - s.lineStart <= s.indent) break;
  }
  s.position = position;
  if (first !== '') s.keyAllowed = true;
  const last = source.slice(piece, end);
  return push(s, token.plain, start, end, done === '' ? last : done + last);
}

/** A scalar in single or double quotes. Its lines need no indentation, but may not begin with `---` or `...`. */
export function scanQuoted(s: Scanner, single: boolean): boolean {
  const { text, source } = s;
  const start = s.position;
  const quote = single ? 39 : 34;
  let position = start + 1;
  let done = '';
  let piece = position;
  for (;;) {
    const code = text.charCodeAt(position);
    if (code === quote) {
      if (!single || text.charCodeAt(position + 1) !== 39) break;
      done += source.slice(piece, position + 1);
      position += 2;
    } else if (code === 92 && !single) {
      done += source.slice(piece, position);
      s.position = position + 1;
      done += isBreak(text.charCodeAt(position + 1)) ? escapedBreak(s, start) : escapeSequence(s);
      position = s.position;
    } else if (isBreakOrEnd(code)) {
      if (code === 0) return fail(s, 'a quote that is never closed', start);
      let end = position;
      while (end > piece && isBlank(text.charCodeAt(end - 1))) end--;
      done += source.slice(piece, end);
      s.position = position;
      const first = readBreak(s);
      done += folded(first, quotedBreaks(s, start));
      position = s.position;
    } else {
      position++;
      continue;
    }
    if (s.failure !== undefined) return false;
    piece = position;
  }
  s.position = position + 1;
  const last = source.slice(piece, position);
  return push(s, single ? token.single : token.double, start, position + 1, done === '' ? last : done + last);
}

/** Steps over the blanks and line breaks that follow a line break inside quotes; gives the breaks. */
function quotedBreaks(s: Scanner, start: number): string {
  let breaks = '';
  for (;;) {
    const code = s.text.charCodeAt(s.position);
    if (isBlank(code)) s.position++;
    else if (isBreak(code)) breaks += readBreak(s);
    else break;
  }
  if (s.position === s.lineStart && isDocumentMarker(s.text, s.position))
    fail(s, 'a quote that is not closed before the document ends', start);
  return breaks;
}

/** A backslash at the end of a line: the break and the indentation behind it are left out. */
function escapedBreak(s: Scanner, start: number): string {
  skipBreak(s);
  return quotedBreaks(s, start);
}

const escapes = new Map<number, string>(
  Object.entries({
    0: '\0',
    a: '\x07',
    b: '\b',
    t: '\t',
    '\t': '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
    e: '\x1b',
    ' ': ' ',
    '"': '"',
    "'": "'",
    '\\': '\\',
    N: '\u0085',
    _: '\u00a0',
    L: '\u2028',
    P: '\u2029',
  }).map(([name, meaning]) => [name.charCodeAt(0), meaning]),
);
const hexLengths = new Map([
  [120, 2],
  [117, 4],
  [85, 8],
]);

/** What stands behind a backslash. `\/` and surrogates, which JSON knows, are refused as Kubernetes' reader refuses them. */
function escapeSequence(s: Scanner): string {
  const at = s.position;
  const code = s.text.charCodeAt(at);
  const simple = escapes.get(code);
  if (simple !== undefined) {
    s.position++;
    return simple;
  }
  const length = hexLengths.get(code) ?? 0;
  let end = at + 1;
  while (end <= at + length && isHexDigit(s.text.charCodeAt(end))) end++;
  const value = Number.parseInt(s.source.slice(at + 1, end), 16);
  if (length > 0 && end === at + 1 + length && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)) {
    s.position = end;
    return String.fromCodePoint(value);
  }
  fail(s, `"\\${s.source.slice(at, Math.max(end, at + 1))}" is no escape sequence of YAML`, at - 1);
  return '';
}

/** A literal (`|`) or folded (`>`) scalar. */
export function scanBlockScalar(s: Scanner, literal: boolean): boolean {
  const { text, source } = s;
  const start = s.position;
  const header = scanBlockHeader(s);
  if (header === undefined) return false;
  let end = s.position;
  skipBreak(s);
  let indent = header.increment > 0 ? Math.max(s.indent, 0) + header.increment : 0;

  const breaks = (): string => {
    let lines = '';
    let widest = 0;
    for (;;) {
      let code = text.charCodeAt(s.position);
      while (code === 32 && (indent === 0 || s.position - s.lineStart < indent)) code = text.charCodeAt(++s.position);
      const column = s.position - s.lineStart;
      widest = Math.max(widest, column);
      if (code === 9 && (indent === 0 || column < indent)) fail(s, 'a tab cannot indent', s.position);
      if (!isBreak(code) || s.failure !== undefined) break;
      lines += readBreak(s);
    }
    if (indent === 0) indent = Math.max(widest, s.indent + 1, 1);
    return lines;
  };

  let value = '';
  let lastBreak = '';
  let blankBefore = false;
  let empty = breaks();
  let code = text.charCodeAt(s.position);
  while (s.position - s.lineStart === indent && code !== 0) {
    const blank = isBlank(code);
    if (literal || blankBefore || blank || lastBreak !== '\n') value += lastBreak;
    else if (empty === '') value += ' ';
    value += empty;
    blankBefore = blank;
    const from = s.position;
    while (!isBreakOrEnd(code)) code = text.charCodeAt(++s.position);
    end = s.position;
    value += source.slice(from, end);
    lastBreak = code === 0 ? '' : readBreak(s);
    empty = breaks();
    code = text.charCodeAt(s.position);
  }
  if (s.failure !== undefined) return false;
  if (header.chomping !== '-') value += lastBreak;
  if (header.chomping === '+') value += empty;
  return push(s, literal ? token.literal : token.folded, start, end, value);
}

/** Chomping and indentation indicators in either order, then nothing but a comment. */
function scanBlockHeader(s: Scanner): { readonly chomping: string; readonly increment: number } | undefined {
  const start = s.position++;
  let chomping = '';
  let increment = 0;
  for (let round = 0; round < 2; round++) {
    const code = s.text.charCodeAt(s.position);
    if ((code === 43 || code === 45) && chomping === '') chomping = String.fromCharCode(code);
    else if (isDigit(code) && increment === 0) {
      increment = code - 48;
      if (increment === 0) {
        fail(s, 'an indentation indicator is a digit from 1 to 9', start);
        return undefined;
      }
    } else break;
    s.position++;
  }
  while (isBlank(s.text.charCodeAt(s.position))) s.position++;
  if (s.text.charCodeAt(s.position) === 35) while (!isBreakOrEnd(s.text.charCodeAt(s.position))) s.position++;
  if (isBreakOrEnd(s.text.charCodeAt(s.position))) return { chomping, increment };
  fail(s, 'a block scalar begins on the line below its "|" or ">"', s.position);
  return undefined;
}
