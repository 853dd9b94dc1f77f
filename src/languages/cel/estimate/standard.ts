// Estimates for the standard library (cel-go, checker/cost.go), by overload.

import { perCharacter, perPatternCharacter } from '../cost.ts';
import { addCost, addSize, atMost, type Cost, factor, fixed, type Range, timesCost, union, unknown } from '../range.ts';
import { type CallEstimate, type Entry, joinedEntry, type Part } from './part.ts';

/** The standard library. */
export function standardEstimate(
  overload: string,
  target: Part | undefined,
  args: readonly Part[],
  argCosts: readonly Cost[],
  entryOf: (part: Part | undefined) => Entry | undefined,
): CallEstimate | undefined {
  const [first, second, third] = args;
  const of = (part: Part | undefined): Range => part?.size ?? unknown;
  switch (overload) {
    case 'string_format':
      return { cost: factor(of(target), perCharacter) };
    case 'string_to_bytes':
      return { cost: factor(of(first), perCharacter), size: { min: of(first).min, max: BigInt.asUintN(64, of(first).max * 4n) } };
    case 'bytes_to_string':
      return { cost: factor(of(first), perCharacter), size: { min: of(first).min / 4n, max: of(first).max } };
    case 'strings_quote':
      return {
        cost: factor(of(first), perCharacter),
        size: { min: of(first).min + 2n, max: BigInt.asUintN(64, of(first).max * 2n + 2n) },
      };
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: factor(of(first), perCharacter) };
    case 'in_list':
      return { cost: factor(of(second), 1) };
    case 'matches_string':
      return target === undefined
        ? undefined
        : { cost: timesCost(factor(addSize(of(target), fixed(1)), perCharacter), factor(of(first), perPatternCharacter)) };
    case 'contains_string':
      return { cost: timesCost(factor(of(target), perCharacter), factor(of(first), perCharacter)) };
    case 'logical_or':
    case 'logical_and': {
      const [left = fixed(0), right = fixed(0)] = argCosts;
      return { cost: { min: left.min, max: addCost(left, right).max }, whole: true };
    }
    case 'conditional': {
      const [test = fixed(0), yes = fixed(0), no = fixed(0)] = argCosts;
      const entry = joinedEntry(entryOf(second), entryOf(third));
      return {
        cost: addCost(test, union(yes, no)),
        size: union(of(second), of(third)),
        whole: true,
        ...(entry !== undefined && { entry }),
      };
    }
    case 'add_string':
    case 'add_bytes':
    case 'add_list': {
      const size = addSize(of(first), of(second));
      const entry = joinedEntry(entryOf(first), entryOf(second));
      return { cost: overload === 'add_list' ? fixed(1) : factor(size, perCharacter), size, ...(entry !== undefined && { entry }) };
    }
    default: {
      const ordering = /^(?:less|less_equals|greater|greater_equals)_(?:string|bytes)$|^(?:not_)?equals$/.test(overload);
      if (!ordering) return undefined;
      const max = atMost(of(first).max, of(second).max);
      return { cost: factor({ min: max > 0n ? 1n : 0n, max }, perCharacter) };
    }
  }
}
