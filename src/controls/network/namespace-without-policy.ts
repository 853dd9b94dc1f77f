// A namespace in which no network policy holds separates nothing: its pods are open to every other namespace. Policies of the namespace and
// cluster-wide ones of Cilium count; where other policy kinds may hold, the answer is unknown.

import { control, fail, unknown } from '../control.ts';
import { cluster, clusterWithout } from '../examples.ts';
import { isExempt, namespaces, systemNamespaces, unknownNamespace } from '../namespaces.ts';
import { otherPolicies, policiesOf } from './policies.ts';

export const namespaceWithoutPolicy = control({
  id: 'network/namespace-without-policy',
  aliases: ['C-0049', 'C-0054', 'C-0206', 'MissingDefaultDenyIngressAndEgressNetworkPolicy'],
  severity: 'medium',
  title: 'Every namespace has a network policy',
  why: 'Without any policy a namespace is no boundary: pods of every tenant and team reach its workloads directly.',
  fix: 'Add a NetworkPolicy with an empty podSelector that denies ingress and egress, then one policy a workload for what it needs.',
  frameworks: ['cis:5.3.2', 'nsa:network-separation', 'attack:T1046', 'matrix:MS-TA9034', 'owasp:K07', 'bsi:APP.4.4.A7', 'pci:4.1.a'],
  parameters: { exempt: systemNamespaces },
  on: namespaces,
  check: ({ name, resource }, context) => {
    if (isExempt(name, context) || policiesOf(context.snapshot, name).length > 0) return [];
    if (resource === undefined) return [unknownNamespace(name, 'a network policy')];
    const [other] = otherPolicies(context.snapshot, name);
    if (other !== undefined)
      return [
        unknown('/metadata/name', 'other-policies', `no NetworkPolicy here; ${other.kind} "${other.name}" may hold, and is not evaluated`),
      ];
    return [fail('/metadata/name', 'no-policy', `namespace "${name}" has no network policy`)];
  },
  examples: {
    pass: () => [cluster()],
    fail: () => [clusterWithout(['NetworkPolicy'])],
  },
});
