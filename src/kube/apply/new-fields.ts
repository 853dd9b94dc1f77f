// The fields that a new object sets, in one walk: what `compare` finds added and modified against an object with nothing set, for values that
// are of their types, in the form that managed fields have. Creates are most writes, and nearly all of them are that plain; for any other value
// there is no answer here, and the general way is taken.

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, shapeOf } from './atom.ts';
import type { FieldNode, FieldSet } from './field-set.ts';
import { emptyForm } from './fields-v1.ts';
import { elementOf } from './items.ts';
import { compareElements, fieldElement, type PathElement } from './path-element.ts';

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
  const old = isObject(before) ? before : undefined;
  const elements: PathElement[] = [];
  const forms: JsonObject[] = [];
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
    if (found === undefined || reset?.member === true) continue;
    elements.push(element);
    forms.push(found);
  }
  if (type.atomic || (isBare && (old === undefined || Object.keys(old).length === 0))) return whole(before, value, alone);
  return level(elements, forms, before === undefined && alone?.member !== true);
}

function list(before: Json | undefined, value: readonly Json[], type: ListType, depth: number, alone: Part): Found {
  if (before !== undefined && before !== null && (!Array.isArray(before) || before.length > 0)) return 'odd';
  const elements: PathElement[] = [];
  const forms: JsonObject[] = [];
  for (const member of value) {
    const element = type.atomic ? '' : elementOf(type, member);
    const found = element === undefined ? 'odd' : visit(undefined, member, type.element, depth + 1);
    if (element === undefined || found === 'odd') return 'odd';
    if (type.atomic || found === undefined) continue;
    elements.push(element);
    forms.push(found);
  }
  if (type.atomic || value.length === 0) return whole(before, value, alone);
  return level(elements, forms, before === undefined && alone?.member !== true);
}

/** The form of a level; odd where an element is there more than once. */
function level(elements: PathElement[], forms: JsonObject[], isMember: boolean): Found {
  const { length } = elements;
  if (length === 0) return isMember ? emptyForm : undefined;
  const form: Record<string, Json> = isMember ? { '.': emptyForm } : {};
  const order = length > fewElements ? elements.map((_, index) => index).sort(byElement(elements)) : undefined;
  if (order === undefined) sortFew(elements, forms);
  let last: PathElement | undefined;
  for (let place = 0; place < length; place++) {
    const index = order === undefined ? place : (order[place] ?? 0);
    const element = elements[index] ?? '';
    if (element === last) return 'odd';
    last = element;
    form[element] = forms[index] ?? emptyForm;
  }
  return form;
}

const fewElements = 16;

function byElement(elements: readonly PathElement[]): (left: number, right: number) => number {
  return (left, right) => compareElements(elements[left] ?? '', elements[right] ?? '');
}

/** Puts elements in order, and their forms with them. Most levels have few, and half of them are in order. */
function sortFew(elements: PathElement[], forms: JsonObject[]): void {
  for (let next = 1; next < elements.length; next++) {
    const element = elements[next] ?? '';
    const form = forms[next] ?? emptyForm;
    let at = next;
    for (; at > 0 && compareElements(elements[at - 1] ?? '', element) > 0; at--) {
      elements[at] = elements[at - 1] ?? '';
      forms[at] = forms[at - 1] ?? emptyForm;
    }
    elements[at] = element;
    forms[at] = form;
  }
}
