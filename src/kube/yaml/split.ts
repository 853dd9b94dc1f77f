// A YAML stream cut into its documents by text alone, so that one broken document cannot hide the others.
// A line that begins with `---` or `...` (YAML 1.2.2 §9.1) ends a document even inside a block scalar, so the cut is exact; the
// Kubernetes readers cut in the same places (k8s.io/apimachinery util/yaml YAMLReader). Directives stay with the document they precede.

/** Half-open range of one document in its file. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
}

/** The documents of a stream, in order; those that hold nothing but blank lines and comments are left out. */
export function splitDocuments(text: string): readonly DocumentRange[] {
  const ranges: DocumentRange[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const dashes = markerCursor(text, '---', start);
  const dots = markerCursor(text, '...', start);
  for (;;) {
    const marker = Math.min(dashes.at(start), dots.at(start));
    if (marker >= text.length) break;
    push(ranges, text, start, marker);
    start = marker + 3;
  }
  push(ranges, text, start, text.length);
  return ranges;
}

/** Walks the lines that begin with one marker; each is searched for once. */
function markerCursor(text: string, marker: string, first: number): { at(from: number): number } {
  let found = isMarker(text, marker, first) ? first : nextMarker(text, marker, first);
  return {
    at(from) {
      while (found < from) found = nextMarker(text, marker, from);
      return found;
    },
  };
}

function nextMarker(text: string, marker: string, from: number): number {
  for (let index = from; ; ) {
    const found = text.indexOf(`\n${marker}`, index);
    if (found < 0) return text.length;
    if (isMarker(text, marker, found + 1)) return found + 1;
    index = found + 1;
  }
}

function isMarker(text: string, marker: string, at: number): boolean {
  if (!text.startsWith(marker, at)) return false;
  const after = text.charCodeAt(at + 3);
  return Number.isNaN(after) || after === 10 || after === 13 || after === 32 || after === 9;
}

function push(ranges: DocumentRange[], text: string, start: number, end: number): void {
  if (!isBlank(text, start, end)) ranges.push({ start, end });
}

function isBlank(text: string, start: number, end: number): boolean {
  let index = start;
  while (index < end) {
    const code = text.charCodeAt(index);
    if (code === 35 || code === 37) {
      const next = text.indexOf('\n', index);
      index = next < 0 ? end : next;
    } else if (code > 32) return false;
    index++;
  }
  return true;
}
