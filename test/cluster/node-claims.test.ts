// What NodeRestriction says of a node that changes more of a claim than it may, from the real API server and from the simulated one: the
// difference of the claims as Go writes them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothServers } from './both.ts';
import { realCluster } from './cluster.ts';

const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: c
  labels: {uid: "1", B: b, a: "<a>"}
  annotations: {z: y}
  finalizers: [x.example/y]
spec:
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  storageClassName: ""
  selector: {matchLabels: {b: c, a: d}, matchExpressions: [{key: k, operator: In, values: [v, u]}]}
  resources: {requests: {storage: 1024Mi}}
  dataSource: {kind: PersistentVolumeClaim, name: other}
`;

const node = '--as system:node:n1 --as-group system:nodes --as-group system:masters';
const changes: readonly string[] = [
  '{"metadata":{"labels":{"new":"x"}}}',
  '{"metadata":{"labels":{"a":null,"B":"&"},"annotations":{"a":"b"},"finalizers":null}}',
  '{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u","controller":true}]}}',
  '{"status":{"phase":"Bound","accessModes":["ReadWriteOnce"]}}',
  '{"status":{"capacity":{"storage":"1Gi"}}}',
];

test('a node is told what it may not change of a claim', { timeout: 60_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const both = await bothServers(t, cluster, { 'claim.yaml': claim });
  const patches = changes.map((change) => `kubectl patch pvc c -n NS --subresource=status --type=merge -p '${change}' ${node}`);
  const found = await both.differences(['kubectl create -n NS -f claim.yaml', ...patches].join('\n'));
  assert.deepEqual(found, []);
});
