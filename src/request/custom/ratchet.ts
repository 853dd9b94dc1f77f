// Ratcheting (KEP-4008): an update does not answer for what it leaves as it was. An error within a value that equals the stored one is dropped;
// members of lists belong together by their keys alone, those of sets and plain lists never do.

import type { Schema } from '../../kube/schema/schema.ts';
import { field, isObject, type Json, sameJson } from '../../lib/json.ts';
import type { FieldError } from '../fields/error.ts';

/** The errors that an update answers for. */
export function ratcheted(errors: readonly FieldError[], value: Json, old: Json, schema: Schema): readonly FieldError[] {
  return errors.filter((error) => !isUntouched(stepsOf(error), value, old, schema));
}

/** The way to the value that has the fault: of a missing field, what it is missing from. */
function stepsOf({ field: at, type, detail = '' }: FieldError): readonly string[] {
  // Errors of alternatives and of whole numbers name their place in their words alone.
  const path = at === '<nil>' ? (/^"([^"]*)" must /.exec(detail)?.[1] ?? /^Checked value .* in (\S*)$/.exec(detail)?.[1] ?? '') : at;
  const steps = [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, inBrackets, name]) => inBrackets ?? name ?? '');
  return type === 'FieldValueRequired' ? steps.slice(0, -1) : steps;
}

function isUntouched(steps: readonly string[], value: Json, old: Json, schema: Schema): boolean {
  let now: Json | undefined = value;
  let before: Json | undefined = old;
  let known: Schema | undefined = schema;
  for (const step of steps) {
    if (Array.isArray(now)) {
      const member: Json | undefined = (now as readonly Json[])[Number(step)];
      before = known?.listType === 'map' ? memberLike(before, member, known.listMapKeys ?? []) : undefined;
      now = member;
      known = known?.items;
    } else {
      now = field(now, step);
      before = field(before, step);
      known = known?.properties?.get(step) ?? known?.additionalProperties;
    }
    if (now === undefined || before === undefined) return false;
    if (sameJson(now, before)) return true;
  }
  return false;
}

function memberLike(list: Json | undefined, member: Json | undefined, keys: readonly string[]): Json | undefined {
  if (!Array.isArray(list) || !isObject(member)) return undefined;
  return (list as readonly Json[]).find((each) => keys.every((key) => sameJson(field(each, key), field(member, key))));
}
