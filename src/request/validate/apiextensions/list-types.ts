// `x-kubernetes-list-type`, `-list-map-keys` and `-map-type` of one schema (k8s.io/apiextensions-apiserver validation/validation.go, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, size, text, texts } from '../read.ts';
import { itemSchemas, itemsOf, listMapKeys, listType, mapType, property } from './schema-props.ts';
import { shownSchema } from './shown.ts';

const listTypes = ['atomic', 'set', 'map'];
const mapTypes = ['atomic', 'granular'];

/** What an update need not answer for where the stored definition has the same fault. */
export interface ListOptions {
  readonly atomicSets: boolean;
  readonly keysOfMaps: boolean;
}

export function validateListTypes(schema: JsonObject, path: Path, options: ListOptions, errors: FieldError[]): void {
  const type = text(schema.type);
  const needsType = (wanted: string, key: string) => {
    if (!given(schema[key]) || type === wanted) return;
    const why = `must be ${wanted} if ${key} is specified`;
    errors.push(type === '' ? required(path.child('type'), why) : invalid(path.child('type'), type, why));
  };
  needsType('object', mapType);
  oneOf(schema, mapType, mapTypes, path, errors);
  needsType('array', listType);
  if (options.atomicSets && given(schema[listType]) && type === 'array') validateSetItems(schema, path, errors);
  oneOf(schema, listType, listTypes, path, errors);
  if (size(schema[listMapKeys]) > 0 && schema[listType] !== 'map') {
    const why = `must be map if ${listMapKeys} is non-empty`;
    errors.push(given(schema[listType]) ? invalid(path.child(listType), schema[listType], why) : required(path.child(listType), why));
  }
  if (schema[listType] === 'map') validateMap(schema, path, errors);
  if (options.keysOfMaps) validateKeys(schema, path, errors);
}

function oneOf(schema: JsonObject, key: string, allowed: readonly string[], path: Path, errors: FieldError[]): void {
  if (given(schema[key]) && !allowed.includes(text(schema[key]))) errors.push(notSupported(path.child(key), schema[key], allowed));
}

/** True for a set whose members are not compared as wholes. */
export function hasNonAtomicItems(schema: JsonObject): boolean {
  const items = schema[listType] === 'set' ? itemsOf(schema) : undefined;
  if (items === undefined) return false;
  if (items.type === 'array') return given(items[listType]) && items[listType] !== 'atomic';
  return items.type === 'object' && items[mapType] !== 'atomic';
}

function validateSetItems(schema: JsonObject, path: Path, errors: FieldError[]): void {
  if (!hasNonAtomicItems(schema)) return;
  const items = itemsOf(schema);
  const key = items?.type === 'array' ? listType : mapType;
  const why = `must be atomic as item of a list with ${listType}=set`;
  // The server shows the list type of the items in both cases.
  errors.push(invalid(path.child('items').child(key), items?.[listType] ?? null, why));
}

function validateMap(schema: JsonObject, path: Path, errors: FieldError[]): void {
  if (size(schema[listMapKeys]) === 0) errors.push(required(path.child(listMapKeys), `must not be empty if ${listType} is map`));
  const items = itemsOf(schema);
  if (!given(schema.items)) errors.push(required(path.child('items'), `must have a schema if ${listType} is map`));
  else if (items === undefined) {
    const list = Array.isArray(schema.items) ? itemSchemas(schema).map((item) => shownSchema(item)) : null;
    errors.push(invalid(path.child('items'), { Schema: null, JSONSchemas: list }, `must only have a single schema if ${listType} is map`));
  }
  if (items === undefined) return;
  if (items.type !== 'object') {
    const why = `must be object if parent array's ${listType} is map`;
    errors.push(invalid(path.child('items').child('type'), text(items.type), why));
    return;
  }
  const keys = texts(schema[listMapKeys]);
  const at = path.child(listMapKeys);
  for (const [index, key] of keys.entries()) {
    const part = property(items, key);
    if (part === undefined) errors.push(invalid(at, [...keys], 'entries must all be names of item properties'));
    else if (part.type === 'array' || part.type === 'object') {
      const why = `must be a scalar type if parent array's ${listType} is map`;
      errors.push(invalid(path.child('items').child('properties').key(key).child('type'), text(items.type), why));
    }
    if (keys.indexOf(key) < index) errors.push(invalid(at, [...keys], 'must not contain duplicate entries'));
  }
}

/** Members of sets and maps are never null, and the keys of maps always there. */
export function validateKeys(schema: JsonObject, path: Path, errors: FieldError[]): void {
  const items = itemsOf(schema);
  const type = schema[listType];
  if (items === undefined || (type !== 'set' && type !== 'map')) return;
  if (items.nullable === true)
    errors.push(forbidden(path.child('items').child('nullable'), `cannot be nullable when ${listType} is ${type}`));
  if (type === 'set') return;
  const always = new Set(texts(items.required));
  for (const key of texts(schema[listMapKeys])) {
    const part = property(items, key);
    if (part === undefined) continue;
    const at = path.child('items').child('properties').key(key);
    const why = `this property is in ${listMapKeys}, so it`;
    if (!always.has(key) && !given(part.default))
      errors.push(required(at.child('default'), `${why} must have a default or be a required property`));
    if (part.nullable === true) errors.push(forbidden(at.child('nullable'), `${why} cannot be nullable`));
  }
}
