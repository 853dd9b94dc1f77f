// Ratcheting (KEP-4008): an update does not answer for what it leaves as it was. An error within a value that equals the stored one is dropped;
// members of lists belong together by their keys alone, those of sets and plain lists never do
// (apiextensions-apiserver/pkg/apiserver/validation/ratcheting.go, 1.36).

import { atIndex, atKey, type Correlation, isUnchanged } from '../../languages/cel/crd/correlation.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { FieldError } from '../fields/error.ts';

/** The errors that an update answers for; `source` is the schema of the value as it is written. */
export function ratcheted(errors: readonly FieldError[], value: Json, old: Json, source: JsonObject): readonly FieldError[] {
  return errors.filter((error) => !isUntouched(stepsOf(error), { now: value, old, schema: source }));
}

/** The way to the value that has the fault: of a missing field, what it is missing from. */
function stepsOf({ field: at, type, detail = '' }: FieldError): readonly string[] {
  // Errors of alternatives and of whole numbers name their place in their words alone.
  const path = at === '<nil>' ? (/^"([^"]*)" must /.exec(detail)?.[1] ?? /^Checked value .* in (\S*)$/.exec(detail)?.[1] ?? '') : at;
  const steps = [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, inBrackets, name]) => inBrackets ?? name ?? '');
  return type === 'FieldValueRequired' ? steps.slice(0, -1) : steps;
}

function isUntouched(steps: readonly string[], whole: Correlation): boolean {
  let at: Correlation | undefined = whole;
  for (const step of steps) {
    at = Array.isArray(at.now) ? atIndex(at, Number(step)) : atKey(at, step);
    if (at === undefined) return false;
    if (isUnchanged(at)) return true;
  }
  return false;
}
