// The addresses behind Services, played: slices of at most a hundred pods that a Service selects, of each family of addresses and each set of
// ports that its names stand for (k8s.io/endpointslice, 1.36). Pods have addresses of IPv4 alone here. Hints for zones are left out.

import { mapSelects } from '../../../kube/label-selector.ts';
import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { parseAddress } from '../../../lib/cidr.ts';
import {
  asList,
  asNumber,
  asObject,
  asString,
  dig,
  field,
  type Json,
  type JsonObject,
  sameJson,
  stringMap,
  strings,
} from '../../../lib/json.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import { timestamp } from '../world.ts';
import { isReady, make, ownedBy, ownerReference, pods, type Stage } from './stage.ts';

export const slices: GroupResource = { group: 'discovery.k8s.io', resource: 'endpointslices' };
const nodes: GroupResource = { group: '', resource: 'nodes' };
export const changed = 'endpoints.kubernetes.io/last-change-trigger-time';
const mostInSlice = 100;
const families = ['IPv4', 'IPv6'];

/** Pods that a Service selects and that have an address. */
export function podsBehind({ world, namespace }: Stage, service: JsonObject): readonly JsonObject[] {
  const selector = dig(service, 'spec', 'selector');
  return world.store
    .list(pods, namespace)
    .filter((pod) => mapSelects(selector, stringMap(dig(pod, 'metadata', 'labels'))))
    .filter((pod) => !['Succeeded', 'Failed'].includes(asString(dig(pod, 'status', 'phase')) ?? ''))
    .filter((pod) => asString(dig(pod, 'status', 'podIP')) !== undefined);
}

export function hasEndpoints(service: JsonObject): boolean {
  const selector = dig(service, 'spec', 'selector');
  return selector !== undefined && selector !== null && dig(service, 'spec', 'type') !== 'ExternalName';
}

export function playSlices(stage: Stage, service: JsonObject): void {
  if (!hasEndpoints(service)) return;
  const wanted = new Map<string, Group>();
  for (const addressType of familiesOf(service)) {
    for (const pod of podsBehind(stage, service)) {
      const endpoint = endpointOf(stage, service, pod, addressType);
      if (endpoint === undefined) continue;
      const ports = portsOf(service, pod);
      const key = JSON.stringify([addressType, ports]);
      const group = wanted.get(key) ?? { addressType, ports, endpoints: [] };
      wanted.set(key, { ...group, endpoints: [...group.endpoints, endpoint] });
    }
    // Where there is nothing, a slice says so.
    if (![...wanted.values()].some((group) => group.addressType === addressType))
      wanted.set(JSON.stringify([addressType, []]), { addressType, ports: [], endpoints: [] });
  }
  settle(stage, service, [...wanted.values()]);
}

interface Group {
  readonly addressType: string;
  readonly ports: readonly Json[];
  readonly endpoints: readonly JsonObject[];
}

function familiesOf(service: JsonObject): readonly string[] {
  const named = strings(dig(service, 'spec', 'ipFamilies')).filter((each) => families.includes(each));
  return named.length === 0 ? ['IPv4'] : named;
}

export function targetOf(pod: JsonObject): JsonObject {
  const { namespace = '', name = '', uid = '' } = asObject(pod.metadata);
  return { kind: 'Pod', namespace, name, uid };
}

/** The name of the pod under the Service's, where it has one. */
export function hostnameOf(pod: JsonObject, service: JsonObject): string | undefined {
  const hostname = asString(dig(pod, 'spec', 'hostname')) ?? '';
  return hostname !== '' && dig(pod, 'spec', 'subdomain') === nameOf(service) ? hostname : undefined;
}

function endpointOf({ world }: Stage, service: JsonObject, pod: JsonObject, family: string): JsonObject | undefined {
  const listed = asList(dig(pod, 'status', 'podIPs')).flatMap((each) => asString(field(each, 'ip')) ?? []);
  const known = listed.length > 0 ? listed : [asString(dig(pod, 'status', 'podIP')) ?? ''];
  const addresses = known.filter((ip) => parseAddress(ip)?.family === (family === 'IPv6' ? 6 : 4));
  if (addresses.length === 0) return undefined;
  const node = asString(dig(pod, 'spec', 'nodeName')) ?? '';
  const zone = asString(dig(world.store.get(nodes, '', node), 'metadata', 'labels', 'topology.kubernetes.io/zone'));
  const [serving, terminating] = [isReady(pod), isGoing(pod)];
  const ready = dig(service, 'spec', 'publishNotReadyAddresses') === true || (serving && !terminating);
  const hostname = hostnameOf(pod, service);
  return {
    addresses: addresses.slice(0, 1),
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(node === '' ? {} : { nodeName: node }),
    targetRef: targetOf(pod),
    ...(zone === undefined ? {} : { zone }),
  };
}

/** The ports of a pod behind those of a Service, in the words of slices. */
export function portsOf(service: JsonObject, pod: JsonObject): readonly Json[] {
  return asList(dig(service, 'spec', 'ports')).flatMap((each): readonly Json[] => {
    const protocol = asString(field(each, 'protocol')) ?? 'TCP';
    const port = portOf(field(each, 'targetPort') ?? field(each, 'port') ?? null, protocol, pod);
    const appProtocol = asString(field(each, 'appProtocol'));
    const own = appProtocol === undefined ? {} : { appProtocol };
    return port === undefined ? [] : [{ ...own, name: asString(field(each, 'name')) ?? '', port, protocol }];
  });
}

/** A port by its number, or by its name in a pod. */
function portOf(port: Json, protocol: string, pod: JsonObject): number | undefined {
  if (typeof port === 'number') return port;
  const sidecars = asList(dig(pod, 'spec', 'initContainers')).filter((each) => field(each, 'restartPolicy') === 'Always');
  for (const container of [...asList(dig(pod, 'spec', 'containers')), ...sidecars])
    for (const each of asList(field(container, 'ports')))
      if (field(each, 'name') === port && (asString(field(each, 'protocol')) ?? 'TCP') === protocol)
        return asNumber(field(each, 'containerPort'));
  return undefined;
}

function labelsOf(service: JsonObject): JsonObject {
  const headless = dig(service, 'spec', 'clusterIP') === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  return {
    ...stringMap(dig(service, 'metadata', 'labels')),
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': nameOf(service),
    ...headless,
  };
}

/** Brings the slices to what is wanted: endpoints stay in their slice, new ones fill what has room. */
function settle(stage: Stage, service: JsonObject, groups: readonly Group[]): void {
  const { store } = stage.world;
  const known = ownedBy(stage, slices, service);
  const kept = new Set<JsonObject>();
  for (const { addressType, ports, endpoints } of groups) {
    const own = known.filter((slice) => slice.addressType === addressType && sameJson(asList(slice.ports), [...ports]));
    let left = endpoints;
    for (const slice of own) {
      const stays = asList(slice.endpoints)
        .map((each) => left.find((one) => isSame(one, each)))
        .filter((each) => each !== undefined);
      left = left.filter((each) => !stays.includes(each));
      const now = [...stays, ...left.slice(0, mostInSlice - stays.length)];
      left = left.slice(Math.max(0, mostInSlice - stays.length));
      if (now.length === 0 && (endpoints.length > 0 || own[0] !== slice)) continue;
      kept.add(slice);
      const labels = labelsOf(service);
      if (sameJson(asList(slice.endpoints), now) && sameJson(dig(slice, 'metadata', 'labels') ?? {}, labels)) continue;
      const metadata = asObject(slice.metadata);
      const isOther = !sameJson(asList(slice.endpoints), now);
      const generation = (asNumber(metadata.generation) ?? 1) + (isOther ? 1 : 0);
      const told: JsonObject = { ...slice, metadata: { ...metadata, generation, labels }, endpoints: now.length === 0 ? null : now };
      store.put(slices, stage.namespace, nameOf(slice), told);
    }
    const isNeeded = left.length > 0 || (endpoints.length === 0 && own.length === 0);
    for (let at = 0; isNeeded && (at === 0 || at < left.length); at += mostInSlice)
      makeSlice(stage, service, addressType, ports, left.slice(at, at + mostInSlice));
  }
  for (const slice of known) if (!kept.has(slice)) store.remove(slices, stage.namespace, nameOf(slice));
}

function isSame(a: JsonObject, b: Json): boolean {
  return sameJson(asList(a.addresses), asList(field(b, 'addresses'))) && dig(a, 'targetRef', 'uid') === dig(b, 'targetRef', 'uid');
}

/** Empty lists are null, as the controller's protobuf knows no others. */
function makeSlice(stage: Stage, service: JsonObject, addressType: string, ports: readonly Json[], endpoints: readonly Json[]): void {
  const metadata = {
    generateName: `${nameOf(service)}-`,
    labels: labelsOf(service),
    annotations: { [changed]: timestamp(stage.world.clock.now()) },
    ownerReferences: [ownerReference(service)],
  };
  const list = (given: readonly Json[]) => (given.length === 0 ? null : [...given]);
  const value = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType,
    endpoints: list(endpoints),
    ports: list(ports),
  };
  make(stage, 'endpointslice-controller', 'discovery.k8s.io/v1', 'endpointslices', value);
}
