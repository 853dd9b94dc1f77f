// Policies and rules that do nothing: whose selector finds no pod, whose peers are nobody, and those that could go without any connection changing
// (redundant), because others decide the same. A rule is judged within its own direction: what the other end's policies say is not asked.

import { type Network, withPolicies } from './network.ts';
import type { Place } from './places.ts';
import { type Direction, directions, type Policy, type Rule, tiers } from './policy.ts';
import { allPorts } from './port-set.ts';
import { rowOf } from './rows.ts';

export interface Idle {
  readonly why: 'selects-no-pod' | 'matches-nobody' | 'redundant-policy' | 'redundant-rule';
  readonly policy: Policy;
  readonly direction: Direction | undefined;
  readonly rule: Rule | undefined;
}

export interface IdleAnswer {
  readonly found: readonly Idle[];
  /** False where the question was given up: what is found stands, what is not found is not known. */
  readonly complete: boolean;
}

/** Steps before the question is given up: for each row that is compared, places times policies, and more for each policy. */
const budget = 3_000_000_000;

/** Everything that does nothing, policy by policy. */
export function idle(network: Network, steps = budget): IdleAnswer {
  const found: Idle[] = [];
  let left = steps;
  const decides = (part: Policy, direction: Direction, kept: (policies: readonly Policy[]) => readonly Policy[]) => {
    for (const place of examples(network, part, direction)) {
      const own = network.selecting(place, direction).length;
      left -= network.places.count * (2 + own) + own * 1000;
      if (left < 0 || changes(network, place, direction, kept)) return true;
    }
    return false;
  };
  for (const group of byResource(network.policies).values()) {
    const [policy] = group;
    if (policy === undefined || policy.tier.name === tiers.profiles.name) continue;
    if (group.every((part) => selected(network, part).length === 0)) {
      found.push({ why: 'selects-no-pod', policy, direction: undefined, rule: undefined });
      continue;
    }
    const rules = [...rulesOf(group)];
    const nobody = rules.filter(({ part, all }) => all.every((one) => isNobody(network, part, one)));
    for (const { direction, part, rule } of nobody) found.push({ why: 'matches-nobody', policy: part, direction, rule });
    if (left < 0) continue;
    const others = (policies: readonly Policy[]) => policies.filter((one) => one.resource !== policy.resource);
    if (!group.some((part) => directions.some((direction) => decides(part, direction, others)))) {
      if (left >= 0) found.push({ why: 'redundant-policy', policy, direction: undefined, rule: undefined });
      continue;
    }
    for (const one of rules) {
      if (left < 0 || nobody.includes(one)) continue;
      const { direction, part, rule } = one;
      const bare = lacking(part, direction, rule);
      const kept = (policies: readonly Policy[]) => policies.map((other) => (other === part ? bare : other));
      if (!decides(part, direction, kept) && left >= 0) found.push({ why: 'redundant-rule', policy: part, direction, rule });
    }
  }
  return { found, complete: left >= 0 };
}

function byResource(policies: readonly Policy[]): ReadonlyMap<unknown, readonly Policy[]> {
  return Map.groupBy(policies, ({ resource }) => resource);
}

/** The rules as they are written: one may have been read into several, which share its place. */
export function* rulesOf(
  group: readonly Policy[],
): Generator<{ readonly direction: Direction; readonly part: Policy; readonly rule: Rule; readonly all: readonly Rule[] }> {
  for (const part of group)
    for (const direction of directions)
      if (part.applies[direction])
        for (const all of Map.groupBy(part.rules[direction], ({ path }) => path).values())
          if (all[0] !== undefined) yield { direction, part, rule: all[0], all };
}

/** The places of pods that a policy is about. */
export function selected({ places }: Network, policy: Policy): readonly Place[] {
  return [...places.matching(policy.subject, policy.resource.namespace)].filter((place) => place < places.pods.length);
}

/** True where the peers of a rule are nobody: no pod, no address. */
export function isNobody({ places }: Network, { resource }: Policy, { peers }: Rule): boolean {
  return peers?.every((peer) => places.matching(peer, resource.namespace).length === 0) === true;
}

/** The network without a policy. */
export function without(network: Network, policy: Policy): Network {
  return withPolicies(
    network,
    network.policies.filter((one) => one.resource !== policy.resource),
  );
}

/** The network with a policy that lacks a rule, all that was read from its place. */
export function withoutRule(network: Network, policy: Policy, direction: Direction, rule: Rule): Network {
  const bare = lacking(policy, direction, rule);
  return withPolicies(
    network,
    network.policies.map((one) => (one === policy ? bare : one)),
  );
}

function lacking(policy: Policy, direction: Direction, rule: Rule): Policy {
  return { ...policy, rules: { ...policy.rules, [direction]: policy.rules[direction].filter(({ path }) => path !== rule.path) } };
}

/** One place of each kind among the pods of a policy: those that the same policies select are alike. */
function* examples(network: Network, policy: Policy, direction: Direction): Generator<Place> {
  if (!policy.applies[direction]) return;
  const asked = new Set<string>();
  for (const place of selected(network, policy)) {
    const profile = network.selecting(place, direction);
    const key = profile.map(({ resource, priority }) => `${resource.kind}/${resource.namespace}/${resource.name}/${priority}`).join();
    const named = direction === 'ingress' ? JSON.stringify(network.places.pods[place]?.ports) : '';
    const narrowed = profile.some(({ rules }) => rules[direction].some(({ self }) => self !== undefined));
    if (!narrowed && asked.has(key + named)) continue;
    asked.add(key + named);
    yield place;
  }
}

/** True where a pod may do something else in one direction under other policies than those that select it. */
function changes(network: Network, place: Place, direction: Direction, kept: (policies: readonly Policy[]) => readonly Policy[]): boolean {
  const { places, ports } = network;
  const own = network.selecting(place, direction);
  const others = kept(own);
  const row = (policies: readonly Policy[]) =>
    policies.length === 0
      ? new Int32Array(places.count).fill(allPorts)
      : rowOf(places, policies, direction, place, ports, new Int32Array(places.count));
  const [before, after] = [row(own), row(others)];
  return before.some((set, other) => set !== after[other]);
}
