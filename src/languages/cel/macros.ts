// Macros: calls that become other syntax before types are checked. The standard ones of cel-spec, those over two variables (cel-go's
// extension, in Kubernetes since 1.32) and those of optional values (since 1.28). `cel.bind` is not in Kubernetes' environment.

import { accumulator, type Call, type Comprehension, type Issue, type Node, type Place } from './ast.ts';
import { children } from './walk.ts';

export interface Macro {
  readonly name: string;
  readonly args: number;
  /** Called on a target, as `list.all(…)`. */
  readonly receiver: boolean;
  readonly expand: (call: Call) => Node | Issue;
}

/** The call itself where no macro fits it. */
export function expandMacro(macros: readonly Macro[], call: Call): Node | Issue {
  const macro = macros.find(
    ({ name, args, receiver }) => name === call.name && args === call.args.length && receiver === (call.target !== undefined),
  );
  return macro === undefined ? call : macro.expand(call);
}

const issue = (message: string, { start, end }: Place): Issue => ({ code: 'cel/syntax', message, start, end });

/** Builders of nodes that all stand where the macro stood. */
function build({ start, end, mark = start }: Place) {
  const literal = (value: boolean | number): Node => ({ kind: 'literal', value, start, end, mark });
  const ident = (name: string): Node => ({ kind: 'ident', name, start, end, mark });
  const list = (...elements: readonly Node[]): Node => ({ kind: 'list', elements, optional: new Set(), start, end, mark });
  const map = (): Node => ({ kind: 'map', entries: [], start, end, mark });
  const call = (name: string, ...args: readonly Node[]): Node => ({ kind: 'call', name, args, start, end, mark });
  const method = (name: string, target: Node, ...args: readonly Node[]): Node => ({ kind: 'call', name, target, args, start, end, mark });
  const fold = (rest: Omit<Comprehension, 'kind' | 'start' | 'end' | 'mark' | 'accumulator'> & { accumulator?: string }): Node => ({
    kind: 'comprehension',
    accumulator,
    ...rest,
    start,
    end,
    mark,
  });
  return { literal, ident, list, map, call, method, fold, accu: ident(accumulator) };
}

type Body = (at: ReturnType<typeof build>, args: readonly Node[]) => Pick<Comprehension, 'initial' | 'condition' | 'step' | 'result'>;

const isIssue = (value: object): value is Issue => 'message' in value;

/** Names of the first `count` arguments; they must be plain identifiers, none the same, none the accumulator's. */
function variables(call: Call, count: number): readonly string[] | Issue {
  const names: string[] = [];
  for (const argument of call.args.slice(0, count)) {
    if (argument.kind !== 'ident' || argument.name.startsWith('.')) return issue('argument must be a simple name', argument);
    if (names.includes(argument.name)) return issue(`duplicate variable name: ${argument.name}`, argument);
    if (argument.name === '__result__' || argument.name === accumulator)
      return issue('iteration variable overwrites accumulator variable', argument);
    names.push(argument.name);
  }
  return names;
}

function overRange(name: string, args: number, count: 1 | 2, body: Body): Macro {
  return {
    name,
    args,
    receiver: true,
    expand: (call) => {
      const names = variables(call, count);
      if (isIssue(names)) return names;
      const [variable = '', second] = names;
      const at = build(call);
      return at.fold({
        range: call.target as Node,
        variable,
        ...(second !== undefined && { second }),
        ...body(at, call.args.slice(count)),
      });
    },
  };
}

const all: Body = ({ literal, call, accu }, [test]) => ({
  initial: literal(true),
  condition: call('@not_strictly_false', accu),
  step: call('_&&_', accu, test as Node),
  result: accu,
});

const exists: Body = ({ literal, call, accu }, [test]) => ({
  initial: literal(false),
  condition: call('@not_strictly_false', call('!_', accu)),
  step: call('_||_', accu, test as Node),
  result: accu,
});

const existsOne: Body = ({ literal, call, accu }, [test]) => ({
  initial: literal(0),
  condition: literal(true),
  step: call('_?_:_', test as Node, call('_+_', accu, literal(1)), accu),
  result: call('_==_', accu, literal(1)),
});

/** A list of results, of the elements that pass where a test is given. */
const mapped: Body = ({ literal, list, call, accu }, args) => {
  const added = call('_+_', accu, list(args.at(-1) as Node));
  return {
    initial: list(),
    condition: literal(true),
    step: args.length === 1 ? added : call('_?_:_', args[0] as Node, added, accu),
    result: accu,
  };
};

const has: Macro = {
  name: 'has',
  args: 1,
  receiver: false,
  expand: (call) => {
    const [argument] = call.args;
    if (argument?.kind !== 'select' || argument.testOnly) return issue('invalid argument to has() macro', argument ?? call);
    return { ...argument, testOnly: true, start: call.start, end: call.end, mark: call.mark ?? call.start };
  },
};

const filter: Macro = {
  name: 'filter',
  args: 2,
  receiver: true,
  expand: (call) => {
    const names = variables(call, 1);
    if (isIssue(names)) return names;
    const at = build(call);
    const body = mapped(at, [call.args[1] as Node, { ...(call.args[0] as Node) }]);
    return at.fold({ range: call.target as Node, variable: names[0] ?? '', ...body });
  },
};

/** has, all, exists, exists_one, map, filter. */
export const standardMacros: readonly Macro[] = [
  has,
  overRange('all', 2, 1, all),
  overRange('exists', 2, 1, exists),
  overRange('exists_one', 2, 1, existsOne),
  overRange('existsOne', 2, 1, existsOne),
  overRange('map', 2, 1, mapped),
  overRange('map', 3, 1, mapped),
  filter,
];

/** A map of results under the old keys (`@mapInsert(map, key, value)`) or of whole entries (`@mapInsert(map, entries)`). */
const transformed =
  (entries: boolean): Macro['expand'] =>
  (call) => {
    const names = variables(call, 2);
    if (isIssue(names)) return names;
    const [variable = '', second = ''] = names;
    const { literal, ident, map, call: invoke, fold, accu } = build(call);
    const value = call.args.at(-1) as Node;
    const inserted = entries ? invoke('cel.@mapInsert', accu, value) : invoke('cel.@mapInsert', accu, ident(variable), value);
    const step = call.args.length === 4 ? invoke('_?_:_', call.args[2] as Node, inserted, accu) : inserted;
    return fold({ range: call.target as Node, variable, second, initial: map(), condition: literal(true), step, result: accu });
  };

/** all, exists, existsOne, transformList, transformMap, transformMapEntry over key and value. */
export const twoVariableMacros: readonly Macro[] = [
  overRange('all', 3, 2, all),
  overRange('exists', 3, 2, exists),
  overRange('existsOne', 3, 2, existsOne),
  overRange('exists_one', 3, 2, existsOne),
  overRange('transformList', 3, 2, mapped),
  overRange('transformList', 4, 2, mapped),
  ...[3, 4].flatMap((args) => [
    { name: 'transformMap', args, receiver: true, expand: transformed(false) },
    { name: 'transformMapEntry', args, receiver: true, expand: transformed(true) },
  ]),
];

/** optMap and optFlatMap: the value of an optional, bound to a name, in a new optional or as one. */
export const optionalMacros: readonly Macro[] = (['optMap', 'optFlatMap'] as const).map((name) => ({
  name,
  args: 2,
  receiver: true,
  expand: (call) => {
    const names = variables(call, 1);
    if (isIssue(names)) return names;
    const { literal, ident, list, call: invoke, method, fold } = build(call);
    const target = call.target as Node;
    if (isLarge(target)) return { ...issue('expression expands to more than can be evaluated', call), code: 'cel/limit' };
    const bound = fold({
      range: list(),
      variable: '#unused',
      accumulator: names[0] ?? '',
      initial: method('value', target),
      condition: literal(false),
      step: ident(names[0] ?? ''),
      result: call.args[1] as Node,
    });
    const optional = ident('optional');
    return invoke('_?_:_', method('hasValue', target), name === 'optMap' ? method('of', optional, bound) : bound, method('none', optional));
  },
}));

/** These macros write their target twice: chains of them would double without end. */
const maxExpanded = 5_000;

function isLarge(node: Node): boolean {
  const pending: Node[] = [node];
  for (let count = 0; pending.length > 0; count++) {
    if (count > maxExpanded) return true;
    const next = pending.pop();
    if (next !== undefined) pending.push(...children(next));
  }
  return false;
}
