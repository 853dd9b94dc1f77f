// Policies with what the network engine says they leave undone. The question compares what a pod may do with and without a rule; large snapshots get
// a budget, and what was not compared is said to be unknown.

import { type Idle, idle } from '../../network/checks.ts';
import { network } from '../../network/network.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Target } from '../control.ts';

export interface PolicyAtWork {
  readonly found: readonly Idle[];
  /** False where not every rule was compared. */
  readonly complete: boolean;
}

/** Steps of the question at most: a second or two. */
const budget = 600_000_000;

const known = new WeakMap<Snapshot, ReadonlyMap<Resource, PolicyAtWork>>();

function read(snapshot: Snapshot): ReadonlyMap<Resource, PolicyAtWork> {
  let policies = known.get(snapshot);
  if (policies === undefined) {
    const net = network(snapshot);
    const { found, complete } = idle(net, budget);
    const byResource = Map.groupBy(found, ({ policy }) => policy.resource);
    policies = new Map(net.policies.map(({ resource }) => [resource, { found: byResource.get(resource) ?? [], complete }]));
    known.set(snapshot, policies);
  }
  return policies;
}

const kinds = [
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
  'AuthorizationPolicy',
  'PeerAuthentication',
];

/** Every policy that the engine reads. */
export const policiesAtWork: Target<PolicyAtWork> = {
  description: kinds.join(', '),
  *subjects(snapshot) {
    if (!snapshot.resources.some(({ kind }) => kinds.includes(kind))) return;
    for (const [resource, subject] of read(snapshot)) if (kinds.includes(resource.kind)) yield { resource, subject };
  },
};
