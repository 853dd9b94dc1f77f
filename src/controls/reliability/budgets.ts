// PodDisruptionBudgets and the pods they are about. policy/v1: an empty selector selects every pod of the namespace; in policy/v1beta1 it
// selected none. An absent selector selects none in both.

import { isEmptySelector, selects } from '../../kube/label-selector.ts';
import { dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';

/** Kinds whose number of pods a budget counts against. */
const counted = ['apps/Deployment', 'apps/StatefulSet', '/ReplicationController', 'apps/ReplicaSet', 'extensions/Deployment'];

export function budgets(snapshot: Snapshot): readonly Resource[] {
  return ofKind(snapshot, 'policy', 'PodDisruptionBudget');
}

/** True where the budget is about pods with these labels in this namespace. */
export function covers(budget: Resource, namespace: string, labels: Readonly<Record<string, string>>): boolean {
  if (budget.namespace !== namespace) return false;
  const selector = dig(budget.object, 'spec', 'selector');
  if (budget.version === 'v1beta1' && isEmptySelector(selector)) return false;
  return selects(selector, labels);
}

/** The workloads a budget is about. Those that another workload made are counted once, at their maker. */
export function coveredWorkloads(budget: Resource, snapshot: Snapshot): readonly Resource[] {
  return counted.flatMap((kind) => {
    const slash = kind.lastIndexOf('/');
    return ofKind(snapshot, kind.slice(0, slash), kind.slice(slash + 1)).filter(
      (workload) =>
        dig(workload.object, 'metadata', 'ownerReferences', 0) === undefined &&
        workload.pods.some((pod) => covers(budget, workload.namespace, pod.labels)),
    );
  });
}
