// The fields that a new object sets, in one walk: what `compare` finds added and modified against an object with nothing set, for values that
// are of their types, in the form that managed fields have. Creates are most writes, and nearly all of them are that plain; for any other value
// there is no answer here, and the general way is taken.

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, shapeOf } from './atom.ts';
import type { FieldNode, FieldSet } from './field-set.ts';
import { emptyForm } from './fields-v1.ts';
import { elementOf } from './items.ts';
import { formInOrder, formOf, startOfLevel, withElement } from './known-forms.ts';
import { fieldElement, type PathElement } from './path-element.ts';

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
  const steps: { element: PathElement; below: JsonObject }[] = [];
  let isBare = true;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    isBare = false;
    const atom = type.field(key) ?? type.element;
    if (atom === undefined) return 'odd';
    const element = fieldElement(key);
    const reset = below?.children.get(element);
    const was = old !== undefined && Object.hasOwn(old, key) ? old[key] : undefined;
    const found = visit(was, item, atom, depth + 1, reset, alone?.children.get(element));
    if (found === 'odd') return 'odd';
    if (found !== undefined && reset?.member !== true) steps.push({ element, below: found });
  }
  if (type.atomic || (isBare && (old === undefined || Object.keys(old).length === 0))) return whole(before, value, alone);
  const isMember = before === undefined && alone?.member !== true;
  if (steps.length === 0) return isMember ? emptyForm : undefined;
  return formInOrder(steps, isMember) ?? 'odd';
}

/** A map with nothing that was there before, or that is nobody's: all in it is owned. */
function newMap(value: JsonObject, type: MapType, depth: number): Found {
  let level = startOfLevel();
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const atom = type.field(key) ?? type.element;
    if (atom === undefined) return 'odd';
    const isLeaf = typeof item === 'string' && atom.scalar === 'string';
    const found = isLeaf ? emptyForm : visit(undefined, item, atom, depth + 1);
    if (found === 'odd') return 'odd';
    if (found !== undefined) level = withElement(level, fieldElement(key), found);
  }
  const form = formOf(level);
  return form === 'repeated' ? 'odd' : form;
}

function list(before: Json | undefined, value: readonly Json[], type: ListType, depth: number, alone: Part): Found {
  if (before !== undefined && before !== null && (!Array.isArray(before) || before.length > 0)) return 'odd';
  let level = startOfLevel();
  for (const member of value) {
    const found = visit(undefined, member, type.element, depth + 1);
    if (found === 'odd') return 'odd';
    if (type.atomic) continue;
    const element = elementOf(type, member);
    if (element === undefined || found === undefined) return 'odd';
    level = withElement(level, element, found);
  }
  if (type.atomic || value.length === 0) return whole(before, value, alone);
  const form = formOf(level);
  if (form === 'repeated') return 'odd';
  if (before === undefined && alone?.member !== true) return form;
  const { '.': _self, ...members } = form;
  return members;
}
