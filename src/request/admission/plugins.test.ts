// Admission plugins through whole requests, as rows that read as sentences. Suites hold many more; these are the ones to read first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import { dig, type Json, type JsonObject } from '../../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../../snapshot/snapshot.ts';
import { answerWrite } from '../pipeline.ts';
import { apiServer, defaultPlugins } from '../server.ts';
import { storeOf } from '../store/of-snapshot.ts';

const release = await loadSchemas('1.36');

function answer(objects: readonly KubeObject[], body: JsonObject, path = '/api/v1/namespaces/shop/pods', plugins: readonly string[] = []) {
  assert.ok(release !== undefined);
  const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' }, 'shop')), facts: assumedFacts('1.36') });
  const { store } = storeOf(state, release, ['shop']);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => 'u', suffix: () => 'xxxxx' };
  const server = apiServer(release, { plugins: new Set([...defaultPlugins, ...plugins]) });
  const user = { name: 'root', groups: ['system:masters'] };
  const request = { method: 'POST', path, query: {}, user, body: { kind: 'json', value: body } } as const;
  return answerWrite(request, { server, state: store, store, access: () => state, circumstances }).answer;
}

const pod = (spec: JsonObject = {}, resources: Json = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', image: 'i:1', resources }], ...spec },
});
const limits: KubeObject = {
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'l', namespace: 'shop' },
  spec: { limits: [{ type: 'Container', default: { cpu: '500m' }, max: { cpu: '1' } }] },
};
const quota = (status: Json): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'shop' },
  spec: { hard: { pods: '1' } },
  status,
});

test('a LimitRange gives what a container does not state, and writes it down', () => {
  const { object } = answer([limits], pod());
  assert.equal(dig(object, 'spec', 'containers', 0, 'resources', 'limits', 'cpu'), '500m');
  assert.equal(
    dig(object, 'metadata', 'annotations', 'kubernetes.io/limit-ranger'),
    'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
  );
});

test('a LimitRange refuses what is over its maximum', () => {
  const { refusal } = answer([limits], pod({}, { limits: { cpu: '2' } }));
  assert.equal(refusal?.message, 'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2');
});

test('a quota without a status limits nothing; with one it does', () => {
  assert.equal(answer([quota({})], pod()).code, 201);
  assert.equal(
    answer([quota({ hard: { pods: '1' }, used: { pods: '1' } })], pod()).refusal?.message,
    'pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
  );
});

test('a plugin that is off by default acts where it is turned on', () => {
  const policy = (plugins: readonly string[]) =>
    dig(answer([], pod(), undefined, plugins).object, 'spec', 'containers', 0, 'imagePullPolicy');
  assert.deepEqual([policy([]), policy(['AlwaysPullImages'])], ['IfNotPresent', 'Always']);
});

test('a webhook whose Service is not there fails as in a cluster', () => {
  const hook: KubeObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'h' },
    webhooks: [
      {
        name: 'a.b.example',
        clientConfig: { service: { name: 'none', namespace: 'shop' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
  assert.match(
    answer([hook], pod()).refusal?.message ?? '',
    /^Internal error occurred: failed calling webhook "a\.b\.example": .*service "none" not found$/,
  );
});

test('nobody asks for a client certificate of system:masters', () => {
  // No request at all is refused too, before anybody approves anything.
  const request = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'x' } };
  const spec = { request: btoa('no request'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
  const { code } = answer([], { ...request, spec }, '/apis/certificates.k8s.io/v1/certificatesigningrequests');
  assert.ok(code === 403 || code === 422);
});
