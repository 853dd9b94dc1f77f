// What is said of Deployments, played: how many of their pods there are, and how a rollout gets on, or does not (pkg/controller/deployment/
// {sync,progress}.go, 1.36).

import { nameOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asObject, dig, field, type Json, type JsonObject, stringMap } from '../../../lib/json.ts';
import { timestamp } from '../world.ts';
import type { Rollout } from './rollout.ts';
import { condition, conditionOf, counts, keep, type Stage, timeOf, wantedOf } from './stage.ts';

const resource = { group: 'apps', resource: 'deployments' };
/** What controllers note on Deployments and their ReplicaSets. */
export const notes = {
  revision: 'deployment.kubernetes.io/revision',
  history: 'deployment.kubernetes.io/revision-history',
  desired: 'deployment.kubernetes.io/desired-replicas',
  most: 'deployment.kubernetes.io/max-replicas',
};
export function note(object: JsonObject, key: string): string {
  return stringMap(dig(object, 'metadata', 'annotations'))[key] ?? '';
}

export const revisionOf = (object: JsonObject): number => Number(note(object, notes.revision)) || 0;

export interface Sets {
  readonly newest: JsonObject | undefined;
  readonly old: readonly JsonObject[];
}

export function report(stage: Stage, deployment: JsonObject, { newest, old }: Sets, rollout: Rollout, isPaused: boolean): void {
  const all = newest === undefined ? old : [...old, newest];
  const sum = (list: readonly JsonObject[], key: string) =>
    list.reduce((total, each) => total + (asNumber(dig(each, 'status', key)) ?? 0), 0);
  const [replicas, ready, available] = [sum(all, 'replicas'), sum(all, 'readyReplicas'), sum(all, 'availableReplicas')];
  const updated = newest === undefined ? 0 : sum([newest], 'replicas');
  const wanted = rollout.replicas;
  const isAvailable = available >= wanted - rollout.unavailable;
  const isDone = updated === wanted && replicas === wanted && available === wanted;
  const name = newest === undefined ? '' : nameOf(newest);
  const availability = isAvailable
    ? condition(stage.world, deployment, 'Available', true, 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : condition(
        stage.world,
        deployment,
        'Available',
        false,
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
      );
  const before = conditionOf(deployment, 'Progressing');
  const isSettled = replicas === updated && field(before, 'reason') === 'NewReplicaSetAvailable';
  const was = (key: string) => asNumber(dig(deployment, 'status', key)) ?? 0;
  const hasMoved =
    updated > was('updatedReplicas') ||
    replicas - updated < was('replicas') - was('updatedReplicas') ||
    ready > was('readyReplicas') ||
    available > was('availableReplicas');
  const isOverdue = !isPaused && !isDone && !isSettled && !hasMoved && isLate(stage, deployment, before);
  const progress = isPaused
    ? condition(stage.world, deployment, 'Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused')
    : isDone
      ? condition(
          stage.world,
          deployment,
          'Progressing',
          true,
          'NewReplicaSetAvailable',
          `ReplicaSet "${name}" has successfully progressed.`,
        )
      : isOverdue
        ? condition(stage.world, deployment, 'Progressing', false, tooLate, `ReplicaSet "${name}" has timed out progressing.`)
        : condition(stage.world, deployment, 'Progressing', true, 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`);
  const status = {
    observedGeneration: dig(deployment, 'metadata', 'generation') ?? 1,
    ...counts({
      replicas,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: available,
      unavailableReplicas: Math.max(0, all.reduce((total, each) => total + wantedOf(each), 0) - available),
    }),
    terminatingReplicas: 0,
    conditions: renewedConditions(
      stage,
      deployment,
      isPaused ? [progress, availability] : isSettled ? [availability] : [availability, progress],
      isPaused ? failureOf(deployment, []) : failureOf(newest, old),
      hasMoved && !isPaused && !isDone,
    ),
  };
  const revision = newest === undefined || isPaused ? note(deployment, notes.revision) : String(revisionOf(newest));
  keep(stage, resource, deployment, status, revision === '' ? {} : { [notes.revision]: revision });
}

const tooLate = 'ProgressDeadlineExceeded';

/** Whether nothing has moved for too long; where it may yet come to that, the Deployment is looked at again. */
function isLate({ world, again }: Stage, deployment: JsonObject, progress: Json | undefined): boolean {
  const seconds = asNumber(dig(deployment, 'spec', 'progressDeadlineSeconds'));
  const since = timeOf(field(progress, 'lastUpdateTime'));
  if (field(progress, 'reason') === tooLate) return true;
  if (seconds === undefined || since === undefined || field(progress, 'reason') === 'NewReplicaSetAvailable') return false;
  const end = since + (seconds + 1) * 1000;
  if (world.clock.now() >= end) return true;
  again(end);
  return false;
}

/** A condition whose status or reason is another one goes to the end, and so does that of progress where there was some. */
function renewedConditions(
  stage: Stage,
  deployment: JsonObject,
  now: readonly JsonObject[],
  failure: JsonObject | undefined,
  hasMoved: boolean,
): readonly Json[] {
  let conditions = asList(dig(deployment, 'status', 'conditions'));
  if (failure === undefined) conditions = conditions.filter((each) => field(each, 'type') !== 'ReplicaFailure');
  for (const condition of failure === undefined ? now : [...now, failure]) {
    const { type, status, reason } = condition;
    const before = conditions.find((each) => field(each, 'type') === type);
    if (field(before, 'status') === status && field(before, 'reason') === reason && !(hasMoved && type === 'Progressing')) continue;
    const now = hasMoved && type === 'Progressing' ? { ...condition, lastUpdateTime: timestamp(stage.world.clock.now()) } : condition;
    conditions = [...conditions.filter((each) => each !== before), now];
  }
  return conditions;
}

/** What the newest set says of pods that could not be made, else what an old one says. */
function failureOf(newest: JsonObject | undefined, old: readonly JsonObject[]): JsonObject | undefined {
  const all = newest === undefined ? old : [newest, ...old];
  const said = all.flatMap((set) => asList(dig(set, 'status', 'conditions'))).find((each) => field(each, 'type') === 'ReplicaFailure');
  return said === undefined ? undefined : { ...asObject(said), lastUpdateTime: field(said, 'lastTransitionTime') ?? '' };
}
