// The syntax tree to closures: each node becomes a function of a frame that holds the variables' values and the cost so far. Costs are
// counted as cel-go's tracker counts them: 1 for a name with its fields, 1 for each field or index, nothing for `&&`, `||`, `?:` and
// constants, and for calls what `cost.ts` says. A name in a branch of `?:` costs nothing of its own, as in cel-go.
//
// Errors are values. Only running out of budget is thrown: nothing may absorb it.

import { fieldOf, hasFieldOf, indexOf } from './access.ts';
import { type Call, type Comprehension, type Node, qualifiedName } from './ast.ts';
import { listOf, mapFrom, structOf } from './build.ts';
import type { Checked, Reference } from './check.ts';
import { noSuchOverload } from './compare.ts';
import { candidates, type Environment } from './environment.ts';
import { attribute, constant, type Planned, type Run, unbound } from './frame.ts';
import type { Overload } from './function.ts';
import { invoke } from './invoke.ts';
import { type LoopParts, planLoop } from './loop.ts';
import { alternative, conditional, equality, logical } from './operators.ts';
import { compileRegex } from './regex.ts';
import { CelError, isList, keyText, type Value } from './value.ts';

export interface Plan {
  readonly run: Run;
  /** What `run` was planned from, for the generating back end. */
  readonly planned: Planned;
  /** The variables that the expression names, each in its slot; the other slots are for the variables of macros. */
  readonly load: (variables: Readonly<Record<string, Value>>) => (Value | undefined)[];
  readonly variables: readonly Slot[];
  readonly slots: number;
}

export interface Slot {
  readonly name: string;
  readonly slot: number;
  /** Names that every object has count only as own ones. */
  readonly ownOnly: boolean;
}

function slotOf([name, slot]: readonly [string, number]): Slot {
  return { name, slot, ownOnly: name in Object.prototype };
}

/** Called with every sub-expression's value, to explain a verdict. Slows evaluation down; costs nothing when absent. */
export type Observer = (node: Node, value: Value) => void;

/** A plan, or the error that a constant conversion in it always gives. */
export function plan(node: Node, environment: Environment, checked: Checked | undefined, observer?: Observer): Plan | CelError {
  const planner = new Planner(environment, checked, observer);
  const planned = planner.plan(node);
  if (planner.failed !== undefined) return planner.failed;
  const { slotCount: slots } = planner;
  const variables = [...planner.variables].map(slotOf);
  const load: Plan['load'] = (values) => {
    const loaded = new Array<Value | undefined>(slots);
    for (const { name, slot, ownOnly } of variables) loaded[slot] = ownOnly && !Object.hasOwn(values, name) ? undefined : values[name];
    return loaded;
  };
  return { run: planned.run, planned, load, variables, slots };
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
    const { folding } = this.#environment.options;
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
        return listOf(
          node,
          node.elements.map((element) => this.plan(element)),
          folding,
        );
      case 'map': {
        const keys = node.entries.map(({ key }) => this.plan(key));
        const values = node.entries.map(({ value }) => this.plan(value));
        return mapFrom(node, keys, values, folding);
      }
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
    const resolve: Run = ({ slots }) => slots[slot] ?? (slots[slot] === null ? null : unbound(name, node));
    return attribute(resolve, false, { kind: 'slot', slot, name, node });
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
    return node.testOnly ? hasFieldOf(operand, node.field) : fieldOf(operand, node.field, node);
  }

  #call(node: Call): Planned {
    const { name, args } = node;
    const { options } = this.#environment;
    switch (name) {
      case '_&&_':
      case '_||_':
        return logical(this.#terms(node), name === '_||_', node);
      case '_?_:_': {
        const [test, yes, no] = args.map((argument) => this.plan(argument));
        return test === undefined || yes === undefined || no === undefined ? { run: noSuchOverload } : conditional(test, yes, no, node);
      }
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
    const [first, second] = planned;
    const id = overloads[0]?.id;
    if ((id === 'optional_orValue_value' || id === 'optional_or_optional') && first !== undefined && second !== undefined)
      return alternative(first, second, name === 'orValue', options.lenientOptionals, node);
    if (name === '_==_' || name === '_!=_')
      return first === undefined || second === undefined ? { run: noSuchOverload } : equality(first, second, name === '_==_');
    const pattern = name === 'find' || name === 'findAll' ? second?.constant : undefined;
    const regex = typeof pattern === 'string' ? compileRegex(pattern) : undefined;
    if (regex instanceof CelError) this.failed ??= new CelError(regex.message, node);
    const folded = options.folding ? this.#folded(node, overloads, planned) : undefined;
    return folded ?? invoke(node, overloads, planned, options.walksPrefix);
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
  #folded(node: Call, overloads: readonly Overload[], planned: readonly Planned[]): Planned | undefined {
    const [first, second] = planned;
    if (foldedConversions.has(node.name) && planned.length === 1 && first?.constant !== undefined) {
      const { run } = invoke(node, overloads, planned, this.#environment.options.walksPrefix);
      const value = run({ slots: [], cost: 0, limit: Number.POSITIVE_INFINITY });
      if (value instanceof CelError) this.failed ??= value;
      return constant(value);
    }
    const only = overloads.length === 1 ? overloads[0]?.id : undefined;
    if (only !== 'in_list' || first === undefined || second?.constant === undefined || !isList(second.constant)) return undefined;
    return second.constant.length === 0 ? constant(false) : memberOf(first, second.constant);
  }

  #terms(node: Call): readonly Planned[] {
    const terms: Planned[] = [];
    const flatten = (each: Node): void => {
      // Flat evaluation is the same as the balanced tree's, but an observer wants every node.
      if (each.kind === 'call' && each.name === node.name && this.#observer === undefined) each.args.forEach(flatten);
      else terms.push(this.plan(each));
    };
    node.args.forEach(flatten);
    return terms;
  }

  #index(node: Call, optionally: boolean): Planned {
    const [container, index] = node.args.map((argument) => this.plan(argument));
    if (container === undefined || index === undefined) return { run: noSuchOverload };
    const planned = indexOf(container, index, optionally, node);
    if (!(planned instanceof CelError)) return planned;
    this.failed ??= planned;
    return constant(planned);
  }

  #struct(node: Node & { kind: 'struct' }): Planned {
    const fields = node.fields.map(({ key, value, optional }) => ({ key, optional, run: this.plan(value).run }));
    const type = candidates(this.#environment.container, node.type)
      .map((name) => this.#environment.objects.get(name))
      .find((found) => found !== undefined);
    return type === undefined ? { run: () => new CelError(`unknown type: ${node.type}`, node) } : structOf(type, fields);
  }

  #comprehension(node: Comprehension): Planned {
    const range = this.plan(node.range);
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
    return loop(result);
  }
}

/** `x in [constants]`: one look at a set. Undefined where a constant can be no key. */
function memberOf({ run, ...value }: Planned, list: readonly Value[]): Planned | undefined {
  const members = new Set<string>();
  for (const item of list) {
    const text = keyText(item);
    if (text === undefined) return undefined;
    members.add(text);
  }
  const strings = new Set(list.filter((item) => typeof item === 'string'));
  const holds = (each: Value): Value => {
    if (typeof each === 'string') return strings.has(each);
    if (each instanceof CelError) return each;
    const text = each === null ? undefined : keyText(each);
    return text !== undefined && members.has(text);
  };
  return { run: (frame) => holds(run(frame)), shape: { kind: 'member', value: { run, ...value }, holds } };
}
