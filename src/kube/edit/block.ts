// Edits of block collections: whole lines are added or taken away, comments and everything else on other lines stay.

import type { Json } from '../../lib/json.ts';
import type { TextNode } from '../yaml/node.ts';
import {
  beginsLine,
  behindColon,
  columnOf,
  dashOf,
  extentEnd,
  extentWithComments,
  type Layout,
  lineEnd,
  lineStart,
  nextLine,
  type Splice,
} from './layout.ts';
import { itemLines, memberLines, type Placed, placeItem, placeMember } from './render.ts';
import { isScalar, scalarTextLike } from './scalar.ts';

/** A value in its place: behind a key, behind a dash, or the whole document. */
export type Slot =
  | { readonly kind: 'member'; readonly parent: TextNode; readonly index: number; readonly key: TextNode; readonly value: TextNode }
  | { readonly kind: 'item'; readonly parent: TextNode; readonly index: number; readonly value: TextNode }
  | { readonly kind: 'root'; readonly value: TextNode };

/** Adds a key behind the last one. */
export function addMember(layout: Layout, mapping: TextNode, key: string, value: Json): readonly Splice[] | undefined {
  const [first] = mapping.children;
  if (first === undefined) return undefined;
  const column = columnOf(layout.text, first.propertiesStart);
  return [linesBehind(layout, extentEnd(layout.text, mapping), memberLines(key, value, column, layout))];
}

/** Adds an item before the one at `index`, or behind the last. */
export function addItem(layout: Layout, sequence: TextNode, index: number, value: Json): readonly Splice[] {
  const { text } = layout;
  const first = dashOf(text, sequence, 0);
  const column = columnOf(text, first);
  const lines = itemLines(value, column, layout, contentWidth(layout, sequence));
  const before = sequence.children[index - 1];
  if (before !== undefined) return [linesBehind(layout, extentEnd(text, before), lines)];
  const [head = '', ...rest] = lines;
  const above = [head.slice(column), ...rest].join(layout.lineBreak);
  return [{ start: first, end: first, text: `${above}${layout.lineBreak}${' '.repeat(column)}` }];
}

/** Columns from the dashes of a sequence to what stands behind them: of the item at `index`, else of any. */
function contentWidth({ text }: Layout, sequence: TextNode, index?: number): number {
  const order = index === undefined ? [] : [index];
  for (const at of [...order, ...sequence.children.keys()]) {
    const dash = dashOf(text, sequence, at);
    const start = sequence.children[at]?.propertiesStart ?? dash;
    if (start - dash >= 2 && start - dash <= 8 && lineEnd(text, dash) >= start) return start - dash;
  }
  return 2;
}

function linesBehind(layout: Layout, end: number, lines: readonly string[]): Splice {
  return { start: end, end, text: layout.lineBreak + lines.join(layout.lineBreak) };
}

/** Takes away a member or item that is not the only one. */
export function removeSlot(layout: Layout, slot: Exclude<Slot, { kind: 'root' }>): readonly Splice[] | undefined {
  const { text } = layout;
  const { parent, index } = slot;
  const start = slot.kind === 'member' ? slot.key.propertiesStart : dashOf(text, parent, index);
  if (beginsLine(text, start)) return [wholeLines(text, lineStart(text, start), extentToRemove(layout, slot.value, columnOf(text, start)))];
  const next = parent.children[slot.kind === 'member' ? index + 2 : index + 1];
  if (next === undefined) return undefined;
  return [{ start, end: slot.kind === 'member' ? next.propertiesStart : dashOf(text, parent, index + 1), text: '' }];
}

/** End of what goes with a value: in a block, the comments at its end too. */
function extentToRemove({ text, careful }: Layout, value: TextNode, column: number): number {
  return value.style === 'block' || careful ? extentWithComments(text, value, column) : extentEnd(text, value);
}

/** Lines from `start` to the one that ends at `end`, with the line break behind them, or before them at the end of the text. */
function wholeLines(text: string, start: number, end: number): Splice {
  if (end < text.length) return { start, end: nextLine(text, end), text: '' };
  const before = start === 0 ? 0 : text.startsWith('\r\n', start - 2) ? start - 2 : start - 1;
  return { start: before, end, text: '' };
}

/** Puts another value in the place of a value that stands in a block. */
export function replaceSlot(layout: Layout, slot: Slot, value: Json): readonly Splice[] | undefined {
  const { text } = layout;
  const old = slot.value;
  if (old.kind === 'scalar' && isOneLine(text, old) && isScalar(value)) {
    const written = scalarTextLike(text.slice(old.start, old.end), value, 'block');
    if (old.end > old.start && (typeof value !== 'string' || !value.includes('\n')))
      return [{ start: old.propertiesStart, end: old.end, text: written }];
  }
  if (slot.kind === 'root') return replaceRoot(layout, old, value);
  if (slot.kind === 'member') {
    const behind = behindColon(text, slot.key, old);
    const placed = placeMember(value, columnOf(text, slot.key.propertiesStart), layout);
    return behind === undefined ? undefined : replaceBehind(layout, old, behind, 1, placed);
  }
  const dash = dashOf(text, slot.parent, slot.index);
  const width = contentWidth(layout, slot.parent, slot.index);
  return replaceBehind(layout, old, dash + 1, width - 1, placeItem(value, columnOf(text, dash) + width, layout));
}

function isOneLine(text: string, node: TextNode): boolean {
  return node.style !== 'literal' && node.style !== 'folded' && lineEnd(text, node.start) >= node.end;
}

function isBlockStyle(node: TextNode): boolean {
  return node.style === 'block' || node.style === 'literal' || node.style === 'folded';
}

function replaceRoot(layout: Layout, old: TextNode, value: Json): readonly Splice[] {
  const column = columnOf(layout.text, old.propertiesStart);
  const { inline, lines } = isScalar(value) ? placeMember(value, column, layout) : placeItem(value, column, layout);
  return [{ start: old.propertiesStart, end: extentEnd(layout.text, old), text: [inline, ...lines].join(layout.lineBreak) }];
}

/** Puts a value behind the `:` or `-` that ends at `behind`, `gap` columns off. */
function replaceBehind(layout: Layout, old: TextNode, behind: number, gap: number, placed: Placed): readonly Splice[] | undefined {
  const inline = placed.inline === '' ? '' : ' '.repeat(gap) + placed.inline;
  return isBlockStyle(old)
    ? replaceBlock(layout, old, behind, inline, placed.lines)
    : replaceInline(layout, old, behind, inline, placed.lines);
}

/** The old value stands in brackets, in quotes, plainly, or is empty: its comment stays behind the new value's first line. */
function replaceInline(layout: Layout, old: TextNode, behind: number, inline: string, lines: readonly string[]): readonly Splice[] {
  const end = Math.max(old.end, behind);
  const splice: Splice = { start: behind, end, text: inline };
  return lines.length === 0 ? [splice] : [splice, linesBehind(layout, lineEnd(layout.text, end), lines)];
}

/** The old value stands on lines of its own: a comment behind its key, or behind its `|`, stays. */
function replaceBlock(
  layout: Layout,
  old: TextNode,
  behind: number,
  inline: string,
  lines: readonly string[],
): readonly Splice[] | undefined {
  const { text, lineBreak } = layout;
  const scalar = old.kind === 'scalar';
  if (!scalar && old.propertiesStart !== old.start) return undefined;
  const end = extentEnd(text, old);
  if (!scalar && lineEnd(text, behind) >= old.start) return [{ start: behind, end, text: [inline, ...lines].join(lineBreak) }];
  const head = scalar ? headerEnd(text, old.start) : behind;
  const line = lineEnd(text, head);
  const below = lines.length === 0 ? '' : lineBreak + lines.join(lineBreak);
  return [
    { start: behind, end: head, text: inline },
    { start: line, end: Math.max(end, line), text: below },
  ];
}

/** Offset behind the indicators of a block scalar. */
function headerEnd(text: string, start: number): number {
  let at = start + 1;
  while (/[-+0-9]/.test(text[at] ?? '')) at++;
  return at;
}
