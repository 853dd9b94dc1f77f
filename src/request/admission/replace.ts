// Puts another object in the place of one that others hold.

import { type Struct, set } from '../../kube/schema/defaults/struct.ts';

export function replaceObject(object: Struct, next: Struct): void {
  for (const key of Object.keys(object)) delete object[key];
  for (const [key, value] of Object.entries(next)) if (value !== undefined) set(object, key, value);
}
