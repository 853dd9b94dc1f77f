// The one policy that also covers tomorrow's pods is a default deny: an empty podSelector, both directions, no rules. A namespace that has
// policies for single workloads only leaves everything else in it open. Namespaces without any policy are network/namespace-without-policy;
// a namespace-wide policy that covers one direction only is network/one-direction.

import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { isExempt, namespaces, systemNamespaces } from '../namespaces.ts';
import { app, networkPolicy } from './examples.ts';
import { policiesOf } from './policies.ts';

export const defaultDeny = control({
  id: 'network/default-deny',
  aliases: ['MissingDefaultDenyIngressNetworkPolicy', 'MissingDefaultDenyEgressNetworkPolicy', 'NP-002'],
  severity: 'low',
  title: 'Every namespace with network policies has one that selects all its pods',
  why: 'Policies that name single workloads leave every other pod of the namespace open, and each new one until somebody remembers it.',
  fix: 'Add a NetworkPolicy with `podSelector: {}`, `policyTypes: [Ingress, Egress]` and no rules beside the ones that allow.',
  frameworks: ['nsa:network-separation', 'attack:T1046', 'matrix:MS-TA9034', 'owasp:K07', 'bsi:APP.4.4.A7', 'pci:4.1.a'],
  parameters: { exempt: systemNamespaces },
  on: namespaces,
  check: ({ name, resource }, context) => {
    const held = policiesOf(context.snapshot, name);
    if (resource === undefined || held.length === 0 || isExempt(name, context)) return [];
    if (held.some((policy) => policy.everyPod && (policy.isolates.ingress || policy.isolates.egress))) return [];
    return [
      fail('/metadata/name', 'no-default-deny', `none of the ${held.length} policies of namespace "${name}" selects all its pods`, {
        evidence: held
          .slice(0, 3)
          .map((policy) => ({ resource: policy.resource, path: `${policy.path}/podSelector`, note: 'selects some pods only' })),
      }),
    ];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment(), networkPolicy('default-deny', { podSelector: app, policyTypes: ['Ingress', 'Egress'] }))],
  },
});
