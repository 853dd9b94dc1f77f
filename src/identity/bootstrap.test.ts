import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { resource } from '../snapshot/snapshot.ts';
import { isShippedBinding, isShippedRole } from './bootstrap.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';

function binding(name: string, role: string, subject: string, namespace?: string): KubeObject {
  const [kind = '', text = ''] = subject.split(' ');
  const [own, account] = text.includes('/') ? text.split('/') : [undefined, text];
  return {
    apiVersion,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { kind: 'ClusterRole', name: role },
    subjects: [{ kind, name: account, ...(own === undefined ? {} : { namespace: own }) }],
  };
}

describe('a binding is one of Kubernetes itself', () => {
  const table: readonly [says: string, object: KubeObject, shipped: boolean][] = [
    ['as it ships it', binding('cluster-admin', 'cluster-admin', 'Group system:masters'), true],
    ['as kubeadm makes it', binding('kubeadm:cluster-admins', 'cluster-admin', 'Group kubeadm:cluster-admins'), true],
    [
      'with a controller of kube-system',
      binding('system:controller:job-controller', 'system:controller:job-controller', 'ServiceAccount kube-system/job-controller'),
      true,
    ],
    ['but not with another subject', binding('cluster-admin', 'cluster-admin', 'User jane'), false],
    [
      'but not with a service account of another namespace',
      binding('system:controller:job-controller', 'system:controller:job-controller', 'ServiceAccount shop/job-controller'),
      false,
    ],
    ['but not with another role', binding('system:discovery', 'cluster-admin', 'Group system:authenticated'), false],
    ['but not by a name of its own', binding('mine', 'cluster-admin', 'Group system:masters'), false],
    ['but not by a name that an object has from birth', binding('constructor', 'cluster-admin', 'Group system:masters'), false],
  ];
  for (const [says, object, shipped] of table)
    test(says, () => assert.equal(isShippedBinding(resource(object, { kind: 'memory' })), shipped));
});

test('a Role of a shipped name in another namespace is not shipped', () => {
  const role = (namespace: string) =>
    resource({ apiVersion, kind: 'Role', metadata: { name: 'system:controller:token-cleaner', namespace } }, { kind: 'memory' });
  assert.equal(isShippedRole(role('kube-system')), true);
  assert.equal(isShippedRole(role('shop')), false);
});
