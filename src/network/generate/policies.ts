// Needs written as NetworkPolicy (networking.k8s.io/v1): in every namespace one policy that denies what no other allows, for pods to come too, and one
// a group with its rules. Rules with the same ports are one rule. A port is written by name where all pods of the destination give it that name and
// number. Pods are named by labels, never by address; blocks are for what lies outside.

import { isDns1123Subdomain } from '../../kube/names.ts';
import type { KubeObject } from '../../kube/object.ts';
import { canonicalJson, type Json, type JsonObject } from '../../lib/json.ts';
import type { Direction } from '../policy.ts';
import type { Protocol } from '../port-set.ts';
import type { Group, Groups } from './groups.ts';
import type { Need, NeedPeer } from './needs.ts';
import { anywhere, blocksFor } from './outside.ts';

export interface GeneratedPolicy {
  readonly namespace: string;
  readonly name: string;
  /** Undefined for the policy that denies the rest. */
  readonly group: Group | undefined;
  readonly object: KubeObject;
}

export const managedBy = { 'app.kubernetes.io/managed-by': 'cofferdam' };

/** Policies for the groups of these namespaces. */
export function networkPolicies(groups: Groups, scope: ReadonlySet<string>, needs: readonly Need[]): readonly GeneratedPolicy[] {
  const byGroup = Map.groupBy(needs, ({ group }) => group);
  const names = new PolicyNames();
  return [...scope].sort().flatMap((namespace) => [
    defaultDeny(namespace),
    ...groups.all
      .filter((group) => group.namespace === namespace)
      .map((group): GeneratedPolicy => {
        const own = byGroup.get(group) ?? [];
        const name = names.of(namespace, group.name);
        const spec: JsonObject = {
          podSelector: group.selector,
          policyTypes: ['Ingress', 'Egress'],
          ingress: rules(own, 'ingress'),
          egress: rules(own, 'egress'),
        };
        return { namespace, name, group, object: policy(namespace, name, spec) };
      }),
  ]);
}

/** The policy of a namespace that isolates every pod in both directions. */
export function defaultDeny(namespace: string): GeneratedPolicy {
  const name = 'cofferdam-default-deny';
  return { namespace, name, group: undefined, object: policy(namespace, name, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }) };
}

function policy(namespace: string, name: string, spec: JsonObject): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace, labels: managedBy }, spec };
}

/** Names for policies of groups: `cofferdam-web`, each once in its namespace. */
export class PolicyNames {
  readonly #taken = new Set<string>();

  of(namespace: string, group: string): string {
    const wanted = `cofferdam-${group}`.toLowerCase().slice(0, 200);
    const base = isDns1123Subdomain(wanted) ? wanted : 'cofferdam-workload';
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (this.#taken.has(`${namespace}/${name}`) || name === 'cofferdam-default-deny') continue;
      this.#taken.add(`${namespace}/${name}`);
      return name;
    }
  }
}

interface Draft {
  /** Undefined: anyone. */
  readonly peers: readonly Json[] | undefined;
  readonly ports: Map<string, JsonObject>;
}

function rules(needs: readonly Need[], direction: Direction): readonly JsonObject[] {
  const byPeer = new Map<string, Draft>();
  for (const need of needs) {
    if (need.direction !== direction) continue;
    const peers = peersOf(need.peer, need.group.namespace);
    if (peers?.length === 0) continue;
    const key = peers === undefined ? '' : canonicalJson(peers);
    const draft = byPeer.get(key) ?? { peers, ports: new Map() };
    byPeer.set(key, draft);
    const port = portOf(need);
    draft.ports.set(canonicalJson(port), port);
  }
  const sorted = (ports: ReadonlyMap<string, JsonObject>) => [...ports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
  const key = direction === 'ingress' ? 'from' : 'to';
  const drafts = [...byPeer].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { peers, ports }]) => ({ peers, ports: sorted(ports) }));
  return [...Map.groupBy(drafts, ({ ports }) => canonicalJson(ports)).values()].map((same) => ({
    ...(same.some(({ peers }) => peers === undefined)
      ? {}
      : { [key]: [...new Map(same.flatMap(({ peers }) => peers ?? []).map((peer) => [canonicalJson(peer), peer])).values()] }),
    ports: same[0]?.ports ?? [],
  }));
}

/** Peers of a rule; none where nothing is known that could be written, undefined for anyone: no block holds nodes under every plug-in. */
function peersOf(peer: NeedPeer, namespace: string): readonly Json[] | undefined {
  switch (peer.kind) {
    case 'group': {
      const { group } = peer;
      const pods = { podSelector: group.selector };
      return [group.namespace === namespace ? pods : { namespaceSelector: inNamespace(group.namespace), ...pods }];
    }
    case 'outside':
      return blocksFor(peer.addresses, peer.more).map((ipBlock) => ({ ipBlock }));
    case 'anywhere':
      return anywhere.map((ipBlock) => ({ ipBlock }));
    case 'nodes':
    case 'api-server':
      return peer.addresses.map((address) => ({ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } }));
    case 'any-pod':
      return [{ namespaceSelector: {} }];
    case 'calling-api-server':
      return undefined;
    case 'dns':
      return [{ namespaceSelector: inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }];
  }
}

function inNamespace(name: string): JsonObject {
  return { matchLabels: { 'kubernetes.io/metadata.name': name } };
}

function portOf({ direction, group, peer, protocol, port }: Need): JsonObject {
  const destination = direction === 'ingress' ? group : peer.kind === 'group' ? peer.group : undefined;
  return { protocol, port: (destination === undefined ? undefined : nameOfPort(destination, protocol, port)) ?? port };
}

/** The name that every pod of a group gives a port, and gives to no other. */
function nameOfPort({ endpoints }: Group, protocol: Protocol, port: number): string | undefined {
  const candidates = endpoints[0]?.ports.filter((own) => own.protocol === protocol && own.number === port) ?? [];
  return candidates.find(({ name }) =>
    endpoints.every(({ ports }) => {
      const own = ports.filter((one) => one.name === name);
      return own.length > 0 && own.every((one) => one.protocol === protocol && one.number === port);
    }),
  )?.name;
}
