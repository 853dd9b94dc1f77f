// Tolerations, taints' effects, spread constraints, gates: what the scheduler reads besides affinity (kubernetes pkg/apis/core/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import type { Path } from '../../fields/path.ts';
import { hasChange } from '../../release-changes.ts';
import { complain, validateLabelName, validateLabelSelector } from '../meta/labels.ts';
import { decimalInteger, labelValue, qualifiedName } from '../meta/names.ts';
import { validatePositive } from '../numbers.ts';
import { given, object, objects, struct, text, texts } from '../read.ts';
import { validateMatchLabelKeys } from './affinity.ts';
import { checks, type PodOptions } from './options.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTaintEffect(effect: string, path: Path, errors: FieldError[]): void {
  if (!effects.includes(effect)) errors.push(notSupported(path, effect, effects));
}

export function validateTolerations(value: Json | undefined, path: Path, errors: FieldError[], options: PodOptions): void {
  for (const [position, toleration] of objects(value).entries()) {
    const at = path.index(position);
    const key = text(toleration.key);
    const operator = text(toleration.operator);
    const effect = text(toleration.effect);
    if (key !== '') validateLabelName(key, at.child('key'), errors);
    else if (operator !== 'Exists')
      errors.push(
        invalid(at.child('operator'), operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'),
      );
    if (given(toleration.tolerationSeconds) && effect !== 'NoExecute')
      errors.push(invalid(at.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    validateTolerationValue(operator, text(toleration.value), at, errors, options);
    if (effect !== '') validateTaintEffect(effect, at.child('effect'), errors);
  }
}

function validateTolerationValue(operator: string, value: string, path: Path, errors: FieldError[], options: PodOptions): void {
  if (operator === 'Equal' || operator === '') {
    const complaints = labelValue(value);
    if (complaints.length > 0) errors.push(invalid(path.child('operator'), value, complaints.join(';')));
  } else if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(path.child('operator'), value, "value must be empty when `operator` is 'Exists'"));
  } else if ((operator !== 'Lt' && operator !== 'Gt') || !hasChange(options.version, 'comparingTolerations'))
    errors.push(notSupported(path.child('operator'), operator, ['Equal', 'Exists']));
  else if (!options.allowComparingTolerations) errors.push(notSupported(path.child('operator'), operator, ['Equal', 'Exists', 'Lt', 'Gt']));
  else {
    complain(value, decimalInteger(value), path.child('value'), errors);
    const parsed = /^[-+]?[0-9]+$/.test(value) ? BigInt(value) : undefined;
    const why = parsed === undefined ? 'invalid syntax' : BigInt.asIntN(64, parsed) === parsed ? '' : 'value out of range';
    if (why !== '') errors.push(invalid(path.child('value'), value, `strconv.ParseInt: parsing ${goQuote(value)}: ${why}`));
  }
}

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const inclusions = ['Honor', 'Ignore'];

export function validateSpreadConstraints(value: Json | undefined, path: Path, errors: FieldError[], options: PodOptions): void {
  const constraints = objects(value);
  for (const [position, constraint] of constraints.entries()) {
    const at = path.index(position);
    const key = text(constraint.topologyKey);
    const action = text(constraint.whenUnsatisfiable);
    validatePositive(constraint.maxSkew, at.child('maxSkew'), errors);
    if (key === '') errors.push(required(at.child('topologyKey'), 'can not be empty'));
    if (!actions.includes(action)) errors.push(notSupported(at.child('whenUnsatisfiable'), action, actions));
    if (constraints.slice(position + 1).some((other) => text(other.topologyKey) === key && text(other.whenUnsatisfiable) === action))
      errors.push(duplicate(at.child('{topologyKey, whenUnsatisfiable}'), `{${key}, ${action}}`));
    if (given(constraint.minDomains)) {
      validatePositive(constraint.minDomains, at.child('minDomains'), errors);
      if (action !== 'DoNotSchedule')
        errors.push(
          invalid(
            at.child('minDomains'),
            constraint.minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`,
          ),
        );
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const)
      if (given(constraint[field]) && !inclusions.includes(text(constraint[field])))
        errors.push(notSupported(at.child(field), constraint[field], inclusions));
    const merged = checks(options, 'MatchLabelKeysInPodTopologySpreadSelectorMerge');
    // A stored pod that breaks the rule in force is held to the other one.
    if (merged ? !options.violatesMatchLabelKeys : options.violatesUnmergedKeys)
      validateMatchLabelKeys({ ...constraint, mismatchLabelKeys: null }, at, errors);
    else validateUnmergedKeys(constraint, at.child('matchLabelKeys'), errors);
    if (!options.allowInvalidSpreadSelector) validateLabelSelector(constraint.labelSelector, at.child('labelSelector'), errors);
  }
}

/** The rule before keys were merged into the selector, kept for pods that were stored under it. */
function validateUnmergedKeys(constraint: JsonObject, path: Path, errors: FieldError[]): void {
  const keys = texts(constraint.matchLabelKeys);
  if (keys.length === 0) return;
  const selector = object(constraint.labelSelector);
  if (selector === undefined) errors.push(forbidden(path, 'must not be specified when labelSelector is not set'));
  const selected = new Set([
    ...Object.keys(struct(selector?.matchLabels)),
    ...objects(selector?.matchExpressions).map((expression) => text(expression.key)),
  ]);
  for (const [position, key] of keys.entries()) {
    validateLabelName(key, path.index(position), errors);
    if (selected.has(key)) errors.push(invalid(path.index(position), key, 'exists in both matchLabelKeys and labelSelector'));
  }
}

export function validateSchedulingGates(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, gate] of objects(value).entries()) {
    const name = text(gate.name);
    complain(name, qualifiedName(name), path.index(position), errors);
    if (seen.has(name)) errors.push(duplicate(path.index(position), name));
    seen.add(name);
  }
}
