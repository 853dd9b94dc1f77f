// Pods that do not exist yet: an arbitrary pod somewhere in the cluster, or the next one that carries certain labels. They are put into the
// snapshot as any pod would be, so that the engine needs no second kind of reasoning.

import type { Labels } from '../kube/selector.ts';
import { type Resource, resource, type Snapshot } from '../snapshot/snapshot.ts';

export interface FuturePod {
  readonly namespace: string;
  /** Labels of the namespace, where it does not exist yet. */
  readonly namespaceLabels?: Labels;
  readonly name: string;
  readonly labels: Labels;
}

/** The snapshot with these pods in it. Namespaces that are there keep their labels. */
export function withFuturePods(snapshot: Snapshot, pods: readonly FuturePod[]): Snapshot {
  const made: Resource[] = [];
  for (const { namespace, namespaceLabels, name, labels } of pods) {
    if (namespaceLabels !== undefined) made.push(memory('Namespace', { name: namespace, labels: namespaceLabels }));
    made.push(memory('Pod', { name, namespace, labels }));
  }
  return { ...snapshot, resources: [...snapshot.resources, ...made] };
}

function memory(kind: string, metadata: { readonly [key: string]: string | Labels }): Resource {
  const spec = kind === 'Pod' ? { spec: { containers: [] } } : {};
  return resource({ apiVersion: 'v1', kind, metadata, ...spec }, { kind: 'memory' });
}
