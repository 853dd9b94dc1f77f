// The second back end: a plan written out as one JavaScript function, so that the engine below sees the whole expression at once. It is off
// unless asked for (`preferBackEnd`), because not every place lets a program make code. What has no shape of its own is called as the
// closure it is, in the same frame, so both back ends share every rule of values and costs that is not written here.
//
// No text of the expression gets into the code but field names and constants, as JSON strings.

import { hasField } from './access.ts';
import { BudgetExceeded, failedLogic, type Planned, type Run, type Shape, unbound } from './frame.ts';
import { anyEquality, textEquality } from './operators.ts';
import type { Plan, Slot } from './plan.ts';
import { CelError, Optional, type Value } from './value.ts';

/** Longer code than this many lines gains nothing: what comes after is called as closures. */
const maxLines = 4000;

/** The plan as functions made of code. */
export function generate({ planned, variables, slots }: Pick<Plan, 'planned' | 'variables' | 'slots'>): Pick<Plan, 'run' | 'load'> {
  return { run: runOf(planned), load: loadOf(variables, slots) };
}

/** The variables as a list of the slots: each is read by its own name, which the engine below is quick at. */
function loadOf(variables: readonly Slot[], slots: number): Plan['load'] {
  const values = new Array<string>(slots).fill('undefined');
  for (const { name, slot, ownOnly } of variables) {
    const key = JSON.stringify(name);
    values[slot] = ownOnly ? `Object.hasOwn(v, ${key}) ? v[${key}] : undefined` : `v[${key}]`;
  }
  return new Function('v', `'use strict';\nreturn [${values.join(', ')}];`) as Plan['load'];
}

function runOf(planned: Planned): Run {
  const writer = new Writer();
  const result = writer.value(planned, false);
  const body = `'use strict';\nreturn (f) => {\nconst s = f.slots;\n${writer.lines.join('\n')}\nreturn ${result};\n};`;
  const make = new Function('c', 'E', 'Optional', 'BudgetExceeded', body) as (
    constants: readonly unknown[],
    error: typeof CelError,
    optional: typeof Optional,
    budget: typeof BudgetExceeded,
  ) => Run;
  return make(writer.constants, CelError, Optional, BudgetExceeded);
}

class Writer {
  readonly lines: string[] = [];
  readonly constants: unknown[] = [];
  #names = 0;

  /** Writes what computes a value, and gives the name that holds it. `bare`: without the unit that a name costs at the end. */
  value(planned: Planned, bare: boolean): string {
    if (planned.constant !== undefined) return this.#constant(planned.constant);
    const { run, resolve, shape } = planned;
    if (shape === undefined || this.lines.length > maxLines) return this.#let(`${this.#keep(bare ? (resolve ?? run) : run)}(f)`);
    if (!bare && resolve !== undefined && resolve !== run) this.#write('f.cost++;');
    return this.#shape(shape);
  }

  #shape(shape: Shape): string {
    switch (shape.kind) {
      case 'slot': {
        const value = this.#let(`s[${shape.slot}]`);
        this.#write(`if (${value} === undefined) ${value} = ${this.#keep(unbound(shape.name, shape.node))};`);
        return value;
      }
      case 'field': {
        const from = this.value(shape.operand, true);
        const found = this.#let();
        const slowly = `${found} = ${this.#keep(shape.slowly)}(f, ${from});`;
        this.#write(
          isOrdinary(shape.field)
            ? `if (${plain(from)} && (${found} = ${from}${at(shape.field)}) !== undefined) f.cost++; else ${slowly}`
            : slowly,
        );
        return found;
      }
      case 'has': {
        const from = this.value(shape.operand, true);
        const found = this.#let();
        this.#write('f.cost++;');
        const slowly = `${found} = ${this.#keep((value: Value) => hasField(value, shape.field))}(${from});`;
        if (!isOrdinary(shape.field)) this.#write(slowly);
        else
          this.#write(
            `if (${plain(from)}) { ${found} = ${from}${at(shape.field)}; if (!(${found} instanceof E)) ${found} = ${found} !== undefined; } else ${slowly}`,
          );
        return found;
      }
      case 'step': {
        const held = this.#held(shape);
        this.#write(
          `if (${held} === undefined) ${held} = Optional.none; else if (!(${held} instanceof E)) ${held} = new Optional(${held});`,
        );
        return held;
      }
      case 'alternative': {
        const { first, other } = shape;
        if (first.shape?.kind !== 'step') return this.#let(`${this.#keep(first.run)}(f)`);
        if (first.free !== true) this.#write('f.cost++;');
        const held = this.#held(first.shape);
        this.#write(`if (${held} === undefined) {`);
        this.#write(`${held} = ${this.value(other, false)}; }`);
        return held;
      }
      case 'logic':
        return this.#logic(shape);
      case 'choice': {
        const test = this.value(shape.test, false);
        const result = this.#let();
        this.#write(`if (${test} === true) {`);
        this.#write(`${result} = ${this.value(shape.yes, true)};`);
        this.#write(`} else if (${test} === false) {`);
        this.#write(`${result} = ${this.value(shape.no, true)};`);
        this.#write(`} else ${result} = ${this.#keep((value: Value) => failedLogic(value, shape.node))}(${test});`);
        return result;
      }
      case 'text': {
        const value = this.value(shape.value, false);
        const { text, wanted } = shape;
        const result = this.#let();
        const slowly = `${this.#keep(textEquality)}(f, ${value}, ${JSON.stringify(text)}, ${wanted})`;
        const quickly = `f.cost += ${Math.ceil(text.length * 0.1)}; ${result} = ${value} ${wanted ? '===' : '!=='} ${JSON.stringify(text)};`;
        this.#write(
          `if (typeof ${value} === 'string' && ${value}.length >= ${text.length * 2}) { ${quickly} } else ${result} = ${slowly};`,
        );
        return result;
      }
      case 'equal': {
        const left = this.value(shape.left, false);
        const right = this.value(shape.right, false);
        const result = this.#let();
        const quickly = `f.cost++; ${result} = ${left} ${shape.wanted ? '===' : '!=='} ${right};`;
        const simple = (type: string) => `typeof ${left} === '${type}' && typeof ${right} === '${type}'`;
        const slowly = `${result} = ${this.#keep(anyEquality)}(f, ${left}, ${right}, ${shape.wanted});`;
        this.#write(`if ((${simple('number')}) || (${simple('boolean')})) { ${quickly} } else ${slowly}`);
        return result;
      }
      case 'member':
        return this.#let(`${this.#keep(shape.holds)}(${this.value(shape.value, false)})`);
      case 'unit':
        return this.#unit(shape);
      case 'call':
        return this.#call(shape);
      case 'quantifier':
        return this.#quantifier(shape);
      case 'collect':
        return this.#collect(shape);
    }
  }

  /** What an optional step holds; undefined for nothing. */
  #held({ from, key, slowly }: Shape & { kind: 'step' }): string {
    const value = from.shape?.kind === 'step' && from.held !== undefined ? this.#held(from.shape) : this.value(from, true);
    const held = this.#let();
    const slow = `${held} = ${this.#keep(slowly)}(f, ${value});`;
    this.#write(
      isOrdinary(key) ? `if (${plain(value)}) { ${held} = ${value}${at(key)}; if (${held} !== undefined) f.cost++; } else ${slow}` : slow,
    );
    return held;
  }

  #logic({ or, terms, node }: Shape & { kind: 'logic' }): string {
    const result = this.#let();
    const label = `l${this.#names++}`;
    const fail = this.#keep((value: Value) => failedLogic(value, node));
    this.#write(`${label}: {`);
    const values = terms.map((term) => {
      const value = this.value(term, false);
      this.#write(`if (${value} === ${or}) { ${result} = ${or}; break ${label}; }`);
      return value;
    });
    this.#write(`${result} = ${values.map((value) => `${value} !== ${!or} ? ${fail}(${value}) : `).join('')}${!or};`);
    this.#write('}');
    return result;
  }

  #unit({ name, left, right, call, node }: Shape & { kind: 'unit' }): string {
    const [a, b] = [this.value(left, false), this.value(right, false)];
    const result = this.#let();
    const slowly = this.#keep((x: Value, y: Value): Value => {
      if (x instanceof CelError) return x;
      if (y instanceof CelError) return y;
      const value = call(x, y);
      return value instanceof CelError ? new CelError(value.message, node) : value;
    });
    this.#write('f.cost++;');
    const operator = comparisons[name];
    const general = `${result} = ${slowly}(${a}, ${b});`;
    if (operator === undefined) this.#write(general);
    else this.#write(`if (typeof ${a} === 'number' && typeof ${b} === 'number') ${result} = ${a} ${operator} ${b}; else ${general}`);
    return result;
  }

  #call({ args, strict, finish }: Shape & { kind: 'call' }): string {
    const result = this.#let();
    const end = this.#keep(finish);
    if (args.length === 1 || args.length === 2) {
      const values = args.map((argument) => this.value(argument, false));
      const failed =
        args.length === 1 && !strict ? 'undefined' : `${values.map((value) => `${value} instanceof E ? ${value} : `).join('')}undefined`;
      this.#write(`${result} = ${end}(f, [${values.join(', ')}], ${failed});`);
      return result;
    }
    const label = `l${this.#names++}`;
    this.#write(`${label}: {`);
    const values = args.map((argument) => {
      const value = this.value(argument, false);
      this.#write(`if (${value} instanceof E) { ${result} = ${value}; break ${label}; }`);
      return value;
    });
    this.#write(`${result} = ${end}(f, [${values.join(', ')}], undefined);`);
    this.#write('}');
    return result;
  }

  /** The head of a loop over a list; the lines of the body follow, then `}`. */
  #loop(
    { range, slot, over }: { readonly range: Planned; readonly slot: number; readonly over: (value: Value) => unknown },
    result: string,
    state: string,
  ): void {
    const value = this.value(range, false);
    const list = this.#let(`Array.isArray(${value}) ? ${value} : ${this.#keep(over)}(${value})`);
    const index = `i${this.#names++}`;
    this.#write(`if (${list} instanceof E) ${result} = ${list}; else {`);
    this.#write(state);
    this.#write(`for (let ${index} = 0; ${index} < ${list}.length; ${index}++) {`);
    this.#write(`s[${slot}] = ${list}[${index}];`);
    this.#write('if (f.cost > f.limit) throw new BudgetExceeded(f.cost);');
  }

  #quantifier(shape: Shape & { kind: 'quantifier' }): string {
    const { decides, test, node } = shape;
    const result = this.#let();
    const [decided, failed] = [`d${this.#names++}`, `e${this.#names++}`];
    this.#loop(shape, result, `let ${decided} = false, ${failed};`);
    this.#write(`f.cost += ${decides ? 3 : 2}; if (${decided}) break; f.cost++;`);
    const value = this.value(test, false);
    const fail = this.#keep((each: Value) => failedLogic(each, node));
    this.#write(`if (${value} === ${decides}) ${decided} = true;`);
    this.#write(`else if (${value} !== ${!decides} && ${failed} === undefined) ${failed} = ${fail}(${value});`);
    this.#write('}');
    this.#write(`f.cost++; ${result} = ${decided} ? ${decides} : ${failed} === undefined ? ${!decides} : ${failed}; }`);
    return result;
  }

  #collect(shape: Shape & { kind: 'collect' }): string {
    const { test, element, perElement, atEnd, node } = shape;
    const result = this.#let();
    const [list, failed] = [`a${this.#names++}`, `e${this.#names++}`];
    this.#loop(shape, result, `const ${list} = []; let ${failed};`);
    if (test !== undefined) {
      const passed = this.value(test, false);
      const fail = this.#keep((each: Value) => failedLogic(each, node));
      this.#write(`if (${passed} === false) continue; if (${passed} !== true) { ${failed} = ${fail}(${passed}); continue; }`);
    }
    const value = this.value(element, false);
    this.#write(`f.cost += ${perElement};`);
    this.#write(`if (${value} instanceof E) { if (${failed} === undefined) ${failed} = ${value}; } else ${list}.push(${value});`);
    this.#write('}');
    this.#write(`f.cost += ${atEnd}; ${result} = ${failed} === undefined ? ${list} : ${failed}; }`);
    return result;
  }

  #constant(value: Value): string {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : this.#keep(value);
  }

  #keep(thing: unknown): string {
    this.constants.push(thing);
    return `c[${this.constants.length - 1}]`;
  }

  #let(initial?: string): string {
    const name = `v${this.#names++}`;
    this.#write(initial === undefined ? `let ${name};` : `let ${name} = ${initial};`);
    return name;
  }

  #write(line: string): void {
    this.lines.push(line);
  }
}

const comparisons: Readonly<Record<string, string | undefined>> = { '_<_': '<', '_<=_': '<=', '_>_': '>', '_>=_': '>=' };

/** Not one of the names that every object has. */
function isOrdinary(key: string): boolean {
  return !(key in Object.prototype);
}

function plain(name: string): string {
  return `typeof ${name} === 'object' && ${name} !== null && ${name}.constructor === Object`;
}

function at(key: string): string {
  return `[${JSON.stringify(key)}]`;
}
