// Numbers that may not be negative or must be above zero, as many kinds have them (k8s.io/apimachinery pkg/api/validation, 1.36), and values
// that may not change.

import { type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { type FieldError, invalid } from '../field-error.ts';
import type { Path } from '../path.ts';
import { count } from './read.ts';

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

/** A field of an update that must be as it was; `shown` is the value as the message writes it. */
export function validateImmutable(
  value: Json | undefined,
  old: Json | undefined,
  path: Path,
  errors: FieldError[],
  shown: Json | undefined = value,
): void {
  if (!sameValue(value, old)) errors.push(invalid(path, shown ?? null, 'field is immutable'));
}

/** Equality as Go's semantic equality has it: absent, null and empty lists and maps are the same. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return sameJson(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(value: Json | undefined, depth = 0): Json {
  if (value === undefined || value === null || depth > 100) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((item: Json) => withoutEmpty(item, depth + 1));
  if (typeof value !== 'object') return value;
  const result: Record<string, Json> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    const kept = withoutEmpty(item, depth + 1);
    if (kept !== null) result[key] = kept;
  }
  return result;
}
