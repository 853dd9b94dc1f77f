// Token buckets of EventRateLimit, with a clock that is turned by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventLimits } from './event-rate-limit.ts';

for (const [what, steps] of [
  ['as many as the burst, then none', ['a', 'a', 'a', '!a']],
  ['keys have buckets of their own', ['a', 'a', 'a', 'b', '!a']],
  ['a second fills one token', ['a', 'a', 'a', '!a', 1, 'a', '!a']],
  ['an hour fills no more than the burst', ['a', 3600, 'a', 'a', 'a', '!a']],
  ['the key that was used longest ago is forgotten', ['a', 'a', 'a', 'b', 'c', 'a']],
] as const)
  test(`events are taken: ${what}`, () => {
    let now = 1_000_000;
    const { accept } = eventLimits([{ type: 'Namespace', qps: 1, burst: 3, cacheSize: 2 }], () => now);
    for (const step of steps as readonly (string | number)[]) {
      if (typeof step === 'number') now += step * 1000;
      else assert.equal(accept(0, step.replace('!', '')), !step.startsWith('!'), step);
    }
  });
