import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../kube/object.ts';
import { dig, type JsonObject } from '../../../lib/json.ts';
import { makeWorld } from '../world.ts';
import { burstOf } from './bursts.ts';
import { recorderOf } from './events.ts';
import { playPod } from './pods.ts';
import { pods } from './stage.ts';

const pod = (name: string, priority: number, more: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', uid: name },
  spec: {
    priority,
    terminationGracePeriodSeconds: 30,
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '2' } } }],
    ...more,
  },
});

test('pods, played: one of lower priority goes, and the other takes its place', async () => {
  const allocatable = { cpu: '3', memory: '1Gi', pods: '9' };
  const world = await makeWorld([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { allocatable } },
    pod('low', 0, { nodeName: 'n' }),
    pod('high', 10),
  ]);
  const stage = {
    world,
    namespace: 'shop',
    recorder: recorderOf(world),
    burst: burstOf(),
    again: () => undefined,
    autoscalerPeriod: 15_000,
  };
  const found = (name: string) => world.store.get(pods, 'shop', name);
  playPod(stage, found('high') ?? {}, () => '10.0.0.1');
  assert.equal(dig(found('high'), 'status', 'nominatedNodeName'), 'n');
  assert.equal(dig(found('high'), 'status', 'conditions', 0, 'message'), '0/1 nodes are available: 1 Insufficient cpu.');
  assert.notEqual(dig(found('low'), 'metadata', 'deletionTimestamp'), undefined);
  assert.equal(dig(found('low'), 'status', 'conditions', 0, 'reason'), 'PreemptionByScheduler');
  playPod(stage, found('low') ?? {}, () => '10.0.0.1');
  assert.equal(found('low'), undefined);
  playPod(stage, found('high') ?? {}, () => '10.0.0.1');
  assert.equal(dig(found('high'), 'spec', 'nodeName'), 'n');
});
