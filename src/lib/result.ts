// A value or the problem that stands in its place. Expected failures travel as values; `throw` is for bugs.

import type { Problem } from './problem.ts';

export type Result<T, E = Problem> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: E };

/** A success. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** An expected failure. */
export function failure<E>(problem: E): { readonly ok: false; readonly problem: E } {
  return { ok: false, problem };
}
