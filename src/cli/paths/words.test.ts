import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttackPath, Step } from '../../attack/path.ts';
import { withinHops } from './words.ts';

const ofLength = (hops: number) => ({ steps: Array.from({ length: hops }, () => ({}) as Step) }) as unknown as AttackPath;

const rows: readonly (readonly [says: string, hops: readonly number[], shown: number, truncated: object | undefined])[] = [
  ['no paths are all of them', [], 0, undefined],
  ['paths that fit are all shown', [3, 4, 3], 3, undefined],
  ['paths beyond the hops are left out, and it is said', [6, 4, 1, 1], 2, { shown: 2, total: 4 }],
  ['a path that is too long by itself is shown where it is the first', [40], 1, undefined],
  ['what comes after it is not', [40, 1], 1, { shown: 1, total: 2 }],
];

for (const [says, hops, shown, truncated] of rows)
  test(says, () => {
    const found = withinHops(hops.map(ofLength), 10);
    assert.deepEqual([found.shown.length, found.truncated], [shown, truncated]);
  });
