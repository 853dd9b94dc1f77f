// Small patches that repairs are made of. Each takes the object as it is, so that missing parents are added and nothing else moves.

import type { KubeObject } from '../kube/object.ts';
import type { JsonPatch, JsonPatchOperation } from '../kube/patch/json-patch.ts';
import { dig, type Json } from '../lib/json.ts';
import { pointer, tokens } from '../lib/json-pointer.ts';

/** Sets the field at `path`; parents that are missing or null (`securityContext:` with nothing after it) are added as one value. */
export function setField(object: KubeObject, path: string, value: Json): JsonPatch {
  const keys = tokens(path);
  for (let length = 1; length < keys.length; length++) {
    const parent = read(object, keys.slice(0, length));
    if (parent !== undefined && parent !== null) continue;
    const inner = keys.slice(length).reduceRight<Json>((nested, key) => ({ [key]: nested }), value);
    return [{ op: parent === undefined ? 'add' : 'replace', path: pointer(...keys.slice(0, length)), value: inner }];
  }
  const operation: JsonPatchOperation = { op: read(object, keys) === undefined ? 'add' : 'replace', path, value };
  return [operation];
}

/** Removes the field at `path`, if it is there. */
export function removeField(object: KubeObject, path: string): JsonPatch {
  return read(object, tokens(path)) === undefined ? [] : [{ op: 'remove', path }];
}

/** The field at `path` as it is, for repairs that keep part of it. */
export function fieldAt(object: KubeObject, path: string): Json | undefined {
  return read(object, tokens(path));
}

function read(object: KubeObject, keys: readonly string[]): Json | undefined {
  let here: Json | undefined = object as unknown as Json;
  for (const key of keys) {
    here = Array.isArray(here) ? dig(here, Number(key)) : dig(here, key);
    if (here === undefined) return undefined;
  }
  return here;
}
