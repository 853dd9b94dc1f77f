// Who goes for whom, as rows that read as sentences; the same against the real scheduler is in test/cluster/preemption.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { memoryStore } from '../store/store.ts';
import { fitError } from './fit-error.ts';
import { judgeNodes } from './placement.ts';

const pods = { group: '', resource: 'pods' };
const state = memoryStore();
for (const name of ['a', 'b'])
  state.put({ group: '', resource: 'nodes' }, '', name, {
    metadata: { name, labels: { zone: name } },
    status: { allocatable: { cpu: '4', memory: '4Gi', pods: '10' } },
  });
const run = (name: string, node: string, priority: number, cpu: string, minute: number): void => {
  const startTime = `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;
  const spec = { nodeName: node, priority, containers: [{ resources: { requests: { cpu } } }] };
  state.put(pods, 'shop', name, { metadata: { name, namespace: 'shop', labels: { app: name } }, spec, status: { startTime } });
};
run('old', 'a', 10, '2', 10);
run('new', 'a', 10, '2', 20);
run('dear', 'b', 20, '3', 10);
state.put({ group: 'policy', resource: 'poddisruptionbudgets' }, 'shop', 'keep', {
  metadata: { name: 'keep', namespace: 'shop' },
  spec: { selector: { matchLabels: { app: 'new' } } },
  status: { disruptionsAllowed: 0 },
});

const asks = (cpu: string, more: JsonObject = {}): Json => ({ priority: 100, containers: [{ resources: { requests: { cpu } } }], ...more });
const insufficient = '0/2 nodes are available: 2 Insufficient cpu.';
const rows: readonly (readonly [sentence: string, spec: Json, says: string | undefined, preempts: Json])[] = [
  ['where a node fits, nobody goes', asks('1'), undefined, []],
  [
    'the younger would go first, were it not for its budget',
    asks('2'),
    insufficient,
    [{ node: 'a', pods: ['shop/old'], violations: 0, exact: true }],
  ],
  [
    'a budget is broken only where it must be',
    asks('4', { nodeSelector: { zone: 'a' } }),
    "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.",
    [{ node: 'a', pods: ['shop/old', 'shop/new'], violations: 1, exact: true }],
  ],
  [
    'a broken budget is worse than a pod of more importance',
    asks('4'),
    insufficient,
    [{ node: 'b', pods: ['shop/dear'], violations: 0, exact: true }],
  ],
  [
    'a pod that must not preempt says so',
    asks('2', { preemptionPolicy: 'Never' }),
    `${insufficient} no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.`,
    [],
  ],
  [
    'nobody of lower priority is there',
    asks('2', { priority: 10 }),
    `${insufficient} no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.`,
    [],
  ],
  [
    'a node that is too small even empty is not helped',
    asks('5'),
    `${insufficient} no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`,
    [],
  ],
  [
    'a claim that is not there keeps the pod from every node',
    asks('1', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }),
    '0/2 nodes are available: persistentvolumeclaim "data" not found. not found',
    [],
  ],
];

for (const [sentence, spec, says, preempts] of rows)
  test(sentence, () => {
    const placement = judgeNodes({ metadata: { name: 'p', namespace: 'shop' }, spec } as unknown as Struct, state);
    assert.equal(fitError(placement), says);
    const { preemption } = placement;
    assert.deepEqual(preemption.kind === 'found' ? preemption.best : [], preempts);
  });

test('a pod that waits for its victims to go is given way to', () => {
  const staged = memoryStore();
  for (const name of ['a', 'b'])
    staged.put({ group: '', resource: 'nodes' }, '', name, state.get({ group: '', resource: 'nodes' }, '', name) ?? {});
  const waiting = {
    spec: asks('3'),
    status: { nominatedNodeName: 'a', conditions: [{ type: 'PodScheduled', status: 'False' }] },
  } as unknown as JsonObject;
  staged.put(pods, 'shop', 'waiting', { metadata: { name: 'waiting', namespace: 'shop' }, ...waiting });
  const fitting = (priority: number) =>
    judgeNodes({ metadata: { name: 'p' }, spec: asks('2', { priority }) } as unknown as Struct, staged)
      .nodes.filter(({ objections }) => objections.length === 0)
      .map(({ node }) => node);
  assert.deepEqual(fitting(100), ['b']);
  assert.deepEqual(fitting(101), ['a', 'b']);
});
