import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { globMatches } from './glob.ts';

const rows: readonly (readonly [string, string, boolean])[] = [
  ['web', 'web', true],
  ['web', 'web-1', false],
  ['web-*', 'web-1', true],
  ['*', '', true],
  ['*', 'a/b', false],
  ['**', 'a/b', true],
  ['a/**', 'a/b/c', true],
  ['a/**', 'a', false],
  ['**/x.yaml', 'x.yaml', true],
  ['**/x.yaml', 'a/b/x.yaml', true],
  ['a/**/x', 'a/x', true],
  ['a/**/x', 'a/b/c/x', true],
  ['a**/x', 'ab/c/x', true],
  ['?eb', 'web', true],
  ['?', '/', false],
  ['a*b*c', 'aXbYc', true],
  ['a*b*c', 'aXbY', false],
  ['[a]', 'a', false],
];

for (const [pattern, text, matches] of rows)
  test(`${pattern} ${matches ? 'matches' : 'does not match'} ${text}`, () => assert.equal(globMatches(pattern, text), matches));

test('a pattern without signs matches itself alone', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (pattern, text) => {
      fc.pre(!/[*?]/.test(pattern));
      assert.equal(globMatches(pattern, text), pattern === text);
    }),
  );
});

test('stars in a row take no time', () => {
  assert.equal(globMatches(`${'*a'.repeat(50)}b`, 'a'.repeat(5000)), false);
});
