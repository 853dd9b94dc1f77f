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
  for (const [hub, { kind, namespace }] of vertices().entries())
    if (kind === 'principals' || (kind === 'tokens' && (namespace === '' || namespace === strongest.namespace))) toStrongest(scene, hub);
  const all = [...vertices().entries()];
  const members = {
    pods: Map.groupBy(
      containers.map((one) => [one.vertex, one.workload.workload] as const),
      ([, { namespace }]) => namespace,
    ),
    tokens: Map.groupBy(
      all.filter(([, { kind }]) => kind === 'service-account'),
      ([, { namespace }]) => namespace,
    ),
    secrets: Map.groupBy(
      all.filter(([, { kind }]) => kind === 'secret'),
      ([, { namespace }]) => namespace,
    ),
  };
  const network = graph.find('network');
  for (const [hub, vertex] of all) {
    const { kind, namespace } = vertex;
    const to = (target: number) => graph.arc(hub, target, { role: 'spread', cost: 0 });
    if (kind === 'pods' || kind === 'tokens' || kind === 'secrets') {
      const own = members[kind];
      for (const list of namespace === '' ? own.values() : [own.get(namespace) ?? []]) for (const [target] of list) to(target);
    }
    if (kind === 'secrets' && namespace === '')
      for (const one of namespaces) if (graph.find('secrets', one) !== undefined) to(graph.vertex('secrets', one));
    if (kind === 'principals') for (const [target, other] of all) if (isPrincipal(other)) to(target);
    if (kind === 'namespace-admin') administer(graph, namespace, hub);
    if (kind === 'service-account' || kind === 'user') join(graph, vertex, hub);
    if (kind === 'container' && network !== undefined) graph.arc(hub, network, { role: 'premise', cost: 0 });
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
