// Conditions in the status of FlowSchemas and PriorityLevelConfigurations.

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { objects, struct, text } from '../read.ts';

/** Each has a type, and no two the same. */
export function validateStatus(holder: JsonObject, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, condition] of objects(struct(holder.status).conditions).entries()) {
    const at = fieldPath('status', 'conditions').index(position).child('type');
    const type = text(condition.type);
    if (seen.has(type)) errors.push(duplicate(at, type));
    seen.add(type);
    if (type === '') errors.push(required(at));
  }
}
