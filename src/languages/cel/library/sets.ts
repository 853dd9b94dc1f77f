// Sets (cel-go's extension, in Kubernetes since 1.29): lists taken as sets, by CEL's equality.

import { equal } from '../compare.ts';
import { fn, type Library } from '../function.ts';
import type { Value } from '../value.ts';

type List = readonly Value[];

const has = (list: List, item: Value): boolean => list.some((other) => equal(other, item));
const contains = (list: List, all: List): boolean => all.every((item) => has(list, item));

export const sets: Library = {
  functions: [
    fn('sets.contains', 'list_sets_contains_list', 'list(T), list(T) -> bool', contains),
    fn('sets.equivalent', 'list_sets_equivalent_list', 'list(T), list(T) -> bool', (a: List, b: List) => contains(a, b) && contains(b, a)),
    fn('sets.intersects', 'list_sets_intersects_list', 'list(T), list(T) -> bool', (a: List, b: List) => a.some((item) => has(b, item))),
  ],
};
