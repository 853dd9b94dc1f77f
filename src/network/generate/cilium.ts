// Needs written as CiliumNetworkPolicy (cilium.io/v2, Cilium 1.17), where it says more than NetworkPolicy can: names of DNS for what lies outside,
// nodes and the API server as entities. A namespace's "deny the rest" stays a NetworkPolicy, which Cilium adds to its own. Ports are numbers.
// Names work only where Cilium sees the questions: rules with names bring a rule that lets DNS through its proxy.

import type { KubeObject } from '../../kube/object.ts';
import { canonicalJson, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { Direction } from '../policy.ts';
import type { Group, Groups } from './groups.ts';
import type { Need, NeedPeer } from './needs.ts';
import { blocksFor } from './outside.ts';
import { defaultDeny, type GeneratedPolicy, managedBy, PolicyNames } from './policies.ts';

/** Policies for the groups of these namespaces. */
export function ciliumPolicies(groups: Groups, scope: ReadonlySet<string>, needs: readonly Need[]): readonly GeneratedPolicy[] {
  const byGroup = Map.groupBy(needs, ({ group }) => group);
  const names = new PolicyNames();
  return [...scope].sort().flatMap((namespace) => [
    defaultDeny(namespace),
    ...groups.all
      .filter((group) => group.namespace === namespace)
      .flatMap((group): readonly GeneratedPolicy[] => {
        const own = byGroup.get(group) ?? [];
        const ingress = rules(own, 'ingress');
        const egress = rules(own, 'egress');
        if (ingress.length + egress.length === 0) return [];
        const name = names.of(namespace, group.name);
        const object: KubeObject = {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumNetworkPolicy',
          metadata: { name, namespace, labels: managedBy },
          spec: {
            endpointSelector: group.selector,
            ...(ingress.length === 0 ? {} : { ingress }),
            ...(egress.length === 0 ? {} : { egress }),
          },
        };
        return [{ namespace, name, group, object }];
      }),
  ]);
}

function rules(needs: readonly Need[], direction: Direction): readonly JsonObject[] {
  const drafts = new Map<string, { readonly peers: JsonObject; readonly dns: boolean; readonly ports: Map<string, JsonObject> }>();
  const own = needs.filter((need) => need.direction === direction);
  const names = direction === 'egress' && own.some(({ peer }) => peer.kind === 'outside' && namesOf(peer) !== undefined);
  for (const { group, peer, protocol, port, because } of own)
    for (const peers of peersOf(peer, group.namespace, direction)) {
      const dns = names && because === 'dns';
      const key = `${canonicalJson(peers)} ${dns}`;
      const draft = drafts.get(key) ?? { peers, dns, ports: new Map() };
      drafts.set(key, draft);
      draft.ports.set(`${protocol} ${port}`, { port: `${port}`, protocol });
    }
  return [...drafts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { peers, dns, ports }]) => ({
      ...peers,
      toPorts: [
        {
          ports: [...ports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port),
          ...(dns ? { rules: { dns: [{ matchPattern: '*' }] } } : {}),
        },
      ],
    }));
}

/** The names of an end, where every address of it has one. */
export function namesOf(peer: NeedPeer): readonly string[] | undefined {
  if (peer.kind !== 'outside' || peer.more > 0 || peer.addresses.length === 0) return undefined;
  if (peer.addresses.some(({ names }) => names.length === 0)) return undefined;
  return [...new Set(peer.addresses.flatMap(({ names }) => names))].sort();
}

function peersOf(peer: NeedPeer, namespace: string, direction: Direction): readonly JsonObject[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  switch (peer.kind) {
    case 'group':
      return [{ [`${side}Endpoints`]: [selector(peer.group, namespace)] }];
    case 'outside': {
      const names = direction === 'egress' ? namesOf(peer) : undefined;
      return names === undefined
        ? [{ [`${side}CIDRSet`]: blocksFor(peer.addresses, peer.more) }]
        : [{ toFQDNs: names.map((matchName) => ({ matchName })) }];
    }
    case 'anywhere':
      return [{ [`${side}Entities`]: ['world'] }];
    case 'nodes':
      return [{ [`${side}Entities`]: ['host', 'remote-node'] }];
    case 'api-server':
      return [{ [`${side}Entities`]: ['kube-apiserver'] }];
    case 'any-pod':
      return [{ [`${side}Endpoints`]: [{ matchExpressions: [{ key: namespaceKey, operator: 'Exists' }] }] }];
    case 'calling-api-server':
      return [{ [`${side}Entities`]: ['all'] }];
    case 'dns':
      return [{ [`${side}Endpoints`]: [{ matchLabels: { [namespaceKey]: 'kube-system', 'k8s:k8s-app': 'kube-dns' } }] }];
  }
}

const namespaceKey = 'k8s:io.kubernetes.pod.namespace';

function selector({ namespace, selector: own }: Group, at: string): Json {
  if (namespace === at) return own;
  const matchLabels = field(own, 'matchLabels');
  const labels = typeof matchLabels === 'object' && matchLabels !== null ? matchLabels : {};
  return { ...own, matchLabels: { [namespaceKey]: namespace, ...labels } };
}
