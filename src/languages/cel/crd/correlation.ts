// The old value that belongs to a new one, for ratcheting: by field, by map key, and in lists of type map by their key fields. Lists of
// other types have no corresponding items.

import { asObject, field, isObject, type JsonObject, sameJson, strings } from '../../../lib/json.ts';
import type { Data } from './adapt.ts';
import { additional, properties } from './schema.ts';

export interface Correlation {
  readonly now: Data;
  readonly old: Data;
  readonly schema: JsonObject;
}

export function atKey({ now, old, schema }: Correlation, key: string): Correlation | undefined {
  const [value, before] = [field(now, key), field(old, key)];
  const part = field(properties(schema), key) ?? additional(schema);
  return value === undefined || before === undefined || !isObject(part) ? undefined : { now: value, old: before, schema: part };
}

export function atIndex({ now, old, schema }: Correlation, index: number): Correlation | undefined {
  const value = Array.isArray(now) ? now[index] : undefined;
  const before = value === undefined ? undefined : oldItem(schema, old, value);
  const items = field(schema, 'items');
  return value === undefined || before === undefined || !isObject(items) ? undefined : { now: value, old: before, schema: items };
}

/** The item of the old list that has the same keys. */
export function oldItem(schema: JsonObject, old: Data | undefined, item: Data | undefined): Data | undefined {
  const keys = strings(field(schema, 'x-kubernetes-list-map-keys'));
  if (field(schema, 'x-kubernetes-list-type') !== 'map' || keys.length === 0 || !Array.isArray(old) || !isObject(item)) return undefined;
  if (keys.length > 1 && !keys.every((key) => Object.hasOwn(item, key))) return undefined;
  return old.find((other) => isObject(other) && keys.every((key) => sameJson(field(other, key) ?? null, field(item, key) ?? null)));
}

/** Whether nothing changed; lists of type map are compared item by item under their keys. */
export function isUnchanged(correlation: Correlation | undefined): boolean {
  if (correlation === undefined) return false;
  const { now, old, schema } = correlation;
  if (Array.isArray(now) && Array.isArray(old) && field(schema, 'x-kubernetes-list-type') === 'map')
    return now.length === old.length && now.every((_, index) => isUnchanged(atIndex(correlation, index)));
  if (!isObject(now) || !isObject(old) || (properties(schema) === undefined && additional(schema) === undefined)) return sameJson(now, old);
  const keys = Object.keys(asObject(now));
  return keys.length === Object.keys(old).length && keys.every((key) => isUnchanged(atKey(correlation, key)));
}
