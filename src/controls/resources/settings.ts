// What a container may use and is promised, as the API server of 1.36 settles it: its own numbers, else those of the pod as a whole (KEP-2837,
// from 1.32, CPU and memory only), else the defaults of a LimitRange of the namespace. Ephemeral containers have no numbers and are not asked.
// A limit implies an equal request; what is asked here is what somebody stated, so that implied request is not counted.

import type { Container } from '../../kube/pod/types.ts';
import { parseQuantity } from '../../kube/quantity.ts';
import { compareReleases } from '../../kube/version/version.ts';
import { asList, asObject, dig, field, type Json } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { fail, type Outcome, type PodSubject } from '../control.ts';

export type Setting = 'requests' | 'limits';
export type ResourceName = 'cpu' | 'memory' | 'ephemeral-storage';

/** How people call them. */
export const words: Readonly<Record<ResourceName, string>> = { cpu: 'CPU', memory: 'memory', 'ephemeral-storage': 'ephemeral storage' };

/** A failure for every container whose setting nobody stated. */
export function missing(subject: PodSubject, snapshot: Snapshot, setting: Setting, name: ResourceName): readonly Outcome[] {
  if (isStatedForPod(subject, snapshot, setting, name) || namespaceDefaults(snapshot, subject.resource.namespace).has(`${setting}/${name}`))
    return [];
  return subject.containers
    .filter((container) => container.role !== 'ephemeral' && !isAmount(dig(container.spec, 'resources', setting, name)))
    .map((container) =>
      fail(container.at(`/resources/${setting}/${name}`), 'missing', said(container, setting, name), { container: container.name }),
    );
}

function said(container: Container, setting: Setting, name: ResourceName): string {
  if (setting === 'limits') return `container "${container.name}" has no ${words[name]} limit`;
  return isAmount(dig(container.spec, 'resources', 'limits', name))
    ? `container "${container.name}" states no ${words[name]} request, so its limit is taken for one`
    : `container "${container.name}" has no ${words[name]} request`;
}

function isStatedForPod({ pod }: PodSubject, snapshot: Snapshot, setting: Setting, name: ResourceName): boolean {
  if (name === 'ephemeral-storage' || compareReleases(snapshot.facts.kubernetesVersion, '1.32') < 0) return false;
  return isAmount(dig(pod.spec, 'resources', setting, name));
}

/** True for a quantity that is not zero: zero bounds nothing and promises nothing. What is no quantity is left to schema validation. */
function isAmount(value: Json | undefined): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const parsed = parseQuantity(value);
  return !parsed.ok || parsed.value.mantissa !== 0n;
}

const cache = new WeakMap<Snapshot, Map<string, ReadonlySet<string>>>();

/** `limits/cpu` and the like, for what LimitRanges of the namespace fill in. */
function namespaceDefaults(snapshot: Snapshot, namespace: string): ReadonlySet<string> {
  let byNamespace = cache.get(snapshot);
  if (byNamespace === undefined) {
    byNamespace = new Map();
    for (const { namespace: own, object } of ofKind(snapshot, '', 'LimitRange')) {
      const known = byNamespace.get(own) ?? new Set<string>();
      byNamespace.set(own, new Set([...known, ...asList(field(object.spec, 'limits')).flatMap(containerDefaults)]));
    }
    cache.set(snapshot, byNamespace);
  }
  return byNamespace.get(namespace) ?? nothing;
}

const nothing: ReadonlySet<string> = new Set();

/** What one item gives containers. Defaulting of core/v1: a maximum stands in for a default limit, that or a minimum for a request. */
function containerDefaults(item: Json): readonly string[] {
  if (field(item, 'type') !== 'Container') return [];
  const keys = (name: string) => Object.keys(asObject(field(item, name)));
  const limits = [...keys('default'), ...keys('max')];
  const requests = [...keys('defaultRequest'), ...limits, ...keys('min')];
  return [...limits.map((name) => `limits/${name}`), ...requests.map((name) => `requests/${name}`)];
}
