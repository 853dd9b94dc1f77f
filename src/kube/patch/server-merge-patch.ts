// JSON merge patches as the API server applies them (gopkg.in/evanphx/json-patch.v4 4.13, merge.go; Kubernetes 1.36): as RFC 7386 has it, and what
// is new loses nulls within lists too; only what takes the place of an object keeps them.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';

/** Applies a merge patch to an object. `applyServerMergePatch({ a: {} }, { b: [{ c: null }] })` is `{ a: {}, b: [{}] }`. */
export function applyServerMergePatch(object: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(object));
  for (const [key, change] of Object.entries(patch)) {
    if (change === undefined) continue;
    const before = result.get(key);
    if (change === null) result.delete(key);
    else if (!isObject(before)) result.set(key, withoutNulls(change));
    else result.set(key, isObject(change) ? applyServerMergePatch(before, change) : change);
  }
  return Object.fromEntries(result);
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withoutNulls(item));
  if (!isObject(value)) return value;
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) if (item !== null && item !== undefined) kept.push([key, withoutNulls(item)]);
  return Object.fromEntries(kept);
}
