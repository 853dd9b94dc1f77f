// Stepping over JSON text (RFC 8259) without reading it. Texts that are not JSON give some offset at or before the end, never an endless loop.

const quote = 34;
const backslash = 92;

/** Offset behind blanks: space, tab, LF, CR. */
export function skipBlanks(text: string, from: number): number {
  let index = from;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return index;
    index++;
  }
}

/** Offset behind the string whose opening quote is at `from`. */
export function skipString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  while (end >= 0 && isEscaped(text, from, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, from: number, at: number): boolean {
  let index = at - 1;
  while (index > from && text.charCodeAt(index) === backslash) index--;
  return (at - index) % 2 === 0;
}

/** Offset behind the value that begins at `from`: a string, an object, a list, or a word up to the next delimiter. */
export function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === quote) return skipString(text, from);
  if (opens(first)) return skipCollection(text, from);
  let index = from;
  while (index < text.length && !delimits(text.charCodeAt(index))) index++;
  return index;
}

function skipCollection(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; ) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = skipString(text, index);
      continue;
    }
    index++;
    if (opens(code)) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return index;
  }
  return text.length;
}

/** `{` or `[`. */
export function opens(code: number): boolean {
  return code === 123 || code === 91;
}

function delimits(code: number): boolean {
  return code <= 32 || code === 44 || code === 58 || code === 125 || code === 93 || code === 123 || code === 91 || code === quote;
}
