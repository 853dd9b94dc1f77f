// JSON texts: values as JSON.parse gives them, oddities told with their place, mistakes placed by ourselves, fields found by pointer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { fieldLocator, readDocument } from '../yaml/parse.ts';
import { readJson } from './read.ts';
import { jsonError } from './syntax.ts';

test('oddities are told where they stand', () => {
  const rows: readonly (readonly [text: string, issues: readonly string[]])[] = [
    ['{"a": 1, "b": 2}', []],
    ['{"a": 1, "a": 2}', ['warning json/duplicate-key 9']],
    ['{"a": {"b": 1}, "c": {"b": 2}}', []],
    ['[{"a": 1}, {"a": 1}]', []],
    ['{"a": [{"b": 1, "\\u0062": 2}]}', ['warning json/duplicate-key 16']],
    ['{"a": ":", "b": "{\\":"}', []],
    ['{"__proto__": 1, "__proto__": 2}', ['warning json/duplicate-key 17']],
    ['[9007199254740991, -9007199254740991]', []],
    ['[9007199254740992]', ['warning json/unsafe-integer 1']],
    ['{"a": 1, "b": -18446744073709551615}', ['warning json/unsafe-integer 14']],
    ['["9007199254740993", 12345678901234567.5, 1e20, 1.0000000000000000001]', []],
    ['["\\ud83d\\ude00", "\ud83d\ude00"]', []],
    ['["a", "\\ud83d"]', ['warning json/lone-surrogate 6']],
    ['["\ud83d"]', ['warning json/lone-surrogate 1']],
    [`${'['.repeat(400)}${']'.repeat(400)}`, []],
    [`${'['.repeat(401)}${']'.repeat(401)}`, ['error json/too-deep 400']],
  ];
  for (const [text, issues] of rows) {
    const read = readJson(text);
    assert.ok(read !== undefined, text);
    assert.deepEqual(
      read.issues.map(({ level, code, offset }) => `${level} ${code} ${offset}`),
      issues,
      text.slice(0, 80),
    );
    assert.deepEqual(read.value, issues.some((issue) => issue.startsWith('error')) ? undefined : JSON.parse(text));
  }
});

test('a mistake is placed where it stands', () => {
  const rows: readonly (readonly [text: string, offset: number, message: RegExp])[] = [
    ['', 0, /ends where a value/],
    ['{"a": 1', 7, /"," or "}"/],
    ['{"a": 1,}', 8, /"," before "}"/],
    ['[1,]', 3, /"," before "]"/],
    ['[1 2]', 3, /"," or "]"/],
    ['{"a" 1}', 5, /":" is expected/],
    ['{a: 1}', 1, /double quotes/],
    ["{'a': 1}", 1, /double quotes/],
    ['{"a": b}', 6, /a value/],
    ['{"a": 01}', 6, /neither/],
    ['{"a": truer}', 6, /neither/],
    ['{"a": 1.}', 6, /neither/],
    ['{"a": +1}', 6, /a value/],
    ['{"a": NaN}', 6, /a value/],
    ['{"a": "b', 6, /never closed/],
    ['{"a": "b\n"}', 8, /not closed on its line/],
    ['{"a": "\\q"}', 7, /escape/],
    ['{"a": "\\u12g4"}', 7, /escape/],
    ['{"a": "\t"}', 7, /control character/],
    ['{"a": 1} x', 9, /nothing may follow/],
    ['{"a": [1, {"b": ]}', 16, /a value/],
    ['{"a": // c\n 1}', 6, /a value/],
  ];
  for (const [text, offset, message] of rows) {
    const error = jsonError(text);
    assert.equal(error?.offset, offset, text);
    assert.match(error?.message ?? '', message, text);
  }
});

test('the error of the form that got farther is the one that is told', () => {
  const rows: readonly (readonly [text: string, code: string, offset: number])[] = [
    ['{"a": 1, "b": [1, 2}', 'json/syntax', 19],
    ['{"a": "\\u12g4", "b": 2}', 'json/syntax', 7],
    ['{a: [b, c: {d}', 'yaml/syntax', 4],
    ['{a: "b" "c"}', 'yaml/syntax', 8],
  ];
  for (const [text, code, offset] of rows) {
    const { value, issues } = readDocument(text);
    assert.equal(value, undefined);
    assert.deepEqual([issues[0]?.code, issues[0]?.offset], [code, offset], text);
  }
});

/** The text of an object or list with blanks of any kind between its parts. */
const anyText: fc.Arbitrary<string> = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), fc.constantFrom('', ' ', '\t', '\n', '\r\n', '    '))
  .map(([value, list, blank]) => spaced(JSON.stringify(list ? [value] : { value }, undefined, blank === '' ? undefined : '\t'), blank));

function spaced(text: string, blank: string): string {
  return blank === '' ? text : `${blank}${text.replaceAll('\n', `\n${blank}`)}${blank}`;
}

test('every field is found where it is written', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const locate = fieldLocator(text);
      assert.ok(locate !== undefined);
      const visit = (here: Json, path: string) => {
        const range = locate(path);
        assert.ok(range.exact, path);
        assert.deepEqual(JSON.parse(text.slice(range.value.start, range.value.end)), here);
        if (range.key !== undefined)
          assert.equal(pointer(JSON.parse(text.slice(range.key.start, range.key.end)) as string), path.slice(path.lastIndexOf('/')));
        if (Array.isArray(here)) for (const [index, item] of here.entries()) visit(item, path + pointer(index));
        else if (typeof here === 'object' && here !== null)
          for (const key of Object.keys(here)) visit((here as Record<string, Json>)[key] ?? null, path + pointer(key));
      };
      visit(JSON.parse(text) as Json, '');
    }),
  );
});

test('what JSON.parse refuses has a mistake, and nothing else has one', () => {
  fc.assert(
    fc.property(
      anyText,
      fc.nat(),
      fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '0', '-', '.', 'e', 'x', '\n', '\0'),
      (text, at, put) => {
        const cut = at % (text.length + 1);
        const broken = text.slice(0, cut) + put + text.slice(cut + 1);
        let valid = true;
        try {
          JSON.parse(broken);
        } catch {
          valid = false;
        }
        const error = jsonError(broken);
        assert.equal(error === undefined, valid, JSON.stringify(broken));
        if (error !== undefined) assert.ok(error.offset >= 0 && error.offset <= broken.length);
      },
    ),
    { numRuns: 2000 },
  );
});
