// Where in a patch a field of the patched object is written. Lists of objects are merged by name (strategic merge patch), so positions in
// the patch's lists are not those of the object's: items are found again by their names.

import { readDocument } from '../kube/yaml/parse.ts';
import { asString, field, type Json } from '../lib/json.ts';
import { pointer, tokens } from '../lib/json-pointer.ts';

/** The pointer in a patch document of the field at `path` of `object`; undefined where the patch does not write it. */
export function pointerInPatch(object: unknown, path: string, patch: string, start: string): string | undefined {
  let here: unknown = object;
  let there = valueAt(readDocument(patch).value, tokens(start));
  const keys: (string | number)[] = [];
  for (const token of tokens(path)) {
    if (Array.isArray(here) && Array.isArray(there)) {
      const item: unknown = here[Number(token)];
      const name = asString(field(item, 'name'));
      const index = name === undefined ? there.indexOf(item) : there.findIndex((other) => field(other, 'name') === name);
      if (index < 0) return undefined;
      keys.push(index);
      here = item;
      there = (there as readonly Json[])[index];
    } else {
      keys.push(token);
      here = field(here, token);
      there = field(there, token);
    }
    if (there === undefined) return undefined;
  }
  return start + pointer(...keys);
}

function valueAt(value: Json | undefined, keys: readonly string[]): Json | undefined {
  let here = value;
  for (const key of keys) here = Array.isArray(here) ? (here as readonly Json[])[Number(key)] : field(here, key);
  return here;
}
