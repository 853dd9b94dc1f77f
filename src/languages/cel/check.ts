// The checker: gives every node its type, every name what it stands for and every call the overloads that fit, or says what does not
// (cel-spec, "Gradual type checking"; messages as cel-go words them, as they are part of what the API server answers).
//
// Left out: messages of Protocol Buffers other than object types that the environment declares.

import { type Call, type Comprehension, type Entry, type Issue, type Node, type Place, qualifiedName, type Select } from './ast.ts';
import { candidates, type Environment } from './environment.ts';
import type { Overload } from './function.ts';
import { isDyn, isOptionalType, listOf, mapTypeOf, optionalOf, parameter, sameType, type Type, types } from './type.ts';
import { assignable, assignableAll, type Bindings, mostGeneral, substitute } from './unify.ts';
import { asDouble, isInt, Uint, type Value } from './value.ts';

/** What a name stands for. */
export type Reference = { readonly kind: 'variable'; readonly name: string } | { readonly kind: 'constant'; readonly value: Value };

export interface Checked {
  readonly types: ReadonlyMap<Node, Type>;
  readonly references: ReadonlyMap<Node, Reference>;
  /** The overloads that fit each call; the functions' qualified names are resolved: `optional.of(x)` has no target here. */
  readonly calls: ReadonlyMap<Node, { readonly overloads: readonly Overload[]; readonly target: Node | undefined }>;
  readonly issues: readonly Issue[];
}

export function check(node: Node, environment: Environment): Checked {
  return new Checker(environment).whole(node);
}

/** cel-go's words for a type in messages. */
export function shownType(type: Type): string {
  switch (type.kind) {
    case 'duration':
    case 'timestamp':
    case 'null':
      return type.kind;
    default:
      return type.parameters.length === 0 ? type.name : `${type.name}(${type.parameters.map(shownType).join(', ')})`;
  }
}

class Checker {
  readonly #environment: Environment;
  readonly #bindings: Bindings = new Map();
  readonly #types = new Map<Node, Type>();
  readonly #references = new Map<Node, Reference>();
  readonly #calls = new Map<Node, { overloads: readonly Overload[]; target: Node | undefined }>();
  readonly #issues: Issue[] = [];
  /** Variables of macros, innermost last. */
  readonly #scopes: Map<string, Type>[] = [];
  #fresh = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  whole(node: Node): Checked {
    this.#check(node);
    for (const [each, type] of this.#types) this.#types.set(each, substitute(this.#bindings, type, true));
    return { types: this.#types, references: this.#references, calls: this.#calls, issues: this.#issues };
  }

  #issue({ start, end, mark = start }: Place, message: string): void {
    this.#issues.push({ code: 'cel/type', message, start: mark, end });
  }

  #check(node: Node): Type {
    const type = substitute(this.#bindings, this.#typeOf(node), false);
    this.#types.set(node, type);
    return type;
  }

  #typeOf(node: Node): Type {
    switch (node.kind) {
      case 'literal':
        return literalType(node.value);
      case 'ident':
        return this.#ident(node, node.name) ?? this.#undeclared(node, node.name);
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node.elements, node.optional);
      case 'map':
        return this.#map(node.entries);
      case 'struct':
        return this.#struct(node, node.type, node.fields);
      case 'comprehension':
        return this.#comprehension(node);
    }
  }

  #undeclared(place: Place, name: string): Type {
    this.#issue(place, `undeclared reference to '${name}' (in container '${this.#environment.container}')`);
    return types.error;
  }

  #ident(node: Node, name: string): Type | undefined {
    // A leading dot passes by the variables of macros.
    for (let level = this.#scopes.length - 1; level >= 0; level--) {
      const type = this.#scopes[level]?.get(name);
      if (type === undefined) continue;
      this.#references.set(node, { kind: 'variable', name });
      return type;
    }
    for (const candidate of candidates(this.#environment.container, name)) {
      const type = this.#environment.variables.get(candidate);
      if (type !== undefined) {
        this.#references.set(node, { kind: 'variable', name: candidate });
        return type;
      }
      const constant = this.#environment.constants.get(candidate);
      if (constant === undefined) continue;
      this.#references.set(node, { kind: 'constant', value: constant.value });
      return constant.type;
    }
    return undefined;
  }

  #select(node: Select): Type {
    const name = qualifiedName(node);
    const type = name === undefined ? undefined : this.#qualified(node, name);
    if (type !== undefined) return type;
    const field = this.#field(node, node.operand, node.field, false);
    return node.testOnly ? types.bool : substitute(this.#bindings, field, false);
  }

  /** A dotted name that is declared as a whole, unless its first part is a variable of a macro. */
  #qualified(node: Node, name: string): Type | undefined {
    const first = name.slice(0, name.indexOf('.'));
    if (this.#scopes.some((scope) => scope.has(first))) return undefined;
    return this.#ident(node, name);
  }

  #field(at: Place, operand: Node, field: string, optional: boolean): Type {
    const given = substitute(this.#bindings, this.#check(operand), false);
    const target = isOptionalType(given) ? (given.parameters[0] ?? types.dyn) : given;
    let result: Type = types.dyn;
    if (target.kind === 'map') result = target.parameters[1] ?? types.dyn;
    else if (target.kind === 'object') {
      const found = target.fields?.get(field);
      if (found === undefined) this.#issue(at, `undefined field '${field}'`);
      result = found ?? types.error;
    } else if (target.kind === 'param') assignable(this.#bindings, types.dyn, target);
    else if (!isDyn(target)) this.#issue(at, `type '${shownType(target)}' does not support field selection`);
    return isOptionalType(given) || optional ? optionalOf(result) : result;
  }

  #call(node: Call): Type {
    if (node.name === '_?._') {
      const [operand, field] = node.args;
      if (operand === undefined || field?.kind !== 'literal' || typeof field.value !== 'string') return types.error;
      this.#types.set(field, types.string);
      this.#calls.set(node, { overloads: [], target: undefined });
      return this.#field(node, operand, field.value, true);
    }
    const args = node.args.map((argument) => this.#check(argument));
    const { target } = node;
    const prefix = target === undefined ? undefined : qualifiedName(target);
    const namespaced = prefix === undefined ? undefined : this.#function(`${prefix}.${node.name}`);
    if (namespaced !== undefined) return this.#resolve(node, namespaced, undefined, args);
    const owner = target === undefined ? [] : [this.#check(target)];
    const found = this.#function(node.name);
    return found === undefined ? this.#undeclared(node, node.name) : this.#resolve(node, found, target, [...owner, ...args]);
  }

  #function(name: string): { readonly name: string; readonly overloads: readonly Overload[] } | undefined {
    for (const candidate of candidates(this.#environment.container, name)) {
      const overloads = this.#environment.functions.get(candidate);
      if (overloads !== undefined) return { name: candidate, overloads };
    }
    return undefined;
  }

  #resolve(
    node: Call,
    { name, overloads }: { name: string; overloads: readonly Overload[] },
    target: Node | undefined,
    args: readonly Type[],
  ): Type {
    if (name === '_&&_' || name === '_||_') return this.#logical(node, overloads, args);
    const fitting: Overload[] = [];
    let result: Type | undefined;
    for (const overload of overloads) {
      if (overload.member !== (target !== undefined)) continue;
      const fresh = this.#instantiate(overload);
      if (!assignableAll(this.#bindings, args, fresh.args)) continue;
      fitting.push(overload);
      const type = substitute(this.#bindings, fresh.result, false);
      if (result === undefined) result = type;
      else if (!isDyn(result) && !sameType(result, type)) result = types.dyn;
    }
    if (result === undefined) {
      const given = args.map((type) => shownType(substitute(this.#bindings, type, true)));
      const [owner, ...rest] = given;
      const applied = target === undefined ? `(${given.join(', ')})` : `${owner}.(${rest.join(', ')})`;
      this.#issue(node, `found no matching overload for '${name}' applied to '${applied}'`);
      return types.error;
    }
    this.#calls.set(node, { overloads: fitting, target });
    return result;
  }

  #logical(node: Call, overloads: readonly Overload[], args: readonly Type[]): Type {
    let wrong = false;
    args.forEach((type, index) => {
      if (assignable(this.#bindings, type, types.bool)) return;
      wrong = true;
      this.#issue(node.args[index] ?? node, `expected type 'bool' but found '${shownType(type)}'`);
    });
    this.#calls.set(node, { overloads, target: undefined });
    return wrong ? types.error : types.bool;
  }

  #variable(): Type {
    return parameter(`_var${this.#fresh++}`);
  }

  #instantiate(overload: Overload): { readonly args: readonly Type[]; readonly result: Type } {
    const renamed: Bindings = new Map();
    const collect = (type: Type): void => {
      if (type.kind === 'param' && !renamed.has(type.name)) renamed.set(type.name, this.#variable());
      type.parameters.forEach(collect);
    };
    overload.args.forEach(collect);
    collect(overload.result);
    if (renamed.size === 0) return overload;
    return { args: overload.args.map((type) => substitute(renamed, type, false)), result: substitute(renamed, overload.result, false) };
  }

  #join(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current;
    if (assignable(this.#bindings, previous, current)) return mostGeneral(previous, current);
    return types.dyn;
  }

  /** The type of an optional element's value. */
  #element(node: Node, optional: boolean): Type {
    const type = this.#check(node);
    if (!optional) return type;
    if (isOptionalType(type)) return type.parameters[0] ?? types.dyn;
    if (!isDyn(type)) this.#issue(node, `expected type '${shownType(optionalOf(type))}' but found '${shownType(type)}'`);
    return type;
  }

  #list(elements: readonly Node[], optional: ReadonlySet<number>): Type {
    let joined: Type | undefined;
    elements.forEach((element, index) => {
      joined = this.#join(joined, this.#element(element, optional.has(index)));
    });
    return listOf(joined ?? this.#variable());
  }

  #map(entries: readonly Entry<Node>[]): Type {
    let key: Type | undefined;
    let value: Type | undefined;
    for (const entry of entries) {
      key = this.#join(key, this.#check(entry.key));
      value = this.#join(value, this.#element(entry.value, entry.optional));
    }
    return mapTypeOf(key ?? this.#variable(), value ?? this.#variable());
  }

  #struct(node: Node, name: string, fields: readonly Entry<string>[]): Type {
    const type = candidates(this.#environment.container, name)
      .map((candidate) => this.#environment.objects.get(candidate))
      .find((found) => found !== undefined);
    // The fields of what is nowhere are not looked at.
    if (type === undefined) return this.#undeclared(node, name);
    for (const { key, value, optional, mark = value.start } of fields) {
      const given = this.#element(value, optional);
      const wanted = type.fields?.get(key);
      if (wanted === undefined) this.#issue({ ...value, mark }, `undefined field '${key}'`);
      else if (!assignable(this.#bindings, given, wanted))
        this.#issue(
          { ...value, mark },
          `expected type of field '${key}' is '${shownType(wanted)}' but provided type is '${shownType(given)}'`,
        );
    }
    return type.unwraps === true ? types.dyn : type;
  }

  #comprehension(node: Comprehension): Type {
    const range = substitute(this.#bindings, this.#check(node.range), false);
    const initial = this.#check(node.initial);
    const [first, second] = this.#rangeTypes(node, range);
    this.#scopes.push(new Map([[node.accumulator, initial]]));
    this.#scopes.push(new Map([[node.variable, first], ...(node.second === undefined ? [] : [[node.second, second] as const])]));
    this.#expect(node.condition, types.bool);
    this.#expect(node.step, initial);
    this.#scopes.pop();
    const result = this.#check(node.result);
    this.#scopes.pop();
    return substitute(this.#bindings, result, false);
  }

  #rangeTypes(node: Comprehension, range: Type): readonly [Type, Type] {
    const [first = types.dyn, second = types.dyn] = range.parameters;
    switch (range.kind) {
      case 'list':
        return node.second === undefined ? [first, first] : [types.int, first];
      case 'map':
        return [first, second];
      case 'dyn':
      case 'error':
      case 'param':
        assignable(this.#bindings, types.dyn, range);
        return [types.dyn, types.dyn];
      default:
        this.#issue(
          node.range,
          `expression of type '${shownType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [types.error, types.error];
    }
  }

  #expect(node: Node, wanted: Type): void {
    const given = this.#check(node);
    if (!assignable(this.#bindings, given, wanted))
      this.#issue(node, `expected type '${shownType(substitute(this.#bindings, wanted, false))}' but found '${shownType(given)}'`);
  }
}

function literalType(value: Value): Type {
  if (value === null) return types.null;
  if (typeof value === 'boolean') return types.bool;
  if (typeof value === 'string') return types.string;
  if (isInt(value)) return types.int;
  if (asDouble(value) !== undefined) return types.double;
  return value instanceof Uint ? types.uint : types.bytes;
}
