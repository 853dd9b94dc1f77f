import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quantity, unit } from './quantity.ts';

const rows: readonly (readonly [unknown, bigint | undefined, string])[] = [
  ['1', unit, 'a whole number'],
  ['100m', unit / 10n, 'thousandths'],
  [2, 2n * unit, 'a number as YAML writes it'],
  [0.5, unit / 2n, 'a fraction as YAML writes it'],
  ['.5', unit / 2n, 'no digit before the point'],
  ['5.', 5n * unit, 'no digit behind the point'],
  ['1.5Gi', 1536n * 1024n * 1024n * unit, 'a fraction of a binary unit'],
  ['128Mi', 134217728n * unit, 'binary'],
  ['1M', 1000000n * unit, 'decimal'],
  ['1e3', 1000n * unit, 'an exponent'],
  ['1E3', 1000n * unit, 'an exponent in upper case'],
  ['1E', 10n ** 18n * unit, 'exa, not an exponent'],
  ['1n', 1n, 'the finest grain'],
  ['0.1n', 1n, 'finer is rounded up'],
  ['-100m', -(unit / 10n), 'negative'],
  ['100Ei', ((1n << 63n) - 1n) * unit, 'beyond 2^63 is cut there'],
  ['1e999999999', ((1n << 63n) - 1n) * unit, 'a hostile exponent costs nothing'],
  ['1e-999999999', 1n, 'a hostile negative exponent costs nothing'],
  ['', undefined, 'nothing'],
  ['.', undefined, 'a point alone'],
  ['1K', undefined, 'upper-case K is no unit'],
  ['1ki', undefined, 'lower-case ki is no unit'],
  ['1 Gi', undefined, 'a space'],
  ['YOUR_VALUE', undefined, 'a placeholder'],
  [null, undefined, 'null'],
  [['1'], undefined, 'a list'],
];

for (const [text, expected, why] of rows) test(`${JSON.stringify(text)}: ${why}`, () => assert.equal(quantity(text), expected));

test('a quantity in thousandths is a thousandth of the same in units', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (size) => {
      assert.equal((quantity(`${size}m`) ?? -1n) * 1000n, quantity(String(size)));
    }),
  );
});
