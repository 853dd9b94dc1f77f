// What lies around a finding: how near an attacker gets to its object, what he holds from there, and which workloads a role, an account or a
// namespace stands for. Worked out once a snapshot.

import { attackGraph } from '../../attack/build.ts';
import type { AttackGraph } from '../../attack/graph.ts';
import { vertexText } from '../../attack/vertex.ts';
import { asList, asString, dig, field } from '../../lib/json.ts';
import { exposure } from '../../network/exposure.ts';
import { noPorts } from '../../network/port-set.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { ownerOf } from '../../snapshot/owners.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Factor } from './package.ts';
import { impactOf } from './reach.ts';

export interface Surroundings {
  readonly graph: AttackGraph;
  readonly exposureOf: (resource: Resource | undefined) => Factor;
  readonly impactOf: (resource: Resource | undefined) => Factor;
}

/** Searches for what is held from somewhere; past it, what a namespace's first workloads hold stands for the others. */
const mostSearches = 400;
const rbac = 'rbac.authorization.k8s.io';

const none: Factor = { value: 0.05, why: 'nothing was seen that reaches it over the network' };
const inside: Factor = { value: 0.4, why: 'any pod of the cluster may connect: no policy stands in between' };
const guarded: Factor = { value: 0.2, why: 'network policies stand in between' };

/** Looks around once; the answers are kept. */
export function surroundings(snapshot: Snapshot): Surroundings {
  const graph = attackGraph(snapshot);
  const near = exposures(snapshot);
  const starts = startsOf(graph);
  const accounts = accountsOf(snapshot);
  const workloadsOf = (namespace: string) => [...(near.byNamespace.get(namespace) ?? [])];
  const keysOf = (resource: Resource): readonly string[] => {
    if (resource.pods.length > 0) return [workloadKey(ownerOf(snapshot, resource) ?? resource)];
    if (resource.kind === 'ServiceAccount') return near.byAccount.get(`${resource.namespace}/${resource.name}`) ?? [];
    if (resource.group === rbac) return (accounts.get(roleKey(resource)) ?? []).flatMap((account) => near.byAccount.get(account) ?? []);
    const behind = near.through.get(resource);
    if (behind !== undefined) return behind;
    return workloadsOf(resource.kind === 'Namespace' ? resource.name : resource.namespace);
  };
  const impacts = new Map<string, Factor>();
  const known = new Map<number, ReturnType<typeof impactOf>>();
  const most = (vertices: readonly number[]): Factor => {
    let best: ReturnType<typeof impactOf> = { value: 0.1 };
    for (const vertex of vertices.slice(0, 20)) {
      let one = known.get(vertex);
      if (one === undefined && known.size < mostSearches) {
        one = impactOf(graph, [vertex]);
        known.set(vertex, one);
      }
      if (one !== undefined && one.value > best.value) best = one;
      if (best.value >= 1) break;
    }
    const held = best.crown === undefined ? undefined : graph.vertices[best.crown];
    const share = `${Math.round(best.value * 100)} of 100 on the scale of what is held from there`;
    return { value: best.value, why: held === undefined ? share : `whoever is there gets to ${vertexText(held)}` };
  };
  return {
    graph,
    exposureOf: (resource) => {
      if (resource === undefined) return inside;
      const keys = keysOf(resource);
      if (keys.length === 0) return resource.group === rbac || resource.kind === 'ServiceAccount' ? none : near.any;
      return keys.map((key) => near.byWorkload.get(key) ?? none).reduce((best, one) => (one.value > best.value ? one : best));
    },
    impactOf: (resource) => {
      if (resource === undefined) return { value: 1, why: 'it holds for the whole cluster' };
      const name = `${resource.group}/${resource.kind}/${resource.namespace}/${resource.name}`;
      let impact = impacts.get(name);
      if (impact === undefined) {
        const own = [
          ...keysOf(resource).flatMap((key) => starts.get(key) ?? []),
          ...(resource.kind === 'ServiceAccount' ? (starts.get(`sa ${resource.namespace}/${resource.name}`) ?? []) : []),
          ...(resource.group === rbac
            ? (accounts.get(roleKey(resource)) ?? []).flatMap((account) => starts.get(`sa ${account}`) ?? [])
            : []),
        ];
        impact = own.length === 0 ? { value: 0.1, why: 'nothing is held from there' } : most(own);
        impacts.set(name, impact);
      }
      return impact;
    },
  };
}

function workloadKey({ namespace, kind, name }: Pick<Resource, 'namespace' | 'kind' | 'name'>): string {
  return `${namespace} ${kind} ${name}`;
}

interface Near {
  readonly byWorkload: ReadonlyMap<string, Factor>;
  readonly byNamespace: ReadonlyMap<string, readonly string[]>;
  readonly byAccount: ReadonlyMap<string, readonly string[]>;
  /** Workloads behind a Service, an Ingress, a route. */
  readonly through: ReadonlyMap<Resource, readonly string[]>;
  readonly any: Factor;
}

function exposures(snapshot: Snapshot): Near {
  const byWorkload = new Map<string, Factor>();
  const byNamespace = new Map<string, string[]>();
  const byAccount = new Map<string, string[]>();
  const through = new Map<Resource, string[]>();
  for (const { workload, waysIn, unprotected } of exposure(snapshot).workloads) {
    const key = workloadKey(workload);
    push(byNamespace, workload.namespace, key);
    const account = workload.endpoints[0]?.serviceAccount;
    if (account !== undefined) push(byAccount, `${workload.namespace}/${account}`, key);
    let factor = unprotected.includes('ingress') ? inside : guarded;
    for (const way of waysIn) {
      push(through, way.through, key);
      if (way.open === noPorts) continue;
      const value = way.how === 'node-port' || way.how === 'host-port' || way.how === 'host-network' ? 0.6 : 0.8;
      if (value > factor.value) factor = { value, why: `${way.through.kind} ${way.through.name} leads there from outside (${way.how})` };
    }
    byWorkload.set(key, factor);
  }
  return { byWorkload, byNamespace, byAccount, through, any: byWorkload.size === 0 ? none : inside };
}

/** Vertices by workload and by service account. */
function startsOf(graph: AttackGraph): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [vertex, { kind, namespace, name }] of graph.vertices.entries()) {
    if (kind === 'service-account') push(found, `sa ${namespace}/${name}`, vertex);
    if (kind !== 'container') continue;
    const workload = name.split('/')[0] ?? '';
    push(found, `${namespace} ${workload.includes(' ') ? workload : `Pod ${workload}`}`, vertex);
  }
  return found;
}

function roleKey({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

/** Service accounts by the roles they have and the bindings that name them. */
function accountsOf(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const kind of ['RoleBinding', 'ClusterRoleBinding'])
    for (const binding of ofKind(snapshot, rbac, kind)) {
      const roleKind = asString(dig(binding.object, 'roleRef', 'kind')) ?? '';
      const role = {
        kind: roleKind,
        namespace: roleKind === 'Role' ? binding.namespace : '',
        name: asString(dig(binding.object, 'roleRef', 'name')) ?? '',
      };
      for (const subject of asList(binding.object.subjects)) {
        if (field(subject, 'kind') !== 'ServiceAccount') continue;
        const account = `${asString(field(subject, 'namespace')) ?? binding.namespace}/${asString(field(subject, 'name')) ?? ''}`;
        push(found, roleKey(role), account);
        push(found, roleKey(binding), account);
      }
    }
  return found;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}
