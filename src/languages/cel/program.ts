// An expression compiled in an environment, ready to be evaluated any number of times.

import { lineColumn, lineStarts } from '../../lib/text.ts';
import type { Issue, Node } from './ast.ts';
import { type Checked, check } from './check.ts';
import { perCallLimit } from './cost.ts';
import type { Environment } from './environment.ts';
import { BudgetExceeded, type Frame } from './frame.ts';
import { generate } from './generate.ts';
import { parse } from './parse.ts';
import { type Plan, plan } from './plan.ts';
import { type Type, types } from './type.ts';
import { validateLiterals } from './validate-literals.ts';
import { CelError, type Value } from './value.ts';

/** What is wrong with an expression or its evaluation, as `cel eval` and policies report it. */
export interface Diagnostic {
  readonly code: 'cel/syntax' | 'cel/type' | 'cel/limit' | 'cel/evaluation' | 'cel/budget';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface Evaluation {
  /** A `CelError` where evaluation failed. */
  readonly value: Value;
  readonly cost: number;
  /** The cost went over the limit; the value is an error that says so. */
  readonly exceeded: boolean;
}

export interface Program {
  readonly source: string;
  readonly node: Node;
  readonly type: Type;
  readonly checked: Checked | undefined;
  readonly environment: Environment;
  readonly evaluate: (variables: Readonly<Record<string, Value>>, limit?: number) => Evaluation;
}

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | {
      readonly ok: false;
      readonly issues: readonly Diagnostic[];
      /** Types are right; a constant part of the expression can never be evaluated. */
      readonly planned: boolean;
    };

/** How expressions compiled from now on are evaluated: by closures, or by generated code, which gives the same answers and costs in less time. */
export type BackEnd = 'closures' | 'code';

let backEnd: BackEnd = 'closures';

/** Chooses the back end for the whole program; meant to be called once, where it starts. Code is not generated unless this asks for it. */
export function preferBackEnd(chosen: BackEnd): void {
  backEnd = chosen;
}

/** Compiles an expression. `compile('self.size() < 3', environment)`; with `checked: false`, types are left to run time. */
export function compile(source: string, environment: Environment, { checked = true }: { readonly checked?: boolean } = {}): Compiled {
  const parsed = parse(source, { macros: environment.macros, optionals: environment.options.optionals });
  if ('issues' in parsed) return failed(source, parsed.issues);
  const { node } = parsed;
  const result = checked ? check(node, environment) : undefined;
  const issues = [...(result?.issues ?? []), ...(result?.issues.length === 0 ? validateLiterals(node, result, environment.options) : [])];
  if (issues.length > 0) return failed(source, issues);
  const planned = plan(node, environment, result);
  if (planned instanceof CelError)
    return failed(
      source,
      [{ code: 'cel/type', message: planned.message, start: planned.place?.start ?? node.start, end: planned.place?.end ?? node.end }],
      true,
    );
  const start = backEnd === 'code' ? generate(planned) : planned;
  const evaluate: Program['evaluate'] = (variables, limit = perCallLimit) => run(start, variables, limit);
  return { ok: true, program: { source, node, type: result?.types.get(node) ?? types.dyn, checked: result, environment, evaluate } };
}

export function run(
  { run: start, load }: Pick<Plan, 'run' | 'load'>,
  variables: Readonly<Record<string, Value>>,
  limit: number,
): Evaluation {
  const frame: Frame = { slots: load(variables), cost: 0, limit };
  try {
    const value = start(frame);
    if (frame.cost <= limit) return { value, cost: frame.cost, exceeded: false };
  } catch (thrown) {
    // Too deep or too large for this machine: a value nested without end, say.
    if (thrown instanceof RangeError) return { value: new CelError('evaluation needs too much memory'), cost: frame.cost, exceeded: true };
    if (!(thrown instanceof BudgetExceeded)) throw thrown;
  }
  return { value: new CelError('operation cancelled: actual cost limit exceeded'), cost: frame.cost, exceeded: true };
}

function failed(source: string, issues: readonly Issue[], planned = false): Compiled {
  const starts = lineStarts(source);
  return { ok: false, planned, issues: issues.map(({ code, message, start }) => ({ code, message, ...lineColumn(starts, start) })) };
}

/** An evaluation's error with its place. */
export function diagnosed({ source }: Pick<Program, 'source'>, { value, exceeded }: Evaluation): Diagnostic | undefined {
  if (!(value instanceof CelError)) return undefined;
  return {
    code: exceeded ? 'cel/budget' : 'cel/evaluation',
    message: value.message,
    ...lineColumn(lineStarts(source), value.place?.start ?? 0),
  };
}
