// A star for verbs gives the verbs nobody thinks of, on any resource: `deletecollection`, `escalate`, `bind`, and those of later releases.

import { control } from '../control.ts';
import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { allRoles } from './right.ts';
import { starIn } from './wildcards.ts';

export const wildcardVerbs = control({
  id: 'identity/wildcard-verbs',
  aliases: ['KSV-0045', 'wildcard-in-rules', 'CKV_K8S_49'],
  severity: 'medium',
  title: 'Roles list the verbs they allow',
  why: 'A star gives every verb, deletion of whole collections and those of later releases included.',
  fix: 'List the verbs that are used.',
  frameworks: ['cis:5.1.3', 'nsa:authentication-and-authorization', 'attack:T1098.006', 'owasp:K03', 'bsi:APP.4.4.A9', 'pci:2.1.a'],
  on: allRoles,
  check: starIn('verbs', (one) => `every verb on ${one.resources.join(', ')}`),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      inNamespace(rule('coordination.k8s.io', ['leases'], ['*'])),
      clusterWide(rule('shop.example.com', ['orders'], ['get', '*'])),
    ],
  },
});
