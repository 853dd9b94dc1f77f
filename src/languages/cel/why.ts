// Why an expression is false: the first sub-expression that made it so, with the values it was made of. Follows `&&` to its first false
// side, `?:` to the branch that was taken, and `all` to the element it stopped at. The expression is run again with every value observed.

import { lineColumn, lineStarts } from '../../lib/text.ts';
import type { Node } from './ast.ts';
import { plan } from './plan.ts';
import { type Program, run } from './program.ts';
import { CelError, type Value } from './value.ts';
import { children } from './walk.ts';

export interface Why {
  /** The sub-expression as it is written. */
  readonly expression: string;
  readonly line: number;
  readonly column: number;
  readonly value: Value;
  /** Its parts and the variables of macros, as they were. */
  readonly parts: readonly { readonly expression: string; readonly value: Value }[];
}

/** Undefined where the expression is not false. */
export function why(program: Program, variables: Readonly<Record<string, Value>>, limit: number): Why | undefined {
  const { node, environment, checked, source } = program;
  const values = new Map<Node, Value>();
  const planned = plan(node, environment, checked, (each, value) => values.set(each, value));
  if (planned instanceof CelError) return undefined;
  const { value } = run(planned, variables, limit);
  if (value !== false) return undefined;
  const cause = causeOf(node, values);
  const text = (part: Node) => source.slice(part.start, part.end);
  const shown = new Map<string, Value>();
  for (const part of named(cause)) {
    const held = values.get(part);
    if (held !== undefined && text(part) !== text(cause)) shown.set(text(part), held);
  }
  return {
    expression: text(cause),
    ...lineColumn(lineStarts(source), cause.start),
    value: values.get(cause) ?? false,
    parts: [...shown].map(([expression, part]) => ({ expression, value: part })),
  };
}

function causeOf(node: Node, values: ReadonlyMap<Node, Value>): Node {
  const isCause = (part: Node | undefined): part is Node => part !== undefined && values.get(part) === false;
  if (node.kind === 'call' && node.name === '_&&_') {
    const side = node.args.find(isCause);
    if (side !== undefined) return causeOf(side, values);
  }
  if (node.kind === 'call' && node.name === '_?_:_') {
    const [test, yes, no] = node.args;
    const taken = test !== undefined && values.get(test) === true ? yes : no;
    if (isCause(taken)) return causeOf(taken, values);
  }
  if (node.kind === 'comprehension' && node.step.kind === 'call' && node.step.name === '_&&_') {
    const test = node.step.args[1];
    if (isCause(test)) return causeOf(test, values);
  }
  return node;
}

/** The parts worth showing: names and fields whole, and what operators were given. */
function named(node: Node): readonly Node[] {
  return children(node).flatMap((part) => {
    if (part.kind === 'literal' || part.kind === 'list' || part.kind === 'map') return [];
    const inner = part.kind === 'ident' || part.kind === 'select' ? [] : named(part);
    return [part, ...inner];
  });
}
