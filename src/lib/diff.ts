// Unified diffs of two texts, as git writes them and `git apply` and `patch` take them. The edit script is the shortest one (E. Myers, "An
// O(ND) Difference Algorithm", 1986); where the texts differ in more lines than anyone reads, the differing part is replaced whole.
// Left out: git's sliding of changes along equal lines, and its names of functions behind `@@`.

const context = 3;
const mostDifferences = 2000;

/** The diff that turns `before` into `after`; empty where they are equal. `file` is a path below the folder the diff is applied in. */
export function diffText(file: string, before: string, after: string): string {
  if (before === after) return '';
  const [a, b] = [linesOf(before), linesOf(after)];
  const changes = changedRanges(a, b);
  const hunks = grouped(changes).map((group) => hunk(a, b, group));
  return `--- ${headerName('a', file)}\n+++ ${headerName('b', file)}\n${hunks.join('')}`;
}

/** Lines with their ends; the last one may have none. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => `${line}\n`);
  const last = lines.pop()?.slice(0, -1) ?? '';
  return last === '' ? lines : [...lines, last];
}

/** Lines `aStart` to `aEnd` of the old text are replaced by lines `bStart` to `bEnd` of the new one. */
interface ChangedRange {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

function changedRanges(a: readonly string[], b: readonly string[]): readonly ChangedRange[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let tail = 0;
  while (tail < a.length - start && tail < b.length - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const matches = commonLines(a.slice(start, a.length - tail), b.slice(start, b.length - tail));
  const ranges: ChangedRange[] = [];
  let [aAt, bAt] = [start, start];
  for (const [x, y] of [...matches, [a.length - tail - start, b.length - tail - start] as const]) {
    if (start + x > aAt || start + y > bAt) ranges.push({ aStart: aAt, aEnd: start + x, bStart: bAt, bEnd: start + y });
    aAt = start + x + 1;
    bAt = start + y + 1;
  }
  return ranges;
}

/** Pairs of equal lines that a shortest edit script keeps, in order; none where the script would be too long. */
function commonLines(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const most = Math.min(a.length + b.length, mostDifferences);
  const reach = new Int32Array(2 * most + 3);
  const at = (k: number) => reach[k + most + 1] ?? 0;
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[k + most + 1] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, d);
    }
    trace.push(reach.slice(most + 1 - d, most + 2 + d));
  }
  return [];
}

/** Follows the furthest reaching paths back to the beginning. `trace[d]` holds the reach of the diagonals -d to d. */
function walkBack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly Int32Array[],
  last: number,
): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = last; d >= 0; d--) {
    const reach = trace[d - 1];
    const at = (k: number) => reach?.[k + d - 1] ?? -1;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const before = d === 0 ? 0 : down ? at(k + 1) : at(k - 1);
    const beforeY = d === 0 ? 0 : before - (down ? k + 1 : k - 1);
    const start = d === 0 ? 0 : down ? before : before + 1;
    while (x > start) pairs.push([--x, --y]);
    [x, y] = [before, beforeY];
  }
  return pairs.reverse();
}

/** Changes so near to each other that their context meets share a hunk. */
function grouped(changes: readonly ChangedRange[]): readonly (readonly ChangedRange[])[] {
  const groups: ChangedRange[][] = [];
  for (const change of changes) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group !== undefined && before !== undefined && change.aStart - before.aEnd <= 2 * context) group.push(change);
    else groups.push([change]);
  }
  return groups;
}

function hunk(a: readonly string[], b: readonly string[], group: readonly ChangedRange[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) return '';
  const above = Math.min(context, first.aStart);
  const below = Math.min(context, a.length - last.aEnd);
  const lines: string[] = [];
  let at = first.aStart - above;
  for (const { aStart, aEnd, bStart, bEnd } of group) {
    for (const line of a.slice(at, aStart)) lines.push(marked(' ', line));
    for (const line of a.slice(aStart, aEnd)) lines.push(marked('-', line));
    for (const line of b.slice(bStart, bEnd)) lines.push(marked('+', line));
    at = aEnd;
  }
  for (const line of a.slice(at, last.aEnd + below)) lines.push(marked(' ', line));
  const old = span(first.aStart - above, last.aEnd + below);
  const fresh = span(first.bStart - above, last.bEnd + below);
  return `@@ -${old} +${fresh} @@\n${lines.join('')}`;
}

/** First line, from 1, and count where it is not 1; an empty range is named by the line before it. */
function span(start: number, end: number): string {
  const count = end - start;
  if (count === 1) return String(start + 1);
  return `${count === 0 ? start : start + 1},${count}`;
}

function marked(mark: string, line: string): string {
  return line.endsWith('\n') ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;
}

/** A name as git writes it: in quotes where it holds what would break the line, with a tab behind it where it holds a space. */
function headerName(side: string, file: string): string {
  const name = `${side}/${file.replace(/^(?:\.?\/)+/, '')}`;
  if (/["\\\u0000-\u001f\u007f]/.test(name)) {
    const escaped = name
      .replace(/["\\]/g, '\\$&')
      .replace(/[\u0000-\u001f\u007f]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
    return `"${escaped}"`;
  }
  return name.includes(' ') ? `${name}\t` : name;
}
