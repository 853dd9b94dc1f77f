// `spec.variables`: each is evaluated when it is first named and then kept for the expressions that are evaluated with it; its cost is
// counted once, beside the cost of who named it. A variable sees those before it.

import type { Environment } from '../../languages/cel/environment.ts';
import { listOf, mapTypeOf, type Type, types } from '../../languages/cel/type.ts';
import { CelError, type Value } from '../../languages/cel/value.ts';
import { asList, asString, field, type Json } from '../../lib/json.ts';
import type { Activation } from './activation.ts';
import { withVariables } from './environment.ts';
import { compileExpression, type Expression } from './expression.ts';

interface Variable extends Expression {
  readonly name: string;
}

export interface CompiledVariables {
  readonly list: readonly Variable[];
  /** The type that `variables` has in the expressions of the policy. */
  readonly types: ReadonlyMap<string, Type>;
  /** What objects of variables inherit: a getter for each. */
  readonly prototype: object;
}

/** Compiles variables in order. Those that do not compile are of type dyn and fail where they are named. */
export function compileVariables(value: Json | undefined, environment: Environment): CompiledVariables | undefined {
  const declared = new Map<string, Type>();
  const list = asList(value).map((item): Variable => {
    const name = asString(field(item, 'name')) ?? '';
    const compiled = compileExpression(asString(field(item, 'expression')) ?? '', withVariables(environment, declared));
    declared.set(name, compiled.program === undefined ? types.dyn : declaredType(compiled.program.type));
    return { name, ...compiled };
  });
  return list.length === 0 ? undefined : { list, types: declared, prototype: prototypeOf(list) };
}

/** Simple types, lists and maps are kept; of anything else only run time knows. */
function declaredType(type: Type): Type {
  const [first = types.dyn, second = types.dyn] = type.parameters;
  switch (type.kind) {
    case 'list':
      return listOf(declaredType(first));
    case 'map':
      return mapTypeOf(declaredType(first), declaredType(second));
    case 'null':
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
    case 'duration':
    case 'timestamp':
      return type;
    default:
      return types.dyn;
  }
}

const state = Symbol('state');

class State {
  readonly variables: CompiledVariables;
  readonly activation: Activation;
  readonly limit: number;
  readonly values: (Value | undefined)[];
  cost = 0;

  constructor(variables: CompiledVariables, activation: Activation, limit: number) {
    this.variables = variables;
    this.activation = activation;
    this.limit = limit;
    this.values = new Array<Value | undefined>(variables.list.length);
  }

  value(index: number): Value {
    const known = this.values[index];
    if (known !== undefined) return known;
    const computed = this.#evaluate(this.variables.list[index]);
    this.values[index] = computed;
    return computed;
  }

  #evaluate(variable: Variable | undefined): Value {
    if (variable?.program === undefined)
      return new CelError(`composited variable ${JSON.stringify(variable?.name)} fails to compile: ${variable?.error}`);
    const { value, cost } = variable.program.evaluate(this.activation, this.limit);
    this.cost += cost;
    if (!(value instanceof CelError)) return value;
    return new CelError(`composited variable ${JSON.stringify(variable.name)} fails to evaluate: ${value.message}`);
  }

  /** The cost since it was last asked for. */
  taken(): number {
    const { cost } = this;
    this.cost = 0;
    return cost;
  }
}

interface Holder {
  [state]: State;
}

/** Objects of variables look like plain ones to expressions; a later variable of the same name hides an earlier one. */
function prototypeOf(list: readonly Variable[]): object {
  const prototype: object = Object.create(null, { constructor: { value: Object } });
  list.forEach(({ name }, index) => {
    if (name in Object.prototype) return;
    Object.defineProperty(prototype, name, {
      get(this: Holder) {
        return this[state].value(index);
      },
      configurable: true,
      enumerable: true,
    });
  });
  return prototype;
}

/** Gives an activation its variables; the answer says what they cost. */
export function meter(variables: CompiledVariables, activation: Activation, limit: number): { readonly taken: () => number } {
  const held = new State(variables, activation, limit);
  const object: Holder = Object.create(variables.prototype, { [state]: { value: held } });
  activation.variables = object as unknown as Value;
  // Names that every object has are found only as own ones.
  variables.list.forEach(({ name }, index) => {
    if (name in Object.prototype) Object.defineProperty(object, name, { get: () => held.value(index), enumerable: true });
  });
  return held;
}
