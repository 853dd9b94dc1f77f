// Endpoints, the older kind, played: the pods behind a Service, each set of addresses with the ports that it has; and slices that mirror Endpoints
// which somebody writes for a Service that selects nothing (pkg/controller/{endpoint,endpointslicemirroring}, 1.36).

import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { parseAddress } from '../../../lib/cidr.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson, stringMap } from '../../../lib/json.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import { put } from '../chores/objects.ts';
import { timestamp, type World } from '../world.ts';
import { changed, hasEndpoints, hostnameOf, podsBehind, portsOf, slices, targetOf } from './endpoints.ts';
import { isReady, make, ownedBy, ownerReference, type Stage } from './stage.ts';

const older: GroupResource = { group: '', resource: 'endpoints' };
const services: GroupResource = { group: '', resource: 'services' };

export function playEndpoints(stage: Stage, service: JsonObject): void {
  if (!hasEndpoints(service)) return;
  const subsets = subsetsOf(stage, service);
  const labels = {
    ...stringMap(dig(service, 'metadata', 'labels')),
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...(dig(service, 'spec', 'clusterIP') === 'None' ? { 'service.kubernetes.io/headless': '' } : {}),
  };
  const annotations = { [changed]: timestamp(stage.world.clock.now()) };
  const known = stage.world.store.get(older, stage.namespace, nameOf(service));
  if (known === undefined) {
    const value = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: nameOf(service), labels, annotations } };
    make(stage, 'endpoint-controller', 'v1', 'endpoints', { ...value, ...(subsets.length === 0 ? {} : { subsets }) });
  } else if (!sameJson(asList(known.subsets), subsets) || !sameJson(dig(known, 'metadata', 'labels') ?? {}, labels)) {
    const { subsets: _subsets, ...rest } = known;
    const metadata = { ...asObject(known.metadata), labels, annotations };
    put(stage.world, older, { ...rest, metadata, ...(subsets.length === 0 ? {} : { subsets }) });
  }
}

interface Found {
  readonly address: JsonObject;
  readonly ready: boolean;
}

/** Ports with the same addresses stand together. */
function subsetsOf(stage: Stage, service: JsonObject): JsonObject[] {
  const all = dig(service, 'spec', 'publishNotReadyAddresses') === true;
  const byPort = new Map<string, Found[]>();
  const isBare = asList(dig(service, 'spec', 'ports')).length === 0;
  for (const pod of podsBehind(stage, service)) {
    if (isGoing(pod) && !all) continue;
    const hostname = hostnameOf(pod, service);
    const node = asString(dig(pod, 'spec', 'nodeName'));
    const address = {
      ...(hostname === undefined ? {} : { hostname }),
      ip: asString(dig(pod, 'status', 'podIP')) ?? '',
      ...(node === undefined ? {} : { nodeName: node }),
      targetRef: targetOf(pod),
    };
    const ports = isBare ? [null] : portsOf(service, pod).map(unnamed);
    for (const port of ports) {
      const key = JSON.stringify(port);
      byPort.set(key, [...(byPort.get(key) ?? []), { address, ready: all || isReady(pod) }]);
    }
  }
  const bySet = new Map<string, { readonly found: readonly Found[]; readonly ports: readonly Json[] }>();
  for (const [port, found] of byPort) {
    const key = JSON.stringify(found);
    bySet.set(key, { found, ports: [...(bySet.get(key)?.ports ?? []), JSON.parse(port) as Json] });
  }
  return [...bySet.values()].map(({ found, ports }) => {
    const of = (ready: boolean) => found.filter((each) => each.ready === ready).map(({ address }) => address);
    const named = ports.filter((port) => port !== null);
    return {
      ...(of(true).length === 0 ? {} : { addresses: of(true) }),
      ...(of(false).length === 0 ? {} : { notReadyAddresses: of(false) }),
      ...(named.length === 0 ? {} : { ports: named }),
    };
  });
}

/** Endpoints leave out a name that is empty. */
function unnamed(port: Json): Json {
  const { name = '', ...rest } = asObject(port);
  return name === '' ? rest : { ...rest, name };
}

/** Endpoints go with their Service. */
export function dropEndpoints({ store }: World, namespace: string, name: string): void {
  if (store.get(older, namespace, name) !== undefined) store.remove(older, namespace, name);
}

/** Slices of Endpoints that no controller keeps. */
export function mirrorEndpoints(stage: Stage, endpoints: JsonObject): void {
  const { store } = stage.world;
  const service = store.get(services, stage.namespace, nameOf(endpoints));
  const metadata = asObject(endpoints.metadata);
  const isSkipped = stringMap(metadata.labels)['endpointslice.kubernetes.io/skip-mirror'] === 'true';
  const isLock = stringMap(metadata.annotations)['control-plane.alpha.kubernetes.io/leader'] !== undefined;
  const isOwn = service !== undefined && !isSkipped && !isLock && dig(service, 'spec', 'selector') === undefined;
  const known = ownedBy(stage, slices, endpoints);
  const wanted = isOwn ? mirrored(endpoints) : [];
  const isLike = (slice: JsonObject, other: JsonObject) => slice.addressType === other.addressType && sameJson(slice.ports, other.ports);
  for (const slice of known) {
    const found = wanted.find((each) => isLike(slice, each));
    if (found === undefined) store.remove(slices, stage.namespace, nameOf(slice));
    else if (!sameJson(slice.endpoints, found.endpoints)) {
      const generation = Number(dig(slice, 'metadata', 'generation') ?? 1) + 1;
      put(stage.world, slices, { ...slice, metadata: { ...asObject(slice.metadata), generation }, endpoints: found.endpoints ?? null });
    }
  }
  const {
    [changed]: _time,
    'kubectl.kubernetes.io/last-applied-configuration': _applied,
    ...annotations
  } = stringMap(metadata.annotations);
  const labels = {
    ...stringMap(metadata.labels),
    'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    'kubernetes.io/service-name': nameOf(endpoints),
  };
  const named = { generateName: `${nameOf(endpoints)}-`, labels, annotations, ownerReferences: [ownerReference(endpoints)] };
  for (const each of wanted.filter((one) => !known.some((slice) => isLike(slice, one)))) {
    const value = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: named, ...each };
    make(stage, 'endpointslicemirroring-controller', 'discovery.k8s.io/v1', 'endpointslices', value);
  }
}

function mirrored(endpoints: JsonObject): readonly JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const subset of asList(endpoints.subsets)) {
    const ports = asList(field(subset, 'ports')).map((port) => ({ name: '', ...asObject(port) }));
    for (const [key, ready] of [
      ['addresses', true],
      ['notReadyAddresses', false],
    ] as const)
      for (const address of asList(field(subset, key))) {
        const { ip, hostname, nodeName, targetRef } = asObject(address);
        const addressType = parseAddress(asString(ip) ?? '')?.family === 6 ? 'IPv6' : 'IPv4';
        const group = JSON.stringify([addressType, ports]);
        const endpoint = {
          addresses: [ip ?? ''],
          conditions: { ready },
          ...(hostname === undefined ? {} : { hostname }),
          ...(nodeName === undefined ? {} : { nodeName }),
          ...(targetRef === undefined ? {} : { targetRef }),
        };
        found.set(group, { addressType, endpoints: [...asList(found.get(group)?.endpoints), endpoint], ports });
      }
  }
  return [...found.values()];
}
