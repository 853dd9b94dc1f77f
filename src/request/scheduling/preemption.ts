// What becomes of a pod that fits nowhere: whom the scheduler would preempt for it and on which node, or why nobody (DefaultPreemption,
// pkg/scheduler/framework/preemption, 1.36). Where candidates are alike in everything that is compared, all of them are given: it takes any.

import { nameOf, namespaceOf } from '../../kube/metadata.ts';
import { dig, type JsonObject } from '../../lib/json.ts';
import type { State } from '../store/state.ts';
import { counted } from './fit-error.ts';
import { isResolvable, type Objection } from './objection.ts';
import { placesOf, priorityOf } from './places.ts';
import type { Stage } from './stage.ts';
import { startOf, type Victims, victimsOn } from './victims.ts';

export interface Candidate {
  readonly node: string;
  /** `namespace/name`, the most important first. */
  readonly pods: readonly string[];
  /** How many of them break a PodDisruptionBudget. */
  readonly violations: number;
  /** False where others of the same priority may be taken instead. */
  readonly exact: boolean;
}

export type Preemption =
  /** One of the candidates is nominated, and its pods are deleted with their grace. */
  | { readonly kind: 'found'; readonly best: readonly Candidate[]; readonly others: readonly Candidate[] }
  /** As the scheduler's events say it, without `preemption: `. */
  | { readonly kind: 'none'; readonly says: string };

/** A node that fits not, before anybody is preempted. */
export interface Unfit {
  readonly stage: Stage;
  readonly nominated: readonly JsonObject[];
  readonly objections: readonly Objection[];
}

/** More nodes than this and the scheduler looks at some of them only, by chance. */
const mostCandidates = 100;

const unhelpful = 'Preemption is not helpful for scheduling';

/** What the scheduler says where no node could be helped. */
export function notHelpful(nodes: number): Preemption {
  return { kind: 'none', says: `0/${nodes} nodes are available: ${nodes} ${unhelpful}.` };
}

export function preempt(pod: JsonObject, unfit: readonly Unfit[], state: State): Preemption {
  if (dig(pod, 'spec', 'preemptionPolicy') === 'Never') return { kind: 'none', says: 'not eligible due to preemptionPolicy=Never.' };
  if (waits(pod, unfit, state)) return { kind: 'none', says: 'not eligible due to a terminating pod on the nominated node.' };
  const budgets = state.list({ group: 'policy', resource: 'poddisruptionbudgets' });
  const found: { readonly node: string; readonly victims: Victims }[] = [];
  const reasons: string[] = [];
  for (const { stage, nominated, objections } of unfit) {
    const victims = isResolvable(objections) ? victimsOn(stage, pod, nominated, budgets) : undefined;
    if (victims === undefined) reasons.push(unhelpful);
    else if ('pods' in victims) found.push({ node: stage.place.name, victims });
    else reasons.push(...victims.map(({ says }) => says));
  }
  if (found.length === 0) return { kind: 'none', says: `0/${unfit.length} nodes are available: ${counted(reasons)}.` };
  const best = found.length > mostCandidates ? found : preferred(found.map(({ victims, node }) => ({ node, victims })));
  const told = (each: (typeof found)[number]): Candidate => ({
    node: each.node,
    pods: each.victims.pods.map((one) => `${namespaceOf(one)}/${nameOf(one)}`),
    violations: each.victims.violations,
    exact: each.victims.exact,
  });
  const names = new Set(best.map(({ node }) => node));
  return { kind: 'found', best: best.map(told), others: found.filter(({ node }) => !names.has(node)).map(told) };
}

/** The candidates as a field of a step; none where nobody goes. */
export function preempted(preemption: Preemption): { readonly preempts?: readonly Candidate[] } {
  return preemption.kind === 'found' ? { preempts: preemption.best } : {};
}

/** True where pods are still going from the node that was nominated before. */
function waits(pod: JsonObject, unfit: readonly Unfit[], state: State): boolean {
  const name = dig(pod, 'status', 'nominatedNodeName');
  const nominated = unfit.find(({ stage }) => stage.place.name === name);
  if (nominated === undefined || !isResolvable(nominated.objections)) return false;
  const there = placesOf(state).find((place) => place.name === name)?.pods ?? [];
  return there.some((other) => {
    const condition = conditionOf(other, 'DisruptionTarget');
    const isPreempted = dig(condition, 'status') === 'True' && dig(condition, 'reason') === 'PreemptionByScheduler';
    return priorityOf(other) < priorityOf(pod) && dig(other, 'metadata', 'deletionTimestamp') !== undefined && isPreempted;
  });
}

function conditionOf(pod: JsonObject, type: string) {
  const conditions = dig(pod, 'status', 'conditions');
  return Array.isArray(conditions) ? conditions.find((one) => dig(one, 'type') === type) : undefined;
}

interface Found {
  readonly node: string;
  readonly victims: Victims;
}

/** The fewest broken budgets; of these the lowest highest priority, the lowest sum, the fewest pods, the latest start. */
function preferred(found: readonly Found[]): readonly Found[] {
  const highest = ({ victims }: Found) => (victims.pods[0] === undefined ? 0 : priorityOf(victims.pods[0]));
  const measures: readonly ((one: Found) => number)[] = [
    ({ victims }) => victims.violations,
    highest,
    ({ victims }) => victims.pods.reduce((sum, pod) => sum + priorityOf(pod) + 2 ** 31, 0),
    ({ victims }) => victims.pods.length,
    (one) => -Math.min(...one.victims.pods.filter((pod) => priorityOf(pod) === highest(one)).map(startOf)),
  ];
  return measures.reduce<readonly Found[]>((left, measure) => {
    const least = Math.min(...left.map(measure));
    return left.filter((one) => measure(one) === least);
  }, found);
}
