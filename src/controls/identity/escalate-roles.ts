// The API server lets nobody write rights into a role that they lack, except those with `escalate` on it.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const escalateRoles = right({
  id: 'identity/escalate-roles',
  aliases: ['rule:rule-can-bind-escalate', 'C-0191', 'KSV-0050', 'CKV_K8S_158'],
  severity: 'critical',
  title: 'No role writes rights into roles that it lacks',
  why: 'With `escalate` the holder may add any right to a role, their own included, and so becomes administrator.',
  fix: 'Drop `escalate`; the few controllers that make roles should hold the rights they give.',
  frameworks: [
    'cis:5.1.8',
    'nsa:authentication-and-authorization',
    'attack:T1098.006',
    'matrix:MS-TA9019',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'write rights into roles that they do not have',
  rights: [{ verbs: ['escalate'], group: 'rbac.authorization.k8s.io', resources: ['roles', 'clusterroles'] }],
  namesLimit: false,
  throughStars: true,
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      clusterWide(rule('rbac.authorization.k8s.io', ['clusterroles'], ['get', 'escalate'])),
      inNamespace(rule('rbac.authorization.k8s.io', ['roles'], ['list', 'escalate'])),
    ],
  },
});
