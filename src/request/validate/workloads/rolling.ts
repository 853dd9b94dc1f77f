// Numbers or percentages of rolling updates (kubernetes pkg/apis/apps/validation, 1.36).

import type { Json } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { percent } from '../meta/names.ts';
import { validateNonNegative } from '../numbers.ts';

function percentOf(value: Json | undefined): number | undefined {
  return typeof value === 'string' && percent(value).length === 0 ? Number(value.slice(0, -1)) : undefined;
}

/** The number that a value counts as: percentages as they stand, other texts as Go's Atoi reads them, else 0. */
export function amountOfStep(value: Json | undefined): number {
  const share = percentOf(value);
  if (share !== undefined) return share;
  if (typeof value === 'string') return /^[-+]?[0-9]+$/.test(value) ? Number(value) : 0;
  return typeof value === 'number' ? value : 0;
}

export function validateStep(value: Json | undefined, path: Path, errors: FieldError[]): void {
  if (typeof value === 'string') for (const complaint of percent(value)) errors.push(invalid(path, value, complaint));
  else validateNonNegative(value, path, errors);
}

export function validateAtMostAll(value: Json | undefined, path: Path, errors: FieldError[]): void {
  if ((percentOf(value) ?? 0) > 100) errors.push(invalid(path, value, 'must not be greater than 100%'));
}
