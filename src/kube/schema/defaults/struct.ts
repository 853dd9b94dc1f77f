// Objects while they are being defaulted: made anew by decoding, so that they may be changed.

import type { Json, JsonObject } from '../../../lib/json.ts';

/** A mutable object without a prototype's fields: keys of maps may be anything. */
export interface Struct {
  [key: string]: Json | undefined;
}

/** The struct in a field; an empty one that is not part of the object where there is none. */
export function structAt(holder: Struct, ...path: readonly string[]): Struct {
  let here: Struct = holder;
  for (const key of path) here = asStruct(here[key]) ?? {};
  return here;
}

/** The struct in a field, made and put there where it is absent. */
export function ensured(holder: Struct, key: string): Struct {
  const present = asStruct(holder[key]);
  if (present !== undefined) return present;
  const made: Struct = {};
  set(holder, key, made);
  return made;
}

/** The structs of a list field. */
export function structsIn(holder: Struct, key: string): readonly Struct[] {
  const list = holder[key];
  if (!Array.isArray(list)) return none;
  return list.every(isStruct) ? list : list.filter(isStruct);
}

const none: readonly Struct[] = [];

function isStruct(item: Json): item is Struct & JsonObject {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

/** Sets the fields that are absent, to values of their own. */
export function fill(struct: Struct, values: Readonly<Record<string, Json>>): void {
  for (const key in values) {
    if (struct[key] !== undefined) continue;
    const value = values[key];
    if (value !== undefined) struct[key] = copied(value);
  }
}

/** A value of its own: defaults are changed like what was given. */
function copied(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  const map: Struct = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) set(map, key, copied(item));
  return map as Json;
}

/** Sets the lists and maps that are absent or empty. */
export function fillEmpty(struct: Struct, values: Readonly<Record<string, Json>>): void {
  for (const key of Object.keys(values)) if (isEmpty(struct[key])) delete struct[key];
  fill(struct, values);
}

/** True for an absent value, and for an empty list or map. */
export function isEmpty(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** Sets a field whatever its name is. */
export function set(struct: Struct, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(struct, key, { value, enumerable: true, configurable: true, writable: true });
  else struct[key] = value;
}

/** The text in a field. */
export function textIn(struct: Struct, key: string): string {
  const value = struct[key];
  return typeof value === 'string' ? value : '';
}

function asStruct(value: Json | undefined): Struct | undefined {
  return value !== undefined && isStruct(value) ? value : undefined;
}

/** A map with the entries of the first, and of the second those that the first lacks. */
export function merged(first: Struct, second: Struct): Struct {
  const result: Struct = {};
  for (const map of [first, second])
    for (const [key, value] of Object.entries(map)) if (value !== undefined && !Object.hasOwn(result, key)) set(result, key, value);
  return result;
}
