// Who changes roles and bindings decides who may do what. The API server refuses to give more than the giver holds, so this alone is
// spreading rights, not gaining them.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const rbacManage = right({
  id: 'identity/rbac-manage',
  aliases: [],
  severity: 'medium',
  title: 'No role changes roles or bindings',
  why: 'The holder may give all their rights to others, take rights from anybody, and outlive the removal of their own account.',
  fix: 'Leave roles and bindings to the pipeline that applies reviewed manifests.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1098.006', 'matrix:MS-TA9019', 'owasp:K03', 'bsi:APP.4.4.A3'],
  lets: 'change roles and bindings',
  rights: [
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'rbac.authorization.k8s.io',
      resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
    },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [
      inNamespace(rule('rbac.authorization.k8s.io', ['rolebindings'], ['create'])),
      clusterWide(rule('rbac.authorization.k8s.io', ['clusterroles', 'clusterrolebindings'], ['update'])),
    ],
  },
});
