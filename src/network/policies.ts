// Every network policy of a snapshot, in the order in which it is asked; and the policies of other kinds, which this engine does not evaluate:
// for pods they may hold for, an answer that rests on the rest alone is not known to be right.

import { problem } from '../lib/problem.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import { adminPolicy } from './admin-policy.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { networkPolicy } from './kubernetes-policy.ts';
import { type Complaint, directions, type Policy, type ReadPolicy, type Tier } from './policy.ts';

const policyGroup = 'policy.networking.k8s.io';

const readers: readonly (readonly [group: string, kind: string, read: (resource: Resource) => ReadPolicy])[] = [
  ['networking.k8s.io', 'NetworkPolicy', networkPolicy],
  ['extensions', 'NetworkPolicy', networkPolicy],
  [policyGroup, 'AdminNetworkPolicy', adminPolicy],
  [policyGroup, 'BaselineAdminNetworkPolicy', adminPolicy],
  [policyGroup, 'ClusterNetworkPolicy', clusterPolicy],
];

/** Kinds that decide about traffic too. Deny rules among them may close what stands open here, and allow rules open what is closed. */
const otherKinds: readonly (readonly [group: string, kind: string])[] = [
  ['cilium.io', 'CiliumNetworkPolicy'],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy'],
  ['projectcalico.org', 'NetworkPolicy'],
  ['projectcalico.org', 'GlobalNetworkPolicy'],
  ['crd.projectcalico.org', 'NetworkPolicy'],
  ['crd.projectcalico.org', 'GlobalNetworkPolicy'],
  ['crd.antrea.io', 'NetworkPolicy'],
  ['crd.antrea.io', 'ClusterNetworkPolicy'],
  ['security.istio.io', 'AuthorizationPolicy'],
  ['security.istio.io', 'PeerAuthentication'],
  ['k8s.cni.cncf.io', 'MultiNetworkPolicy'],
  ['k8s.ovn.org', 'EgressFirewall'],
  ['k8s.ovn.org', 'UserDefinedNetwork'],
  ['k8s.ovn.org', 'ClusterUserDefinedNetwork'],
];

/** Namespaces whose policies of these kinds hold for the whole mesh: Istio's default root namespace. */
const rootNamespaces = new Set(['istio-system']);

export interface Policies {
  /** By tier, priority, kind and name. */
  readonly all: readonly Policy[];
  readonly complaints: readonly Complaint[];
  readonly unevaluated: readonly Resource[];
}

const tiers: readonly Tier[] = ['admin', 'network', 'baseline'];

const known = new WeakMap<Resource, ReadPolicy>();

function remembered(resource: Resource, read: (resource: Resource) => ReadPolicy): ReadPolicy {
  let policy = known.get(resource);
  if (policy === undefined) {
    policy = read(resource);
    known.set(resource, policy);
  }
  return policy;
}

/** True for a policy of a kind that is evaluated. */
export function isPolicy({ group, kind }: Resource): boolean {
  return kind.endsWith('NetworkPolicy') && readers.some(([ownGroup, ownKind]) => ownGroup === group && ownKind === kind);
}

/** Reads all policies. What the API server would refuse is left out and told. */
export function policiesOf(snapshot: Snapshot): Policies {
  const all: Policy[] = [];
  const complaints: Complaint[] = [];
  for (const [group, kind, read] of readers)
    for (const resource of ofKind(snapshot, group, kind)) {
      const { policy, complaints: told } = remembered(resource, read);
      complaints.push(...told);
      if (policy !== undefined) all.push(policy);
    }
  all.sort(inOrder);
  complaints.push(...contradictions(all));
  return { all, complaints, unevaluated: otherKinds.flatMap(([group, kind]) => ofKind(snapshot, group, kind)) };
}

/** The namespaces that a policy of another kind may hold for: undefined for all of them. */
export function scopeOf(resource: Resource): string | undefined {
  return resource.namespace === '' || rootNamespaces.has(resource.namespace) ? undefined : resource.namespace;
}

function inOrder(a: Policy, b: Policy): number {
  return (
    tiers.indexOf(a.tier) - tiers.indexOf(b.tier) ||
    a.priority - b.priority ||
    compare(a.resource.kind, b.resource.kind) ||
    compare(a.resource.namespace, b.resource.namespace) ||
    compare(a.resource.name, b.resource.name)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Policies of one tier and priority: which of them is asked first is not defined. Here it is the first by name. */
function contradictions(all: readonly Policy[]): readonly Complaint[] {
  const found: Complaint[] = [];
  all.forEach((policy, index) => {
    const before = all[index - 1];
    if (before === undefined || policy.tier === 'network' || before.tier !== policy.tier || before.priority !== policy.priority) return;
    if (!directions.some((direction) => before.applies[direction] && policy.applies[direction])) return;
    const both = `${before.resource.kind} ${before.resource.name} and ${policy.resource.kind} ${policy.resource.name}`;
    const words = `${both} have the same priority ${policy.priority}; which is asked first is undefined, and taken to be by name here`;
    found.push({
      resource: policy.resource,
      path: '/spec/priority',
      problem: problem('network/equal-priority', words, undefined, 'warning'),
    });
  });
  return found;
}
