// The syntax tree to closures: each node becomes a function of a frame that holds the variables' values and the cost so far. Costs are
// counted as cel-go's tracker counts them: 1 for a name with its fields, 1 for each field or index, nothing for `&&`, `||`, `?:` and
// constants, and for calls what `cost.ts` says. A name in a branch of `?:` costs nothing of its own, as in cel-go.
//
// Errors are values. Only running out of budget is thrown: nothing may absorb it.

import { type Call, type Comprehension, type Node, qualifiedName } from './ast.ts';
import type { Checked, Reference } from './check.ts';
import { equal, noSuchOverload } from './compare.ts';
import { typeName } from './convert.ts';
import { callCost, createList, createMap, createStruct, equality, isUnitCost } from './cost.ts';
import { candidates, type Environment } from './environment.ts';
import { isOf, type Overload } from './function.ts';
import { type LoopParts, planLoop } from './loop.ts';
import { compileRegex } from './regex.ts';
import {
  asDouble,
  CelError,
  Double,
  EntryMap,
  isInt,
  isList,
  isObjectMap,
  keyText,
  lookUp,
  madeAs,
  mapOf,
  type ObjectMap,
  Optional,
  ownField,
  Uint,
  type Value,
} from './value.ts';

export interface Frame {
  readonly slots: (Value | undefined)[];
  cost: number;
  readonly limit: number;
}

export type Run = (frame: Frame) => Value;

/** Thrown when the cost goes over the limit. */
export class BudgetExceeded {
  readonly cost: number;
  constructor(cost: number) {
    this.cost = cost;
  }
}

export interface Plan {
  readonly run: Run;
  /** Slot of every variable that the expression names. */
  readonly variables: readonly (readonly [string, number])[];
  readonly slots: number;
}

export interface Planned {
  readonly run: Run;
  /** The same without the unit that a name costs at the end; there only for names, fields, indexes and `?:`. */
  readonly resolve?: Run;
  /** Set for what never changes. */
  readonly constant?: Value;
  /** A `?:`, which costs nothing itself. */
  readonly free?: boolean;
  /** For what always gives an optional: the value it holds, undefined for none. Saves the optional between the steps of a chain. */
  readonly held?: (frame: Frame) => Value | undefined;
}

/** Called with every sub-expression's value, to explain a verdict. Slows evaluation down; costs nothing when absent. */
export type Observer = (node: Node, value: Value) => void;

/** A plan, or the error that a constant conversion in it always gives. */
export function plan(node: Node, environment: Environment, checked: Checked | undefined, observer?: Observer): Plan | CelError {
  const planner = new Planner(environment, checked, observer);
  const { run } = planner.plan(node);
  return planner.failed ?? { run, variables: [...planner.variables], slots: planner.slotCount };
}

const foldedConversions = new Set(['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint']);

class Planner {
  readonly #environment: Environment;
  readonly #checked: Checked | undefined;
  readonly #observer: Observer | undefined;
  readonly variables = new Map<string, number>();
  readonly #scopes: (readonly [string, number])[] = [];
  slotCount = 0;
  failed: CelError | undefined;

  constructor(environment: Environment, checked: Checked | undefined, observer: Observer | undefined) {
    this.#environment = environment;
    this.#checked = checked;
    this.#observer = observer;
  }

  plan(node: Node): Planned {
    const planned = this.#planned(node);
    const observer = this.#observer;
    if (observer === undefined) return planned;
    const watch =
      (run: Run): Run =>
      (frame) => {
        const value = run(frame);
        observer(node, value);
        return value;
      };
    const { run, resolve, constant: value, free } = planned;
    return {
      run: watch(run),
      ...(resolve !== undefined && { resolve: watch(resolve) }),
      ...(value !== undefined && { constant: value }),
      ...(free !== undefined && { free }),
    };
  }

  #planned(node: Node): Planned {
    switch (node.kind) {
      case 'literal':
        return constant(node.value);
      case 'ident':
        return this.#ident(node, node.name);
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'struct':
        return this.#struct(node);
      case 'comprehension':
        return this.#comprehension(node);
    }
  }

  /** What a dotted name stands for, if the checker or the environment knows it as a whole. */
  #reference(node: Node): Reference | undefined {
    if (this.#checked !== undefined) return this.#checked.references.get(node);
    const name = qualifiedName(node);
    if (name === undefined || this.#scopes.some(([known]) => known === name.split('.')[0])) return undefined;
    for (const candidate of candidates(this.#environment.container, name)) {
      if (this.#environment.variables.has(candidate)) return { kind: 'variable', name: candidate };
      const found = this.#environment.constants.get(candidate);
      if (found !== undefined) return { kind: 'constant', value: found.value };
    }
    return undefined;
  }

  #ident(node: Node, name: string): Planned {
    const reference = this.#reference(node);
    if (reference?.kind === 'constant') return constant(reference.value);
    const slot = this.#slot(reference?.name ?? name.replace(/^\./, ''), name.startsWith('.'));
    const resolve: Run = ({ slots }) => slots[slot] ?? (slots[slot] === null ? null : new CelError(`no such attribute(s): ${name}`, node));
    return attribute(resolve);
  }

  /** The slot of a variable; a name with a leading dot passes by the variables of macros. */
  #slot(name: string, global = false): number {
    for (let index = global ? -1 : this.#scopes.length - 1; index >= 0; index--) {
      const scope = this.#scopes[index];
      if (scope?.[0] === name) return scope[1];
    }
    const known = this.variables.get(name);
    if (known !== undefined) return known;
    this.variables.set(name, this.slotCount);
    return this.slotCount++;
  }

  #select(node: Node & { kind: 'select' }): Planned {
    const reference = this.#reference(node);
    if (reference !== undefined) return this.#ident(node, reference.kind === 'variable' ? reference.name : '');
    const operand = this.plan(node.operand);
    const from = operand.resolve ?? operand.run;
    const { field } = node;
    const own = field in Object.prototype;
    if (node.testOnly) {
      const resolve: Run = (frame) => {
        const value = from(frame);
        frame.cost++;
        return hasField(value, field);
      };
      // A test for presence costs no unit of its own.
      return { run: resolve, resolve };
    }
    if (operand.held !== undefined) return optional(chained(operand.held, field), operand.free);
    const resolve: Run = own
      ? (frame) => selectSlowly(frame, from(frame), field, node)
      : (frame) => {
          const value = from(frame);
          if (typeof value === 'object' && value !== null && value.constructor === Object) {
            const found = (value as ObjectMap)[field];
            if (found !== undefined) {
              frame.cost++;
              return found;
            }
          }
          return selectSlowly(frame, value, field, node);
        };
    return attribute(resolve, operand.free);
  }

  #call(node: Call): Planned {
    const { name, args } = node;
    switch (name) {
      case '_&&_':
      case '_||_':
        return { run: this.#logical(node, name === '_||_') };
      case '_?_:_':
        return this.#conditional(node);
      case '_[_]':
        return this.#index(node, false);
      case '_?._':
      case '_[?_]':
        return this.#index(node, true);
      default:
    }
    const resolved = this.#resolved(node);
    if (resolved === undefined) return { run: () => new CelError(`unknown function: ${name}`, node) };
    const { overloads, target } = resolved;
    const planned = [...(target === undefined ? [] : [target]), ...args].map((argument) => this.plan(argument));
    const only = overloads.length === 1 ? overloads[0]?.id : undefined;
    const [first, second] = planned;
    if (overloads[0]?.id === 'optional_orValue_value' || overloads[0]?.id === 'optional_or_optional')
      if (first !== undefined && second !== undefined) return { run: this.#alternative(first, second, name === 'orValue', node) };
    if (name === '_==_' || name === '_!=_') return { run: this.#equality(planned, name === '_==_', node) };
    const pattern = name === 'find' || name === 'findAll' ? planned[1]?.constant : undefined;
    const regex = typeof pattern === 'string' ? compileRegex(pattern) : undefined;
    if (regex instanceof CelError) this.failed ??= new CelError(regex.message, node);
    if (this.#environment.options.folding) {
      const folded = this.#folded(node, only, planned, overloads);
      if (folded !== undefined) return folded;
    }
    return { run: this.#invoke(node, overloads, planned) };
  }

  /** `or` and `orValue` evaluate their argument only where it is needed, and cost nothing themselves. */
  #alternative(first: Planned, second: Planned, unwrap: boolean, node: Node): Run {
    const other = second.run;
    const { held } = first;
    if (held !== undefined && unwrap)
      return (frame) => {
        frame.cost += first.free === true ? 0 : 1;
        const value = held(frame);
        return value === undefined ? other(frame) : value;
      };
    const { run } = first;
    const lenient = this.#environment.options.lenientOptionals;
    return (frame) => {
      const value = run(frame);
      if (!(value instanceof Optional)) return lenient || value instanceof CelError ? value : new CelError('no such overload', node);
      if (value.value === undefined) return other(frame);
      return unwrap ? value.value : value;
    };
  }

  #resolved(node: Call): { readonly overloads: readonly Overload[]; readonly target: Node | undefined } | undefined {
    const known = this.#checked?.calls.get(node);
    if (known !== undefined) return known;
    const prefix = node.target === undefined ? undefined : qualifiedName(node.target);
    const named = (name: string, member: boolean, count: number) =>
      candidates(this.#environment.container, name)
        .flatMap((candidate) => this.#environment.functions.get(candidate) ?? [])
        .filter((overload) => overload.member === member && overload.args.length === count);
    if (prefix !== undefined) {
      const overloads = named(`${prefix}.${node.name}`, false, node.args.length);
      if (overloads.length > 0) return { overloads, target: undefined };
    }
    const member = node.target !== undefined;
    const overloads = named(node.name, member, node.args.length + (member ? 1 : 0));
    return overloads.length === 0 ? undefined : { overloads, target: node.target };
  }

  /** Conversions of constants, and `in` over a constant list, as cel-go's optimiser precomputes them. */
  #folded(node: Call, overload: string | undefined, planned: readonly Planned[], overloads: readonly Overload[]): Planned | undefined {
    const [first, second] = planned;
    if (foldedConversions.has(node.name) && planned.length === 1 && first?.constant !== undefined) {
      const value = this.#invoke(node, overloads, planned)({ slots: [], cost: 0, limit: Number.POSITIVE_INFINITY });
      if (value instanceof CelError) this.failed ??= value;
      return constant(value);
    }
    if (overload !== 'in_list' || first === undefined || second?.constant === undefined || !isList(second.constant)) return undefined;
    if (second.constant.length === 0) return constant(false);
    const members = new Set<string>();
    for (const item of second.constant) {
      const text = keyText(item);
      if (text === undefined) return undefined;
      members.add(text);
    }
    const strings = new Set(second.constant.filter((item) => typeof item === 'string'));
    const { run } = first;
    return {
      run: (frame) => {
        const value = run(frame);
        if (typeof value === 'string') return strings.has(value);
        if (value instanceof CelError) return value;
        const text = value === null ? undefined : keyText(value);
        return text !== undefined && members.has(text);
      },
    };
  }

  #logical(node: Call, or: boolean): Run {
    const terms: Run[] = [];
    const flatten = (each: Node): void => {
      // Flat evaluation is the same as the balanced tree's, but an observer wants every node.
      if (each.kind === 'call' && each.name === node.name && this.#observer === undefined) each.args.forEach(flatten);
      else terms.push(this.plan(each).run);
    };
    node.args.forEach(flatten);
    const [left, right] = terms;
    if (terms.length === 2 && left !== undefined && right !== undefined)
      return (frame) => {
        const a = left(frame);
        if (a === or) return or;
        const b = right(frame);
        if (b === or) return or;
        return a === !or && b === !or ? !or : failedLogic(a === !or ? b : a, node);
      };
    return (frame) => {
      let failed: Value | undefined;
      for (const term of terms) {
        const value = term(frame);
        if (value === or) return or;
        if (value !== !or && failed === undefined) failed = value;
      }
      return failed === undefined ? !or : failedLogic(failed, node);
    };
  }

  #conditional(node: Call): Planned {
    const [test, yes, no] = node.args.map((argument) => this.plan(argument));
    if (test === undefined || yes === undefined || no === undefined) return { run: noSuchOverload };
    const whenTrue = yes.resolve ?? yes.run;
    const whenFalse = no.resolve ?? no.run;
    const resolve: Run = (frame) => {
      const value = test.run(frame);
      if (value === true) return whenTrue(frame);
      if (value === false) return whenFalse(frame);
      return value instanceof CelError ? value : new CelError('no such overload', node);
    };
    return { run: resolve, resolve, free: true };
  }

  #index(node: Call, optionally: boolean): Planned {
    const [container, index] = node.args.map((argument) => this.plan(argument));
    if (container === undefined || index === undefined) return { run: noSuchOverload };
    // cel-go refuses to plan an index that can never be one.
    if (index.constant !== undefined && keyText(index.constant ?? '') === undefined)
      this.failed ??= new CelError(`invalid qualifier type: ${typeName(index.constant)}`, node);
    const from = container.resolve ?? container.run;
    const at = index.resolve ?? index.run;
    const key = index.constant;
    if (typeof key === 'string' && (optionally || container.held !== undefined))
      return optional(chained(container.held ?? from, key), container.free);
    return attribute((frame) => {
      const value = from(frame);
      if (value instanceof CelError) return value;
      if (value instanceof Optional || optionally) return this.#optionalIndex(frame, value, at);
      const key = at(frame);
      frame.cost++;
      if (key instanceof CelError) return key;
      return indexed(value, key, node);
    }, container.free);
  }

  #optionalIndex(frame: Frame, value: Value, at: Run): Value {
    const held = value instanceof Optional ? value.value : value;
    if (held === undefined) return Optional.none;
    const key = at(frame);
    if (key instanceof CelError) return key;
    const found = find(held, key);
    if (found instanceof CelError) return found;
    if (found === undefined) return Optional.none;
    frame.cost++;
    return new Optional(found);
  }

  #equality([left, right]: readonly Planned[], wanted: boolean, node: Node): Run {
    if (left === undefined || right === undefined) return noSuchOverload;
    const a = left.run;
    const b = right.run;
    const text = right.constant;
    if (typeof text === 'string') {
      const most = Math.ceil(text.length * 0.1);
      return (frame) => {
        const value = a(frame);
        if (typeof value !== 'string') return differentKinds(frame, value, text, wanted, node);
        frame.cost += value.length >= text.length * 2 ? most : equality([value, text], true);
        return (value === text) === wanted;
      };
    }
    return (frame) => {
      const x = a(frame);
      const y = b(frame);
      if (x instanceof CelError || y instanceof CelError) {
        frame.cost++;
        return x instanceof CelError ? x : y;
      }
      frame.cost += wanted || typeof x !== 'object' ? equality([x, y], true) : callCost('_!=_', 'not_equals')([x, y], true);
      return equal(x, y) === wanted;
    };
  }

  #invoke(node: Call, overloads: readonly Overload[], planned: readonly Planned[]): Run {
    const [overload] = overloads;
    if (overload === undefined) return () => new CelError('no such overload', node);
    const cost = callCost(overload.name, overloads.length === 1 ? overload.id : undefined, this.#environment.options.walksPrefix);
    const unit = isUnitCost(cost);
    const runs = planned.map(({ run }) => run);
    const dispatch = dispatcher(overloads);
    const finish = (frame: Frame, args: readonly Value[], result: Value): Value => {
      frame.cost += unit ? 1 : cost(args, result);
      if (frame.cost > frame.limit) throw new BudgetExceeded(frame.cost);
      return result instanceof CelError && result.place === undefined ? new CelError(result.message, node) : result;
    };
    const strict = overload.nonStrict !== true;
    const [first, second] = runs;
    if (first !== undefined && runs.length === 1)
      return (frame) => {
        const a = first(frame);
        if (strict && a instanceof CelError) return finish(frame, [a], a);
        return finish(frame, [a], dispatch([a]));
      };
    if (first !== undefined && second !== undefined && runs.length === 2) {
      if (overload.dispatches === true && unit) return unitCall(first, second, overload.call, node);
      return (frame) => {
        const args = [first(frame), second(frame)] as const;
        const [a, b] = args;
        if (a instanceof CelError || b instanceof CelError) return finish(frame, args, a instanceof CelError ? a : b);
        return finish(frame, args, dispatch(args));
      };
    }
    return (frame) => {
      const args: Value[] = [];
      for (const run of runs) {
        const value = run(frame);
        if (value instanceof CelError) return value;
        args.push(value);
      }
      return finish(frame, args, dispatch(args));
    };
  }

  #list(node: Node & { kind: 'list' }): Planned {
    const elements = node.elements.map((element) => this.plan(element));
    const constants = elements.map(({ constant }) => constant);
    if (this.#environment.options.folding && node.optional.size === 0 && constants.every((value) => value !== undefined))
      return constant(constants);
    const runs = elements.map(({ run }) => run);
    return {
      run: (frame) => {
        const list: Value[] = [];
        let failed: CelError | undefined;
        for (let index = 0; index < runs.length && failed === undefined; index++) {
          let value = runs[index]?.(frame) ?? null;
          if (node.optional.has(index) && !(value instanceof CelError)) {
            if (!(value instanceof Optional)) value = new CelError('cannot initialize optional list element from non-optional value', node);
            else if (value.value === undefined) continue;
            else value = value.value;
          }
          if (value instanceof CelError) failed = value;
          else list.push(value);
        }
        frame.cost += createList;
        return failed ?? list;
      },
    };
  }

  #map(node: Node & { kind: 'map' }): Planned {
    const keys = node.entries.map(({ key }) => this.plan(key));
    const values = node.entries.map(({ value }) => this.plan(value));
    const build = (frame: Frame): Value => {
      const entries: (readonly [Value, Value])[] = [];
      for (let index = 0; index < keys.length; index++) {
        const key = keys[index]?.run(frame) ?? null;
        if (key instanceof CelError) return key;
        let value = values[index]?.run(frame) ?? null;
        if (value instanceof CelError) return value;
        if (node.entries[index]?.optional === true) {
          if (!(value instanceof Optional)) return new CelError('cannot initialize optional entry from non-optional value', node);
          if (value.value === undefined) continue;
          value = value.value;
        }
        entries.push([key, value]);
      }
      const map = mapOf(entries);
      return map instanceof CelError ? new CelError(map.message, node) : map;
    };
    const fixed =
      [...keys, ...values].every(({ constant: value }) => value !== undefined) && !node.entries.some(({ optional }) => optional);
    if (this.#environment.options.folding && fixed) {
      const value = build({ slots: [], cost: 0, limit: Number.POSITIVE_INFINITY });
      if (!(value instanceof CelError)) return constant(value);
    }
    return {
      run: (frame) => {
        const value = build(frame);
        frame.cost += createMap;
        return value;
      },
    };
  }

  #struct(node: Node & { kind: 'struct' }): Planned {
    const fields = node.fields.map(({ key, value, optional }) => ({ key, optional, run: this.plan(value).run }));
    const type = candidates(this.#environment.container, node.type)
      .map((name) => this.#environment.objects.get(name))
      .find((found) => found !== undefined);
    if (type === undefined) return { run: () => new CelError(`unknown type: ${node.type}`, node) };
    return {
      run: (frame) => {
        const object: Record<string, Value> = Object.create(null);
        for (const { key, optional, run } of fields) {
          const value = run(frame);
          if (value instanceof CelError) return value;
          if (!optional) object[key] = value;
          else if (value instanceof Optional && value.value !== undefined) object[key] = value.value;
        }
        frame.cost += createStruct;
        if (type.open === true) madeAs.set(object, type.name);
        return type.unwraps === true ? (Object.values(object)[0] ?? null) : object;
      },
    };
  }

  #comprehension(node: Comprehension): Planned {
    const range = this.plan(node.range).run;
    const initial = this.plan(node.initial);
    const slot = () => this.slotCount++;
    const accumulator = slot();
    const first = slot();
    const second = node.second === undefined ? undefined : slot();
    this.#scopes.push([node.accumulator, accumulator], [node.variable, first]);
    if (node.second !== undefined && second !== undefined) this.#scopes.push([node.second, second]);
    const parts: LoopParts = {
      node,
      range,
      initial,
      accumulator,
      first,
      second,
      plan: (part) => this.plan(part),
      folding: this.#environment.options.folding,
      observed: this.#observer !== undefined,
    };
    const loop = planLoop(parts);
    this.#scopes.pop();
    if (node.second !== undefined) this.#scopes.pop();
    const result = this.plan(node.result).run;
    this.#scopes.pop();
    return { run: loop(result) };
  }
}

function constant(value: Value): Planned {
  return { run: () => value, constant: value };
}

/** A name, field or index: costs a unit when it is evaluated by itself. */
function attribute(resolve: Run, free = false): Planned {
  if (free) return { run: resolve, resolve, free };
  return {
    resolve,
    run: (frame) => {
      frame.cost++;
      return resolve(frame);
    },
  };
}

function failedLogic(value: Value, node: Node): CelError {
  return value instanceof CelError ? value : new CelError('no such overload', node);
}

function differentKinds(frame: Frame, value: Value, text: string, wanted: boolean, _: Node): Value {
  frame.cost += equality([value, text], true);
  return value instanceof CelError ? value : !wanted;
}

/** A call of two arguments that costs one and looks at their types itself: most operators. */
function unitCall(first: Run, second: Run, call: Overload['call'], node: Node): Run {
  return (frame) => {
    const a = first(frame);
    const b = second(frame);
    frame.cost++;
    if (a instanceof CelError) return a;
    if (b instanceof CelError) return b;
    const result = call(a, b);
    return result instanceof CelError ? new CelError(result.message, node) : result;
  };
}

/** Finds the overload by the types of the arguments. */
function dispatcher(overloads: readonly Overload[]): (args: readonly Value[]) => Value {
  const [first] = overloads;
  if (first?.dispatches === true) return (args) => first.call(...args);
  const rows = overloads.map((overload) => ({ overload, guards: overload.args.map(isOf) }));
  return (args) => {
    for (const { overload, guards } of rows)
      if (overload.nonStrict === true || guards.every((guard, index) => guard(args[index] ?? null))) return overload.call(...args);
    return noSuchOverload();
  };
}

function selectSlowly(frame: Frame, value: Value, field: string, node: Node): Value {
  if (value instanceof CelError) return value;
  if (value instanceof Optional) {
    const found = value.value === undefined ? undefined : find(value.value, field);
    if (found === undefined) return Optional.none;
    frame.cost++;
    return found instanceof CelError ? found : new Optional(found);
  }
  frame.cost++;
  const found = isObjectMap(value) || value instanceof EntryMap ? lookUp(value, field) : undefined;
  return found ?? (found === null ? null : new CelError(`no such key: ${field}`, node));
}

type Held = (frame: Frame) => Value | undefined;

/** One step into what an optional holds; nothing is counted where nothing is there. */
function chained(from: Held, key: string): Held {
  const own = key in Object.prototype;
  return (frame) => {
    let value = from(frame);
    if (typeof value === 'object' && value !== null) {
      if (value.constructor === Object && !own) {
        const found = (value as ObjectMap)[key];
        if (found !== undefined) frame.cost++;
        return found;
      }
      if (value instanceof CelError) return value;
      if (value instanceof Optional) value = value.value;
    }
    if (value === undefined) return undefined;
    const found = find(value, key);
    if (found !== undefined && !(found instanceof CelError)) frame.cost++;
    return found;
  };
}

/** A step whose result is an optional. */
function optional(held: Held, free = false): Planned {
  const resolve: Run = (frame) => {
    const value = held(frame);
    if (value === undefined) return Optional.none;
    return value instanceof CelError ? value : new Optional(value);
  };
  if (free) return { run: resolve, resolve, free, held };
  return { ...attribute(resolve), held };
}

function hasField(value: Value, field: string): Value {
  if (value instanceof CelError) return value;
  const held = value instanceof Optional ? value.value : value;
  if (held === undefined) return false;
  if (isObjectMap(held)) {
    const found = ownField(held, field);
    return found instanceof CelError ? found : found !== undefined;
  }
  return held instanceof EntryMap && lookUp(held, field) !== undefined;
}

/** What an index finds: undefined where nothing is there, an error where the index cannot be one. */
function find(container: Value, key: Value): Value | undefined {
  if (isList(container)) {
    const at = listIndex(key);
    return at === undefined ? new CelError(`unsupported index type '${typeof key}' in list`) : container[at];
  }
  if (container instanceof EntryMap || isObjectMap(container)) return lookUp(container, key);
  return undefined;
}

function listIndex(key: Value): number | undefined {
  if (isInt(key)) return Number(key);
  if (key instanceof Uint) return Number(key.value);
  return key instanceof Double ? key.value : undefined;
}

function indexed(container: Value, key: Value, node: Node): Value {
  const found = find(container, key);
  if (found instanceof CelError) return new CelError(found.message, node);
  if (found !== undefined) return found;
  if (isList(container)) return new CelError(`index out of bounds: ${listIndex(key)}`, node);
  const shown = asDouble(key) !== undefined ? String(asDouble(key)) : key instanceof Uint ? String(key.value) : String(key);
  return new CelError(`no such key: ${shown}`, node);
}
