// Words that several files of the assessment use: counts, shares, and the workloads that stand for others.

import { dig } from '../lib/json.ts';
import { workloads } from '../snapshot/lookup.ts';
import { ownerOf } from '../snapshot/owners.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';

/** A count with its noun. `count(1, 'node')` is `'1 node'`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

const cache = new WeakMap<Snapshot, readonly Resource[]>();

/** Workloads that no other workload made: what people wrote. */
export function written(snapshot: Snapshot): readonly Resource[] {
  let found = cache.get(snapshot);
  if (found === undefined) {
    found = workloads(snapshot).filter(
      (resource) => dig(resource.object, 'metadata', 'ownerReferences', 0) === undefined || ownerOf(snapshot, resource) === undefined,
    );
    cache.set(snapshot, found);
  }
  return found;
}

const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** True for what belongs to Kubernetes itself. */
export function isSystem({ namespace }: Resource): boolean {
  return systemNamespaces.has(namespace);
}

/** Workloads that people wrote and that run all the time, those of Kubernetes left out. */
export function running(snapshot: Snapshot): readonly Resource[] {
  return written(snapshot).filter(
    (resource) => !isSystem(resource) && resource.kind !== 'Job' && resource.kind !== 'CronJob' && resource.kind !== 'PodTemplate',
  );
}
