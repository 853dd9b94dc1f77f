// Values without some of their fields (structured-merge-diff v6, typed/remove.go).

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type Atom, type ListType, type MapType, shapeOf } from './atom.ts';
import type { FieldSet } from './field-set.ts';
import { elementOf } from './items.ts';
import { fieldElement } from './path-element.ts';

/** The value without the fields of a set. A map or list that loses everything in it becomes null. */
export function removeFields(value: Json, set: FieldSet, atom: Atom): Json {
  switch (shapeOf(atom, value)) {
    case 'scalar':
      return value;
    case 'list':
      return atom.list === undefined || atom.list.atomic || !Array.isArray(value) ? null : fromList(value, set, atom.list);
    case 'map':
      return atom.map === undefined || atom.map.atomic || !isObject(value) ? null : fromMap(value, set, atom.map);
    default:
      return null;
  }
}

function fromList(list: readonly Json[], set: FieldSet, type: ListType): Json {
  const result: Json[] = [];
  for (const member of list) {
    const element = elementOf(type, member);
    const node = element === undefined ? undefined : set.get(element);
    if (node === undefined) result.push(member);
    else if (!node.member) result.push(removeFields(member, node.children, type.element));
  }
  return result.length === 0 ? null : result;
}

function fromMap(map: JsonObject, set: FieldSet, type: MapType): Json {
  const entries: [string, Json][] = [];
  for (const key in map) {
    const item = map[key];
    const node = set.get(fieldElement(key));
    if (item === undefined || node?.member === true) continue;
    const atom = type.field(key) ?? type.element;
    entries.push([key, node === undefined ? item : atom === undefined ? null : removeFields(item, node.children, atom)]);
  }
  return entries.length === 0 ? null : Object.fromEntries(entries);
}
