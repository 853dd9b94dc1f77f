// The operators that do not simply call a function: `&&`, `||` and `?:`, which absorb errors; `==` and `!=`, which never lack an overload; `or`
// and `orValue`, which evaluate their argument only where it is needed.

import type { Node } from './ast.ts';
import { equal } from './compare.ts';
import { callCost, equality as equalityCost } from './cost.ts';
import { type Frame, failedLogic, type Planned, type Run } from './frame.ts';
import { CelError, Optional, type Value } from './value.ts';

/** `a && b && …`, `a || b || …`. */
export function logical(terms: readonly Planned[], or: boolean, node: Node): Planned {
  const runs = terms.map(({ run }) => run);
  const [left, right] = runs;
  const shape = { kind: 'logic', or, terms, node } as const;
  if (runs.length === 2 && left !== undefined && right !== undefined)
    return {
      run: (frame) => {
        const a = left(frame);
        if (a === or) return or;
        const b = right(frame);
        if (b === or) return or;
        return a === !or && b === !or ? !or : failedLogic(a === !or ? b : a, node);
      },
      shape,
    };
  return {
    run: (frame) => {
      let failed: Value | undefined;
      for (const run of runs) {
        const value = run(frame);
        if (value === or) return or;
        if (value !== !or && failed === undefined) failed = value;
      }
      return failed === undefined ? !or : failedLogic(failed, node);
    },
    shape,
  };
}

/** `test ? yes : no`, free of cost. */
export function conditional(test: Planned, yes: Planned, no: Planned, node: Node): Planned {
  const whenTrue = yes.resolve ?? yes.run;
  const whenFalse = no.resolve ?? no.run;
  const resolve: Run = (frame) => {
    const value = test.run(frame);
    if (value === true) return whenTrue(frame);
    if (value === false) return whenFalse(frame);
    return failedLogic(value, node);
  };
  return { run: resolve, resolve, free: true, shape: { kind: 'choice', test, yes, no, node } };
}

/** `left == right`, `left != right`. */
export function equality(left: Planned, right: Planned, wanted: boolean): Planned {
  const text = right.constant;
  if (typeof text === 'string') {
    const value = left.run;
    return { run: (frame) => textEquality(frame, value(frame), text, wanted), shape: { kind: 'text', value: left, text, wanted } };
  }
  const a = left.run;
  const b = right.run;
  return { run: (frame) => anyEquality(frame, a(frame), b(frame), wanted), shape: { kind: 'equal', left, right, wanted } };
}

export function textEquality(frame: Frame, value: Value, text: string, wanted: boolean): Value {
  if (typeof value !== 'string') {
    frame.cost += equalityCost([value, text], true);
    return value instanceof CelError ? value : !wanted;
  }
  frame.cost += value.length >= text.length * 2 ? Math.ceil(text.length * 0.1) : equalityCost([value, text], true);
  return (value === text) === wanted;
}

const inequality = callCost('_!=_', 'not_equals');

export function anyEquality(frame: Frame, left: Value, right: Value, wanted: boolean): Value {
  if (left instanceof CelError || right instanceof CelError) {
    frame.cost++;
    return left instanceof CelError ? left : right;
  }
  frame.cost += wanted || typeof left !== 'object' ? equalityCost([left, right], true) : inequality([left, right], true);
  return equal(left, right) === wanted;
}

/** `or` and `orValue`, which cost nothing themselves. */
export function alternative(first: Planned, second: Planned, unwrap: boolean, lenient: boolean, node: Node): Planned {
  const other = second.run;
  const { held, run } = first;
  if (held !== undefined && unwrap)
    return {
      run: (frame) => {
        frame.cost += first.free === true ? 0 : 1;
        const value = held(frame);
        return value === undefined ? other(frame) : value;
      },
      shape: { kind: 'alternative', first, other: second },
    };
  return {
    run: (frame) => {
      const value = run(frame);
      if (!(value instanceof Optional)) return lenient || value instanceof CelError ? value : new CelError('no such overload', node);
      if (value.value === undefined) return other(frame);
      return unwrap ? value.value : value;
    },
  };
}
