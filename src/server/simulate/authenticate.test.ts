import assert from 'node:assert/strict';
import { test } from 'node:test';
import { impersonation } from './authenticate.ts';

const nobody = { user: '', uid: '', groups: [], extra: {} };
const cases: readonly (readonly [what: string, headers: readonly string[], expected: object])[] = [
  ['no header asks for nobody', ['Accept', '*/*'], nobody],
  ['a header a group', ['Impersonate-Group', 'x', 'impersonate-group', 'y'], { ...nobody, groups: ['x', 'y'] }],
  ['a comma is a part of a group', ['Impersonate-Group', 'x, y'], { ...nobody, groups: ['x, y'] }],
  [
    'a header a value of an extra',
    ['Impersonate-Extra-Scopes', 'a', 'Impersonate-Extra-Scopes', 'b'],
    { ...nobody, extra: { scopes: ['a', 'b'] } },
  ],
  ['names of extras may be encoded', ['impersonate-extra-a%2fB', 'v'], { ...nobody, extra: { 'a/b': ['v'] } }],
  ['the first user counts', ['Impersonate-User', 'jane', 'Impersonate-Uid', '7'], { ...nobody, user: 'jane', uid: '7' }],
];

for (const [what, headers, expected] of cases) test(`impersonation: ${what}`, () => assert.deepEqual(impersonation(headers), expected));
