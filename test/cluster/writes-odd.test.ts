// Requests that few clients send, to a real API server and to ours: options of deletes in every odd form, creates that state a version or a
// name that is taken, directives of strategic merge patches, values of wrong types in them, services that lose node ports. Rows are bodies; each
// is asked of an object of its own, and whole answers must be equal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { type TwinRequest, twins } from './twin.ts';

const configMaps = '/api/v1/namespaces/NS/configmaps';
const pods = '/api/v1/namespaces/NS/pods';
const services = '/api/v1/namespaces/NS/services';
const strategic = 'application/strategic-merge-patch+json';
const applied = 'application/apply-patch+yaml';

const configMap = (name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
});

const deletes: readonly JsonObject[] = [
  { kind: 'DeleteOptions', apiVersion: 'v2' },
  { kind: 'Nope', apiVersion: 'v1' },
  { kind: 'Status', apiVersion: 'v1' },
  { kind: 'ListOptions', apiVersion: 'meta.k8s.io/v1' },
  { kind: 'Pod', apiVersion: 'v1' },
  { gracePeriodSeconds: 'x' },
  { gracePeriodSeconds: 1.5 },
  { propagationPolicy: 5 },
  { propagationPolicy: '' },
  { preconditions: 'x' },
  { preconditions: { uid: 5 } },
  { preconditions: { uid: '' } },
  { preconditions: { resourceVersion: '0' } },
  { orphanDependents: 'x' },
  { dryRun: 'All' },
  { dryRun: ['All', 'x'] },
  { kind: 'DeleteOptions' },
];

const creates: readonly JsonObject[] = [
  configMap('new', { resourceVersion: '5' }),
  configMap('taken', { resourceVersion: '5' }),
  configMap('taken', { generateName: 'x' }),
  configMap('zero', { resourceVersion: '0' }),
  configMap('odd', { resourceVersion: 'abc' }),
];

const strategicPatches: readonly JsonObject[] = [
  { $patch: 'frob' },
  { $patch: 'merge', metadata: { labels: { z: '1' } } },
  { metadata: { ownerReferences: [{ name: 'nokey' }] } },
  { metadata: { labels: { $retainKeys: ['a'], b: '2' } } },
  { metadata: { labels: { a: 5 } } },
  { metadata: { labels: { a: true } } },
  { metadata: { creationTimestamp: 5 } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': 'x' } },
  { metadata: { '$setElementOrder/finalizers': 'x' } },
  { spec: { containers: [{ name: 'c', $patch: 'merge' }] } },
  { spec: { containers: [{ name: 'c', imagePullPolicy: 5 }] } },
  { spec: { containers: ['x'] } },
  { spec: { '$setElementOrder/containers': [{ image: 'x' }], containers: [{ name: 'c', image: 'j' }] } },
  { spec: { '$setElementOrder/nope': [] } },
  { spec: { activeDeadlineSeconds: 5.5 } },
  { spec: { nodeSelector: 'x' } },
];

const service = (spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec });

const apply = (body: JsonObject): TwinRequest => ({
  method: 'PATCH',
  path: `${services}/s`,
  query: { fieldManager: 'a', force: 'true' },
  contentType: applied,
  body,
});

const stories: Readonly<Record<string, readonly TwinRequest[]>> = {
  'options of deletes': deletes.flatMap((body, index) => [
    { method: 'POST', path: configMaps, body: configMap(`d${index}`) },
    { method: 'DELETE', path: `${configMaps}/d${index}`, query: { dryRun: 'All' }, body },
    { method: 'GET', path: `${configMaps}/d${index}` },
  ]),
  'creates of what has been': [
    { method: 'POST', path: configMaps, body: configMap('taken') },
    ...creates.flatMap((body) => [
      { method: 'POST', path: configMaps, query: { dryRun: 'All' }, body },
      { method: 'POST', path: configMaps, body },
    ]),
  ],
  'strategic merge patches': [
    {
      method: 'POST',
      path: pods,
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', labels: { a: 'b' }, finalizers: ['example.com/f'] },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    },
    ...strategicPatches.map((body) => ({ method: 'PATCH', path: `${pods}/p`, contentType: strategic, body })),
  ],
  'node ports that go': [
    apply(service({ type: 'NodePort', clusterIP: '10.0.77.7', ports: [{ name: 'p80', port: 80, nodePort: 31777 }] })),
    {
      method: 'PATCH',
      path: `${services}/s`,
      query: { fieldManager: 'u' },
      contentType: strategic,
      body: { spec: { type: 'ClusterIP', ports: [{ name: 'p81', port: 81 }] } },
    },
    { method: 'DELETE', path: '/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical', query: { dryRun: 'All' } },
  ],
};

test('odd writes are answered as a real API server answers them', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  for (const [name, story] of Object.entries(stories)) {
    await t.test(name, async () => {
      const both = await twins(cluster, 'odd');
      for (const request of story) {
        const { real, ours } = await both.ask(request);
        assert.equal(ours, real, `${request.method} ${request.path} ${JSON.stringify(request.body)}`);
      }
    });
  }
});
