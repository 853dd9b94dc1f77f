// Policies and rules that do nothing: whose selector finds no pod, whose peers are nobody, and those that could go without any connection changing
// (redundant), because others decide the same. A rule is judged within its own direction: what the other end's policies say is not asked.

import { type Network, withPolicies } from './network.ts';
import type { Place } from './places.ts';
import { type Direction, directions, type Policy, type Rule } from './policy.ts';

export interface Idle {
  readonly why: 'selects-no-pod' | 'matches-nobody' | 'redundant-policy' | 'redundant-rule';
  readonly policy: Policy;
  readonly direction: Direction | undefined;
  readonly rule: Rule | undefined;
}

/** Everything that does nothing, policy by policy. */
export function* idle(network: Network): Generator<Idle> {
  for (const group of byResource(network.policies).values()) {
    const [policy] = group;
    if (policy === undefined) continue;
    if (group.every((part) => selected(network, part).length === 0)) {
      yield { why: 'selects-no-pod', policy, direction: undefined, rule: undefined };
      continue;
    }
    const nobody = new Set<Rule>();
    for (const { direction, part, rule, all } of rulesOf(group))
      if (all.every((one) => isNobody(network, part, one))) {
        nobody.add(rule);
        yield { why: 'matches-nobody', policy: part, direction, rule };
      }
    if (group.some((part) => directions.some((direction) => changes(network, without(network, part), part, direction)))) {
      for (const { direction, part, rule } of rulesOf(group))
        if (!nobody.has(rule) && !changes(network, withoutRule(network, part, direction, rule), part, direction))
          yield { why: 'redundant-rule', policy: part, direction, rule };
    } else yield { why: 'redundant-policy', policy, direction: undefined, rule: undefined };
  }
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
  const changed: Policy = {
    ...policy,
    rules: { ...policy.rules, [direction]: policy.rules[direction].filter(({ path }) => path !== rule.path) },
  };
  return withPolicies(
    network,
    network.policies.map((one) => (one === policy ? changed : one)),
  );
}

/** True where the pods of a policy may do something else in one direction. Pods that the same policies select are asked once. */
function changes(before: Network, after: Network, policy: Policy, direction: Direction): boolean {
  if (!policy.applies[direction]) return false;
  const asked = new Set<string>();
  for (const place of selected(before, policy)) {
    const profile = before.selecting(place, direction);
    const key = profile.map(({ resource, priority }) => `${resource.kind}/${resource.namespace}/${resource.name}/${priority}`).join();
    const named = direction === 'ingress' ? JSON.stringify(before.places.pods[place]?.ports) : '';
    const narrowed = profile.some(({ rules }) => rules[direction].some(({ self }) => self !== undefined));
    if (!narrowed && asked.has(key + named)) continue;
    asked.add(key + named);
    const [a, b] = [before.row(place, direction), after.row(place, direction)];
    for (let other = 0; other < before.places.count; other++) if (a[other] !== b[other]) return true;
  }
  return false;
}
