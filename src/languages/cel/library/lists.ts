// Lists: Kubernetes' own library (since the beginning) and cel-go's extension in version 3 (since 1.34).

import { add } from '../arithmetic.ts';
import { compare, equal, noSuchOverload } from '../compare.ts';
import { typeName } from '../convert.ts';
import { fn, type Library, method } from '../function.ts';
import type { Macro } from '../macros.ts';
import { CelError, Duration, double, isList, Uint, type Value } from '../value.ts';

type List = readonly Value[];

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const zeros: Readonly<Record<string, Value>> = { int: 0, uint: new Uint(0n), double: double(0), duration: new Duration(0n) };

function isSorted(list: List): Value {
  return list.every((item, index) => index === 0 || !((compare(list[index - 1] ?? null, item) ?? 0) > 0));
}

function extreme(name: string, sign: number): (list: List) => Value {
  return (list) => {
    const [first] = list;
    if (first === undefined) return new CelError(`${name} called on empty list`);
    return list.reduce((best, item) => ((compare(item, best) ?? 0) * sign > 0 ? item : best), first);
  };
}

function sum(zero: Value): (list: List) => Value {
  return (list) => list.reduce<Value>((total, item) => (total instanceof CelError ? total : add(total, item)), zero);
}

/** isSorted, sum, min, max, indexOf, lastIndexOf. */
export const kubernetesLists: Library = {
  functions: [
    ...comparable.flatMap((type) => [
      method('isSorted', `list_${type}_is_sorted_bool`, `list(${type}) -> bool`, isSorted),
      method('max', `list_${type}_max_${type}`, `list(${type}) -> ${type}`, extreme('max', 1)),
      method('min', `list_${type}_min_${type}`, `list(${type}) -> ${type}`, extreme('min', -1)),
    ]),
    ...Object.entries(zeros).map(([type, zero]) => method('sum', `list_${type}_sum_${type}`, `list(${type}) -> ${type}`, sum(zero))),
    method('indexOf', 'list_a_index_of_int', 'list(A), A -> int', (list: List, item: Value) =>
      list.findIndex((other) => equal(other, item)),
    ),
    method('lastIndexOf', 'list_a_last_index_of_int', 'list(A), A -> int', (list: List, item: Value) =>
      list.findLastIndex((other) => equal(other, item)),
    ),
  ],
};

/** includes (since 1.37), of an element in a list and of a text in a text. */
export const kubernetesLists1: Library = {
  functions: [
    method('includes', 'list_a_includes_bool', 'list(A), A -> bool', (list: List, item: Value) => list.some((other) => equal(other, item))),
    method('includes', 'string_includes_string', 'string, string -> bool', (text: string, part: string) => text.includes(part)),
  ],
};

function slice(list: List, from: number, to: number): Value {
  const call = `cannot slice(${from}, ${to})`;
  if (from < 0 || to < 0) return new CelError(`${call}, negative indexes not supported`);
  if (from > to) return new CelError(`${call}, start index must be less than or equal to end index`);
  if (list.length < to) return new CelError(`${call}, list is length ${list.length}`);
  return list.slice(from, to);
}

function flatten(list: List, depth: number): Value {
  if (depth < 0) return new CelError('level must be non-negative');
  const flat = (items: List, level: number): Value[] =>
    items.flatMap((item) => (isList(item) && level > 0 ? flat(item, level - 1) : [item]));
  return flat(list, depth);
}

function sorted(list: List, keys: List): Value {
  if (list.length !== keys.length)
    return new CelError('@sortByAssociatedKeys() expected a list of the same size as the associated keys list');
  const [first] = keys;
  if (first === undefined) return list;
  const kind = typeName(first);
  if (keys.some((key) => typeName(key) !== kind)) return new CelError('list elements must have the same type');
  if (compare(first, first) === undefined) return new CelError('list elements must be comparable');
  const order = keys.map((_, index) => index).sort((a, b) => compare(keys[a] ?? null, keys[b] ?? null) ?? 0);
  return order.map((index) => list[index] ?? null);
}

const maxRange = 1_000_000;

function range(count: number): Value {
  if (count > maxRange) return new CelError(`range of ${count} elements is larger than ${maxRange}`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => index);
}

function distinct(list: List): Value {
  const kept: Value[] = [];
  for (const item of list) if (!kept.some((other) => equal(other, item))) kept.push(item);
  return kept;
}

/** `list.sortBy(e, key)`: the list is bound to a name, mapped to its keys and sorted by them. */
const sortBy: Macro = {
  name: 'sortBy',
  args: 2,
  receiver: true,
  expand: (call) => {
    const [variable, key] = call.args;
    const { target, start, end } = call;
    if (variable?.kind !== 'ident' || key === undefined || target === undefined)
      return { code: 'cel/syntax', message: 'sortBy variable must be a simple identifier', start, end };
    const place = { start, end };
    const bound = '@__sortBy_input__';
    const input = { kind: 'ident', name: bound, ...place } as const;
    const accumulator = { kind: 'ident', name: '@result', ...place } as const;
    const none = { kind: 'list', elements: [], optional: new Set<number>(), ...place } as const;
    const keys = {
      kind: 'comprehension',
      range: input,
      variable: variable.name,
      accumulator: '@result',
      initial: { ...none },
      condition: { kind: 'literal', value: true, ...place },
      step: { kind: 'call', name: '_+_', args: [{ ...accumulator }, { ...none, elements: [key] }], ...place },
      result: { ...accumulator },
      ...place,
    } as const;
    return {
      kind: 'comprehension',
      range: { ...none },
      variable: '#unused',
      accumulator: bound,
      initial: target,
      condition: { kind: 'literal', value: false, ...place },
      step: { ...input },
      result: { kind: 'call', name: '@sortByAssociatedKeys', target: { ...input }, args: [keys], ...place },
      ...place,
    };
  },
};

/** slice, flatten, sort, sortBy, range, reverse, distinct. */
export const lists3: Library = {
  macros: [sortBy],
  functions: [
    method('slice', 'list_slice', 'list(T), int, int -> list(T)', slice),
    method('flatten', 'list_flatten', 'list(list(T)) -> list(T)', (list: Value) => (isList(list) ? flatten(list, 1) : noSuchOverload()), {
      dispatches: true,
    }),
    method('flatten', 'list_flatten_int', 'list(dyn), int -> list(dyn)', flatten),
    ...comparable.flatMap((type) => [
      method('sort', `list_${type}_sort`, `list(${type}) -> list(${type})`, (list: List) => sorted(list, list)),
      method('@sortByAssociatedKeys', `list_${type}_sortByAssociatedKeys`, `list(T), list(${type}) -> list(T)`, sorted),
    ]),
    fn('lists.range', 'lists_range', 'int -> list(int)', range),
    method('reverse', 'list_reverse', 'list(T) -> list(T)', (list: List) => list.toReversed()),
    method('distinct', 'list_distinct', 'list(T) -> list(T)', distinct),
  ],
};
