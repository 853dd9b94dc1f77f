// What the conditions of an object say.

import { asList, dig, field, type Json } from '../../lib/json.ts';

/** The status of a condition: `'True'`, `'False'`; undefined where there is none of the type. */
export function conditionStatus(object: Json | undefined, type: string): Json | undefined {
  const conditions = asList(dig(object, 'status', 'conditions'));
  return field(
    conditions.find((each) => field(each, 'type') === type),
    'status',
  );
}
