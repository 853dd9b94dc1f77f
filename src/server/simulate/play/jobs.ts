// Jobs, played: as many pods at once as may be, with their indexes where they have some, which succeed as soon as they run; those of a suspended
// Job, or of one beyond its deadline, are taken away (pkg/controller/job, 1.36). Pods never fail here, so that there is no backing off.

import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { deleteAs, dropFinalizer, finalizersOf, put, withoutFinalizer } from '../chores/objects.ts';
import { timestamp } from '../world.ts';
import { bounded } from './bursts.ts';
import { indexOf, isMatched, makeIndexed, ranges } from './job-indexes.ts';
import { condition, counts, dropPod, isReady, keep, makePod, ownedBy, pods, type Stage, timeOf } from './stage.ts';

export const jobKind = { group: 'batch', resource: 'jobs', version: 'v1', namespaced: true };
const tracking = 'batch.kubernetes.io/job-tracking';

/** How a Job has ended; undefined where it has not. */
export function outcomeOf(job: JsonObject): 'Complete' | 'Failed' | undefined {
  const is = (type: string) => conditionsOf(job).some((each) => field(each, 'type') === type && field(each, 'status') === 'True');
  return is('Complete') ? 'Complete' : is('Failed') ? 'Failed' : undefined;
}

export function playJob(stage: Stage, job: JsonObject): void {
  const managedBy = asString(dig(job, 'spec', 'managedBy')) ?? 'kubernetes.io/job-controller';
  if (managedBy !== 'kubernetes.io/job-controller') return;
  if (outcomeOf(job) !== undefined) {
    endIfOld(stage, job);
    return;
  }
  const isSuspended = dig(job, 'spec', 'suspend') === true;
  const end = verdict(stage, job);
  const failed = end === undefined ? [] : activePods(stage, job);
  for (const pod of failed) dropPod(stage, 'job-controller', job, pod);
  if (end === undefined) staff(stage, job, isSuspended);
  report(stage, job, isSuspended, failed.length, end ?? verdict(stage, job));
}

function conditionsOf(job: JsonObject): readonly Json[] {
  return asList(dig(job, 'status', 'conditions'));
}

const hasSucceeded = (pod: JsonObject) => dig(pod, 'status', 'phase') === 'Succeeded';

function activePods(stage: Stage, job: JsonObject): readonly JsonObject[] {
  return ownedBy(stage, pods, job).filter((pod) => !hasSucceeded(pod));
}

/** Makes pods that are missing and takes away those that are too many. */
function staff(stage: Stage, job: JsonObject, isSuspended: boolean): void {
  const parallelism = asNumber(dig(job, 'spec', 'parallelism')) ?? 1;
  const completions = asNumber(dig(job, 'spec', 'completions'));
  const own = ownedBy(stage, pods, job);
  const ended = own.filter(hasSucceeded).length;
  const active = own.length - ended;
  const left = completions === undefined ? (ended > 0 ? active : parallelism) : Math.max(0, completions - ended);
  const wanted = isSuspended ? 0 : Math.min(parallelism, left);
  const most = bounded(stage.recorder, 'job-controller', job, wanted + ended) - ended;
  for (const pod of activePods(stage, job).slice(wanted)) {
    if (!stage.burst.take()) break;
    dropPod(stage, 'job-controller', job, pod);
  }
  const taken = new Set(own.map(indexOf));
  let index = 0;
  for (let missing = most - active; missing > 0 && stage.burst.take(); missing--) {
    while (taken.has(String(index))) index++;
    const held = { finalizers: [tracking] };
    const why =
      dig(job, 'spec', 'completionMode') === 'Indexed'
        ? makeIndexed(stage, job, index++, held)
        : makePod(stage, 'job-controller', job, { generateName: `${nameOf(job)}-`, ...held });
    if (why !== undefined) break;
  }
}

interface Verdict {
  readonly types: readonly [first: string, last: string];
  readonly reason: string;
  readonly message: string;
}

/** How the Job ends now; undefined where it goes on. */
function verdict(stage: Stage, job: JsonObject): Verdict | undefined {
  const completions = asNumber(dig(job, 'spec', 'completions'));
  const own = ownedBy(stage, pods, job);
  const done = own.filter(hasSucceeded);
  const success = ['SuccessCriteriaMet', 'Complete'] as const;
  if (isLate(stage, job)) {
    const message = 'Job was active longer than specified deadline';
    return { types: ['FailureTarget', 'Failed'], reason: 'DeadlineExceeded', message };
  }
  const rule = isMatched(job, done);
  if (rule !== undefined) return { types: success, reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
  const isDone = completions === undefined ? done.length > 0 && done.length === own.length : done.length >= completions;
  if (!isDone || own.length > done.length) return undefined;
  return { types: success, reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
}

/** Whether its time is over; where it is not, it is looked at again when it is. */
function isLate({ world, again }: Stage, job: JsonObject): boolean {
  const seconds = asNumber(dig(job, 'spec', 'activeDeadlineSeconds'));
  const start = timeOf(dig(job, 'status', 'startTime'));
  if (seconds === undefined || start === undefined || dig(job, 'spec', 'suspend') === true) return false;
  const end = start + seconds * 1000;
  if (world.clock.now() >= end) return true;
  again(end);
  return false;
}

function report(stage: Stage, job: JsonObject, isSuspended: boolean, failed: number, end: Verdict | undefined): void {
  const own = ownedBy(stage, pods, job);
  const succeeded = own.filter(hasSucceeded);
  const active = end?.types[1] === 'Failed' ? 0 : own.length - succeeded.length;
  const now = timestamp(stage.world.clock.now());
  const say = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    stage.recorder.note(job, { component: 'job-controller', type, reason, message });
  const said = (type: string, is: boolean, reason: string, message: string): JsonObject => ({
    ...condition(stage.world, job, type, is, reason, message, false),
    lastProbeTime: now,
  });
  let conditions = conditionsOf(job);
  const before = conditions.find((each) => field(each, 'type') === 'Suspended');
  const wasSuspended = field(before, 'status') === 'True';
  const isResumed = end === undefined && wasSuspended && !isSuspended;
  const isPaused = end === undefined && isSuspended && !wasSuspended;
  if (isPaused || isResumed) {
    const words = isPaused ? (['Suspended', 'Job suspended'] as const) : (['Resumed', 'Job resumed'] as const);
    const changed = said('Suspended', isPaused, `Job${words[0]}`, words[1]);
    conditions = before === undefined ? [...conditions, changed] : conditions.map((each) => (each === before ? changed : each));
    say('Normal', words[0], words[1]);
  }
  if (end !== undefined) {
    conditions = [...conditions, ...end.types.map((type) => said(type, true, end.reason, end.message))];
    if (end.types[1] === 'Complete') say('Normal', 'Completed', 'Job completed');
    else say('Warning', end.reason, end.message);
  }
  const startTime = isPaused ? undefined : isResumed ? now : (dig(job, 'status', 'startTime') ?? (isSuspended ? undefined : now));
  const isIndexed = dig(job, 'spec', 'completionMode') === 'Indexed';
  keep(stage, jobKind, stage.world.store.get(jobKind, stage.namespace, nameOf(job)) ?? job, {
    ...(end?.types[1] === 'Complete' ? { completionTime: now } : {}),
    ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
    ...(startTime === undefined ? {} : { startTime }),
    ...counts({ active, succeeded: succeeded.length, failed: (asNumber(dig(job, 'status', 'failed')) ?? 0) + failed }),
    ...(isIndexed && succeeded.length > 0 ? { completedIndexes: ranges(succeeded.map((pod) => Number(indexOf(pod)))) } : {}),
    ready: own.filter((pod) => !hasSucceeded(pod) && isReady(pod)).length,
    terminating: 0,
    uncountedTerminatedPods: {},
  });
  const deadline = asNumber(dig(job, 'spec', 'activeDeadlineSeconds'));
  const begun = timeOf(startTime);
  if (deadline !== undefined && begun !== undefined && end === undefined) stage.again(begun + deadline * 1000);
}

/** A Job that has ended goes when its time to live is over (pkg/controller/ttlafterfinished). */
function endIfOld({ world, again }: Stage, job: JsonObject): void {
  const seconds = asNumber(dig(job, 'spec', 'ttlSecondsAfterFinished'));
  const ended = conditionsOf(job).find((each) => ['Complete', 'Failed'].includes(String(field(each, 'type'))));
  const since = timeOf(field(ended, 'lastTransitionTime'));
  if (seconds === undefined || since === undefined) return;
  const end = since + seconds * 1000;
  if (world.clock.now() >= end) deleteAs(world, 'ttl-after-finished-controller', jobKind, job, 'Foreground');
  else again(end);
}

/** Pods that have ended, or go, or whose Job is gone, are counted: nothing holds them any more. */
export function releaseTracked({ world, namespace }: Stage): void {
  for (const pod of world.store.list(pods, namespace)) {
    if (!finalizersOf(pod).includes(tracking)) continue;
    const uid = field(
      asList(dig(pod, 'metadata', 'ownerReferences')).find((each) => field(each, 'kind') === 'Job'),
      'uid',
    );
    const isThere = world.store.list(jobKind, namespace).some((job) => dig(job, 'metadata', 'uid') === uid);
    if (isGoing(pod)) dropFinalizer(world, pods, pod, tracking);
    else if (hasSucceeded(pod) || !isThere) put(world, pods, withoutFinalizer(pod, tracking));
  }
}
