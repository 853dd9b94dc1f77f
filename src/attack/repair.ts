// One change that takes an edge away: patches of objects, an object more or an object less, with what it costs to make. Every patch is for
// the object as the snapshot has it.

import type { KubeObject } from '../kube/object.ts';
import { isKubeObject } from '../kube/object.ts';
import { applyJsonPatch, type JsonPatch, type JsonPatchOperation } from '../kube/patch/json-patch.ts';
import { field, type Json, sameJson } from '../lib/json.ts';
import { pointer, tokens } from '../lib/json-pointer.ts';
import { named } from '../snapshot/lookup.ts';
import { type Resource, resource, type Snapshot } from '../snapshot/snapshot.ts';

export type Change =
  | { readonly kind: 'patch'; readonly resource: Resource; readonly patch: JsonPatch }
  | { readonly kind: 'remove'; readonly resource: Resource }
  | { readonly kind: 'add'; readonly object: KubeObject };

export interface Repair {
  /** The same for the same change, wherever it is offered. */
  readonly id: string;
  /** The change as an order: `remove ServiceAccount shop/web from ClusterRoleBinding web`. */
  readonly text: string;
  /** What it takes to make the change and to be sure of it, from 1 (one field) to 5 (a project). */
  readonly effort: number;
  readonly changes: readonly Change[];
  /** The service account whose pods are left without a token, where that is the change. */
  readonly withoutToken?: { readonly namespace: string; readonly name: string };
}

/**
 * The changes a person makes: pods and ReplicaSets that follow from a template that changes too are left out, their controller makes them anew.
 */
export function changesToMake({ changes }: Repair): readonly Change[] {
  const follows = (change: Change) => change.kind === 'patch' && ['Pod', 'ReplicaSet'].includes(change.resource.kind);
  const own = changes.filter((change) => !follows(change));
  return own.length > 0 ? own : changes;
}

/** The patch that gives the field at `path` a value; parents that are missing are made. */
export function setting(object: Json | undefined, path: string, value: Json): JsonPatch {
  const keys = tokens(path);
  let here: Json | undefined = object;
  for (const [depth, key] of keys.entries()) {
    const next = Array.isArray(here) ? here[Number(key)] : field(here, key);
    if (depth < keys.length - 1 && next !== undefined && next !== null) {
      here = next;
      continue;
    }
    const made = keys.slice(depth + 1).reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
    return [{ op: next === undefined ? 'add' : 'replace', path: pointer(...keys.slice(0, depth + 1)), value: made }];
  }
  return [];
}

/** Patches that remove fields; of a list, from its end, so that positions stay right. */
export function removing(paths: readonly string[]): JsonPatch {
  return [...new Set(paths)].sort(byPosition).map((path): JsonPatchOperation => ({ op: 'remove', path }));
}

/** Later places first; of a place and what lies in it, what lies in it first. */
function byPosition(a: string, b: string): number {
  const [left, right] = [tokens(a), tokens(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [x, y] = [left[index] ?? '', right[index] ?? ''];
    if (x === y) continue;
    const numbers = /^[0-9]+$/.test(x) && /^[0-9]+$/.test(y);
    return numbers ? Number(y) - Number(x) : x < y ? 1 : -1;
  }
  return right.length - left.length;
}

/** The snapshot with every change made. A patch that does not fit the object any more leaves it as it is. */
export function applied(snapshot: Snapshot, repairs: readonly Repair[]): Snapshot {
  const patches = new Map<Resource, JsonPatchOperation[]>();
  const gone = new Set<Resource>();
  const added: Resource[] = [];
  for (const change of new Set(repairs.flatMap(({ changes }) => changes))) {
    if (change.kind === 'add') {
      added.push(resource(change.object, { kind: 'memory' }));
      continue;
    }
    for (const one of copiesOf(snapshot, change.resource))
      if (change.kind === 'remove') gone.add(one);
      else patches.set(one, [...(patches.get(one) ?? []), ...change.patch]);
  }
  const resources = snapshot.resources.flatMap((one) => {
    if (gone.has(one)) return [];
    const patch = patches.get(one);
    return [patch === undefined ? one : patched(one, patch)];
  });
  return { ...snapshot, resources: [...resources, ...added] };
}

/** The object and its copies: manifests often write one object in several files, and a change of one of them changes nothing. */
function copiesOf(snapshot: Snapshot, one: Resource): readonly Resource[] {
  const body = ({ object: { metadata: _metadata, status: _status, ...rest } }: Resource) => rest;
  return named(snapshot, one.group, one.kind, one.namespace, one.name).filter((other) => other === one || sameJson(body(other), body(one)));
}

/** Removals last and from the end, so that several patches of one object do not move each other's places. */
function patched(one: Resource, operations: readonly JsonPatchOperation[]): Resource {
  const unique = [...new Map(operations.map((operation) => [JSON.stringify(operation), operation])).values()];
  const removals = removing(unique.filter(({ op }) => op === 'remove').map(({ path }) => path));
  let object: Json = one.object;
  for (const operation of [...unique.filter(({ op }) => op !== 'remove'), ...removals]) {
    const done = applyJsonPatch(object, [operation]);
    if (done.ok) object = done.value;
  }
  if (!isKubeObject(object)) return one;
  return resource(object, one.origin, one.namespace === '' ? 'default' : one.namespace, one.namespace !== '');
}
