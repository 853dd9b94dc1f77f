// A stream cut into its documents by text alone, so that one broken document cannot hide the others: where a line begins with `---`, as
// kubectl cuts (k8s.io/apimachinery 0.36 util/yaml YAMLReader), even inside a scalar, and before that between JSON values that follow one another.
// kubectl refuses a file where such a line goes on with anything but a comment; here the document begins with that line, which is then told.
// To kubectl `---#`, and `---` with a blank that YAML does not know, separate only where something stands before them; so they do here.
// Left out: kubectl refuses documents of nothing but tabs or `...`, which are passed over here.

import { jsonRanges } from '../json/stream.ts';
import { isBlank, isBreak, isDocumentMarker } from './characters.ts';

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
  const json = /^\s*\{/.test(text.slice(start, marker)) ? jsonRanges(text.slice(0, marker)) : [];
  for (const range of json) push(ranges, text, range.start, range.end);
  if (json.length > 0) start = marker;
  /** Whether kubectl counts the separator before `start` as text: one that has nothing before it begins the document itself. */
  let held = false;
  while (marker < text.length) {
    push(ranges, text, start, marker);
    const nothingBefore: boolean = marker === start && !held;
    const kept = contentOnLine(text, marker + 3) || (nothingBefore && !isDocumentMarker(text, marker));
    held = nothingBefore;
    start = kept ? marker : nextLine(text, marker + 3);
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
  if (holdsText(text, start, end)) ranges.push({ start, end });
}

/** Whether anything is there but blanks, comments and `...`. */
function holdsText(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; ) {
    const code = text.charCodeAt(index);
    if (code === 35) while (index < end && !isBreak(text.charCodeAt(index))) index++;
    else if (isBlank(code) || isBreak(code)) index++;
    else if (code === 46 && isDocumentMarker(text, index)) index += 3;
    else return true;
  }
  return false;
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
