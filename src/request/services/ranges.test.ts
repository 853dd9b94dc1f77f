import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { apiServer } from '../server.ts';
import { serviceRangesOf } from './ranges.ts';

const cidr = (name: string, ...cidrs: readonly string[]): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs },
});
const service = (clusterIP: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a', namespace: 'a' },
  spec: { clusterIP },
});
const apiServerPod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'kube-apiserver-cp', namespace: 'kube-system' },
  spec: { containers: [{ name: 'a', command: ['kube-apiserver', '--service-cluster-ip-range=10.43.0.0/16,fd01::/112'] }] },
};

const rows: readonly (readonly [objects: readonly KubeObject[], ranges: readonly string[], known: boolean, why: string])[] = [
  [[], ['10.96.0.0/12'], false, 'nothing says it'],
  [[service('172.20.0.10')], ['10.96.0.0/12'], false, 'an address does not say how large its range is'],
  [[service('fd00::1')], ['10.96.0.0/12', 'fd00:10:96::/112'], false, 'an address shows that there are two families'],
  [[cidr('more', '10.8.0.0/16'), cidr('kubernetes', '10.7.0.0/16')], ['10.7.0.0/16', '10.8.0.0/16'], true, 'the own range is the first'],
  [[apiServerPod], ['10.43.0.0/16', 'fd01::/112'], true, 'the flag of the API server says it'],
];
for (const [objects, ranges, known, why] of rows)
  test(`service ranges: ${why}`, () => {
    const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
    assert.deepEqual(serviceRangesOf(state), { ranges, known });
  });

test('a server of which nobody says the range assumes what serviceRangesOf does, and one that is given is known', async () => {
  const release = await loadSchemas('1.36');
  assert.ok(release);
  const { ranges, known } = serviceRangesOf(snapshot({ resources: [] }));
  const server = apiServer(release);
  assert.deepEqual([server.serviceClusterIpRanges, server.serviceRangesKnown], [ranges, known]);
  assert.equal(apiServer(release, { serviceClusterIpRanges: ['10.0.0.0/24'] }).serviceRangesKnown, true);
});
