// Facts of the network engine as JSON: ends, ports, and the rules an answer rests on, each rule once with its place in the texts.

import type { SourcePosition } from '../../lib/problem.ts';
import { blocksOf, rangeText } from '../../network/address-space.ts';
import type { Party } from '../../network/connectivity.ts';
import { partyText } from '../../network/netpol-analyzer.ts';
import type { Direction, Policy, Rule } from '../../network/policy.ts';
import type { PortRange, PortSet, PortSets } from '../../network/port-set.ts';
import type { Decision } from '../../network/trace.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Locator } from '../../sources/positions.ts';

/** An end of a connection. */
export function partyJson(party: Party): object {
  switch (party.kind) {
    case 'workload':
      return { kind: party.workload.kind, namespace: party.workload.namespace, name: party.workload.name };
    case 'addresses':
      return { kind: 'Addresses', range: rangeText(party.range), blocks: blocksOf(party.range) };
    case 'ingress-controller':
      return { kind: 'IngressController' };
  }
}

/** An end of a connection for people: blocks where few make up the range. */
export function partyName(party: Party): string {
  if (party.kind !== 'addresses') return partyText(party);
  const blocks = blocksOf(party.range);
  if (blocks.length > 4) return rangeText(party.range);
  return blocks.join() === '0.0.0.0/0' ? 'any IPv4 address' : blocks.join() === '::/0' ? 'any IPv6 address' : blocks.join(', ');
}

/** Ports as NetworkPolicy writes them; ICMP by type and code, other IP protocols by number. */
export function portsJson(sets: PortSets, set: PortSet): readonly object[] {
  const ranges = sets.ranges(set);
  const numbers = ranges
    .filter(({ protocol }) => protocol === 'IP')
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  const others = numbers.length === 0 ? [] : [{ protocol: 'IP', numbers: numbers.join() }];
  return [...ranges.filter(({ protocol }) => protocol !== 'IP').map(rangeJson), ...others];
}

function rangeJson({ protocol, first, last, requests }: PortRange): object {
  if (protocol !== 'ICMP' && protocol !== 'ICMPv6')
    return { protocol, port: first, ...(last === first ? {} : { endPort: last }), ...(requests === undefined ? {} : { requests: 'some' }) };
  if (first === 0 && last === 65535) return { protocol };
  const endType = last >> 8 === first >> 8 ? {} : { endType: last >> 8 };
  return { protocol, type: first >> 8, ...(first === last ? { code: first & 255 } : endType) };
}

/** `{apiVersion, kind, namespace, name}`. */
export function objectJson({ object, kind, namespace, name }: Resource): object {
  return { apiVersion: object.apiVersion, kind, ...(namespace === '' ? {} : { namespace }), name };
}

/** `NetworkPolicy shop/web`. */
export function objectText({ kind, namespace, name }: Resource): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

export interface RuleEntry {
  readonly policy: object;
  readonly direction: Direction;
  readonly effect: Decision['effect'];
  /** JSON pointer of the rule, or of the policy's spec where it isolates. */
  readonly path: string;
  readonly rule?: string;
  /** The tier it stands in, where it is not NetworkPolicy's. */
  readonly tier?: string;
  readonly restricted?: string;
  readonly source?: SourcePosition;
}

export interface Rules {
  /** The number of a decision's rule in `entries`; undefined for the default, which is no rule. */
  readonly number: (direction: Direction, decision: Decision) => number | undefined;
  readonly entries: readonly RuleEntry[];
}

/** Numbers rules as they are met. */
export function rulesJson(locate: Locator): Rules {
  const entries: RuleEntry[] = [];
  const known = new Map<Policy, Map<string, number>>();
  return {
    entries,
    number: (direction, { effect, policy, rule }) => {
      if (policy === undefined) return undefined;
      const ofPolicy = known.get(policy) ?? new Map<string, number>();
      known.set(policy, ofPolicy);
      const path = rule?.path ?? '/spec';
      const key = `${direction} ${effect} ${path}`;
      let index = ofPolicy.get(key);
      if (index === undefined) {
        index = entries.length;
        entries.push(entry(policy, rule, direction, effect, path, locate(policy.resource, path)));
        ofPolicy.set(key, index);
      }
      return index;
    },
  };
}

function entry(
  policy: Policy,
  rule: Rule | undefined,
  direction: Direction,
  effect: Decision['effect'],
  path: string,
  source: SourcePosition | undefined,
): RuleEntry {
  return {
    policy: objectJson(policy.resource),
    direction,
    effect,
    path,
    ...(rule?.name === undefined ? {} : { rule: rule.name }),
    ...(policy.tier.name === 'default' ? {} : { tier: policy.tier.name }),
    ...(rule?.restricted === undefined ? {} : { restricted: rule.restricted }),
    ...(source === undefined ? {} : { source }),
  };
}
