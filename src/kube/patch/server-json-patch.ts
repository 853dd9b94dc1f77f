// JSON patches as the API server applies them (evanphx/json-patch v4, kube-apiserver 1.36), which is more lenient than RFC 6902: `replace`
// sets a key that is absent, indexes may be negative or have a sign, `test` holds for an absent key and null, `copy` of an absent key writes
// null, and what stands before the first slash of a path is ignored. Patches come from requests: they may have any shape.

import { asList, field, isObject, type Json, sameJson } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { PatchFailure } from './json-patch.ts';

/** More operations are refused with 413. */
export const maxOperations = 10_000;

type Holder = Json[] | { [key: string]: Json | undefined };

/** Applies a patch from a request. The value stays as it is. */
export function applyServerJsonPatch(value: Json, patch: Json): Result<Json, PatchFailure> {
  if (!Array.isArray(patch)) return failure({ operation: 0, message: 'a JSON patch is a list of operations' });
  if (patch.length > maxOperations) return failure({ operation: maxOperations, message: `more than ${maxOperations} operations` });
  let document = structuredClone(value) as Json;
  for (const [operation, step] of asList(patch).entries()) {
    const next = apply(document, step);
    if (typeof next === 'string') return failure({ operation, message: next });
    document = next.document;
  }
  return ok(document);
}

/** The document after one step, changed in place; a sentence where the step does not apply. */
function apply(document: Json, step: Json): { readonly document: Json } | string {
  const op = field(step, 'op');
  const path = field(step, 'path');
  if (typeof path !== 'string') return 'the operation has no path';
  const value = structuredClone(field(step, 'value') ?? null) as Json;
  if (op === 'replace' && path === '')
    return typeof value === 'object' && value !== null ? { document: value } : 'the document is a mapping or a list';
  if (op === 'test' && path === '') return sameJson(document, value) ? { document } : 'the document is not the value tested for';
  const place = find(document, path);
  if (op !== 'move' && op !== 'copy') {
    if (place === undefined) return `"${path}" does not exist`;
    const { holder, key } = place;
    switch (op) {
      case 'add':
        return add(holder, key, value) ? { document } : `"${path}" is no place to add to`;
      case 'remove':
        return remove(holder, key) ? { document } : `"${path}" does not exist`;
      case 'replace':
        return get(holder, key) !== undefined && set(holder, key, value) ? { document } : `"${path}" does not exist`;
      case 'test': {
        const found = get(holder, key);
        return found !== undefined && sameJson(found, value) ? { document } : `"${path}" is not the value tested for`;
      }
      default:
        return `"${String(op)}" is no operation`;
    }
  }
  const from = field(step, 'from');
  const source = typeof from === 'string' ? find(document, from) : undefined;
  const found = source === undefined ? undefined : get(source.holder, source.key);
  if (source === undefined || found === undefined) return `"${String(from)}" does not exist`;
  if (op === 'move' && !remove(source.holder, source.key)) return `"${String(from)}" does not exist`;
  const target = find(document, path);
  if (target === undefined || !add(target.holder, target.key, op === 'copy' ? (structuredClone(found) as Json) : found))
    return `"${path}" is no place to add to`;
  return { document };
}

function find(document: Json, path: string): { readonly holder: Holder; readonly key: string } | undefined {
  const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.length < 2) return undefined;
  let here: Json | undefined = document;
  for (const part of parts.slice(1, -1)) here = isHolder(here) ? get(here, part) : undefined;
  return isHolder(here) ? { holder: here, key: parts.at(-1) ?? '' } : undefined;
}

function isHolder(value: Json | undefined): value is Json[] & { [key: string]: Json } {
  return Array.isArray(value) || isObject(value);
}

/** Null for an absent key of a mapping; undefined for an index that is none. */
function get(holder: Holder, key: string): Json | undefined {
  if (!Array.isArray(holder)) return Object.hasOwn(holder, key) ? (holder[key] ?? null) : null;
  const index = indexOf(key, holder.length);
  return index === undefined || index >= holder.length ? undefined : holder[index];
}

function set(holder: Holder, key: string, value: Json): boolean {
  if (Array.isArray(holder)) holder[indexOf(key, holder.length) ?? 0] = value;
  else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  return true;
}

function add(holder: Holder, key: string, value: Json): boolean {
  if (!Array.isArray(holder)) return set(holder, key, value);
  const index = key === '-' ? holder.length : indexOf(key, holder.length + 1);
  if (index === undefined || index > holder.length) return false;
  holder.splice(index, 0, value);
  return true;
}

function remove(holder: Holder, key: string): boolean {
  if (Array.isArray(holder)) {
    const index = indexOf(key, holder.length);
    if (index === undefined || index >= holder.length) return false;
    holder.splice(index, 1);
    return true;
  }
  return Object.hasOwn(holder, key) && delete holder[key];
}

/** A whole number as Go reads it; negative ones count from the end of `length` members. */
function indexOf(key: string, length: number): number | undefined {
  if (!/^[-+]?[0-9]{1,9}$/.test(key)) return undefined;
  const index = Number(key);
  if (index >= 0) return index;
  return index < -length ? undefined : index + length;
}
