// Every network policy of a snapshot, in the order in which it is asked; and the policies of other kinds, which this engine does not evaluate:
// for pods they may hold for, an answer that rests on the rest alone is not known to be right.

import type { Labels } from '../kube/selector.ts';
import { problem } from '../lib/problem.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { adminPolicy } from './admin-policy.ts';
import { calicoPolicy, calicoProfile } from './calico/policy.ts';
import { calicoContext, calicoGroups, calicoObjects } from './calico/surroundings.ts';
import { ciliumContext } from './cilium/context.ts';
import { ciliumPolicy } from './cilium/policy.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { istioContext } from './istio/context.ts';
import { istioPolicies } from './istio/policies.ts';
import { networkPolicy } from './kubernetes-policy.ts';
import type { Reading } from './places.ts';
import { type Complaint, directions, type Policy, type ReadPolicy } from './policy.ts';

const policyGroup = 'policy.networking.k8s.io';

type Reader = readonly [group: string, kind: string, read: (resource: Resource) => ReadPolicy];

const readers: readonly Reader[] = [
  ['networking.k8s.io', 'NetworkPolicy', networkPolicy],
  ['extensions', 'NetworkPolicy', networkPolicy],
  [policyGroup, 'AdminNetworkPolicy', adminPolicy],
  [policyGroup, 'BaselineAdminNetworkPolicy', adminPolicy],
  [policyGroup, 'ClusterNetworkPolicy', clusterPolicy],
];

/** Kinds of plug-ins and meshes; what they say may rest on other objects of the snapshot. */
const dialectKinds: readonly (readonly [group: string, kind: string])[] = [
  ...calicoGroups.flatMap((group) => [[group, 'NetworkPolicy'] as const, [group, 'GlobalNetworkPolicy'] as const]),
  ['cilium.io', 'CiliumNetworkPolicy'],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy'],
];

/** Kinds that decide about traffic too. Deny rules among them may close what stands open here, and allow rules open what is closed. */
const otherKinds: readonly (readonly [group: string, kind: string])[] = [
  ['crd.antrea.io', 'NetworkPolicy'],
  ['crd.antrea.io', 'ClusterNetworkPolicy'],
  ['k8s.cni.cncf.io', 'MultiNetworkPolicy'],
  ['k8s.ovn.org', 'EgressFirewall'],
  ['k8s.ovn.org', 'UserDefinedNetwork'],
  ['k8s.ovn.org', 'ClusterUserDefinedNetwork'],
];

const stagedKinds = ['StagedNetworkPolicy', 'StagedGlobalNetworkPolicy', 'StagedKubernetesNetworkPolicy'];

export interface Policies {
  /** By tier, order, kind and name. */
  readonly all: readonly Policy[];
  readonly complaints: readonly Complaint[];
  readonly unevaluated: readonly Resource[];
}

const known = new WeakMap<Resource, ReadPolicy>();

function remembered(resource: Resource, read: (resource: Resource) => ReadPolicy): ReadPolicy {
  let policy = known.get(resource);
  if (policy === undefined) {
    policy = read(resource);
    known.set(resource, policy);
  }
  return policy;
}

/** True for a policy of a kind that is read by itself alone. */
export function isPolicy({ group, kind }: Resource): boolean {
  return (
    kind.endsWith('NetworkPolicy') && [...readers, ...dialectKinds].some(([ownGroup, ownKind]) => ownGroup === group && ownKind === kind)
  );
}

/** True for an object of any kind that decides about traffic here, or that says who is let in from outside. */
export function isPolicyKind({ group, kind }: Resource): boolean {
  const known = [...readers, ...dialectKinds, ...meshKinds].some(([ownGroup, ownKind]) => ownGroup === group && ownKind === kind);
  return known || stagedKinds.includes(kind);
}

const meshKinds: readonly (readonly [group: string, kind: string])[] = [
  ['security.istio.io', 'AuthorizationPolicy'],
  ['security.istio.io', 'PeerAuthentication'],
  ['networking.istio.io', 'Sidecar'],
];

/** Reads all policies. What the API server would refuse is left out and told. */
export function policiesOf(snapshot: Snapshot, namespaces: ReadonlyMap<string, Labels>, reading: Reading): Policies {
  const all: Policy[] = [];
  const complaints: Complaint[] = [];
  const take = (read: ReadPolicy) => {
    complaints.push(...read.complaints);
    all.push(...read.policies);
  };
  for (const [group, kind, read] of readers) for (const resource of ofKind(snapshot, group, kind)) take(remembered(resource, read));
  for (const read of dialects(snapshot, namespaces, reading)) take(read);
  all.sort(reading.ties === 'appearance' ? byRank : inOrder);
  complaints.push(...contradictions(all), ...staged(snapshot));
  return { all, complaints, unevaluated: otherKinds.flatMap(([group, kind]) => ofKind(snapshot, group, kind)) };
}

function* dialects(snapshot: Snapshot, namespaces: ReadonlyMap<string, Labels>, reading: Reading): Generator<ReadPolicy> {
  const calico = ['NetworkPolicy', 'GlobalNetworkPolicy'].flatMap((kind) => calicoObjects(snapshot, kind));
  const profiles = calicoObjects(snapshot, 'Profile');
  if (calico.length + profiles.length > 0) {
    const context = calicoContext(snapshot);
    for (const resource of calico) yield calicoPolicy(resource, context);
    for (const resource of profiles) yield calicoProfile(resource, context);
  }
  const cilium = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].flatMap((kind) => ofKind(snapshot, 'cilium.io', kind));
  if (cilium.length > 0) {
    const context = ciliumContext(snapshot);
    for (const resource of cilium) yield ciliumPolicy(resource, context);
  }
  const istio = istioContext(snapshot, namespaces, reading);
  if (istio !== undefined) yield* istioPolicies(snapshot, istio);
}

/** The namespaces that a policy of another kind may hold for: undefined for all of them. */
export function scopeOf(resource: Resource): string | undefined {
  return resource.namespace === '' ? undefined : resource.namespace;
}

function inOrder(a: Policy, b: Policy): number {
  return (
    byRank(a, b) ||
    compare(a.resource.kind, b.resource.kind) ||
    compare(a.resource.namespace, b.resource.namespace) ||
    compare(a.resource.name, b.resource.name)
  );
}

function byRank(a: Policy, b: Policy): number {
  return (
    (a.tier.layer === b.tier.layer ? 0 : a.tier.layer === 'network' ? -1 : 1) ||
    compare(a.tier.order, b.tier.order) ||
    compare(a.tier.name, b.tier.name) ||
    compare(a.priority, b.priority)
  );
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Policies of one tier and order: which of them is asked first is not defined. Here it is the first by name. */
function contradictions(all: readonly Policy[]): readonly Complaint[] {
  const found: Complaint[] = [];
  all.forEach((policy, index) => {
    const before = all[index - 1];
    if (before === undefined || before.tier !== policy.tier || before.priority !== policy.priority) return;
    if (before.resource === policy.resource || !Number.isFinite(policy.priority) || policy.tier.layer === 'mesh') return;
    if (!directions.some((direction) => before.applies[direction] && policy.applies[direction] && mayDiffer(before, policy, direction)))
      return;
    const both = `${before.resource.kind} ${before.resource.name} and ${policy.resource.kind} ${policy.resource.name}`;
    const words = `${both} have the same priority ${policy.priority}; which is asked first is undefined, and taken to be by name here`;
    found.push({
      resource: policy.resource,
      path: policy.tier.otherwise === 'pass' ? '/spec/priority' : '/spec/order',
      problem: problem('network/equal-priority', words, undefined, 'warning'),
    });
  });
  return found;
}

/** In tiers that drop the rest, policies that all do the same cannot contradict each other. */
function mayDiffer(a: Policy, b: Policy, direction: (typeof directions)[number]): boolean {
  const actions = new Set([...a.rules[direction], ...b.rules[direction]].map(({ action }) => action));
  return a.tier.otherwise === 'pass' || actions.size > 1;
}

function staged(snapshot: Snapshot): readonly Complaint[] {
  return stagedKinds.flatMap((kind) =>
    calicoObjects(snapshot, kind).map((resource): Complaint => {
      const words = `${kind} ${resource.namespace === '' ? '' : `${resource.namespace}/`}${resource.name} is staged: nothing enforces it, and it is not counted`;
      return { resource, path: '', problem: problem('network/not-enforced', words, undefined, 'warning') };
    }),
  );
}
