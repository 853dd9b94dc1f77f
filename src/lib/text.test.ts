// Ends of texts, as rows, and in linear time: a run of a million characters that is not at the end is passed over once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whiteSpace, withoutEnd, withoutEnds } from './text.ts';

const rows: readonly (readonly [text: string, characters: string, both: string, end: string])[] = [
  ['', ' ', '', ''],
  ['   ', ' ', '', ''],
  [' \ta \t', ' \t', 'a', ' \ta'],
  ['//a//b', '/', 'a//b', '//a//b'],
  ['\u3000\u0085a\u2028', whiteSpace, 'a', '\u3000\u0085a'],
  ['\ufeff a', whiteSpace, '\ufeff a', '\ufeff a'],
];
for (const [text, characters, both, end] of rows)
  test(`${JSON.stringify(text)} without ${JSON.stringify(characters)}`, () => {
    assert.equal(withoutEnds(text, characters), both);
    assert.equal(withoutEnd(text, characters), end);
  });

// A pattern would take a quarter of an hour.
test('a million blanks within a text are passed over once', { timeout: 60_000 }, () => {
  const text = `a${' '.repeat(1_000_000)}b`;
  assert.equal(withoutEnds(text, ' '), text);
});
