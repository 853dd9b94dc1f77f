// What a step changed in an object, as JSON pointers: the answer to "who put this here?".

import { isObject, type Json, sameJson } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';

export interface Change {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: Json;
}

const most = 200;

/** The changes that turn one value into another; members of lists are compared by place. */
export function changesBetween(before: Json | undefined, after: Json | undefined): readonly Change[] {
  const changes: Change[] = [];
  walk(before, after, [], changes);
  return changes;
}

function walk(before: Json | undefined, after: Json | undefined, path: readonly (string | number)[], changes: Change[]): void {
  if (changes.length >= most || sameJson(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      walk(own(before, key), own(after, key), [...path, key], changes);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      walk(before[index], after[index], [...path, index], changes);
    return;
  }
  const at = pointer(...path);
  if (before === undefined && after !== undefined) changes.push({ op: 'add', path: at, value: after });
  else if (after === undefined) changes.push({ op: 'remove', path: at });
  else changes.push({ op: 'replace', path: at, value: after });
}

function own(object: { readonly [key: string]: Json | undefined }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
