// The sets of policies that a question of network-config-analyzer is about, over one network: pods, namespaces and Services of its first set, and
// the policies of all sets, so that every set is that network with some of its policies.

import { join } from 'node:path';
import type { KubeObject } from '../../src/kube/object.ts';
import type { Cidr } from '../../src/lib/cidr.ts';
import { dig } from '../../src/lib/json.ts';
import type { Endpoint } from '../../src/network/endpoints.ts';
import { type Network, network, withPolicies } from '../../src/network/network.ts';
import type { Place, Reading } from '../../src/network/places.ts';
import { isPolicyKind } from '../../src/network/policies.ts';
import type { Policy, RequestMatch } from '../../src/network/policy.ts';
import { noPorts, type PortSet } from '../../src/network/port-set.ts';
import { type Resource, resource, snapshot } from '../../src/snapshot/snapshot.ts';
import { load } from '../../src/sources/load.ts';

export interface Config {
  readonly policies?: readonly string[];
  readonly resources?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly pods?: readonly string[];
  readonly globalResources?: readonly string[];
}

export const reading: Reading = { blocksMatchPods: false, hostNetwork: 'pod', ingressPort: 'service', unknownPods: 'namespace-labels', mesh: { rootNamespace: 'istio-config', sidecarsHide: true } };

interface Read {
  readonly resources: readonly Resource[];
  readonly problems: number;
}

const files = new Map<string, Promise<Read>>();

function readFile(path: string): Promise<Read> {
  let read = files.get(path);
  if (read === undefined) {
    read = load([path], { render: 'never' }).then(({ resources, problems }) => ({
      resources,
      problems: problems.filter(({ level }) => level !== 'note' && level !== 'warning').length,
    }));
    files.set(path, read);
  }
  return read;
}

export interface Manifests {
  readonly topology: readonly Resource[];
  readonly policies: readonly Resource[];
  /** Documents that could not be read. */
  readonly problems: number;
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
  const fallback = (list: readonly Resource[], kind: (one: Resource) => boolean) => (list.some(kind) ? list : [...list, ...common.resources]);
  const isPod = (one: Resource) => one.pods.length > 0 || /Endpoint$/.test(one.kind);
  const topology = [
    ...fallback(spaces.resources, isNamespace).filter(isNamespace),
    ...fallback(places.resources, isPod).filter((one) => !isNamespace(one) && !isPolicyKind(one)),
    ...[...places.resources, ...own.resources].filter(({ kind }) => kind === 'Profile'),
  ];
  return { topology: unique(topology), policies: unique(own.resources.filter(isPolicyKind)), problems: own.problems };
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
}

export interface Universe {
  readonly sets: readonly PolicySet[];
  readonly network: Network;
  readonly pods: readonly Endpoint[];
  /** Places of addresses that are asked about: IPv6 only where policies name it. */
  readonly outside: readonly Place[];
}

/** `config`, `config/namespace/policy` or `config/Kind/namespace/policy`. */
function chosen(name: string, { policies }: Manifests): readonly Resource[] {
  const [, ...path] = name.split('/');
  if (path.length === 0) return policies;
  const text = path.join('/').replace('//', '/');
  const matches = (one: Resource) =>
    [`${one.namespace}/${one.name}`, `${one.kind}/${one.namespace}/${one.name}`, `${one.kind}/${one.name}`, one.name].includes(text);
  return policies.filter(matches);
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
  const topology = manifests[0]?.topology ?? [];
  const policies = [...new Set(manifests.flatMap((one) => one.policies))];
  const resources = [...topology, ...helpers(topology, policies), ...policies, ...requests.map(asking)];
  const net = network(snapshot({ resources }), reading, cuts);
  const v6 = net.policies.some((policy) => JSON.stringify(policy.resource.object).includes('::'));
  const outside = net.places.external.flatMap((range, index) => (range.family === 6 && !v6 ? [] : [net.places.pods.length + index]));
  const sets = names.map((name, index) => {
    const own = manifests[index] ?? { topology: [], policies: [], problems: 0 };
    const wanted = new Set(chosen(name, own));
    const some = net.policies.filter(({ resource: one }) => wanted.has(one) || one.kind === 'Profile');
    return { name, manifests: own, network: withPolicies(net, some) };
  });
  return { sets, network: net, pods: net.workloads.flatMap(({ endpoints }) => endpoints), outside };
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
  const named = policies.some(({ object, group }) => group === 'networking.k8s.io' && JSON.stringify(object).includes('"k8s-app":"kube-dns"'));
  const there = topology.some((one) => one.pods.some(({ labels }) => labels['k8s-app'] === 'kube-dns'));
  if (!named || there) return [];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-dns-livesim', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: { containers: [{ name: 'dns', image: 'dns', ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }] }] },
  };
  return [resource(pod as unknown as KubeObject, { kind: 'memory' })];
}

/** What passes between two ends; undefined for pairs that are not asked about. */
export type Pairs = (visit: (from: Place, to: Place) => boolean) => boolean;

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
  const captured = (place: Place, direction: 'ingress' | 'egress') => net.selecting(place, direction).some(({ tier }) => tier.name !== 'profiles');
  const [out, into] = [captured(from, 'egress'), captured(to, 'ingress')];
  if (!out && !into) return noPorts;
  return ports.intersection(net.allowed(from, to), net.allowed(from, to));
}

/** Pods as people name them, policies as upstream names them. */
export function policyName({ resource: one }: Policy): string {
  return `${one.kind} ${one.namespace}/${one.name}`;
}

/** Labels of a namespace or pod. */
export function labelOf(one: Resource, key: string): unknown {
  return dig(one.object, 'metadata', 'labels', key);
}
