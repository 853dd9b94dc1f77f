// Strategic merge patches (k8s.io/apimachinery/pkg/util/strategicpatch 1.36): merge patches in which lists of built-in kinds merge by key, as
// the schema of the kind says, with `$patch: replace|delete|merge`, `$retainKeys`, `$setElementOrder/<list>` and
// `$deleteFromPrimitiveList/<list>`. Custom resources have none: the API server answers 415. Left out: making such patches.

import { isObject, type Json } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Schema } from '../schema/schema.ts';
import { goMap, goTypeName } from './go-map.ts';
import { insertInOrder, type ListPart, mergeScalars, orderedBy, partitioned } from './strategic-list.ts';

/** `format`: the API server answers 400; `list-of-lists`: 422; `patch`: anything else wrong with the patch, answered with 500. */
export interface StrategicFailure {
  readonly code: 'format' | 'list-of-lists' | 'patch';
  readonly message: string;
}

/** A mutable object: a copy of the object or of the patch. */
export interface Fields {
  [key: string]: Json | undefined;
}

/** Thrown inside only; `applyStrategicMergePatch` returns it as a failure. */
export class Refused extends Error {
  readonly failure: StrategicFailure;
  constructor(code: StrategicFailure['code'], message: string) {
    super(message);
    this.failure = { code, message };
  }
}

const marker = '$patch';
const retainKeys = '$retainKeys';
const orderPrefix = '$setElementOrder';
const deletePrefix = '$deleteFromPrimitiveList';

/** Applies a patch to an object of a kind with this schema. The object and the patch stay as they are. */
export function applyStrategicMergePatch(object: Json, patch: Json, schema: Schema): Result<Json, StrategicFailure> {
  if (!isObject(object) || !isObject(patch)) return failure({ code: 'format', message: 'the object and the patch must be mappings' });
  try {
    return ok(mergeMaps(structuredClone(object) as Fields, structuredClone(patch) as Fields, schema) as Json);
  } catch (error) {
    if (error instanceof Refused) return failure(error.failure);
    throw error;
  }
}

function mergeMaps(original: Fields, patch: Fields, schema: Schema | undefined): Fields {
  if (Object.hasOwn(patch, marker)) return direct(patch);
  applyRetainKeys(original, patch);
  applyElementOrders(original, patch, schema);
  for (const [patchKey, change] of Object.entries(patch)) {
    if (change === undefined) continue;
    const isDeletion = patchKey.startsWith(deletePrefix);
    const key = isDeletion ? fieldOf(patchKey, deletePrefix) : patchKey;
    if (change === null) {
      delete original[key];
      continue;
    }
    const current = Object.hasOwn(original, key) ? original[key] : undefined;
    if (current === undefined || kindOf(current) !== kindOf(change)) {
      if (!isDeletion) put(original, key, withoutDirectives(withoutNulls(change)));
    } else if (isObject(current)) {
      const field = fieldSchema(schema, key);
      put(original, key, (strategyOf(field) === 'replace' ? change : mergeMaps(current as Fields, change as Fields, field)) as Json);
    } else if (Array.isArray(current)) {
      put(original, key, mergeListField(current, change as Json[], fieldSchema(schema, key), isDeletion));
    } else put(original, key, withoutDirectives(change));
  }
  return original;
}

/** `$patch: replace` takes the patch as it is, `$patch: delete` leaves an empty object. */
function direct(patch: Fields): Fields {
  if (patch[marker] === 'delete') return {};
  if (patch[marker] !== 'replace') throw badDirective(patch);
  const { [marker]: _directive, ...rest } = patch;
  return rest;
}

function badDirective(holder: Fields): Refused {
  return new Refused('patch', `unknown patch type: ${goMap(holder[marker])} in map: ${goMap(holder as Json)}`);
}

const badRetainKeys = 'invalid patch format of retainKeys';

function applyRetainKeys(original: Fields, patch: Fields): void {
  const kept = patch[retainKeys];
  if (!Object.hasOwn(patch, retainKeys)) return;
  delete patch[retainKeys];
  if (!Array.isArray(kept)) throw new Refused('format', badRetainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(deletePrefix) || key.startsWith(orderPrefix)) continue;
    if (!kept.includes(key)) throw new Refused('format', badRetainKeys);
  }
  for (const key of Object.keys(original)) if (!kept.includes(key)) delete original[key];
}

/** Merges the lists whose order the patch states, and takes them out of the patch. */
function applyElementOrders(original: Fields, patch: Fields, schema: Schema | undefined): void {
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(orderPrefix)) continue;
    delete patch[directive];
    if (!Array.isArray(order)) throw notOfType('[]interface {}', order);
    const key = fieldOf(directive, orderPrefix);
    const current = listIn(original, key);
    const change = listIn(patch, key);
    const field = fieldSchema(schema, key);
    const mergeKey = field.patchMergeKey ?? '';
    checkOrder(change, order, mergeKey);
    if (current === undefined && change === undefined) continue;
    const merged =
      change === undefined
        ? (current ?? [])
        : current === undefined
          ? (withoutDirectives(change) as Json[])
          : mergeListField(current, change, field, false);
    const part: ListPart = { mergeKey, kind: elementKind(current ?? [], change ?? []) };
    checkKeys(part, merged, order);
    const { chosen, rest } = partitioned(merged, order, part);
    put(original, key, insertInOrder(orderedBy(rest, current ?? [], part), orderedBy(chosen, order, part), current ?? [], part));
    delete patch[key];
  }
}

/** The members of the patch must stand in the stated order, as far as they are not deleted. */
function checkOrder(change: readonly Json[] | undefined, order: readonly Json[], mergeKey: string): void {
  if (change === undefined || change.length === 0 || order.length === 0) return;
  const members = mergeKey === '' ? change : change.filter((item) => !(isObject(item) && item[marker] === 'delete'));
  let next = 0;
  for (let at = 0; next < members.length && at < order.length; ) {
    const member = members[next] as Json;
    if (isObject(member) && Object.hasOwn(member, marker)) {
      next++;
      continue;
    }
    if (sameMember(member, order[at] as Json, mergeKey)) next++;
    at++;
  }
  if (next < members.length) {
    const lists = [goMap([...change]), goMap([...order])];
    throw new Refused('patch', `The order in patch list:\n${lists[0]}\n doesn't match ${orderPrefix} list:\n${lists[1]}\n`);
  }
}

function sameMember(left: Json, right: Json, mergeKey: string): boolean {
  if (mergeKey === '') return left === right;
  for (const member of [left, right]) {
    if (!isObject(member)) throw notOfType('map[string]interface {}', member);
    if (!Object.hasOwn(member, mergeKey)) throw noMergeKey(member, mergeKey);
  }
  return keyOf(left, mergeKey) === keyOf(right, mergeKey);
}

function mergeListField(current: Json[] | readonly Json[], change: readonly Json[], field: Schema, isDeletion: boolean): Json[] {
  if (strategyOf(field) !== 'merge' && !isDeletion) return [...change];
  if (current.length === 0 && change.length === 0) return [...current];
  const kind = elementKind(current, change);
  const mergeKey = field.patchMergeKey ?? '';
  const part: ListPart = { mergeKey, kind };
  if (kind !== 'object') {
    if (isDeletion) return current.filter((item) => !change.includes(item));
    const merged = mergeScalars([...current, ...change]);
    const { chosen, rest } = partitioned(merged, change, part);
    return insertInOrder(orderedBy(rest, current, part), orderedBy(chosen, change, part), current, part);
  }
  if (mergeKey === '') throw new Refused('patch', 'cannot merge lists without merge key for struct');
  const { original, patch } = withDirectives(current, change, mergeKey);
  const merged = [...original];
  for (const member of patch) {
    const value = keyOf(member, mergeKey);
    const at = merged.findIndex((item) => isObject(item) && item[mergeKey] === value);
    if (at < 0) merged.push(member);
    else merged[at] = mergeMaps(merged[at] as Fields, member as Fields, field.items) as Json;
  }
  checkKeys(part, merged);
  const { chosen, rest } = partitioned(merged, patch, part);
  return insertInOrder(orderedBy(rest, original, part), orderedBy(chosen, patch, part), original, part);
}

/** Carries out the directives of members: those to delete are gone from the original, and a replacement leaves only the patch. */
function withDirectives(
  current: readonly Json[],
  change: readonly Json[],
  mergeKey: string,
): { readonly original: readonly Json[]; readonly patch: readonly Json[] } {
  let original = [...current];
  const patch: Json[] = [];
  let replaces = false;
  for (const member of change) {
    const directive = isObject(member) && Object.hasOwn(member, marker) ? member[marker] : undefined;
    if (directive === undefined) patch.push(member);
    else if (directive === 'replace') replaces = true;
    else if (directive === 'delete') {
      const value = keyOf(member, mergeKey);
      original = original.filter((item) => !isObject(item) || item[mergeKey] !== value);
    } else if (directive === 'merge') throw new Refused('patch', 'merging lists cannot yet be specified in the patch');
    else throw badDirective(member as Fields);
  }
  return replaces ? { original: patch, patch: [] } : { original, patch };
}

/** Every member of a keyed list must have its key. */
function checkKeys({ mergeKey, kind }: ListPart, ...lists: readonly (readonly Json[])[]): void {
  if (kind === 'object' && mergeKey !== '') for (const member of lists.flat(1)) keyOf(member, mergeKey);
}

function keyOf(member: Json, mergeKey: string): Json {
  const value = isObject(member) && Object.hasOwn(member, mergeKey) ? member[mergeKey] : undefined;
  if (value === undefined) throw noMergeKey(member, mergeKey);
  return value;
}

function noMergeKey(member: Json, mergeKey: string): Refused {
  return new Refused('patch', `map: ${goMap(member)} does not contain declared merge key: ${mergeKey}`);
}

function notOfType(wanted: string, value: Json | undefined): Refused {
  return new Refused('patch', `expected a ${wanted}, but received a ${goTypeName(value ?? null)}`);
}

function fieldSchema(schema: Schema | undefined, key: string): Schema {
  const field = schema?.properties?.get(key);
  if (field === undefined) {
    const struct = schema?.definition?.split('.').at(-1) ?? '';
    throw new Refused('patch', `unable to find api field in struct ${struct} for the json field ${JSON.stringify(key)}`);
  }
  return field;
}

/** The strategy beside `retainKeys`. */
function strategyOf(field: Schema): string {
  return field.patchStrategy?.find((strategy) => strategy !== 'retainKeys') ?? '';
}

function fieldOf(directive: string, prefix: string): string {
  if (!directive.startsWith(`${prefix}/`)) {
    const list = prefix === deletePrefix ? 'primitive list' : 'setElementOrder list';
    throw new Refused('format', `invalid patch format of ${list}`);
  }
  return directive.slice(prefix.length + 1);
}

function listIn(holder: Fields, key: string): Json[] | undefined {
  const value = Object.hasOwn(holder, key) ? holder[key] : undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw notOfType('[]interface {}', value);
  return value as Json[];
}

function kindOf(value: Json): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** The one kind that all members of both lists have. */
function elementKind(...lists: readonly (readonly Json[])[]): string {
  let kind: string | undefined;
  for (const item of lists.flat(1)) {
    const own = kindOf(item);
    if (kind === undefined && own === 'array') throw new Refused('list-of-lists', 'lists of lists are not supported');
    if (kind !== undefined && own !== kind)
      throw new Refused('patch', `list element types are not identical: ${goMap(lists.map((list) => [...list]))}`);
    kind = own;
  }
  if (kind === undefined) throw new Refused('patch', 'no elements in any of the given slices');
  return kind;
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([key, item]) => [key, withoutNulls(item as Json)]),
  );
}

/** The value without members and fields that are directives; undefined where it is one itself. */
function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => withoutDirectives(item)).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, marker)) return undefined;
  const entries = Object.entries(value).map(([key, item]): [string, Json | undefined] => [
    key,
    item === undefined ? item : withoutDirectives(item),
  ]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function put(holder: Fields, key: string, value: Json | undefined): void {
  if (value === undefined) delete holder[key];
  else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
