import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

const read: readonly (readonly [string, bigint | undefined, string?])[] = [
  ['0', 0n, '0s'],
  ['0s', 0n, '0s'],
  ['90s', 90_000_000_000n, '1m30s'],
  ['1h30m', 5_400_000_000_000n, '1h30m0s'],
  ['1.5h', 5_400_000_000_000n, '1h30m0s'],
  ['-1.5s', -1_500_000_000n, '-1.5s'],
  ['+5m', 300_000_000_000n, '5m0s'],
  ['.5s', 500_000_000n, '500ms'],
  ['5.s', 5_000_000_000n, '5s'],
  ['1us', 1_000n, '1µs'],
  ['1µs1ns', 1_001n, '1.001µs'],
  ['24h', 86_400_000_000_000n, '24h0m0s'],
  ['2562047h47m16.854775807s', 9_223_372_036_854_775_807n, '2562047h47m16.854775807s'],
  ['2562048h', undefined],
  ['', undefined],
  ['3', undefined],
  ['-', undefined],
  ['.s', undefined],
  ['1d', undefined],
  ['1 h', undefined],
  ['1h 30m', undefined],
  ['h', undefined],
];
for (const [text, nanoseconds, canonical] of read)
  test(`"${text}" is ${nanoseconds === undefined ? 'no duration' : `${nanoseconds} ns`}`, () => {
    assert.equal(parseDuration(text), nanoseconds);
    if (nanoseconds !== undefined) assert.equal(formatDuration(nanoseconds), canonical);
  });

test('what is written reads back', () => {
  fc.assert(
    fc.property(fc.bigInt(-(1n << 62n), 1n << 62n), (nanoseconds) => {
      const text = formatDuration(nanoseconds);
      const again = parseDuration(text);
      assert.ok(again !== undefined && again - nanoseconds <= 1024n && nanoseconds - again <= 1024n, text);
    }),
  );
});
