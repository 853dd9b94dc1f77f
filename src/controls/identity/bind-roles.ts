// The API server lets nobody hand out rights they lack, except those with `bind` on the role. Asked on roles and clusterroles, not on
// bindings (kubernetes pkg/registry/rbac, BindingAuthorized).

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const bindRoles = right({
  id: 'identity/bind-roles',
  aliases: ['rule:rule-can-bind-escalate', 'C-0191', 'KSV-0050', 'CKV_K8S_157'],
  severity: 'critical',
  title: 'No role binds roles whose rights it lacks',
  why: 'With `bind` the API server lets the holder hand out roles with more rights than their own, to themselves as well.',
  fix: 'Drop `bind`, or name the roles that may be handed out in `resourceNames` and keep them weak.',
  frameworks: [
    'cis:5.1.8',
    'nsa:authentication-and-authorization',
    'attack:T1098.006',
    'matrix:MS-TA9019',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'bind roles whose rights they do not have',
  rights: [{ verbs: ['bind'], group: 'rbac.authorization.k8s.io', resources: ['roles', 'clusterroles'] }],
  namesLimit: false,
  throughStars: true,
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      clusterWide(rule('rbac.authorization.k8s.io', ['clusterroles'], ['get', 'bind'])),
      inNamespace(rule('rbac.authorization.k8s.io', ['roles'], ['get', 'list', 'bind'])),
      inNamespace(rule('rbac.authorization.k8s.io', ['clusterroles'], ['get', 'bind'])),
    ],
  },
});
