// A policy isolates only in the directions of its policyTypes, and Egress is no default: `policyTypes: [Ingress]`, or no policyTypes and no
// egress rules, leaves the selected pods free to connect anywhere. Found where no other policy covers the missing direction for a pod that
// this one selects (or for all pods, where its selector is empty).

import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { podsIn } from '../pods-in.ts';
import { app, networkPolicy } from './examples.ts';
import { type Direction, directions, kubernetesPolicies, type Policy, policiesOf, selecting } from './policies.ts';

export const oneDirection = control({
  id: 'network/one-direction',
  aliases: ['NP-002-1', 'NP-002-2'],
  severity: 'low',
  title: 'Pods that a network policy isolates are isolated in both directions',
  why: 'A pod that may still connect anywhere can fetch tools and send out data; one that still accepts everything can be attacked by every neighbour.',
  fix: 'List both Ingress and Egress in policyTypes, of this policy or of a default deny beside it, and allow what is needed (DNS among it).',
  frameworks: ['nsa:network-separation', 'attack:T1046', 'matrix:MS-TA9034', 'owasp:K07', 'bsi:APP.4.4.A7', 'pci:4.1.a'],
  on: kubernetesPolicies,
  check: (policy, { snapshot }) =>
    directions
      .filter((direction) => !policy.isolates[direction] && isOpen(snapshot, policy, direction))
      .map((direction) =>
        fail(
          '/spec/policyTypes',
          `${direction}-open`,
          direction === 'egress'
            ? 'the pods this policy selects may connect to anything: neither it nor another policy isolates egress'
            : 'the pods this policy selects accept connections from anything: neither it nor another policy isolates ingress',
        ),
      ),
  examples: {
    pass: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: app }], ports: [{ port: 8080 }] }],
        }),
      ),
    ],
    fail: () => [
      cluster(deployment(), networkPolicy('default-deny', { podSelector: {}, policyTypes: ['Egress'] })),
      cluster(deployment(), networkPolicy('default-deny', { podSelector: {}, egress: [] })),
    ],
  },
});

/** True where a pod that the policy selects is isolated by none in this direction. */
function isOpen(snapshot: Snapshot, policy: Policy, direction: Direction): boolean {
  const { namespace } = policy;
  if (policy.everyPod) return !policiesOf(snapshot, namespace).some((other) => other.everyPod && other.isolates[direction]);
  return podsIn(snapshot, namespace).some(
    ({ pod }) =>
      policy.selects(namespace, pod.labels) && !selecting(snapshot, namespace, pod.labels).some((other) => other.isolates[direction]),
  );
}
