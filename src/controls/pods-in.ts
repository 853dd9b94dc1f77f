// The pods of a namespace, indexed once a snapshot: selectors of policies, Services and disruption budgets are held against them.

import { mapSelects } from '../kube/label-selector.ts';
import type { Pod } from '../kube/pod/types.ts';
import { type JsonObject, textOf } from '../lib/json.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';

export interface PlacedPod {
  readonly resource: Resource;
  readonly pod: Pod;
}

interface Index {
  readonly byNamespace: ReadonlyMap<string, readonly PlacedPod[]>;
  /** By namespace and single label. */
  readonly byLabel: ReadonlyMap<string, readonly PlacedPod[]>;
}

const cache = new WeakMap<Snapshot, Index>();

/** Every pod and pod template of objects in `namespace`, in snapshot order. */
export function podsIn(snapshot: Snapshot, namespace: string): readonly PlacedPod[] {
  return index(snapshot).byNamespace.get(namespace) ?? [];
}

/** Those of them that carry all labels of a map, which has at least one. */
export function podsWith(snapshot: Snapshot, namespace: string, labels: JsonObject): readonly PlacedPod[] {
  const { byLabel } = index(snapshot);
  let fewest: readonly PlacedPod[] | undefined;
  for (const [key, value] of Object.entries(labels)) {
    const found = byLabel.get(`${namespace}\u0000${key}\u0000${textOf(value)}`) ?? [];
    if (fewest === undefined || found.length < fewest.length) fewest = found;
  }
  return (fewest ?? []).filter(({ pod }) => mapSelects(labels, pod.labels));
}

function index(snapshot: Snapshot): Index {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const pods = snapshot.resources.flatMap((resource) => resource.pods.map((pod) => ({ resource, pod })));
    const byLabel = new Map<string, PlacedPod[]>();
    for (const placed of pods)
      for (const [key, value] of Object.entries(placed.pod.labels)) {
        const name = `${placed.resource.namespace}\u0000${key}\u0000${value}`;
        const list = byLabel.get(name);
        if (list === undefined) byLabel.set(name, [placed]);
        else list.push(placed);
      }
    built = { byNamespace: Map.groupBy(pods, ({ resource }) => resource.namespace), byLabel };
    cache.set(snapshot, built);
  }
  return built;
}
