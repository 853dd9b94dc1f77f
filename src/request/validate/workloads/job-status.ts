// The status of a Job: counters that only grow, conditions that do not contradict each other (KEP-4368; kubernetes pkg/apis/batch/validation and
// pkg/registry/batch/job, 1.36). Most rules are asked only where what they speak of changed.

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { validateNonNegatives } from '../numbers.ts';
import { count, given, number, object, objects, size, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import { countIndexes, overlapOf } from './indexes.ts';
import { plainInvalid } from './job-policies.ts';

const path = fieldPath('status');

export function isConditionTrue(status: JsonObject, type: string): boolean {
  return objects(status.conditions).some((condition) => condition.type === type && condition.status === 'True');
}

function isFinished(status: JsonObject): boolean {
  return isConditionTrue(status, 'Complete') || isConditionTrue(status, 'Failed');
}

export function validateJobStatus(job: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const spec = struct(job.spec);
  const now = struct(job.status);
  const before = struct(old.status);
  validateNonNegatives(now, ['active', 'succeeded', 'failed', 'ready', 'terminating'], path, errors);
  validateUncounted(now, errors);
  validateConditions(spec, now, before, errors);
  validateTimes(spec, now, before, errors);
  validateFinished(spec, now, before, errors);
  validateIndexes(spec, now, before, errors);
  const changed = (field: string) => !sameValue(now[field], before[field]);
  if ((changed('ready') || changed('active')) && given(now.ready) && count(now.ready) > count(now.active))
    errors.push(invalid(path.child('ready'), count(now.ready), 'cannot set more ready pods than active'));
  if (count(now.failed) < count(before.failed))
    errors.push(invalid(path.child('failed'), count(now.failed), 'cannot decrease the failed counter'));
  const elastic = spec.completionMode === 'Indexed' && given(spec.completions) && spec.completions === spec.parallelism;
  if (!elastic && count(now.succeeded) < count(before.succeeded))
    errors.push(invalid(path.child('succeeded'), count(now.succeeded), 'cannot decrease the succeeded counter'));
}

function validateUncounted(now: JsonObject, errors: FieldError[]): void {
  const uncounted = object(now.uncountedTerminatedPods);
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'])
    for (const [position, uid] of texts(uncounted?.[list]).entries()) {
      const at = path.child('uncountedTerminatedPods', list).index(position);
      if (uid === '') errors.push(invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(duplicate(at, uid));
      else seen.add(uid);
    }
}

function validateConditions(spec: JsonObject, now: JsonObject, before: JsonObject, errors: FieldError[]): void {
  const is = (type: string) => isConditionTrue(now, type);
  const was = (type: string) => isConditionTrue(before, type);
  const turned = (type: string) => is(type) !== was(type);
  const refuse = (why: string) => errors.push(plainInvalid(path.child('conditions'), why));
  if ((turned('Complete') || turned('Failed')) && is('Complete') && is('Failed'))
    refuse('cannot set Complete=True and Failed=true conditions');
  if ((turned('Complete') || turned('FailureTarget')) && is('Complete') && is('FailureTarget'))
    refuse('cannot set Complete=True and FailureTarget=true conditions');
  if ((turned('Failed') || !sameValue(now.failedIndexes, before.failedIndexes)) && is('Failed') && !is('FailureTarget'))
    refuse('cannot set Failed=True condition without the FailureTarget=true condition');
  if ((turned('Complete') || turned('SuccessCriteriaMet')) && is('Complete') && !is('SuccessCriteriaMet'))
    refuse('cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  if (is('SuccessCriteriaMet') && is('Failed')) refuse('cannot set SuccessCriteriaMet=True and Failed=true conditions');
  if (is('SuccessCriteriaMet') && is('FailureTarget')) refuse('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  if (given(spec.successPolicy) && !is('SuccessCriteriaMet') && is('Complete'))
    refuse('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (was(type) && !is(type)) refuse(`cannot disable the terminal ${type}=True condition`);
  if (was('SuccessCriteriaMet') && !is('SuccessCriteriaMet')) refuse('cannot disable the SuccessCriteriaMet=True condition');
  if (was('Complete') && !was('SuccessCriteriaMet') && is('SuccessCriteriaMet'))
    refuse('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions');
}

function validateTimes(spec: JsonObject, now: JsonObject, before: JsonObject, errors: FieldError[]): void {
  const complete = isConditionTrue(now, 'Complete');
  const completed = given(now.completionTime);
  const timeChanged = !sameValue(now.completionTime, before.completionTime, '*time');
  const startChanged = !sameValue(now.startTime, before.startTime, '*time');
  const at = path.child('completionTime');
  if (complete !== isConditionTrue(before, 'Complete') || timeChanged) {
    if (completed && !complete)
      errors.push(invalid(at, now.completionTime, 'cannot set completionTime when there is no Complete=True condition'));
    if (!completed && complete) errors.push(required(at, 'completionTime is required for Complete jobs'));
  }
  if ((startChanged || timeChanged) && completed && given(now.startTime) && text(now.completionTime) < text(now.startTime))
    errors.push(invalid(at, now.completionTime, 'must be equal to or after `startTime`'));
  if (completed && given(before.completionTime) && timeChanged) errors.push(invalid(at, now.completionTime, 'field is immutable'));
  const resuming =
    isConditionTrue(before, 'Suspended') && objects(now.conditions).some((each) => each.type === 'Suspended' && each.status === 'False');
  if (startChanged && !resuming && given(before.startTime) && spec.suspend !== true)
    errors.push(invalid(path.child('startTime'), now.startTime ?? null, 'field is immutable for unsuspended job once set'));
}

function validateFinished(spec: JsonObject, now: JsonObject, before: JsonObject, errors: FieldError[]): void {
  if (!isFinished(now)) return;
  const turned = !isFinished(before);
  const changed = (field: string) => turned || !sameValue(now[field], before[field]);
  if (changed('active') && count(now.active) > 0)
    errors.push(invalid(path.child('active'), count(now.active), 'active>0 is invalid for finished job'));
  const empty = spec.suspend === true && spec.completions === 0;
  if (changed('startTime') && !empty && !given(now.startTime))
    errors.push(required(path.child('startTime'), 'startTime is required for finished job'));
  const uncounted = object(now.uncountedTerminatedPods);
  if (changed('uncountedTerminatedPods') && size(uncounted?.failed) + size(uncounted?.succeeded) > 0)
    errors.push(
      invalid(
        path.child('uncountedTerminatedPods'),
        asInternal(uncounted, '*batch.UncountedTerminatedPods'),
        'must be empty for finished job',
      ),
    );
  if (changed('terminating') && count(now.terminating) > 0)
    errors.push(invalid(path.child('terminating'), count(now.terminating), 'terminating>0 is invalid for finished job'));
}

function validateIndexes(spec: JsonObject, now: JsonObject, before: JsonObject, errors: FieldError[]): void {
  const completed = text(now.completedIndexes);
  const failed = text(now.failedIndexes);
  const completions = number(spec.completions);
  const completedChanged = completed !== text(before.completedIndexes);
  const failedChanged = !sameValue(now.failedIndexes, before.failedIndexes);
  const perIndex = given(spec.backoffLimitPerIndex);
  const read = (field: string, list: string) => {
    const counted = countIndexes(list, completions ?? 0);
    if (typeof counted === 'string') errors.push(invalid(path.child(field), list, `error parsing ${field}: ${counted}`));
  };
  if (completedChanged && completions !== undefined) read('completedIndexes', completed);
  if (failedChanged && completions !== undefined && perIndex && given(now.failedIndexes)) read('failedIndexes', failed);
  if (completedChanged && completed !== '' && spec.completionMode !== 'Indexed')
    errors.push(
      invalid(path.child('completedIndexes'), completed, 'cannot set non-empty completedIndexes when non-indexed completion mode'),
    );
  if (!given(now.failedIndexes)) return;
  if (failedChanged && !perIndex)
    errors.push(invalid(path.child('failedIndexes'), failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  const overlap = completions === undefined || !(failedChanged || completedChanged) ? undefined : overlapOf(completed, failed, completions);
  if (overlap !== undefined)
    errors.push(invalid(path.child('failedIndexes'), failed, `failedIndexes and completedIndexes overlap at index: ${overlap}`));
}
