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

/** The item of the old list that has the same keys, all of them scalars: what lacks one has no counterpart. */
export function oldItem(schema: JsonObject, old: Data | undefined, item: Data | undefined): Data | undefined {
  const keys = strings(field(schema, 'x-kubernetes-list-map-keys'));
  if (field(schema, 'x-kubernetes-list-type') !== 'map' || keys.length === 0 || !Array.isArray(old)) return undefined;
  if (!keys.every((key) => isScalar(field(item, key)))) return undefined;
  return old.find((other) => keys.every((key) => sameJson(field(other, key), field(item, key))));
}

function isScalar(value: Data | undefined): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

/** Whether nothing changed; lists of type map are compared item by item under their keys. What no schema tells of is never known to be as it was. */
export function isUnchanged(correlation: Correlation | undefined): boolean {
  if (correlation === undefined) return false;
  const { now, old, schema } = correlation;
  if (Array.isArray(now) && Array.isArray(old) && field(schema, 'x-kubernetes-list-type') === 'map')
    return now.length === old.length && now.every((_, index) => isUnchanged(atIndex(correlation, index)));
  if (!isObject(now) || !isObject(old)) return sameJson(now, old);
  const keys = Object.keys(asObject(now));
  return keys.length === Object.keys(old).length && keys.every((key) => isUnchanged(atKey(correlation, key)));
}
