// Pods, played: bound to a node that has room, then running and ready in words, or succeeded where a Job made them. And the slices of
// addresses behind Services. No container is ever started.

import { mapSelects } from '../../../kube/label-selector.ts';
import type { Struct } from '../../../kube/schema/defaults/struct.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject, sameJson, stringMap } from '../../../lib/json.ts';
import { placement } from '../../../request/placement.ts';
import type { GroupResource } from '../../../request/state.ts';
import { timestamp } from '../world.ts';
import { isGoing, isReady, make, nameOf, ownedBy, ownerReference, pods, type Stage } from './stage.ts';

/** Binds a pod and lets it run, as far as words go. */
export function playPod({ world, namespace }: Stage, pod: JsonObject, address: () => string): void {
  const { store } = world;
  const phase = dig(pod, 'status', 'phase');
  if (phase === 'Running' || phase === 'Succeeded' || phase === 'Failed' || asList(dig(pod, 'spec', 'schedulingGates')).length > 0) return;
  const node = asString(dig(pod, 'spec', 'nodeName')) ?? nodeFor(pod, store);
  const now = timestamp();
  const status = asObject(pod.status);
  const when = (type: string, is: boolean, more: JsonObject = {}) => ({
    type,
    status: is ? 'True' : 'False',
    lastTransitionTime: now,
    lastProbeTime: null,
    ...more,
  });
  if (node === undefined) {
    const conditions = [when('PodScheduled', false, { reason: 'Unschedulable', message: 'no node that is known here fits the pod' })];
    if (asList(status.conditions).length === 0) store.put(pods, namespace, nameOf(pod), { ...pod, status: { ...status, conditions } });
    return;
  }
  const owner = asList(dig(pod, 'metadata', 'ownerReferences'))[0];
  const succeeds = field(owner, 'kind') === 'Job';
  const ip = asString(status.podIP) ?? address();
  const hostIP =
    asString(field(asList(dig(store.get({ group: '', resource: 'nodes' }, '', node), 'status', 'addresses'))[0], 'address')) ?? '10.0.0.1';
  const state: Json = succeeds
    ? { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } }
    : { running: { startedAt: now } };
  const conditions = [
    ...(succeeds ? [] : [when('PodReadyToStartContainers', true)]),
    when('Initialized', true, succeeds ? { reason: 'PodCompleted' } : {}),
    when('Ready', !succeeds, succeeds ? { reason: 'PodCompleted' } : {}),
    when('ContainersReady', !succeeds, succeeds ? { reason: 'PodCompleted' } : {}),
    when('PodScheduled', true),
  ];
  store.put(pods, namespace, nameOf(pod), {
    ...pod,
    spec: { ...asObject(pod.spec), nodeName: node },
    status: {
      ...status,
      phase: succeeds ? 'Succeeded' : 'Running',
      conditions,
      hostIP,
      hostIPs: [{ ip: hostIP }],
      podIP: ip,
      podIPs: [{ ip }],
      startTime: now,
      containerStatuses: containersOf(pod, 'containers', state, !succeeds),
      ...(asList(dig(pod, 'spec', 'initContainers')).length === 0
        ? {}
        : {
            initContainerStatuses: containersOf(
              pod,
              'initContainers',
              { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } },
              true,
            ),
          }),
    },
  });
}

function containersOf(pod: JsonObject, key: string, state: Json, ready: boolean): readonly JsonObject[] {
  return asList(dig(pod, 'spec', key)).map((container) => ({
    name: asString(field(container, 'name')) ?? '',
    image: asString(field(container, 'image')) ?? '',
    imageID: '',
    lastState: {},
    ready,
    restartCount: 0,
    started: ready,
    state,
  }));
}

/** Among the nodes that fit the one with the fewest pods. */
function nodeFor(pod: JsonObject, store: Stage['world']['store']): string | undefined {
  const counts = new Map<string, number>();
  for (const each of store.list(pods)) {
    const node = asString(dig(each, 'spec', 'nodeName'));
    if (node !== undefined) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return placement(pod as unknown as Struct, store)
    .filter(({ reasons }) => reasons.length === 0)
    .map(({ node }) => node)
    .sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1))[0];
}

const slices: GroupResource = { group: 'discovery.k8s.io', resource: 'endpointslices' };

/** The pods that a Service selects, as one slice. */
export function playService(stage: Stage, service: JsonObject): void {
  const { store } = stage.world;
  const selector = dig(service, 'spec', 'selector');
  if (selector === undefined || selector === null) return;
  const found = store
    .list(pods, stage.namespace)
    .filter(
      (pod) =>
        !isGoing(pod) &&
        mapSelects(selector, stringMap(dig(pod, 'metadata', 'labels'))) &&
        asString(dig(pod, 'status', 'podIP')) !== undefined,
    )
    .filter((pod) => dig(pod, 'status', 'phase') === 'Running');
  const endpoints = found.map(
    (pod): Json => ({
      addresses: [asString(dig(pod, 'status', 'podIP')) ?? ''],
      conditions: { ready: isReady(pod), serving: isReady(pod), terminating: false },
      nodeName: asString(dig(pod, 'spec', 'nodeName')) ?? '',
      targetRef: { kind: 'Pod', namespace: stage.namespace, name: nameOf(pod), uid: asString(dig(pod, 'metadata', 'uid')) ?? '' },
    }),
  );
  const ports = asList(dig(service, 'spec', 'ports')).flatMap((port) => {
    const number = portOf(field(port, 'targetPort') ?? field(port, 'port') ?? null, found[0]);
    const name = asString(field(port, 'name')) ?? '';
    return number === undefined ? [] : [{ name, port: number, protocol: asString(field(port, 'protocol')) ?? 'TCP' }];
  });
  const [known] = ownedBy(stage, slices, service);
  if (known === undefined) {
    const labels = {
      ...stringMap(dig(service, 'metadata', 'labels')),
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': nameOf(service),
    };
    const metadata = { generateName: `${nameOf(service)}-`, labels, ownerReferences: [ownerReference(service)] };
    const value = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints, ports };
    make(stage, 'endpointslice-controller', 'discovery.k8s.io/v1', 'endpointslices', value);
  } else if (!sameJson(known.endpoints, endpoints) || !sameJson(known.ports, ports))
    store.put(slices, stage.namespace, nameOf(known), { ...known, endpoints, ports });
}

/** A port by its number, or by its name in a pod. */
function portOf(port: Json, pod: JsonObject | undefined): number | undefined {
  if (typeof port === 'number') return port;
  for (const container of asList(dig(pod, 'spec', 'containers')))
    for (const each of asList(field(container, 'ports'))) if (field(each, 'name') === port) return asNumber(field(each, 'containerPort'));
  return undefined;
}
