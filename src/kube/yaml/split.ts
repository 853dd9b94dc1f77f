// A stream cut into its documents by text alone, so that one broken document cannot hide the others: where a line begins with `---`, as
// kubectl cuts (k8s.io/apimachinery 0.36 util/yaml YAMLReader), even inside a scalar, and between JSON values that follow one another.
// kubectl refuses a file where such a line goes on with anything but a comment; here the document begins with that line, which is then told.
// Left out: kubectl refuses a document of nothing but tabs, which is passed over here.

import { jsonRanges } from '../json/stream.ts';
import { isBlank, isBreak } from './characters.ts';

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

/** Whether three dashes that end at `at` separate documents: to kubectl, or by a blank behind them to YAML. */
function separates(text: string, at: number): boolean {
  const after = text.charCodeAt(at);
  return after === 32 || after === 9 || !contentOnLine(text, at);
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

/** Whether anything but a comment follows on this line. Blanks are those of Go's `strings.TrimSpace`. */
function contentOnLine(text: string, from: number): boolean {
  let index = from;
  while (text[index] !== '\n' && goSpace.test(text[index] ?? '')) index++;
  return index < text.length && text[index] !== '#' && text[index] !== '\n';
}

const goSpace = /^(?!\ufeff)[\s\u0085]$/;

/** Offset of the first character that is neither blank nor in a comment. */
function firstCharacter(text: string, start: number, end: number): number | undefined {
  let index = start;
  while (index < end) {
    const code = text.charCodeAt(index);
    if (code === 35) while (index < end && !isBreak(text.charCodeAt(index))) index++;
    else if (!isBlank(code) && !isBreak(code)) return index;
    else index++;
  }
  return undefined;
}
