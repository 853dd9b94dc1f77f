// The containers an attacker may be in: of each workload, each container name once, with every place it is written in (live pods, the
// ReplicaSet and Deployment above them), so that a repair changes them all, and the nodes its pods run on.

import type { JsonPatch } from '../kube/patch/json-patch.ts';
import type { Container, Pod } from '../kube/pod/types.ts';
import type { Json } from '../lib/json.ts';
import { type Endpoint, type Workload, workloadsOf } from '../network/endpoints.ts';
import { controllerOf } from '../snapshot/owners.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { Repair } from './repair.ts';

/** One place where a container is written. */
export interface Site {
  readonly resource: Resource;
  readonly pod: Pod;
  readonly container: Container;
}

export interface ContainerOf {
  readonly vertex: number;
  readonly workload: PodsOf;
  readonly name: string;
  /** As its pods run it, or as the template says where no pod is known. */
  readonly running: readonly Site[];
}

/** The pods of a workload as one. */
export interface PodsOf {
  readonly workload: Workload;
  /** `Deployment shop/web`. */
  readonly text: string;
  readonly endpoints: readonly Endpoint[];
  /** Names of the nodes its pods run on; empty where that is not known. */
  readonly nodes: readonly string[];
  readonly containers: ContainerOf[];
}

/** The workloads of a snapshot; `vertex` numbers their containers. */
export function podsOf(snapshot: Snapshot, vertex: (workload: Workload, container: string) => number): readonly PodsOf[] {
  return workloadsOf(snapshot).workloads.map((workload): PodsOf => {
    const nodes = [...new Set(workload.endpoints.flatMap(({ node }) => (node === undefined || node === '' ? [] : [node])))].sort();
    const containers: ContainerOf[] = [];
    const text = `${workload.kind} ${workload.namespace}/${workload.name}`;
    const pods: PodsOf = { workload, text, endpoints: workload.endpoints, nodes, containers };
    const byName = new Map<string, Site[]>();
    for (const { resource, pod } of workload.endpoints)
      for (const container of pod.containers) {
        const sites = byName.get(container.name);
        if (sites === undefined) byName.set(container.name, [{ resource, pod, container }]);
        else sites.push({ resource, pod, container });
      }
    for (const [name, running] of byName) containers.push({ vertex: vertex(workload, name), workload: pods, name, running });
    return pods;
  });
}

/** Every object that describes the pods: those that run, and the controllers above them. */
export function writtenIn(snapshot: Snapshot, { endpoints }: PodsOf): readonly { readonly resource: Resource; readonly pod: Pod }[] {
  const resources = new Set<Resource>();
  for (const { resource } of endpoints) {
    let here: Resource | undefined = resource;
    for (let step = 0; step < 8 && here !== undefined && !resources.has(here); step++) {
      if (here.pods.length > 0) resources.add(here);
      here = controllerOf(snapshot, here);
    }
  }
  return [...resources].flatMap((resource) => resource.pods.map((pod) => ({ resource, pod })));
}

/** A repair that changes the pods of a workload wherever they are written; `patch` gives nothing for a place that needs no change. */
export function podRepair(
  snapshot: Snapshot,
  pods: PodsOf,
  what: Pick<Repair, 'id' | 'text' | 'effort' | 'withoutToken'>,
  patch: (object: Json | undefined, pod: Pod) => JsonPatch,
): Repair {
  return {
    id: `${what.id} ${pods.text}`,
    text: `${what.text} in ${pods.text}`,
    effort: what.effort,
    ...(what.withoutToken === undefined ? {} : { withoutToken: what.withoutToken }),
    get changes() {
      return writtenIn(snapshot, pods).flatMap(({ resource, pod }) => {
        const operations = patch(resource.object as Json, pod);
        return operations.length === 0 ? [] : [{ kind: 'patch' as const, resource, patch: operations }];
      });
    },
  };
}
