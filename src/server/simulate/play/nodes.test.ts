import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../kube/object.ts';
import { asList, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { makeWorld } from '../world.ts';
import { playNode } from './nodes.ts';

const is = (type: string, status: string): Json => ({ type, status });
const taint = (key: string, effect = 'NoSchedule'): Json => ({ key, effect });
const at = 'node.kubernetes.io';

const cases: readonly (readonly [what: string, spec: JsonObject, conditions: readonly Json[], expected: readonly string[]])[] = [
  ['one of which nothing is said has no taint', { taints: [taint(`${at}/not-ready`)] }, [], []],
  ['one that is ready has no taint', { taints: [taint(`${at}/not-ready`)] }, [is('Ready', 'True')], []],
  ['one that is not ready has one', {}, [is('Ready', 'False')], [`${at}/not-ready:NoSchedule`]],
  [
    'one of which nobody hears has another',
    { taints: [taint(`${at}/not-ready`)] },
    [is('Ready', 'Unknown')],
    [`${at}/unreachable:NoSchedule`],
  ],
  ['pressure is a taint', {}, [is('Ready', 'True'), is('DiskPressure', 'True')], [`${at}/disk-pressure:NoSchedule`]],
  ['one that is cordoned has a taint', { unschedulable: true }, [is('Ready', 'True')], [`${at}/unschedulable:NoSchedule`]],
  ['one that is uncordoned has none', { taints: [taint(`${at}/unschedulable`)] }, [is('Ready', 'True')], []],
  ['taints of others stay', { taints: [taint('a'), taint('b', 'NoExecute')] }, [is('Ready', 'True')], ['a:NoSchedule', 'b:NoExecute']],
  ['one that is ready evicts nobody', { taints: [taint(`${at}/not-ready`, 'NoExecute')] }, [is('Ready', 'True')], []],
];

for (const [what, spec, conditions, expected] of cases)
  test(`nodes, played: ${what}`, async () => {
    const node: KubeObject = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n', uid: 'u' },
      spec,
      status: { conditions: [...conditions] },
    };
    const world = await makeWorld([node]);
    const found = () => world.store.get({ group: '', resource: 'nodes' }, '', 'n') ?? {};
    playNode(world, found());
    const taints = asList(dig(found(), 'spec', 'taints')).map((each) => `${field(each, 'key')}:${field(each, 'effect')}`);
    assert.deepEqual(taints, expected);
    const revision = world.store.revision();
    playNode(world, found());
    assert.equal(world.store.revision(), revision);
  });
