// Times of every year, and of none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rfc3339 } from './rfc3339.ts';

const rows: readonly (readonly [what: string, milliseconds: number, text: string])[] = [
  ['a part of a second', 1_893_553_445_678, '2030-01-02T03:04:05Z'],
  ['a second that was not whole before 1970', -1, '1969-12-31T23:59:59Z'],
  ['the last year of four digits', 253_402_300_799_999, '9999-12-31T23:59:59Z'],
  ['a year of five digits', 253_402_300_800_000, '10000-01-01T00:00:00Z'],
  ['a year before the first', -62_198_755_200_000, '-0001-01-01T00:00:00Z'],
  ['what no Date can tell', 1e300, '275760-09-13T00:00:00Z'],
];
for (const [what, milliseconds, text] of rows)
  test(`${what} is written as ${text}`, () => {
    assert.equal(rfc3339(milliseconds), text);
  });
