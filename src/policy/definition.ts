// What validating and mutating admission policies have in common: what they match, whom they ask for parameters, their bindings, and the
// expressions that come before their own.

import type { Environment } from '../languages/cel/environment.ts';
import { asString, dig, field, type Json, type JsonObject } from '../lib/json.ts';
import { type Binding, type Bindings, bindingsOf } from './bindings.ts';
import { admissionEnvironment, withVariables } from './cel/environment.ts';
import type { Expression } from './cel/expression.ts';
import { type CompiledVariables, compileVariables } from './cel/variables.ts';
import type { PolicyIssue } from './compiled.ts';
import { type MatchResources, readMatchResources } from './match.ts';
import { compileMatchConditions, type MatchCondition } from './match-conditions.ts';
import { type ParamKind, readParamKind } from './params.ts';

/** A policy without its expressions. */
export interface PolicyHead {
  readonly name: string;
  readonly match: MatchResources;
  /** False where the policy has no matchConstraints, which it must. */
  readonly hasMatch: boolean;
  readonly paramKind: ParamKind | undefined;
  readonly bindings: Bindings;
}

export function readPolicyHead(object: JsonObject, bindings: readonly Binding[]): PolicyHead {
  const name = asString(dig(object, 'metadata', 'name')) ?? '';
  const constraints = field(object.spec, 'matchConstraints');
  return {
    name,
    match: readMatchResources(constraints),
    hasMatch: constraints !== undefined && constraints !== null,
    paramKind: readParamKind(field(object.spec, 'paramKind')),
    bindings: bindingsOf(name, bindings),
  };
}

/** The expressions that both kinds have, and what to do where one fails. */
export interface CommonExpressions {
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly variables: CompiledVariables | undefined;
  readonly matchConditions: readonly MatchCondition[];
}

export interface CompiledCommon {
  readonly common: CommonExpressions;
  /** The environment of the policy's own expressions: its variables are seen there. */
  readonly environment: (options: { readonly authorizer: boolean; readonly mutation?: boolean }) => Environment;
}

/** Compiles what comes before a policy's own expressions. */
export function compileCommon(spec: Json | undefined, minor: number | undefined): CompiledCommon {
  const params = readParamKind(field(spec, 'paramKind')) !== undefined;
  const base = admissionEnvironment(minor, { params, authorizer: true });
  const variables = compileVariables(field(spec, 'variables'), base);
  const seen = variables?.types ?? new Map();
  const matchConditions = compileMatchConditions(field(spec, 'matchConditions'), withVariables(base, seen));
  const failurePolicy = field(spec, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail';
  return {
    common: { failurePolicy, variables, matchConditions },
    environment: (options) => withVariables(admissionEnvironment(minor, { params, ...options }), seen),
  };
}

/** Those of a list of expressions that do not compile; `place` is the field of each. */
export function issuesIn(list: readonly (Expression | undefined)[], place: (index: number) => string): readonly PolicyIssue[] {
  return list.flatMap((expression, index) => (expression?.error === undefined ? [] : [{ field: place(index), message: expression.error }]));
}

/** Those of the common expressions. */
export function commonIssues({ variables, matchConditions }: CommonExpressions): readonly PolicyIssue[] {
  return [
    ...issuesIn(variables?.list ?? [], (index) => `spec.variables[${index}].expression`),
    ...issuesIn(matchConditions, (index) => `spec.matchConditions[${index}].expression`),
  ];
}
