// How each workload can be reached from outside, and what it can reach there. From the internet: through a Service of type LoadBalancer or
// NodePort or with external addresses, a port of the host, the host's own network, or an entry that a controller keeps (Ingress, Route,
// Gateway API). Towards the outside: the internet, the metadata services of clouds, and the control plane: the API server where its addresses are
// known (Endpoints of default/kubernetes), etcd and kubelets at the addresses of nodes. And what its policies promise to pods that may come.
// `loadBalancerSourceRanges` narrow who reaches a load balancer; where they leave the internet out, nothing is open from there.
// Left out: firewalls and security groups of the cloud, which narrow what is told here, and Services whose endpoints someone else writes.

import { type Cidr, parseAddress, parseCidr } from '../lib/cidr.ts';
import { asList, asString, dig, field, stringMap, strings } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { rangeOf, within } from './address-space.ts';
import { type Connectivity, connectivity } from './connectivity.ts';
import type { Endpoint, Workload } from './endpoints.ts';
import { entriesOf } from './entries.ts';
import { internetCuts, isInternet, metadataServices } from './internet.ts';
import { defaultReading } from './network.ts';
import type { Place, Reading } from './places.ts';
import { type Direction, directions } from './policy.ts';
import { noPorts, type PortSet } from './port-set.ts';
import { isOpenOutside, servicesOf, targetOf } from './services.ts';
import { type Promised, promises } from './unknown-pods.ts';

export interface WayIn {
  /** Service, Ingress, Route, HTTPRoute, …; Pod-like kinds for ports of the host and the host's network. */
  readonly through: Resource;
  readonly how: 'controller' | 'load-balancer' | 'node-port' | 'external-address' | 'host-port' | 'host-network';
  /** The ports of the pod that it leads to. */
  readonly leadsTo: PortSet;
  /** Those of them that policies let in. */
  readonly open: PortSet;
  /** True where packets may carry a node's address instead of the client's, so that policies about outside addresses may not see it. */
  readonly sourceMayBeNode: boolean;
}

export interface WorkloadExposure {
  readonly workload: Workload;
  readonly waysIn: readonly WayIn[];
  /** What it may send to public addresses. */
  readonly toInternet: PortSet;
  /** Names of metadata services that it may ask. */
  readonly toMetadata: readonly string[];
  /** Parts of the control plane that it may reach: kube-apiserver, etcd, kubelet. */
  readonly toControlPlane: readonly string[];
  /** Directions in which no policy selects it. */
  readonly unprotected: readonly Direction[];
  readonly promises: readonly Promised[];
}

export interface Exposure {
  readonly answer: Connectivity;
  /** The parts of the control plane whose addresses are known. */
  readonly controlPlane: readonly string[];
  readonly workloads: readonly WorkloadExposure[];
}

/** The exposure of every workload. */
export function exposure(snapshot: Snapshot, reading: Reading = defaultReading): Exposure {
  const parts = controlPlaneOf(snapshot);
  const ranges = sourceRanges(snapshot);
  const answer = connectivity(snapshot, reading, [...internetCuts, ...parts.flatMap(({ cidrs }) => cidrs), ...[...ranges.values()].flat()]);
  const { network, workloads } = answer;
  const { places, ports } = network;
  const part = (holds: (index: number) => boolean) =>
    places.external.flatMap((_, index) => (holds(index) ? [places.pods.length + index] : []));
  const publicPlaces = part((index) => places.external[index] !== undefined && isInternet(places.external[index]));
  const metadata = metadataServices.map(({ name, cidr, port }) => ({
    name,
    port,
    place: part((index) => places.external[index]?.family === cidr.family && places.external[index]?.first === cidr.first)[0] ?? -1,
  }));
  const entries = Map.groupBy(entriesOf(network), ({ endpoint }) => endpoint.workload);
  let promised: Map<Workload, Promised[]> | undefined;
  const outside = Map.groupBy(
    servicesOf(network)
      .filter(isOpenOutside)
      .flatMap((service) => service.endpoints.map((endpoint) => ({ service, endpoint }))),
    ({ endpoint }) => endpoint.workload,
  );
  const union = (sets: readonly PortSet[]) => sets.reduce((sum, set) => ports.union(sum, set), noPorts);
  const fromPlaces = (sources: readonly Place[], place: Place) => union(sources.map((source) => network.ingress(source, place)));
  const fromInternet = (place: Place) => fromPlaces(publicPlaces, place);
  const inside = (cidrs: readonly Cidr[]) =>
    part((index) => cidrs.some((cidr) => places.external[index] !== undefined && within(rangeOf(cidr), places.external[index])));
  const sources = (service: Resource) => {
    const wanted = ranges.get(service);
    if (wanted === undefined) return publicPlaces;
    const allowed = new Set(inside(wanted));
    return publicPlaces.filter((place) => allowed.has(place));
  };
  const control = parts.map(({ name, port, cidrs }) => ({ name, port, at: inside(cidrs) }));
  return {
    answer,
    controlPlane: [...new Set(parts.map(({ name }) => name))],
    workloads: workloads.map((workload): WorkloadExposure => {
      const placesOfIt = [...new Set(workload.endpoints.map((endpoint) => places.placeOf(endpoint)))];
      const waysIn: WayIn[] = [];
      for (const [through, own] of Map.groupBy(entries.get(workload) ?? [], ({ resource }) => resource)) {
        const open = union(own.map((entry) => ports.intersection(entry.ports, answer.fromAnywhere(workload))));
        waysIn.push({ through, how: 'controller', leadsTo: union(own.map((entry) => entry.ports)), open, sourceMayBeNode: false });
      }
      for (const [service, own] of Map.groupBy(outside.get(workload) ?? [], (found) => found.service)) {
        const leads = ({ endpoint }: { readonly endpoint: Endpoint }) =>
          ports.of(service.ports.flatMap((port) => targetOf(port, endpoint) ?? []));
        const clients = sources(service.resource);
        const open = union(own.map((found) => ports.intersection(leads(found), fromPlaces(clients, places.placeOf(found.endpoint)))));
        const how = service.type === 'LoadBalancer' ? 'load-balancer' : service.type === 'NodePort' ? 'node-port' : 'external-address';
        const local = asString(dig(service.resource.object, 'spec', 'externalTrafficPolicy')) === 'Local';
        waysIn.push({ through: service.resource, how, leadsTo: union(own.map(leads)), open, sourceMayBeNode: !local });
      }
      for (const endpoint of workload.endpoints.slice(0, 1))
        waysIn.push(...ofHost(endpoint, answer, fromInternet(places.placeOf(endpoint))));
      return {
        workload,
        waysIn,
        toInternet: union(placesOfIt.flatMap((place) => publicPlaces.map((destination) => network.egress(place, destination)))),
        toMetadata: metadata
          .filter(({ place, port }) => placesOfIt.some((own) => ports.has(network.egress(own, place), 'TCP', port)))
          .map(({ name }) => name),
        toControlPlane: [
          ...new Set(
            control
              .filter(({ at, port }) =>
                at.some((destination) => placesOfIt.some((own) => ports.has(network.egress(own, destination), 'TCP', port))),
              )
              .map(({ name }) => name),
          ),
        ],
        unprotected: directions.filter((direction) => placesOfIt.some((place) => network.selecting(place, direction).length === 0)),
        get promises() {
          promised ??= Map.groupBy(promises(network, workloads), (found) => found.workload);
          return promised.get(workload) ?? [];
        },
      };
    }),
  };
}

interface ControlPlanePart {
  readonly name: string;
  readonly port: number;
  readonly cidrs: readonly Cidr[];
}

/** Where the control plane listens, as far as the snapshot says. */
function controlPlaneOf(snapshot: Snapshot): readonly ControlPlanePart[] {
  const servers = ofKind(snapshot, '', 'Endpoints')
    .filter(({ namespace, name }) => namespace === 'default' && name === 'kubernetes')
    .flatMap(({ object }) => asList(object.subsets))
    .flatMap((subset) => {
      const cidrs = addresses(asList(field(subset, 'addresses')).map((address) => field(address, 'ip')));
      return asList(field(subset, 'ports')).flatMap((port) => {
        const number = field(port, 'port');
        return typeof number === 'number' ? [{ name: 'kube-apiserver', port: number, cidrs }] : [];
      });
    });
  const nodes = ofKind(snapshot, '', 'Node');
  const of = (some: readonly Resource[]) =>
    addresses(some.flatMap(({ object }) => asList(dig(object, 'status', 'addresses')).map((address) => field(address, 'address'))));
  const control = nodes.filter(({ object }) =>
    Object.hasOwn(stringMap(dig(object, 'metadata', 'labels')), 'node-role.kubernetes.io/control-plane'),
  );
  return [
    ...servers,
    ...(control.length > 0 ? [2379, 2380].map((port) => ({ name: 'etcd', port, cidrs: of(control) })) : []),
    ...(nodes.length > 0 ? [{ name: 'kubelet', port: 10250, cidrs: of(nodes) }] : []),
  ];
}

function addresses(texts: readonly unknown[]): readonly Cidr[] {
  return texts.flatMap((text) => {
    const read = typeof text === 'string' ? parseAddress(text) : undefined;
    return read === undefined ? [] : [read];
  });
}

/** `loadBalancerSourceRanges` of Services, for those that have any. */
function sourceRanges(snapshot: Snapshot): ReadonlyMap<Resource, readonly Cidr[]> {
  const found = new Map<Resource, readonly Cidr[]>();
  for (const service of ofKind(snapshot, '', 'Service')) {
    const written = strings(dig(service.object, 'spec', 'loadBalancerSourceRanges'));
    const cidrs = written.flatMap((text) => {
      const read = parseCidr(text.trim());
      return read === undefined ? [] : [read];
    });
    if (written.length > 0 && dig(service.object, 'spec', 'type') === 'LoadBalancer') found.set(service, cidrs);
  }
  return found;
}

/** Ports of the host that a pod takes, or all its ports where it lives on the host's network: reached at every node it runs on. */
function ofHost(endpoint: Endpoint, { network }: Connectivity, fromInternet: PortSet): readonly WayIn[] {
  const { ports } = network;
  const leadsTo = ports.of(
    endpoint.pod.containers.flatMap((container) =>
      container.ports.flatMap(({ spec }) => {
        const { containerPort: number, hostPort, protocol = 'TCP' } = spec;
        const taken = endpoint.hostNetwork || (typeof hostPort === 'number' && hostPort > 0);
        if (!taken || typeof number !== 'number' || (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP')) return [];
        return [{ protocol, first: number, last: number }] as const;
      }),
    ),
  );
  if (leadsTo === noPorts) return [];
  const how = endpoint.hostNetwork ? 'host-network' : 'host-port';
  return [{ through: endpoint.resource, how, leadsTo, open: ports.intersection(leadsTo, fromInternet), sourceMayBeNode: false }];
}
