// The pods of a namespace, indexed once a snapshot: selectors of policies, Services and disruption budgets are held against them.

import type { Pod } from '../kube/pod/types.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';

export interface PlacedPod {
  readonly resource: Resource;
  readonly pod: Pod;
}

const cache = new WeakMap<Snapshot, ReadonlyMap<string, readonly PlacedPod[]>>();

/** Every pod and pod template of objects in `namespace`, in snapshot order. */
export function podsIn(snapshot: Snapshot, namespace: string): readonly PlacedPod[] {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const pods = snapshot.resources.flatMap((resource) => resource.pods.map((pod) => ({ resource, pod })));
    built = Map.groupBy(pods, ({ resource }) => resource.namespace);
    cache.set(snapshot, built);
  }
  return built.get(namespace) ?? [];
}
