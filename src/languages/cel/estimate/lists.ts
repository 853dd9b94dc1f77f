// Estimates for the lists and sets of cel-go's extensions (ext/lists.go, ext/sets.go), by overload.

import { createList, perCharacter } from '../cost.ts';
import { addCost, factor, fixed, maximum, product, type Range, unknown } from '../range.ts';
import { type CallEstimate, literalInt, type Part, type Sized } from './part.ts';

/** Lists and sets of cel-go's extensions. */
export function listEstimate(sized: Sized, overload: string, target: Part | undefined, args: readonly Part[]): CallEstimate | undefined {
  const [first, second] = args;
  const allocating = (by: number, size: Range): CallEstimate => ({
    cost: addCost(addCost(factor(size, by), fixed(1)), fixed(createList)),
    size,
  });
  if (overload.startsWith('list_sets_') && first !== undefined && second !== undefined)
    return {
      cost: addCost(factor(product(sized(first), sized(second)), overload === 'list_sets_equivalent_list' ? 2 : 1), fixed(1)),
    };
  if (overload === 'lists_range') return allocating(1, fixed(literalInt(first, maximum)));
  if (target === undefined) return undefined;
  const size = sized(target);
  switch (overload) {
    case 'list_slice':
      return allocating(1, fixed(literalInt(second, size.max) - literalInt(first, 0n)));
    case 'list_reverse':
      return allocating(1, size);
    case 'list_flatten':
    case 'list_flatten_int':
      return allocating(first === undefined ? 1 : Number(literalInt(first, maximum)), size);
    case 'list_distinct':
      return allocating(2, product(size, size));
    default: {
      const sort = /^list_(\w+)_sort(ByAssociatedKeys)?$/.exec(overload);
      if (sort === null) return undefined;
      const keys = sort[2] === undefined ? size : first === undefined ? unknown : sized(first);
      return allocating(sort[1] === 'string' || sort[1] === 'bytes' ? 2 + perCharacter : 2, product(keys, keys));
    }
  }
}
