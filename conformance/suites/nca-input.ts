// The sets of policies that a question of network-config-analyzer is about, over one network: pods, namespaces and Services of its first set, and
// the policies of all sets, so that every set is that network with some of its policies.

import { readFileSync as readText } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../src/kube/object.ts';
import type { Cidr } from '../../src/lib/cidr.ts';
import { asList, field, isObject, type Json } from '../../src/lib/json.ts';
import { block } from '../../src/network/address-space.ts';
import type { Endpoint } from '../../src/network/endpoints.ts';
import { type Network, network, withPolicies } from '../../src/network/network.ts';
import type { Place, Reading } from '../../src/network/places.ts';
import { isPolicyKind, policiesOf } from '../../src/network/policies.ts';
import type { Policy, RequestMatch } from '../../src/network/policy.ts';
import { allPorts, noPorts, type PortRange, type PortSet } from '../../src/network/port-set.ts';
import { type Resource, resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { load } from '../../src/sources/load.ts';
import { type Gate, gatesOf, isController } from './nca-gateways.ts';

export interface Config {
  readonly policies?: readonly string[];
  readonly resources?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly pods?: readonly string[];
  readonly globalResources?: readonly string[];
}

export const reading: Reading = {
  blocksMatchPods: false,
  hostNetwork: 'pod',
  ingressPort: 'service',
  unknownPods: 'namespace-labels',
  ties: 'appearance',
  mesh: { rootNamespace: 'istio-config', sidecarsHide: true, everyPod: true },
};

interface Read {
  readonly resources: readonly Resource[];
  readonly problems: number;
}

const files = new Map<string, Promise<Read>>();

function readFile(path: string): Promise<Read> {
  let read = files.get(path);
  if (read === undefined) {
    read = load([path], { render: 'never' }).then(({ resources, problems }) => ({
      resources: (resources.length > 0 ? resources : inArray(path)).map(asUpstream),
      problems: problems.filter(({ level }) => level !== 'note' && level !== 'warning').length,
    }));
    files.set(path, read);
  }
  return read;
}

/** Several lists as one JSON array, which is no manifest to anybody else. */
function inArray(path: string): readonly Resource[] {
  if (!path.endsWith('.json')) return [];
  return asList(JSON.parse(readText(path, 'utf8')))
    .flatMap((list) => {
      const own = { apiVersion: field(list, 'apiVersion') ?? '', kind: String(field(list, 'kind')).replace(/List$/, '') };
      return asList(field(list, 'items')).flatMap((item) => (isObject(item) ? [{ ...own, ...item }] : []));
    })
    .map((item) => resource(item as unknown as KubeObject, { kind: 'memory' }));
}

/** Upstream counts pods that have run to their end, and takes exceptions that lie outside of their block. */
function asUpstream(one: Resource): Resource {
  if (one.kind === 'Pod' && field(one.object.status, 'phase') === 'Succeeded')
    return resource({ ...one.object, status: {} } as KubeObject, one.origin, one.namespace);
  if (one.kind !== 'NetworkPolicy' || !JSON.stringify(one.object).includes('"except":[')) return one;
  return resource({ ...one.object, spec: withoutStrays(one.object.spec ?? null) } as unknown as KubeObject, one.origin, one.namespace);
}

function withoutStrays(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutStrays);
  if (!isObject(value)) return value;
  const { cidr, except } = value;
  if (typeof cidr === 'string' && Array.isArray(except))
    return {
      cidr,
      except: (except as readonly Json[]).filter(
        (hole) => String(hole).includes(':') !== cidr.includes(':') || block(cidr, [hole]) !== undefined,
      ),
    };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutStrays(item ?? null)]));
}

export interface Manifests {
  readonly topology: readonly Resource[];
  readonly policies: readonly Resource[];
  /** Ingress objects. */
  readonly gateways: readonly Resource[];
  /** Documents that could not be read. */
  readonly problems: number;
  /** Policies of a group that no policy has. */
  readonly strange: number;
}

const isNamespace = ({ kind }: Resource) => kind === 'Namespace';

/** Reads the files of a configuration. */
export async function manifestsOf(folder: string, config: Config): Promise<Manifests> {
  const all = async (list: readonly string[] | undefined) => {
    const read = await Promise.all((list ?? []).map((file) => readFile(join(folder, file))));
    return { resources: read.flatMap(({ resources }) => resources), problems: read.reduce((sum, { problems }) => sum + problems, 0) };
  };
  const [policies, resources, namespaces, pods, common] = await Promise.all([
    all(config.policies),
    all(config.resources),
    all(config.namespaces),
    all(config.pods),
    all(config.globalResources),
  ]);
  const own = config.policies === undefined ? (config.resources === undefined ? common : resources) : policies;
  const places = config.pods === undefined ? (config.resources === undefined ? common : resources) : pods;
  const spaces = config.namespaces === undefined ? (config.resources === undefined ? common : resources) : namespaces;
  const fallback = (list: readonly Resource[], kind: (one: Resource) => boolean) =>
    list.some(kind) ? list : [...list, ...common.resources];
  const isPod = (one: Resource) => one.pods.length > 0 || /Endpoint$/.test(one.kind);
  const topology = [
    ...fallback(spaces.resources, isNamespace).filter(isNamespace),
    ...fallback(places.resources, isPod).filter((one) => !isNamespace(one) && !isPolicyKind(one)),
    ...own.resources.filter(({ kind }) => /^(Global)?NetworkSet$/.test(kind)),
  ].filter(({ kind }) => kind !== 'Profile');
  const profiles = unique([...own.resources, ...places.resources].filter(({ kind }) => kind === 'Profile'));
  return {
    topology: unique(topology),
    policies: [...unique(own.resources.filter(isPolicyKind)), ...profiles],
    gateways: own.resources.filter(({ kind }) => kind === 'Ingress'),
    problems: own.problems,
    strange: own.resources.filter((one) => one.kind === 'NetworkPolicy' && !isPolicyKind(one)).length,
  };
}

/** Objects that several files hold are one. */
function unique(resources: readonly Resource[]): readonly Resource[] {
  const found = new Map<string, Resource>();
  for (const one of resources) {
    const key = `${one.group}/${one.kind}/${one.namespace}/${one.name}`;
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

export interface PolicySet {
  readonly name: string;
  readonly manifests: Manifests;
  readonly network: Network;
  /** The same without what Ingress objects say. */
  readonly plain: Network;
  /** Whether a pod is in the set's own manifests. */
  readonly has: (pod: Endpoint) => boolean;
}

export interface Universe {
  readonly sets: readonly PolicySet[];
  readonly network: Network;
  readonly pods: readonly Endpoint[];
  /** Places of addresses that are asked about: IPv6 only where policies name it. */
  readonly outside: readonly Place[];
}

/** A network in which controllers reach nothing but what Ingress objects lead to. */
function gated(net: Network, gates: readonly Gate[] | undefined): Network {
  if (gates === undefined) return net;
  const open = (from: Place, to: Place): PortSet => {
    const source = net.places.pods[from]?.endpoints[0];
    if (source === undefined || !isController(source)) return allPorts;
    const pod = net.places.pods[to]?.endpoints[0];
    return net.ports.of(
      gates.flatMap(({ request, leads }): readonly PortRange[] => {
        const port = pod === undefined ? undefined : leads(pod);
        const requests = request === undefined ? {} : { requests: net.ports.requests.classesOf(request) };
        return port === undefined ? [] : [{ protocol: 'TCP', first: port, last: port, ...requests }];
      }),
    );
  };
  return { ...net, allowed: (from, to) => net.ports.intersection(net.allowed(from, to), open(from, to)) };
}

/** `config`, `config/namespace/policy` or `config/Kind/namespace/policy`. */
function chosen(name: string, { policies }: Manifests): readonly Resource[] {
  const [, ...path] = name.split('/');
  if (path.length === 0) return policies;
  const profiles = policies.filter(({ kind }) => kind === 'Profile');
  const text = path.join('/').replace('//', '/');
  const matches = (one: Resource) =>
    kindsNamed(one).some((kind) => [`${kind}${one.namespace}/${one.name}`, `${kind}${one.name}`].includes(text));
  return [...policies.filter(matches), ...profiles];
}

/** Upstream's names of kinds, before a policy's own name. */
function kindsNamed({ kind, group }: Resource): readonly string[] {
  const dialect = group.includes('projectcalico') ? 'Calico' : group.includes('istio') ? 'Istio' : 'K8s';
  return ['', `${kind}/`, `${dialect}${kind}/`, `${dialect}${kind.replace('Global', '')}/`];
}

/** Builds the network of several sets that stand on the topology of the first. */
export async function universe(
  folder: string,
  names: readonly string[],
  configs: Readonly<Record<string, Config>>,
  cuts: readonly Cidr[] = [],
  requests: readonly RequestMatch[] = [],
): Promise<Universe> {
  const manifests = await Promise.all(names.map((name) => manifestsOf(folder, configOf(name, configs))));
  const topologies = manifests.map((one, index) => [
    ...one.topology,
    ...(isOneList(configOf(names[index] ?? '', configs)) ? helpers(one.topology, one.policies) : []),
  ]);
  const policies = [...new Set(manifests.flatMap((one) => one.policies))];
  const gates = manifests.map((one) => gatesOf([...one.topology, ...one.gateways]));
  const asked = [...requests, ...gates.flatMap((list) => (list ?? []).flatMap(({ request }) => request ?? []))];
  const resources = [...unique(topologies.flat()), ...policies, ...asked.map(asking)];
  const net = network(snapshot({ resources }), reading, cuts);
  const v6 = net.policies.some((policy) => JSON.stringify(policy.resource.object).includes('::'));
  const outside = net.places.external.flatMap((range, index) => (range.family === 6 && !v6 ? [] : [net.places.pods.length + index]));
  const sets = names.map((name, index) => {
    const own = manifests[index] ?? { topology: [], policies: [], gateways: [], problems: 0, strange: 0 };
    const state = snapshot({ resources: [...unique(topologies.flat()), ...chosen(name, own)] });
    const some = policiesOf(state, net.namespaces, reading).all;
    const names = new Set((topologies[index] ?? []).map(nameOf));
    const plain = withPolicies(net, some);
    return {
      name,
      manifests: own,
      plain,
      network: gated(plain, gates[index]),
      has: (pod: Endpoint) => names.has(nameOf(pod.resource)) || !isListed(topologies, pod.resource),
    };
  });
  return { sets, network: net, pods: net.workloads.flatMap(({ endpoints }) => endpoints), outside };
}

function nameOf({ kind, namespace, name }: Resource): string {
  return `${kind.replace('HostEndpoint', 'Pod')}/${namespace}/${name}`;
}

/** False for what stands in for an endpoint of Calico, which goes by another name. */
function isListed(topologies: readonly (readonly Resource[])[], one: Resource): boolean {
  return topologies.some((topology) => topology.some((other) => nameOf(other) === nameOf(one)));
}

/** True where everything is read from the same files: only then does upstream add what is missing. */
function isOneList({ policies, pods, namespaces }: Config): boolean {
  return policies === undefined || (policies.join() === pods?.join() && policies.join() === namespaces?.join());
}

/** The configuration that a set is of. */
export function configOf(name: string, configs: Readonly<Record<string, Config>>): Config {
  return configs[name] ?? configs[name.split('/')[0] ?? ''] ?? {};
}

/** A policy that selects nobody and asks about requests, so that they are told apart. */
function asking(match: RequestMatch, index: number): Resource {
  const object = {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: `asking-${index}`, namespace: 'cofferdam-nobody' },
    spec: { rules: [{ to: [{ operation: match }] }] },
  };
  return resource(object as unknown as KubeObject, { kind: 'memory' });
}

/** The pod of kube-dns that upstream adds where policies name it and no manifest has it. */
function helpers(topology: readonly Resource[], policies: readonly Resource[]): readonly Resource[] {
  const named = policies.some(
    ({ object, group }) => group === 'networking.k8s.io' && JSON.stringify(object).includes('"k8s-app":"kube-dns"'),
  );
  const there = topology.some((one) => one.pods.some(({ labels }) => labels['k8s-app'] === 'kube-dns'));
  if (!named || there || topology.some(isNamespace)) return [];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-dns-livesim', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: { containers: [{ name: 'dns', image: 'dns', ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }] }] },
  };
  return [resource(pod as unknown as KubeObject, { kind: 'memory' })];
}

/** Every pair of places that is asked about, until `visit` says true. */
export function somePair({ network: net, outside }: Universe, visit: (from: Place, to: Place) => boolean): boolean {
  const pods = net.places.pods.map((_, place) => place);
  const alone = (place: Place) => net.places.pods[place]?.endpoints.length === 1;
  for (const from of [...pods, ...outside])
    for (const to of from < pods.length ? [...pods, ...outside] : pods) if (!(from === to && alone(from)) && visit(from, to)) return true;
  return false;
}

/** What rules of the policies allow by themselves, for pods that some policy is about; the rest of what passes is the default. */
export function explicit(net: Network, from: Place, to: Place): PortSet {
  const { ports } = net;
  const captured = (place: Place, direction: 'ingress' | 'egress') =>
    net.selecting(place, direction).some(({ tier }) => tier.name !== 'profiles');
  const [out, into] = [captured(from, 'egress'), captured(to, 'ingress')];
  if (!out && !into) return noPorts;
  return ports.intersection(net.allowed(from, to), net.allowed(from, to));
}

/** Pods as people name them, policies as upstream names them. */
export function policyName({ resource: one }: Policy): string {
  return `${one.kind} ${one.namespace}/${one.name}`;
}
