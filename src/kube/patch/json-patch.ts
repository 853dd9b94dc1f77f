// JSON Patch (RFC 6902) over plain JSON: returns a new value, never changes the old one. Errors say which operation failed and why.

import { isObject, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { copyLimit } from './copies.ts';

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

export type JsonPatch = readonly JsonPatchOperation[];

export interface PatchFailure {
  /** Index of the operation that failed. */
  readonly operation: number;
  readonly message: string;
  /** A `test` did not hold, which some callers take for "nothing to do". */
  readonly failedTest?: boolean;
}

/** Applies a patch. The result shares every part that did not change. */
export function applyJsonPatch(value: Json, patch: JsonPatch): Result<Json, PatchFailure> {
  let current = value;
  const tooMuch = copyLimit();
  for (const [operation, step] of patch.entries()) {
    const limit = step.op === 'copy' ? tooMuch(valueAt(current, tokens(step.from)) ?? null) : undefined;
    if (limit !== undefined) return failure({ operation, message: limit });
    const next = apply(current, step);
    if (!next.ok) return failure({ operation, message: next.problem });
    current = next.value;
  }
  return ok(current);
}

function apply(value: Json, step: JsonPatchOperation): Result<Json, string> {
  switch (step.op) {
    case 'add':
      return change(value, tokens(step.path), { kind: 'add', value: step.value });
    case 'replace':
      return change(value, tokens(step.path), { kind: 'replace', value: step.value });
    case 'remove':
      return change(value, tokens(step.path), { kind: 'remove' });
    case 'test': {
      const found = valueAt(value, tokens(step.path));
      if (found === undefined) return failure(`"${step.path}" does not exist`);
      return sameJson(found, step.value) ? ok(value) : failure(`"${step.path}" is not the value tested for`);
    }
    case 'copy':
    case 'move': {
      const found = valueAt(value, tokens(step.from));
      if (found === undefined) return failure(`"${step.from}" does not exist`);
      if (step.op === 'copy') return change(value, tokens(step.path), { kind: 'add', value: found });
      if (step.path === step.from) return ok(value);
      if (step.path.startsWith(`${step.from}/`)) return failure(`"${step.from}" cannot be moved into itself`);
      const removed = change(value, tokens(step.from), { kind: 'remove' });
      return removed.ok ? change(removed.value, tokens(step.path), { kind: 'add', value: found }) : removed;
    }
  }
}

type Edit = { readonly kind: 'add' | 'replace'; readonly value: Json } | { readonly kind: 'remove' };

/** The value that the keys of a pointer lead to; undefined where there is none. */
export function valueAt(value: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const token of path) {
    if (Array.isArray(here)) here = /^(?:0|[1-9][0-9]*)$/.test(token) ? (here as readonly Json[])[Number(token)] : undefined;
    else here = isObject(here) && Object.hasOwn(here, token) ? here[token] : undefined;
    if (here === undefined) return undefined;
  }
  return here;
}

function change(value: Json, path: readonly string[], edit: Edit): Result<Json, string> {
  const [token, ...rest] = path;
  if (token === undefined) return edit.kind === 'remove' ? failure('the whole document cannot be removed') : ok(edit.value);
  if (Array.isArray(value)) return changeList(value, token, rest, edit);
  if (isObject(value)) return changeObject(value, token, rest, edit);
  return failure(`"${token}" does not exist`);
}

function changeList(list: readonly Json[], token: string, rest: readonly string[], edit: Edit): Result<Json, string> {
  const appends = token === '-';
  if (!appends && !/^(?:0|[1-9][0-9]*)$/.test(token)) return failure(`"${token}" is no index`);
  const index = appends ? list.length : Number(token);
  const inserts = rest.length === 0 && edit.kind === 'add';
  if (index > list.length || (index === list.length && !inserts)) return failure(`index ${token} is out of range`);
  const copy = [...list];
  if (rest.length === 0) {
    if (edit.kind === 'add') copy.splice(index, 0, edit.value);
    else if (edit.kind === 'replace') copy[index] = edit.value;
    else copy.splice(index, 1);
    return ok(copy);
  }
  const inner = change(list[index] as Json, rest, edit);
  if (!inner.ok) return inner;
  copy[index] = inner.value;
  return ok(copy);
}

function changeObject(object: JsonObject, token: string, rest: readonly string[], edit: Edit): Result<Json, string> {
  const exists = Object.hasOwn(object, token);
  if (!exists && (rest.length > 0 || edit.kind !== 'add')) return failure(`"${token}" does not exist`);
  if (rest.length === 0) return ok(edit.kind === 'remove' ? without(object, token) : withField(object, token, edit.value));
  const inner = change(object[token] as Json, rest, edit);
  return inner.ok ? ok(withField(object, token, inner.value)) : inner;
}

function withField(object: JsonObject, key: string, value: Json): JsonObject {
  const copy = { ...object };
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
