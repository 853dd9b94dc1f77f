// CustomResourceDefinitions with faults, created and updated on the real API server and on ours: code, reason, warnings and every cause must be
// the same. Dry runs, so that no case sees another; what is updated stands in the real server's store as it is, faults and all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { definitionTwins } from './definition-twins.ts';
import { type Change, change, changed, definitions, faulty } from './definitions.ts';

const runs = Number(process.env.RUNS ?? 150);
const seed = Number(process.env.SEED ?? 1);
const options = { numRuns: runs, endOnFailure: false, seed };
const changes = fc.array(change, { minLength: 1, maxLength: 3 });

test('new definitions with faults are answered as the real API server answers them', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const { ask } = await definitionTwins(cluster);
  const answeredAlike = async (whole: JsonObject, made: readonly Change[]) => {
    const both = await ask('POST', changed(whole, made));
    assert.deepEqual(both?.ours, both?.real);
  };
  await fc.assert(fc.asyncProperty(fc.constantFrom(...definitions), changes, answeredAlike), options);
});

for (const established of [true, false])
  test(`updates of ${established ? 'established' : 'new'} definitions are answered as the real API server answers them`, async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const { ask, keep, remove } = await definitionTwins(cluster);
    const all = [...definitions, ...faulty];
    for (const stored of all) {
      assert.ok(await keep(stored, established));
      const answeredAlike = async (made: readonly Change[]) => {
        const both = await ask('PUT', changed(stored, made));
        assert.deepEqual(both?.ours, both?.real);
      };
      await answeredAlike([]);
      await fc.assert(fc.asyncProperty(changes, answeredAlike), { ...options, numRuns: Math.ceil(runs / all.length) });
      await remove(stored);
    }
  });
