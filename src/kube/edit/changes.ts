// The small changes that lead from one value to another, so that replacing an object touches only the fields that differ.

import { isObject, type Json, sameJson } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';

/** A change of one place; add means insert in lists. */
export type Change =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** Changes that turn `before` into `after`, to be made one after another; what has nothing in common is replaced whole. */
export function changesBetween(before: Json, after: Json, path: string): readonly Change[] {
  if (sameJson(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (!isObject(before) || !isObject(after)) return [{ op: 'replace', path, value: after }];
  const common = Object.keys(before).filter((key) => Object.hasOwn(after, key));
  if (common.length === 0) return [{ op: 'replace', path, value: after }];
  const changes: Change[] = [];
  for (const key of common) changes.push(...changesBetween(before[key] ?? null, after[key] ?? null, path + pointer(key)));
  for (const [key, value] of Object.entries(after))
    if (!Object.hasOwn(before, key)) changes.push({ op: 'add', path: path + pointer(key), value: value ?? null });
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.push({ op: 'remove', path: path + pointer(key) });
  return changes;
}

function listChanges(before: readonly Json[], after: readonly Json[], path: string): readonly Change[] {
  if (before.length === 0 || after.length === 0) return [{ op: 'replace', path, value: after }];
  let start = 0;
  while (start < Math.min(before.length, after.length) && sameJson(before[start], after[start])) start++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - start;
  while (tail < most && sameJson(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  const changes: Change[] = [];
  const pairs = most - tail;
  for (let index = start; index < start + pairs; index++)
    changes.push(...changesBetween(before[index] ?? null, after[index] ?? null, path + pointer(index)));
  for (let index = start + pairs; index < after.length - tail; index++)
    changes.push({ op: 'add', path: path + pointer(index), value: after[index] ?? null });
  for (let index = before.length - tail - 1; index >= start + pairs; index--) changes.push({ op: 'remove', path: path + pointer(index) });
  return changes;
}
