// Whose an address was at a time: pods from their starts to their ends, Services by their own addresses, nodes, the API server. Addresses of pods
// are given out again, so a flow is laid beside the life of the pods that had its address; where two pods had it within the time of one
// record, or none, nobody is named. Times come from status.startTime, the ends of containers, and metadata.deletionTimestamp.

import { parseAddress } from '../../lib/cidr.ts';
import { asList, asString, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { ownerOf } from '../../snapshot/owners.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { addressText } from '../address-space.ts';
import { type Endpoint, nodesOf, type Workload } from '../endpoints.ts';
import type { Network } from '../network.ts';
import { type Service, servicesOf } from '../services.ts';
import { timeOf } from './values.ts';

export interface Tenant {
  readonly workload: Workload;
  /** The pod, where it is still there. */
  readonly endpoint: Endpoint | undefined;
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

export interface AddressBook {
  /** The pods that had the address within the time, hosts' networks left out; without a time, those that run now. */
  readonly tenants: (address: string, first?: number, last?: number) => readonly Tenant[];
  /** True where some pod ever had it. */
  readonly wasPods: (address: string) => boolean;
  readonly service: (address: string) => Service | undefined;
  /** The node that has it. */
  readonly node: (address: string) => string | undefined;
  readonly isApiServer: (address: string) => boolean;
  readonly nodeAddresses: readonly string[];
  readonly apiServerAddresses: readonly string[];
}

/** The canonical text of an address; undefined where it is none. `addressKey('::ffff:10.0.0.1')` is `'10.0.0.1'`. */
export function addressKey(text: string): string | undefined {
  if (text.length > 64) return undefined;
  const known = keys.get(text);
  if (known !== undefined) return known;
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const key = addressText(address.family, address.first);
  if (keys.size >= mostKeys) keys.clear();
  keys.set(text, key);
  return key;
}

/** Texts that were read before: flows name few addresses many times. */
const keys = new Map<string, string>();
const mostKeys = 100_000;

/** Reads the addresses of a network's snapshot. */
export function addressBook(network: Network): AddressBook {
  const { snapshot } = network;
  const tenants = new Map<string, Tenant[]>();
  const endpoints = new Map(network.workloads.flatMap((workload) => workload.endpoints.map((one) => [one.resource, one] as const)));
  const workloads = new Map(network.workloads.map((workload) => [`${workload.namespace}/${workload.kind}/${workload.name}`, workload]));
  for (const pod of ofKind(snapshot, '', 'Pod')) {
    const endpoint = endpoints.get(pod);
    if (endpoint?.hostNetwork === true || dig(pod.object, 'spec', 'hostNetwork') === true) continue;
    const workload = endpoint?.workload ?? workloads.get(identity(network, pod));
    if (workload === undefined) continue;
    const life = lifeOf(pod);
    for (const address of addressesOf(pod)) {
      const list = tenants.get(address) ?? [];
      tenants.set(address, list);
      list.push({ workload, endpoint, name: pod.name, ...life });
    }
  }
  const services = new Map<string, Service>();
  for (const service of servicesOf(network)) for (const address of serviceAddresses(service)) services.set(address, service);
  const nodes = new Map<string, string>();
  for (const { name, addresses } of nodesOf(snapshot))
    for (const { family, first } of addresses) nodes.set(addressText(family, first), name);
  const apiServer = new Set(apiServerAddresses(network));
  return {
    tenants: (address, first, last) => {
      const list = tenants.get(address) ?? [];
      if (first === undefined && last === undefined) return list.filter(({ until }) => until === Number.POSITIVE_INFINITY);
      const [from, to] = [first ?? last ?? 0, last ?? first ?? 0];
      return list.filter((tenant) => tenant.from <= to && tenant.until >= from);
    },
    wasPods: (address) => tenants.has(address),
    service: (address) => services.get(address),
    node: (address) => nodes.get(address),
    isApiServer: (address) => apiServer.has(address),
    nodeAddresses: [...nodes.keys()].sort(),
    apiServerAddresses: [...apiServer].sort(),
  };
}

function identity({ snapshot }: Network, pod: Resource): string {
  const owner = ownerOf(snapshot, pod);
  if (owner !== undefined) return `${owner.namespace}/${owner.kind}/${owner.name}`;
  const reference = asList(dig(pod.object, 'metadata', 'ownerReferences'))[0];
  return `${pod.namespace}/${asString(field(reference, 'kind')) ?? pod.kind}/${asString(field(reference, 'name')) ?? pod.name}`;
}

function addressesOf(pod: Resource): ReadonlySet<string> {
  const texts = [dig(pod.object, 'status', 'podIP'), ...asList(dig(pod.object, 'status', 'podIPs')).map((item) => field(item, 'ip'))];
  return new Set(texts.flatMap((text) => (typeof text === 'string' ? (addressKey(text) ?? []) : [])));
}

function lifeOf({ object }: Resource): { readonly from: number; readonly until: number } {
  const from =
    timeOf(dig(object, 'status', 'startTime')) ?? timeOf(dig(object, 'metadata', 'creationTimestamp')) ?? Number.NEGATIVE_INFINITY;
  const phase = dig(object, 'status', 'phase');
  const deleted = timeOf(dig(object, 'metadata', 'deletionTimestamp'));
  if (phase !== 'Succeeded' && phase !== 'Failed') return { from, until: deleted ?? Number.POSITIVE_INFINITY };
  const ends = asList(dig(object, 'status', 'containerStatuses')).flatMap(
    (one) => timeOf(dig(one, 'state', 'terminated', 'finishedAt')) ?? [],
  );
  return { from, until: Math.max(from, ...ends, ...(ends.length === 0 && deleted !== undefined ? [deleted] : [])) };
}

function serviceAddresses({ resource }: Service): readonly string[] {
  const spec = resource.object.spec;
  const balancers = asList(dig(resource.object, 'status', 'loadBalancer', 'ingress')).map((item) => field(item, 'ip'));
  const texts = [field(spec, 'clusterIP'), ...asList(field(spec, 'clusterIPs')), ...asList(field(spec, 'externalIPs')), ...balancers];
  return texts.flatMap((text) => (typeof text === 'string' ? (addressKey(text) ?? []) : []));
}

function apiServerAddresses({ snapshot }: Network): readonly string[] {
  const endpoints = ofKind(snapshot, '', 'Endpoints')
    .filter(({ namespace, name }) => namespace === 'default' && name === 'kubernetes')
    .flatMap(({ object }) => asList(field(object, 'subsets')).flatMap((subset) => asList(field(subset, 'addresses'))))
    .map((item) => field(item, 'ip'));
  const slices = ofKind(snapshot, 'discovery.k8s.io', 'EndpointSlice')
    .filter(
      ({ namespace, object }) =>
        namespace === 'default' && dig(object, 'metadata', 'labels', 'kubernetes.io/service-name') === 'kubernetes',
    )
    .flatMap(({ object }) => asList(field(object, 'endpoints')).flatMap((one) => asList(field(one, 'addresses'))));
  return [...endpoints, ...slices].flatMap((text) => (typeof text === 'string' ? (addressKey(text) ?? []) : []));
}
