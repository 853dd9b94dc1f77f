// Members of lists that merge: by the values of their keys, or, in a set, by themselves (structured-merge-diff v6, typed/helpers.go).

import { isObject, type Json } from '../../lib/json.ts';
import type { ListType } from './atom.ts';
import { keyElement, type PathElement, valueElement } from './path-element.ts';

export type Item = { readonly element: PathElement } | { readonly fault: string };

/** The path element of a member; the words of the server where it has none. */
export function itemOf(list: ListType, member: Json): Item {
  if (list.keys.length === 0) {
    if (member === null) return { fault: "associative list without keys has an element that's an explicit null" };
    if (Array.isArray(member)) return { fault: 'not supported: associative list with lists as elements' };
    if (typeof member === 'object') return { fault: "associative list without keys has an element that's a map type" };
    return { element: valueElement(member) };
  }
  if (member === null) return { fault: 'associative list with keys may not have a null element' };
  if (!isObject(member)) return { fault: 'associative list with keys may not have non-map elements' };
  const keys: [string, Json][] = [];
  for (const key of list.keys) {
    const value = (Object.hasOwn(member, key) ? member[key] : undefined) ?? (member[key] === null ? null : list.keyDefault(key));
    if (value !== undefined) keys.push([key, value]);
  }
  if (keys.length === 0)
    return {
      fault: `associative list with keys has an element that omits all key fields [${list.declaredKeys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`,
    };
  return { element: keyElement(keys) };
}

/** The element, of a list that was found sound before. */
export function elementOf(list: ListType, member: Json): PathElement | undefined {
  const item = itemOf(list, member);
  return 'element' in item ? item.element : undefined;
}
