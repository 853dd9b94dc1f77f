// Ways into the cluster that a controller keeps: Ingress (networking.k8s.io/v1), Route (route.openshift.io/v1) and the routes of Gateway API
// (gateway.networking.k8s.io). Each names Services; traffic comes from the controller's pods, which may be anywhere, so that a pod is reached
// through one only where its policies let an arbitrary pod in.
// Left out: whether a controller is there, runs in another cluster, or sits on the host's network; ReferenceGrant of Gateway API.

import { groupVersion } from '../kube/object.ts';
import { asList, asString, dig, field, type Json } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import type { Endpoint } from './endpoints.ts';
import type { Network } from './network.ts';
import { noPorts, type PortSet } from './port-set.ts';
import { type Service, type ServicePort, serviceNamed, targetOf } from './services.ts';

/** One object that leads to one pod through one Service. */
export interface Entry {
  readonly resource: Resource;
  readonly service: Service;
  readonly endpoint: Endpoint;
  /** Ports of the pod. */
  readonly ports: PortSet;
}

interface Reference {
  readonly namespace: string;
  readonly service: string;
  readonly wants: (port: ServicePort) => boolean;
}

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];

/** Every way in, object by object, in snapshot order of each kind. */
export function entriesOf(network: Network): readonly Entry[] {
  const { snapshot } = network;
  const sources: readonly (readonly [readonly Resource[], (resource: Resource, network: Network) => readonly Reference[]])[] = [
    [ofKind(snapshot, 'networking.k8s.io', 'Ingress'), ofIngress],
    [ofKind(snapshot, 'extensions', 'Ingress'), ofIngress],
    [ofKind(snapshot, 'route.openshift.io', 'Route'), ofRoute],
    ...routeKinds.map((kind) => [ofKind(snapshot, 'gateway.networking.k8s.io', kind), ofGatewayRoute] as const),
  ];
  const entries: Entry[] = [];
  for (const [resources, references] of sources)
    for (const resource of resources)
      for (const { namespace, service: name, wants } of references(resource, network)) {
        const service = serviceNamed(network, namespace, name);
        for (const endpoint of service?.endpoints ?? []) {
          const targets = (service?.ports ?? []).filter(wants).flatMap((port) => targetOf(port, endpoint) ?? []);
          const ports = network.ports.of(targets);
          if (service !== undefined && ports !== noPorts) entries.push({ resource, service, endpoint, ports });
        }
      }
  return entries;
}

function ofIngress(resource: Resource, { reading }: Network): readonly Reference[] {
  const spec = resource.object.spec;
  const lenient = reading.ingressPort === 'service-or-target';
  const backends = [
    field(spec, 'defaultBackend') ?? field(spec, 'backend'),
    ...asList(field(spec, 'rules')).flatMap((rule) => asList(dig(rule, 'http', 'paths')).map((path) => field(path, 'backend'))),
  ];
  return backends.flatMap((backend) => {
    const name = asString(dig(backend, 'service', 'name')) ?? asString(field(backend, 'serviceName'));
    const port = dig(backend, 'service', 'port', 'number') ?? dig(backend, 'service', 'port', 'name') ?? field(backend, 'servicePort');
    if (name === undefined) return [];
    return [
      {
        namespace: resource.namespace,
        service: name,
        wants: (own: ServicePort) =>
          own.number === port || (own.name !== undefined && own.name === port) || (lenient && own.target === port),
      },
    ];
  });
}

/** A Route names a port by the Service's name for it or by its target; without one, every port is meant. */
function ofRoute(resource: Resource): readonly Reference[] {
  const spec = resource.object.spec;
  const port = dig(spec, 'port', 'targetPort');
  const wants = (own: ServicePort) => port === undefined || own.target === port || own.name === port;
  return [field(spec, 'to'), ...asList(field(spec, 'alternateBackends'))].flatMap((target) => {
    const name = asString(field(target, 'name'));
    const kind = field(target, 'kind') ?? 'Service';
    return name === undefined || kind !== 'Service' ? [] : [{ namespace: resource.namespace, service: name, wants }];
  });
}

function ofGatewayRoute(resource: Resource): readonly Reference[] {
  return asList(dig(resource.object, 'spec', 'rules')).flatMap((rule) =>
    asList(field(rule, 'backendRefs')).flatMap((backend: Json) => {
      const name = asString(field(backend, 'name'));
      const port = field(backend, 'port');
      const group = asString(field(backend, 'group')) ?? '';
      const isService = (field(backend, 'kind') ?? 'Service') === 'Service' && groupVersion(`${group}/v1`).group === '';
      if (name === undefined || !isService) return [];
      const namespace = asString(field(backend, 'namespace')) ?? resource.namespace;
      return [{ namespace, service: name, wants: (own: ServicePort) => own.number === port }];
    }),
  );
}
