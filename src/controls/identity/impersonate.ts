// Impersonation is being somebody else: with it on groups one may be system:masters, which no authorizer refuses. Besides the classic
// verb the constrained ones of Kubernetes 1.35 (KEP-5284) count, which name a mode.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const impersonate = right({
  id: 'identity/impersonate',
  aliases: ['C-0065', 'C-0191', 'KSV-0043', 'CKV2_K8S_3'],
  severity: 'critical',
  title: 'No role impersonates users, groups or service accounts',
  why: 'Whoever impersonates has every right of everybody they may impersonate; with groups that includes system:masters, which stands above RBAC.',
  fix: 'Drop `impersonate`; where a proxy needs it, name the exact users and groups in `resourceNames`.',
  frameworks: [
    'cis:5.1.8',
    'nsa:authentication-and-authorization',
    'attack:T1550.001',
    'matrix:MS-TA9016',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'act as other users, groups or service accounts',
  rights: [
    { verbs: ['impersonate'], group: '', resources: ['users', 'groups', 'serviceaccounts'] },
    { verbs: ['impersonate'], group: 'authentication.k8s.io', resources: ['uids'] },
    {
      verbs: ['impersonate:user-info', 'impersonate:serviceaccount', 'impersonate:arbitrary-node'],
      group: 'authentication.k8s.io',
      resources: ['users', 'groups', 'uids', 'serviceaccounts', 'nodes'],
    },
  ],
  namesLimit: false,
  throughStars: true,
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [
      clusterWide(rule('', ['users', 'groups'], ['list', 'impersonate'])),
      inNamespace(rule('', ['serviceaccounts'], ['get', 'impersonate'])),
    ],
  },
});
