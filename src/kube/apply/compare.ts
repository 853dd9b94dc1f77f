// What differs between two values of one type, as sets of fields (structured-merge-diff v6, typed/compare.go).

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { asCompared } from '../schema/defaults/decode.ts';
import { type Atom, type ListType, type MapType, type Shape, shapeOf } from './atom.ts';
import { type FieldSet, setBuilder } from './field-set.ts';
import { elementOf } from './items.ts';
import { fieldElement, type PathElement } from './path-element.ts';

export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

interface Walk {
  readonly removed: ReturnType<typeof setBuilder>;
  readonly modified: ReturnType<typeof setBuilder>;
  readonly added: ReturnType<typeof setBuilder>;
  readonly path: PathElement[];
}

/** Fields that the second value lacks, has with another value, or has alone. */
export function compare(left: Json, right: Json, atom: Atom): Comparison {
  const walk: Walk = { removed: setBuilder(), modified: setBuilder(), added: setBuilder(), path: [] };
  visit(left, right, atom, walk);
  return { removed: walk.removed.set, modified: walk.modified.set, added: walk.added.set };
}

/** Undefined stands for a value that is not there; null is a value. */
function visit(left: Json | undefined, right: Json | undefined, atom: Atom, walk: Walk): void {
  const ours = shapeOf(atom, left);
  const theirs = shapeOf(atom, right);
  let isLeaf: boolean;
  if (right === undefined) isLeaf = visitAs(ours, left, right, atom, walk);
  else {
    if (left !== undefined && ours !== theirs) visitAs(ours, left, right, atom, walk);
    isLeaf = visitAs(theirs, left, right, atom, walk);
  }
  if (isLeaf) return;
  if (left === undefined) walk.added.insert(walk.path);
  else if (right === undefined) walk.removed.insert(walk.path);
}

/** Compares as what the type says; true where the values were compared as a whole. */
function visitAs(shape: Shape | undefined, left: Json | undefined, right: Json | undefined, atom: Atom, walk: Walk): boolean {
  switch (shape) {
    case 'map': {
      const ours = isObject(left) ? left : undefined;
      const theirs = isObject(right) ? right : undefined;
      if (atom.map === undefined || atom.map.atomic || (isNothing(ours) && isNothing(theirs))) return whole(left, right, walk);
      visitKeys(ours, theirs, atom.map, walk);
      return false;
    }
    case 'list': {
      const ours: readonly Json[] = Array.isArray(left) ? left : [];
      const theirs: readonly Json[] = Array.isArray(right) ? right : [];
      if (atom.list === undefined || atom.list.atomic || (ours.length === 0 && theirs.length === 0)) return whole(left, right, walk);
      visitMembers(ours, theirs, atom.list, walk);
      return false;
    }
    case 'scalar':
      return whole(left, right, walk);
    default:
      return false;
  }
}

function isNothing(map: JsonObject | undefined): boolean {
  for (const key in map) if (map[key] !== undefined) return false;
  return true;
}

function whole(left: Json | undefined, right: Json | undefined, walk: Walk): true {
  if (left === undefined) walk.added.insert(walk.path);
  else if (right === undefined) walk.removed.insert(walk.path);
  else if (!sameJson(left, right) || (Array.isArray(left) && Array.isArray(right) && !sameJson(asCompared(left), asCompared(right))))
    walk.modified.insert(walk.path);
  return true;
}

function visitKeys(left: JsonObject | undefined, right: JsonObject | undefined, type: MapType, walk: Walk): void {
  for (const key in right) {
    const value = right[key];
    const before = left !== undefined && Object.hasOwn(left, key) ? left[key] : undefined;
    if (value !== undefined || before !== undefined) step(fieldElement(key), before, value, type.field(key) ?? type.element, walk);
  }
  for (const key in left) {
    const value = left[key];
    if (value !== undefined && (right === undefined || !Object.hasOwn(right, key)))
      step(fieldElement(key), value, undefined, type.field(key) ?? type.element, walk);
  }
}

function step(element: PathElement, left: Json | undefined, right: Json | undefined, atom: Atom | undefined, walk: Walk): void {
  if (atom === undefined) return;
  walk.path.push(element);
  visit(left, right, atom, walk);
  walk.path.pop();
}

/** Members that repeat are compared as a whole. */
function visitMembers(left: readonly Json[], right: readonly Json[], type: ListType, walk: Walk): void {
  const before = grouped(left, type);
  const after = grouped(right, type);
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const ours = before.get(element) ?? [];
    const theirs = after.get(element) ?? [];
    if (ours.length <= 1 && theirs.length <= 1) step(element, ours[0], theirs[0], type.element, walk);
    else if (ours.length >= 2 && theirs.length >= 2) {
      if (!sameJson(ours, theirs)) walk.modified.insert([...walk.path, element]);
    } else if (ours.length >= 2) {
      if (theirs.length > 0) step(element, undefined, theirs[0], type.element, walk);
      walk.removed.insert([...walk.path, element]);
    } else {
      if (ours.length > 0) step(element, ours[0], undefined, type.element, walk);
      walk.added.insert([...walk.path, element]);
    }
  }
}

function grouped(list: readonly Json[], type: ListType): ReadonlyMap<PathElement, readonly Json[]> {
  const groups = new Map<PathElement, Json[]>();
  for (const member of list) {
    const element = elementOf(type, member);
    if (element === undefined) continue;
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [member]);
    else group.push(member);
  }
  return groups;
}
