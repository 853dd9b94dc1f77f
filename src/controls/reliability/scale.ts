// How many pods a workload runs: its own number, or what an autoscaler of the input says. autoscaling/v1, v2beta1, v2beta2 and v2 agree on the
// fields read here; ScaledObjects of KEDA are known too, which make such an autoscaler themselves.

import { asNumber, asString, dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';

export interface Autoscaler {
  readonly resource: Resource;
  readonly least: number;
  /** Undefined where none is written. */
  readonly most: number | undefined;
}

export interface Scale {
  /** `spec.replicas`, 1 where absent. */
  readonly replicas: number;
  readonly isWritten: boolean;
  readonly autoscaler: Autoscaler | undefined;
}

export function scaleOf(workload: Resource, snapshot: Snapshot): Scale {
  const written = asNumber(dig(workload.object, 'spec', 'replicas'));
  return {
    replicas: written ?? 1,
    isWritten: written !== undefined,
    autoscaler: autoscalers(snapshot).get(`${workload.namespace}/${workload.kind}/${workload.name}`),
  };
}

/** True where the workload runs, or may come to run, more than one pod. */
export function runsSeveral({ replicas, autoscaler }: Scale): boolean {
  return autoscaler === undefined ? replicas > 1 : (autoscaler.most ?? Number.POSITIVE_INFINITY) > 1;
}

const cache = new WeakMap<Snapshot, ReadonlyMap<string, Autoscaler>>();

/** Autoscalers by namespace, kind and name of what they scale. */
function autoscalers(snapshot: Snapshot): ReadonlyMap<string, Autoscaler> {
  let found = cache.get(snapshot);
  if (found === undefined) {
    const byTarget = new Map<string, Autoscaler>();
    for (const resource of ofKind(snapshot, 'keda.sh', 'ScaledObject'))
      add(byTarget, resource, 'Deployment', 'minReplicaCount', 'maxReplicaCount', 0);
    for (const resource of ofKind(snapshot, 'autoscaling', 'HorizontalPodAutoscaler'))
      add(byTarget, resource, '', 'minReplicas', 'maxReplicas', 1);
    found = byTarget;
    cache.set(snapshot, found);
  }
  return found;
}

function add(byTarget: Map<string, Autoscaler>, resource: Resource, kind: string, low: string, high: string, least: number): void {
  const target = dig(resource.object, 'spec', 'scaleTargetRef');
  const name = asString(dig(target, 'name'));
  if (name === undefined) return;
  byTarget.set(`${resource.namespace}/${asString(dig(target, 'kind')) ?? kind}/${name}`, {
    resource,
    least: asNumber(dig(resource.object, 'spec', low)) ?? least,
    most: asNumber(dig(resource.object, 'spec', high)),
  });
}
