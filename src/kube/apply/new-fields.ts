// The fields that a new object sets, in one walk: what `compare` finds added and modified against an object with nothing set, for values that
// are of their types. Creates are most writes, and nearly all of them are that plain; for any other value there is no answer here, and the
// general way is taken.

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, shapeOf } from './atom.ts';
import { type FieldNode, type FieldSet, leaf, noFields } from './field-set.ts';
import { elementOf } from './items.ts';
import { fieldElement, type PathElement } from './path-element.ts';

const maxDepth = 150;

/** The node of what is as it was; `odd` for values that the general way must look at. */
type Found = FieldNode | undefined | 'odd';

/** Fields of `value` that differ from `empty`; undefined where it has to be asked in the general way. */
export function newFields(empty: JsonObject, value: JsonObject, atom: Atom): FieldSet | undefined {
  const found = visit(empty, value, atom, 0);
  if (found === 'odd') return undefined;
  return found === undefined ? noFields : found.children;
}

function visit(before: Json | undefined, value: Json, atom: Atom, depth: number): Found {
  if (value === null || depth > maxDepth) return value === null ? whole(before, value) : 'odd';
  if (typeof value !== 'object') {
    if (atom.scalar === undefined || (atom.scalar !== 'untyped' && typeof value !== typeNames[atom.scalar])) return 'odd';
    return whole(before, value);
  }
  const shape = shapeOf(atom, value);
  if (before !== undefined && shapeOf(atom, before) !== shape) return 'odd';
  if (Array.isArray(value)) {
    if (shape !== 'list' || atom.list === undefined) return 'odd';
    return atom.list.atomic && plainList(atom.list) ? whole(before, value) : list(before, value, atom.list, depth);
  }
  if (shape !== 'map' || atom.map === undefined || !isObject(value)) return 'odd';
  return map(before, value, atom.map, depth);
}

const typeNames = { numeric: 'number', string: 'string', boolean: 'boolean' };

function whole(before: Json | undefined, value: Json): FieldNode | undefined {
  return before !== undefined && sameJson(before, value) ? undefined : leaf;
}

/** An atomic list whose members need no look: texts, numbers and the like were held against their types when the object was decoded. */
function plainList({ element }: ListType): boolean {
  return element.map === undefined && element.list === undefined;
}

function map(before: Json | undefined, value: JsonObject, type: MapType, depth: number): Found {
  const old = isObject(before) ? before : undefined;
  let children: Map<PathElement, FieldNode> | undefined;
  let isBare = true;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    isBare = false;
    const atom = type.field(key) ?? type.element;
    if (atom === undefined) return 'odd';
    const found = visit(old !== undefined && Object.hasOwn(old, key) ? old[key] : undefined, item, atom, depth + 1);
    if (found === 'odd') return 'odd';
    if (found === undefined) continue;
    children ??= new Map();
    children.set(fieldElement(key), found);
  }
  if (type.atomic || (isBare && (old === undefined || Object.keys(old).length === 0))) return whole(before, value);
  return node(before === undefined, children);
}

function list(before: Json | undefined, value: readonly Json[], type: ListType, depth: number): Found {
  if (before !== undefined && before !== null && (!Array.isArray(before) || before.length > 0)) return 'odd';
  let children: Map<PathElement, FieldNode> | undefined;
  for (const member of value) {
    const element = type.atomic ? '' : elementOf(type, member);
    if (element === undefined || children?.has(element) === true) return 'odd';
    const found = visit(undefined, member, type.element, depth + 1);
    if (found === 'odd') return 'odd';
    if (type.atomic || found === undefined) continue;
    children ??= new Map();
    children.set(element, found);
  }
  if (type.atomic || value.length === 0) return whole(before, value);
  return node(before === undefined, children);
}

function node(member: boolean, children: FieldSet | undefined): FieldNode | undefined {
  if (children === undefined) return member ? leaf : undefined;
  return { member, children };
}
