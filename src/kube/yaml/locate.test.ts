// Fields found in texts: the range is what is written, and what is absent leads to the deepest parent present.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineStarts } from '../../lib/text.ts';
import { fieldLocator, fieldPosition, fieldRange } from './parse.ts';

/** A text, a pointer, the key as written (undefined: none of its own), the value as written; a `~` before it: only a parent was found. */
type Row = readonly [text: string, pointer: string, key: string | undefined, value: string];

const rows: readonly Row[] = [
  ['a: 1\nb:\n  c: 2\n', '/b/c', 'c', '2'],
  ['a: 1\nb:\n  c: 2\n', '/b', 'b', 'c: 2'],
  ['a: 1\nb:\n  c: 2\n', '', undefined, 'a: 1\nb:\n  c: 2'],
  ['a: 1\nb:\n  c: 2\n', '/b/x/y', 'b', '~c: 2'],
  ['a: 1\n', '/x', undefined, '~a: 1'],
  ['a:\n- x\n- y: 1\n  z: 2\n', '/a/1/z', 'z', '2'],
  ['a:\n- x\n- y: 1\n  z: 2\n', '/a/1', undefined, 'y: 1\n  z: 2'],
  ['a:\n- x\n- y: 1\n  z: 2\n', '/a', 'a', '- x\n- y: 1\n  z: 2'],
  ['a: [x, {k: 1}] # c\n', '/a/1/k', 'k', '1'],
  ['a: [x, {y: 1}] # c\n', '/a', 'a', '[x, {y: 1}]'],
  ['a: [x, {y: 1}] # c\n', '/a/9', 'a', '~[x, {y: 1}]'],
  ['"a": "x y" # c\n', '/a', '"a"', '"x y"'],
  ["'a''b': 'c'\n", "/a'b", "'a''b'", "'c'"],
  ['a: # c\nb: 1\n', '/a', 'a', ''],
  ['a: |\n  x\n  y\n\nb: 1\n', '/a', 'a', '|\n  x\n  y'],
  ['a: >- # c\n  x\n', '/a', 'a', '>- # c\n  x'],
  ['a: b\n  c # d\n', '/a', 'a', 'b\n  c'],
  ['a: !!str &x 1\n', '/a', 'a', '1'],
  ['n: 1\n0x10: 2\n', '/false', 'n', '1'],
  ['n: 1\n0x10: 2\n', '/16', '0x10', '2'],
  ['a/b~c: 1\n', '/a~1b~0c', 'a/b~c', '1'],
  ['a: 1\na: 2\n', '/a', 'a', '2'],
  ['? a\n: b\n', '/a', 'a', 'b'],
  ['a: &x {b: 1}\nc: *x\n', '/c/b', 'b', '1'],
  ['a: &x {b: 1}\nc: *x\n', '/c', 'c', '*x'],
  ['a: &x {b: 1}\nc: &x {b: 2}\nd: *x\n', '/d/b', 'b', '2'],
  ['a: &x {b: 1, d: 3}\nc:\n  <<: *x\n  b: 2\n', '/c/b', 'b', '2'],
  ['a: &x {b: 1, d: 3}\nc:\n  <<: *x\n  b: 2\n', '/c/d', 'd', '3'],
  ['a: &x {b: 1}\nc:\n  b: 2\n  <<: *x\n', '/c/b', 'b', '1'],
  ['a: &x {b: 1}\nd: &y {b: 2, e: 3}\nc:\n  <<: [*x, *y]\n', '/c/b', 'b', '1'],
  ['a: &x {b: 1}\nd: &y {b: 2, e: 3}\nc:\n  <<: [*x, *y]\n', '/c/e', 'e', '3'],
  ['{"a": {"b": [1, "\\u0078"]}}', '/a/b/1', undefined, '"\\u0078"'],
  ['{"a": {"b": [1, 2]}}', '/a/b', '"b"', '[1, 2]'],
  ['{"a": 1, "\\u0061": 2}', '/a', '"\\u0061"', '2'],
  ['- 1\n- 2\n', '/01', undefined, '~- 1\n- 2'],
];

test('a field is found where it is written', () => {
  for (const [text, pointer, key, value] of rows) {
    const range = fieldRange(text, pointer);
    assert.ok(range !== undefined);
    const written = (part: { readonly start: number; readonly end: number }) => text.slice(part.start, part.end);
    const name = `${JSON.stringify(text)} ${pointer}`;
    assert.equal(range.key === undefined ? undefined : written(range.key), key, name);
    assert.equal((range.exact ? '' : '~') + written(range.value), value, name);
  }
});

test('a text that cannot be read has no fields', () => {
  for (const text of ['a: [', '', '# c', 'a: b: c']) assert.equal(fieldLocator(text), undefined, text);
});

test('people are shown the key, and the end of the value; for an absent field its parent', () => {
  const text = '# c\nspec:\n  containers:\n  - name: x\n    image: "y"\n';
  const at = (pointer: string) => {
    const range = fieldRange(text, pointer);
    assert.ok(range !== undefined);
    const { line, column, endLine, endColumn } = fieldPosition('f', lineStarts(text), 0, range);
    return [line, column, endLine, endColumn];
  };
  assert.deepEqual(at('/spec/containers/0/image'), [5, 5, 5, 15]);
  assert.deepEqual(at('/spec/containers/0'), [4, 5, 5, 15]);
  assert.deepEqual(at('/spec/containers'), [3, 3, 5, 15]);
  assert.deepEqual(at('/spec/hostPID'), [2, 1, undefined, undefined]);
});
