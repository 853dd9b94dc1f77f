// Exposure to pods that nobody has written yet: what a workload's policies promise to any pod of the cluster, and to pods that would match a
// selector of some rule. A promise holds for every pod that meets the selector, so a rule applies only where the selector implies the rule's
// own. What the other pod's own policies would say is not known and not asked.

import type { Requirement, Selector } from '../kube/selector.ts';
import { matches } from '../kube/selector.ts';
import { asList, field, isObject, type Json, textOf } from '../lib/json.ts';
import type { Workload } from './endpoints.ts';
import type { Network } from './network.ts';
import { type Direction, directions, type Peer, type PodMatch, type Policy, type Rule } from './policy.ts';
import { noPorts, type PortSet } from './port-set.ts';
import { promising } from './promising.ts';
import { type Trace, trace } from './trace.ts';

/** Pods that may come: all that a selector of a rule would match. */
export interface UnknownPods {
  /** The one namespace they are in, where that is certain. */
  readonly namespace: string | undefined;
  readonly namespaces: Selector;
  readonly pods: Selector;
  /** `entire-cluster`, `backend/[all pods]`, `[namespace with {env=prod}]/[pod with {app=x}]`. */
  readonly text: string;
}

export interface Promised {
  readonly workload: Workload;
  readonly direction: Direction;
  readonly pods: UnknownPods;
  readonly ports: PortSet;
  readonly named: readonly string[];
  /** What decides; of the NetworkPolicies that only isolate, one is named. */
  readonly trace: Trace;
}

type Relevant = ReturnType<typeof promising>;

const nameLabel = 'kubernetes.io/metadata.name';
const everyone: UnknownPods = { namespace: undefined, namespaces: [], pods: [], text: 'entire-cluster' };

/** What each workload promises, per direction: to the entire cluster first, then wherever a selector gets something else. */
export function* promises(network: Network, workloads: readonly Workload[]): Generator<Promised> {
  const candidates = unknownPods(network);
  const known = { ingress: new Map<readonly Policy[], Relevant>(), egress: new Map<readonly Policy[], Relevant>() };
  for (const workload of workloads)
    for (const direction of directions) {
      const place = workload.endpoints.map((endpoint) => network.places.placeOf(endpoint))[0] ?? -1;
      const policies = network.selecting(place, direction);
      const relevant = known[direction].get(policies) ?? promising(network, policies, direction);
      known[direction].set(policies, relevant);
      const own = network.places.pods[place]?.ports ?? [];
      const ask = (pods: UnknownPods): Promised => {
        const named = direction === 'ingress' ? own : undefined;
        const found = trace(
          relevant(pods === everyone ? undefined : pods),
          direction,
          { matches: (peer, namespace, action) => covers(network, peer, namespace, pods, action), named },
          network.ports,
        );
        return { workload, direction, pods, ports: found.allowed, named: found.named, trace: found };
      };
      const all = ask(everyone);
      if (all.ports !== noPorts || all.named.length > 0) yield all;
      if (policies.length === 0) continue;
      for (const pods of candidates) {
        const promised = ask(pods);
        if (promised.ports !== all.ports || promised.named.join() !== all.named.join()) yield promised;
      }
    }
}

/** The selectors of all rules, each once; those that existing pods already stand for are left out. */
function unknownPods(network: Network): readonly UnknownPods[] {
  const found = new Map<string, UnknownPods>();
  for (const policy of network.policies)
    for (const rule of directions.flatMap((direction) => rulesOf(policy, direction)))
      for (const peer of rule.peers ?? [])
        if (peer.kind === 'pods') {
          const pods = asUnknown(peer, policy.resource.namespace);
          const key = JSON.stringify([
            pods.namespace ?? [...pods.namespaces].map(requirementText).sort(),
            [...pods.pods].map(requirementText).sort(),
          ]);
          const empty = pods.namespace === undefined && pods.namespaces.length === 0 && pods.pods.length === 0;
          if (!found.has(key) && !empty && !hasExample(network, peer, pods)) found.set(key, pods);
        }
  return [...found.values()];
}

function rulesOf(policy: Policy, direction: Direction): Policy['rules'][Direction] {
  return policy.applies[direction] ? policy.rules[direction] : [];
}

function asUnknown(peer: PodMatch, policyNamespace: string): UnknownPods {
  const named = peer.namespaces?.find(({ key, operator, values }) => key === nameLabel && operator === 'In' && values.length === 1);
  const namespace = peer.namespaces === undefined ? policyNamespace : named?.values[0];
  const namespaces = namespace === undefined ? (peer.namespaces ?? []) : [];
  const where = namespace ?? (namespaces.length === 0 ? '[all namespaces]' : `[namespace with ${selectorText(peer.written.namespaces)}]`);
  const which = peer.pods.length === 0 ? '[all pods]' : `[pod with ${selectorText(peer.written.pods)}]`;
  return { namespace, namespaces, pods: peer.pods, text: `${where}/${which}` };
}

/** True where an existing pod has just the labels that are asked for: its own connections say it all. */
function hasExample(network: Network, peer: PodMatch, pods: UnknownPods): boolean {
  const expressions = [peer.written.namespaces, peer.written.pods].some(
    (selector) => asList(field(selector, 'matchExpressions')).length > 0,
  );
  if (expressions || peer.pods.length === 0 || peer.namespaces?.length === 0) return false;
  return network.workloads.some(({ namespace, endpoints }) => {
    const labels = network.namespaces.get(namespace) ?? {};
    const inside = pods.namespace === undefined ? matches(pods.namespaces, labels) : pods.namespace === namespace;
    return inside && endpoints.some((endpoint) => matches(peer.pods, endpoint.labels));
  });
}

/**
 * True where a rule's peer matches every pod that these may be. Peers in other forms than label selectors are not compared: what they allow is not
 * promised, what they deny is taken away.
 */
function covers(network: Network, peer: Peer, policyNamespace: string, pods: UnknownPods, action: Rule['action']): boolean {
  if (peer.kind === 'where' || peer.kind === 'not' || peer.kind === 'both') return action !== 'allow';
  if (peer.kind !== 'pods') return peer.kind === 'always';
  const { namespace } = pods;
  if (peer.namespaces === undefined) return namespace === policyNamespace && implies(pods.pods, peer.pods);
  const labels =
    namespace === undefined || network.reading.unknownPods === 'namespace-name' ? undefined : network.namespaces.get(namespace);
  const known: Selector = namespace === undefined ? pods.namespaces : [{ key: nameLabel, operator: 'In', values: [namespace] }];
  const inside = labels === undefined ? implies(known, peer.namespaces) : matches(peer.namespaces, labels);
  return inside && implies(pods.pods, peer.pods);
}

/** True where labels that meet the first selector always meet the second. */
export function implies(given: Selector, wanted: Selector): boolean {
  return wanted.every((requirement) => given.some((known) => known.key === requirement.key && impliesOne(known, requirement)));
}

function impliesOne(known: Requirement, wanted: Requirement): boolean {
  switch (wanted.operator) {
    case 'Exists':
      return known.operator === 'Exists' || known.operator === 'In';
    case 'DoesNotExist':
      return known.operator === 'DoesNotExist';
    case 'In':
      return known.operator === 'In' && known.values.every((value) => wanted.values.includes(value));
    case 'NotIn':
      if (known.operator === 'In') return known.values.every((value) => !wanted.values.includes(value));
      return (
        known.operator === 'DoesNotExist' || (known.operator === 'NotIn' && wanted.values.every((value) => known.values.includes(value)))
      );
    default:
      return false;
  }
}

function requirementText({ key, operator, values }: Requirement): string {
  return `${key} ${operator} ${[...values].sort().join(' ')}`;
}

/** A selector as netpol-analyzer writes it: labels by key, then expressions by key. */
function selectorText(selector: Json | undefined): string {
  const labels = field(selector, 'matchLabels');
  const equal = isObject(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${textOf(value ?? '')}`) : [];
  const expressions = asList(field(selector, 'matchExpressions')).map((expression) => {
    const values = asList(field(expression, 'values')).map(String).join(' ');
    return `{Key:${textOf(field(expression, 'key'))},Operator:${textOf(field(expression, 'operator'))},Values:[${values}],}`;
  });
  return `{${[...equal.sort(), ...expressions.sort()].join(',')}}`;
}
