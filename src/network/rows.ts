// Rows: what the policies that select a place let through between it and every place, in one direction. Places that the same policies select
// share a row; a row is computed when someone asks for it, and kept.

import type { NamedPort } from './endpoints.ts';
import type { Place, Places } from './places.ts';
import { type Direction, type Policy, type PortMatch, type Rule, tiers } from './policy.ts';
import { allPorts, noPorts, type PortRange, type PortSet, type PortSets } from './port-set.ts';

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
      const narrowed = own.some(({ rules }) => rules[direction].some(({ self }) => self !== undefined));
      const key = `${direction} ${own.map(numberOf).join()} ${named}${narrowed ? ` ${place}` : ''}`;
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
export function rowOf(
  places: Places,
  policies: readonly Policy[],
  direction: Direction,
  subject: Place,
  ports: PortSets,
  row: Int32Array,
): Int32Array {
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
  if (policies.every((policy) => onlyAdds(policy, direction))) {
    for (const policy of policies)
      for (const rule of policy.rules[direction]) if (isAbout(places, policy, rule, subject)) matches(policy, rule, add);
    return row;
  }
  const layer = (own: readonly Policy[], asked: PortSet, letIn: (place: Place, set: PortSet) => void) => {
    const open = new Int32Array(places.count).fill(asked);
    for (const policiesOfTier of byTier(own)) {
      const passed = new Int32Array(places.count);
      for (const policy of policiesOfTier)
        for (const rule of policy.rules[direction]) {
          if (rule.restricted !== undefined && rule.action !== 'allow') continue;
          if (!isAbout(places, policy, rule, subject)) continue;
          matches(policy, rule, (place, set) => {
            const decided = ports.intersection(set, open[place] ?? noPorts);
            if (decided === noPorts) return;
            open[place] = ports.difference(open[place] ?? noPorts, decided);
            if (rule.action === 'allow') letIn(place, decided);
            else if (rule.action === 'pass') passed[place] = ports.union(passed[place] ?? noPorts, decided);
          });
        }
      if (closes(policiesOfTier, direction)) open.set(passed);
      else
        passed.forEach((set, place) => {
          if (set !== noPorts) open[place] = ports.union(open[place] ?? noPorts, set);
        });
    }
    for (const [place, set] of open.entries()) letIn(place, set);
  };
  const [network, mesh] = layersOf(policies);
  if (network.length > 0 || mesh.length === 0) layer(network, allPorts, add);
  if (mesh.length === 0) return row;
  const tcp = proxied(ports);
  const through = new Int32Array(places.count).fill(ports.difference(allPorts, tcp));
  layer(mesh, tcp, (place, set) => {
    through[place] = ports.union(through[place] ?? noPorts, set);
  });
  for (const [place, set] of through.entries()) row[place] = network.length === 0 ? set : ports.intersection(row[place] ?? noPorts, set);
  return row;
}

/** True where a rule is about this pod of its policy. */
export function isAbout(places: Places, policy: Policy, { self }: Rule, subject: Place): boolean {
  return self === undefined || places.matching(self, policy.resource.namespace).includes(subject);
}

/** True for a policy that isolates, denies nothing, and stands in the tier of NetworkPolicy: order does not matter among such. */
function onlyAdds({ tier, isolates, rules }: Policy, direction: Direction): boolean {
  return tier.name === tiers.network.name && isolates[direction] && rules[direction].every(({ action }) => action === 'allow');
}

/** The policies of the network, and those of a mesh. */
export function layersOf(policies: readonly Policy[]): readonly [network: readonly Policy[], mesh: readonly Policy[]] {
  return [policies.filter(({ tier }) => tier.layer === 'network'), policies.filter(({ tier }) => tier.layer === 'mesh')];
}

/** What a mesh decides about: TCP. The rest does not pass its proxies. */
export function proxied(ports: PortSets): PortSet {
  return ports.of([{ protocol: 'TCP', first: 1, last: 65535 }]);
}

/** Policies tier by tier; they must come in order. */
export function byTier(policies: readonly Policy[]): readonly (readonly Policy[])[] {
  return [...Map.groupBy(policies, ({ tier }) => tier.name).values()];
}

/** True where a tier drops what these policies of it do not decide. */
export function closes(policies: readonly Policy[], direction: Direction): boolean {
  return policies.some(({ tier, isolates }) => tier.otherwise === 'deny' && isolates[direction]);
}

const anyPeer = [{ kind: 'always' as const }];

/** The ports of a rule; `named` are the names that the destination knows. Undefined where names occur and the destination is still open. */
export function rulePorts(rule: Rule, named: readonly NamedPort[] | undefined, sets: PortSets): PortSet | undefined {
  if (rule.ports === undefined) return allPorts;
  if (named === undefined && rule.ports.some(({ kind }) => kind === 'named')) return undefined;
  return sets.of(
    rule.ports.flatMap((port): readonly PortRange[] =>
      port.kind === 'range'
        ? [rangeOf(port, sets)]
        : (named ?? [])
            .filter(({ name, protocol }) => name === port.name && (port.protocol === undefined || protocol === port.protocol))
            .map(({ protocol, number }) => ({ protocol, first: number, last: number })),
    ),
  );
}

function rangeOf({ protocol, first, last, requests }: Extract<PortMatch, { kind: 'range' }>, sets: PortSets): PortRange {
  return { protocol, first, last, ...(requests === undefined ? {} : { requests: sets.requests.classesOf(requests) }) };
}
