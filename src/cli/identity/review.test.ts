// `cofferdam rbac review` as a person runs it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { cofferdam } from '../../../test/cli/cofferdam.ts';
import { folder } from '../../../test/folder.ts';

const rbac = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
  - {apiGroups: [""], resources: [secrets], verbs: [get]}
  - {apiGroups: [""], resources: [pods], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
  - {kind: ServiceAccount, name: web}
  - {kind: User, name: "=cmd()", apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: again, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web}]
`;
const event = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: '1',
  stage: 'ResponseComplete',
  verb: 'get',
  user: { username: 'system:serviceaccount:shop:web', groups: ['system:serviceaccounts'] },
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web-0' },
  requestReceivedTimestamp: '2026-05-01T10:00:00.000000Z',
  annotations: { 'authorization.k8s.io/decision': 'allow' },
};

test('a review says what was used, what not, and what is given twice', (t) => {
  const place = folder(t, { 'rbac.yaml': rbac, 'audit.log': `${JSON.stringify(event)}\n` });
  const words = ['rbac', 'review', '-f', join(place, 'rbac.yaml'), '--audit', join(place, 'audit.log')];
  const table = cofferdam(words);
  assert.equal(table.status, 0);
  assert.match(table.stdout, /Role shop\/reader in shop, by RoleBinding shop\/readers {2}1 of 2 rules never used, last 2026-05-01/);
  assert.match(table.stdout, /needed: get pods/);
  assert.match(table.stdout, /all of it is given by RoleBinding shop\//);
  assert.match(table.stdout, /User =cmd\(\)\n {2}Role shop\/reader in shop, by RoleBinding shop\/readers {2}never used/);
  const json = cofferdam([...words, '-o', 'json', '--only', 'unused']);
  const { grants, events } = JSON.parse(json.stdout);
  assert.deepEqual([grants.length, grants[0].state, grants[0].lastUsed, grants[0].reviewer, events], [1, 'unused', null, '', 1]);
  const csv = cofferdam([...words, '-o', 'csv']).stdout;
  assert.match(csv, /^id,subject,scope,/);
  assert.equal(csv.trim().split('\r\n').length, 4);
});

test('decisions go on to the next review', (t) => {
  const place = folder(t, { 'rbac.yaml': rbac });
  const words = ['rbac', 'review', '-f', join(place, 'rbac.yaml'), '-o', 'json'];
  const first = JSON.parse(cofferdam(words).stdout);
  first.grants[0].reviewer = 'rita';
  first.grants[0].decision = 'keep';
  first.grants.pop();
  const earlier = folder(t, { 'review.json': JSON.stringify(first) });
  const { grants } = JSON.parse(cofferdam([...words, '--previous', join(earlier, 'review.json')]).stdout);
  assert.deepEqual(
    grants.map((one: { reviewer: string; decision: string; new: boolean; state: string }) => [
      one.reviewer,
      one.decision,
      one.new,
      one.state,
    ]),
    [
      ['rita', 'keep', false, 'unknown'],
      ['', '', false, 'unknown'],
      ['', '', true, 'unknown'],
    ],
  );
});

test('use is not asked for without a log', (t) => {
  const place = folder(t, { 'rbac.yaml': rbac });
  const file = join(place, 'rbac.yaml');
  assert.equal(cofferdam(['rbac', 'review', '-f', file, '--only', 'unused']).status, 2);
  assert.equal(cofferdam(['rbac', 'review', '-f', file, '--only', 'silly']).status, 2);
  assert.equal(cofferdam(['rbac', 'review', '-f', file, '--previous', file]).status, 2);
});
