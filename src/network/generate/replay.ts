// The proof: every flow that was let through, asked again of the engine with the proposed policies in place, from every pod of the source to every
// pod of the destination; and what the policies close, as pairs of workloads before and after. A flow to a name of DNS is let through as far as
// the engine can tell; that it rests on the name is said.

import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { resource } from '../../snapshot/snapshot.ts';
import type { Workload } from '../endpoints.ts';
import { passesNow } from '../flows/compare.ts';
import type { FlowEdge, Observed } from '../flows/observe.ts';
import { type Network, network } from '../network.ts';
import type { Reading } from '../places.ts';
import { noPorts, type PortSet, portText } from '../port-set.ts';
import type { GeneratedPolicy } from './policies.ts';

export interface Replay {
  /** Flows that were let through and could be asked again, and the edges that they are. */
  readonly flows: number;
  readonly edges: number;
  /** Edges that the proposed policies would refuse; `before`: they are refused as it is. */
  readonly denied: readonly { readonly edge: FlowEdge; readonly before: boolean }[];
  /** Edges of which it is not known at which address an end is. */
  readonly undecided: readonly FlowEdge[];
  /** Edges to what is outside that pass as long as DNS names stay what they were: Cilium's `toFQDNs`. */
  readonly restsOnNames: number;
}

export interface Closes {
  /** Pairs of workloads between which something passes. */
  readonly before: number;
  readonly after: number;
  /** Pairs between which nothing passes any more. */
  readonly pairs: number;
  /** Pairs that keep some ports and lose others. */
  readonly narrowed: number;
  /** Workloads that could send to any public address, and cannot any more. */
  readonly toInternet: number;
  readonly list: readonly { readonly from: Workload; readonly to: Workload; readonly before: string; readonly after: string }[];
}

export const mostListed = 10_000;

/** The snapshot with the policies in it; `without` are left out. */
export function withGenerated(snapshot: Snapshot, policies: readonly GeneratedPolicy[], without: ReadonlySet<Resource>): Snapshot {
  const made = policies.map(({ object }) => resource(object, { kind: 'memory' }));
  const names = new Set(policies.map(({ object, namespace, name }) => `${object.kind} ${namespace}/${name}`));
  const kept = snapshot.resources.filter((one) => !without.has(one) && !names.has(`${one.kind} ${one.namespace}/${one.name}`));
  return { ...snapshot, resources: [...kept, ...made] };
}

/** Builds the network as it would be. */
export function networkAfter(
  before: Network,
  policies: readonly GeneratedPolicy[],
  without: ReadonlySet<Resource>,
  reading: Reading,
): Network {
  return network(withGenerated(before.snapshot, policies, without), reading);
}

/** Asks every flow again. Ends of edges belong to `before`; workloads are found again by name. `names`: policies may name what is outside by DNS. */
export function replay(before: Network, after: Network, { edges, book }: Observed, names: boolean): Replay {
  const again = workloadsAgain(after);
  const allowed = edges.filter(({ verdict }) => verdict === 'allowed');
  const denied: { edge: FlowEdge; before: boolean }[] = [];
  const undecided: FlowEdge[] = [];
  for (const edge of allowed) {
    const passes = passesNow(after, again(edge), book.nodeAddresses);
    if (passes === undefined) undecided.push(edge);
    else if (!passes) denied.push({ edge, before: passesNow(before, edge, book.nodeAddresses) === false });
  }
  const open = new Set(undecided);
  const decided = allowed.filter((edge) => !open.has(edge));
  const named = allowed.filter(
    ({ to, addresses, moreAddresses }) =>
      to.kind === 'outside' && moreAddresses === 0 && addresses.length > 0 && addresses.every((one) => one.names.length > 0),
  );
  return {
    flows: decided.reduce((sum, { flows }) => sum + flows, 0),
    edges: decided.length,
    denied,
    undecided,
    restsOnNames: names ? named.length : 0,
  };
}

function workloadsAgain(after: Network): (edge: FlowEdge) => FlowEdge {
  const byName = new Map(after.workloads.map((workload) => [keyOf(workload), workload]));
  const party = (one: FlowEdge['from']): FlowEdge['from'] =>
    one.kind === 'workload' ? { kind: 'workload', workload: byName.get(keyOf(one.workload)) ?? one.workload } : one;
  return (edge) => ({ ...edge, from: party(edge.from), to: party(edge.to) });
}

function keyOf({ namespace, kind, name }: Workload): string {
  return `${namespace}/${kind}/${name}`;
}

/** What the policies close. Both networks have the same workloads in the same order. */
export function closesOf(before: Network, after: Network): Closes {
  const texts = new Map<string, boolean>();
  const list: { from: Workload; to: Workload; before: string; after: string }[] = [];
  const counts = { before: 0, after: 0, pairs: 0, narrowed: 0, toInternet: 0 };
  const same = (a: PortSet, b: PortSet) => {
    const key = `${a} ${b}`;
    let equal = texts.get(key);
    if (equal === undefined) {
      equal = portText(before.ports, a) === portText(after.ports, b);
      texts.set(key, equal);
    }
    return equal;
  };
  const [places, placesAfter] = [placesByWorkload(before), placesByWorkload(after)];
  before.workloads.forEach((from, index) => {
    before.workloads.forEach((to, other) => {
      if (from === to) return;
      const a = total(before, places[index] ?? [], places[other] ?? []);
      if (a === noPorts) return;
      const b = total(after, placesAfter[index] ?? [], placesAfter[other] ?? []);
      counts.before++;
      if (b !== noPorts) counts.after++;
      if (same(a, b)) return;
      if (b === noPorts) counts.pairs++;
      else counts.narrowed++;
      if (list.length < mostListed) list.push({ from, to, before: portText(before.ports, a), after: portText(after.ports, b) });
    });
    const out = reachesAnyAddress(before, places[index] ?? []);
    if (out && !reachesAnyAddress(after, placesAfter[index] ?? [])) counts.toInternet++;
  });
  return { ...counts, list };
}

function placesByWorkload({ workloads, places }: Network): readonly (readonly number[])[] {
  return workloads.map(({ endpoints }) => [...new Set(endpoints.map((endpoint) => places.placeOf(endpoint)))]);
}

function total(net: Network, sources: readonly number[], destinations: readonly number[]): PortSet {
  let ports: PortSet = noPorts;
  for (const source of sources) for (const destination of destinations) ports = net.ports.union(ports, net.allowed(source, destination));
  return ports;
}

/** True where something passes to every part of the public addresses of a family; one address stands for what no policy speaks of. */
function reachesAnyAddress(net: Network, sources: readonly number[]): boolean {
  const { external, pods } = net.places;
  const widest = external.reduce((best, range, index) => {
    const size = range.last - range.first;
    const known = external[best];
    return range.family === 4 && (known === undefined || known.family !== 4 || size > known.last - known.first) ? index : best;
  }, 0);
  return sources.some((source) => net.allowed(source, pods.length + widest) !== noPorts);
}
