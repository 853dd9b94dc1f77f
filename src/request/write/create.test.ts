// A create through all stages, as rows that read as sentences: who asks for what, and what the server says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../kube/schema/load.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { dig } from '../../lib/json.ts';
import { assumedFacts, snapshot } from '../../snapshot/snapshot.ts';
import { answerWrite } from '../pipeline.ts';
import type { ApiRequest } from '../request.ts';
import { apiServer } from '../server.ts';
import { storeOf } from '../store/of-snapshot.ts';
import { traceWrite } from '../trace/trace.ts';
import type { Writing } from './update.ts';

const release = await loadSchemas('1.36');

function serving(): Writing {
  assert.ok(release !== undefined);
  const state = snapshot({ resources: [], facts: assumedFacts('1.36') });
  const { store } = storeOf(state, release, ['shop']);
  let uids = 0;
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => `uid-${++uids}`, suffix: (length: number) => 'x'.repeat(length) };
  return { server: apiServer(release), state: store, store, access: () => state, circumstances };
}

const admin = { name: 'root', groups: ['system:masters', 'system:authenticated'] };
const pods = '/api/v1/namespaces/shop/pods';

function post(path: string, value: Json, more: Partial<ApiRequest> = {}): ApiRequest {
  return { method: 'POST', path, query: { fieldValidation: 'Strict' }, user: admin, body: { kind: 'json', value }, ...more };
}

const pod = (name: string, spec: JsonObject = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec },
});

const refusals: readonly (readonly [sentence: string, request: ApiRequest, code: number, message: string])[] = [
  [
    'a user without rights is refused before the body is read',
    post(pods, 'no object', { user: { name: 'bob', groups: ['system:authenticated'] } }),
    403,
    'pods is forbidden: User "bob" cannot create resource "pods" in API group "" in the namespace "shop"',
  ],
  ['a group that nobody serves is a page that is not there', post('/apis/nobody.example/v1/things', {}), 404, '404 page not found\n'],
  [
    'an alpha version that is off is no resource',
    post('/apis/admissionregistration.k8s.io/v1alpha1/mutatingadmissionpolicies', {}),
    404,
    'the server could not find the requested resource',
  ],
  [
    'an unknown field is refused where it is asked to be',
    post(pods, pod('a', { imagePullSecret: 'x' })),
    400,
    'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.imagePullSecret"',
  ],
  [
    'a wrong type names the Go type',
    post(pods, pod('a', { hostNetwork: 'yes' })),
    400,
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
  ],
  ['a namespace that is not there refuses', post('/api/v1/namespaces/none/pods', pod('a')), 404, 'namespaces "none" not found'],
  [
    'an account that is not there refuses',
    post(pods, pod('a', { serviceAccountName: 'robot' })),
    403,
    'pods "a" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found',
  ],
  [
    'a body that is no known format is refused',
    post(pods, {}, { contentType: 'text/plain' }),
    415,
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  ],
  [
    'broken JSON says where Go stops',
    post(pods, {}, { body: { kind: 'text', text: '{"kind": ]' } }),
    400,
    "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: invalid character ']' looking for beginning of value ({\"kind\": ])",
  ],
];

for (const [sentence, request, code, message] of refusals)
  test(sentence, () => {
    const { answer } = answerWrite(request, serving());
    assert.deepEqual([answer.code, answer.refusal?.message ?? answer.text], [code, message]);
  });

test('a pod gets its account, its token and its tolerations, and is stored', () => {
  const writing = serving();
  const { answer } = answerWrite(post(pods, pod('web')), writing);
  assert.equal(answer.code, 201);
  assert.equal(dig(answer.object, 'spec', 'serviceAccountName'), 'default');
  assert.equal(dig(answer.object, 'spec', 'volumes', 0, 'name'), 'kube-api-access-xxxxx');
  assert.equal(dig(answer.object, 'spec', 'tolerations', 0, 'tolerationSeconds'), 300);
  assert.equal(dig(answer.object, 'status', 'qosClass'), 'BestEffort');
  assert.equal(answerWrite(post(pods, pod('web')), writing).answer.refusal?.reason, 'AlreadyExists');
});

test('numbers that YAML and JSON spell in other ways are told apart', () => {
  const body = (text: string, contentType: string) => post(pods, null, { body: { kind: 'text', text }, contentType });
  const json =
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"terminationGracePeriodSeconds":3.0,"containers":[{"name":"c","image":"i"}]}}';
  assert.match(
    answerWrite(body(json, 'application/json'), serving()).answer.refusal?.message ?? '',
    /cannot unmarshal number 3\.0 .* of type int64$/,
  );
  const yaml =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  terminationGracePeriodSeconds: 3.0\n  containers: [{name: c, image: i}]\n';
  assert.equal(answerWrite(body(yaml, 'application/yaml'), serving()).answer.code, 201);
});

test('a trace says which plugin put what where, and who acts next', () => {
  const trace = traceWrite(post(pods, pod('web')), serving());
  assert.equal(trace.allowed, true);
  const account = trace.stages.find(({ plugin, decision }) => plugin === 'ServiceAccount' && decision === 'changed');
  assert.ok(account?.changes?.some(({ path }) => path === '/spec/serviceAccountName'));
  assert.match(trace.next[0]?.does ?? '', /not known/);
});

test('a trace stores nothing', () => {
  const writing = serving();
  traceWrite(post(pods, pod('web')), writing);
  assert.equal(writing.store.get({ group: '', resource: 'pods' }, 'shop', 'web'), undefined);
});

test('a kind that is gone is named with what stands in its place', () => {
  const value = { apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: { name: 'x' } };
  const trace = traceWrite(post('/apis/policy/v1beta1/podsecuritypolicies', value), serving());
  assert.match(trace.stages.flatMap(({ evidence }) => evidence).join(' '), /Pod Security Admission/);
});
