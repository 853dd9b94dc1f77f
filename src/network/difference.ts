// What changes between two snapshots: connections that are new, gone, or allow other ports. Addresses outside are compared part by part: a
// range that only one side cuts is cut on the other side too, and neighbours with the same change are told as one.

import { type Cidr, parseCidr } from '../lib/cidr.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type AddressRange, blocksOf, joined } from './address-space.ts';
import { type Connection, type Connectivity, connectivity, type Party } from './connectivity.ts';
import { partyText } from './netpol-analyzer.ts';
import type { Reading } from './places.ts';
import { noPorts, type PortRange, portSets, portText } from './port-set.ts';

export interface ChangedConnection {
  readonly change: 'added' | 'removed' | 'changed';
  readonly from: Party;
  readonly to: Party;
  /** `TCP 80`, `No Connections`. */
  readonly before: string;
  readonly after: string;
  /** True where something passes that did not before. */
  readonly opens: boolean;
  /** Set where a whole workload came or went: `workload a/b[Pod] added`. */
  readonly because: string;
}

export interface Difference {
  readonly base: Connectivity;
  readonly head: Connectivity;
  readonly changes: readonly ChangedConnection[];
}

/** Compares two snapshots. */
export function difference(base: Snapshot, head: Snapshot, reading: Reading): Difference {
  const cuts = [base, head].flatMap((snapshot) => cutsOf(connectivity(snapshot, reading)));
  const before = connectivity(base, reading, cuts);
  const after = connectivity(head, reading, cuts);
  const known = { before: namesOf(before), after: namesOf(after) };
  const [old, now] = [byPair(before, cuts), byPair(after, cuts)];
  const changes: ChangedConnection[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(key), now.get(key)];
    const { from, to } = b ?? a ?? none;
    const texts = { before: a?.ports ?? 'No Connections', after: b?.ports ?? 'No Connections' };
    if (texts.before === texts.after) continue;
    const change = a === undefined ? 'added' : b === undefined ? 'removed' : 'changed';
    const opens = change === 'added' || (change === 'changed' && widens(a?.ranges ?? [], b?.ranges ?? []));
    changes.push({ change, from, to, ...texts, opens, because: cameOrWent([from, to], known) });
  }
  return { base: before, head: after, changes: merged(changes) };
}

const none = { from: { kind: 'ingress-controller' }, to: { kind: 'ingress-controller' } } as const;

/** The blocks at which a network's address space is cut. */
function cutsOf({ network }: Connectivity): readonly Cidr[] {
  return network.places.external.flatMap((range) => blocksOf(range).flatMap((text) => parseCidr(text) ?? []));
}

interface Pair {
  readonly from: Party;
  readonly to: Party;
  readonly ports: string;
  readonly ranges: readonly PortRange[];
}

function byPair(answer: Connectivity, cuts: readonly Cidr[]): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>();
  const parts = answer.network.places.external;
  for (const connection of answer.connections()) {
    const ports = portText(answer.network.ports, connection.ports);
    const ranges = answer.network.ports.ranges(connection.ports);
    for (const { from, to } of cuts.length === 0 ? [connection] : inParts(connection, parts))
      pairs.set(`${partyText(from)} ${partyText(to)}`, { from, to, ports, ranges });
  }
  return pairs;
}

/** A connection with a range, once for every part of the range. */
function inParts({ from, to }: Connection, parts: readonly AddressRange[]): readonly { readonly from: Party; readonly to: Party }[] {
  const range = from.kind === 'addresses' ? from.range : to.kind === 'addresses' ? to.range : undefined;
  if (range === undefined) return [{ from, to }];
  return parts
    .filter(({ family, first, last }) => family === range.family && first >= range.first && last <= range.last)
    .map((part) => {
      const party: Party = { kind: 'addresses', range: part };
      return from.kind === 'addresses' ? { from: party, to } : { from, to: party };
    });
}

/** True where the second holds a port that the first does not. The two come from different interners. */
function widens(before: readonly PortRange[], after: readonly PortRange[]): boolean {
  const sets = portSets();
  return sets.difference(sets.of(after), sets.of(before)) !== noPorts;
}

function namesOf({ workloads }: Connectivity): ReadonlySet<string> {
  return new Set(workloads.map((workload) => partyText({ kind: 'workload', workload })));
}

function cameOrWent(
  parties: readonly Party[],
  known: { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> },
): string {
  const words: string[] = [];
  const names = parties.filter(({ kind }) => kind === 'workload').map(partyText);
  for (const name of names) {
    if (!known.before.has(name)) words.push(`workload ${name} added`);
    else if (!known.after.has(name)) words.push(`workload ${name} removed`);
  }
  return words.join(', ');
}

/** Neighbouring ranges with the same change become one. */
function merged(changes: readonly ChangedConnection[]): readonly ChangedConnection[] {
  const groups = Map.groupBy(changes, (change) => {
    const side = (party: Party) => (party.kind === 'addresses' ? `addresses ${party.range.family}` : partyText(party));
    return [side(change.from), side(change.to), change.change, change.before, change.after, change.because].join('\n');
  });
  return [...groups.values()].flatMap((group) => {
    const ranges = group.flatMap(({ from, to }) => (from.kind === 'addresses' ? [from.range] : to.kind === 'addresses' ? [to.range] : []));
    const [first] = group;
    if (ranges.length === 0 || first === undefined) return group;
    return joined(ranges).map((range): ChangedConnection => {
      const party: Party = { kind: 'addresses', range };
      return first.from.kind === 'addresses' ? { ...first, from: party } : { ...first, to: party };
    });
  });
}
