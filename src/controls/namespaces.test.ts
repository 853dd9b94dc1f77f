// What is said of namespaces whose object is not in the input: a workload that nothing selects is open either way, but what the namespace
// itself lacks cannot be told, and what is missing is named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resource, snapshot } from '../snapshot/snapshot.ts';
import { clusterWithout, deployment } from './examples.ts';
import { catalogue } from './index.ts';
import { runControls } from './run.ts';

const lone = clusterWithout(['Namespace', 'NetworkPolicy', 'LimitRange', 'ResourceQuota'], deployment());
const bare = clusterWithout(['NetworkPolicy', 'LimitRange', 'ResourceQuota'], deployment());

const rows: readonly [control: string, withoutObject: string, withObject: string][] = [
  ['network/policy-missing', 'fail', 'fail'],
  ['network/namespace-without-policy', 'unknown', 'fail'],
  ['namespace/limit-range', 'unknown', 'fail'],
  ['namespace/resource-quota', 'unknown', 'fail'],
  ['namespace/pod-security-baseline', 'unknown', 'pass'],
];

for (const [id, withoutObject, withObject] of rows)
  test(`${id}: ${withoutObject} without the Namespace object, ${withObject} with it`, () => {
    assert.equal(verdict(id, lone), withoutObject);
    assert.equal(verdict(id, bare), withObject);
  });

function verdict(id: string, objects: ReturnType<typeof clusterWithout>): string {
  const controls = catalogue.filter((control) => control.id === id);
  assert.equal(controls.length, 1);
  const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
  const { findings } = runControls(state, { controls, now: 0 });
  for (const { outcome } of findings) if (outcome.verdict === 'unknown') assert.match(outcome.detail, /Namespace object .* in the input/);
  return findings[0]?.outcome.verdict ?? 'pass';
}
