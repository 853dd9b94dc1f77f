// What must stay open, from evidence: flows that were let through, what manifests declare, calls of the API server, DNS. Each need is one side of a connection: the group
// whose policy must allow it, the other end, the port. Both sides get theirs, where both are pods that the plan is about. Probes of the
// kubelet need nothing: they come from the pod's own node, and that is always let in (NetworkPolicy API, "node traffic").

import type { Workload } from '../endpoints.ts';
import type { DeclaredEdge } from '../flows/declared.ts';
import { type FlowEdge, partyKey, type SeenAddress } from '../flows/observe.ts';
import type { FlowParty } from '../flows/resolve.ts';
import type { Direction } from '../policy.ts';
import type { Protocol } from '../port-set.ts';
import type { ApiServerCall } from './api-server-calls.ts';
import type { Group, Groups } from './groups.ts';

export type NeedPeer =
  | { readonly kind: 'group'; readonly group: Group }
  /** Addresses outside, with the DNS names they were reached by. */
  | { readonly kind: 'outside'; readonly addresses: readonly SeenAddress[]; readonly more: number }
  | { readonly kind: 'anywhere' }
  | { readonly kind: 'nodes'; readonly addresses: readonly string[] }
  | { readonly kind: 'api-server'; readonly addresses: readonly string[] }
  /** Any pod of the cluster: an ingress controller that is not known. */
  | { readonly kind: 'any-pod' }
  /** The API server as it calls webhooks: from an address that is not known, of a node, of a tunnel, from outside, or through an agent's pod. */
  | { readonly kind: 'calling-api-server' }
  /** The cluster's DNS where it is not in the input: by the labels it has everywhere. */
  | { readonly kind: 'dns' };

export interface Need {
  readonly group: Group;
  readonly direction: Direction;
  readonly peer: NeedPeer;
  readonly protocol: Protocol;
  readonly port: number;
  readonly because: 'flow' | 'declared' | 'call' | 'dns';
}

export interface Evidence {
  readonly flows: readonly FlowEdge[];
  readonly declared: readonly DeclaredEdge[];
  /** Ways in that Services open to the world: clients there are not the same tomorrow. */
  readonly open: readonly DeclaredEdge[];
  readonly calls: readonly ApiServerCall[];
  readonly nodeAddresses: readonly string[];
  readonly apiServerAddresses: readonly string[];
  readonly dns: boolean;
}

/** Needs of the groups in `scope`, in order of evidence. */
export function needsOf(groups: Groups, scope: ReadonlySet<string>, evidence: Evidence): readonly Need[] {
  const needs: Need[] = [];
  const add = (workload: Workload, direction: Direction, peers: readonly NeedPeer[], rest: Pick<Need, 'protocol' | 'port' | 'because'>) => {
    if (!scope.has(workload.namespace)) return;
    for (const group of groups.of(workload)) for (const peer of peers) needs.push({ group, direction, peer, ...rest });
  };
  const open = new Set(evidence.open.map(({ to, protocol, port }) => `${partyKey(to)} ${protocol} ${port}`));
  for (const edge of evidence.flows) {
    if (edge.verdict !== 'allowed' || (edge.ownNode && edge.from.kind === 'nodes')) continue;
    const rest = { protocol: edge.protocol, port: edge.port, because: 'flow' as const };
    if (edge.from.kind === 'workload') add(edge.from.workload, 'egress', peersOf(edge.to, groups, evidence, edge), rest);
    if (edge.to.kind !== 'workload') continue;
    add(edge.to.workload, 'ingress', peersOf(edge.from, groups, evidence, edge), rest);
    if (edge.from.kind === 'outside' && open.has(`${partyKey(edge.to)} ${edge.protocol} ${edge.port}`))
      add(edge.to.workload, 'ingress', [{ kind: 'anywhere' }], rest);
  }
  for (const { from, to, protocol, port } of evidence.declared) {
    const rest = { protocol, port, because: 'declared' as const };
    if (from.kind === 'workload') add(from.workload, 'egress', peersOf(to, groups, evidence), rest);
    if (to.kind === 'workload')
      add(to.workload, 'ingress', from.kind === 'controller' ? [{ kind: 'any-pod' }] : peersOf(from, groups, evidence), rest);
    // Services hand packets on with a node's address, unless externalTrafficPolicy is Local.
    if (to.kind === 'workload' && from.kind === 'outside') add(to.workload, 'ingress', [nodes(evidence, undefined)], rest);
  }
  for (const { to } of evidence.calls)
    for (const { workload, protocol, port } of to)
      add(workload, 'ingress', [{ kind: 'calling-api-server' }], { protocol, port, because: 'call' });
  if (evidence.dns) needs.push(...dnsNeeds(groups, scope));
  return needs;
}

function peersOf(party: FlowParty, groups: Groups, evidence: Evidence, edge?: FlowEdge): readonly NeedPeer[] {
  switch (party.kind) {
    case 'workload': {
      const found = groups.of(party.workload);
      return found.length === 0 ? [nodes(evidence, edge)] : found.map((group) => ({ kind: 'group', group }));
    }
    case 'outside':
      return edge === undefined || (edge.addresses.length === 0 && edge.moreAddresses === 0)
        ? [{ kind: 'anywhere' }]
        : [{ kind: 'outside', addresses: edge.addresses, more: edge.moreAddresses }];
    case 'nodes':
      return [nodes(evidence, edge)];
    case 'api-server': {
      const seen = edge?.addresses.map(({ address }) => address) ?? [];
      return [{ kind: 'api-server', addresses: [...new Set([...evidence.apiServerAddresses, ...seen])].sort() }];
    }
  }
}

/** Nodes are one end, all of them: pods move, and so do those that ask them. */
function nodes({ nodeAddresses }: Evidence, edge: FlowEdge | undefined): NeedPeer {
  return { kind: 'nodes', addresses: [...new Set([...nodeAddresses, ...(edge?.addresses.map(({ address }) => address) ?? [])])].sort() };
}

/** The pods of the cluster's DNS. */
export function dnsGroup(groups: Groups): Group | undefined {
  return groups.all.find(
    ({ namespace, endpoints }) =>
      (namespace === 'kube-system' &&
        endpoints.every(({ labels }) => Object.hasOwn(labels, 'k8s-app') && labels['k8s-app'] === 'kube-dns')) ||
      (namespace === 'openshift-dns' && endpoints.every(({ labels }) => Object.hasOwn(labels, 'dns.operator.openshift.io/daemonset-dns'))),
  );
}

function dnsNeeds(groups: Groups, scope: ReadonlySet<string>): readonly Need[] {
  const server = dnsGroup(groups);
  const port = server?.namespace === 'openshift-dns' ? 5353 : 53;
  const peer: NeedPeer = server === undefined ? { kind: 'dns' } : { kind: 'group', group: server };
  const because = 'dns' as const;
  return (['TCP', 'UDP'] as const).flatMap((protocol): readonly Need[] => {
    const rest = { protocol, port, because };
    const asking = groups.all.filter((group) => scope.has(group.namespace) && group !== server);
    const egress = asking.map((group): Need => ({ group, direction: 'egress', peer, ...rest }));
    const ingress: readonly Need[] =
      server !== undefined && scope.has(server.namespace)
        ? [{ group: server, direction: 'ingress', peer: { kind: 'any-pod' }, ...rest }]
        : [];
    return [...egress, ...ingress];
  });
}
