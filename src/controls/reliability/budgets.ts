// PodDisruptionBudgets and the pods they are about. policy/v1: an empty selector selects every pod of the namespace; in policy/v1beta1 it
// selected none. An absent selector selects none in both.

import { isEmptySelector, selects } from '../../kube/label-selector.ts';
import { dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { podsIn } from '../pods-in.ts';

/** Kinds whose number of pods a budget counts against. */
const counted = new Set(['Deployment', 'StatefulSet', 'ReplicationController', 'ReplicaSet']);

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

/**
 * The workloads a budget is about, each name once: a repository may hold several versions of one. Those that another workload made are counted
 * at their maker.
 */
export function coveredWorkloads(budget: Resource, snapshot: Snapshot): readonly Resource[] {
  const known = answers.get(snapshot) ?? new Map<Resource, readonly Resource[]>();
  answers.set(snapshot, known);
  let covered = known.get(budget);
  if (covered === undefined) {
    covered = look(budget, snapshot);
    known.set(budget, covered);
  }
  return covered;
}

/** Several controls ask for the same. */
const answers = new WeakMap<Snapshot, Map<Resource, readonly Resource[]>>();

function look(budget: Resource, snapshot: Snapshot): readonly Resource[] {
  const found = new Map<string, Resource>();
  for (const { resource, pod } of podsIn(snapshot, budget.namespace)) {
    if (!counted.has(resource.kind) || !covers(budget, resource.namespace, pod.labels)) continue;
    if (dig(resource.object, 'metadata', 'ownerReferences', 0) !== undefined) continue;
    const key = `${resource.kind}/${resource.name}`;
    if (!found.has(key)) found.set(key, resource);
  }
  return [...found.values()];
}
