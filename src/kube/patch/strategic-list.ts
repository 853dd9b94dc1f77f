// The order of merged lists in strategic merge patches: members of the patch in the patch's order, the server's own in theirs, the two woven
// together as they stood before (strategicpatch 1.36, normalizeElementOrder and mergeSortedSlice).

import { isObject, type Json } from '../../lib/json.ts';

export interface ListPart {
  /** The empty text for lists of scalars. */
  readonly mergeKey: string;
  /** JSON kind of the members. */
  readonly kind: string;
}

/** Members that `by` names, and the others. */
export function partitioned(
  list: readonly Json[],
  by: readonly Json[],
  part: ListPart,
): { readonly chosen: Json[]; readonly rest: Json[] } {
  const chosen: Json[] = [];
  const rest: Json[] = [];
  for (const item of list) (position(by, item, part) >= 0 ? chosen : rest).push(item);
  return { chosen, rest };
}

/** The list in the order of another, by insertion: a member that the other lacks goes before its neighbour. */
export function orderedBy(list: readonly Json[], order: readonly Json[], part: ListPart): Json[] {
  const sorted = [...list];
  const goesBefore = (left: Json, right: Json): boolean => {
    const at = position(order, left, part);
    const other = position(order, right, part);
    return at < 0 || other < 0 || at < other;
  };
  for (let index = 1; index < sorted.length; index++)
    for (let at = index; at > 0 && goesBefore(sorted[at] as Json, sorted[at - 1] as Json); at--)
      [sorted[at - 1], sorted[at]] = [sorted[at] as Json, sorted[at - 1] as Json];
  return sorted;
}

/** Weaves the server's own members among those of the patch: before those that they stood before. */
export function insertInOrder(own: readonly Json[], patched: readonly Json[], before: readonly Json[], part: ListPart): Json[] {
  const result: Json[] = [];
  let left = 0;
  let right = 0;
  while (left < own.length && right < patched.length) {
    const at = position(before, own[left] as Json, part);
    const other = position(before, patched[right] as Json, part);
    if (at >= 0 && other >= 0 && at < other) result.push(own[left++] as Json);
    else result.push(patched[right++] as Json);
  }
  return [...result, ...patched.slice(right), ...own.slice(left)];
}

/** Removes repeated scalars; the last member takes the place of a removed one, as there. */
export function mergeScalars(list: Json[]): Json[] {
  let length = list.length - 1;
  for (let first = 0; first < length; first++)
    for (let next = first + 1; next <= length; next++)
      if (list[first] === list[next]) {
        list[next] = list[length] as Json;
        list.length = length;
        length--;
        next--;
      }
  return list;
}

function position(list: readonly Json[], item: Json, { mergeKey, kind }: ListPart): number {
  if (kind !== 'object' || mergeKey === '') return list.indexOf(item);
  const value = isObject(item) ? item[mergeKey] : undefined;
  return list.findIndex((candidate) => isObject(candidate) && candidate[mergeKey] === value);
}
