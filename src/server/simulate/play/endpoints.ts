// The addresses behind Services, played: one slice of the pods that a Service selects, and the older Endpoints beside it (pkg/controller/
// endpoint and endpointslice, 1.36). Slices are never split, and there are none for IPv6.

import { mapSelects } from '../../../kube/label-selector.ts';
import { asList, asNumber, asString, dig, field, type Json, type JsonObject, sameJson, stringMap } from '../../../lib/json.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import { timestamp } from '../world.ts';
import { isGoing, isReady, make, nameOf, ownedBy, ownerReference, pods, type Stage } from './stage.ts';

const slices: GroupResource = { group: 'discovery.k8s.io', resource: 'endpointslices' };
const older: GroupResource = { group: '', resource: 'endpoints' };
const nodes: GroupResource = { group: '', resource: 'nodes' };
const changed = 'endpoints.kubernetes.io/last-change-trigger-time';

/** The pods that a Service selects, as one slice and as Endpoints. */
export function playService(stage: Stage, service: JsonObject): void {
  const selector = dig(service, 'spec', 'selector');
  if (selector === undefined || selector === null || dig(service, 'spec', 'type') === 'ExternalName') return;
  const found = stage.world.store
    .list(pods, stage.namespace)
    .filter((pod) => !isGoing(pod) && mapSelects(selector, stringMap(dig(pod, 'metadata', 'labels'))))
    .filter((pod) => dig(pod, 'status', 'phase') === 'Running' && asString(dig(pod, 'status', 'podIP')) !== undefined);
  const ports = asList(dig(service, 'spec', 'ports')).flatMap((port) => {
    const number = portOf(field(port, 'targetPort') ?? field(port, 'port') ?? null, found);
    const name = asString(field(port, 'name')) ?? '';
    return number === undefined ? [] : [{ name, port: number, protocol: asString(field(port, 'protocol')) ?? 'TCP' }];
  });
  playSlice(stage, service, found, ports);
  playEndpoints(stage, service, found, ports);
}

function targetOf(pod: JsonObject): Json {
  const { namespace = '', name = '', uid = '' } = pod.metadata as JsonObject;
  return { kind: 'Pod', namespace, name, uid };
}

function playSlice(stage: Stage, service: JsonObject, found: readonly JsonObject[], ports: readonly Json[]): void {
  const { store } = stage.world;
  const endpoints = found.map((pod): Json => {
    const node = asString(dig(pod, 'spec', 'nodeName')) ?? '';
    const zone = asString(dig(store.get(nodes, '', node), 'metadata', 'labels', 'topology.kubernetes.io/zone'));
    return {
      addresses: [asString(dig(pod, 'status', 'podIP')) ?? ''],
      conditions: { ready: isReady(pod), serving: isReady(pod), terminating: false },
      nodeName: node,
      targetRef: targetOf(pod),
      ...(zone === undefined ? {} : { zone }),
    };
  });
  const [known] = ownedBy(stage, slices, service);
  if (known === undefined) {
    const labels = {
      ...stringMap(dig(service, 'metadata', 'labels')),
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': nameOf(service),
      ...headless(service),
    };
    const metadata = {
      generateName: `${nameOf(service)}-`,
      labels,
      annotations: { [changed]: timestamp() },
      ownerReferences: [ownerReference(service)],
    };
    const value = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints, ports };
    make(stage, 'endpointslice-controller', 'discovery.k8s.io/v1', 'endpointslices', value);
  } else if (!sameJson(known.endpoints, endpoints) || !sameJson(known.ports, ports))
    store.put(slices, stage.namespace, nameOf(known), { ...known, endpoints, ports });
}

function headless(service: JsonObject): JsonObject {
  return dig(service, 'spec', 'clusterIP') === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
}

function playEndpoints(stage: Stage, service: JsonObject, found: readonly JsonObject[], ports: readonly Json[]): void {
  const { store } = stage.world;
  const addresses = (ready: boolean) =>
    found
      .filter((pod) => isReady(pod) === ready)
      .map((pod): Json => {
        const [ip, node] = [asString(dig(pod, 'status', 'podIP')) ?? '', asString(dig(pod, 'spec', 'nodeName')) ?? ''];
        return { ip, nodeName: node, targetRef: targetOf(pod) };
      });
  const [ready, notReady] = [addresses(true), addresses(false)];
  const named = ports.map((port) =>
    field(port, 'name') === '' ? { port: field(port, 'port') ?? 0, protocol: field(port, 'protocol') ?? '' } : port,
  );
  const subset: JsonObject = {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
    ports: named,
  };
  const subsets = found.length === 0 || ports.length === 0 ? [] : [subset];
  const known = store.get(older, stage.namespace, nameOf(service));
  if (known !== undefined) {
    if (!sameJson(known.subsets ?? [], subsets)) store.put(older, stage.namespace, nameOf(service), { ...known, subsets });
    return;
  }
  const labels = {
    ...stringMap(dig(service, 'metadata', 'labels')),
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...headless(service),
  };
  const metadata = { name: nameOf(service), labels, annotations: { [changed]: timestamp() } };
  make(stage, 'endpoint-controller', 'v1', 'endpoints', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    ...(subsets.length === 0 ? {} : { subsets }),
  });
}

/** A port by its number, or by its name in a pod. */
function portOf(port: Json, found: readonly JsonObject[]): number | undefined {
  if (typeof port === 'number') return port;
  for (const container of asList(dig(found[0], 'spec', 'containers')))
    for (const each of asList(field(container, 'ports'))) if (field(each, 'name') === port) return asNumber(field(each, 'containerPort'));
  return undefined;
}
