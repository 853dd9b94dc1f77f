// How much of a device that several may share a request takes, and whether that much is left (DRAConsumableCapacity, 1.36). A device for one alone
// gives everything it has; asked for an amount it must have at least that.

import { addQuantities, compareQuantities, type Quantity, quantityIn } from '../../../kube/quantity.ts';
import { asObject, dig, isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { amountsIn, count } from '../../admission/amounts.ts';

export type Consumed = ReadonlyMap<string, Quantity>;

/** True where the device has what a request asks for, beside what was given away before and is being given away now. */
export function hasCapacity(device: JsonObject, asked: Consumed, before: Consumed | undefined, now: Consumed | undefined): boolean {
  const capacity = asObject(device.capacity);
  if ([...asked.keys()].some((name) => !Object.hasOwn(capacity, name))) return false;
  return Object.entries(capacity).every(([name, one]) => {
    const takes = taken(asked.get(name), one);
    if (violates(takes, dig(one, 'requestPolicy'))) return false;
    const sum = [before?.get(name), now?.get(name)].reduce<Quantity>(
      (all, each) => (each === undefined ? all : addQuantities(all, each)),
      takes,
    );
    return compareQuantities(sum, amount(one, 'value') ?? count(0)) <= 0;
  });
}

/** What a request takes of each capacity of a device. */
export function consumed(device: JsonObject, asked: Consumed): Consumed {
  return new Map(Object.entries(asObject(device.capacity)).map(([name, one]) => [name, taken(asked.get(name), one)]));
}

function taken(asked: Quantity | undefined, capacity: Json | undefined): Quantity {
  if (asked === undefined) return amount(capacity, 'requestPolicy', 'default') ?? amount(capacity, 'value') ?? count(0);
  const least = amount(capacity, 'requestPolicy', 'validRange', 'min');
  if (least !== undefined) return inSteps(asked, least, amount(capacity, 'requestPolicy', 'validRange', 'step'));
  return validValues(capacity).find((value) => compareQuantities(asked, value) <= 0) ?? asked;
}

function inSteps(asked: Quantity, least: Quantity, step: Quantity | undefined): Quantity {
  if (compareQuantities(asked, least) < 0) return least;
  if (step === undefined || quantityIn(step) <= 0n) return asked;
  const [from, by] = [quantityIn(least), quantityIn(step)];
  const steps = (quantityIn(asked) - from + by - 1n) / by;
  return { mantissa: from + by * steps, exponent: 0, format: 'binary' };
}

function violates(amountOf: Quantity, policy: Json | undefined): boolean {
  if (!isObject(policy)) return false;
  const standard = amount(policy, 'default');
  if (standard !== undefined && compareQuantities(amountOf, standard) === 0) return false;
  const most = amount(policy, 'validRange', 'max');
  const [least, step] = [amount(policy, 'validRange', 'min'), amount(policy, 'validRange', 'step')];
  if (isObject(policy.validRange)) {
    if (most !== undefined && compareQuantities(amountOf, most) > 0) return true;
    return step !== undefined && quantityIn(step) > 0n && (quantityIn(amountOf) - quantityIn(least ?? count(0))) % quantityIn(step) !== 0n;
  }
  const values = validValues({ requestPolicy: policy });
  return values.length > 0 && !values.some((value) => compareQuantities(value, amountOf) === 0);
}

function validValues(capacity: Json | undefined): readonly Quantity[] {
  const values = dig(capacity, 'requestPolicy', 'validValues');
  return Array.isArray(values) ? values.flatMap((value) => amount({ value }, 'value') ?? []) : [];
}

function amount(holder: Json | undefined, ...path: readonly string[]): Quantity | undefined {
  return amountsIn({ value: dig(holder, ...path) }).get('value');
}
