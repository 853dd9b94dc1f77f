// Expressions that ask for domains of which a device has nothing: each costs one more look at the whole expression.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device } from './pools.ts';
import { selecting } from './selectors.ts';

const pool = { driver: 'd', name: 'p', slices: [], counters: new Map(), generation: 1 };
const device = { id: 'd/p/a', driver: 'd', json: {}, here: true, pool } as unknown as Device;

for (const [count, isKnown] of [
  [5, true],
  [60, false],
] as const)
  test(`${count} domains without anything in them are ${isKnown ? 'found empty' : 'too many to find out'}`, () => {
    const names = Array.from({ length: count }, (_, index) => `'k${index}'`);
    const selected = selecting()(`[${names.join()}].all(x, size(device.attributes[x]) == 0)`, device);
    assert.equal(typeof selected === 'object' && 'unknown' in selected, !isKnown);
    if (isKnown) assert.equal(selected, true);
  });
