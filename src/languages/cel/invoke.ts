// Calls of functions: arguments first, then the overload that their types choose, then what it cost.

import type { Call } from './ast.ts';
import { noSuchOverload } from './compare.ts';
import { callCost, isUnitCost } from './cost.ts';
import { BudgetExceeded, type Frame, type Planned, type Run, type Shape } from './frame.ts';
import { isOf, type Overload } from './function.ts';
import { CelError, type Value } from './value.ts';

/** A call of one of the overloads. `walksPrefix` as in `callCost`. */
export function invoke(node: Call, overloads: readonly Overload[], args: readonly Planned[], walksPrefix: boolean): Planned {
  const [overload] = overloads;
  if (overload === undefined) return { run: () => new CelError('no such overload', node) };
  const cost = callCost(overload.name, overloads.length === 1 ? overload.id : undefined, walksPrefix);
  const unit = isUnitCost(cost);
  const [first, second] = args;
  if (first !== undefined && second !== undefined && args.length === 2 && overload.dispatches === true && unit)
    return {
      run: unitCall(first.run, second.run, overload.call, node),
      shape: { kind: 'unit', name: node.name, left: first, right: second, call: overload.call, node },
    };
  const dispatch = dispatcher(overloads);
  const finish = (frame: Frame, values: readonly Value[], failed: CelError | undefined): Value => {
    const result = failed ?? dispatch(values);
    frame.cost += unit ? 1 : cost(values, result);
    if (frame.cost > frame.limit) throw new BudgetExceeded(frame.cost);
    return result instanceof CelError && result.place === undefined ? new CelError(result.message, node) : result;
  };
  const strict = overload.nonStrict !== true;
  const shape: Shape = { kind: 'call', args, strict, finish };
  if (first !== undefined && args.length === 1) {
    const run = first.run;
    return {
      run: (frame) => {
        const a = run(frame);
        return finish(frame, [a], strict && a instanceof CelError ? a : undefined);
      },
      shape,
    };
  }
  if (first !== undefined && second !== undefined && args.length === 2) {
    const [left, right] = [first.run, second.run];
    return {
      run: (frame) => {
        const values = [left(frame), right(frame)] as const;
        const [a, b] = values;
        return finish(frame, values, a instanceof CelError ? a : b instanceof CelError ? b : undefined);
      },
      shape,
    };
  }
  const runs = args.map(({ run }) => run);
  return {
    run: (frame) => {
      const values: Value[] = [];
      for (const run of runs) {
        const value = run(frame);
        if (value instanceof CelError) return value;
        values.push(value);
      }
      return finish(frame, values, undefined);
    },
    shape,
  };
}

/** A call of two arguments that costs one and looks at their types itself: most operators. */
function unitCall(first: Run, second: Run, call: Overload['call'], node: Call): Run {
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
