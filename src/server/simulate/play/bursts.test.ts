import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setImmediate as moment } from 'node:timers/promises';
import { ask, listed, node, played } from '../../../../test/played.ts';
import { dig, field, type JsonObject } from '../../../lib/json.ts';
import type { World } from '../world.ts';
import { bounded, burstOf, mostOfOwner } from './bursts.ts';
import type { Happening } from './events.ts';

const container = { name: 'c', image: 'registry.example/c:1' };
const spec = (more: JsonObject): JsonObject => ({
  selector: { matchLabels: { app: 'web' } },
  template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
  ...more,
});
const create = (world: World, kind: string, plural: string, more: JsonObject) =>
  ask(world, 'POST', `/apis/apps/v1/namespaces/default/${plural}`, {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web' },
    spec: spec(more),
  });
const names = (world: World) => listed(world, '', 'pods').map((pod) => dig(pod, 'metadata', 'name'));

describe('pods are made', () => {
  test('one by one for a StatefulSet that wants as many as there can be', async (t) => {
    const world = await played(t, []);
    await create(world, 'StatefulSet', 'statefulsets', { replicas: 2_147_483_647, serviceName: 'web' });
    assert.deepEqual(names(world), ['web-0']);
  });

  test('at most five hundred at once, and then go on', async (t) => {
    const world = await played(t, []);
    const asked = create(world, 'ReplicaSet', 'replicasets', { replicas: 600 });
    const counts: number[] = [];
    for (let turn = 0; turn < 10; turn++) {
      await moment();
      counts.push(listed(world, '', 'pods').length);
    }
    await asked;
    assert.deepEqual(
      [...new Set(counts)].filter((count) => count > 0),
      [500, 600],
    );
    await ask(world, 'PATCH', '/apis/apps/v1/namespaces/default/replicasets/web', { spec: { replicas: 1 } });
    assert.equal(names(world).length, 1);
  });

  test('up to a bound for one owner, who says so', () => {
    const told: Happening[] = [];
    const recorder = { note() {}, schedule() {}, once: (_object: JsonObject, happening: Happening) => void told.push(happening) };
    assert.equal(bounded(recorder, 'c', { kind: 'Job' }, mostOfOwner), mostOfOwner);
    assert.equal(bounded(recorder, 'c', { kind: 'Job' }, 2 ** 31), mostOfOwner);
    assert.deepEqual(
      told.map(({ message }) => message),
      ['simulated controllers make at most 1000 pods for one Job'],
    );
  });

  test('as long as there is leave', () => {
    const burst = burstOf(1);
    assert.deepEqual([burst.take(), burst.isSpent(), burst.take(), burst.isSpent(), burst.take()], [true, false, false, true, false]);
  });
});

test('what a controller throws is told once, and the others go on', async (t) => {
  const broken = {
    now: Date.now,
    at() {
      throw new Error('no timers');
    },
  };
  const world = await played(t, [node], broken);
  const told = once(process, 'warning');
  const job = { template: { spec: { restartPolicy: 'Never', containers: [container] } }, activeDeadlineSeconds: 60 };
  await ask(world, 'POST', '/apis/batch/v1/namespaces/default/jobs', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'broken' },
    spec: { ...job, suspend: false },
  });
  await create(world, 'ReplicaSet', 'replicasets', { replicas: 1 });
  const [warning] = await told;
  assert.match(String(field(warning, 'message')), /^simulated controllers: jobs: Error: no timers/);
  assert.equal(listed(world, '', 'pods').filter((pod) => dig(pod, 'metadata', 'labels', 'app') === 'web').length, 1);
});
