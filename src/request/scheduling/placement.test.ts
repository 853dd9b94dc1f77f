// Where pods could run, as rows that read as sentences.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { memoryStore } from '../store/store.ts';
import { judgeNodes, reasonsOf } from './placement.ts';

const nodes: readonly JsonObject[] = [
  { metadata: { name: 'plain', labels: { zone: 'a' } }, status: { allocatable: { cpu: '2', memory: '4Gi', pods: '2' } } },
  {
    metadata: { name: 'gpu', labels: { zone: 'b' } },
    spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
    status: { allocatable: { cpu: '8', memory: '4Gi', pods: '110' } },
  },
  { metadata: { name: 'closed' }, spec: { unschedulable: true } },
];
const running: JsonObject = {
  metadata: { name: 'r', namespace: 'shop' },
  spec: { nodeName: 'plain', containers: [{ resources: { requests: { cpu: '1500m' } }, ports: [{ hostPort: 80 }] }] },
};

const state = memoryStore();
for (const node of nodes) state.put({ group: '', resource: 'nodes' }, '', String((node.metadata as JsonObject).name), node);
state.put({ group: '', resource: 'pods' }, 'shop', 'r', running);

const container = (requests: Json, hostPort?: number): Json => ({
  resources: { requests },
  ...(hostPort === undefined ? {} : { ports: [{ hostPort }] }),
});
const rows: readonly (readonly [sentence: string, spec: Json, reasons: Readonly<Record<string, readonly string[]>>])[] = [
  [
    'a pod that asks for nothing fits where no taint and nobody closed the node',
    { containers: [{}] },
    { closed: ['the node is unschedulable'], gpu: ['untolerated taint gpu=yes:NoSchedule'], plain: [] },
  ],
  [
    'what runs there counts',
    { containers: [container({ cpu: '1' })], tolerations: [{ operator: 'Exists' }] },
    { closed: [], gpu: [], plain: ['insufficient cpu'] },
  ],
  [
    'a host port is there once',
    { containers: [container({}, 80)], tolerations: [{ key: 'gpu', value: 'yes' }] },
    { closed: ['the node is unschedulable'], gpu: [], plain: ['a host port that the pod asks for is taken'] },
  ],
  [
    'labels choose',
    { containers: [{}], nodeSelector: { zone: 'b' }, tolerations: [{ key: 'gpu', operator: 'Exists' }] },
    {
      closed: ['the node is unschedulable', "the node does not match the pod's node affinity or selector"],
      gpu: [],
      plain: ["the node does not match the pod's node affinity or selector"],
    },
  ],
];

for (const [sentence, spec, reasons] of rows)
  test(sentence, () => {
    const pod = { metadata: { name: 'p' }, spec } as unknown as Struct;
    assert.deepEqual(Object.fromEntries(reasonsOf(judgeNodes(pod, state)).map((each) => [each.node, each.reasons])), reasons);
  });
