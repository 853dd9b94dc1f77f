// A star for resources stands for every resource of the group and every subresource: in the core group Secrets, nodes/proxy and pods/exec.

import { control } from '../control.ts';
import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { allRoles } from './right.ts';
import { starIn } from './wildcards.ts';

export const wildcardResources = control({
  id: 'identity/wildcard-resources',
  aliases: ['KSV-0046', 'KSV-0112', 'wildcard-in-rules', 'CKV_K8S_49'],
  severity: 'medium',
  title: 'Roles list the resources they are for',
  why: 'A star stands for every resource and subresource of the group, Secrets and pods/exec in the core group, and those of later releases.',
  fix: 'List the resources that are used.',
  frameworks: ['cis:5.1.3', 'nsa:authentication-and-authorization', 'attack:T1098.006', 'owasp:K03', 'bsi:APP.4.4.A9', 'pci:2.1.a'],
  on: allRoles,
  check: starIn('resources', (one) => `${one.verbs.join(', ')} on every resource of ${one.apiGroups.map(groupText).join(', ')}`),
  examples: {
    pass: () => [harmless()],
    fail: () => [
      clusterWide(rule('coordination.k8s.io', ['*'], ['get'])),
      inNamespace(rule('shop.example.com', ['orders', '*'], ['list'])),
    ],
  },
});

function groupText(group: string): string {
  return group === '' ? 'the core group' : group === '*' ? 'every group' : `the group ${group}`;
}
