// What a Service leads to: workloads, and the ports of their pods. Policies see a pod's address and its own port, never the Service's: the
// translation has happened by then. Named target ports are looked up in each pod, with the protocol of the Service's port.

import { mapSelects } from '../kube/label-selector.ts';
import { asList, asString, dig, field, isObject } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import type { Endpoint } from './endpoints.ts';
import type { Network } from './network.ts';
import type { PortRange, Protocol } from './port-set.ts';

export interface ServicePort {
  readonly name: string | undefined;
  readonly number: number;
  readonly target: number | string;
  readonly protocol: Protocol;
}

export interface Service {
  readonly resource: Resource;
  readonly type: string;
  readonly ports: readonly ServicePort[];
  /** The pods it selects; none for Services without selector, whose addresses someone else writes. */
  readonly endpoints: readonly Endpoint[];
}

const cache = new WeakMap<Network, readonly Service[]>();

/** The Services of a network's snapshot. */
export function servicesOf(network: Network): readonly Service[] {
  let services = cache.get(network);
  if (services === undefined) {
    const byNamespace = Map.groupBy(
      network.workloads.flatMap(({ endpoints }) => endpoints),
      ({ workload }) => workload.namespace,
    );
    services = ofKind(network.snapshot, '', 'Service').map((resource) => {
      const spec = resource.object.spec;
      const selector = field(spec, 'selector');
      const type = asString(field(spec, 'type')) ?? 'ClusterIP';
      const selects = type !== 'ExternalName' && isObject(selector) && Object.keys(selector).length > 0;
      return {
        resource,
        type,
        ports: asList(field(spec, 'ports')).flatMap(portOf),
        endpoints: selects ? (byNamespace.get(resource.namespace) ?? []).filter(({ labels }) => mapSelects(selector, labels)) : [],
      };
    });
    cache.set(network, services);
  }
  return services;
}

function portOf(port: unknown): readonly ServicePort[] {
  const number = field(port, 'port');
  const protocol = field(port, 'protocol') ?? 'TCP';
  if (typeof number !== 'number' || (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP')) return [];
  const target = field(port, 'targetPort');
  const written = typeof target === 'number' || (typeof target === 'string' && target !== '') ? target : number;
  return [{ name: asString(field(port, 'name')), number, target: written, protocol }];
}

/** The port of a pod that a Service's port leads to; undefined where the pod has no port of that name. */
export function targetOf({ target, protocol }: ServicePort, endpoint: Endpoint): PortRange | undefined {
  const number =
    typeof target === 'number' ? target : endpoint.ports.find((port) => port.name === target && port.protocol === protocol)?.number;
  return number === undefined ? undefined : { protocol, first: number, last: number };
}

/** Finds a Service by namespace and name. */
export function serviceNamed(network: Network, namespace: string, name: string): Service | undefined {
  return servicesOf(network).find(({ resource }) => resource.namespace === namespace && resource.name === name);
}

/** Addresses from outside that a Service is open at: its type, or `externalIPs`. */
export function isOpenOutside({ type, resource }: Service): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || asList(dig(resource.object, 'spec', 'externalIPs')).length > 0;
}
