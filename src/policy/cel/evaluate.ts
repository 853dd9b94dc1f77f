// Expressions of a policy evaluated one after the other on one budget, as k8s.io/apiserver/pkg/admission/plugin/cel does it.

import { perCallLimit, runtimeBudget } from '../../languages/cel/cost.ts';
import { CelError, type Value } from '../../languages/cel/value.ts';
import type { Activation } from './activation.ts';
import type { Expression } from './expression.ts';
import { type CompiledVariables, meter } from './variables.ts';

/** What all match conditions of a policy may cost together. */
export const matchConditionsBudget = runtimeBudget / 4;

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
    if (value === true) results.push(holds);
    else results.push(value instanceof CelError ? { error: `expression '${source}' resulted in error: ${value.message}` } : { value });
  }
  return { results, remaining };
}

const nothing: Result = {};
const holds: Result = { value: true };
