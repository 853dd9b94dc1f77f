// The unified diff of two texts as github.com/pmezard/go-difflib (1.0.0) writes it without the names of files, three lines around each change:
// longest common blocks of lines first, as Python's difflib finds them. In texts of 200 lines and more, lines that stand very often begin no block.

interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface Change {
  readonly kind: 'same' | 'other';
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

const around = 3;
const manyLines = 200;

/**
 * The diff; nothing where the texts are equal.
 *
 * @example `unifiedDiff('a\nb', 'a\nc')` is `'@@ -1,2 +1,2 @@\n a\n-b\n+c\n'`
 */
export function unifiedDiff(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const parts: string[] = [];
  for (const group of grouped(changesBetween(a, b))) {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) continue;
    parts.push(`@@ -${range(first.from[0], last.from[1])} +${range(first.to[0], last.to[1])} @@\n`);
    for (const { kind, from, to } of group) {
      const sign = kind === 'same' ? ' ' : '-';
      for (const line of a.slice(...from)) parts.push(`${sign}${line}\n`);
      if (kind === 'other') for (const line of b.slice(...to)) parts.push(`+${line}\n`);
    }
  }
  return parts.join('');
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return `${start + 1}`;
  return length === 0 ? `${start},0` : `${start + 1},${length}`;
}

function changesBetween(a: readonly string[], b: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  for (const block of [...blocksOf(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < block.a || j < block.b) changes.push({ kind: 'other', from: [i, block.a], to: [j, block.b] });
    [i, j] = [block.a + block.size, block.b + block.size];
    if (block.size > 0) changes.push({ kind: 'same', from: [block.a, i], to: [block.b, j] });
  }
  return changes;
}

/** Blocks of equal lines, those side by side as one. */
function blocksOf(a: readonly string[], b: readonly string[]): readonly Block[] {
  const places = new Map<string, number[]>();
  for (const [at, line] of b.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [at]);
    else known.push(at);
  }
  if (b.length >= manyLines) for (const [line, at] of places) if (at.length > Math.floor(b.length / 100) + 1) places.delete(line);
  const found: Block[] = [];
  const open: (readonly [number, number, number, number])[] = [[0, a.length, 0, b.length]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [aFrom, aTo, bFrom, bTo] = next;
    const block = longest(a, b, places, next);
    if (block.size === 0) continue;
    found.push(block);
    if (aFrom < block.a && bFrom < block.b) open.push([aFrom, block.a, bFrom, block.b]);
    if (block.a + block.size < aTo && block.b + block.size < bTo) open.push([block.a + block.size, aTo, block.b + block.size, bTo]);
  }
  found.sort((left, right) => left.a - right.a);
  const joined: Block[] = [];
  for (const block of found) {
    const last = joined.at(-1);
    if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b)
      joined[joined.length - 1] = { ...last, size: last.size + block.size };
    else joined.push(block);
  }
  return joined;
}

/** The longest block within bounds, of equal ones the first. */
function longest(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  [aFrom, aTo, bFrom, bTo]: readonly [number, number, number, number],
): Block {
  let best: Block = { a: aFrom, b: bFrom, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = aFrom; i < aTo; i++) {
    const now = new Map<number, number>();
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < bFrom || j >= bTo) continue;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      now.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = now;
  }
  let { a: i, b: j, size } = best;
  for (; i > aFrom && j > bFrom && a[i - 1] === b[j - 1]; size++) [i, j] = [i - 1, j - 1];
  while (i + size < aTo && j + size < bTo && a[i + size] === b[j + size]) size++;
  return { a: i, b: j, size };
}

/** Changes with what is around them; far ones apart. */
function grouped(all: readonly Change[]): readonly (readonly Change[])[] {
  const groups: Change[][] = [];
  let group: Change[] = [];
  for (const [index, change] of all.entries()) {
    if (change.kind === 'other') {
      group.push(change);
      continue;
    }
    const [from, to] = [change.from, change.to];
    const [isFirst, isLast] = [index === 0, index === all.length - 1];
    const size = from[1] - from[0];
    const head = (): Change => ({
      kind: 'same',
      from: [from[0], Math.min(from[1], from[0] + around)],
      to: [to[0], Math.min(to[1], to[0] + around)],
    });
    const tail = (): Change => ({
      kind: 'same',
      from: [Math.max(from[0], from[1] - around), from[1]],
      to: [Math.max(to[0], to[1] - around), to[1]],
    });
    if (isFirst && isLast) return [];
    if (isFirst) group.push(tail());
    else if (isLast) group.push(head());
    else if (size > 2 * around) {
      group.push(head());
      groups.push(group);
      group = [tail()];
    } else group.push(change);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
