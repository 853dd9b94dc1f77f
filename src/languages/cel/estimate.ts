// The cost an expression may have at most, from its types and the sizes that a schema allows: the API server refuses custom resources
// whose rules may cost too much. The arithmetic is cel-go's (checker/cost.go) with the estimates of Kubernetes' libraries, in unsigned
// 64-bit numbers that stop at their maximum.

import { accumulator, type Comprehension, type Node, qualifiedName } from './ast.ts';
import type { Checked } from './check.ts';
import { authorizerCheck, createList, createMap, createStruct, perCharacter, perPatternCharacter } from './cost.ts';
import { addCost, addSize, atMost, type Cost, factor, fixed, maximum, product, type Range, timesCost, union, unknown } from './range.ts';
import { isOptionalType, type Type, types } from './type.ts';
import { textSize } from './value.ts';

/** A place in the declared variables: `['self', 'spec', '@items']`, or undefined for what was computed. */
export type SizePath = readonly string[] | undefined;
/** The sizes a value may have, where its declaration says so. */
export type SizeOf = (path: SizePath, type: Type) => Range | undefined;

interface Part {
  readonly path: SizePath;
  readonly type: Type;
  readonly node?: Node;
  readonly size: Range | undefined;
}

interface Entry {
  readonly container: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

interface Local {
  readonly path: readonly string[];
  readonly size: Range | undefined;
  readonly entry: Entry | undefined;
}

/** What a call costs without its arguments, and how large its result may be. */
interface CallEstimate {
  readonly cost: Cost;
  readonly size?: Range;
  /** The arguments' costs are in `cost` already. */
  readonly whole?: boolean;
}

export function estimateCost(node: Node, checked: Checked, sizeOf: SizeOf): Cost {
  return new Estimator(checked, sizeOf).cost(node);
}

class Estimator {
  readonly #checked: Checked;
  readonly #sizeOf: SizeOf;
  readonly #paths = new Map<Node, readonly string[]>();
  readonly #sizes = new Map<Node, Range>();
  readonly #entries = new Map<Node, Entry>();
  readonly #locals = new Map<string, Local[]>();

  constructor(checked: Checked, sizeOf: SizeOf) {
    this.#checked = checked;
    this.#sizeOf = sizeOf;
  }

  cost(node: Node): Cost {
    switch (node.kind) {
      case 'literal':
        return fixed(0);
      case 'ident': {
        this.#paths.set(node, this.#local(node.name)?.path ?? [node.name]);
        return fixed(1);
      }
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'struct':
        return node.fields.reduce((sum, { value }) => addCost(sum, this.cost(value)), fixed(createStruct));
      case 'comprehension':
        return isBinding(node) ? this.#binding(node) : this.#comprehension(node);
    }
  }

  #type(node: Node): Type {
    return this.#checked.types.get(node) ?? types.dyn;
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, local: Local): void {
    this.#locals.set(name, [...(this.#locals.get(name) ?? []), local]);
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop();
  }

  #path(node: Node): readonly string[] {
    const local = node.kind === 'ident' ? this.#local(node.name) : undefined;
    return local?.path ?? this.#paths.get(node) ?? [];
  }

  #select(node: Node & { kind: 'select' }): Cost {
    if (this.#checked.references.has(node)) {
      this.#paths.set(node, [qualifiedName(node) ?? node.field]);
      return fixed(1);
    }
    const operand = this.cost(node.operand);
    if (node.testOnly) return operand;
    this.#paths.set(node, [...this.#path(node.operand), node.field]);
    const { kind } = this.#type(node.operand);
    return kind === 'map' || kind === 'object' || kind === 'param' ? addCost(operand, fixed(1)) : operand;
  }

  #part(node: Node): Part {
    const path = this.#path(node);
    const known = path.length > 0 && path[0] !== accumulator;
    return { path: known ? path : undefined, type: this.#type(node), node, size: this.#size(node) };
  }

  #size(node: Node): Range | undefined {
    const computed = this.#sizes.get(node) ?? literalSize(node);
    if (computed !== undefined) return computed;
    const declared = this.#sizeOf(this.#path(node), this.#type(node));
    if (declared !== undefined) {
      this.#sizes.set(node, declared);
      return declared;
    }
    if (isScalar(this.#type(node))) return fixed(1);
    return node.kind === 'ident' ? this.#local(node.name)?.size : undefined;
  }

  #entry(node: Node): Entry | undefined {
    return this.#entries.get(node) ?? (node.kind === 'ident' ? this.#local(node.name)?.entry : undefined);
  }

  /** What Kubernetes' estimates take: also sizes of values that were not computed. */
  #sized(part: Part): Range {
    return part.size ?? this.#sizeOf(part.path, part.type) ?? unknown;
  }

  #call(node: Node & { kind: 'call' }): Cost {
    const resolved = this.#checked.calls.get(node);
    const name = resolved?.overloads[0]?.name ?? node.name;
    if (name === 'dyn' && node.args[0] !== undefined) {
      const argument = this.cost(node.args[0]);
      this.#copy(node, node.args[0]);
      return addCost(fixed(1), argument);
    }
    const argCosts = node.args.map((argument) => this.cost(argument));
    const args = node.args.map((argument) => this.#part(argument));
    const overloads = node.name === '_?._' ? ['select_optional_field'] : (resolved?.overloads ?? []).map(({ id }) => id);
    if (overloads.length === 0) return fixed(0);
    const { target } = resolved ?? {};
    const owner = target === undefined ? fixed(0) : this.cost(target);
    const targetPart = target === undefined ? undefined : this.#part(target);
    let total: Cost = { min: maximum, max: 0n };
    let size: Range | undefined;
    for (const overload of overloads) {
      const estimate = this.#estimate(node, name, overload, targetPart, args, argCosts);
      total = union(total, estimate.whole === true ? estimate.cost : argCosts.reduce(addCost, estimate.cost));
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : union(size, estimate.size);
      if ((overload === 'index_list' || overload === 'index_map') && node.args[0] !== undefined) {
        size = this.#entry(node.args[0])?.value;
        this.#paths.set(node, [...this.#path(node.args[0]), overload === 'index_list' ? '@items' : '@values']);
      }
      size ??= this.#size(node);
    }
    if (size !== undefined) this.#sizes.set(node, size);
    return addCost(owner, total);
  }

  #copy(to: Node, from: Node): void {
    const size = this.#size(from);
    const entry = this.#entry(from);
    if (size !== undefined) this.#sizes.set(to, size);
    if (entry !== undefined) this.#entries.set(to, entry);
  }

  #estimate(
    node: Node,
    name: string,
    overload: string,
    target: Part | undefined,
    args: readonly Part[],
    argCosts: readonly Cost[],
  ): CallEstimate {
    return (
      this.#byOverload(overload, target, args) ??
      this.#byFunction(name, overload, target, args) ??
      this.#standard(node, overload, target, args, argCosts) ?? { cost: fixed(1) }
    );
  }

  /** Lists and sets of cel-go's extensions. */
  #byOverload(overload: string, target: Part | undefined, args: readonly Part[]): CallEstimate | undefined {
    const [first, second] = args;
    const allocating = (by: number, size: Range): CallEstimate => ({
      cost: addCost(addCost(factor(size, by), fixed(1)), fixed(createList)),
      size,
    });
    if (overload.startsWith('list_sets_') && first !== undefined && second !== undefined)
      return {
        cost: addCost(factor(product(this.#sized(first), this.#sized(second)), overload === 'list_sets_equivalent_list' ? 2 : 1), fixed(1)),
      };
    if (overload === 'lists_range') return allocating(1, fixed(literalInt(first, maximum)));
    if (target === undefined) return undefined;
    const size = this.#sized(target);
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
        const keys = sort[2] === undefined ? size : first === undefined ? unknown : this.#sized(first);
        return allocating(sort[1] === 'string' || sort[1] === 'bytes' ? 2 + perCharacter : 2, product(keys, keys));
      }
    }
  }

  /** Kubernetes' libraries. */
  #byFunction(name: string, overload: string, target: Part | undefined, args: readonly Part[]): CallEstimate | undefined {
    const [first, second] = args;
    const walked = (part: Part, by = perCharacter): CallEstimate => ({ cost: factor(this.#sized(part), by) });
    switch (name) {
      case 'check':
        return { cost: fixed(authorizerCheck) };
      case 'fieldSelector':
      case 'labelSelector': {
        if (first === undefined) return undefined;
        const length = this.#sized(first);
        return {
          cost: addCost(addCost(fixed(createList), factor(length, perCharacter)), factor(factor(length, 0.5), createList + createStruct)),
        };
      }
      case 'isSorted':
      case 'sum':
      case 'max':
      case 'min':
      case 'indexOf':
      case 'lastIndexOf':
      case 'includes':
        return target === undefined ? undefined : this.#elementwise(name, target);
      case 'url':
      case 'jsonpatch.escapeKey':
        return first === undefined ? undefined : { ...walked(first), size: this.#sized(first) };
      case 'lowerAscii':
      case 'upperAscii':
      case 'substring':
      case 'trim':
        return target === undefined ? undefined : { ...walked(target), size: this.#sized(target) };
      case 'replace':
        return target === undefined || first === undefined || second === undefined ? undefined : this.#replaced(target, first, second);
      case 'split': {
        if (target === undefined) return undefined;
        const limit =
          second?.node?.kind === 'literal' && typeof second.node.value === 'number'
            ? BigInt.asUintN(64, BigInt(second.node.value))
            : undefined;
        return { ...walked(target, 2 * perCharacter), size: { min: 0n, max: limit ?? this.#sized(target).max } };
      }
      case 'join':
        return target === undefined ? undefined : this.#joined(target, first);
      case 'find':
      case 'findAll': {
        if (target === undefined || first === undefined) return undefined;
        const text = this.#sized(target);
        const cost = timesCost(factor(addSize(text, fixed(1)), perCharacter), factor(this.#sized(first), perPatternCharacter));
        return { cost, size: { min: 0n, max: text.max } };
      }
      case 'cidr':
      case 'isIP':
      case 'isCIDR':
      case 'quantity':
      case 'isQuantity':
      case 'semver':
      case 'isSemver':
        return first === undefined ? undefined : walked(first);
      case 'ip':
        return overload === 'cidr_ip' ? { cost: fixed(1) } : first === undefined ? undefined : walked(first);
      case 'ip.isCanonical':
        return first === undefined ? undefined : walked(first, 2 * perCharacter);
      case 'containsIP':
      case 'containsCIDR':
        return first === undefined ? undefined : this.#contained(name, overload, first);
      case 'validate':
        return first === undefined ? undefined : { cost: factor(walked(first).cost, 128 * perPatternCharacter) };
      case '_==_':
        return first === undefined || second === undefined ? undefined : libraryEquality(first, second);
      default:
        return nominal.has(name) ? { cost: fixed(1) } : undefined;
    }
  }

  #element(list: Part): Part | undefined {
    const [type] = list.type.parameters;
    if (type === undefined) return undefined;
    return { path: list.path === undefined ? undefined : [...list.path, '@items'], type, size: undefined };
  }

  #elementwise(name: string, target: Part): CallEstimate {
    const element = this.#element(target);
    const size = this.#sized(target);
    if (element === undefined) return { cost: factor(size, name === 'includes' ? 1 : perCharacter) };
    const text = element.type.kind === 'string' || element.type.kind === 'bytes';
    const each = text ? addCost(fixed(1), factor(this.#sized(element), perCharacter)) : fixed(1);
    return { cost: timesCost(size, each) };
  }

  #replaced(target: Part, old: Part, by: Part): CallEstimate {
    const text = this.#sized(target);
    const sought = this.#sized(old);
    const put = this.#sized(by);
    const plusOne = (size: bigint) => (size < maximum ? size + 1n : size);
    const ratio = (size: bigint, parts: bigint) => factor({ min: 0n, max: size }, 1 / Number(parts)).max;
    let count = { min: 0n, max: 0n };
    let kept = { min: 0n, max: 0n };
    if (sought.min === 0n) {
      count = { ...count, max: plusOne(text.max) };
      kept = { ...kept, max: text.max };
    } else if (put.max <= sought.min) kept = { ...kept, max: text.max };
    else count = { ...count, max: ratio(text.max, sought.min) };
    if (sought.max === 0n) {
      count = { ...count, min: plusOne(text.min) };
      kept = { ...kept, min: text.min };
    } else if (sought.max <= put.min) kept = { ...kept, min: text.min };
    else count = { ...count, min: ratio(text.min, sought.max) };
    return { cost: factor(text, 2 * perCharacter), size: addSize(product(count, put), kept) };
  }

  #joined(target: Part, separator: Part | undefined): CallEstimate {
    const element = this.#element(target);
    const list = this.#sized(target);
    let size: Range = element === undefined ? fixed(0) : product(list, this.#sized(element));
    if (separator !== undefined) {
      const count = { min: list.min > 0n ? list.min - 1n : 0n, max: list.max > 0n ? list.max - 1n : 0n };
      size = addSize(size, product(this.#sized(separator), count));
    }
    return { cost: factor(size, perCharacter), size };
  }

  #contained(name: string, overload: string, other: Part): CallEstimate {
    const address = { min: 4n, max: 16n };
    let cost = factor(addSize(address, address), perCharacter);
    if (name === 'containsCIDR') cost = addCost(addCost(cost, factor(address, perCharacter)), fixed(1));
    if (overload.endsWith('_string')) cost = addCost(cost, factor(this.#sized(other), perCharacter));
    return { cost };
  }

  /** The standard library. */
  #standard(
    node: Node,
    overload: string,
    target: Part | undefined,
    args: readonly Part[],
    argCosts: readonly Cost[],
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
        const entry = joinedEntry(this.#entryOf(second), this.#entryOf(third));
        if (entry !== undefined) this.#entries.set(node, entry);
        return { cost: addCost(test, union(yes, no)), size: union(of(second), of(third)), whole: true };
      }
      case 'add_string':
      case 'add_bytes':
      case 'add_list': {
        const size = addSize(of(first), of(second));
        const entry = joinedEntry(this.#entryOf(first), this.#entryOf(second));
        if (entry !== undefined) this.#entries.set(node, entry);
        return { cost: overload === 'add_list' ? fixed(1) : factor(size, perCharacter), size };
      }
      default: {
        const ordering = /^(?:less|less_equals|greater|greater_equals)_(?:string|bytes)$|^(?:not_)?equals$/.test(overload);
        if (!ordering) return undefined;
        const max = atMost(of(first).max, of(second).max);
        return { cost: factor({ min: max > 0n ? 1n : 0n, max }, perCharacter) };
      }
    }
  }

  #entryOf(part: Part | undefined): Entry | undefined {
    return part?.node === undefined ? undefined : this.#entry(part.node);
  }

  #list(node: Node & { kind: 'list' }): Cost {
    let cost = fixed(createList);
    let value: Range = { min: node.elements.length === 0 ? 0n : maximum, max: 0n };
    for (const element of node.elements) {
      cost = addCost(cost, this.cost(element));
      value = union(value, this.#size(element) ?? unknown);
    }
    this.#entries.set(node, { container: 'list', key: fixed(1), value });
    return cost;
  }

  #map(node: Node & { kind: 'map' }): Cost {
    let cost = fixed(createMap);
    const none: Range = { min: node.entries.length === 0 ? 0n : maximum, max: 0n };
    let [keys, values] = [none, none];
    for (const { key, value } of node.entries) {
      cost = addCost(cost, addCost(this.cost(key), this.cost(value)));
      keys = union(keys, this.#size(key) ?? unknown);
      values = union(values, this.#size(value) ?? unknown);
    }
    this.#entries.set(node, { container: 'map', key: keys, value: values });
    return cost;
  }

  #comprehension(node: Comprehension): Cost {
    let cost = addCost(this.cost(node.range), this.cost(node.initial));
    this.#push(node.accumulator, { path: this.#path(node.initial), size: this.#size(node.initial), entry: this.#entry(node.initial) });
    const entry = this.#entry(node.range);
    const isList = (entry?.container ?? this.#type(node.range).kind) === 'list';
    const path = this.#path(node.range);
    const local = (suffix: string, size: Range | undefined): Local => ({ path: [...path, suffix], size, entry: undefined });
    const ofValue = local(isList ? '@items' : '@values', entry?.value);
    const ofKey = local(isList ? '@indices' : '@keys', entry?.key);
    if (node.second === undefined) this.#push(node.variable, isList ? ofValue : ofKey);
    else {
      this.#push(node.variable, ofKey);
      this.#push(node.second, ofValue);
    }
    const loop = this.cost(node.condition);
    const step = this.cost(node.step);
    this.#pop(node.variable);
    if (node.second !== undefined) this.#pop(node.second);
    cost = addCost(cost, this.cost(node.result));
    this.#pop(node.accumulator);
    const count = this.#size(node.range) ?? unknown;
    cost = addCost(cost, timesCost(count, addCost(step, loop)));
    if (node.initial.kind === 'literal') {
      const size = this.#size(node.initial);
      if (size !== undefined) this.#sizes.set(node, size);
    } else if (node.initial.kind === 'list' || node.initial.kind === 'map') {
      this.#sizes.set(node, count);
      const made = this.#entry(node.step);
      if (made !== undefined) this.#entries.set(node, made);
    }
    return cost;
  }

  /** A name bound by `optMap`, `optFlatMap` or `sortBy`. */
  #binding(node: Comprehension): Cost {
    const cost = addCost(this.cost(node.range), this.cost(node.initial));
    this.#push(node.accumulator, { path: this.#path(node.initial), size: this.#size(node.initial), entry: this.#entry(node.initial) });
    const result = this.cost(node.result);
    this.#pop(node.accumulator);
    this.#copy(node, node.result);
    return addCost(cost, result);
  }
}

function isBinding({ range, condition, accumulator: name }: Comprehension): boolean {
  return (
    range.kind === 'list' &&
    range.elements.length === 0 &&
    condition.kind === 'literal' &&
    condition.value === false &&
    name !== accumulator
  );
}

function joinedEntry(a: Entry | undefined, b: Entry | undefined): Entry | undefined {
  return a === undefined || b === undefined
    ? undefined
    : { container: a.container, key: union(a.key, b.key), value: union(a.value, b.value) };
}

function literalInt(part: Part | undefined, otherwise: bigint): bigint {
  if (part?.node?.kind !== 'literal' || typeof part.node.value !== 'number') return otherwise;
  return BigInt(Math.max(0, part.node.value));
}

function literalSize(node: Node): Range | undefined {
  if (node.kind === 'list') return fixed(node.elements.length);
  if (node.kind === 'map') return fixed(node.entries.length);
  if (node.kind !== 'literal') return undefined;
  if (typeof node.value === 'string') return fixed(textSize(node.value));
  return fixed(node.value instanceof Uint8Array ? node.value.length : 1);
}

const scalars = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

function isScalar(type: Type): boolean {
  return scalars.has(type.kind) || (isOptionalType(type) && type.parameters[0] !== undefined && isScalar(type.parameters[0]));
}

const equalForOne = new Set(['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver']);

function libraryEquality(a: Part, b: Part): CallEstimate | undefined {
  if (a.type.name !== b.type.name || a.type.kind !== b.type.kind) return undefined;
  const { name } = a.type;
  if (equalForOne.has(name) || name.startsWith('kubernetes.authorization.')) return { cost: fixed(1) };
  if (name === 'kubernetes.NamedFormat') return { cost: factor({ min: 1n, max: 64n }, perCharacter) };
  if (name === 'kubernetes.URL')
    return { cost: factor({ min: 1n, max: b.size === undefined ? 1n : atLeastOne(b.size.max) }, perCharacter) };
  return undefined;
}

function atLeastOne(size: bigint): bigint {
  return size > 1n ? size : 1n;
}

const nominal = new Set(
  'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery'.split(
    ' ',
  ),
);
