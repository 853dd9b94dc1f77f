// JSON patches as the API server applies them (evanphx/json-patch v4, kube-apiserver 1.36), which is more lenient than RFC 6902: `replace`
// sets a key that is absent, indexes may be negative or have a sign, `test` holds for an absent key and null, `copy` of an absent key writes
// null, and what stands before the first slash of a path is ignored. Patches come from requests: they may have any shape.

import { asList, field, isObject, type Json, sameJson } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { copyLimit } from './copies.ts';
import type { PatchFailure } from './json-patch.ts';

/** More operations are refused with 413. */
export const maxOperations = 10_000;

type Holder = Json[] | { [key: string]: Json | undefined };

/** Applies a patch from a request. The value stays as it is. */
export function applyServerJsonPatch(value: Json, patch: Json): Result<Json, PatchFailure> {
  if (!Array.isArray(patch)) return failure({ operation: 0, message: 'a JSON patch is a list of operations' });
  if (patch.length > maxOperations) return failure({ operation: maxOperations, message: `more than ${maxOperations} operations` });
  let document = copied(value);
  const tooMuch = copyLimit();
  for (const [operation, step] of asList(patch).entries()) {
    const next = apply(document, step, tooMuch);
    if ('message' in next) return failure({ operation, ...next });
    document = next.document;
  }
  return ok(document);
}

/** A copy that shares nothing, not even within itself what the value has in two places. */
function copied(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => copied(item));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item ?? null)])) : value;
}

type Step = { readonly document: Json } | { readonly message: string; readonly failedTest?: boolean };

const missing = (message: string): Step => ({ message: `${message}: missing value` });
const invalidIndex = (index: number) => `Unable to access invalid index: ${index}: invalid index referenced`;

/** The document after one step, changed in place, or why the step does not apply, in the words of the API server. */
function apply(document: Json, step: Json, tooMuch: ReturnType<typeof copyLimit>): Step {
  const op = String(field(step, 'op') ?? 'unknown');
  const path = field(step, 'path');
  if (!operations.has(op)) return { message: `Unexpected kind: ${op}` };
  if (op === 'move' || op === 'copy') return transfer(op, document, field(step, 'from'), path, tooMuch);
  if (typeof path !== 'string') return missing(`${op} operation failed to decode path`);
  const value = copied(field(step, 'value') ?? null);
  if (path === '' && op === 'replace')
    return isHolder(value) ? { document: value } : { message: 'replace operation value must be object or array: %!w(<nil>)' };
  if (path === '' && op === 'test') return sameJson(document, value) ? { document } : failedTest(path);
  const place = find(document, path);
  if (place === undefined)
    return missing(
      op === 'test'
        ? `test operation does not apply: is missing path: ${path}`
        : `${op} operation does not apply: doc is missing path: ${op === 'replace' ? path : `"${path}"`}`,
    );
  const { holder, key } = place;
  const wrong = (problem: string | undefined, verb = op): Step =>
    problem === undefined ? { document } : { message: `error in ${verb} for path: '${path}': ${problem}` };
  if (op === 'add') return wrong(add(holder, key, value));
  if (op === 'remove') return wrong(remove(holder, key));
  const found = get(holder, key);
  if (op === 'replace') {
    if ('problem' in found) return missing(`replace operation does not apply: doc is missing key: ${path}`);
    set(holder, key, value);
    return { document };
  }
  if ('problem' in found) return wrong(found.problem, 'test');
  return sameJson(found.value, value) ? { document } : failedTest(path);
}

const operations = new Set(['add', 'remove', 'replace', 'move', 'test', 'copy']);

function failedTest(path: string): Step {
  return { message: `testing value ${path} failed: test failed`, failedTest: true };
}

function transfer(
  op: 'move' | 'copy',
  document: Json,
  from: Json | undefined,
  path: Json | undefined,
  tooMuch: ReturnType<typeof copyLimit>,
): Step {
  if (typeof from !== 'string') return missing(`${op} operation failed to decode from: operation missing from field`);
  const source = find(document, from);
  if (source === undefined) return missing(`${op} operation does not apply: doc is missing from path: ${from}`);
  const found = get(source.holder, source.key);
  const wrong = (problem: string): Step => ({
    message: op === 'move' ? `error in move for path: '${source.key}': ${problem}` : `error in copy for from: '${from}': ${problem}`,
  });
  if ('problem' in found) return wrong(found.problem);
  const removed = op === 'move' ? remove(source.holder, source.key) : undefined;
  if (removed !== undefined) return wrong(removed);
  if (typeof path !== 'string') return missing(`${op} operation failed to decode path`);
  const target = find(document, path);
  if (target === undefined) return missing(`${op} operation does not apply: doc is missing destination path: ${path}`);
  const limit = op === 'copy' ? tooMuch(found.value) : undefined;
  if (limit !== undefined) return { message: limit };
  const problem = add(target.holder, target.key, op === 'copy' ? copied(found.value) : found.value);
  if (problem === undefined) return { document };
  return { message: op === 'move' ? `error in move for path: '${path}': ${problem}` : `error while adding value during copy: ${problem}` };
}

function find(document: Json, path: string): { readonly holder: Holder; readonly key: string } | undefined {
  const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.length < 2) return undefined;
  let here: Json | undefined = document;
  for (const part of parts.slice(1, -1)) {
    const found: Found = isHolder(here) ? get(here, part) : { problem: '' };
    here = 'value' in found ? found.value : undefined;
  }
  return isHolder(here) ? { holder: here, key: parts.at(-1) ?? '' } : undefined;
}

function isHolder(value: Json | undefined): value is Json[] & { [key: string]: Json } {
  return Array.isArray(value) || isObject(value);
}

type Found = { readonly value: Json } | { readonly problem: string };

/** Null for an absent key of a mapping. */
function get(holder: Holder, key: string): Found {
  if (!Array.isArray(holder)) return { value: Object.hasOwn(holder, key) ? (holder[key] ?? null) : null };
  const index = indexOf(key, holder.length);
  if (typeof index === 'string') return { problem: index };
  return index < holder.length ? { value: holder[index] ?? null } : { problem: invalidIndex(index) };
}

function set(holder: Holder, key: string, value: Json): void {
  if (Array.isArray(holder)) {
    const index = indexOf(key, holder.length);
    if (typeof index === 'number') holder[index] = value;
  } else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** What is wrong with the place; undefined where the value was added. */
function add(holder: Holder, key: string, value: Json): string | undefined {
  if (!Array.isArray(holder)) {
    set(holder, key, value);
    return undefined;
  }
  const index = key === '-' ? holder.length : indexOf(key, holder.length + 1);
  if (typeof index === 'string') return index.startsWith('strconv') ? `value was not a proper array index: '${key}': ${index}` : index;
  if (index > holder.length) return invalidIndex(index);
  holder.splice(index, 0, value);
  return undefined;
}

function remove(holder: Holder, key: string): string | undefined {
  if (Array.isArray(holder)) {
    const index = indexOf(key, holder.length);
    if (typeof index === 'string') return index;
    if (index >= holder.length) return invalidIndex(index);
    holder.splice(index, 1);
    return undefined;
  }
  if (!Object.hasOwn(holder, key)) return `Unable to remove nonexistent key: ${key}: missing value`;
  delete holder[key];
  return undefined;
}

/** A whole number as Go reads it, or what is wrong with it; negative ones count from the end of `length` members. */
function indexOf(key: string, length: number): number | string {
  if (!/^[-+]?[0-9]{1,9}$/.test(key)) return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
  const index = Number(key);
  if (index >= 0) return index;
  return index < -length ? invalidIndex(index) : index + length;
}
