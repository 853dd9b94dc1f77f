// NetworkPolicies keep programs apart; who changes them opens the way. Policies of Cilium, Calico and the cluster network policy API
// count.

import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const networkPoliciesWrite = right({
  id: 'identity/network-policies-write',
  aliases: ['KSV-0056'],
  severity: 'medium',
  title: 'No role changes network policies',
  why: 'Without its policies an intruder reaches every pod of a namespace, and data leaves it anywhere.',
  fix: 'Leave network policies to the pipeline that applies reviewed manifests.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1562', 'matrix:MS-TA9034', 'owasp:K03', 'bsi:APP.4.4.A7'],
  lets: 'change network policies',
  rights: [
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'networking.k8s.io', resources: ['networkpolicies'] },
    { verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'], group: 'extensions', resources: ['networkpolicies'] },
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'policy.networking.k8s.io',
      resources: ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies'],
    },
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'cilium.io',
      resources: ['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies'],
    },
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'projectcalico.org',
      resources: ['networkpolicies', 'globalnetworkpolicies'],
    },
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'crd.projectcalico.org',
      resources: ['networkpolicies', 'globalnetworkpolicies'],
    },
  ],
  examples: {
    pass: () => [harmless()],
    fail: () => [
      inNamespace(rule('networking.k8s.io', ['networkpolicies'], ['patch'])),
      clusterWide(rule('cilium.io', ['ciliumnetworkpolicies'], ['delete'])),
    ],
  },
});
