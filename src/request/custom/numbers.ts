// Numbers of a custom resource against the limits of its schema, as kube-openapi checks them: a limit that the type of the schema cannot have is
// an error of its own, whole numbers are compared with limits that lost their fraction (k8s.io/kube-openapi/pkg/validation/validate/values.go and
// validator.go, 1.36).

import type { Schema } from '../../kube/schema/schema.ts';
import { type FieldError, invalid } from '../fields/error.ts';
import { goNumber, isInt64 } from '../fields/go-text.ts';

/** Formats that bound the numbers of a type. */
const bounding: Readonly<Partial<Record<string, readonly string[]>>> = { integer: ['int32', 'int64'], number: ['float', 'double'] };
const largestFloat = 3.4028235677973366e38;

/** The errors of a number; `at` is the field they name, `path` the place their words name. */
export function numberErrors(value: number, schema: Schema, path: string, at: string): readonly FieldError[] {
  const { multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema.limits ?? {};
  const errors: FieldError[] = [];
  const outOfRange = (number: number, what: string): boolean => {
    const complaint = rangeComplaint(number, schema);
    if (complaint !== undefined) errors.push(invalid('<nil>', '', `${what} value must be of type ${complaint} in ${path}`));
    return complaint !== undefined;
  };
  const say = (limit: number, words: string, shown: number = value) =>
    errors.push(invalid(at, shown, `${words.startsWith('factor') ? words : `${path} in body should be ${words}`}${goNumber(limit)}`));
  outOfRange(value, 'Checked');
  // Whole numbers are compared with whole numbers, unless the limit is none that the type could have.
  const against = (limit: number, isOdd: boolean): number => (isInt64(value) && !isOdd ? Math.trunc(limit) : limit);
  if (multipleOf !== undefined) {
    const factor = against(multipleOf, outOfRange(multipleOf, 'MultipleOf'));
    if (factor <= 0) say(factor, `factor MultipleOf declared for ${path} must be positive: `, factor);
    else if (!isMultiple(value, factor)) say(factor, 'a multiple of ');
  }
  if (minimum !== undefined) {
    const limit = against(minimum, outOfRange(minimum, 'Minimum boundary'));
    if (exclusiveMinimum === true ? value <= limit : value < limit)
      say(limit, `greater than ${exclusiveMinimum === true ? '' : 'or equal to '}`);
  }
  if (maximum !== undefined) {
    const limit = against(maximum, outOfRange(maximum, 'Maximum boundary'));
    if (exclusiveMaximum === true ? value >= limit : value > limit)
      say(limit, `less than ${exclusiveMaximum === true ? '' : 'or equal to '}`);
  }
  return errors;
}

/** What a number should be that the type and format of a schema cannot have. */
function rangeComplaint(value: number, { type, intOrString, format = '' }: Schema): string | undefined {
  if (intOrString === true || (type !== 'integer' && type !== 'number')) return undefined;
  const known = bounding[type]?.includes(format) === true ? format : '';
  const fits =
    type === 'integer'
      ? isInt64(value) && (known !== 'int32' || (value >= -(2 ** 31) && value < 2 ** 31))
      : known !== 'float' || Math.abs(value) < largestFloat;
  return fits ? undefined : `${type} ${known === '' ? '(default format)' : `with format ${known}`}`;
}

function isMultiple(value: number, factor: number): boolean {
  if (isInt64(value) && Number.isInteger(factor)) return value % factor === 0;
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  if (Math.abs(times) > Number.MAX_SAFE_INTEGER) return false;
  const whole = Math.trunc(times);
  if (times === whole) return true;
  // A quotient is whole that is so but for the last digits of a division.
  return times > 0 && whole !== 0 && (times - whole) / (times + whole) < 1e-9;
}
