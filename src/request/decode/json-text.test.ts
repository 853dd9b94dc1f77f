import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readJsonText } from './json-text.ts';

const broken: readonly (readonly [text: string, message: string])[] = [
  ['', 'unexpected end of JSON input'],
  ['{"a":1', 'unexpected end of JSON input'],
  ['{"a":1}x', "invalid character 'x' after top-level value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[tru]', "invalid character ']' in literal true (expecting 'e')"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['01', "invalid character '1' after top-level value"],
  ['1.', 'unexpected end of JSON input'],
];
for (const [text, message] of broken)
  test(`${text} is broken as Go says`, () => assert.deepEqual(readJsonText(text), { ok: false, message }));

test('every JSON text is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const read = readJsonText(text);
      assert.ok(read.ok);
      assert.deepEqual(JSON.stringify(read.value), JSON.stringify(JSON.parse(text.toWellFormed())));
    }),
  );
});

test('keys that stand twice and numbers with a fraction are told', () => {
  const read = readJsonText('{"a":{"b":1,"b":2},"c":[1.0,2]}');
  assert.ok(read.ok);
  const told = [...(read.oddities?.values() ?? [])].map(({ repeated, earlier, numbers }) => [[...repeated], [...earlier], [...numbers]]);
  assert.deepEqual(told, [
    [['b'], [['b', [1]]], []],
    [[], [], [['0', '1.0']]],
  ]);
});

test('a text nested deeper than Go reads is refused', () => {
  assert.deepEqual(readJsonText('['.repeat(20_000)), { ok: false, message: 'exceeded max depth' });
});
