// A stream cut into its documents by text alone, so that one broken document cannot hide the others: where a line begins with `---`, as
// kubectl cuts (k8s.io/apimachinery 0.36 util/yaml YAMLReader), even inside a scalar, and between JSON values that follow one another.
// kubectl refuses a file where such a line goes on with anything but a comment; here the document begins with that line, which is then told.

import { jsonRanges } from '../json/stream.ts';

/** Half-open range of one document in its file. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
}

/** The documents of a stream, in order; those that hold nothing but blank lines and comments are left out. */
export function splitDocuments(text: string): readonly DocumentRange[] {
  const ranges: DocumentRange[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let marker = text.startsWith('---', start) && separates(text, start + 3) ? start : nextMarker(text, start);
  while (marker < text.length) {
    push(ranges, text, start, marker);
    start = contentOnLine(text, marker + 3) ? marker : nextLine(text, marker + 3);
    marker = nextMarker(text, Math.max(start - 1, marker + 3));
  }
  push(ranges, text, start, text.length);
  return ranges;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function nextMarker(text: string, from: number): number {
  for (let found = text.indexOf('\n---', from); found >= 0; found = text.indexOf('\n---', found + 1))
    if (separates(text, found + 4)) return found + 1;
  return text.length;
}

/** Whether what follows three dashes makes them a separator: nothing, a blank, a line end, or a comment. */
function separates(text: string, at: number): boolean {
  const after = text.charCodeAt(at);
  return Number.isNaN(after) || after === 10 || after === 13 || after === 32 || after === 9 || after === 35;
}

function push(ranges: DocumentRange[], text: string, start: number, end: number): void {
  const first = firstCharacter(text, start, end);
  if (first === undefined) return;
  if (text[first] !== '{') {
    ranges.push({ start, end });
    return;
  }
  for (const range of jsonRanges(text.slice(start, end)))
    if (firstCharacter(text, start + range.start, start + range.end) !== undefined)
      ranges.push({ start: start + range.start, end: start + range.end });
}

/** Offset of the first line that begins with `---` and goes on with more than a comment, for which kubectl refuses a file. */
export function refusedSeparator(text: string): number | undefined {
  for (let at = text.startsWith('---') ? 0 : text.indexOf('\n---') + 1; text.startsWith('---', at); ) {
    if (contentOnLine(text, at + 3)) return at;
    const next = text.indexOf('\n---', at);
    if (next < 0) return undefined;
    at = next + 1;
  }
  return undefined;
}

/** Whether anything but a comment follows on this line. */
function contentOnLine(text: string, from: number): boolean {
  let index = from;
  while (text.charCodeAt(index) === 32 || text.charCodeAt(index) === 9) index++;
  const code = text.charCodeAt(index);
  return !(Number.isNaN(code) || code === 35 || code === 10 || code === 13);
}

/** Offset of the first character that is neither blank nor in a comment. */
function firstCharacter(text: string, start: number, end: number): number | undefined {
  let index = start;
  while (index < end) {
    const code = text.charCodeAt(index);
    if (code === 35) {
      const next = text.indexOf('\n', index);
      index = next < 0 ? end : next;
    } else if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return index;
    index++;
  }
  return undefined;
}
