// What is wrong with a value, and where: the answer of every validation in this folder.

import type { Json } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';

/**
 * `unknown-field`: the schema has no such field; `wrong-type`: another type, or a text that does not read as its form; `missing`: a required
 * field is absent; `not-allowed`: not one of the allowed values; `duplicate`: two members of a list share what must be unique; `limit`: too
 * long, too short, too large, too many, no match of a pattern; `combination`: none, or more than one, of the alternatives holds.
 */
export type ViolationCode = 'unknown-field' | 'wrong-type' | 'missing' | 'not-allowed' | 'duplicate' | 'limit' | 'combination';

export interface Violation {
  /** JSON pointer of the field; of the field that should be there where it is missing. */
  readonly pointer: string;
  readonly code: ViolationCode;
  readonly message: string;
}

/** Violations beyond this many are not listed: nobody reads them, and hostile input must not make millions. */
export const maxViolations = 100;
/** Deeper values are not walked: no schema of use is that deep, and recursion must end. */
export const maxDepth = 200;

/** Where a walk stands and what it found. The path is a stack, so that a pointer is only written when it is needed. */
export interface Walk {
  readonly path: (string | number)[];
  readonly violations: Violation[];
}

/** Starts a walk at a place within an object. */
export function startWalk(at: readonly (string | number)[] = []): Walk {
  return { path: [...at], violations: [] };
}

/** Notes a violation at the current place, or at a field below it. */
export function violate(walk: Walk, code: ViolationCode, message: string, ...below: readonly (string | number)[]): void {
  if (walk.violations.length < maxViolations) walk.violations.push({ pointer: pointer(...walk.path, ...below), code, message });
}

/** The field at the current place, as people write it: `spec.containers[0].image`. */
export function placeOf(walk: Walk, ...below: readonly (string | number)[]): string {
  let text = '';
  for (const key of [...walk.path, ...below]) text += typeof key === 'number' ? `[${key}]` : text === '' ? key : `.${key}`;
  return text === '' ? 'the object' : text;
}

/** The name of a JSON value's type, with its article. */
export function typeName(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'number':
      return Number.isInteger(value) ? 'a whole number' : 'a number';
    case 'boolean':
      return 'a boolean';
    default:
      return 'a mapping';
  }
}

/** A value as a message may show it: short, on one line. */
export function shown(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
