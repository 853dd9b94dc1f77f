import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, fieldErrorBody } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { validateRequestPolicy } from './capacity.ts';

const cases: readonly (readonly [what: string, policy: JsonObject, shared: boolean, errors: readonly string[]])[] = [
  ['a value that is listed', { default: '1', validValues: ['1', '2'] }, true, []],
  ['a range with a step', { default: '1', validRange: { min: '1', max: '5', step: '2' } }, true, []],
  ['a device that nobody shares', { default: '1' }, false, ['p: Forbidden: allowMultipleAllocations must be true']],
  [
    'both',
    { default: '1', validValues: ['1'], validRange: { min: '1' } },
    true,
    ['p: Forbidden: exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'],
  ],
  ['no default', { validValues: ['1'] }, true, ['p.default: Required value: required when validValues is defined']],
  [
    'values out of order, the default not among them',
    { default: '3', validValues: ['2', '1'] },
    true,
    [
      'p.validValues[1]: Invalid value: "1": values must be sorted in ascending order',
      'p.validValues: Invalid value: "3": default value is not valid according to the requestPolicy',
    ],
  ],
  [
    'a step that leaves the capacity',
    { default: '1', validRange: { min: '1', step: '100' } },
    true,
    ['p.validRange.step: Invalid value: "100": one step 101 is larger than capacity value: 10'],
  ],
];

for (const [what, policy, shared, expected] of cases)
  test(`request policy of a capacity of 10: ${what}`, () => {
    const errors: FieldError[] = [];
    validateRequestPolicy({ value: '10', requestPolicy: policy }, shared, fieldPath('p'), errors);
    assert.deepEqual(
      errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`),
      expected,
    );
  });
