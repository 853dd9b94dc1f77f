// Indexes over a snapshot, built on first use and kept beside it: objects by kind, by name, by namespace.

import type { Resource, Snapshot } from './snapshot.ts';

interface Indexes {
  readonly byKind: ReadonlyMap<string, readonly Resource[]>;
  readonly byName: ReadonlyMap<string, readonly Resource[]>;
  readonly withPods: readonly Resource[];
}

const cache = new WeakMap<Snapshot, Indexes>();

/** The objects of one group and kind, in snapshot order. `ofKind(snapshot, 'apps', 'Deployment')`; the core group is ''. */
export function ofKind(snapshot: Snapshot, group: string, kind: string): readonly Resource[] {
  return indexes(snapshot).byKind.get(`${group}/${kind}`) ?? [];
}

/** What an object is called, as one text: objects with the same are one object to a cluster. */
export function identityOf({ group, kind, namespace, name }: Resource): string {
  return JSON.stringify([group, kind, namespace, name]);
}

/** The objects with this identity; several where manifests define it more than once. Cluster-scoped kinds have namespace ''. */
export function named(snapshot: Snapshot, group: string, kind: string, namespace: string, name: string): readonly Resource[] {
  return indexes(snapshot).byName.get(`${group}/${kind}/${namespace}/${name}`) ?? [];
}

/** The first object with this identity, if any. */
export function find(snapshot: Snapshot, group: string, kind: string, namespace: string, name: string): Resource | undefined {
  return named(snapshot, group, kind, namespace, name)[0];
}

/** The objects that describe pods, in snapshot order. */
export function workloads(snapshot: Snapshot): readonly Resource[] {
  return indexes(snapshot).withPods;
}

function indexes(snapshot: Snapshot): Indexes {
  let built = cache.get(snapshot);
  if (built === undefined) {
    const byKind = new Map<string, Resource[]>();
    const byName = new Map<string, Resource[]>();
    const withPods: Resource[] = [];
    for (const resource of snapshot.resources) {
      add(byKind, `${resource.group}/${resource.kind}`, resource);
      add(byName, `${resource.group}/${resource.kind}/${resource.namespace}/${resource.name}`, resource);
      if (resource.pods.length > 0) withPods.push(resource);
    }
    built = { byKind, byName, withPods };
    cache.set(snapshot, built);
  }
  return built;
}

function add(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [resource]);
  else list.push(resource);
}
