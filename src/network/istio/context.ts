// What Istio's policies rest on: the root namespace, whose policies hold for the whole mesh, and which pods have a proxy before them. A pod has
// one where its namespace asks for injection and it does not refuse, where it asks itself, or where the proxy stands among its containers. Where
// nothing in a snapshot speaks of injection, every pod is taken to be in the mesh, and that is said.
// Left out: ambient mode beyond its label, injection by a webhook that looks at something else, trust domains other than cluster.local.

import type { Labels } from '../../kube/selector.ts';
import { dig, field, isObject, stringMap } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type Endpoint, workloadsOf } from '../endpoints.ts';
import type { Reading } from '../places.ts';

export interface IstioContext {
  readonly rootNamespace: string;
  /** False where nothing says which pods are in the mesh. */
  readonly injectionKnown: boolean;
  readonly inMesh: (endpoint: Endpoint) => boolean;
  readonly registryOnly: boolean;
  /** True where what a Sidecar does not list is taken to be out of reach in any case. */
  readonly sidecarsHide: boolean;
}

const kinds: readonly (readonly [group: string, kind: string])[] = [
  ['security.istio.io', 'AuthorizationPolicy'],
  ['security.istio.io', 'PeerAuthentication'],
  ['networking.istio.io', 'Sidecar'],
  ['networking.istio.io', 'DestinationRule'],
];

/** Undefined where the snapshot has no object of Istio that decides about traffic. */
export function istioContext(
  snapshot: Snapshot,
  namespaces: ReadonlyMap<string, Labels>,
  { mesh: assumed }: Pick<Reading, 'mesh'> = {},
): IstioContext | undefined {
  if (kinds.every(([group, kind]) => ofKind(snapshot, group, kind).length === 0)) return undefined;
  const mesh = ofKind(snapshot, '', 'ConfigMap').find(({ name, namespace }) => name === 'istio' && namespace.startsWith('istio'));
  const text = stringMap(dig(mesh?.object, 'data')).mesh ?? '';
  const rootNamespace = /^rootNamespace:[ \t]*["']?([a-z0-9-]+)/m.exec(text)?.[1] ?? assumed?.rootNamespace ?? 'istio-system';
  const registryOnly = /^outboundTrafficPolicy:[ \t]*\n[ \t]+mode:[ \t]*["']?REGISTRY_ONLY/m.test(text);
  const said = (endpoint: Endpoint): boolean | undefined => {
    const asked =
      endpoint.labels['sidecar.istio.io/inject'] ?? stringMap(field(endpoint.pod.metadata, 'annotations'))['sidecar.istio.io/inject'];
    if (asked !== undefined) return asked === 'true';
    if (endpoint.pod.containers.some(({ spec }) => spec.name === 'istio-proxy')) return true;
    const labels = namespaces.get(endpoint.workload.namespace) ?? {};
    const own = labels['istio-injection'];
    if (own !== undefined) return own === 'enabled';
    return labels['istio.io/rev'] !== undefined || labels['istio.io/dataplane-mode'] === 'ambient' ? true : undefined;
  };
  const endpoints = workloadsOf(snapshot).workloads.flatMap((workload) => workload.endpoints);
  const injectionKnown =
    [...namespaces.values()].some(
      (labels) =>
        labels['istio-injection'] !== undefined || labels['istio.io/rev'] !== undefined || labels['istio.io/dataplane-mode'] !== undefined,
    ) ||
    endpoints.some((endpoint) => said(endpoint) === true) ||
    isObject(find(snapshot, 'admissionregistration.k8s.io', 'MutatingWebhookConfiguration', '', 'istio-sidecar-injector')?.object);
  return {
    rootNamespace,
    injectionKnown,
    registryOnly,
    sidecarsHide: assumed?.sidecarsHide === true,
    inMesh: (endpoint) => assumed?.everyPod === true || (!endpoint.hostNetwork && (said(endpoint) ?? !injectionKnown)),
  };
}
