// A peer that matches no pod allows nothing: the connection it was written for is refused, and one day a stranger may wear the label.
// Peers of the policy's own namespace are judged where the snapshot holds workloads of it; peers of other namespaces by the labels of the
// Namespace objects at hand (every namespace carries kubernetes.io/metadata.name), and not at all where there are none.

import { selects } from '../../kube/label-selector.ts';
import { labelsOf } from '../../kube/object.ts';
import { members } from '../../kube/pod/lower.ts';
import { asObject, isObject, type JsonObject } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { podsIn } from '../pods-in.ts';
import { app, networkPolicy } from './examples.ts';
import { directions, kubernetesPolicies, rules } from './policies.ts';

export const danglingPeer = control({
  id: 'network/dangling-peer',
  aliases: ['dangling-networkpolicypeer-podselector', 'POP-1201', 'POP-1202', 'POP-1206', 'POP-1207', 'POP-1208'],
  severity: 'low',
  title: 'Peers of network policies match pods',
  why: 'A peer that matches nothing breaks the connection it was meant to allow, and waits for any pod that takes on those labels.',
  fix: 'Correct the selector of the peer so that it matches the intended pods, or remove it.',
  frameworks: ['nsa:network-separation', 'owasp:K07', 'bsi:APP.4.4.A7'],
  on: kubernetesPolicies,
  check: (policy, { snapshot }) =>
    directions.flatMap((direction) => {
      const key = direction === 'ingress' ? 'from' : 'to';
      return rules(policy, direction).flatMap((rule) =>
        members(rule.spec[key], `${rule.path}/${key}`)
          .filter((peer) => dangles(snapshot, policy.namespace, peer.spec))
          .map((peer) => fail(peer.path, 'matches-nothing', `this peer of a rule for ${direction} matches no pod`)),
      );
    }),
  examples: {
    pass: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress'],
          ingress: [
            {
              from: [{ podSelector: app }, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }],
              ports: [{ port: 8080 }],
            },
          ],
        }),
      ),
    ],
    fail: () => [
      cluster(
        deployment(),
        networkPolicy('app', {
          podSelector: app,
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { role: 'fronted' } } }], ports: [{ port: 8080 }] }],
        }),
      ),
    ],
  },
});

function dangles(snapshot: Snapshot, namespace: string, peer: JsonObject): boolean {
  if (isObject(peer.ipBlock)) return false;
  const selector = isObject(peer.podSelector) ? peer.podSelector : {};
  const spaces = peer.namespaceSelector === undefined ? [namespace] : matchingNamespaces(snapshot, peer.namespaceSelector);
  if (spaces === undefined) return false;
  const candidates = spaces.flatMap((name) => podsIn(snapshot, name));
  if (peer.namespaceSelector === undefined && candidates.length === 0) return false;
  return spaces.length === 0 || (candidates.length > 0 && !candidates.some(({ pod }) => selects(selector, pod.labels)));
}

/** Names of the namespaces a selector matches; undefined where the snapshot cannot tell. */
function matchingNamespaces(snapshot: Snapshot, selector: unknown): readonly string[] | undefined {
  const objects = ofKind(snapshot, '', 'Namespace');
  if (objects.length === 0) return undefined;
  const matching = objects
    .filter(({ object, name }) => selects(asObject(selector), { ...labelsOf(object), 'kubernetes.io/metadata.name': name }))
    .map(({ name }) => name);
  return matching.length === 0 && !snapshot.facts.live ? undefined : matching;
}
