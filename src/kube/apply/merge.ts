// Merging what a client applies into what is stored (structured-merge-diff v6, typed/merge.go): maps and keyed lists merge, everything else is
// taken from the second value where it has one. Merged lists keep the order of the second value, with the first's other members where they
// stood.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, type Shape, shapeOf } from './atom.ts';
import { elementOf } from './items.ts';
import type { PathElement } from './path-element.ts';

/** The merged value; undefined stands for a value that is not there. */
export function merge(left: Json | undefined, right: Json | undefined, atom: Atom): Json | undefined {
  return mergeAs(right === undefined ? shapeOf(atom, left) : shapeOf(atom, right), left, right, atom);
}

function mergeAs(shape: Shape | undefined, left: Json | undefined, right: Json | undefined, atom: Atom): Json | undefined {
  const newest = right === undefined ? left : right;
  if (shape === 'map' && atom.map !== undefined) {
    const ours = isObject(left) ? left : {};
    const theirs = isObject(right) ? right : {};
    if (atom.map.atomic || (isNothing(ours) && isNothing(theirs))) return newest;
    return mergeMaps(ours, theirs, atom.map);
  }
  if (shape === 'list' && atom.list !== undefined) {
    const ours: readonly Json[] = Array.isArray(left) ? left : [];
    const theirs: readonly Json[] = Array.isArray(right) ? right : [];
    if (atom.list.atomic || (ours.length === 0 && theirs.length === 0)) return newest;
    return mergeLists(ours, theirs, atom.list);
  }
  return newest;
}

function isNothing(map: JsonObject): boolean {
  for (const key in map) if (map[key] !== undefined) return false;
  return true;
}

function mergeMaps(left: JsonObject, right: JsonObject, type: MapType): Json | undefined {
  const result: Record<string, Json> = {};
  let isEmpty = true;
  const take = (key: string, ours: Json | undefined, theirs: Json | undefined): void => {
    const atom = type.field(key) ?? type.element;
    const value = atom === undefined ? undefined : merge(ours, theirs, atom);
    if (value === undefined) return;
    isEmpty = false;
    if (key === '__proto__') Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
    else result[key] = value;
  };
  for (const key in left) take(key, left[key], Object.hasOwn(right, key) ? right[key] : undefined);
  for (const key in right) if (!Object.hasOwn(left, key)) take(key, undefined, right[key]);
  return isEmpty ? undefined : result;
}

interface Member {
  readonly element: PathElement;
  readonly value: Json;
}

function mergeLists(left: readonly Json[], right: readonly Json[], type: ListType): Json | undefined {
  const ours = membersOf(left, type);
  const theirs = membersOf(right, type);
  const inLeft = firsts(ours);
  const inRight = firsts(theirs);
  const shared = theirs.filter(({ element }) => inLeft.has(element)).map(({ element }) => element);
  const result: Json[] = [];
  const merged = new Set<PathElement>();
  let nextShared = 0;
  const push = (before: Json | undefined, after: Json | undefined): void => {
    const value = merge(before, after, type.element);
    if (value !== undefined) result.push(value);
  };
  let l = 0;
  let r = 0;
  while (l < ours.length || r < theirs.length) {
    const mine = ours[l];
    const yours = theirs[r];
    if (mine !== undefined && yours !== undefined) {
      if (mine.element === yours.element) {
        merged.add(mine.element);
        push(inLeft.get(mine.element), yours.value);
        l++;
        r++;
        nextShared++;
        continue;
      }
      // A shared member out of turn waits for its place in the second list.
      if (inRight.has(mine.element) && nextShared < shared.length && shared[nextShared] !== mine.element) {
        l++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!inRight.has(mine.element)) {
        push(mine.value, undefined);
        l++;
        continue;
      }
      if (merged.has(mine.element)) l++;
    }
    if (yours !== undefined) {
      merged.add(yours.element);
      push(inLeft.get(yours.element), yours.value);
      r++;
      if (shared[nextShared] === yours.element) nextShared++;
    }
  }
  return result.length === 0 ? undefined : result;
}

function membersOf(list: readonly Json[], type: ListType): readonly Member[] {
  const members: Member[] = [];
  for (const value of list) {
    const element = elementOf(type, value);
    if (element !== undefined) members.push({ element, value });
  }
  return members;
}

/** Members by element; null for those that repeat, which are not merged but replaced. */
function firsts(members: readonly Member[]): ReadonlyMap<PathElement, Json> {
  const result = new Map<PathElement, Json>();
  for (const { element, value } of members) result.set(element, result.has(element) ? null : value);
  return result;
}
