// Edits inside brackets, in YAML and in JSON texts: members on one line stay on one line, members on lines of their own get lines of their own.

import type { Json } from '../../lib/json.ts';
import type { TextNode } from '../yaml/node.ts';
import type { Slot } from './block.ts';
import { afterBlanks, behindColon, type Layout, lineEnd, lineStart, nextLine, type Splice } from './layout.ts';
import { flowLines, flowText } from './render.ts';
import { isScalar, type Setting, scalarText, scalarTextLike } from './scalar.ts';

interface Member {
  readonly start: number;
  readonly end: number;
}

/** Adds a key behind the last one; the mapping is not empty. */
export function addFlowMember(layout: Layout, mapping: TextNode, key: string, value: Json): readonly Splice[] {
  const setting = settingOf(layout, mapping);
  const name = scalarText(key, setting) + (isTight(layout) ? ':' : ': ');
  const members = membersOf(layout, mapping);
  return insert(layout, mapping, members.length, (indent) => name + valueText(layout, mapping, value, indent));
}

/** Adds an item before the one at `index`, or behind the last; the sequence is not empty. */
export function addFlowItem(layout: Layout, sequence: TextNode, index: number, value: Json): readonly Splice[] {
  return insert(layout, sequence, index, (indent) => valueText(layout, sequence, value, indent));
}

function insert(layout: Layout, node: TextNode, index: number, write: (indent: string) => string): readonly Splice[] {
  const { text, lineBreak } = layout;
  const members = membersOf(layout, node);
  const next = members[index];
  const comma = isTight(layout) ? ',' : ', ';
  if (next !== undefined) {
    const indent = ownIndent(text, next);
    const written = write(indent ?? '');
    return [{ start: next.start, end: next.start, text: indent === undefined ? written + comma : `${written},${lineBreak}${indent}` }];
  }
  const last = members.at(-1) ?? { start: node.start + 1, end: node.start + 1 };
  const indent = ownIndent(text, last);
  const written = write(indent ?? '');
  const trailing = commaBehind(text, last.end, node.end - 1);
  const at = trailing === undefined ? last.end : trailing + 1;
  if (indent === undefined) return [{ start: at, end: at, text: trailing === undefined ? comma + written : ` ${written}` }];
  const line = `${lineBreak}${indent}${written}${trailing === undefined ? '' : ','}`;
  if (!endsLine(text, at)) return [{ start: at, end: at, text: trailing === undefined ? `,${line}` : line }];
  const splices: Splice[] = [{ start: lineEnd(text, at), end: lineEnd(text, at), text: line }];
  return trailing === undefined ? [{ start: at, end: at, text: ',' }, ...splices] : splices;
}

/** Takes away a member or item that is not the only one. */
export function removeFlowSlot(layout: Layout, { parent, index, kind }: Exclude<Slot, { kind: 'root' }>): readonly Splice[] | undefined {
  const { text } = layout;
  const members = membersOf(layout, parent);
  const position = kind === 'member' ? index / 2 : index;
  const [before, member, next] = [members[position - 1], members[position], members[position + 1]];
  if (member === undefined) return undefined;
  const trailing = commaBehind(text, member.end, next?.start ?? parent.end - 1);
  const end = trailing === undefined ? member.end : trailing + 1;
  const lines = ownIndent(text, member) !== undefined && endsLine(text, end);
  const whole = { start: lineStart(text, member.start), end: nextLine(text, lineEnd(text, end)), text: '' };
  if (next !== undefined) return [lines ? whole : { start: member.start, end: next.start, text: '' }];
  if (before === undefined) return undefined;
  const comma = commaBehind(text, before.end, member.start);
  if (!lines || comma === undefined) return [{ start: before.end, end: member.end, text: '' }];
  return trailing === undefined ? [{ start: comma, end: comma + 1, text: '' }, whole] : [whole];
}

/** Puts another value in the place of one inside brackets, or of the brackets of a whole text. */
export function replaceFlowSlot(layout: Layout, slot: Slot, value: Json): readonly Splice[] {
  const { text } = layout;
  const old = slot.value;
  const container = slot.kind === 'root' ? old : slot.parent;
  const indent = slot.kind === 'root' ? '' : (ownIndent(text, slot.kind === 'member' ? slot.key : old) ?? '');
  const setting = settingOf(layout, container);
  const like = isScalar(value) && old.kind === 'scalar' && old.end > old.start;
  const written = like ? scalarTextLike(text.slice(old.start, old.end), value, setting) : valueText(layout, container, value, indent);
  if (old.end > old.start || slot.kind !== 'member') return [{ start: old.propertiesStart, end: old.end, text: written }];
  const colon = behindColon(text, slot.key, old);
  const at = colon ?? slot.key.end;
  const blanks = afterBlanks(text, at);
  const end = text[blanks] === ',' ? blanks : Math.max(at, old.propertiesStart);
  return [{ start: at, end, text: `${colon === undefined ? ':' : ''} ${written}` }];
}

function membersOf(layout: Layout, node: TextNode): readonly Member[] {
  const children = layout.tree.children(node);
  if (node.kind === 'sequence') return children.map((item) => ({ start: item.propertiesStart, end: item.end }));
  const members: Member[] = [];
  for (let index = 0; index < children.length; index += 2) {
    const [key, value] = [children[index], children[index + 1]];
    if (key !== undefined && value !== undefined) {
      const colon = behindColon(layout.text, key, value);
      members.push({ start: key.propertiesStart, end: Math.max(key.end, value.end, colon ?? 0) });
    }
  }
  return members;
}

/** A collection is written over lines where its container is a JSON text's and has its members on lines of their own. */
function valueText(layout: Layout, container: TextNode, value: Json, indent: string): string {
  const setting = settingOf(layout, container);
  const [first] = membersOf(layout, container);
  const inner = first === undefined ? undefined : ownIndent(layout.text, first);
  if (isScalar(value) || setting !== 'json') return flowText(value, setting, isTight(layout));
  if (inner === undefined)
    return layout.text.includes('\n') && layout.json
      ? flowLines(value, setting, indent, '  ', layout.lineBreak)
      : flowText(value, setting, isTight(layout));
  const outer = /^[ \t]*/.exec(layout.text.slice(lineStart(layout.text, container.start)))?.[0] ?? '';
  const step = inner.startsWith(outer) && inner.length > outer.length ? inner.slice(outer.length) : '  ';
  return flowLines(value, setting, indent, step, layout.lineBreak);
}

/** JSON's quotes in JSON texts, and where all keys are in double quotes already. */
function settingOf(layout: Layout, node: TextNode): Setting {
  if (layout.json) return 'json';
  const children = layout.tree.children(node);
  const keys = node.kind === 'mapping' ? children.filter((_, index) => index % 2 === 0) : [];
  return keys.length > 0 && keys.every((key) => key.style === 'double') ? 'json' : 'flow';
}

function isTight(layout: Layout): boolean {
  return layout.json && !/[:,]\s/.test(layout.text);
}

/** The blanks before a member that begins its line; undefined where it does not. */
function ownIndent(text: string, { start }: { readonly start: number }): string | undefined {
  const before = text.slice(lineStart(text, start), start);
  return /^[ \t]*$/.test(before) && lineStart(text, start) > 0 ? before : undefined;
}

/** Whether nothing but a comment follows on the line. */
function endsLine(text: string, at: number): boolean {
  return /^[ \t]*(?:#|$)/.test(text.slice(at, lineEnd(text, at)));
}

/** Offset of the comma between `from` and `to`; comments are stepped over. */
function commaBehind(text: string, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) {
    if (text[at] === ',') return at;
    if (text[at] === '#') at = lineEnd(text, at);
  }
  return undefined;
}
