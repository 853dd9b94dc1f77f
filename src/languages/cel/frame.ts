// What a planned expression is: a function of a frame that holds the variables' values and the cost so far, and beside it, for the shapes that
// policies are mostly made of, the parts it was planned from, which the generating back end writes out as code.

import type { Node } from './ast.ts';
import type { Overload } from './function.ts';
import { CelError, type Value } from './value.ts';

export interface Frame {
  readonly slots: (Value | undefined)[];
  cost: number;
  readonly limit: number;
}

export type Run = (frame: Frame) => Value;

/** What an optional holds: undefined for none. */
export type Held = (frame: Frame) => Value | undefined;

/** Thrown when the cost goes over the limit. */
export class BudgetExceeded {
  readonly cost: number;
  constructor(cost: number) {
    this.cost = cost;
  }
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
  readonly held?: Held;
  /** The parts, where code can be generated for them. */
  readonly shape?: Shape;
}

/** Shapes that code is generated for; everything else is called as a closure. */
export type Shape =
  | { readonly kind: 'slot'; readonly slot: number; readonly name: string; readonly node: Node }
  | { readonly kind: 'field'; readonly operand: Planned; readonly field: string; readonly slowly: (frame: Frame, value: Value) => Value }
  | { readonly kind: 'has'; readonly operand: Planned; readonly field: string }
  | {
      readonly kind: 'step';
      readonly from: Planned;
      readonly key: string;
      readonly slowly: (frame: Frame, value: Value | undefined) => Value | undefined;
    }
  | { readonly kind: 'logic'; readonly or: boolean; readonly terms: readonly Planned[]; readonly node: Node }
  | { readonly kind: 'choice'; readonly test: Planned; readonly yes: Planned; readonly no: Planned; readonly node: Node }
  | { readonly kind: 'alternative'; readonly first: Planned; readonly other: Planned }
  | { readonly kind: 'text'; readonly value: Planned; readonly text: string; readonly wanted: boolean }
  | { readonly kind: 'equal'; readonly left: Planned; readonly right: Planned; readonly wanted: boolean }
  | { readonly kind: 'member'; readonly value: Planned; readonly holds: (value: Value) => Value }
  | {
      readonly kind: 'unit';
      readonly name: string;
      readonly left: Planned;
      readonly right: Planned;
      readonly call: Overload['call'];
      readonly node: Node;
    }
  | {
      readonly kind: 'call';
      readonly args: readonly Planned[];
      readonly strict: boolean;
      readonly finish: (frame: Frame, args: readonly Value[], failed: CelError | undefined) => Value;
    }
  | {
      readonly kind: 'quantifier';
      readonly range: Planned;
      readonly slot: number;
      readonly decides: boolean;
      readonly test: Planned;
      readonly node: Node;
      readonly over: (range: Value) => readonly Value[] | CelError;
    }
  | {
      readonly kind: 'collect';
      readonly range: Planned;
      readonly slot: number;
      readonly test: Planned | undefined;
      readonly element: Planned;
      readonly perElement: number;
      readonly atEnd: number;
      readonly node: Node;
      readonly over: (range: Value) => readonly Value[] | CelError;
    };

export function constant(value: Value): Planned {
  return { run: () => value, constant: value };
}

/** A name, field or index: costs a unit when it is evaluated by itself. */
export function attribute(resolve: Run, free = false, shape?: Shape): Planned {
  const more = shape === undefined ? {} : { shape };
  if (free) return { run: resolve, resolve, free, ...more };
  return {
    resolve,
    run: (frame) => {
      frame.cost++;
      return resolve(frame);
    },
    ...more,
  };
}

/** What `&&`, `||` and `?:` make of a value that is no bool. */
export function failedLogic(value: Value, node: Node): CelError {
  return value instanceof CelError ? value : new CelError('no such overload', node);
}

/** What a name stands for that is not bound. */
export function unbound(name: string, node: Node): CelError {
  return new CelError(`no such attribute(s): ${name}`, node);
}
