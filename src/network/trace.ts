// Why something passes or does not: the policies that select one end of a connection, asked in their order about one peer, with what each
// rule decides. The engine's rows say the same for all peers at once; a test holds the two against each other.

import type { Network } from './network.ts';
import type { Place } from './places.ts';
import type { Direction, Peer, Policy, Rule } from './policy.ts';
import { allPorts, noPorts, type PortSet, type PortSets } from './port-set.ts';
import { byTier, closes, isAbout, layersOf, proxied, rulePorts } from './rows.ts';

export interface Decision {
  /**
   * `isolates`: the policy selects the pod and no rule of its tier decides about these ports. `default`: nothing decides, so they pass.
   * `may-deny`: the rule asks for more than is evaluated and may take something away.
   */
  readonly effect: 'allow' | 'deny' | 'pass' | 'may-deny' | 'isolates' | 'default';
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
  readonly matches: (peer: Peer, namespace: string, action: Rule['action']) => boolean;
  /** Whether a rule of a policy is about the pod at all. */
  readonly isAbout?: (policy: Policy, rule: Rule) => boolean;
  /** Names of the destination's ports; undefined where it does not exist yet. */
  readonly named: Parameters<typeof rulePorts>[1];
}

/** What policies decide in one direction about one peer, layer by layer. */
export function trace(policies: readonly Policy[], direction: Direction, other: Other, sets: PortSets): Trace {
  const named = new Set<string>();
  const traces = layersOf(policies)
    .filter((own, index) => own.length > 0 || (index === 0 && policies.length === 0))
    .map((own) => traceLayer(own, direction, other, sets, named));
  return {
    direction,
    allowed: traces.reduce((set, { allowed }) => sets.intersection(set, allowed), allPorts),
    decisions: traces.flatMap(({ decisions }) => decisions),
    named: [...named].sort(),
  };
}

function traceLayer(
  policies: readonly Policy[],
  direction: Direction,
  other: Other,
  sets: PortSets,
  named: Set<string>,
): Pick<Trace, 'allowed' | 'decisions'> {
  const decisions: Decision[] = [];
  const mesh = policies[0]?.tier.layer === 'mesh';
  let open = mesh ? proxied(sets) : allPorts;
  let allowed = sets.difference(allPorts, open);
  const portsOf = (policy: Policy, rule: Rule) => {
    if (other.isAbout?.(policy, rule) === false) return noPorts;
    if (rule.peers?.some((peer) => other.matches(peer, policy.resource.namespace, rule.action)) === false) return noPorts;
    if (other.named === undefined && rule.action === 'allow')
      for (const port of rule.ports ?? []) if (port.kind === 'named') named.add(`${port.protocol ?? ''} ${port.name}`);
    return sets.intersection(rulePorts(rule, other.named ?? [], sets) ?? noPorts, open);
  };
  for (const tier of byTier(policies)) {
    let passed = noPorts;
    for (const group of inTurn(tier, direction)) {
      let taken = noPorts;
      for (const policy of group)
        for (const rule of policy.rules[direction]) {
          const ports = portsOf(policy, rule);
          if (ports === noPorts) continue;
          const counts = rule.restricted === undefined || rule.action === 'allow';
          decisions.push({ effect: counts ? rule.action : 'may-deny', policy, rule, ports });
          if (!counts) continue;
          if (rule.action === 'allow') allowed = sets.union(allowed, ports);
          if (rule.action === 'pass') passed = sets.union(passed, ports);
          if (group.length === 1 && !adds(policy, direction)) open = sets.difference(open, ports);
          else taken = sets.union(taken, ports);
        }
      open = sets.difference(open, taken);
    }
    if (closes(tier, direction)) {
      if (open !== noPorts)
        for (const policy of tier)
          if (policy.isolates[direction]) decisions.push({ effect: 'isolates', policy, rule: undefined, ports: open });
      open = passed;
    } else open = sets.union(open, passed);
  }
  if (open !== noPorts) decisions.push({ effect: 'default', policy: undefined, rule: undefined, ports: open });
  return { allowed: sets.union(allowed, open), decisions };
}

/** Policies that are asked one after the other; those that only allow, and are of one rank, are asked together. */
function* inTurn(tier: readonly Policy[], direction: Direction): Generator<readonly Policy[]> {
  let group: Policy[] = [];
  for (const policy of tier) {
    const [last] = group;
    if (last !== undefined && !(last.priority === policy.priority && adds(last, direction) && adds(policy, direction))) {
      yield group;
      group = [];
    }
    group.push(policy);
  }
  if (group.length > 0) yield group;
}

function adds({ tier, rules }: Policy, direction: Direction): boolean {
  return tier.otherwise === 'deny' && rules[direction].every(({ action }) => action === 'allow');
}

/** Both directions of one pair of places, the source's egress first. */
export function traceBetween(network: Network, source: Place, destination: Place): readonly [egress: Trace, ingress: Trace] {
  const { places, ports } = network;
  const named = places.pods[destination]?.ports ?? [];
  const about = (place: Place, subject: Place): Other => ({
    matches: (peer, namespace) => places.matching(peer, namespace).includes(place),
    isAbout: (policy, rule) => isAbout(places, policy, rule, subject),
    named,
  });
  return [
    trace(network.selecting(source, 'egress'), 'egress', about(destination, source), ports),
    trace(network.selecting(destination, 'ingress'), 'ingress', about(source, destination), ports),
  ];
}
