// A stream cut into its documents by text alone, so that one broken document cannot hide the others: where a line begins with `---`, as
// kubectl cuts (k8s.io/apimachinery 0.36 util/yaml YAMLReader), even inside a scalar. kubectl refuses a file where such a line goes on with
// anything but a comment; here that text is read, and told. A document's range begins behind its `---`.

/** Half-open range of one document in its file. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
  /** Where text begins, on the line of the `---` before this document, for which kubectl refuses the file. */
  readonly refused?: number;
}

/** The documents of a stream, in order; those that hold nothing but blank lines and comments are left out. */
export function splitDocuments(text: string): readonly DocumentRange[] {
  const ranges: DocumentRange[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let marker = text.startsWith('---', start) && separates(text, start + 3) ? start : nextMarker(text, start);
  while (marker < text.length) {
    push(ranges, text, start, marker);
    start = marker + 3;
    marker = nextMarker(text, start);
  }
  push(ranges, text, start, text.length);
  return ranges;
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
  if (isBlank(text, start, end)) return;
  const refused = start > 0 && text.charCodeAt(start - 1) === 45 ? contentOfLine(text, start, end) : undefined;
  ranges.push(refused === undefined ? { start, end } : { start, end, refused });
}

/** Offset of what stands on the rest of a line, comments left aside. */
function contentOfLine(text: string, start: number, end: number): number | undefined {
  let index = start;
  while (index < end && (text.charCodeAt(index) === 32 || text.charCodeAt(index) === 9)) index++;
  const code = text.charCodeAt(index);
  return index === end || code === 35 || code === 10 || code === 13 ? undefined : index;
}

/** Nothing but blank lines, comments and directives. */
function isBlank(text: string, start: number, end: number): boolean {
  let index = start;
  while (index < end) {
    const code = text.charCodeAt(index);
    if (code === 35 || (code === 37 && text.charCodeAt(index - 1) === 10)) {
      const next = text.indexOf('\n', index);
      index = next < 0 ? end : next;
    } else if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return false;
    index++;
  }
  return true;
}
