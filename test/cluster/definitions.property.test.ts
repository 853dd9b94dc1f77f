// CustomResourceDefinitions with faults, created and updated on the real API server and on ours: code, reason, warnings and every cause must be
// the same. Dry runs, so that no case sees another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { realCluster } from './cluster.ts';
import { definitionTwins } from './definition-twins.ts';
import { change, changed, definitions } from './definitions.ts';

const runs = Number(process.env.RUNS ?? 150);
const seed = Number(process.env.SEED ?? 1);

for (const method of ['POST', 'PUT'] as const)
  test(`definitions with faults are answered as the real API server answers them: ${method}`, async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const { ask, remove } = await definitionTwins(cluster, method === 'PUT' ? definitions : []);
    t.after(remove);
    const cases = fc.record({ base: fc.nat(definitions.length - 1), changes: fc.array(change, { minLength: 1, maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(cases, async ({ base, changes }) => {
        const whole = definitions[base];
        assert.ok(whole !== undefined);
        const { real, ours } = await ask(method, changed(whole, changes));
        assert.deepEqual(ours, real);
      }),
      { numRuns: runs, endOnFailure: false, seed },
    );
  });
