// The folds that macros become, as loops. The shapes of `all`, `exists`, `exists_one`, `map` and `filter` are known and run without
// touching an accumulator; they count what the general fold would have counted. The general fold runs everything else.

import { accumulator as accumulatorName, type Comprehension, type Node } from './ast.ts';
import { createList, createMap } from './cost.ts';
import { BudgetExceeded, type Frame, type Planned, type Run, type Shape } from './frame.ts';
import { CelError, EntryMap, entriesOf, isList, isObjectMap, keysOf, mapOf, type Value } from './value.ts';

export interface LoopParts {
  readonly node: Comprehension;
  readonly range: Planned;
  readonly initial: Planned;
  /** Slots of the variables. */
  readonly accumulator: number;
  readonly first: number;
  readonly second: number | undefined;
  readonly plan: (node: Node) => Planned;
  readonly folding: boolean;
  readonly observed: boolean;
}

/** A loop that still wants the plan of the result, which sees other variables. */
export function planLoop(parts: LoopParts): (result: Run) => Planned {
  const body = (parts.observed ? undefined : shaped(parts)) ?? general(parts);
  return (result) => {
    const { run, shape } = body(result);
    return { run, ...(shape === undefined ? {} : { shape }) };
  };
}

type Body = (result: Run) => { readonly run: Run; readonly shape?: Shape | undefined };

const isAccumulator = (node: Node | undefined): boolean => node?.kind === 'ident' && node.name === accumulatorName;

/** The shapes that the macros make. */
function shaped(parts: LoopParts): Body | undefined {
  const { condition, step, result } = parts.node;
  if (step.kind !== 'call' || parts.node.accumulator !== accumulatorName) return undefined;
  const [first, second, third] = step.args;
  if ((step.name === '_&&_' || step.name === '_||_') && condition.kind === 'call' && isAccumulator(first) && second !== undefined)
    return quantifier(parts, step.name === '_||_', parts.plan(second));
  if (condition.kind !== 'literal' || condition.value !== true || first === undefined) return undefined;
  if (step.name === '_?_:_' && isAccumulator(third) && second?.kind === 'call' && second.name === '_+_') {
    const added = second.args[1];
    if (added?.kind === 'literal' && result.kind === 'call') return counted(parts, parts.plan(first).run);
    if (added?.kind === 'list' && isAccumulator(result)) return collected(parts, parts.plan(first), added);
  }
  const insert = step.name === '_?_:_' && isAccumulator(third) ? second : step;
  if (insert?.kind === 'call' && insert.name === 'cel.@mapInsert')
    return inserted(parts, insert === step ? undefined : parts.plan(first).run, insert.args.slice(1));
  if (step.name === '_+_' && isAccumulator(first) && second?.kind === 'list' && isAccumulator(result))
    return collected(parts, undefined, second);
  return undefined;
}

/** Sets the variables for each element; stops where `visit` says so. Gives an error where the range cannot be gone through. */
function each(parts: LoopParts): (frame: Frame, visit: () => boolean) => CelError | undefined {
  const { range, first, second, node } = parts;
  return (frame, visit) => {
    const value = range.run(frame);
    if (value instanceof CelError) return value;
    const { slots } = frame;
    const go = (): boolean => {
      if (frame.cost > frame.limit) throw new BudgetExceeded(frame.cost);
      return visit();
    };
    if (isList(value)) {
      for (let index = 0; index < value.length; index++) {
        if (second === undefined) slots[first] = value[index];
        else {
          slots[first] = index;
          slots[second] = value[index];
        }
        if (!go()) return undefined;
      }
      return undefined;
    }
    if (!(value instanceof EntryMap) && !isObjectMap(value)) return new CelError('no such overload', node.range);
    if (second === undefined) {
      for (const key of keysOf(value)) {
        slots[first] = key;
        if (!go()) return undefined;
      }
      return undefined;
    }
    for (const [key, held] of entriesOf(value)) {
      slots[first] = key;
      slots[second] = held;
      if (!go()) return undefined;
    }
    return undefined;
  };
}

/** `all` (stops at false) and `exists` (stops at true); an error stands until an element decides. */
function quantifier(parts: LoopParts, decides: boolean, tested: Planned): Body {
  const walk = each(parts);
  const test = tested.run;
  const shape: Shape | undefined =
    parts.second === undefined ? { kind: 'quantifier', ...over(parts), decides, test: tested, node: parts.node } : undefined;
  // The condition and the accumulator in it and in the step.
  const beforeStep = decides ? 3 : 2;
  const run: Run = (frame) => {
    let decided = false;
    let failed: CelError | undefined;
    const unusable = walk(frame, () => {
      frame.cost += beforeStep;
      if (decided) return false;
      frame.cost++;
      const value = test(frame);
      if (value === decides) decided = true;
      else if (value !== !decides) failed ??= value instanceof CelError ? value : new CelError('no such overload', parts.node);
      return true;
    });
    if (unusable !== undefined) return unusable;
    frame.cost++;
    return decided ? decides : (failed ?? !decides);
  };
  return () => ({ run, shape });
}

/** What generated code needs to go through the range of a loop with one variable. */
function over({ range, first, node }: LoopParts) {
  return {
    range,
    slot: first,
    over: (value: Value): readonly Value[] | CelError => {
      if (value instanceof CelError || isList(value)) return value;
      return value instanceof EntryMap || isObjectMap(value) ? [...keysOf(value)] : new CelError('no such overload', node.range);
    },
  };
}

/** `exists_one`. */
function counted(parts: LoopParts, test: Run): Body {
  const walk = each(parts);
  const run: Run = (frame) => {
    let count = 0;
    let failed: CelError | undefined;
    const unusable = walk(frame, () => {
      const value = test(frame);
      if (value === true) {
        frame.cost += 2;
        count++;
      } else if (value !== false) {
        failed = value instanceof CelError ? value : new CelError('no such overload', parts.node);
      }
      return true;
    });
    if (unusable !== undefined) return unusable;
    frame.cost += 2;
    return failed ?? count === 1;
  };
  return () => ({ run });
}

/** `map` and `filter`. */
function collected(parts: LoopParts, tested: Planned | undefined, added: Node & { kind: 'list' }): Body {
  const [element] = added.elements;
  if (element === undefined || added.optional.size > 0) return general(parts);
  const walk = each(parts);
  const planned = parts.plan(element);
  const { run } = planned;
  const test = tested?.run;
  const perElement = 2 + (parts.folding && planned.constant !== undefined ? 0 : createList);
  const atStart = parts.initial.constant === undefined ? createList : 0;
  const shape: Shape | undefined =
    parts.second === undefined
      ? { kind: 'collect', ...over(parts), test: tested, element: planned, perElement, atEnd: atStart + 1, node: parts.node }
      : undefined;
  const collect: Run = (frame) => {
    const list: Value[] = [];
    let failed: CelError | undefined;
    const unusable = walk(frame, () => {
      if (test !== undefined) {
        const passed = test(frame);
        if (passed === false) return true;
        if (passed !== true) {
          failed = passed instanceof CelError ? passed : new CelError('no such overload', parts.node);
          return true;
        }
      }
      const value = run(frame);
      frame.cost += perElement;
      if (value instanceof CelError) failed ??= value;
      else list.push(value);
      return true;
    });
    if (unusable !== undefined) return unusable;
    frame.cost += atStart + 1;
    return failed ?? list;
  };
  return () => ({ run: collect, shape });
}

/** Any other fold; so are names bound by `optMap`, whose range is empty. */
function general(parts: LoopParts): Body {
  const { node, accumulator, initial } = parts;
  const walk = each(parts);
  const condition = parts.plan(node.condition).run;
  const step = parts.plan(node.step).run;
  return (result) => ({
    run: (frame) => {
      const { slots } = frame;
      slots[accumulator] = initial.run(frame);
      const unusable = walk(frame, () => {
        if (condition(frame) === false) return false;
        slots[accumulator] = step(frame);
        return true;
      });
      return unusable ?? result(frame);
    },
  });
}

/** `transformMap` (a key and its value) and `transformMapEntry` (a map of entries). */
function inserted(parts: LoopParts, test: Run | undefined, [key, value]: readonly (Node | undefined)[]): Body | undefined {
  if (key === undefined) return undefined;
  const walk = each(parts);
  const runKey = parts.plan(key).run;
  const runValue = value === undefined ? undefined : parts.plan(value).run;
  const atStart = parts.initial.constant === undefined ? createMap : 0;
  const run: Run = (frame) => {
    const entries: (readonly [Value, Value])[] = [];
    let failed: CelError | undefined;
    const unusable = walk(frame, () => {
      const passed = test === undefined ? true : test(frame);
      if (passed === false) return true;
      const name = passed === true ? runKey(frame) : passed;
      const held = runValue === undefined || passed !== true ? null : runValue(frame);
      if (passed === true) frame.cost += 2;
      if (name instanceof CelError || passed !== true)
        failed ??= name instanceof CelError ? name : new CelError('no such overload', parts.node);
      else if (held instanceof CelError) failed ??= held;
      else if (runValue !== undefined) entries.push([name, held]);
      else if (name instanceof EntryMap || isObjectMap(name)) entries.push(...entriesOf(name));
      else failed ??= new CelError('no such overload', parts.node);
      return true;
    });
    if (unusable !== undefined) return unusable;
    frame.cost += atStart + 1;
    if (failed !== undefined) return failed;
    const map = mapOf(entries, true);
    return map instanceof CelError ? new CelError('insert failed: key already exists', parts.node) : map;
  };
  return () => ({ run });
}
