// Connectivity between workloads, and between workloads and the addresses outside: every pair with what may pass, as facts.
// A workload's pods are one party; where policies treat them differently, what any of them may do is told, and that it is `uneven`. Traffic
// of a pod to itself and between outside addresses is not told.

import type { Cidr } from '../lib/cidr.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type AddressRange, joined } from './address-space.ts';
import type { Workload } from './endpoints.ts';
import { type Entry, entriesOf } from './entries.ts';
import { withFuturePods } from './future-pods.ts';
import { defaultReading, type Network, network } from './network.ts';
import type { Place, Reading } from './places.ts';
import { noPorts, type PortSet } from './port-set.ts';

export type Party =
  | { readonly kind: 'workload'; readonly workload: Workload }
  | { readonly kind: 'addresses'; readonly range: AddressRange }
  /** The pods of whatever serves Ingress, Route and Gateway objects. */
  | { readonly kind: 'ingress-controller' };

export interface Connection {
  readonly from: Party;
  readonly to: Party;
  readonly ports: PortSet;
  /** True where not all pods of the two workloads may do the same. */
  readonly uneven: boolean;
  /** The objects through which an ingress controller reaches the workload. */
  readonly through: readonly Entry[];
}

/** A pod that could be anywhere: in a namespace of its own, without labels. It is no workload of the answer. */
const arbitrary = { namespace: 'cofferdam.dev-any', name: 'any', labels: {} };

export interface Connectivity {
  readonly network: Network;
  /** The workloads of the snapshot. */
  readonly workloads: readonly Workload[];
  /** All connections, source by source: addresses first, then workloads in order, then the ingress controller. */
  readonly connections: () => Generator<Connection>;
  /** What an arbitrary pod may send to a workload. */
  readonly fromAnywhere: (workload: Workload) => PortSet;
  /** Entries whose workload lets no arbitrary pod in on the ports they lead to. */
  readonly blocked: () => readonly Entry[];
}

/** Prepares the question; `cuts` are blocks outside that are asked about. */
export function connectivity(snapshot: Snapshot, reading: Reading = defaultReading, cuts: readonly Cidr[] = []): Connectivity {
  const net = network(withFuturePods(snapshot, [arbitrary]), reading, cuts);
  const isArbitrary = ({ namespace }: Workload) => namespace === arbitrary.namespace;
  const workloads = net.workloads.filter((workload) => !isArbitrary(workload));
  const somewhere = placesOfWorkload(net, net.workloads.find(isArbitrary));
  const placesByWorkload = new Map(workloads.map((workload) => [workload, placesOfWorkload(net, workload)]));
  const placesOf = (workload: Workload) => placesByWorkload.get(workload) ?? [];
  const fromAnywhere = (workload: Workload) =>
    placesOf(workload).reduce((set, place) => net.ports.union(set, net.ingress(somewhere[0] ?? -1, place)), noPorts);
  const open = (entry: Entry) => net.ports.intersection(entry.ports, net.ingress(somewhere[0] ?? -1, net.places.placeOf(entry.endpoint)));
  return {
    network: net,
    workloads,
    fromAnywhere,
    blocked: () => entriesOf(net).filter((entry) => open(entry) === noPorts),
    *connections() {
      for (const to of workloads) yield* outside(net, to, placesOf(to), 'in');
      for (const from of workloads) {
        const sources = placesOf(from);
        yield* outside(net, from, sources, 'out');
        for (const to of workloads) {
          if (to === from) continue;
          const { ports, uneven } = total(net, sources, placesOf(to));
          if (ports !== noPorts)
            yield { from: { kind: 'workload', workload: from }, to: { kind: 'workload', workload: to }, ports, uneven, through: [] };
        }
      }
      const entries = entriesOf(net).filter((entry) => open(entry) !== noPorts);
      for (const [workload, through] of Map.groupBy(entries, ({ endpoint }) => endpoint.workload)) {
        const ports = through.reduce((set, entry) => net.ports.union(set, open(entry)), noPorts);
        yield { from: { kind: 'ingress-controller' }, to: { kind: 'workload', workload }, ports, uneven: false, through };
      }
    },
  };
}

function placesOfWorkload(net: Network, workload: Workload | undefined): readonly Place[] {
  return [...new Set(workload?.endpoints.map((endpoint) => net.places.placeOf(endpoint)))];
}

interface Total {
  readonly ports: PortSet;
  readonly uneven: boolean;
}

/** What some source may send to some destination, and whether all pairs agree. */
function total(net: Network, sources: readonly Place[], destinations: readonly Place[]): Total {
  let ports: PortSet | undefined;
  let uneven = false;
  for (const source of sources)
    for (const destination of destinations) {
      const allowed = net.allowed(source, destination);
      if (ports !== undefined && allowed !== ports) uneven = true;
      ports = ports === undefined ? allowed : net.ports.union(ports, allowed);
    }
  return { ports: ports ?? noPorts, uneven };
}

/** Connections with the addresses outside, neighbouring parts with the same ports as one. */
function* outside(net: Network, workload: Workload, places: readonly Place[], way: 'in' | 'out'): Generator<Connection> {
  const parts = new Map<string, { readonly total: Total; readonly ranges: AddressRange[] }>();
  net.places.external.forEach((range, index) => {
    const part = [net.places.pods.length + index];
    const sum = way === 'in' ? total(net, part, places) : total(net, places, part);
    if (sum.ports === noPorts) return;
    const key = `${sum.ports} ${sum.uneven}`;
    const group = parts.get(key) ?? { total: sum, ranges: [] };
    group.ranges.push(range);
    parts.set(key, group);
  });
  const self: Party = { kind: 'workload', workload };
  for (const group of parts.values())
    for (const range of joined(group.ranges)) {
      const other: Party = { kind: 'addresses', range };
      yield { from: way === 'in' ? other : self, to: way === 'in' ? self : other, ...group.total, through: [] };
    }
}
