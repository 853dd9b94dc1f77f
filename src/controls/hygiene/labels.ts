// Asking for labels on workloads and on the pods they make: at least one of a list. Labels are how everything else finds its pods.

import { asObject, field } from '../../lib/json.ts';
import { fail, type Outcome, type PodSubject } from '../control.ts';

/** A failure for the object and for its pod template where neither has one of the labels; an empty list asks for any label at all. */
export function withoutAnyOf({ object, pod }: PodSubject, wanted: readonly string[]): readonly Outcome[] {
  const places = [{ path: '/metadata/labels', who: 'the object', labels: asObject(field(object.metadata, 'labels')) }];
  if (pod.metadataPath !== '/metadata')
    places.push({ path: `${pod.metadataPath}/labels`, who: 'the pod template', labels: asObject(pod.metadata.labels) });
  const list = wanted.length === 0 ? 'any label' : `${wanted.slice(0, 3).join(', ')}${wanted.length > 3 ? ' and others' : ''}`;
  return places
    .filter(({ labels }) => !Object.keys(labels).some((key) => wanted.length === 0 || wanted.includes(key)))
    .map(({ path, who }) => fail(path, 'missing', `${who} has none of: ${list}`));
}
