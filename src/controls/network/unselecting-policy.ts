// A policy of a plug-in, a mesh or the cluster whose selector matches no pod. NetworkPolicy has a control of its own (dangling-policy).
// Judged against the pods and pod templates of the snapshot, and not at all where it holds none.

import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { policiesAtWork } from './idle.ts';

export const unselectingPolicy = control({
  id: 'network/unselecting-policy',
  aliases: [],
  severity: 'medium',
  title: 'Every policy of a network plug-in or mesh selects a workload',
  why: 'A policy that selects nothing is no protection, and the pods it was written for are open without anybody noticing.',
  fix: 'Correct the selector so that it matches the labels of the pods (mind prefixes, namespaces and quotes), or delete the policy.',
  frameworks: ['nsa:network-separation', 'owasp:K07', 'bsi:APP.4.4.A7'],
  on: policiesAtWork,
  check: ({ found }, { snapshot }) =>
    found.flatMap(({ why, policy }) =>
      why === 'selects-no-pod' && !isKubernetes(policy.resource.group) && snapshot.resources.some(({ pods }) => pods.length > 0)
        ? [fail('/spec', 'selects-nothing', `this ${policy.resource.kind} selects no pod`)]
        : [],
    ),
  examples: {
    pass: () => [cluster(deployment(), cilium('app'))],
    fail: () => [cluster(deployment(), cilium('apps'))],
  },
});

function isKubernetes(group: string): boolean {
  return group === 'networking.k8s.io' || group === 'extensions';
}

function cilium(name: string): ReturnType<typeof deployment> {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'app', namespace: 'shop' },
    spec: {
      endpointSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
      ingress: [
        {
          fromEndpoints: [{ matchLabels: { 'app.kubernetes.io/name': 'app' } }],
          toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }] }],
        },
      ],
    },
  };
}
