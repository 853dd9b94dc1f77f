// Whether two workloads speak mutual TLS: what the server's PeerAuthentication accepts, and what the client's proxy sends, which follows the server
// (auto mTLS) unless a DestinationRule for the server's Service says otherwise. Ports with modes of their own are listed.
// Left out: subsets and port settings of DestinationRules, exportTo, and settings of the mesh that switch auto mTLS off.

import { asString, dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Workload } from '../endpoints.ts';
import type { Network } from '../network.ts';
import { servicesOf } from '../services.ts';
import { istioContext } from './context.ts';
import { authenticationsOf, effectiveMode, type Mode } from './peer-authentication.ts';

export interface MutualTls {
  readonly server: Mode | 'no proxy';
  readonly client: 'auto' | 'ISTIO_MUTUAL' | 'MUTUAL' | 'SIMPLE' | 'DISABLE' | 'no proxy';
  /** `refused`: the two do not fit, so that no connection is made. */
  readonly result: 'mutual TLS' | 'TLS' | 'plain text' | 'refused';
  readonly ports: Readonly<Record<string, Mode>>;
  readonly because: readonly Resource[];
}

/** Asks about pairs of workloads; undefined where the snapshot has nothing of Istio that decides about traffic. */
export function mutualTls(network: Network): ((from: Workload, to: Workload) => MutualTls) | undefined {
  const { snapshot, namespaces, reading } = network;
  const context = istioContext(snapshot, namespaces, reading);
  if (context === undefined) return undefined;
  const authentications = authenticationsOf(snapshot, context);
  const rules = ofKind(snapshot, 'networking.istio.io', 'DestinationRule');
  const inMesh = ({ endpoints }: Workload) => endpoints.some((endpoint) => context.inMesh(endpoint));
  return (from, to) => {
    const server = effectiveMode(authentications, to.namespace, to.endpoints[0]?.labels ?? {});
    const rule = inMesh(from) ? ruleFor(network, rules, from, to, context.rootNamespace) : undefined;
    const written = dig(rule?.object, 'spec', 'trafficPolicy', 'tls', 'mode');
    const client = !inMesh(from) ? 'no proxy' : isMode(written) ? written : 'auto';
    const accepts = inMesh(to) ? server.mode : 'no proxy';
    return {
      server: accepts,
      client,
      result: together(client, accepts),
      ports: Object.fromEntries([...server.ports].map(([port, mode]) => [String(port), mode])),
      because: [...(inMesh(to) ? server.because : []), ...(rule === undefined || !isMode(written) ? [] : [rule])],
    };
  };
}

function isMode(value: unknown): value is 'ISTIO_MUTUAL' | 'MUTUAL' | 'SIMPLE' | 'DISABLE' {
  return value === 'ISTIO_MUTUAL' || value === 'MUTUAL' || value === 'SIMPLE' || value === 'DISABLE';
}

function together(client: MutualTls['client'], server: MutualTls['server']): MutualTls['result'] {
  const speaks = server === 'STRICT' || server === 'PERMISSIVE';
  switch (client) {
    case 'auto':
      return speaks ? 'mutual TLS' : 'plain text';
    case 'ISTIO_MUTUAL':
      return speaks ? 'mutual TLS' : 'refused';
    case 'MUTUAL':
    case 'SIMPLE':
      return server === 'STRICT' ? 'refused' : 'TLS';
    case 'DISABLE':
    case 'no proxy':
      return server === 'STRICT' ? 'refused' : 'plain text';
  }
}

/** The DestinationRule that counts: of the client's namespace, then of the Service's, then of the root namespace. */
function ruleFor(network: Network, rules: readonly Resource[], from: Workload, to: Workload, root: string): Resource | undefined {
  if (rules.length === 0) return undefined;
  const services = servicesOf(network).filter(({ endpoints }) => endpoints.some(({ workload }) => workload === to));
  for (const namespace of [from.namespace, to.namespace, root])
    for (const rule of rules) {
      const host = asString(dig(rule.object, 'spec', 'host')) ?? '';
      const names = services.flatMap(({ resource: { name, namespace: own } }) => [
        ...(rule.namespace === own ? [name] : []),
        `${name}.${own}`,
        `${name}.${own}.svc`,
        `${name}.${own}.svc.cluster.local`,
      ]);
      const wildcard = host.startsWith('*') && names.some((name) => name.endsWith(host.slice(1)));
      if (rule.namespace === namespace && (names.includes(host) || wildcard)) return rule;
    }
  return undefined;
}
