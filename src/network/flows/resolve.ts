// Who the ends of a record are. What a source names is taken before what an address says: a pod by its name, its workload by name, a workload by
// the names its controller makes (`web-7c4d8b9f5-x2x9k`); then an address at its time. Public addresses are outside; a private one that is
// nobody's is unknown, unless the source says that it lies outside, or the caller names the block. Nothing is guessed.

import { type Cidr, contains, parseAddress } from '../../lib/cidr.ts';
import { rangeOf } from '../address-space.ts';
import type { Endpoint, Workload } from '../endpoints.ts';
import { isInternet, metadataServices } from '../internet.ts';
import type { Network } from '../network.ts';
import { type Service, servicesOf, targetOf } from '../services.ts';
import { type AddressBook, addressKey } from './address-book.ts';
import type { FlowRecord, RecordedEnd } from './record.ts';

export type FlowParty =
  | { readonly kind: 'workload'; readonly workload: Workload }
  /** Any address that belongs to no pod and no node. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'nodes' }
  | { readonly kind: 'api-server' };

export interface ResolvedEnd {
  readonly party: FlowParty;
  readonly address?: string;
  readonly endpoint?: Endpoint;
  readonly node?: string;
  /** The end is the node on which the other end runs. */
  readonly ownNode?: boolean;
}

export interface UnknownEnd {
  readonly unknown: string;
  readonly why: 'no such pod' | 'nobody has this address' | 'nobody had this address then' | 'several pods had this address' | 'no address';
}

export interface Target extends ResolvedEnd {
  readonly port: number;
  readonly service?: Service;
}

export interface Resolver {
  readonly end: (end: RecordedEnd, flow: FlowRecord) => ResolvedEnd | UnknownEnd;
  /** Where a destination leads: a Service's address to all that it selects, at their own ports. */
  readonly targets: (flow: FlowRecord, port: number) => readonly Target[] | UnknownEnd;
}

const mostStrangers = 100_000;

/** Prepares looking up ends; `outside` are private blocks that the caller knows to lie outside the cluster. */
export function resolver(network: Network, book: AddressBook, outside: readonly Cidr[]): Resolver {
  const pods = new Map<string, Endpoint>();
  const named = new Map<string, Workload>();
  const byName = new Map<string, Workload[]>();
  for (const workload of network.workloads) {
    named.set(`${workload.namespace}/${workload.kind}/${workload.name}`, workload);
    const list = byName.get(`${workload.namespace}/${workload.name}`) ?? [];
    byName.set(`${workload.namespace}/${workload.name}`, list);
    list.push(workload);
    for (const endpoint of workload.endpoints)
      if (endpoint.resource.kind === 'Pod') pods.set(`${workload.namespace}/${endpoint.name}`, endpoint);
  }
  const owner = (namespace: string, pod: string) =>
    ownerNames(pod).flatMap(({ name, kinds }) => (byName.get(`${namespace}/${name}`) ?? []).filter(({ kind }) => kinds.includes(kind)))[0];
  const byNames = (recorded: RecordedEnd): ResolvedEnd | undefined => {
    const { namespace, pod, podPattern, workload } = recorded;
    if (namespace === undefined) return undefined;
    const endpoint = pod === undefined ? undefined : pods.get(`${namespace}/${pod}`);
    const found =
      endpoint?.workload ??
      (workload === undefined ? undefined : named.get(`${namespace}/${workload.kind}/${workload.name}`)) ??
      (pod === undefined ? undefined : (owner(namespace, pod) ?? only(byName.get(`${namespace}/${pod}`)))) ??
      (podPattern === undefined
        ? undefined
        : (owner(namespace, podPattern) ?? only(byName.get(`${namespace}/${podPattern.replace(/-?\*$/, '')}`))));
    return found === undefined ? undefined : workloadEnd(found, endpoint, recorded.address);
  };
  /** What addresses that never were a pod's stand for: the same at any time. */
  const strangers = new Map<string, ResolvedEnd | UnknownEnd>();
  const services = new Map(servicesOf(network).map((service) => [service.resource, service]));
  const end = (recorded: RecordedEnd, flow: FlowRecord): ResolvedEnd | UnknownEnd => {
    const known = byNames(recorded);
    if (known !== undefined) return known;
    const name = recorded.pod ?? recorded.podPattern ?? recorded.workload?.name;
    if (recorded.namespace !== undefined && name !== undefined)
      return { unknown: `${recorded.namespace}/${name}`.slice(0, 300), why: 'no such pod' };
    const { address, entity } = recorded;
    if (address === undefined || address.length > 64 || book.wasPods(addressKey(address) ?? ''))
      return byAddress(recorded, flow, book, outside);
    const key = `${entity} ${address}`;
    let fixed = strangers.get(key);
    if (fixed === undefined) {
      if (strangers.size >= mostStrangers) strangers.clear();
      fixed = byAddress(recorded, flow, book, outside);
      strangers.set(key, fixed);
    }
    return fixed;
  };
  return {
    end,
    targets: (flow, port) => {
      const key = flow.destination.pod === undefined ? addressKey(flow.destination.address ?? '') : undefined;
      const service = key === undefined ? undefined : book.service(key);
      const own = service === undefined ? undefined : services.get(service.resource);
      if (own !== undefined) return targetsOf(own, flow, port, book);
      const found = end(flow.destination, flow);
      return 'unknown' in found ? found : [{ ...found, port }];
    },
  };
}

function workloadEnd(workload: Workload, endpoint: Endpoint | undefined, address: string | undefined): ResolvedEnd {
  const key = address === undefined ? undefined : addressKey(address);
  return {
    party: partyOf(workload),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(endpoint?.node === undefined ? {} : { node: endpoint.node }),
    ...(key === undefined ? {} : { address: key }),
  };
}

const parties = new WeakMap<Workload, FlowParty>();

/** Workloads on their host's network are their nodes. */
function partyOf(workload: Workload): FlowParty {
  const known = parties.get(workload);
  if (known !== undefined) return known;
  const party: FlowParty = workload.endpoints.every(({ hostNetwork }) => hostNetwork) ? { kind: 'nodes' } : { kind: 'workload', workload };
  parties.set(workload, party);
  return party;
}

function byAddress(recorded: RecordedEnd, flow: FlowRecord, book: AddressBook, outside: readonly Cidr[]): ResolvedEnd | UnknownEnd {
  const { entity } = recorded;
  const address = addressKey(recorded.address ?? '');
  const at = address === undefined ? {} : { address };
  if (entity === 'kube-apiserver') return { party: { kind: 'api-server' }, ...at };
  if (entity === 'host') return { party: { kind: 'nodes' }, ...at, ownNode: true };
  if (entity === 'remote-node' || entity === 'health') return { party: { kind: 'nodes' }, ...at };
  if (address === undefined) {
    const text = recorded.address ?? recorded.pod ?? '';
    return entity === 'world' ? { party: { kind: 'outside' } } : { unknown: text.slice(0, 128), why: 'no address' };
  }
  const tenants = book.tenants(address, flow.first, flow.last);
  const [tenant] = tenants;
  if (tenant !== undefined)
    return tenants.every(({ workload }) => workload === tenant.workload)
      ? workloadEnd(tenant.workload, tenant.endpoint, address)
      : { unknown: address, why: 'several pods had this address' };
  if (book.isApiServer(address)) return { party: { kind: 'api-server' }, address };
  const node = book.node(address);
  if (node !== undefined) return { party: { kind: 'nodes' }, address, node };
  if (book.wasPods(address)) return { unknown: address, why: 'nobody had this address then' };
  const block = parseAddress(address);
  const out =
    block !== undefined &&
    (entity === 'world' ||
      isInternet(rangeOf(block)) ||
      outside.some((own) => contains(own, block)) ||
      metadataServices.some(({ cidr }) => contains(cidr, block)));
  return out ? { party: { kind: 'outside' }, address } : { unknown: address, why: 'nobody has this address' };
}

function targetsOf(service: Service, flow: FlowRecord, port: number, book: AddressBook): readonly Target[] | UnknownEnd {
  const name = `Service ${service.resource.namespace}/${service.resource.name}`;
  const wanted = service.ports.find(({ number, protocol }) => number === port && protocol === flow.protocol);
  if (service.endpoints.length === 0) {
    const isApi = service.resource.namespace === 'default' && service.resource.name === 'kubernetes';
    const own = wanted?.target;
    if (!isApi) return { unknown: name, why: 'nobody has this address' };
    const targetPort = typeof own === 'number' ? own : port;
    return [
      {
        party: { kind: 'api-server' },
        port: targetPort,
        service,
        ...(book.apiServerAddresses[0] === undefined ? {} : { address: book.apiServerAddresses[0] }),
      },
    ];
  }
  const found = new Map<string, Target>();
  for (const endpoint of service.endpoints) {
    const range = wanted === undefined ? undefined : targetOf(wanted, endpoint);
    if (range === undefined) continue;
    const { party } = workloadEnd(endpoint.workload, undefined, undefined);
    found.set(`${endpoint.workload.namespace}/${endpoint.workload.name} ${range.first}`, { party, port: range.first, service });
  }
  return found.size === 0 ? { unknown: `${name} port ${port}`, why: 'nobody has this address' } : [...found.values()];
}

function only(workloads: readonly Workload[] | undefined): Workload | undefined {
  return workloads?.length === 1 ? workloads[0] : undefined;
}

/** Owners whose controllers would make a pod of this name: the letters and digits are those of k8s.io/apimachinery's `rand.String`. */
function ownerNames(pod: string): readonly { readonly name: string; readonly kinds: readonly string[] }[] {
  const found: { readonly name: string; readonly kinds: readonly string[] }[] = [];
  const take = (pattern: RegExp, kinds: readonly string[]) => {
    const name = pattern.exec(pod)?.[1];
    if (name !== undefined) found.push({ name, kinds });
  };
  if (pod.length > 253) return found;
  take(/^(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\*)$/, ['Deployment', 'Rollout', 'DeploymentConfig']);
  take(/^(.+)-[0-9]{8}-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\*)$/, ['CronJob']);
  take(/^(.+)-(?:[0-9]{1,6}|\*)$/, ['StatefulSet']);
  take(/^(.+)-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\*)$/, ['DaemonSet', 'ReplicaSet', 'Job', 'ReplicationController']);
  take(/^(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}-?\*$/, ['Deployment', 'Rollout', 'DeploymentConfig']);
  return found;
}
