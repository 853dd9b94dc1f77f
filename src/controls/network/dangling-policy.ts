// A policy whose selector matches no pod protects nothing, and a typo in a label looks exactly like protection. Judged against the pods and
// pod templates of the snapshot; an empty selector selects whatever comes and never dangles.

import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { podsIn } from '../pods-in.ts';
import { networkPolicy } from './examples.ts';
import { kubernetesPolicies } from './policies.ts';

export const danglingPolicy = control({
  id: 'network/dangling-policy',
  aliases: ['C-0299', 'dangling-networkpolicy', 'networkpolicy-targets-pod', 'POP-1200'],
  severity: 'medium',
  title: 'Every network policy selects a workload',
  why: 'A policy that selects nothing is no protection, and the pods it was written for are open without anybody noticing.',
  fix: 'Correct the podSelector so that it matches the labels of the pod template, or delete the policy.',
  frameworks: ['nsa:network-separation', 'owasp:K07', 'bsi:APP.4.4.A7'],
  on: kubernetesPolicies,
  check: (policy, { snapshot }) =>
    policy.everyPod || podsIn(snapshot, policy.namespace).some(({ pod }) => policy.selects(policy.namespace, pod.labels))
      ? []
      : [fail('/spec/podSelector', 'selects-nothing', `the podSelector matches no workload of namespace "${policy.namespace}"`)],
  examples: {
    pass: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['cache'] }] },
          policyTypes: ['Ingress', 'Egress'],
        }),
      ),
    ],
    fail: () => [
      cluster(deployment(), networkPolicy('app', { podSelector: { matchLabels: { app: 'apps' } }, policyTypes: ['Ingress', 'Egress'] })),
    ],
  },
});
