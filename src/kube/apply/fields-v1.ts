// The JSON form of field sets, `fieldsV1` of managed fields: nested objects by path element, `.` where a parent is itself a member, an empty
// object for a leaf (structured-merge-diff v6, serialize.go).

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { elementsInOrder, type FieldNode, type FieldSet, leaf, noFields } from './field-set.ts';
import { readElement } from './path-element.ts';

const maxDepth = 200;
/** The form of a leaf. */
export const emptyForm: JsonObject = Object.freeze({});

/** The form of a set: `fieldsV1(new Map([['f:data', { member: true, children: new Map() }]]))` is `{ 'f:data': {} }`. */
export function fieldsV1(set: FieldSet): JsonObject {
  return form(set, false);
}

function form(set: FieldSet, isMember: boolean): JsonObject {
  const result: Record<string, Json> = isMember ? { '.': emptyForm } : {};
  for (const element of elementsInOrder(set)) {
    const node = set.get(element);
    if (node !== undefined) result[element] = node.children.size === 0 ? emptyForm : form(node.children, node.member);
  }
  return result;
}

/** The set a form stands for; undefined where it is none. Steps of a later version are left out. */
export function readFieldsV1(form: Json | undefined): FieldSet | undefined {
  if (form === undefined || form === null) return noFields;
  return read(form, 0)?.children;
}

/** The node of a form: without children it is a member, and so is null. */
function read(form: Json, depth: number): FieldNode | undefined {
  if (form === null) return leaf;
  if (!isObject(form) || depth > maxDepth) return undefined;
  let member = false;
  let children: Map<string, FieldNode> | undefined;
  for (const key in form) {
    if (key === '.') {
      member = true;
      continue;
    }
    const element = readElement(key);
    if (element === undefined) return undefined;
    if (element === 'unknown') continue;
    const node = read(form[key] ?? null, depth + 1);
    if (node === undefined) return undefined;
    children ??= new Map();
    children.set(element, node);
  }
  return children === undefined ? leaf : { member, children };
}
