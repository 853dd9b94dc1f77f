// Why something passes or does not: the policies that select one end of a connection, asked in their order about one peer, with what each
// rule decides. The engine's rows say the same for all peers at once; a test holds the two against each other.

import type { Network } from './network.ts';
import type { Place } from './places.ts';
import type { Direction, Peer, Policy, Rule } from './policy.ts';
import { allPorts, noPorts, type PortSet, type PortSets } from './port-set.ts';
import { rulePorts } from './rows.ts';

export interface Decision {
  /** `isolates`: the policy selects the pod and no rule of any NetworkPolicy allows these ports. `default`: nothing decides, so they pass. */
  readonly effect: 'allow' | 'deny' | 'pass' | 'isolates' | 'default';
  readonly policy: Policy | undefined;
  readonly rule: Rule | undefined;
  readonly ports: PortSet;
}

export interface Trace {
  readonly direction: Direction;
  readonly allowed: PortSet;
  readonly decisions: readonly Decision[];
  /** Ports by name that a rule allows, where the destination's names are not known. */
  readonly named: readonly string[];
}

interface Other {
  readonly matches: (peer: Peer, namespace: string) => boolean;
  /** Names of the destination's ports; undefined where it does not exist yet. */
  readonly named: Parameters<typeof rulePorts>[1];
}

/** What policies decide in one direction about one peer. */
export function trace(policies: readonly Policy[], direction: Direction, other: Other, sets: PortSets): Trace {
  const decisions: Decision[] = [];
  const named = new Set<string>();
  let allowed = noPorts;
  let open = allPorts;
  const ask = (policy: Policy, rule: Rule, takes: boolean) => {
    if (rule.peers?.some((peer) => other.matches(peer, policy.resource.namespace)) === false) return noPorts;
    if (other.named === undefined && rule.action === 'allow')
      for (const port of rule.ports ?? []) if (port.kind === 'named') named.add(`${port.protocol ?? ''} ${port.name}`);
    const ports = sets.intersection(rulePorts(rule, other.named ?? [], sets) ?? noPorts, open);
    if (ports === noPorts) return noPorts;
    decisions.push({ effect: rule.action, policy, rule, ports });
    if (takes) open = sets.difference(open, ports);
    if (rule.action === 'allow') allowed = sets.union(allowed, ports);
    return rule.action === 'pass' ? ports : noPorts;
  };
  const ordered = (tier: Policy['tier']) => {
    let passed = noPorts;
    for (const policy of policies)
      if (policy.tier === tier) for (const rule of policy.rules[direction]) passed = sets.union(passed, ask(policy, rule, true));
    open = sets.union(open, passed);
  };
  ordered('admin');
  const isolating = policies.filter(({ tier }) => tier === 'network');
  for (const policy of isolating) for (const rule of policy.rules[direction]) ask(policy, rule, false);
  if (isolating.length === 0) {
    ordered('baseline');
    if (open !== noPorts) decisions.push({ effect: 'default', policy: undefined, rule: undefined, ports: open });
    allowed = sets.union(allowed, open);
  } else {
    const dropped = sets.difference(open, allowed);
    if (dropped !== noPorts)
      for (const policy of isolating) decisions.push({ effect: 'isolates', policy, rule: undefined, ports: dropped });
  }
  return { direction, allowed, decisions, named: [...named].sort() };
}

/** Both directions of one pair of places, the source's egress first. */
export function traceBetween(network: Network, source: Place, destination: Place): readonly [egress: Trace, ingress: Trace] {
  const { places, ports } = network;
  const named = places.pods[destination]?.ports ?? [];
  const about = (place: Place): Other => ({ matches: (peer, namespace) => places.matching(peer, namespace).includes(place), named });
  return [
    trace(network.selecting(source, 'egress'), 'egress', about(destination), ports),
    trace(network.selecting(destination, 'ingress'), 'ingress', about(source), ports),
  ];
}
