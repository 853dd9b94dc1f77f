// The cost an expression may have at most, from its types and the sizes that a schema allows: the API server refuses custom resources
// whose rules may cost too much. The arithmetic is cel-go's (checker/cost.go) with the estimates of Kubernetes' libraries, in unsigned
// 64-bit numbers that stop at their maximum.

import { accumulator, type Comprehension, type Node, qualifiedName } from './ast.ts';
import type { Checked } from './check.ts';
import { createList, createMap, createStruct } from './cost.ts';
import { kubernetesEstimate } from './estimate/kubernetes.ts';
import { listEstimate } from './estimate/lists.ts';
import { type CallEstimate, type Entry, isScalar, literalSize, type Part, type SizeOf } from './estimate/part.ts';
import { standardEstimate } from './estimate/standard.ts';
import { addCost, type Cost, fixed, maximum, type Range, timesCost, union, unknown } from './range.ts';
import { type Type, types } from './type.ts';

interface Local {
  readonly path: readonly string[];
  readonly size: Range | undefined;
  readonly entry: Entry | undefined;
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
      const estimate = this.#estimate(name, overload, targetPart, args, argCosts);
      total = union(total, estimate.whole === true ? estimate.cost : argCosts.reduce(addCost, estimate.cost));
      if (estimate.entry !== undefined) this.#entries.set(node, estimate.entry);
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

  #estimate(name: string, overload: string, target: Part | undefined, args: readonly Part[], argCosts: readonly Cost[]): CallEstimate {
    const sized = (part: Part) => this.#sized(part);
    const entryOf = (part: Part | undefined) => (part?.node === undefined ? undefined : this.#entry(part.node));
    return (
      listEstimate(sized, overload, target, args) ??
      kubernetesEstimate(sized, name, overload, target, args) ??
      standardEstimate(overload, target, args, argCosts, entryOf) ?? { cost: fixed(1) }
    );
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
