// Edits of texts: what is written afterwards, byte for byte, and what is refused. The property at the end makes documents in random layouts,
// changes them at random, and asks that the value is the patched one and that nothing outside the place has moved.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import type { JsonPatch } from '../patch/json-patch.ts';
import { readDocument } from '../yaml/parse.ts';
import { editDocument } from './edit.ts';

const add = (path: string, value: Json): JsonPatch => [{ op: 'add', path, value }];
const replace = (path: string, value: Json): JsonPatch => [{ op: 'replace', path, value }];
const remove = (path: string): JsonPatch => [{ op: 'remove', path }];

type Row = readonly [before: string, patch: JsonPatch, after: string];

function check(rows: readonly Row[]): void {
  for (const [before, patch, after] of rows) {
    const result = editDocument(before, patch);
    assert.equal(result.ok ? result.value : `${result.problem.code}: ${result.problem.message}`, after, JSON.stringify([before, patch]));
  }
}

test('a key is added behind the last one, at its indentation', () => {
  check([
    ['a: 1\n', add('/b', 2), 'a: 1\nb: 2\n'],
    ['a: 1', add('/b', 2), 'a: 1\nb: 2'],
    ['a: 1 # c\n# d\n', add('/b', 2), 'a: 1 # c\nb: 2\n# d\n'],
    ['a:\n    b: 1\nc: 2\n', add('/a/d', true), 'a:\n    b: 1\n    d: true\nc: 2\n'],
    ['- name: x\n  image: y\n- name: z\n', add('/0/tty', false), '- name: x\n  image: y\n  tty: false\n- name: z\n'],
    ['-   name: x\n', add('/0/tty', false), '-   name: x\n    tty: false\n'],
    ['- - a: 1\n', add('/0/0/b', 2), '- - a: 1\n    b: 2\n'],
    ['a:\n- x\n', add('/b', 1), 'a:\n- x\nb: 1\n'],
    ['a: |\n  x\n\nb: 1\n', add('/c', 1), 'a: |\n  x\n\nb: 1\nc: 1\n'],
    ['b: 1\na: |\n  x\n\n# end\n', add('/c', 1), 'b: 1\na: |\n  x\nc: 1\n\n# end\n'],
    ['b:\n  a: |+\n    x\n\n\nc: 1\n', add('/b/d', 1), 'b:\n  a: |+\n    x\n\n\n  d: 1\nc: 1\n'],
    ['a: "x\n  y"\n', add('/b', 1), 'a: "x\n  y"\nb: 1\n'],
    ['# c\n\n  a: 1\n', add('/b', 1), '# c\n\n  a: 1\n  b: 1\n'],
    ['a: 1\n...\n', add('/b', 1), 'a: 1\nb: 1\n...\n'],
    ['\ufeffa: 1\n', add('/b', 1), '\ufeffa: 1\nb: 1\n'],
  ]);
});

test('an empty value becomes a block', () => {
  check([
    ['a:\nb: 1\n', replace('/a', { c: 1 }), 'a:\n  c: 1\nb: 1\n'],
    ['a: # x\nb: 1\n', replace('/a', { c: 1 }), 'a: # x\n  c: 1\nb: 1\n'],
    ['a: {} # x\n', add('/a/c', 1), 'a: # x\n  c: 1\n'],
    ['a: null # x\n', replace('/a', { c: { d: 1 } }), 'a: # x\n  c:\n    d: 1\n'],
    ['a: ~\n', replace('/a', ['x']), 'a:\n- x\n'],
    ['a: []\n', add('/a/-', 'x'), 'a:\n- x\n'],
    ['- {}\n- 1\n', add('/0/a', 1), '- a: 1\n- 1\n'],
    ['- a: {}\n', add('/0/a/b', { c: 1 }), '- a:\n    b:\n      c: 1\n'],
    ['a:\n', replace('/a', 1), 'a: 1\n'],
    ['a:', replace('/a', 1), 'a: 1'],
  ]);
});

test('nothing is left as {} or []', () => {
  check([
    ['a:\n  b: 1 # x\nc: 1\n', remove('/a/b'), 'a: {}\nc: 1\n'],
    ['a: # x\n  b: 1\n', remove('/a/b'), 'a: {} # x\n'],
    ['a:\n- x\nb: 1\n', remove('/a/0'), 'a: []\nb: 1\n'],
    ['- a: 1\n- b\n', remove('/0/a'), '- {}\n- b\n'],
    ['a: 1\n', remove('/a'), '{}\n'],
    ['- a\n', remove('/0'), '[]\n'],
    ['a: {b: 1}\n', remove('/a/b'), 'a: {}\n'],
    ['a: [b]\n', remove('/a/0'), 'a: []\n'],
  ]);
});

test('a key goes with its value and the comment on its line', () => {
  check([
    ['a: 1 # x\nb: 2 # y\nc: 3 # z\n', remove('/b'), 'a: 1 # x\nc: 3 # z\n'],
    ['a: 1\nb: 2', remove('/b'), 'a: 1'],
    ['a: 1\n# above\nb:\n  c: 1 # x\n  # in\n  d: 2\n# below\ne: 1\n', remove('/b'), 'a: 1\n# above\n# below\ne: 1\n'],
    ['a: |\n  x\n  y\nb: 1\n', remove('/a'), 'b: 1\n'],
    ['a: |+\n  x\n\nb: 1\n', remove('/a'), 'b: 1\n'],
    ['a: [x,\n  y] # c\nb: 1\n', remove('/a'), 'b: 1\n'],
    ['- a: 1\n  b: 2\n', remove('/0/a'), '- b: 2\n'],
    ['- a: 1\n  b: 2\n', remove('/0/b'), '- a: 1\n'],
    ['- a: # x\n    c: 1\n  b: 2\n', remove('/0/a'), '- b: 2\n'],
    ['a: 1\na: 2\nb: 3\n', remove('/a'), 'b: 3\n'],
  ]);
});

test('items come and go with their dashes', () => {
  check([
    ['a:\n- x\n- y\n', add('/a/-', 'z'), 'a:\n- x\n- y\n- z\n'],
    ['a:\n  - x # c\nb: 1\n', add('/a/-', 'z'), 'a:\n  - x # c\n  - z\nb: 1\n'],
    ['a:\n- x\n# y\n- y\n', add('/a/1', 'z'), 'a:\n- x\n- z\n# y\n- y\n'],
    ['a:\n  - x\n', add('/a/0', { b: 1, c: [2] }), 'a:\n  - b: 1\n    c:\n      - 2\n  - x\n'],
    ['- - x\n  - y\n', add('/0/0', 'z'), '- - z\n  - x\n  - y\n'],
    ['-   x\n', add('/-', { a: 1, b: 2 }), '-   x\n-   a: 1\n    b: 2\n'],
    ['a:\n- x # c\n- y\n', remove('/a/0'), 'a:\n- y\n'],
    ['a:\n- x\n- y: 1\n  z: 2', remove('/a/1'), 'a:\n- x'],
    ['- - x\n  - y\n', remove('/0/0'), '- - y\n'],
    ['-\n  a: 1\n-\n  b: 2\n', remove('/0'), '-\n  b: 2\n'],
    ['- a\n-\n- b\n', replace('/1', 'c'), '- a\n- c\n- b\n'],
  ]);
});

test('new lists stand as the lists of the document stand', () => {
  check([
    ['a:\n  - x\nb: {}\n', add('/b/c', ['v']), 'a:\n  - x\nb:\n  c:\n    - v\n'],
    ['a:\n- x\nb: {}\n', add('/b/c', ['v']), 'a:\n- x\nb:\n  c:\n  - v\n'],
    ['a:\n    b: 1\n', add('/c', { d: { e: 1 } }), 'a:\n    b: 1\nc:\n    d:\n        e: 1\n'],
    ['a: 1\n', add('/c', [[1, 2], [], [{ d: 1 }]]), 'a: 1\nc:\n- - 1\n  - 2\n- []\n- - d: 1\n'],
  ]);
});

test('a value is replaced, its comment stays', () => {
  check([
    ['a: 1 # x\n', replace('/a', 2), 'a: 2 # x\n'],
    ['a: "x" # y\n', replace('/a', 'z'), 'a: "z" # y\n'],
    ["a: 'x'\n", replace('/a', 'it'), "a: 'it'\n"],
    ['a: "x"\n', replace('/a', true), 'a: true\n'],
    ['a: !!str 1\n', replace('/a', 2), 'a: 2\n'],
    ['a:\n  b\n  c # x\n', replace('/a', 1), 'a: 1 # x\n'],
    ['a: | # x\n  b\n  c\nd: 1\n', replace('/a', 1), 'a: 1 # x\nd: 1\n'],
    ['a: # x\n  b: 1\nd: 1\n', replace('/a', 1), 'a: 1 # x\nd: 1\n'],
    ['a: 1 # x\nd: 1\n', replace('/a', { b: 1 }), 'a: # x\n  b: 1\nd: 1\n'],
    ['a:\n  - b\n', replace('/a', { c: 1 }), 'a:\n  c: 1\n'],
    ['a:\n- b: 1\n  c: 2\n- d\n', replace('/a/0', { e: 1, f: 2 }), 'a:\n- e: 1\n  f: 2\n- d\n'],
    ['a:\n- b: 1\n  c: 2\n- d\n', replace('/a/0', 'x'), 'a:\n- x\n- d\n'],
    ['a: 1\n', replace('', { b: 1 }), 'b: 1\n'],
    ['a: &x 1\n', replace('/a', 2), 'a: 2\n'],
  ]);
});

test('of a replaced object only what differs is touched', () => {
  check([
    ['a:\n  # one\n  b: 1 # x\n  c: 2 # y\n', replace('/a', { b: 1, c: 3, d: 4 }), 'a:\n  # one\n  b: 1 # x\n  c: 3 # y\n  d: 4\n'],
    ['a:\n- x # 1\n- y # 2\n- z # 3\n', replace('/a', ['x', 'z']), 'a:\n- x # 1\n- z # 3\n'],
    ['a:\n- x # 1\n- z # 3\n', replace('/a', ['x', 'v', 'z']), 'a:\n- x # 1\n- v\n- z # 3\n'],
    ['a: [x, v]\n', replace('/a', ['x', 'v', 'z']), 'a: [x, v, z]\n'],
    ['a:\n  b: 1\n', replace('/a', { c: 1 }), 'a:\n  c: 1\n'],
  ]);
});

test('brackets keep their layout', () => {
  check([
    ['a: {b: 1} # x\n', add('/a/c', 'y'), 'a: {b: 1, c: "y"} # x\n'],
    ['a: { b: 1 }\n', add('/a/c', [1, { d: 2 }]), 'a: { b: 1, c: [1, {d: 2}] }\n'],
    ['a: {"b": 1}\n', add('/a/c', 'x'), 'a: {"b": 1, "c": "x"}\n'],
    ['a: {b}\n', replace('/a/b', 1), 'a: {b: 1}\n'],
    ['a: {b: , c: 1}\n', replace('/a/b', 1), 'a: {b: 1, c: 1}\n'],
    ['a: [x, y,]\n', add('/a/-', 'z'), 'a: [x, y, z]\n'],
    ['a: [x, y]\n', add('/a/1', 'z'), 'a: [x, z, y]\n'],
    ['a: [x, y, z]\n', remove('/a/1'), 'a: [x, z]\n'],
    ['a: [x, y]\n', remove('/a/1'), 'a: [x]\n'],
    ['a: {b: 1, c: 2}\n', remove('/a/b'), 'a: {c: 2}\n'],
    ['a: [\n  x, # 1\n  y # 2\n]\n', add('/a/-', 'z'), 'a: [\n  x, # 1\n  y, # 2\n  z\n]\n'],
    ['a: [\n  x, # 1\n  y, # 2\n]\n', add('/a/-', 'z'), 'a: [\n  x, # 1\n  y, # 2\n  z,\n]\n'],
    ['a: [\n  x, # 1\n  y # 2\n]\n', remove('/a/1'), 'a: [\n  x # 1\n]\n'],
    ['a: [\n  x, # 1\n  y # 2\n]\n', remove('/a/0'), 'a: [\n  y # 2\n]\n'],
    ['a: [\n  x, # 1\n  y]\n', add('/a/-', 'z'), 'a: [\n  x, # 1\n  y,\n  z]\n'],
    ['a: [x, "a: b"]\n', replace('/a/1', '- y'), 'a: [x, "- y"]\n'],
    ['a: {b: [1]}\n', replace('/a/b', {}), 'a: {b: {}}\n'],
  ]);
});

test('JSON stays JSON', () => {
  check([
    ['{"a":1}', add('/b', { c: [1, 'x'] }), '{"a":1,"b":{"c":[1,"x"]}}'],
    ['{"a": 1}\n', add('/b', 'yes'), '{"a": 1, "b": "yes"}\n'],
    ['{\n  "a": 1\n}\n', add('/b', { c: [1] }), '{\n  "a": 1,\n  "b": {\n    "c": [\n      1\n    ]\n  }\n}\n'],
    ['{\n\t"a": {}\n}\n', add('/a/b', 1), '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n'],
    ['{\n\t"a": 1,\n\t"b": 2\n}\n', remove('/a'), '{\n\t"b": 2\n}\n'],
    ['{\n\t"a": 1,\n\t"b": 2\n}\n', remove('/b'), '{\n\t"a": 1\n}\n'],
    ['{\r\n  "a": 1\r\n}\r\n', add('/b', 2), '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n'],
    ['{"a": "\\u00e9", "b": 1}', replace('/b', 'é\n'), '{"a": "\\u00e9", "b": "é\\n"}'],
    ['[1, 2]', add('/1', 3), '[1, 3, 2]'],
    ['{"a": {"b": 1}}', remove('/a/b'), '{"a": {}}'],
    ['{"a/b": {"c~d": 1}}', replace('/a~1b/c~0d', null), '{"a/b": {"c~d": null}}'],
  ]);
});

test('line ends are those of the text', () => {
  check([
    ['a:\r\n  b: 1\r\n', add('/a/c', { d: 1 }), 'a:\r\n  b: 1\r\n  c:\r\n    d: 1\r\n'],
    ['a: 1\r\nb: 2\r\n', remove('/b'), 'a: 1\r\n'],
    ['a: 1\r\nb: 2', remove('/b'), 'a: 1'],
    ['a: 1\r\n', add('/b', 'x\ny\n'), 'a: 1\r\nb: |\r\n  x\r\n  y\r\n'],
  ]);
});

test('strings are quoted where any reader would take them for something else', () => {
  const rows: readonly (readonly [value: Json, text: string])[] = [
    ['abc', 'abc'],
    ['a b', 'a b'],
    ['nginx:1.25-alpine', 'nginx:1.25-alpine'],
    ['reg.io/a/b@sha256:0a', 'reg.io/a/b@sha256:0a'],
    ['100m', '100m'],
    ['1Gi', '1Gi'],
    ['RuntimeDefault', 'RuntimeDefault'],
    ['/var/run', '/var/run'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['', '""'],
    [' a', '" a"'],
    ['a ', '"a "'],
    ['yes', '"yes"'],
    ['n', '"n"'],
    ['Off', '"Off"'],
    ['null', '"null"'],
    ['~', '"~"'],
    ['true', '"true"'],
    ['1', '"1"'],
    ['0x1F', '"0x1F"'],
    ['0o14', '"0o14"'],
    ['1e3', '"1e3"'],
    ['1_000', '"1_000"'],
    ['1:30', '"1:30"'],
    ['2024-01-01', '"2024-01-01"'],
    ['.5', '".5"'],
    ['.inf', '".inf"'],
    ['-x', '"-x"'],
    ['- x', '"- x"'],
    ['a: b', '"a: b"'],
    ['a:', '"a:"'],
    ['a #b', '"a #b"'],
    ['#a', '"#a"'],
    ['*a', '"*a"'],
    ['&a', '"&a"'],
    ['!a', '"!a"'],
    ['%a', '"%a"'],
    ['@a', '"@a"'],
    ['{{ x }}', '"{{ x }}"'],
    ['[a]', '"[a]"'],
    ['a"b', "'a\"b'"],
    ['a\\b', "'a\\b'"],
    ['it\'s "x"', "'it''s \"x\"'"],
    ['a\tb', '"a\\tb"'],
    ['a\u0000b', '"a\\u0000b"'],
    ['a\u2028b', '"a\\u2028b"'],
    ['é', '"é"'],
    ['a\n', '"a\\n"'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n\nb\n', '|\n  a\n\n  b'],
    ['a\n b\n', '|\n  a\n   b'],
    [' a\nb', '" a\\nb"'],
    ['a \nb', '"a \\nb"'],
    ['a\nb\n\n', '"a\\nb\\n\\n"'],
    [1.5, '1.5'],
    [1e21, '1e+21'],
    [-3, '-3'],
    [null, 'null'],
    [{}, '{}'],
    [[], '[]'],
  ];
  for (const [value, text] of rows) check([['k: 0\n', add('/x', value), `k: 0\nx: ${text}\n`]]);
  for (const key of ['y', '1', 'a b', 'a: b', '__proto__', '', 'on', '<<', '#'])
    assert.deepEqual(Object.keys(patched('k: 0\n', [{ op: 'add', path: `/${key}`, value: 1 }]) as object).sort(), ['k', key].sort());
});

function patched(text: string, patch: JsonPatch): Json | undefined {
  const result = editDocument(text, patch);
  return result.ok ? readDocument(result.value).value : undefined;
}

test('several operations are made one after another', () => {
  check([
    [
      'a: 1\nb: {}\n',
      [{ op: 'test', path: '/a', value: 1 }, ...add('/b/c', 1), ...add('/b/d', 2), ...remove('/a')],
      'b:\n  c: 1\n  d: 2\n',
    ],
    ['a: {b: 1}\nc: 2\n', [{ op: 'move', from: '/a/b', path: '/d' }], 'a: {}\nc: 2\nd: 1\n'],
    ['a:\n  b: 1\nc: 2\n', [{ op: 'copy', from: '/a', path: '/d' }], 'a:\n  b: 1\nc: 2\nd:\n  b: 1\n'],
    ['a: 1\n', [], 'a: 1\n'],
  ]);
});

test('what is shared, and what does not fit, is refused', () => {
  const rows: readonly (readonly [text: string, patch: JsonPatch, code: string])[] = [
    ['a: &x {b: 1}\nc: *x\n', replace('/a/b', 2), 'edit/shared'],
    ['a: &x {b: 1}\nc: *x\n', replace('/c/b', 2), 'edit/shared'],
    ['a: &x {b: 1}\nc: *x\n', add('/a/d', 2), 'edit/shared'],
    ['a: &x 1\nc: *x\n', replace('/a', 2), 'edit/shared'],
    ['a: &x 1\nc: *x\n', remove('/a'), 'edit/shared'],
    ['a:\n  b: &x 1\nc: *x\n', remove('/a'), 'edit/shared'],
    ['a: &x {b: {d: 1}}\nc:\n  <<: *x\n', replace('/c/b/d', 2), 'edit/shared'],
    ['a: &x {b: 1}\nc:\n  <<: *x\n', remove('/c/b'), 'edit/unsupported'],
    ['a: 1\n', replace('/b', 2), 'edit/not-applicable'],
    ['a: 1\n', add('/b/c', 2), 'edit/not-applicable'],
    ['a: 1\n', [{ op: 'test', path: '/a', value: 2 }], 'edit/not-applicable'],
    ['a: [\n', replace('/a', 2), 'edit/unreadable'],
  ];
  for (const [text, patch, code] of rows) {
    const result = editDocument(text, patch);
    assert.equal(result.ok ? result.value : result.problem.code, code, JSON.stringify([text, patch]));
  }
});

test('what is not shared is edited beside anchors', () => {
  check([
    ['a: &x {b: 1}\nc: *x\nd: 1\n', replace('/d', 2), 'a: &x {b: 1}\nc: *x\nd: 2\n'],
    ['a: &x {b: 1}\nc: *x\n', replace('/c', 2), 'a: &x {b: 1}\nc: 2\n'],
    ['a: &x {b: 1}\nc:\n  <<: *x\n', replace('/c/b', 2), 'a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n'],
    ['a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n', add('/c/e', 2), 'a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n  e: 2\n'],
    ['a: &x {b: 1}\nc: 2\n', replace('/a/b', 2), 'a: &x {b: 2}\nc: 2\n'],
  ]);
});
