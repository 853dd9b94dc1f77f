// `matchConditions` of policies and webhooks (kube-apiserver 1.36, plugin/webhook/matchconditions): all must be true. One that is false
// means no match, whatever the others are; an error is the policy's failure, or no match where failures are ignored.

import type { Environment } from '../languages/cel/environment.ts';
import { types } from '../languages/cel/type.ts';
import { asList, asString, field, type Json } from '../lib/json.ts';
import type { Activation } from './cel/activation.ts';
import { evaluateAll, matchConditionsBudget } from './cel/evaluate.ts';
import { compileExpression, type Expression } from './cel/expression.ts';
import type { CompiledVariables } from './cel/variables.ts';

export interface MatchCondition extends Expression {
  readonly name: string;
}

export type MatchAnswer =
  | { readonly matches: true }
  | { readonly matches: false; readonly failedCondition?: string }
  | { readonly matches: 'error'; readonly message: string };

export function compileMatchConditions(value: Json | undefined, environment: Environment): readonly MatchCondition[] {
  return asList(value).map((item) => ({
    name: asString(field(item, 'name')) ?? '',
    ...compileExpression(asString(field(item, 'expression')) ?? '', environment, [types.bool]),
  }));
}

export function evaluateMatchConditions(
  conditions: readonly MatchCondition[],
  activation: Activation,
  variables: CompiledVariables | undefined,
  failurePolicy: 'Fail' | 'Ignore',
): MatchAnswer {
  const { results, exceeded } = evaluateAll(conditions, activation, variables, matchConditionsBudget);
  const failed = (message: string): MatchAnswer => (failurePolicy === 'Fail' ? { matches: 'error', message } : { matches: false });
  if (exceeded !== undefined) return failed(exceeded);
  const errors = new Set<string>();
  for (const [index, { value, error }] of results.entries()) {
    if (error !== undefined) errors.add(error);
    if (value === false) return { matches: false, failedCondition: conditions[index]?.name ?? '' };
  }
  if (errors.size === 0) return { matches: true };
  const texts = [...errors];
  return failed(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
}
