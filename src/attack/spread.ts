// What hubs hold, and who belongs to whom: every container of a namespace behind "code in any pod", every account behind "any token", the
// groups a caller is in. Drawn when all edges are: only hubs that something leads to are filled.

import type { GraphBuilder } from './graph.ts';
import type { Scene } from './scene.ts';
import type { Vertex } from './vertex.ts';

/** The account that every cluster's controller manager has for aggregated roles: it holds `escalate` on ClusterRoles. */
const strongest = { namespace: 'kube-system', name: 'clusterrole-aggregation-controller' };

/** Fills the hubs of a scene. */
export function spread(scene: Scene, vertices: () => readonly Vertex[]): void {
  const { graph, containers, namespaces } = scene;
  const admin = graph.find('cluster-admin');
  if (admin !== undefined) {
    for (const kind of ['namespace-admin', 'secrets', 'tokens', 'pods'] as const)
      graph.arc(admin, graph.vertex(kind, ''), { role: 'spread', cost: 0 });
    graph.arc(admin, graph.vertex('node', '', '*'), { role: 'spread', cost: 0 });
  }
  for (const vertex of vertices()) {
    const hub = graph.vertex(vertex.kind, vertex.namespace, vertex.name);
    const inScope = (namespace: string) => vertex.namespace === '' || vertex.namespace === namespace;
    if (vertex.kind === 'tokens' && inScope(strongest.namespace)) toStrongest(scene, hub);
  }
  const all = vertices();
  for (const vertex of all) {
    const hub = graph.vertex(vertex.kind, vertex.namespace, vertex.name);
    const inScope = (namespace: string) => vertex.namespace === '' || vertex.namespace === namespace;
    const to = (target: number) => graph.arc(hub, target, { role: 'spread', cost: 0 });
    if (vertex.kind === 'pods') for (const one of containers) if (inScope(one.workload.workload.namespace)) to(one.vertex);
    if (vertex.kind === 'tokens' || vertex.kind === 'secrets')
      for (const other of all)
        if (other.kind === (vertex.kind === 'tokens' ? 'service-account' : 'secret') && inScope(other.namespace))
          to(graph.vertex(other.kind, other.namespace, other.name));
    if (vertex.kind === 'secrets' && vertex.namespace === '')
      for (const namespace of namespaces) if (graph.find('secrets', namespace) !== undefined) to(graph.vertex('secrets', namespace));
    if (vertex.kind === 'principals')
      for (const other of all) if (isPrincipal(other)) to(graph.vertex(other.kind, other.namespace, other.name));
    if (vertex.kind === 'namespace-admin') administer(graph, vertex.namespace, hub);
    if (vertex.kind === 'service-account' || vertex.kind === 'user') join(graph, vertex, hub);
    if (vertex.kind === 'container' && graph.find('network') !== undefined)
      graph.arc(hub, graph.vertex('network'), { role: 'premise', cost: 0 });
  }
}

/** Every cluster has this account, whether or not it was read; what it may do is known. */
function toStrongest({ graph, snapshot }: Scene, hub: number): void {
  const { namespace, name } = strongest;
  const account = graph.vertex('service-account', namespace, name);
  graph.arc(hub, account, { role: 'spread', cost: 0 });
  const live = snapshot.facts.live;
  const text = `${namespace}/${name} rewrites ClusterRoles in every cluster whose controller manager uses accounts of its own${live ? '' : ', as kubeadm and the clouds set it'}`;
  graph.arc(account, graph.vertex('cluster-admin'), { edge: 'escalate-role', cost: 1, evidence: [{ text, path: '' }] });
}

function isPrincipal({ kind }: Vertex): boolean {
  return kind === 'service-account' || kind === 'user';
}

/** The admin of a namespace has its Secrets, its accounts and its pods. */
function administer(graph: GraphBuilder, scope: string, hub: number): void {
  for (const kind of ['secrets', 'tokens', 'pods'] as const) {
    const own = graph.find(kind, scope) ?? (scope === '' ? graph.vertex(kind, '') : undefined);
    if (own !== undefined) graph.arc(hub, own, { role: 'spread', cost: 0 });
  }
}

/** Groups that authentication puts a caller in; the other name of a service account. */
function join(graph: GraphBuilder, { kind, namespace, name }: Vertex, caller: number): void {
  const isAccount = kind === 'service-account';
  const groups = isAccount
    ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
    : name === 'system:anonymous'
      ? ['system:unauthenticated']
      : name.startsWith('system:node:')
        ? ['system:nodes', 'system:authenticated']
        : ['system:authenticated'];
  for (const group of groups) {
    const vertex = graph.find('group', '', group);
    if (vertex !== undefined)
      graph.arc(caller, vertex, { role: 'premise', cost: 0, evidence: [{ text: `every such caller is in the group ${group}`, path: '' }] });
  }
  const user = isAccount ? graph.find('user', '', `system:serviceaccount:${namespace}:${name}`) : undefined;
  if (user !== undefined)
    graph.arc(caller, user, { role: 'premise', cost: 0, evidence: [{ text: 'the user name of the account', path: '' }] });
}
