// Lines, columns and characters that must not reach a terminal.

/** Line and column of an offset, both from 1. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Start offset of every line of a text; CRLF, LF and lone CR end a line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    return starts;
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}

/** Line and column of `offset`, by binary search over `starts`. */
export function lineColumn(starts: readonly number[], offset: number): LineColumn {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The text with control characters shown as `\xNN`, so that a name from a cluster cannot steer a terminal. Newlines and tabs go too. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/**
 * A word as a shell reads it back: names of roles and bindings may hold whatever a path may.
 *
 * @example `shellWord('a;b')` is `"'a;b'"`
 */
export function shellWord(text: string): string {
  return /^[\w.:/][\w.:/-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** White space as Unicode has it (`White_Space`), and as Go's unicode.IsSpace knows it. */
export const whiteSpace =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';

/**
 * The text without such characters at its end. A pattern that ends in `+$` does the same in quadratic time, where many of them are not at the end.
 *
 * @example `withoutEnd('/a//', '/')` is `'/a'`
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

/**
 * The text without such characters at both ends, in linear time.
 *
 * @example `withoutEnds('//a/b/', '/')` is `'a/b'`
 */
export function withoutEnds(text: string, characters: string): string {
  let start = 0;
  while (start < text.length && characters.includes(text[start] ?? '')) start++;
  return withoutEnd(text.slice(start), characters);
}
