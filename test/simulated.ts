// A simulated server for a test, which fails where it does not start.

import assert from 'node:assert/strict';
import { type Simulated, type SimulateOptions, simulate } from '../src/server/simulate/simulate.ts';

export async function startSimulated(options: SimulateOptions): Promise<Simulated> {
  const started = await simulate(options);
  assert.ok(started.ok, started.ok ? '' : started.problem.message);
  return started.value;
}
