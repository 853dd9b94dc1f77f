// An object as the server writes it into answers and into its store.

import { setDefaults } from '../kube/schema/defaults/apply.ts';
import { decode, encode } from '../kube/schema/defaults/decode.ts';
import type { Struct } from '../kube/schema/defaults/struct.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Target } from './target.ts';

/** The object as the server writes it. */
export function written(object: Struct, { type }: Target): JsonObject {
  const value = object as unknown as Json;
  return (type.kind === 'built-in' ? encode(value, type.schema) : value) as JsonObject;
}

/** The object as it comes back from the store, which defaults what it reads. */
export function stored(object: Struct, target: Target): JsonObject {
  if (target.type.kind === 'built-in') setDefaults(object as unknown as Json, target.type.schema);
  return written(object, target);
}

/** A written object read back, to be changed. */
export function reread(object: JsonObject, { type }: Target): Struct {
  const value = type.kind === 'built-in' ? decode(object, type.schema) : structuredClone(object);
  return value as unknown as Struct;
}

/** An object as it comes out of the store: defaults are filled in anew when it is read. */
export function asStored(object: JsonObject, { type }: Target): JsonObject {
  if (type.kind === 'custom') return object;
  const value = decode(object, type.schema);
  setDefaults(value, type.schema);
  return encode(value, type.schema) as JsonObject;
}
