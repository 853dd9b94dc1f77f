// JSON merge patch (RFC 7386) over plain JSON: objects are merged, null removes, everything else replaces. Returns a new value that shares
// what did not change.

import { isObject, type Json } from '../../lib/json.ts';

/** Applies a merge patch. `applyMergePatch({ a: 1, b: 2 }, { b: null, c: 3 })` is `{ a: 1, c: 3 }`. */
export function applyMergePatch(value: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(value) ? Object.entries(value) : []);
  for (const [key, change] of Object.entries(patch)) {
    if (change === undefined) continue;
    if (change === null) result.delete(key);
    else result.set(key, applyMergePatch(result.get(key), change));
  }
  return Object.fromEntries(result);
}
