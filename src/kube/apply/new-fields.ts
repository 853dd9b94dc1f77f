// The fields that a new object sets, in one walk: what `compare` finds added and modified against an object with nothing set, for values that
// are of their types, in the form that managed fields have. Creates are most writes, and nearly all of them are that plain; for any other value
// there is no answer here, and the general way is taken.

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, shapeOf } from './atom.ts';
import type { FieldNode, FieldSet } from './field-set.ts';
import { emptyForm } from './fields-v1.ts';
import { elementOf } from './items.ts';
import { bareFormOf, formOf, knownStep, type Level, levelBehind, newStep, type Step, startOfLevel } from './known-forms.ts';
import { fieldElement, keyElement } from './path-element.ts';

const maxDepth = 150;

/** The form of what is new, or nothing where it is as it was; `odd` for values that the general way must look at. */
type Found = JsonObject | undefined | 'odd';

/** What nobody owns: fields with all below them, and fields alone. */
export interface Unowned {
  readonly below: FieldSet;
  readonly alone: FieldSet;
}

/**
 * The `fieldsV1` of the fields of `value` that differ from `empty` and are not among the unowned, nothing where there are none; `odd` where it
 * has to be asked in the general way.
 */
export function newFields(empty: JsonObject, value: JsonObject, atom: Atom, { below, alone }: Unowned): Found {
  return visit(empty, value, atom, 0, { member: true, children: below }, { member: true, children: alone });
}

type Part = FieldNode | undefined;

function visit(before: Json | undefined, value: Json, atom: Atom, depth: number, below?: Part, alone?: Part): Found {
  if (value === null || depth > maxDepth) return value === null ? whole(before, value, alone) : 'odd';
  if (typeof value !== 'object') {
    if (atom.scalar === undefined || (atom.scalar !== 'untyped' && typeof value !== typeNames[atom.scalar])) return 'odd';
    return whole(before, value, alone);
  }
  const shape = shapeOf(atom, value);
  if (before !== undefined && shapeOf(atom, before) !== shape) return 'odd';
  if (Array.isArray(value)) {
    if (shape !== 'list' || atom.list === undefined) return 'odd';
    return atom.list.atomic && plainList(atom.list) ? whole(before, value, alone) : list(before, value, atom.list, depth, alone);
  }
  if (shape !== 'map' || atom.map === undefined || !isObject(value)) return 'odd';
  return map(before, value, atom.map, depth, below, alone);
}

const typeNames = { numeric: 'number', string: 'string', boolean: 'boolean' };

function whole(before: Json | undefined, value: Json, alone: Part): JsonObject | undefined {
  return alone?.member === true || (before !== undefined && sameJson(before, value)) ? undefined : emptyForm;
}

/** An atomic list whose members need no look: texts, numbers and the like were held against their types when the object was decoded. */
function plainList({ element }: ListType): boolean {
  return element.map === undefined && element.list === undefined;
}

function map(before: Json | undefined, value: JsonObject, type: MapType, depth: number, below: Part, alone: Part): Found {
  if (before === undefined && below === undefined && alone === undefined && !type.atomic) return newMap(value, type, depth);
  const old = isObject(before) ? before : undefined;
  let level = startOfLevel(type);
  let isBare = true;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    isBare = false;
    const step = stepTo(level, key, type);
    if (step === undefined) return 'odd';
    const reset = below?.children.get(step.element);
    const was = old !== undefined && Object.hasOwn(old, key) ? old[key] : undefined;
    const found = visit(was, item, step.atom, depth + 1, reset, alone?.children.get(step.element));
    if (found === 'odd') return 'odd';
    if (found !== undefined && reset?.member !== true) level = levelBehind(level, step, found);
  }
  if (type.atomic || (isBare && (old === undefined || Object.keys(old).length === 0))) return whole(before, value, alone);
  if (before === undefined && alone?.member !== true) return unrepeated(formOf(level));
  return level.before === undefined ? undefined : unrepeated(bareFormOf(level));
}

/** A map with nothing that was there before, or that is nobody's: all in it is owned. */
function newMap(value: JsonObject, type: MapType, depth: number): Found {
  let level = startOfLevel(type);
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const step = stepTo(level, key, type);
    if (step === undefined) return 'odd';
    const isLeaf = typeof item === 'string' && step.atom.scalar === 'string';
    const found = isLeaf ? emptyForm : visit(undefined, item, step.atom, depth + 1);
    if (found === 'odd') return 'odd';
    if (found !== undefined) level = levelBehind(level, step, found);
  }
  return unrepeated(formOf(level));
}

/** The step to a field; undefined where the type has no such field. */
function stepTo(level: Level, key: string, type: MapType): Step | undefined {
  const known = knownStep(level, key);
  if (known !== undefined) return known;
  const atom = type.field(key) ?? type.element;
  return atom === undefined ? undefined : newStep(level, key, fieldElement(key), atom);
}

function unrepeated(form: JsonObject | 'repeated'): JsonObject | 'odd' {
  return form === 'repeated' ? 'odd' : form;
}

function list(before: Json | undefined, value: readonly Json[], type: ListType, depth: number, alone: Part): Found {
  if (before !== undefined && before !== null && (!Array.isArray(before) || before.length > 0)) return 'odd';
  const { element: atom } = type;
  let level = startOfLevel(type);
  for (const member of value) {
    const found = visit(undefined, member, atom, depth + 1);
    if (found === 'odd') return 'odd';
    if (type.atomic) continue;
    const step = stepToMember(level, member, type, atom);
    if (step === undefined || found === undefined) return 'odd';
    level = levelBehind(level, step, found);
  }
  if (type.atomic || value.length === 0) return whole(before, value, alone);
  return unrepeated(before === undefined && alone?.member !== true ? formOf(level) : bareFormOf(level));
}

/** The step to a member of a list: known by its one key where that is a plain text, else by its element. */
function stepToMember(level: Level, member: Json, type: ListType, atom: Atom): Step | undefined {
  const { keys } = type;
  const [first] = keys;
  if (first !== undefined && keys.length === 1) {
    const key = isObject(member) && Object.hasOwn(member, first) ? member[first] : undefined;
    // What reads like an element is told by its element, and so is what is no text.
    if (typeof key === 'string' && !key.startsWith('k:'))
      return knownStep(level, key) ?? newStep(level, key, keyElement([[first, key]]), atom);
  }
  const element = elementOf(type, member);
  return element === undefined ? undefined : (knownStep(level, element) ?? newStep(level, element, element, atom));
}
