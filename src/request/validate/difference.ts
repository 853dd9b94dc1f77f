// What changed between two structs, as messages show it: a unified diff of their pretty-printed internal JSON with three lines of context
// (k8s.io/apimachinery/pkg/util/diff, 1.36, which uses difflib of Python's kind).

import type { Json } from '../../lib/json.ts';
import { asInternal } from './internal.ts';

/** The diff of two values of a published type, shown as their internal type. */
export function differenceOf(old: Json, value: Json, type: string): string {
  return unifiedDiff(pretty(asInternal(old, type)), pretty(asInternal(value, type)));
}

/** Go's json.MarshalIndent with one space. */
function pretty(value: Json): readonly string[] {
  const escaped = JSON.stringify(value, null, 1).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return escaped.split('\n').map((line) => `${line}\n`);
}

interface Operation {
  readonly tag: 'equal' | 'replace' | 'delete' | 'insert';
  readonly a1: number;
  readonly a2: number;
  readonly b1: number;
  readonly b2: number;
}

interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** Longer texts than this are not compared line by line: what stands in a message must not cost seconds. */
const maxLines = 20000;

export function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  if (a.length > maxLines || b.length > maxLines) return '';
  const groups = grouped(operations(matchingBlocks(a, b), a.length, b.length));
  let text = '';
  for (const group of groups) {
    const first = group[0];
    const last = group.at(-1);
    if (first === undefined || last === undefined) continue;
    text += `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n`;
    for (const { tag, a1, a2, b1, b2 } of group) {
      if (tag === 'equal') {
        for (const line of a.slice(a1, a2)) text += ` ${line}`;
        continue;
      }
      if (tag !== 'insert') for (const line of a.slice(a1, a2)) text += `-${line}`;
      if (tag !== 'delete') for (const line of b.slice(b1, b2)) text += `+${line}`;
    }
  }
  return text;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/** The matching runs of lines, found as difflib's SequenceMatcher finds them: the longest first, then on both sides of it. */
function matchingBlocks(a: readonly string[], b: readonly string[]): readonly Match[] {
  const places = new Map<string, number[]>();
  for (const [index, line] of b.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [index]);
    else known.push(index);
  }
  // Lines that make up more than a hundredth of a long text are no anchors.
  const popular = new Set<string>();
  if (b.length >= 200) for (const [line, indexes] of places) if (indexes.length > Math.floor(b.length / 100) + 1) popular.add(line);
  for (const line of popular) places.delete(line);
  const matches: Match[] = [];
  const queue: (readonly [number, number, number, number])[] = [[0, a.length, 0, b.length]];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [a1, a2, b1, b2] = next;
    const match = longestMatch(a, b, places, a1, a2, b1, b2);
    if (match.size === 0) continue;
    matches.push(match);
    if (a1 < match.a && b1 < match.b) queue.push([a1, match.a, b1, match.b]);
    if (match.a + match.size < a2 && match.b + match.size < b2) queue.push([match.a + match.size, a2, match.b + match.size, b2]);
  }
  return matches.sort((x, y) => x.a - y.a);
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  a1: number,
  a2: number,
  b1: number,
  b2: number,
): Match {
  let best: Match = { a: a1, b: b1, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = a1; i < a2; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < b1) continue;
      if (j >= b2) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  let { a: start, b: other, size } = best;
  while (start > a1 && other > b1 && a[start - 1] === b[other - 1]) {
    start--;
    other--;
    size++;
  }
  while (start + size < a2 && other + size < b2 && a[start + size] === b[other + size]) size++;
  return { a: start, b: other, size };
}

function operations(matches: readonly Match[], lengthA: number, lengthB: number): readonly Operation[] {
  const result: Operation[] = [];
  let i = 0;
  let j = 0;
  for (const { a, b, size } of [...matches, { a: lengthA, b: lengthB, size: 0 }]) {
    const tag = i < a && j < b ? 'replace' : i < a ? 'delete' : j < b ? 'insert' : undefined;
    if (tag !== undefined) result.push({ tag, a1: i, a2: a, b1: j, b2: b });
    i = a + size;
    j = b + size;
    if (size > 0) result.push({ tag: 'equal', a1: a, a2: i, b1: b, b2: j });
  }
  return merged(result);
}

/** Neighbouring equal runs as one. */
function merged(all: readonly Operation[]): readonly Operation[] {
  const result: Operation[] = [];
  for (const each of all) {
    const last = result.at(-1);
    if (last?.tag === 'equal' && each.tag === 'equal') result[result.length - 1] = { ...last, a2: each.a2, b2: each.b2 };
    else result.push(each);
  }
  return result;
}

/** Changes with up to three equal lines around them. */
function grouped(all: readonly Operation[]): readonly (readonly Operation[])[] {
  const context = 3;
  const codes = [...all];
  const first = codes[0];
  if (first?.tag === 'equal')
    codes[0] = { ...first, a1: Math.max(first.a1, first.a2 - context), b1: Math.max(first.b1, first.b2 - context) };
  const last = codes.at(-1);
  if (last?.tag === 'equal')
    codes[codes.length - 1] = { ...last, a2: Math.min(last.a2, last.a1 + context), b2: Math.min(last.b2, last.b1 + context) };
  const groups: Operation[][] = [];
  let group: Operation[] = [];
  for (const code of codes) {
    let { a1, b1 } = code;
    if (code.tag === 'equal' && code.a2 - code.a1 > 2 * context) {
      group.push({ ...code, a2: Math.min(code.a2, a1 + context), b2: Math.min(code.b2, b1 + context) });
      groups.push(group);
      group = [];
      a1 = Math.max(a1, code.a2 - context);
      b1 = Math.max(b1, code.b2 - context);
    }
    group.push({ ...code, a1, b1 });
  }
  if (group.length > 0 && !(group.length === 1 && group[0]?.tag === 'equal')) groups.push(group);
  return groups;
}
