// An empty podSelector is right for a default deny, which has no rules. With rules it opens every pod of the namespace at once, and each pod
// that comes later. A matter of taste for small namespaces, so off until asked for.

import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { networkPolicy } from './examples.ts';
import { directions, kubernetesPolicies, rules } from './policies.ts';

export const broadSelector = control({
  id: 'network/broad-selector',
  aliases: ['KSV-0038'],
  severity: 'low',
  title: 'Network policies that allow traffic select the workloads they are for',
  why: 'A rule for all pods of a namespace also opens those that never needed the connection.',
  fix: 'Give the policy a podSelector with the labels of the workload; keep the empty selector for the default deny.',
  frameworks: ['nsa:network-separation', 'owasp:K07', 'bsi:APP.4.4.A18'],
  enabled: false,
  on: kubernetesPolicies,
  check: (policy) => {
    if (!policy.everyPod) return [];
    const [rule] = directions.filter((direction) => policy.isolates[direction]).flatMap((direction) => rules(policy, direction));
    return rule === undefined ? [] : [fail('/spec/podSelector', 'empty', 'this policy allows traffic for every pod of the namespace')];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [
      cluster(deployment(), networkPolicy('dns', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 8080 }] }] })),
    ],
  },
});
