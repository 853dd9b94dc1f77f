// Rows: what the policies that select a place let through between it and every place, in one direction. Places that the same policies select
// share a row; a row is computed when someone asks for it, and kept.

import type { Place, Places } from './places.ts';
import type { Direction, Policy, Rule } from './policy.ts';
import { allPorts, noPorts, type PortSet, type PortSets } from './port-set.ts';

export interface Profiles {
  readonly selecting: (place: Place) => readonly Policy[];
  readonly row: (place: Place) => Row;
}

/** Port sets by place, in the narrowest form that holds them: most networks know fewer than 256 sets. */
export type Row = Uint8Array | Int32Array;

/** Rows by profile, which outlive a change of policies that does not touch them. */
export type KnownRows = Map<string, Row>;

/** The policies and rows of all places in one direction. `known` holds rows of earlier networks with the same places. */
export function profiles(places: Places, policies: readonly Policy[], direction: Direction, ports: PortSets, known: KnownRows): Profiles {
  const chosen: number[][] = places.pods.map(() => []);
  policies.forEach((policy, index) => {
    if (!policy.applies[direction]) return;
    for (const place of places.matching(policy.subject, policy.resource.namespace)) chosen[place]?.push(index);
  });
  const open = new Uint8Array(places.count).fill(allPorts);
  const byPlace: (Row | undefined)[] = [];
  const scratch = new Int32Array(places.count);
  const copy = copier(places.count, ports);
  const selecting = (place: Place) => (chosen[place] ?? []).flatMap((index) => policies[index] ?? []);
  return {
    selecting,
    row: (place) => {
      const ready = byPlace[place];
      if (ready !== undefined) return ready;
      const own = selecting(place);
      if (own.length === 0) {
        byPlace[place] = open;
        return open;
      }
      const named = direction === 'ingress' && own.some(namesPorts) ? JSON.stringify(places.pods[place]?.ports) : '';
      const key = `${direction} ${own.map(numberOf).join()} ${named}`;
      let row = known.get(key);
      if (row === undefined) {
        row = copy(rowOf(places, own, direction, place, ports, scratch.fill(noPorts)));
        known.set(key, row);
      }
      byPlace[place] = row;
      return row;
    },
  };
}

function namesPorts({ rules }: Policy): boolean {
  return rules.ingress.some((rule) => rule.ports?.some(({ kind }) => kind === 'named') === true);
}

const numbers = new WeakMap<Policy, number>();
let lastNumber = 0;

/** A number of its own for every policy that was read. */
function numberOf(policy: Policy): number {
  let number = numbers.get(policy);
  if (number === undefined) {
    number = ++lastNumber;
    numbers.set(policy, number);
  }
  return number;
}

/**
 * Makes copies of rows, in a byte a place where all sets met so far fit into one. Bytes are cut from slabs of many rows: thousands of small
 * buffers would keep the garbage collector busy.
 */
function copier(length: number, sets: PortSets): (row: Int32Array) => Row {
  const rowsInSlab = 128;
  let slab = new Uint8Array(0);
  let used = 0;
  return (row) => {
    if (sets.count() > 256) return Int32Array.from(row);
    if (used + length > slab.length) {
      slab = new Uint8Array(length * rowsInSlab);
      used = 0;
    }
    const copy = slab.subarray(used, used + length);
    used += length;
    copy.set(row);
    return copy;
  };
}

/** What passes between a selected place and every place, in one direction, written into `row`, which is empty. */
function rowOf(
  places: Places,
  policies: readonly Policy[],
  direction: Direction,
  subject: Place,
  ports: PortSets,
  row: Int32Array,
): Int32Array {
  const isolating = policies.filter(({ tier }) => tier === 'network');
  const named = direction === 'ingress' ? places.pods[subject]?.ports : undefined;
  const matches = (policy: Policy, rule: Rule, found: (place: Place, ports: PortSet) => void) => {
    const constant = rulePorts(rule, named, ports);
    for (const peer of rule.peers ?? anyPeer)
      for (const place of places.matching(peer, policy.resource.namespace))
        found(place, constant ?? rulePorts(rule, places.pods[place]?.ports ?? [], ports) ?? noPorts);
  };
  const add = (place: Place, set: PortSet) => {
    row[place] = ports.union(row[place] ?? noPorts, set);
  };
  const undecided = policies.length > isolating.length ? new Int32Array(places.count).fill(allPorts) : undefined;
  const ordered = (tier: Policy['tier'], open: Int32Array) => {
    const passed = new Int32Array(places.count);
    for (const policy of policies) {
      if (policy.tier !== tier) continue;
      for (const rule of policy.rules[direction])
        matches(policy, rule, (place, set) => {
          const decided = ports.intersection(set, open[place] ?? noPorts);
          if (decided === noPorts) return;
          open[place] = ports.difference(open[place] ?? noPorts, decided);
          if (rule.action === 'allow') add(place, decided);
          else if (rule.action === 'pass') passed[place] = ports.union(passed[place] ?? noPorts, decided);
        });
    }
    passed.forEach((set, place) => {
      if (set !== noPorts) open[place] = ports.union(open[place] ?? noPorts, set);
    });
  };
  if (undecided !== undefined) ordered('admin', undecided);
  for (const policy of isolating)
    for (const rule of policy.rules[direction])
      matches(
        policy,
        rule,
        undecided === undefined ? add : (place, set) => add(place, ports.intersection(set, undecided[place] ?? noPorts)),
      );
  if (isolating.length > 0 || undecided === undefined) return row;
  ordered('baseline', undecided);
  for (const [place, set] of undecided.entries()) add(place, set);
  return row;
}

const anyPeer = [{ kind: 'always' as const }];

/** The ports of a rule; `named` are the names that the destination knows. Undefined where names occur and the destination is still open. */
export function rulePorts(
  rule: Rule,
  named: readonly { name: string; protocol: string; number: number }[] | undefined,
  sets: PortSets,
): PortSet | undefined {
  if (rule.ports === undefined) return allPorts;
  if (named === undefined && rule.ports.some(({ kind }) => kind === 'named')) return undefined;
  return sets.of(
    rule.ports.flatMap((port) =>
      port.kind === 'range'
        ? [port]
        : (named ?? [])
            .filter(({ name, protocol }) => name === port.name && (port.protocol === undefined || protocol === port.protocol))
            .map(({ protocol, number }) => ({ protocol: protocol as 'TCP' | 'UDP' | 'SCTP', first: number, last: number })),
    ),
  );
}
