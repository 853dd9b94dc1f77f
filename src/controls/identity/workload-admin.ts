// A pod that holds an administrator's token: every verb on every resource, in the cluster or in a namespace.

import { control, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { appAccount, clusterRoleBinding, harmless, roleBinding } from './examples.ts';
import { podHolds } from './rights-of-pods.ts';
import { isEverything } from './wildcards.ts';

export const workloadAdmin = control({
  id: 'identity/workload-admin',
  aliases: ['C-0272', 'C-0267'],
  severity: 'critical',
  title: 'No pod holds the token of an administrator',
  why: 'A break-in into one container is a break-in into everything the administrator may do.',
  fix: 'Give the service account the rights the program uses; an audit log says which ones they are.',
  frameworks: ['cis:5.1.1', 'nsa:authentication-and-authorization', 'attack:T1528', 'matrix:MS-TA9019', 'owasp:K03', 'bsi:APP.4.4.A9'],
  on: pods,
  check: podHolds('administrator', isEverything, 'do everything'),
  examples: {
    pass: () => [harmless(), cluster(deployment())],
    fail: () => [
      cluster(
        deployment({ pod: { automountServiceAccountToken: true } }),
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'cluster-admin' },
          rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
        },
        clusterRoleBinding([appAccount], 'cluster-admin'),
      ),
      // Every cluster has cluster-admin, whether the manifests bring it or not.
      cluster(deployment({ pod: { automountServiceAccountToken: true } }), clusterRoleBinding([appAccount], 'cluster-admin')),
      cluster(deployment({ pod: { automountServiceAccountToken: true } }), roleBinding([appAccount], 'ClusterRole', 'cluster-admin')),
    ],
  },
  overlaps: ['identity/token-automounted', 'identity/token-with-rights', 'identity/cluster-admin-bound', 'identity/namespace-admin-bound'],
});
