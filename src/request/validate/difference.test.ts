// Structs as messages show them: the fields of the internal type, and what changed between two of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf, unifiedDiff } from './difference.ts';
import { asInternal } from './internal.ts';

const lines = (text: string) => text.split(' ').map((line) => `${line}\n`);
for (const [a, b, diff] of [
  ['a b c', 'a b c', ''],
  ['a b c', 'a x c', '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
  ['a b', 'a b c', '@@ -1,2 +1,3 @@\n a\n b\n+c\n'],
  ['0 1 2 3 4 5 6 7 8 9', 'x 1 2 3 4 5 6 7 8 y', '@@ -1,4 +1,4 @@\n-0\n+x\n 1\n 2\n 3\n@@ -7,4 +7,4 @@\n 6\n 7\n 8\n-9\n+y\n'],
] as const)
  test(`${a} → ${b}`, () => assert.ok(unifiedDiff(lines(a), lines(b)).endsWith(diff)));

test('fields are those of the internal type, in its order', () => {
  assert.deepEqual(asInternal({ name: 'r', kind: 'Role', apiGroup: 'g' }, 'rbac.RoleRef'), { APIGroup: 'g', Kind: 'Role', Name: 'r' });
  assert.equal(asInternal(undefined, '*rbac.RoleRef'), null);
});

test('a difference of structs names the field that changed', () => {
  assert.match(
    differenceOf({ nfs: { server: 'a', path: '/' } }, { nfs: { server: 'b', path: '/' } }, 'core.PersistentVolumeSource'),
    /\n-\s+"Server": "a",\n\+\s+"Server": "b",\n/,
  );
});
