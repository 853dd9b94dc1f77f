// Jobs, played: as many pods as are wanted at once, which succeed as soon as they run.

import { asList, asNumber, dig, type JsonObject } from '../../../lib/json.ts';
import { timestamp } from '../world.ts';
import { condition, counts, keep, makePod, nameOf, ownedBy, pods, type Stage } from './stage.ts';

const jobs = { group: 'batch', resource: 'jobs' };

/** Its pods succeed as soon as they run. */
export function playJob(stage: Stage, job: JsonObject): void {
  if (dig(job, 'status', 'completionTime') !== undefined) return;
  if (dig(job, 'spec', 'suspend') === true) {
    if (asList(dig(job, 'status', 'conditions')).length > 0) return;
    const suspended = { ...condition(job, 'Suspended', true, 'JobSuspended', 'Job suspended', false), lastProbeTime: timestamp() };
    stage.recorder.note(job, { component: 'job-controller', type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
    keep(stage, jobs, job, { conditions: [suspended], ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    return;
  }
  const wanted = asNumber(dig(job, 'spec', 'completions')) ?? 1;
  for (let missing = wanted - ownedBy(stage, pods, job).length; missing > 0; missing--)
    if (!makePod(stage, 'job-controller', job, { generateName: `${nameOf(job)}-` })) break;
  const found = ownedBy(stage, pods, job);
  const done = found.filter((pod) => dig(pod, 'status', 'phase') === 'Succeeded').length;
  const startTime = dig(job, 'status', 'startTime') ?? timestamp();
  const isDone = done >= wanted;
  const message = 'Reached expected number of succeeded pods';
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
    ...condition(job, type, true, 'CompletionsReached', message, false),
    lastProbeTime: timestamp(),
  }));
  if (isDone) stage.recorder.note(job, { component: 'job-controller', type: 'Normal', reason: 'Completed', message: 'Job completed' });
  const active = found.length - done;
  keep(stage, jobs, job, {
    ...(isDone ? { completionTime: timestamp(), conditions } : {}),
    startTime,
    ...counts({ active, succeeded: done }),
    ready: 0,
    terminating: 0,
    uncountedTerminatedPods: {},
  });
}
