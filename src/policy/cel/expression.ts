// Expressions of a policy: compiled with the type they must have, and evaluated one after the other on one budget, as
// k8s.io/apiserver/pkg/admission/plugin/cel does it. An expression that does not compile is kept with its error, because a policy
// with it is one that fails, not one that is absent.

import { perCallLimit, runtimeBudget } from '../../languages/cel/cost.ts';
import type { Environment } from '../../languages/cel/environment.ts';
import { issueText } from '../../languages/cel/issue-text.ts';
import { compile, type Program } from '../../languages/cel/program.ts';
import { sameType, type Type, typeText } from '../../languages/cel/type.ts';
import { CelError, type Value } from '../../languages/cel/value.ts';
import type { Activation } from './activation.ts';
import { type CompiledVariables, meter } from './variables.ts';

export { runtimeBudget };

/** What all match conditions of a policy may cost together. */
export const matchConditionsBudget = runtimeBudget / 4;

export interface Expression {
  readonly source: string;
  /** Undefined where it does not compile. */
  readonly program: Program | undefined;
  readonly error: string | undefined;
}

export interface Result {
  readonly value?: Value;
  readonly error?: string;
}

export interface Results {
  readonly results: readonly Result[];
  readonly remaining: number;
  /** Set where the budget ran out: then there are no results. */
  readonly exceeded?: string;
}

/** Compiles an expression that must have one of the types; with none given, any will do. */
export function compileExpression(source: string, environment: Environment, wanted: readonly Type[] = []): Expression {
  const compiled = compile(source, environment);
  if (!compiled.ok)
    return { source, program: undefined, error: issueText(source, compiled, 'compilation failed', 'program instantiation failed') };
  const { program } = compiled;
  if (wanted.length > 0 && !wanted.some((type) => sameType(type, program.type))) {
    const [only] = wanted;
    const texts = wanted.length === 1 && only !== undefined ? typeText(only) : `one of [${wanted.map(typeText).join(' ')}]`;
    return { source, program: undefined, error: `must evaluate to ${texts} but got ${typeText(program.type)}` };
  }
  return { source, program, error: undefined };
}

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** Evaluates expressions in order; a place without one has an empty result. Variables are evaluated when first named. */
export function evaluateAll(
  expressions: readonly (Expression | undefined)[],
  activation: Activation,
  variables: CompiledVariables | undefined,
  budget: number,
  limit: number = perCallLimit,
): Results {
  const spent = variables === undefined ? undefined : meter(variables, activation, limit);
  const results: Result[] = [];
  let remaining = budget;
  for (const expression of expressions) {
    if (expression === undefined) {
      results.push(nothing);
      continue;
    }
    const { source, program, error } = expression;
    if (program === undefined) {
      results.push({ error: `compilation error: ${error ?? ''}` });
      continue;
    }
    const { value, cost } = program.evaluate(activation, limit);
    remaining -= cost + (spent === undefined ? 0 : spent.taken());
    if (remaining < 0) return { results: [], remaining: -1, exceeded: outOfBudget };
    results.push(value instanceof CelError ? { error: `expression '${source}' resulted in error: ${value.message}` } : { value });
  }
  return { results, remaining };
}

const nothing: Result = {};
