// Readers of decoded objects. What Go cannot tell from absent reads as its zero value; a value of another type, which decoding would have
// refused, reads as absent, so that a validator never throws.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';

const noObjects: readonly never[] = Object.freeze([]);
const encoder = new TextEncoder();

/** A string; '' where there is none. */
export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A number, or undefined: for pointers. */
export function number(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A number; 0 where there is none. */
export function count(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

/** An object, or undefined: for pointers to structs. */
export function object(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** An object; an empty one where there is none: for structs that are no pointers, and maps. */
export function struct(value: Json | undefined): JsonObject {
  return isObject(value) ? value : nothing;
}
const nothing: JsonObject = Object.freeze({});

/** The objects of a list; a member of another type counts as an empty one, so that positions stay. */
export function objects(value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return noObjects;
  const members = value as readonly Json[];
  return members.every(isObject) ? (members as readonly JsonObject[]) : members.map(struct);
}

/** The texts of a list; a member of another type counts as ''. */
export function texts(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return noObjects;
  return (value as readonly Json[]).map(text);
}

/** True for a field that is given: a pointer that is not nil. */
export function given(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** The members of a list or map, 0 where there is none. */
export function size(value: Json | undefined): number {
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 0;
}

/** The own member of a map, as text; undefined where the map has no such key. */
export function member(map: Json | undefined, key: string): string | undefined {
  return isObject(map) && Object.hasOwn(map, key) ? text(map[key]) : undefined;
}

/** The keys and texts of a map. */
export function pairs(map: Json | undefined): readonly (readonly [string, string])[] {
  return isObject(map) ? Object.entries(map).map(([key, value]) => [key, text(value)] as const) : noObjects;
}

/** How many bytes a text takes, which is what Go counts. */
export function byteLength(value: string): number {
  if (/^[\0-\x7f]*$/.test(value)) return value.length;
  return encoder.encode(value).length;
}

export function metadataOf(value: JsonObject): JsonObject {
  return struct(value.metadata);
}

export function annotationsOf(value: JsonObject): JsonObject {
  return struct(metadataOf(value).annotations);
}

export function labelsOf(value: JsonObject): JsonObject {
  return struct(metadataOf(value).labels);
}
