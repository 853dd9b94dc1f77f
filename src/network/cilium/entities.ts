// Cilium's entities (1.17, pkg/policy/api/entity.go): names for what is no labelled pod. Pods on the host's network have their node's identity.
// What cannot be told apart in a snapshot is said in `restricted`: which of the nodes is a pod's own, where the API server listens.

import { is } from '../expression.ts';
import type { Peer } from '../policy.ts';

export const entities = [
  'all',
  'world',
  'world-ipv4',
  'world-ipv6',
  'cluster',
  'host',
  'remote-node',
  'kube-apiserver',
  'ingress',
  'init',
  'health',
  'unmanaged',
  'none',
] as const;

export type Entity = (typeof entities)[number];

export interface EntityPeer {
  readonly peers: readonly Peer[];
  readonly restricted?: string;
}

const nodes: Peer = { kind: 'nodes', nodes: [] };
const pods: Peer = { kind: 'where', expression: is('namespace', '', 'has') };
const family = (version: 4 | 6): Peer => ({
  kind: 'block',
  block: { cidr: { family: version, first: 0n, bits: 0 }, except: [] },
  pods: 'never',
});

/** What an entity stands for. */
export function entityPeers(entity: Entity): EntityPeer {
  switch (entity) {
    case 'all':
      return { peers: [{ kind: 'always' }] };
    case 'world':
      return { peers: [{ kind: 'outside' }] };
    case 'world-ipv4':
      return { peers: [{ kind: 'both', of: [{ kind: 'outside' }, family(4)] }] };
    case 'world-ipv6':
      return { peers: [{ kind: 'both', of: [{ kind: 'outside' }, family(6)] }] };
    case 'cluster':
      return { peers: [{ kind: 'not', of: { kind: 'outside' } }] };
    case 'host':
      return { peers: [nodes], restricted: 'only the node that the pod runs on (host)' };
    case 'remote-node':
      return { peers: [nodes], restricted: 'only other nodes than the one that the pod runs on (remote-node)' };
    case 'kube-apiserver':
      return { peers: [{ kind: 'not', of: pods }], restricted: 'only the addresses of the API server (kube-apiserver)' };
    case 'ingress':
      return { peers: [{ kind: 'never' }], restricted: "Cilium's own ingress proxy, which is no pod" };
    case 'init':
    case 'health':
    case 'unmanaged':
    case 'none':
      return { peers: [{ kind: 'never' }] };
  }
}
