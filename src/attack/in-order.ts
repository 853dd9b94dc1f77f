// The changes of several repairs as a person makes them, one after the other. Every repair says its patch for the object as it was read; where
// an earlier one took something out of a list, later places of that list have moved, and what is gone already is not taken out again.

import type { JsonPatchOperation } from '../kube/patch/json-patch.ts';
import { asList, field, type Json } from '../lib/json.ts';
import { pointer, tokens } from '../lib/json-pointer.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import { type Change, changesToMake, type Repair } from './repair.ts';

/** For each repair what is left to do once those before it are made: none where they did it all. Added objects stay as they are. */
export function inOrder(repairs: readonly Repair[]): readonly (readonly Change[])[] {
  const removed = new Map<string, readonly (readonly string[])[]>();
  const gone = new Set<string>();
  return repairs.map((repair) =>
    changesToMake(repair).flatMap((change): readonly Change[] => {
      if (change.kind === 'add') return [change];
      const key = keyOf(change.resource);
      if (gone.has(key)) return [];
      if (change.kind === 'remove') {
        gone.add(key);
        return [change];
      }
      const before = [...(removed.get(key) ?? [])];
      const patch = change.patch.flatMap((operation) => moved(operation, before, change.resource.object as Json));
      const own = change.patch.flatMap(({ op, path }) => (op === 'remove' ? [tokens(path)] : []));
      removed.set(key, [...before, ...own.filter((path) => !before.some((other) => other.join('\n') === path.join('\n')))]);
      return patch.length === 0 ? [] : [{ ...change, patch }];
    }),
  );
}

function keyOf({ group, kind, namespace, name }: Resource): string {
  return [group, kind, namespace, name].join('\n');
}

/** The operation where its place is now; none where something that holds it is gone. */
function moved(operation: JsonPatchOperation, removed: readonly (readonly string[])[], object: Json): readonly JsonPatchOperation[] {
  const path = tokens(operation.path);
  const begins = (other: readonly string[], length: number) => other.slice(0, length).every((token, index) => token === path[index]);
  if (removed.some((other) => other.length <= path.length && begins(other, other.length))) return [];
  const now = path.map((token, depth) => {
    if (!/^[0-9]+$/.test(token) || asList(valueAt(object, path.slice(0, depth))).length === 0) return token;
    const earlier = removed.filter((other) => other.length === depth + 1 && begins(other, depth) && Number(other[depth]) < Number(token));
    return String(Number(token) - earlier.length);
  });
  return [{ ...operation, path: pointer(...now) }];
}

function valueAt(object: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = object;
  for (const token of path) here = Array.isArray(here) ? here[Number(token)] : field(here, token);
  return here;
}
