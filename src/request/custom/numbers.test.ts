import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema } from '../../kube/schema/schema.ts';
import { fieldErrorBody } from '../fields/error.ts';
import { numberErrors } from './numbers.ts';

const rows: readonly (readonly [what: string, value: number, schema: Schema, errors: readonly string[]])[] = [
  ['a number within its limits', 3, { type: 'integer', limits: { minimum: 1, maximum: 3 } }, []],
  [
    'a limit that the type cannot have is an error of every value, and holds',
    1,
    { type: 'integer', limits: { minimum: 1.5 } },
    [
      'Invalid value: "": Minimum boundary value must be of type integer (default format) in spec.n',
      'Invalid value: 1: spec.n in body should be greater than or equal to 1.5',
    ],
  ],
  ['whole numbers are compared with the whole part of a limit', 2, { type: 'number', limits: { minimum: 2.5 } }, []],
  [
    'so that a small factor is none',
    2,
    { type: 'number', limits: { multipleOf: 0.5 } },
    ['Invalid value: 0: factor MultipleOf declared for spec.n must be positive: 0'],
  ],
  [
    'large limits have an exponent',
    2.5,
    { type: 'number', limits: { minimum: 1e20 } },
    ['Invalid value: 2.5: spec.n in body should be greater than or equal to 1e+20'],
  ],
  [
    'a number beyond 32 bits',
    2 ** 31,
    { type: 'integer', format: 'int32' },
    ['Invalid value: "": Checked value must be of type integer with format int32 in spec.n'],
  ],
];

for (const [what, value, schema, errors] of rows)
  test(what, () => {
    assert.deepEqual(numberErrors(value, schema, 'spec.n', 'spec.n').map(fieldErrorBody), errors);
  });
