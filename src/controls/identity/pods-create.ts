// A pod runs as any service account of its namespace and mounts any of its Secrets, so creating pods is holding what they hold.
// Kubernetes 1.36, "RBAC Good Practices", workload creation.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const podsCreate = right({
  id: 'identity/pods-create',
  aliases: ['C-0188', 'KSV-0048', 'access-to-create-pods'],
  severity: 'high',
  title: 'No role creates pods',
  why: 'A pod may run as any service account of its namespace and mount any Secret there; without admission control it may also take over its node.',
  fix: 'Let people and pipelines create workloads through a controller that is limited to them, and drop `create` on pods.',
  frameworks: [
    'cis:5.1.4',
    'nsa:authentication-and-authorization',
    'attack:T1610',
    'matrix:MS-TA9008',
    'owasp:K03',
    'bsi:APP.4.4.A9',
    'pci:1.5.b',
  ],
  lets: 'create pods',
  rights: [{ verbs: ['create'], group: '', resources: ['pods'] }],
  throughStars: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [inNamespace(rule('', ['pods'], ['create'])), clusterWide(rule('', ['pods'], ['get', 'create']))],
  },
});
