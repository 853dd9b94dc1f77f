// `cofferdam can` with the authorizers of the API server given.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { cofferdam } from '../../../test/cli/cofferdam.ts';
import { folder } from '../../../test/folder.ts';

const objects = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: r}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
`;
const configuration = (expression: string) => `apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: guard
  webhook:
    failurePolicy: Deny
    matchConditions:
    - expression: ${expression}
- type: RBAC
  name: rbac
`;

test('a webhook before RBAC is named, unless its conditions leave it out', (t) => {
  const place = folder(t, {
    'rbac.yaml': objects,
    'asks.yaml': configuration('request.user == "jane"'),
    'passes.yaml': configuration('request.user == "joe"'),
    'broken.yaml': configuration('request.'),
  });
  const ask = (file: string) =>
    cofferdam(['can', 'get', 'pods', '--as', 'jane', '-f', join(place, 'rbac.yaml'), '--authorization-config', join(place, file)]);
  assert.match(ask('asks.yaml').stdout, /^yes: .*\n.*\n {2}not modelled: the webhook guard is asked before, and may decide otherwise/);
  assert.doesNotMatch(ask('passes.yaml').stdout, /not modelled/);
  assert.equal(ask('broken.yaml').status, 2);
});

test('modes and policies', (t) => {
  const policy = {
    apiVersion: 'abac.authorization.kubernetes.io/v1beta1',
    kind: 'Policy',
    spec: { user: 'joe', resource: 'pods', namespace: '*', apiGroup: '*' },
  };
  const place = folder(t, { 'rbac.yaml': objects, 'policies.jsonl': JSON.stringify(policy) });
  const ask = (user: string, mode: string) =>
    cofferdam([
      ...['can', 'get', 'pods', '--as', user, '-f', join(place, 'rbac.yaml')],
      ...['--authorization-mode', mode, '--authorization-policy-file', join(place, 'policies.jsonl')],
    ]);
  assert.deepEqual(
    [ask('joe', 'RBAC').status, ask('joe', 'ABAC,RBAC').status, ask('jane', 'Node').status, ask('jane', 'Nodes').status],
    [1, 0, 1, 2],
  );
  assert.match(ask('joe', 'ABAC').stdout, /the authorizer abac allows it/);
});
