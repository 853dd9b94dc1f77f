// Exports of a cloud as evidence, in the commands that take them.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { cofferdam } from '../../../test/cli/cofferdam.ts';
import { folder } from '../../../test/folder.ts';

const objects = `apiVersion: v1
kind: ConfigMap
metadata: {name: aws-auth, namespace: kube-system}
data:
  mapRoles: |
    - rolearn: arn:aws:iam::1:role/dev
      username: dev
      groups: [dev]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: execs}
rules: [{apiGroups: [""], resources: [pods/exec], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: execs}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: execs}
subjects:
  - {kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}
  - {kind: ServiceAccount, name: web, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/web"}}
`;
const policies = {
  principalArn: 'arn:aws:iam::1:role/root',
  associatedAccessPolicies: [
    { policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy', accessScope: { type: 'cluster' } },
  ],
};

test('who-can names those of the cloud, and what is not known', (t) => {
  const place = folder(t, { 'all.yaml': objects, 'policies.json': JSON.stringify(policies) });
  const words = ['who-can', 'create', 'pods/exec', '-f', join(place, 'all.yaml'), '--cloud', join(place, 'policies.json')];
  const { stdout } = cofferdam(words);
  assert.match(stdout, /Group dev.*\n {2}is arn:aws:iam::1:role\/dev {2}\(ConfigMap kube-system\/aws-auth, mapRoles\)/);
  assert.match(stdout, /beside RBAC:\n {2}arn:aws:iam::1:role\/root can by AmazonEKSClusterAdminPolicy/);
  assert.match(stdout, /unknown of the cloud:\n {2}EKS: /);
  const answer = JSON.parse(cofferdam([...words, '-o', 'json']).stdout);
  assert.deepEqual(
    answer.subjects.map((one: { name: string; principals: readonly object[] }) => [one.name, one.principals.length]),
    [
      ['dev', 1],
      ['web', 0],
    ],
  );
  assert.equal(answer.besideRbac[0].allows, 'yes');
});

test('permissions say whom a service account is in the cloud', (t) => {
  const place = folder(t, { 'all.yaml': objects, 'policies.json': JSON.stringify(policies) });
  const words = ['permissions', '--all', '-f', join(place, 'all.yaml'), '--cloud', join(place, 'policies.json')];
  assert.match(cofferdam(words).stdout, /in the cloud: arn:aws:iam::1:role\/web by annotation .*, whether it is trusted is not known/);
  const { subjects } = JSON.parse(cofferdam([...words, '-o', 'json']).stdout);
  assert.deepEqual(subjects[1].cloudRoles[0].trusted, null);
});

test('identities are a table of both ways', (t) => {
  const place = folder(t, { 'all.yaml': objects, 'broken.txt': '{' });
  const { stdout, status } = cofferdam(['identities', join(place, 'all.yaml')]);
  assert.equal(status, 0);
  assert.match(stdout, /into the cluster\n.*\n {2}arn:aws:iam::1:role\/dev\s+dev, dev/);
  assert.match(stdout, /out of the cluster\n.*\n {2}shop\/web\s+arn:aws:iam::1:role\/web\s+not known/);
  assert.match(stdout, /unknown:\n {2}EKS: whether aws-auth or access entries count/);
  assert.equal(cofferdam(['identities', join(place, 'all.yaml'), '--cloud', join(place, 'broken.txt')]).status, 2);
});
