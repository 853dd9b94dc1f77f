// podFailurePolicy and successPolicy of Jobs (KEP-3329, KEP-3998; kubernetes pkg/apis/batch/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, notSupported, required, tooLong, tooMany } from '../../fields/error.ts';
import { goList, goQuote } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { qualifiedName } from '../meta/names.ts';
import { validateNonNegative } from '../numbers.ts';
import { byteLength, count, given, number, object, objects, size, struct, text } from '../read.ts';
import { countIndexes } from './indexes.ts';

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

/** An error that shows no value. */
export function plainInvalid(path: Path, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: String(path), detail };
}

function validateChoice(value: string, allowed: readonly string[], path: Path, errors: FieldError[]): void {
  if (value === '') errors.push(required(path, `valid values: ${goList(allowed.map(goQuote))}`));
  else if (!allowed.includes(value)) errors.push(notSupported(path, value, allowed));
}

export function validateFailurePolicy(spec: JsonObject, policy: JsonObject, path: Path, errors: FieldError[]): void {
  const rules = objects(policy.rules);
  if (rules.length > 20) errors.push(tooMany(path.child('rules'), rules.length, 20));
  const podSpec = struct(struct(spec.template).spec);
  const names = new Set([...objects(podSpec.containers), ...objects(podSpec.initContainers)].map((container) => text(container.name)));
  for (const [position, rule] of rules.entries()) {
    const at = path.child('rules').index(position);
    const action = text(rule.action);
    if (action === 'FailIndex') {
      if (!given(spec.backoffLimitPerIndex))
        errors.push(invalid(at.child('action'), action, 'requires the backoffLimitPerIndex to be set'));
    } else validateChoice(action, actions, at.child('action'), errors);
    const codes = object(rule.onExitCodes);
    const conditions = size(rule.onPodConditions) > 0;
    if (codes !== undefined) validateExitCodes(codes, names, at.child('onExitCodes'), errors);
    if (conditions) validateConditions(objects(rule.onPodConditions), at.child('onPodConditions'), errors);
    if (codes !== undefined && conditions)
      errors.push(plainInvalid(at, 'specifying both OnExitCodes and OnPodConditions is not supported'));
    if (codes === undefined && !conditions) errors.push(plainInvalid(at, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
}

function validateConditions(conditions: readonly JsonObject[], path: Path, errors: FieldError[]): void {
  if (conditions.length > 20) errors.push(tooMany(path, conditions.length, 20));
  for (const [position, condition] of conditions.entries()) {
    const at = path.index(position);
    complain(text(condition.type), qualifiedName(text(condition.type)), at.child('type'), errors);
    validateChoice(text(condition.status), statuses, at.child('status'), errors);
  }
}

function validateExitCodes(codes: JsonObject, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  validateChoice(text(codes.operator), operators, path.child('operator'), errors);
  if (given(codes.containerName) && !names.has(text(codes.containerName)))
    errors.push(
      invalid(path.child('containerName'), codes.containerName, 'must be one of the container or initContainer names in the pod template'),
    );
  const at = path.child('values');
  const values = (Array.isArray(codes.values) ? (codes.values as readonly Json[]) : []).map(count);
  if (values.length === 0) errors.push(invalid(at, codes.values ?? null, 'at least one value is required'));
  else if (values.length > 255) errors.push(tooMany(at, values.length, 255));
  const seen = new Set<number>();
  for (const [position, value] of values.entries()) {
    if (codes.operator === 'In' && value === 0) errors.push(invalid(at.index(position), 0, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(at.index(position), value));
    seen.add(value);
  }
  if (values.some((value, position) => position > 0 && (values[position - 1] ?? 0) > value))
    errors.push(invalid(at, values, 'must be ordered'));
}

export function validateSuccessPolicy(spec: JsonObject, policy: JsonObject, path: Path, errors: FieldError[]): void {
  const rules = objects(policy.rules);
  const at = path.child('rules');
  if (rules.length === 0) errors.push(required(at, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > 20) errors.push(tooMany(at, rules.length, 20));
  const completions = number(spec.completions);
  // The real server crashes on a policy without completions; here only what needs them is left out.
  for (const [position, rule] of rules.entries()) validateSuccessRule(rule, completions, at.index(position), errors);
}

function validateSuccessRule(rule: JsonObject, completions: number | undefined, path: Path, errors: FieldError[]): void {
  const needed = number(rule.succeededCount);
  if (needed === undefined && !given(rule.succeededIndexes))
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (given(rule.succeededIndexes)) {
    const indexes = text(rule.succeededIndexes);
    const at = path.child('succeededIndexes');
    if (byteLength(indexes) > 65536) errors.push(tooLong(at, 65536));
    const counted = countIndexes(indexes, completions ?? 0);
    if (typeof counted === 'number') total = counted;
    else if (completions !== undefined) errors.push(invalid(at, indexes, `error parsing succeededIndexes: ${counted}`));
  }
  if (needed === undefined) return;
  const at = path.child('succeededCount');
  validateNonNegative(needed, at, errors);
  if (completions !== undefined && needed > completions)
    errors.push(invalid(at, needed, `must be less than or equal to ${completions} (the number of specified completions)`));
  if (given(rule.succeededIndexes) && needed > total)
    errors.push(
      invalid(at, needed, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`),
    );
}
