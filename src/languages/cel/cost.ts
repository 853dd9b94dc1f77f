// What a call costs at run time, as the API server counts it (cel-go's cost tracker and k8s.io/apiserver/pkg/cel/library/cost.go, 1.37).
// A unit is about 50 ns of Go. Selecting a field or naming a variable costs 1 and is counted where it is planned.

import { CelError, costSize, EntryMap, entriesOf, isList, isObjectMap, Opaque, type Value } from './value.ts';

/** The cost of a call, from its arguments and its result. */
export type CallCost = (args: readonly Value[], result: Value) => number;

export const createList = 10;
export const createMap = 30;
export const createStruct = 40;
/** For each character of a text that is gone through once. */
export const perCharacter = 0.1;
/** For each character of a regular expression, applied to one unit of text. */
export const perPatternCharacter = 0.25;
export const authorizerCheck = 350_000;

/** What an expression of the API server may cost, and what all expressions of one validation may cost together. */
export const perCallLimit = 1_000_000;
export const runtimeBudget = 10_000_000;

const size = (args: readonly Value[], index: number): number => costSize(args[index] ?? null);
const traversal = (characters: number, factor = perCharacter): number => Math.ceil(characters * factor);
const regex = (text: number, pattern: number): number => traversal(1 + text) * traversal(pattern, perPatternCharacter);

const one: CallCost = () => 1;
const walk: CallCost = (args) => traversal(size(args, 0));
const walkTwice: CallCost = (args) => traversal(size(args, 0) * 2);

/** By function, for all its overloads. */
const byFunction: Readonly<Record<string, CallCost>> = {
  check: () => authorizerCheck,
  ...over(
    ['fieldSelector', 'labelSelector'],
    (args) => createList + traversal(size(args, 1)) + Math.ceil(Math.ceil(size(args, 1) * 0.5) * (createList + createStruct)),
  ),
  ...over(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf', 'includes'], (args) => wholeTree(args[0] ?? null)),
  ...over(['url', 'lowerAscii', 'upperAscii', 'substring', 'trim', 'jsonpatch.escapeKey'], walk),
  ...over(['replace', 'split', 'ip.isCanonical'], walkTwice),
  join: (_, result) => traversal(costSize(result) * 2),
  ...over(['find', 'findAll'], (args) => regex(size(args, 0), size(args, 1))),
  ...over(['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver', 'ip'], walk),
  validate: (args) => regex(size(args, 1), formatPattern(args[0] ?? null)),
};

function over(names: readonly string[], cost: CallCost): Record<string, CallCost> {
  return Object.fromEntries(names.map((name) => [name, cost]));
}

function formatPattern(format: Value): number {
  return format instanceof Opaque && 'maxPatternSize' in format ? Number(format.maxPatternSize) : 0;
}

/** Everything in a value, gone through once. */
function wholeTree(value: Value): number {
  if (typeof value === 'string') return Math.trunc(new TextEncoder().encode(value).length * perCharacter);
  if (value instanceof Uint8Array) return Math.trunc(value.length * perCharacter);
  if (isList(value)) return value.reduce<number>((sum, item) => sum + wholeTree(item), 0);
  if (value instanceof EntryMap || isObjectMap(value))
    return entriesOf(value).reduce((sum, [key, item]) => sum + wholeTree(key) + wholeTree(item), 0);
  return 1;
}

const shorter: CallCost = (args) => traversal(Math.min(size(args, 0), size(args, 1)));
const both: CallCost = (args) => traversal(size(args, 0) + size(args, 1));
const network = (args: readonly Value[]): number => traversal(size(args, 0) * 2);
const inner = (args: readonly Value[]): number => network(args) + traversal(size(args, 0)) + 1;
const product =
  (factor: number): CallCost =>
  (args) =>
    1 + Math.trunc(size(args, 0) * size(args, 1) * factor);
const allocated: CallCost = (_, result) => 1 + createList + costSize(result);

/** By overload; these come before the function's. */
const byOverload: Readonly<Record<string, CallCost>> = {
  list_sets_contains_list: product(1),
  list_sets_intersects_list: product(1),
  list_sets_equivalent_list: product(2),
  list_slice: allocated,
  lists_range: allocated,
  list_reverse: allocated,
  list_flatten: flattened,
  list_flatten_int: flattened,
  list_distinct: (args) => compared(args[0] ?? null),
  cidr_ip: one,
  cidr_contains_ip_ip: network,
  cidr_contains_ip_string: (args) => network(args) + traversal(size(args, 1)),
  cidr_contains_cidr: inner,
  cidr_contains_cidr_string: (args) => inner(args) + traversal(size(args, 1)),
};

function flattened(args: readonly Value[]): number {
  const depth = args.length > 1 ? Number(args[1]) : 1;
  return 1 + createList + depth * size(args, 0);
}

/** Every element compared with every other, twice; texts are walked too. */
function compared(list: Value): number {
  const [first] = isList(list) ? list : [];
  const factor = typeof first === 'string' || first instanceof Uint8Array ? 2 + perCharacter : 2;
  return 1 + createList + Math.trunc(costSize(list) ** 2 * factor);
}

/** By overload where the function has no cost of its own. */
const standard: Readonly<Record<string, CallCost>> = {
  ...over(['string_to_bytes', 'bytes_to_string', 'strings_quote', 'string_format'], walk),
  ...over(['starts_with_string', 'ends_with_string'], (args) => traversal(size(args, 1))),
  in_list: (args) => size(args, 1),
  ...over(
    ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((name) => [`${name}_string`, `${name}_bytes`]),
    shorter,
  ),
  ...over(['equals', 'not_equals'], shorter),
  ...over(['add_string', 'add_bytes'], both),
  matches_string: (args) => regex(size(args, 0), size(args, 1)),
  contains_string: (args) => traversal(size(args, 0)) * traversal(size(args, 1)),
};

/** `walksPrefix`: `startsWith` and `endsWith` cost by their argument, as in Kubernetes 1.37; before, by the whole text. */
export function callCost(name: string, overload: string | undefined, walksPrefix = true): CallCost {
  if (!walksPrefix && (overload === 'starts_with_string' || overload === 'ends_with_string')) return walk;
  if (overload?.startsWith('list_') === true && overload.endsWith('_sort')) return (args) => compared(args[0] ?? null);
  if (overload?.endsWith('_sortByAssociatedKeys') === true) return (args) => compared(args[1] ?? null);
  const special = overload === undefined || !Object.hasOwn(byOverload, overload) ? undefined : byOverload[overload];
  if (special !== undefined) return special;
  if (name === '_==_') return equality;
  if (Object.hasOwn(byFunction, name)) return byFunction[name] ?? one;
  return overload !== undefined && Object.hasOwn(standard, overload) ? (standard[overload] ?? one) : one;
}

/** Values of libraries are compared for one unit. */
export const equality: CallCost = (args) => {
  const [left = null, right = null] = args;
  if (typeof left !== 'object' && typeof left !== 'string') return 1;
  if (left instanceof Opaque || left instanceof CelError) return 1;
  return traversal(Math.min(costSize(left), costSize(right)));
};

/** True where a call's cost is always one, so that it need not be asked. */
export function isUnitCost(cost: CallCost): boolean {
  return cost === one;
}
