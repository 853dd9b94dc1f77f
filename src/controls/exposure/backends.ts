// What stands before Services: Ingress, routes of the Gateway API (gateway.networking.k8s.io v1), VirtualServices of Istio behind a Gateway,
// Routes of OpenShift, IngressRoutes of Traefik. Each names the Service it sends requests to. References that go through other objects
// (Ingress resource backends, delegates, TraefikServices) are left out.

import { members } from '../../kube/pod/lower.ts';
import { asList, asNumber, asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { openness } from './services.ts';

export interface Backend {
  /** The object that sends requests on. */
  readonly by: Resource;
  readonly namespace: string;
  readonly service: string;
  readonly port: string | number | undefined;
  /** Pointer of the Service's name. */
  readonly path: string;
  /** Pointer of its port. */
  readonly portPath: string;
}

/** The Services of an Ingress, of networking.k8s.io/v1 and of the versions before it. */
export function ingressBackends(by: Resource): readonly Backend[] {
  const spec = asObject(by.object.spec);
  const places = [
    { backend: spec.defaultBackend ?? spec.backend, path: spec.defaultBackend === undefined ? '/spec/backend' : '/spec/defaultBackend' },
    ...members(spec.rules, '/spec/rules').flatMap((rule) =>
      members(dig(rule.spec, 'http', 'paths'), `${rule.path}/http/paths`).map(({ spec: entry, path }) => ({
        backend: entry.backend,
        path: `${path}/backend`,
      })),
    ),
  ];
  return places.flatMap(({ backend, path }) => {
    const service = field(backend, 'service');
    if (isObject(service))
      return backendOf(
        by,
        service.name,
        dig(service, 'port', 'number') ?? dig(service, 'port', 'name'),
        `${path}/service/name`,
        `${path}/service/port`,
      );
    return backendOf(by, field(backend, 'serviceName'), field(backend, 'servicePort'), `${path}/serviceName`, `${path}/servicePort`);
  });
}

export const routeKinds: readonly string[] = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];

/** The Services of a route of the Gateway API. */
export function routeBackends(by: Resource): readonly Backend[] {
  return members(dig(by.object, 'spec', 'rules'), '/spec/rules').flatMap((rule) =>
    members(rule.spec.backendRefs, `${rule.path}/backendRefs`).flatMap(({ spec, path }) =>
      (spec.group ?? '') === '' && (spec.kind ?? 'Service') === 'Service'
        ? backendOf(by, spec.name, spec.port, `${path}/name`, `${path}/port`, asString(spec.namespace))
        : [],
    ),
  );
}

/** True where a route belongs to Services of a mesh alone (GEP-1426, `parentRefs` of kind Service): nothing comes in from outside by it. */
export function isMeshRoute(by: Resource): boolean {
  const parents = asList(dig(by.object, 'spec', 'parentRefs'));
  return parents.length > 0 && parents.every((parent) => field(parent, 'group') === '' && field(parent, 'kind') === 'Service');
}

function backendOf(
  by: Resource,
  name: Json | undefined,
  port: Json | undefined,
  path: string,
  portPath: string,
  namespace: string | undefined = by.namespace,
): readonly Backend[] {
  const service = asString(name);
  return service === undefined || service === ''
    ? []
    : [{ by, namespace, service, port: asNumber(port) ?? asString(port), path, portPath }];
}

const cache = new WeakMap<Snapshot, ReadonlyMap<string, readonly Backend[]>>();

/** Every way from outside the cluster that ends at a Service of this name. */
export function routesTo(snapshot: Snapshot, service: Resource): readonly Backend[] {
  let known = cache.get(snapshot);
  if (known === undefined) {
    known = Map.groupBy(allRoutes(snapshot), ({ namespace, service: name }) => `${namespace}/${name}`);
    cache.set(snapshot, known);
  }
  return known.get(`${service.namespace}/${service.name}`) ?? [];
}

function allRoutes(snapshot: Snapshot): readonly Backend[] {
  const kinds = (group: string, ...names: readonly string[]) => names.flatMap((name) => ofKind(snapshot, group, name));
  return [
    ...[...kinds('networking.k8s.io', 'Ingress'), ...kinds('extensions', 'Ingress')].flatMap(ingressBackends),
    ...kinds('gateway.networking.k8s.io', ...routeKinds).flatMap((route) => (isMeshRoute(route) ? [] : routeBackends(route))),
    ...kinds('networking.istio.io', 'VirtualService').flatMap((resource) => virtualServiceBackends(snapshot, resource)),
    ...kinds('route.openshift.io', 'Route').flatMap((by) =>
      (dig(by.object, 'spec', 'to', 'kind') ?? 'Service') === 'Service'
        ? backendOf(by, dig(by.object, 'spec', 'to', 'name'), dig(by.object, 'spec', 'port', 'targetPort'), '/spec/to/name', '/spec/port')
        : [],
    ),
    ...[...kinds('traefik.io', 'IngressRoute'), ...kinds('traefik.containo.us', 'IngressRoute')].flatMap(ingressRouteBackends),
  ];
}

/** Istio: only what comes in through a Gateway whose pods have an open Service counts; the mesh itself is inside. */
function virtualServiceBackends(snapshot: Snapshot, by: Resource): readonly Backend[] {
  if (!strings(dig(by.object, 'spec', 'gateways')).some((name) => isOpenGateway(snapshot, by.namespace, name))) return [];
  return ['http', 'tls', 'tcp'].flatMap((protocol) =>
    members(dig(by.object, 'spec', protocol), `/spec/${protocol}`).flatMap((rule) =>
      members(rule.spec.route, `${rule.path}/route`).flatMap(({ spec, path }) => {
        const [name, namespace = by.namespace] = (asString(dig(spec, 'destination', 'host')) ?? '').split('.');
        return backendOf(
          by,
          name,
          dig(spec, 'destination', 'port', 'number'),
          `${path}/destination/host`,
          `${path}/destination/port`,
          namespace,
        );
      }),
    ),
  );
}

function isOpenGateway(snapshot: Snapshot, namespace: string, reference: string): boolean {
  const slash = reference.indexOf('/');
  const gateway = find(
    snapshot,
    'networking.istio.io',
    'Gateway',
    slash < 0 ? namespace : reference.slice(0, slash),
    reference.slice(slash + 1),
  );
  const wanted = Object.entries(asObject(dig(gateway?.object, 'spec', 'selector')));
  if (wanted.length === 0) return false;
  return ofKind(snapshot, '', 'Service').some((service) => {
    const selector: JsonObject = asObject(dig(service.object, 'spec', 'selector'));
    return openness(service) !== undefined && wanted.every(([key, value]) => selector[key] === value);
  });
}

function ingressRouteBackends(by: Resource): readonly Backend[] {
  return members(dig(by.object, 'spec', 'routes'), '/spec/routes').flatMap((route) =>
    asList(route.spec.services).flatMap((service, index) => {
      const path = `${route.path}/services/${index}`;
      return (field(service, 'kind') ?? 'Service') === 'Service'
        ? backendOf(
            by,
            field(service, 'name'),
            field(service, 'port'),
            `${path}/name`,
            `${path}/port`,
            asString(field(service, 'namespace')),
          )
        : [];
    }),
  );
}
