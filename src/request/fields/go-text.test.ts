// Texts and JSON as Go writes them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goJsonComplaint } from '../validate/go-json.ts';
import { goJson, goList, goMapJson, goQuote } from './go-text.ts';
import { fieldPath, root } from './path.ts';

for (const [text, quoted] of [
  ['plain', '"plain"'],
  ['é 世 👍', '"é 世 👍"'],
  ['a"b\\c', String.raw`"a\"b\\c"`],
  ['\n\t\r\u0007', String.raw`"\n\t\r\a"`],
  ['\u0000\u007f', String.raw`"\x00\x7f"`],
  ['\u00a0\u200b\u{e0001}', String.raw`"\u00a0\u200b\U000e0001"`],
] as const)
  test(`quoted: ${quoted}`, () => assert.equal(goQuote(text), quoted));

test('JSON is escaped for HTML', () => assert.equal(goJson({ a: '<&>\u2028' }), String.raw`{"a":"\u003c\u0026\u003e\u2028"}`));
test('maps are sorted', () => assert.equal(goMapJson({ b: 1, a: 2 }), '{"a":2,"b":1}'));
test('lists are written with blanks', () => assert.equal(goList(['a', 'b']), '[a b]'));

test('paths', () => {
  assert.equal(String(root.child('spec')), 'spec');
  assert.equal(String(fieldPath('metadata', 'annotations').key('a.b/c')), 'metadata.annotations[a.b/c]');
  assert.equal(String(fieldPath('spec').child('a', 'b').index(2).key('k')), 'spec.a.b[2][k]');
});

for (const [text, complaint] of [
  ['{"a":1}', undefined],
  ['null', undefined],
  ['', 'unexpected end of JSON input'],
  ['[]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['1', 'json: cannot unmarshal number into Go value of type map[string]interface {}'],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['{', 'unexpected end of JSON input'],
  ['{]', "invalid character ']' looking for beginning of object key string"],
] as const)
  test(`no JSON object: ${JSON.stringify(text)}`, () => assert.equal(goJsonComplaint(text), complaint));
