// Services as ways to pods: which pods a Service leads to, and whether it is open beyond the cluster. core/v1 1.36: a Service without a selector
// has its endpoints from elsewhere, ExternalName is an alias of DNS, a load balancer may be internal by its provider's annotation or closed
// by source ranges.

import { annotationsOf } from '../../kube/object.ts';
import { parseCidr } from '../../lib/cidr.ts';
import { asObject, asString, dig, strings, textOf } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { type PlacedPod, podsIn, podsWith } from '../pods-in.ts';

export const typeOf = (service: Resource): string => asString(dig(service.object, 'spec', 'type')) ?? 'ClusterIP';

/** True where the Service picks its pods itself. */
export function hasSelector(service: Resource): boolean {
  return typeOf(service) !== 'ExternalName' && Object.keys(asObject(dig(service.object, 'spec', 'selector'))).length > 0;
}

/** The pods a Service leads to. */
export function podsOf(snapshot: Snapshot, service: Resource): readonly PlacedPod[] {
  if (!hasSelector(service)) return [];
  const wanted = Object.entries(asObject(dig(service.object, 'spec', 'selector')));
  const written = wanted.filter(([key]) => !Object.hasOwn(madeLabels, key));
  const candidates =
    written.length === 0 ? podsIn(snapshot, service.namespace) : podsWith(snapshot, service.namespace, Object.fromEntries(written));
  if (written.length === wanted.length) return candidates;
  const made = wanted.filter(([key]) => Object.hasOwn(madeLabels, key));
  return candidates.filter(({ resource, pod }) =>
    made.every(([key, value]) => pod.labels[key] === value || madeLabels[key]?.(resource, textOf(value)) === true),
  );
}

/**
 * Labels that controllers put on the pods they make (kube-controller-manager 1.36), which no template carries: whether a workload's pods
 * may have that value.
 */
const madeLabels: Readonly<Record<string, (owner: Resource, value: string) => boolean>> = {
  'statefulset.kubernetes.io/pod-name': ({ kind, name }, value) =>
    kind === 'StatefulSet' && value.startsWith(`${name}-`) && /^[0-9]+$/.test(value.slice(name.length + 1)),
  'apps.kubernetes.io/pod-index': ({ kind }, value) => kind === 'StatefulSet' && /^[0-9]+$/.test(value),
  'controller-revision-hash': ({ kind }) => kind === 'StatefulSet' || kind === 'DaemonSet',
  'pod-template-hash': ({ kind }) => kind === 'Deployment' || kind === 'ReplicaSet',
  'batch.kubernetes.io/job-name': ({ kind, name }, value) => kind === 'Job' && value === name,
  'job-name': ({ kind, name }, value) => kind === 'Job' && value === name,
  'batch.kubernetes.io/job-completion-index': ({ kind }, value) => kind === 'Job' && /^[0-9]+$/.test(value),
};

const cache = new WeakMap<Snapshot, ReadonlyMap<PlacedPod['pod'], readonly Resource[]>>();

/** The Services that lead to a pod, in snapshot order. */
export function servicesFor(snapshot: Snapshot, pod: PlacedPod['pod']): readonly Resource[] {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const pairs = ofKind(snapshot, '', 'Service').flatMap((service) =>
      podsOf(snapshot, service).map((placed) => ({ service, pod: placed.pod })),
    );
    built = new Map([...Map.groupBy(pairs, (pair) => pair.pod)].map(([key, list]) => [key, list.map(({ service }) => service)]));
    cache.set(snapshot, built);
  }
  return built.get(pod) ?? [];
}

/** How a Service is open beyond the cluster, with the field that opens it; undefined where it is not. */
export function openness(
  service: Resource,
): { readonly how: 'load-balancer' | 'node-port' | 'external-ip'; readonly path: string } | undefined {
  const type = typeOf(service);
  if (type === 'LoadBalancer' && !isInternal(service)) return { how: 'load-balancer', path: '/spec/type' };
  if (type === 'NodePort') return { how: 'node-port', path: '/spec/type' };
  return strings(dig(service.object, 'spec', 'externalIPs')).length > 0 ? { how: 'external-ip', path: '/spec/externalIPs' } : undefined;
}

const internalAnnotations: Readonly<Record<string, RegExp>> = {
  'service.beta.kubernetes.io/aws-load-balancer-internal': /^(?:true|0\.0\.0\.0\/0)$/,
  'service.beta.kubernetes.io/aws-load-balancer-scheme': /^internal$/,
  'service.beta.kubernetes.io/azure-load-balancer-internal': /^true$/,
  'networking.gke.io/load-balancer-type': /^Internal$/i,
  'cloud.google.com/load-balancer-type': /^Internal$/i,
  'service.beta.kubernetes.io/openstack-internal-load-balancer': /^true$/,
  'service.beta.kubernetes.io/oci-load-balancer-internal': /^true$/,
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': /^intranet$/,
};

/** True for a load balancer that only an internal network, or only named sources, can reach. */
function isInternal(service: Resource): boolean {
  const annotations = annotationsOf(service.object);
  if (Object.entries(internalAnnotations).some(([key, value]) => value.test(annotations[key] ?? ''))) return true;
  const ranges = strings(dig(service.object, 'spec', 'loadBalancerSourceRanges')).map(parseCidr);
  return ranges.length > 0 && ranges.every((range) => range !== undefined && range.bits > 0);
}
