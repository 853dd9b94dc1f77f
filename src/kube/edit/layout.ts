// How a document is laid out: its line ends, its indentation, how far its dashes stand in, and where the lines of a node begin and end.

import { isBlank, isBreakOrEnd } from '../yaml/characters.ts';
import type { TextTree } from '../yaml/locate.ts';
import type { TextNode } from '../yaml/node.ts';
import type { OpenDocument } from '../yaml/parse.ts';

/** A document with what an edit needs to know of it. */
export interface Layout {
  readonly text: string;
  readonly tree: TextTree;
  readonly json: boolean;
  readonly lineBreak: string;
  /** Columns from a key to the keys below it. */
  readonly step: number;
  /** Columns from a key to the dashes of its list. */
  readonly dash: number;
  /** The second try, where comments below would become part of a block scalar: none is written, and such comments go with what they follow. */
  readonly careful: boolean;
}

/** A replacement of part of a text. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies replacements that do not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = '';
  let done = 0;
  for (const splice of [...splices].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(done, splice.start) + splice.text;
    done = splice.end;
  }
  return result + text.slice(done);
}

/** The layout of a document. `lineBreak` is that of the text before any edit. */
export function layoutOf({ text, tree, json }: OpenDocument, lineBreak: string, careful: boolean): Layout {
  const steps = new Map<number, number>();
  const dashes = new Map<number, number>();
  if (!json) measure(text, tree.root, steps, dashes);
  return { text, tree, json, lineBreak, step: mostFrequent(steps, 2), dash: mostFrequent(dashes, 0), careful };
}

/** Counts how far block collections stand in from the keys they belong to. */
function measure(text: string, node: TextNode, steps: Map<number, number>, dashes: Map<number, number>): void {
  for (const [index, child] of node.children.entries()) {
    const key = node.kind === 'mapping' && index % 2 === 1 ? node.children[index - 1] : undefined;
    if (key !== undefined && node.style === 'block' && child.style === 'block') {
      const counts = child.kind === 'mapping' ? steps : dashes;
      const width = columnOf(text, child.start) - columnOf(text, key.propertiesStart);
      counts.set(width, (counts.get(width) ?? 0) + 1);
    }
    measure(text, child, steps, dashes);
  }
}

function mostFrequent(counts: ReadonlyMap<number, number>, otherwise: number): number {
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return best === undefined || best[0] < 0 || best[0] > 16 ? otherwise : best[0];
}

/** Offset of the first character of the line that `at` is in. */
export function lineStart(text: string, at: number): number {
  let index = at;
  while (index > 0 && !isBreakOrEnd(text.charCodeAt(index - 1))) index--;
  return index === 0 && text.charCodeAt(0) === 0xfeff ? 1 : index;
}

/** Offset of the line break, or end of text, that ends the line `at` is in. */
export function lineEnd(text: string, at: number): number {
  let index = at;
  while (index < text.length && !isBreakOrEnd(text.charCodeAt(index))) index++;
  return index;
}

/** Offset of the line behind the break at `end`. */
export function nextLine(text: string, end: number): number {
  if (end >= text.length) return text.length;
  return text.startsWith('\r\n', end) ? end + 2 : end + 1;
}

export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** Whether nothing but spaces stands before `at` on its line. */
export function beginsLine(text: string, at: number): boolean {
  return /^ *$/.test(text.slice(lineStart(text, at), at));
}

/** Offset behind the blanks at `at`. */
export function afterBlanks(text: string, at: number): number {
  let index = at;
  while (isBlank(text.charCodeAt(index))) index++;
  return index;
}

/** End of the last line of a node: its comment is part of that line; the empty lines that `|+` keeps are part of the node. */
export function extentEnd(text: string, node: TextNode): number {
  let end = lineEnd(text, node.end);
  if (!keepsEmptyLines(text, node)) return end;
  for (;;) {
    const next = nextLine(text, end);
    const nextEnd = lineEnd(text, next);
    if (next >= text.length || afterBlanks(text, next) < nextEnd) return end;
    end = nextEnd;
  }
}

/** Like `extentEnd`, with the comments below that are indented deeper than `column`: they belong to what goes. */
export function extentWithComments(text: string, node: TextNode, column: number): number {
  let end = extentEnd(text, node);
  for (let at = nextLine(text, end); at < text.length; at = nextLine(text, lineEnd(text, at))) {
    const first = afterBlanks(text, at);
    if (text[first] === '#' && first - at > column) end = lineEnd(text, at);
    else if (first < lineEnd(text, at)) break;
  }
  return end;
}

function keepsEmptyLines(text: string, node: TextNode): boolean {
  let last = node;
  while (last.style === 'block' && last.children.length > 0) last = last.children.at(-1) ?? last;
  return (last.style === 'literal' || last.style === 'folded') && text.slice(last.start, last.start + 3).includes('+');
}

/** Offset behind the `-` of a sequence's item. */
export function dashOf(text: string, sequence: TextNode, index: number): number {
  const before = sequence.children[index - 1];
  let at = before === undefined ? sequence.start : nextLine(text, extentEnd(text, before));
  for (;;) {
    at = afterBlanks(text, at);
    const code = text.charCodeAt(at);
    if (code === 45 || at >= text.length) return at;
    at = nextLine(text, lineEnd(text, at));
  }
}

/** Offset behind the `:` that follows a key; undefined where there is none before the value. */
export function behindColon(text: string, key: TextNode, value: TextNode): number | undefined {
  let at = key.end;
  while (at < Math.max(value.propertiesStart, key.end + 1) && at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 58) return at + 1;
    at = code === 35 ? lineEnd(text, at) : at + 1;
  }
  return undefined;
}
