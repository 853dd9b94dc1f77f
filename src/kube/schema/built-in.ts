// Validation of an object of a built-in kind against the schema of its release: unknown fields, types, required fields, enums and keys of
// lists. It answers what the API server's strict decoding answers (`fieldValidation=Strict`), and of its semantic validation the part that
// the published schemas state. Null stands for an absent field, as in Go. Left out: everything that only Go code checks.

import { field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { goValueComplaint } from './go-value.ts';
import { isOptionalInPractice, isUniqueInPractice } from './in-practice.ts';
import type { Schema } from './schema.ts';
import { maxDepth, placeOf, shown, startWalk, typeName, type Violation, violate, type Walk } from './violation.ts';

/** Everything wrong with `value`, in document order; empty where nothing is. `at` is the place of the value within its object. */
export function validateBuiltIn(value: Json, schema: Schema, at: readonly (string | number)[] = []): readonly Violation[] {
  const state: State = { ...startWalk(at), inStatus: false };
  check(value, schema, state);
  return state.violations;
}

interface State extends Walk {
  /** Within a status: the server throws it away when an object is made, after decoding, so that only decoding can fail. */
  inStatus: boolean;
}

function check(value: Json, schema: Schema, state: State): void {
  if (value === null || schema.preserveUnknownFields === true || state.path.length > maxDepth) return;
  switch (schema.type) {
    case 'object':
      if (isObject(value)) checkObject(value, schema, state);
      else wrongType(value, 'a mapping', state);
      return;
    case 'array':
      if (Array.isArray(value)) checkList(value, schema, state);
      else wrongType(value, 'a list', state);
      return;
    case undefined:
      return;
    default:
      checkScalar(value, schema, state);
  }
}

function checkObject(object: JsonObject, schema: Schema, state: State): void {
  const { properties, additionalProperties } = schema;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const known = properties === undefined ? additionalProperties : properties.get(key);
    if (known === undefined) {
      violate(state, 'unknown-field', `${placeOf(state, key)} is no field of ${kindOf(schema)}${meant(key, properties)}`, key);
      continue;
    }
    const outer = state.inStatus;
    if (key === 'status' && properties?.has('apiVersion') === true) state.inStatus = true;
    state.path.push(key);
    check(value, known, state);
    if (known.listType !== undefined && !state.inStatus && Array.isArray(value) && isUniqueInPractice(schema, key))
      checkUnique(value, known, state);
    state.path.pop();
    state.inStatus = outer;
  }
  if (schema.required === undefined || state.inStatus) return;
  for (const key of schema.required) {
    if ((Object.hasOwn(object, key) && object[key] !== null && object[key] !== undefined) || isOptionalInPractice(schema, key)) continue;
    violate(state, 'missing', `${placeOf(state, key)} is required`, key);
  }
}

function checkList(list: readonly Json[], schema: Schema, state: State): void {
  const items = schema.items ?? {};
  for (let index = 0; index < list.length; index++) {
    state.path.push(index);
    check(list[index] ?? null, items, state);
    state.path.pop();
  }
}

function checkUnique(list: readonly Json[], schema: Schema, state: State): void {
  const keys = schema.listType === 'map' ? schema.listMapKeys : undefined;
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const identity = JSON.stringify(
      keys === undefined ? item : keys.map((key) => field(item, key) ?? schema.items?.properties?.get(key)?.default ?? null),
    );
    if (seen.has(identity)) {
      const same = keys === undefined ? shown(item) : keys.map((key) => `${key} ${shown(field(item, key))}`).join(', ');
      violate(state, 'duplicate', `${placeOf(state, index)} repeats ${same}`, index);
    }
    seen.add(identity);
  }
}

function checkScalar(value: Json, schema: Schema, state: State): void {
  const wanted = schema.format === undefined ? plainComplaint(value, schema) : goValueComplaint(value, schema.format);
  if (wanted !== undefined) wrongType(value, wanted, state);
  else if (schema.enum !== undefined && !state.inStatus && value !== '' && !schema.enum.includes(value))
    violate(state, 'not-allowed', `${placeOf(state)} is ${shown(value)}; allowed: ${schema.enum.filter((item) => item !== '').join(', ')}`);
}

function plainComplaint(value: Json, schema: Schema): string | undefined {
  if (schema.type === 'string') return typeof value === 'string' ? undefined : 'a string';
  return typeof value === 'boolean' ? undefined : 'a boolean';
}

/** Texts that may be secret are not repeated: where a string or base64 belongs, only the type is named. */
function wrongType(value: Json, wanted: string, walk: Walk): void {
  const isShown = wanted !== 'a string' && wanted !== 'base64' && (typeof value === 'string' || typeof value === 'number');
  violate(walk, 'wrong-type', `${placeOf(walk)} is ${isShown ? shown(value) : typeName(value)}, not ${wanted}`);
}

function kindOf(schema: Schema): string {
  return schema.definition === undefined ? 'this kind' : (schema.definition.split('.').at(-1) ?? schema.definition);
}

/** The field a person may have meant: the same letters in another case, or one letter more or less. */
function meant(key: string, properties: ReadonlyMap<string, Schema> | undefined): string {
  if (properties === undefined || key.length > 60) return '';
  const lower = key.toLowerCase();
  for (const name of properties.keys()) if (name.toLowerCase() === lower) return `; did you mean ${name}?`;
  for (const name of properties.keys()) if (isOneEditAway(name.toLowerCase(), lower)) return `; did you mean ${name}?`;
  return '';
}

function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const restA = a.slice(start);
  const restB = b.slice(start);
  return restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1) || swapped(restA) === restB;
}

function swapped(text: string): string {
  return `${text[1] ?? ''}${text[0] ?? ''}${text.slice(2)}`;
}
