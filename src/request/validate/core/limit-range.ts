// LimitRanges: minimum, maximum, defaults and ratios that fit each other (kubernetes pkg/apis/core/validation, 1.36).

import { type Quantity, quantityIn } from '../../../kube/quantity.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { amount, amountOf, amounts, compare, shownAmount } from '../amount.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, qualifiedName } from '../meta/names.ts';
import { validateMetadata } from '../meta/object-meta.ts';
import { mayOvercommit, validateContainerResourceName, validateResourceName } from '../pod/resource-names.ts';
import { objects, size, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const types = ['Pod', 'Container', 'PersistentVolumeClaim'];
const one = amount('1');

function validateType(type: string, path: Path, errors: FieldError[]): void {
  const complaints = qualifiedName(type);
  complain(type, complaints, path, errors);
  if (complaints.length === 0 && !type.includes('/') && !types.includes(type))
    errors.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
}

function validateLimit(limit: JsonObject, seen: Set<string>, path: Path, errors: FieldError[]): void {
  const type = text(limit.type);
  validateType(type, path.child('type'), errors);
  if (seen.has(type)) errors.push(duplicate(path.child('type'), type));
  seen.add(type);
  const ofPods = type === 'Pod';
  const names = new Set<string>();
  const note = (list: string) => {
    for (const [name] of amounts(limit[list])) {
      const at = path.child(list).key(name);
      if (ofPods || type === 'Container') validateContainerResourceName(name, at, errors);
      else validateResourceName(name, at, errors);
      names.add(name);
    }
  };
  note('max');
  note('min');
  for (const list of ['default', 'defaultRequest'])
    if (!ofPods) note(list);
    else if (size(limit[list]) > 0) errors.push(forbidden(path.child(list), "may not be specified when `type` is 'Pod'"));
  if (type === 'PersistentVolumeClaim' && amountOf(limit.min, 'storage') === undefined && amountOf(limit.max, 'storage') === undefined)
    errors.push(required(path.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
  note('maxLimitRequestRatio');
  for (const name of names) validateAmounts(limit, name, ofPods, path, errors);
}

function validateAmounts(limit: JsonObject, name: string, ofPods: boolean, path: Path, errors: FieldError[]): void {
  const min = amountOf(limit.min, name);
  const max = amountOf(limit.max, name);
  const usual = ofPods ? undefined : amountOf(limit.default, name);
  const request = ofPods ? undefined : amountOf(limit.defaultRequest, name);
  const ratio = amountOf(limit.maxLimitRequestRatio, name);
  const refuse = (field: string, value: Quantity, words: string) =>
    errors.push(invalid(path.child(field).key(name), shownAmount(value), words));
  const over = (a: Quantity | undefined, b: Quantity | undefined): boolean => a !== undefined && b !== undefined && compare(a, b) > 0;
  const say = (value: Quantity | undefined) => (value === undefined ? '' : shownAmount(value));
  if (min !== undefined && over(min, max)) refuse('min', min, `min value ${say(min)} is greater than max value ${say(max)}`);
  if (request !== undefined) {
    if (over(min, request))
      refuse('defaultRequest', request, `min value ${say(min)} is greater than default request value ${say(request)}`);
    if (over(request, max))
      refuse('defaultRequest', request, `default request value ${say(request)} is greater than max value ${say(max)}`);
    if (over(request, usual))
      refuse('defaultRequest', request, `default request value ${say(request)} is greater than default limit value ${say(usual)}`);
  }
  if (min !== undefined && over(min, usual)) refuse('default', min, `min value ${say(min)} is greater than default value ${say(usual)}`);
  if (max !== undefined && over(usual, max)) refuse('default', max, `default value ${say(usual)} is greater than max value ${say(max)}`);
  if (ratio !== undefined) validateRatio(ratio, min, max, path.child('maxLimitRequestRatio').key(name), errors);
  if (!mayOvercommit(name) && usual !== undefined && request !== undefined && compare(usual, request) !== 0)
    refuse('defaultRequest', request, `default value ${say(usual)} must equal to defaultRequest value ${say(request)} in ${name}`);
}

function validateRatio(ratio: Quantity, min: Quantity | undefined, max: Quantity | undefined, path: Path, errors: FieldError[]): void {
  const shown = shownAmount(ratio);
  if (compare(ratio, one) < 0) errors.push(invalid(path, shown, `ratio ${shown} is less than 1`));
  if (min === undefined || max === undefined) return;
  const small = [ratio, min, max].every((each) => inGo(each, 0) < 9223372036854775n);
  const power = small ? -3 : 0;
  const most = Number(inGo(max, power)) / Number(inGo(min, power));
  const asked = small ? Number(inGo(ratio, -3)) / 1000 : Number(inGo(ratio, 0));
  if (asked > most) {
    const limit = Number.isFinite(most) ? most.toFixed(6) : '+Inf';
    errors.push(invalid(path, shown, `ratio ${shown} is greater than max/min = ${limit}`));
  }
}

/** The amount in 64 bits, as the server computes with it: what does not fit is none, or, of many digits, what is left of it. */
function inGo(quantity: Quantity, power: number): bigint {
  const amount = quantityIn(quantity, power);
  const kept = BigInt.asIntN(64, amount);
  return kept === amount || String(quantity.mantissa).length > 18 ? kept : 0n;
}

function errorsOf(range: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  validateMetadata(range, { namespaced: true, name: dnsSubdomain }, errors);
  for (const [position, limit] of objects(struct(range.spec).limits).entries())
    validateLimit(limit, seen, fieldPath('spec', 'limits').index(position), errors);
  return errors;
}

export const limitRange: Validator = { create: errorsOf, update: errorsOf };
