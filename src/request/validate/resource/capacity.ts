// What may be asked of a device's capacity that several share (kubernetes pkg/apis/resource/validation, 1.36; KEP-5075): a default, and either
// a few values or a range with a step, all within the capacity.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { addQuantities, type Quantity, quantityIn } from '../../../lib/quantity.ts';
import { type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { amount, compare, shownAmount } from '../amount.ts';
import { given, object, size } from '../read.ts';
import { refuseDuplicates, withinLimit } from './devices.ts';

const maxValues = 10;

/** The policy of one capacity; `shared` where the device may be allocated more than once. */
export function validateRequestPolicy(capacity: JsonObject, shared: boolean, path: Path, errors: FieldError[]): void {
  const policy = object(capacity.requestPolicy);
  if (policy === undefined) return;
  const range = object(policy.validRange);
  const listed = size(policy.validValues) > 0;
  if (!shared) errors.push(forbidden(path, 'allowMultipleAllocations must be true'));
  else if (listed && range !== undefined)
    errors.push(forbidden(path, 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'));
  else if (!given(policy.default)) {
    const kind = listed ? 'validValues' : range === undefined ? '' : 'validRange';
    if (kind !== '') errors.push(required(path.child('default'), `required when ${kind} is defined`));
  } else if (listed) validateValues(policy, amount(capacity.value), path.child('validValues'), errors);
  else if (range !== undefined) validateRange(range, amount(policy.default), amount(capacity.value), path.child('validRange'), errors);
}

function validateValues(policy: JsonObject, capacity: Quantity, path: Path, errors: FieldError[]): void {
  const values = (Array.isArray(policy.validValues) ? policy.validValues : []).map((value: Json) => amount(value));
  const preset = amount(policy.default);
  for (const [position, value] of values.entries()) {
    const before = values[position - 1];
    if (before !== undefined && compare(before, value) > 0)
      errors.push(invalid(path.index(position), shownAmount(value), 'values must be sorted in ascending order'));
  }
  const read = withinLimit(values.length, maxValues, path, errors) ? values : [];
  for (const [position, value] of read.entries())
    if (compare(value, capacity) > 0)
      errors.push(invalid(path.index(position), shownAmount(value), `option is larger than capacity value: ${shownAmount(capacity)}`));
  refuseDuplicates(
    read.map((value) => String(quantityIn(value))),
    path,
    errors,
  );
  if (!read.some((value) => compare(value, preset) === 0))
    errors.push(invalid(path, shownAmount(preset), 'default value is not valid according to the requestPolicy'));
}

function validateRange(range: JsonObject, preset: Quantity, capacity: Quantity, path: Path, errors: FieldError[]): void {
  const complain = (field: string, value: Quantity, detail: string) => errors.push(invalid(path.child(field), shownAmount(value), detail));
  if (!given(range.min)) {
    errors.push(required(path.child('min'), 'required when validRange is defined'));
    return;
  }
  const low = amount(range.min);
  const high = given(range.max) ? amount(range.max) : undefined;
  const whole = shownAmount(capacity);
  if (compare(low, capacity) > 0) complain('min', low, `min is larger than capacity value: ${whole}`);
  if (compare(preset, low) < 0) complain('min', preset, `default is less than min: ${shownAmount(low)}`);
  if (high !== undefined) {
    if (compare(low, high) > 0) complain('max', low, `min is larger than max: ${shownAmount(high)}`);
    if (compare(high, capacity) > 0) complain('max', high, `max is larger than capacity value: ${whole}`);
    if (compare(preset, high) > 0) complain('max', preset, `default is more than max: ${shownAmount(high)}`);
  }
  if (!given(range.step)) return;
  const step = amount(range.step);
  const first = addQuantities(low, step);
  if (compare(first, capacity) > 0) complain('step', step, `one step ${shownAmount(first)} is larger than capacity value: ${whole}`);
  for (const value of high === undefined ? [preset] : [preset, high])
    if (!isOnStep(value, low, step))
      complain('step', value, `value is not a multiple of a given step (${shownAmount(step)}) from (${shownAmount(low)})`);
}

/** Steps are counted in whole units; a step of none, which the server divides by, is on no value. */
function isOnStep(value: Quantity, low: Quantity, step: Quantity): boolean {
  const unit = quantityIn(step);
  return unit !== 0n && (quantityIn(value) - quantityIn(low)) % unit === 0n;
}
