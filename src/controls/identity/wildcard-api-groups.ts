// A star for API groups reaches resources of the same name in groups that are installed later: who may read `services` of all groups may
// read those of a service mesh too.

import { control } from '../control.ts';
import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { allRoles } from './right.ts';
import { starIn } from './wildcards.ts';

export const wildcardApiGroups = control({
  id: 'identity/wildcard-api-groups',
  aliases: ['CKV_K8S_49'],
  severity: 'low',
  title: 'Roles list the API groups they are for',
  why: 'A star reaches resources of that name in every API group, those that are installed later included.',
  fix: 'List the API groups of the resources; the core group is the empty string.',
  frameworks: ['cis:5.1.3', 'nsa:authentication-and-authorization', 'owasp:K03', 'bsi:APP.4.4.A9', 'pci:2.1.a'],
  on: allRoles,
  check: starIn('apiGroups', (one) => `${one.verbs.join(', ')} on ${one.resources.join(', ')} of every API group`),
  examples: {
    pass: () => [harmless()],
    fail: () => [inNamespace(rule('*', ['leases'], ['get'])), clusterWide(rule('*', ['orders'], ['list']))],
  },
});
