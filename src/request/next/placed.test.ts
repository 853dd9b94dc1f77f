// Pods whose claims are yet to be made, held against nodes as if they were.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../lib/json.ts';
import { memoryStore } from '../store/store.ts';
import { placed } from './placed.ts';

const state = memoryStore();
for (const zone of ['a', 'b'])
  state.put({ group: '', resource: 'nodes' }, '', zone, {
    metadata: { name: zone, labels: { zone } },
    status: { allocatable: { cpu: '1', pods: '9' } },
  });
const allowedTopologies = [{ matchLabelExpressions: [{ key: 'zone', values: ['b'] }] }];
for (const [name, volumeBindingMode] of [
  ['later', 'WaitForFirstConsumer'],
  ['now', 'Immediate'],
] as const)
  state.put({ group: 'storage.k8s.io', resource: 'storageclasses' }, '', name, {
    metadata: { name },
    provisioner: 'csi.example.com',
    volumeBindingMode,
    allowedTopologies,
  });
state.put({ group: 'resource.k8s.io', resource: 'resourceclaimtemplates' }, 'shop', 'gpus', {
  metadata: { name: 'gpus', namespace: 'shop' },
  spec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', count: 1 } }] } } },
});
state.put({ group: 'resource.k8s.io', resource: 'deviceclasses' }, '', 'gpu', { metadata: { name: 'gpu' }, spec: {} });

const ephemeral = (storageClassName: string): JsonObject => ({
  volumes: [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: { storageClassName, resources: { requests: { storage: '1Gi' } } } } } }],
});
const rows: readonly (readonly [sentence: string, spec: Json, fits: readonly string[], unknown?: RegExp])[] = [
  ['a claim that is to be made goes where its class allows it', ephemeral('later'), ['b']],
  ['a class that binds at once decides before', ephemeral('now'), ['a', 'b'], /is not known before its claim is bound/],
  ['a claim of devices by a template is taken as made', { resourceClaims: [{ name: 'g', resourceClaimTemplateName: 'gpus' }] }, []],
];

for (const [sentence, spec, fits, unknown = /^$/] of rows)
  test(sentence, () => {
    const metadata = { name: 'p', namespace: 'shop', uid: 'u' };
    const placement = placed({ metadata, spec: { containers: [{}], ...(spec as JsonObject) } }, state);
    assert.equal(placement.before, undefined);
    const fitting = placement.nodes.filter(({ objections }) => objections.length === 0);
    assert.deepEqual(
      fitting.map(({ node }) => node),
      fits,
    );
    assert.match(placement.unknown.join(), unknown);
  });
