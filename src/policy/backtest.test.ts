import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { backtest } from './backtest.ts';
import { compilePolicies } from './compile.ts';
import { policySet } from './policy-set.ts';
import { recordedRequest } from './recorded.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] };
const policies: readonly KubeObject[] = [
  {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: "request.operation == 'DELETE' || object.data.k != 'bad'", message: 'bad' }],
    },
  },
  { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'b' }, spec: { policyName: 'p', validationActions: ['Deny'] } },
];

const configMap = (k: string): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { k } });
const event = (verb: string, rest: JsonObject): JsonObject => ({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Event',
  stage: 'ResponseComplete',
  verb,
  user: { username: 'jane' },
  objectRef: { resource: 'configmaps', namespace: 'shop', apiVersion: 'v1' },
  responseStatus: { code: 200 },
  ...rest,
});

const cases: readonly (readonly [
  says: string,
  record: JsonObject,
  counts: readonly [judged: number, nowDenied: number, stillDenied: number],
])[] = [
  ['a create that the policy refuses', event('create', { requestObject: configMap('bad') }), [1, 1, 0]],
  ['a create that it admits', event('create', { requestObject: configMap('good') }), [1, 0, 0]],
  ['a create that was refused then', event('create', { requestObject: configMap('bad'), responseStatus: { code: 403 } }), [1, 0, 1]],
  [
    'a patch is judged by what it made',
    event('patch', { requestObject: { data: { k: 'good' } }, responseObject: configMap('bad') }),
    [1, 1, 0],
  ],
  ['a patch without what it made is not judged', event('patch', { requestObject: { data: { k: 'bad' } } }), [0, 0, 0]],
  ['an event without objects is not judged', event('create', {}), [0, 0, 0]],
  [
    'an event of an earlier stage is passed over',
    event('create', { stage: 'RequestReceived', requestObject: configMap('bad') }),
    [0, 0, 0],
  ],
  [
    'a review',
    {
      kind: 'AdmissionReview',
      request: {
        operation: 'CREATE',
        resource: { version: 'v1', resource: 'configmaps' },
        kind: { version: 'v1', kind: 'ConfigMap' },
        namespace: 'shop',
        object: configMap('bad'),
      },
    },
    [1, 1, 0],
  ],
];

for (const [says, record, counts] of cases)
  test(says, () => {
    const run = backtest(policySet(compilePolicies(policies)), { namespace: (name) => ({ metadata: { name } }) });
    run.take(record);
    const { judged, nowDenied, stillDenied } = run.result();
    assert.deepEqual([judged, nowDenied, stillDenied], counts);
  });

test('equal denials are one row with their number', () => {
  const run = backtest(policySet(compilePolicies(policies)), { namespace: (name) => ({ metadata: { name } }) });
  for (const time of ['2026-01-02', '2026-01-01'])
    run.take(event('create', { requestObject: configMap('bad'), requestReceivedTimestamp: time }));
  const [row] = run.result().wouldDeny;
  assert.deepEqual(
    [row?.count, row?.user, row?.namespace, row?.first, row?.last, row?.message],
    [2, 'jane', 'shop', '2026-01-01', '2026-01-02', 'bad'],
  );
});

test('records of odd shapes are no requests', () => {
  for (const odd of [
    null,
    1,
    [],
    {},
    { kind: 'Event' },
    { kind: 'AdmissionReview', request: [] },
    { kind: 'AdmissionReview', request: { operation: 'READ' } },
  ])
    assert.ok(typeof recordedRequest(odd) !== 'object');
});
