// Numbers that may not be negative or must be above zero, as many kinds have them (k8s.io/apimachinery pkg/api/validation, 1.36), and values
// that may not change.

import type { Json, JsonObject } from '../../lib/json.ts';
import { type FieldError, invalid } from '../fields/error.ts';
import type { Path } from '../fields/path.ts';
import { count } from './read.ts';
import { sameValue } from './semantic.ts';

export function validateNonNegative(value: Json | undefined, path: Path, errors: FieldError[]): void {
  if (count(value) < 0) errors.push(invalid(path, count(value), 'must be greater than or equal to 0'));
}

/** Several such fields of one struct. */
export function validateNonNegatives(holder: JsonObject, fields: readonly string[], path: Path, errors: FieldError[]): void {
  for (const field of fields) if (count(holder[field]) < 0) validateNonNegative(holder[field], path.child(field), errors);
}

export function validatePositive(value: Json | undefined, path: Path, errors: FieldError[]): void {
  if (count(value) <= 0) errors.push(invalid(path, count(value), 'must be greater than zero'));
}

/** A field of an update that must be as it was; `shown` is the value as the message writes it; its type, where it is no scalar. */
export function validateImmutable(
  value: Json | undefined,
  old: Json | undefined,
  path: Path,
  errors: FieldError[],
  shown: Json | undefined = value,
  type?: string,
): void {
  if (!sameValue(value, old, type)) errors.push(invalid(path, shown ?? null, 'field is immutable'));
}
