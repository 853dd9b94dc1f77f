// Which policies can matter to pods that may come, without asking all of them: NetworkPolicies whose rules name pods are found by one label that
// a rule asks for. Thousands of policies on one pod are then asked about a few at a time. What is left out allows nothing to those pods, and
// NetworkPolicies only allow; one that isolates is kept, since isolation does not depend on who asks.

import type { Selector } from '../kube/selector.ts';
import type { Network } from './network.ts';
import type { Direction, Peer, Policy } from './policy.ts';
import type { UnknownPods } from './unknown-pods.ts';

/** Finds the policies that can decide about pods, in the order of `policies`; undefined asks about pods of which nothing is known. */
export function promising(
  network: Network,
  policies: readonly Policy[],
  direction: Direction,
): (pods: UnknownPods | undefined) => readonly Policy[] {
  const always: number[] = [];
  const byLabel = new Map<string, number[]>();
  let isolating: number | undefined;
  policies.forEach((policy, index) => {
    const { kind, group, namespace } = policy.resource;
    const keys = kind === 'NetworkPolicy' && group === 'networking.k8s.io' ? keysOf(policy, direction, namespace) : undefined;
    if (keys === undefined) {
      always.push(index);
      return;
    }
    if (isolating === undefined && policy.isolates[direction]) isolating = index;
    for (const key of keys) {
      const list = byLabel.get(key);
      if (list === undefined) byLabel.set(key, [index]);
      else if (list.at(-1) !== index) list.push(index);
    }
  });
  return (pods) => {
    const found = new Set(always);
    if (isolating !== undefined) found.add(isolating);
    for (const key of pods === undefined ? [] : given(network, pods)) for (const index of byLabel.get(key) ?? []) found.add(index);
    return [...found].sort((a, b) => a - b).flatMap((index) => policies[index] ?? []);
  };
}

const inside = (namespace: string) => `in ${namespace}`;
const label = (of: 'namespace' | 'pod', key: string, value: string) => `${of} ${key}=${value}`;

/** Under which of its pods' labels each rule is found; undefined where some rule may be about any pod. */
function keysOf(policy: Policy, direction: Direction, namespace: string): readonly string[] | undefined {
  const keys: string[] = [];
  for (const { peers, action } of policy.rules[direction]) {
    if (peers === undefined || action !== 'allow') return undefined;
    for (const peer of peers) {
      const own = keysOfPeer(peer, namespace);
      if (own === undefined) return undefined;
      keys.push(...own);
    }
  }
  return keys;
}

function keysOfPeer(peer: Peer, namespace: string): readonly string[] | undefined {
  if (peer.kind === 'always') return undefined;
  // Blocks and the like promise nothing to pods.
  if (peer.kind !== 'pods') return [];
  const asked = (of: 'namespace' | 'pod', selector: Selector) => {
    const one = selector.find(({ operator }) => operator === 'In');
    return one?.values.map((value) => label(of, one.key, value));
  };
  return asked('pod', peer.pods) ?? (peer.namespaces === undefined ? [inside(namespace)] : asked('namespace', peer.namespaces));
}

/** What is known of pods, in the words of `keysOfPeer`: of a requirement with several values any one stands for it. */
function given(network: Network, { namespace, namespaces, pods }: UnknownPods): readonly string[] {
  const known = (of: 'namespace' | 'pod', selector: Selector) =>
    selector.flatMap(({ key, operator, values }) => (operator === 'In' && values[0] !== undefined ? [label(of, key, values[0])] : []));
  return [
    ...known('pod', pods),
    ...known('namespace', namespaces),
    ...Object.entries(namespace === undefined ? {} : (network.namespaces.get(namespace) ?? {})).map(([key, value]) =>
      label('namespace', key, String(value)),
    ),
    ...(namespace === undefined ? [] : [inside(namespace), label('namespace', 'kubernetes.io/metadata.name', namespace)]),
  ];
}
