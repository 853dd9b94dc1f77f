// Jobs, played: as many pods at once as may be, with their indexes where they have some, which succeed as soon as they run.

import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
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
  const parallelism = asNumber(dig(job, 'spec', 'parallelism')) ?? 1;
  const completions = asNumber(dig(job, 'spec', 'completions'));
  const isIndexed = dig(job, 'spec', 'completionMode') === 'Indexed';
  const hasSucceeded = (pod: JsonObject) => dig(pod, 'status', 'phase') === 'Succeeded';
  const before = ownedBy(stage, pods, job);
  const ended = before.filter(hasSucceeded).length;
  const left = completions === undefined ? (ended > 0 ? 0 : parallelism) : completions - ended;
  const taken = new Set(before.map(indexOf));
  let index = 0;
  for (let missing = Math.min(parallelism, left) - (before.length - ended); missing > 0; missing--) {
    while (taken.has(String(index))) index++;
    const why = isIndexed ? makeIndexed(stage, job, index++) : makePod(stage, 'job-controller', job, { generateName: `${nameOf(job)}-` });
    if (why !== undefined) break;
  }
  const found = ownedBy(stage, pods, job);
  const done = found.filter(hasSucceeded).length;
  const startTime = dig(job, 'status', 'startTime') ?? timestamp();
  const isDone = completions === undefined ? done > 0 && done === found.length : done >= completions;
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
    ...(isIndexed && done > 0 ? { completedIndexes: ranges(found.filter(hasSucceeded).map((pod) => Number(indexOf(pod)))) } : {}),
    ready: 0,
    terminating: 0,
    uncountedTerminatedPods: {},
  });
}

const indexKey = 'batch.kubernetes.io/job-completion-index';

function indexOf(pod: JsonObject): string | undefined {
  return asString(dig(pod, 'metadata', 'annotations', indexKey));
}

/** A pod that knows which one it is: by its name, an annotation, a label and a variable. */
function makeIndexed(stage: Stage, job: JsonObject, index: number): string | undefined {
  const template = asObject(dig(job, 'spec', 'template'));
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexKey}']` } } };
  const knowing = (list: Json | undefined) =>
    asList(list).map((each) => ({ ...asObject(each), env: [...asList(field(each, 'env')), variable] }));
  const { containers, initContainers } = asObject(template.spec);
  const spec = {
    hostname: `${nameOf(job)}-${index}`,
    containers: knowing(containers),
    ...(initContainers === undefined ? {} : { initContainers: knowing(initContainers) }),
  };
  const own = { [indexKey]: String(index) };
  return makePod(stage, 'job-controller', job, { generateName: `${nameOf(job)}-${index}-`, labels: own, annotations: own }, spec);
}

/** `ranges([0, 1, 3, 4, 5])` is `0,1,3-5`. */
function ranges(given: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const each of [...given].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === each - 1) last[1] = each;
    else runs.push([each, each]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`)).join(',');
}
