// Jobs whose pods have indexes: what such a pod knows of itself, and which of them are enough (pkg/controller/job/{indexed_job_utils,
// success_policy}.go, 1.36).

import { nameOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { makePod, type Stage } from './stage.ts';

const indexKey = 'batch.kubernetes.io/job-completion-index';

export function indexOf(pod: JsonObject): string | undefined {
  return asString(dig(pod, 'metadata', 'annotations', indexKey));
}

/** A pod that knows which one it is: by its name, an annotation, a label and a variable. */
export function makeIndexed(stage: Stage, job: JsonObject, index: number, metadata: JsonObject): string | undefined {
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
  const named = { ...metadata, generateName: `${nameOf(job)}-${index}-`, labels: own, annotations: own };
  return makePod(stage, 'job-controller', job, named, spec);
}

/** `ranges([0, 1, 3, 4, 5])` is `0,1,3-5`. */
export function ranges(given: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const each of [...given].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === each - 1) last[1] = each;
    else runs.push([each, each]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`)).join(',');
}

/** The first rule of the Job's success policy that these pods fulfil. */
export function isMatched(job: JsonObject, done: readonly JsonObject[]): number | undefined {
  if (done.length === 0) return undefined;
  const indexes = new Set(done.map((pod) => Number(indexOf(pod))));
  const found = asList(dig(job, 'spec', 'successPolicy', 'rules')).findIndex((rule) => {
    const count = asNumber(field(rule, 'succeededCount'));
    const asked = asString(field(rule, 'succeededIndexes'));
    if (asked === undefined) return count !== undefined && indexes.size >= count;
    const parts = asked.split(',').map((part) => part.split('-').map(Number));
    const wanted = parts.reduce((sum, [from = 0, to = from]) => sum + to - from + 1, 0);
    const there = [...indexes].filter((index) => parts.some(([from = 0, to = from]) => index >= from && index <= to)).length;
    return there >= (count ?? wanted);
  });
  return found < 0 ? undefined : found;
}
