// The JSON patch (RFC 6902) that leads from one value to another: object members added, removed and replaced; lists of the same length
// member by member, others as a whole. It is meant for answers of webhooks, so it is right before it is short.

import { isObject, type Json, sameJson } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import type { JsonPatchOperation } from './json-patch.ts';

const maxDepth = 200;

/**
 * The operations, in an order in which they apply.
 *
 * @example `jsonDifference({ a: 1, b: 2 }, { a: 1, c: 3 })` is `[{ op: 'remove', path: '/b' }, { op: 'add', path: '/c', value: 3 }]`
 */
export function jsonDifference(before: Json, after: Json): readonly JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  compare(before, after, [], operations);
  return operations;
}

function compare(before: Json, after: Json, path: readonly (string | number)[], operations: JsonPatchOperation[]): void {
  if (before === after) return;
  if (path.length < maxDepth && isObject(before) && isObject(after)) {
    for (const key of Object.keys(before)) if (after[key] === undefined) operations.push({ op: 'remove', path: pointer(...path, key) });
    for (const [key, value] of Object.entries(after)) {
      if (value === undefined) continue;
      const old = Object.hasOwn(before, key) ? before[key] : undefined;
      if (old === undefined) operations.push({ op: 'add', path: pointer(...path, key), value });
      else compare(old, value, [...path, key], operations);
    }
    return;
  }
  if (path.length < maxDepth && Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (let index = 0; index < after.length; index++) compare(before[index] ?? null, after[index] ?? null, [...path, index], operations);
    return;
  }
  if (!sameJson(before, after)) operations.push({ op: 'replace', path: pointer(...path), value: after });
}
