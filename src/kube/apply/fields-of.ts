// The fields a value sets, and fields of a set that a schema knows by name (structured-merge-diff v6, typed/tofieldset.go and
// Set.EnsureNamedFieldsAreMembers).

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, shapeOf } from './atom.ts';
import { type FieldNode, type FieldSet, leaf, noFields } from './field-set.ts';
import { elementOf } from './items.ts';
import { fieldElement, type PathElement } from './path-element.ts';

/** The fields of a value: leaves, members of lists, keys of maps; declared fields only where they are leaves. */
export function fieldsOf(value: Json, atom: Atom): FieldSet {
  return nodeOf(value, atom).children;
}

const nothing: FieldNode = { member: false, children: noFields };

function nodeOf(value: Json, atom: Atom): FieldNode {
  switch (shapeOf(atom, value)) {
    case 'scalar':
      return leaf;
    case 'list':
      if (atom.list?.atomic === true) return leaf;
      return atom.list !== undefined && Array.isArray(value) ? { member: false, children: members(value, atom.list) } : nothing;
    case 'map':
      if (atom.map?.atomic === true) return leaf;
      return atom.map !== undefined && isObject(value) ? { member: false, children: keys(value, atom.map) } : nothing;
    default:
      return nothing;
  }
}

/** A member that is there more than once is owned as a whole. */
function members(list: readonly Json[], type: ListType): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const member of list) {
    const element = elementOf(type, member);
    if (element === undefined) continue;
    result.set(element, result.has(element) ? leaf : owned(nodeOf(member, type.element)));
  }
  return result;
}

function keys(map: JsonObject, type: MapType): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const key in map) {
    const value = map[key];
    if (value === undefined) continue;
    const declared = type.field(key);
    const atom = declared ?? type.element;
    const node = atom === undefined ? nothing : nodeOf(value, atom);
    if (declared === undefined || value === null || (isObject(value) && isEmpty(value))) result.set(fieldElement(key), owned(node));
    else if (node.member || node.children.size > 0) result.set(fieldElement(key), node);
  }
  return result;
}

function owned(node: FieldNode): FieldNode {
  return node.member ? node : { member: true, children: node.children };
}

export function isEmpty(map: JsonObject): boolean {
  for (const key in map) if (map[key] !== undefined) return false;
  return true;
}

/** The set with every declared field that leads to a member made a member itself. */
export function withNamedFields(set: FieldSet, atom: Atom | undefined): FieldSet {
  if (set.size === 0) return set;
  const result = new Map<PathElement, FieldNode>();
  for (const [element, node] of set) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    const declared = name === undefined ? undefined : atom?.map?.field(name);
    const inner = name !== undefined ? (declared ?? atom?.map?.element) : element.startsWith('k:') ? atom?.list?.element : undefined;
    result.set(element, {
      member: node.member || (declared !== undefined && node.children.size > 0),
      children: withNamedFields(node.children, inner),
    });
  }
  return result;
}
