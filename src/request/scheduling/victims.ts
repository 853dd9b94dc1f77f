// Whom the scheduler would take a node from (DefaultPreemption, pkg/scheduler/framework/plugins/defaultpreemption, 1.36): all pods of lower
// priority are thought away; as many of them as possible come back, first those whose budgets would be broken, the more important before others.

import { nameOf, namespaceOf } from '../../kube/metadata.ts';
import { labelSelector, matches } from '../../kube/selector.ts';
import { asNumber, asObject, asString, dig, type Json, type JsonObject, stringMap } from '../../lib/json.ts';
import { firstSaid, type Objection } from './objection.ts';
import { priorityOf } from './places.ts';
import { fits, objectionsOf, type Stage, withoutPod, withPod } from './stage.ts';

export interface Victims {
  /** The most important first. */
  readonly pods: readonly JsonObject[];
  /** How many of them break a budget. */
  readonly violations: number;
  /** False where pods of one priority and one start are told apart by what only the scheduler knows. */
  readonly exact: boolean;
}

const noVictims: Objection = {
  plugin: 'DefaultPreemption',
  says: 'No preemption victims found for incoming pod',
  why: 'no pod of lower priority is there',
  resolvable: false,
};

/** Whom to take the place from, or what speaks against it even then. */
export function victimsOn(
  stage: Stage,
  pod: JsonObject,
  nominated: readonly JsonObject[],
  budgets: readonly JsonObject[],
): Victims | readonly Objection[] {
  const possible = stage.place.pods.filter((other) => priorityOf(other) < priorityOf(pod)).sort(byImportance);
  if (possible.length === 0) return [noVictims];
  let now = possible.reduce(withoutPod, stage);
  if (!fits(now, nominated)) return firstSaid(objectionsOf(now, nominated));
  const broken = breaking(possible, budgets);
  const victims: JsonObject[] = [];
  let violations = 0;
  for (const other of [...possible.filter((each) => broken.has(each)), ...possible.filter((each) => !broken.has(each))]) {
    const spared = withPod(now, other);
    if (fits(spared, nominated)) now = spared;
    else {
      victims.push(other);
      if (broken.has(other)) violations++;
    }
  }
  return { pods: victims.sort(byImportance), violations, exact: isCertain(possible, victims, broken) };
}

/** When the pod began to run; one that does not say so counts as beginning now. */
export function startOf(pod: JsonObject): number {
  const start = Date.parse(asString(dig(pod, 'status', 'startTime')) ?? '');
  return Number.isNaN(start) ? Number.POSITIVE_INFINITY : start;
}

function byImportance(one: JsonObject, other: JsonObject): number {
  const [a, b] = [startOf(one), startOf(other)];
  return priorityOf(other) - priorityOf(one) || (a === b ? 0 : a - b);
}

/** Pods that cannot go without breaking a budget, counted in the order of their importance. */
function breaking(pods: readonly JsonObject[], budgets: readonly JsonObject[]): ReadonlySet<JsonObject> {
  const left = budgets.map((budget) => ({ budget, allowed: asNumber(dig(budget, 'status', 'disruptionsAllowed')) ?? 0 }));
  const broken = new Set<JsonObject>();
  for (const pod of pods)
    for (const each of left) {
      if (!covers(each.budget, pod)) continue;
      each.allowed--;
      if (each.allowed < 0) broken.add(pod);
    }
  return broken;
}

function covers(budget: JsonObject, pod: JsonObject): boolean {
  const labels = stringMap(dig(pod, 'metadata', 'labels'));
  const selector = labelSelector(dig(budget, 'spec', 'selector') as Json | undefined);
  return (
    namespaceOf(budget) === namespaceOf(pod) &&
    Object.keys(labels).length > 0 &&
    selector.ok &&
    selector.value !== undefined &&
    selector.value.length > 0 &&
    matches(selector.value, labels) &&
    !Object.hasOwn(asObject(dig(budget, 'status', 'disruptedPods')), nameOf(pod))
  );
}

/** Pods of one priority and one start are in no order: all of them must have the same fate. */
function isCertain(possible: readonly JsonObject[], victims: readonly JsonObject[], broken: ReadonlySet<JsonObject>): boolean {
  return possible.every((one, index) => {
    const next = possible[index + 1];
    if (next === undefined || byImportance(one, next) !== 0) return true;
    return victims.includes(one) === victims.includes(next) && broken.has(one) === broken.has(next);
  });
}
