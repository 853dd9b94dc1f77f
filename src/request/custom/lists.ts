// Lists that are sets or maps: members that repeat another (apiextensions-apiserver/pkg/apiserver/schema/listtype, 1.36).

import type { Schema } from '../../kube/schema/schema.ts';
import { canonicalJson, field, isObject, type Json } from '../../lib/json.ts';
import { duplicate, type FieldError, invalid } from '../fields/error.ts';

const maxDepth = 200;

/** Errors of the lists in a value. */
export function listErrors(value: Json, schema: Schema | undefined, path = '', depth = 0): readonly FieldError[] {
  if (schema === undefined || depth > maxDepth) return [];
  const errors: FieldError[] = [];
  if (Array.isArray(value)) {
    if (schema.listType === 'set') errors.push(...repeats(value, value, path));
    if (schema.listType === 'map') errors.push(...mapErrors(value, schema.listMapKeys ?? [], path));
    value.forEach((item, index) => {
      errors.push(...listErrors(item, schema.items, `${path}[${index}]`, depth + 1));
    });
  } else if (isObject(value))
    for (const key of Object.keys(value)) {
      const known = schema.properties?.get(key);
      const inner = known ?? schema.additionalProperties;
      const at = known === undefined ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      if (inner !== undefined) errors.push(...listErrors(value[key] ?? null, inner, at, depth + 1));
    }
  return errors;
}

function mapErrors(list: readonly Json[], keys: readonly string[], path: string): readonly FieldError[] {
  const odd = list.findIndex((item) => item !== null && !isObject(item));
  if (odd >= 0) return [invalid(`${path}[${odd}]`, list[odd], 'must be an object for an array of list-type map')];
  const identities = list.map((item) => {
    const entries: [string, Json][] = [];
    for (const key of keys) {
      const value = field(item, key);
      if (value !== undefined) entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  });
  return repeats(list, identities, path);
}

/** The second of each group of equal members. */
function repeats(list: readonly Json[], identities: readonly Json[], path: string): readonly FieldError[] {
  if (list.length <= 1) return [];
  const seen = new Map<string, number>();
  const errors: FieldError[] = [];
  for (const [index, identity] of identities.entries()) {
    const text = canonicalJson(identity);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times === 2) errors.push(duplicate(`${path}[${index}]`, identity));
  }
  return errors;
}
