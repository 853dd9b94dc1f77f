// The pods of a snapshot as ends of connections, and the workloads they belong to. Live pods stand for their owners' templates: they have
// addresses, a node, and labels as they are now. Pods that have run to their end are left out: nothing listens there any more.

import type { Pod } from '../kube/pod/types.ts';
import type { Labels } from '../kube/selector.ts';
import { parseAddress } from '../lib/cidr.ts';
import { asList, asString, dig, field, isObject } from '../lib/json.ts';
import { problem } from '../lib/problem.ts';
import { ofKind, workloads as withPods } from '../snapshot/lookup.ts';
import { ownerOf } from '../snapshot/owners.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { type AddressRange, rangeOf } from './address-space.ts';
import { profileLabels, profilesOf } from './calico/profiles.ts';
import type { Complaint } from './policy.ts';
import type { Protocol } from './port-set.ts';

export interface NamedPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly number: number;
}

/** A pod, or the template of a workload whose pods are not known one by one. */
export interface Endpoint {
  readonly workload: Workload;
  readonly name: string;
  readonly resource: Resource;
  readonly pod: Pod;
  readonly labels: Labels;
  readonly ports: readonly NamedPort[];
  readonly addresses: readonly AddressRange[];
  readonly hostNetwork: boolean;
  readonly node: string | undefined;
  readonly serviceAccount: string;
  /** Profiles of Calico that it has. */
  readonly profiles: readonly string[];
}

/** What a person means by an application: one owner, one peer. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly endpoints: readonly Endpoint[];
}

export interface Node {
  readonly name: string;
  readonly labels: Labels;
  readonly addresses: readonly AddressRange[];
}

/** The workloads of a snapshot, by namespace, name and kind. */
export function workloadsOf(snapshot: Snapshot): { readonly workloads: readonly Workload[]; readonly complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  interface Group {
    readonly identity: Identity;
    readonly pods: Resource[];
    readonly templates: Resource[];
  }
  const groups = new Map<string, Group>();
  for (const resource of withPods(snapshot)) {
    if (resource.kind === 'PodTemplate') continue;
    if (resource.pods.some(isMalformed)) {
      complaints.push(malformed(resource));
      continue;
    }
    const identity = identityOf(snapshot, resource);
    const key = `${identity.namespace}/${identity.name}/${identity.kind}`;
    const group = groups.get(key) ?? { identity, pods: [], templates: [] };
    groups.set(key, group);
    if (resource.kind !== 'Pod') group.templates.push(resource);
    else if (!hasEnded(resource)) group.pods.push(resource);
  }
  const nodes = new Map(nodesOf(snapshot).map((node) => [node.name, node]));
  const applied = profileLabels(snapshot);
  const workloads = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { identity, pods, templates }]) => {
      const endpoints: Endpoint[] = [];
      const workload: Workload = { ...identity, endpoints };
      const own = templates.filter(({ kind, name }) => kind === identity.kind && name === identity.name);
      for (const resource of pods.length > 0 ? pods : own.length > 0 ? own : templates.slice(0, 1))
        for (const pod of resource.pods) endpoints.push(withApplied(endpoint(workload, resource, pod, nodes), applied));
      return endpoints.length === 0 ? [] : [workload];
    });
  return { workloads, complaints };
}

/** An endpoint with the labels that its profiles give it; its own labels go first. */
function withApplied(one: Endpoint, applied: ReadonlyMap<string, Labels>): Endpoint {
  const some = applied.size === 0 ? [] : one.profiles.flatMap((profile) => [applied.get(profile) ?? {}]);
  return some.length === 0 ? one : { ...one, labels: Object.assign({}, ...some, one.labels) };
}

/** Ports of another type than the API has: the object is refused, and there will be no such pod. */
function isMalformed(pod: Pod): boolean {
  return pod.containers.some(({ ports }) =>
    ports.some(({ spec }) => spec.containerPort !== undefined && typeof spec.containerPort !== 'number'),
  );
}

function malformed(resource: Resource): Complaint {
  const words = `${resource.kind} ${resource.namespace}/${resource.name} has a containerPort that is no number: no API server takes it`;
  return { resource, path: '', problem: problem('object/invalid', words, undefined, 'warning') };
}

interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
}

function identityOf(snapshot: Snapshot, resource: Resource): Identity {
  const owner = ownerOf(snapshot, resource);
  if (owner !== undefined) return { namespace: owner.namespace, name: owner.name, kind: owner.kind };
  const { namespace, name, kind } = resource;
  const reference = kind === 'Pod' ? asList(dig(resource.object, 'metadata', 'ownerReferences'))[0] : undefined;
  const ownerName = asString(field(reference, 'name'));
  const ownerKind = asString(field(reference, 'kind')) ?? '';
  if (ownerName === undefined || ownerName === '' || ownerKind === 'Node') return { namespace, name, kind };
  return { namespace, name: ownerName, kind: ownerKind === '' ? 'Pod' : ownerKind };
}

function hasEnded(resource: Resource): boolean {
  const phase = dig(resource.object, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

function endpoint(workload: Workload, resource: Resource, pod: Pod, nodes: ReadonlyMap<string, Node>): Endpoint {
  const hostNetwork = pod.spec.hostNetwork === true;
  const node = asString(pod.spec.nodeName);
  const serviceAccount = asString(pod.spec.serviceAccountName) ?? asString(pod.spec.serviceAccount) ?? 'default';
  const own =
    resource.kind === 'Pod' || resource.kind === 'HostEndpoint'
      ? addressesIn([
          ...asList(dig(resource.object, 'status', 'podIPs')).map((item) => field(item, 'ip')),
          dig(resource.object, 'status', 'podIP'),
        ])
      : [];
  return {
    workload,
    name: resource.name,
    resource,
    pod,
    labels: pod.labels,
    ports: namedPorts(pod),
    addresses: own.length === 0 && hostNetwork ? (nodes.get(node ?? '')?.addresses ?? []) : own,
    hostNetwork,
    node,
    serviceAccount,
    profiles: profilesOf(resource.object, resource.namespace, serviceAccount),
  };
}

/** Ports with names, of init and sidecar containers too. */
function namedPorts(pod: Pod): readonly NamedPort[] {
  return pod.containers.flatMap(({ ports }) =>
    ports.flatMap(({ spec }) => {
      const protocol = spec.protocol ?? 'TCP';
      const [name, number] = [spec.name, spec.containerPort];
      if (typeof name !== 'string' || name === '' || typeof number !== 'number') return [];
      return protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP' ? [{ name, protocol, number }] : [];
    }),
  );
}

/** The nodes of a snapshot. */
export function nodesOf(snapshot: Snapshot): readonly Node[] {
  return ofKind(snapshot, '', 'Node').map(({ name, object }) => ({
    name,
    labels: labelsIn(object),
    addresses: addressesIn(asList(dig(object, 'status', 'addresses')).map((item) => field(item, 'address'))),
  }));
}

function labelsIn(object: unknown): Labels {
  const labels = dig(object, 'metadata', 'labels');
  return isObject(labels)
    ? Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
    : {};
}

/** The texts that are addresses, each once. */
function addressesIn(texts: readonly unknown[]): readonly AddressRange[] {
  const found = new Map<string, AddressRange>();
  for (const text of texts) {
    const address = typeof text === 'string' ? parseAddress(text) : undefined;
    if (address !== undefined) found.set(`${address.family} ${address.first}`, rangeOf(address));
  }
  return [...found.values()];
}

/** Labels by namespace: what its Namespace says, and its name, which the API server adds as a label to every one. */
export function namespacesOf(snapshot: Snapshot): ReadonlyMap<string, Labels> {
  const labels = new Map<string, Labels>();
  const add = (name: string, own: Labels) => labels.set(name, { ...own, 'kubernetes.io/metadata.name': name });
  for (const { name, object } of ofKind(snapshot, '', 'Namespace')) add(name, labelsIn(object));
  for (const { namespace } of snapshot.resources) if (namespace !== '' && !labels.has(namespace)) add(namespace, {});
  return labels;
}
