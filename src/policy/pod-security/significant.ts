// Which requests Pod Security looks into (k8s.io/pod-security-admission 0.36, admission/admission.go): of pods not those for subresources that
// leave alone what the levels ask about, nor updates that keep images and containers; of what makes pods all but those for subresources.

import { asList, field, isObject, type Json } from '../../lib/json.ts';
import type { AdmissionInput, GroupVersionResource } from '../admission.ts';

const ignored = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status']);

export function isPods({ group, resource }: GroupVersionResource): boolean {
  return group === '' && resource === 'pods';
}

/** True for what may be judged at all, by its resource and subresource. */
export function isLookedInto({ resource, subResource }: AdmissionInput): boolean {
  return isPods(resource) ? !ignored.has(subResource) : subResource === '';
}

/** False for an update of a pod after which no answer can be another: neither an image nor the number of containers has changed. */
export function isSignificant({ operation, resource, object, oldObject }: AdmissionInput): boolean {
  if (operation !== 'UPDATE' || !isPods(resource)) return true;
  const list = (pod: Json, key: string) => asList(field(field(pod, 'spec'), key));
  for (const key of ['containers', 'initContainers']) {
    const [now, before] = [list(object, key), list(oldObject, key)];
    if (now.length !== before.length) return true;
    if (now.some((container, index) => imageOf(container) !== imageOf(before[index]))) return true;
  }
  const before = list(oldObject, 'ephemeralContainers');
  return list(object, 'ephemeralContainers').some((container) => {
    const known = before.find((other) => field(other, 'name') === field(container, 'name'));
    return known === undefined || imageOf(container) !== imageOf(known);
  });
}

function imageOf(container: Json | undefined): Json {
  return isObject(container) ? (container.image ?? '') : '';
}
