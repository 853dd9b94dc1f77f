// MutatingAdmissionPolicy (v1alpha1, v1beta1 and v1 are written the same) compiled: variables, match conditions, and mutations as
// expressions that give a list of JSONPatch or an Object.

import type { Environment } from '../../languages/cel/environment.ts';
import { listOf } from '../../languages/cel/type.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { type Binding, type Bindings, bindingsOf } from '../bindings.ts';
import { admissionEnvironment, jsonPatchObject, mutationObject, withVariables } from '../cel/environment.ts';
import { compileExpression, type Expression } from '../cel/expression.ts';
import { type CompiledVariables, compileVariables } from '../cel/variables.ts';
import type { MutatingPolicy, PolicyIssue } from '../compiled.ts';
import { type MatchResources, readMatchResources } from '../match.ts';
import { compileMatchConditions, type MatchCondition } from '../match-conditions.ts';
import { type ParamKind, readParamKind } from '../params.ts';
import { targetsOf } from '../targets.ts';
import { invocationsOf } from './invoke.ts';

export interface Mutation extends Expression {
  readonly type: 'JSONPatch' | 'ApplyConfiguration';
}

export interface Mutations {
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly variables: CompiledVariables | undefined;
  readonly matchConditions: readonly MatchCondition[];
  readonly mutations: readonly Mutation[];
}

export interface Definition extends Mutations {
  readonly name: string;
  readonly match: MatchResources;
  readonly hasMatch: boolean;
  readonly paramKind: ParamKind | undefined;
  readonly bindings: Bindings;
  readonly reinvocable: boolean;
}

/** Compiles a policy with the bindings that name it. */
export function compileMutatingPolicy(
  object: JsonObject,
  bindings: readonly Binding[],
  { minor }: { readonly minor?: number } = {},
): MutatingPolicy {
  const { spec } = object;
  const name = asString(dig(object, 'metadata', 'name')) ?? '';
  const constraints = field(spec, 'matchConstraints');
  const policy: Definition = {
    name,
    match: readMatchResources(constraints),
    hasMatch: constraints !== undefined && constraints !== null,
    paramKind: readParamKind(field(spec, 'paramKind')),
    bindings: bindingsOf(name, bindings),
    reinvocable: field(spec, 'reinvocationPolicy') === 'IfNeeded',
    ...compileMutations(spec, minor),
  };
  return {
    name,
    kind: 'MutatingAdmissionPolicy',
    phase: 'mutate',
    failurePolicy: policy.failurePolicy,
    targets: policy.bindings.list.length === 0 ? [] : targetsOf(policy.match),
    invocations: (request) => invocationsOf(policy, request),
    issues: issuesOf(policy),
  };
}

/** Compiles the expressions of `spec`. */
export function compileMutations(spec: Json | undefined, minor?: number): Mutations {
  const params = readParamKind(field(spec, 'paramKind')) !== undefined;
  const base = admissionEnvironment(minor, { params, authorizer: true });
  const variables = compileVariables(field(spec, 'variables'), base);
  const seen = variables?.types ?? new Map();
  const patching = withVariables(admissionEnvironment(minor, { params, authorizer: true, mutation: true }), seen);
  return {
    failurePolicy: field(spec, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
    variables,
    matchConditions: compileMatchConditions(field(spec, 'matchConditions'), withVariables(base, seen)),
    mutations: asList(field(spec, 'mutations')).flatMap((value) => compileMutation(value, patching) ?? []),
  };
}

/** Compiles one of `spec.mutations`; undefined where it has no patch. */
export function compileMutation(value: Json, environment: Environment): Mutation | undefined {
  const type = field(value, 'patchType');
  const source = (key: string) => asString(dig(value, key, 'expression')) ?? '';
  if (type === 'JSONPatch') return { type, ...compileExpression(source('jsonPatch'), environment, [listOf(jsonPatchObject)]) };
  if (type === 'ApplyConfiguration') return { type, ...compileExpression(source('applyConfiguration'), environment, [mutationObject]) };
  return undefined;
}

function issuesOf({ variables, matchConditions, mutations }: Mutations): readonly PolicyIssue[] {
  const issues = (place: (index: number) => string, list: readonly Expression[]) =>
    list.flatMap(({ error }, index): readonly PolicyIssue[] => (error === undefined ? [] : [{ field: place(index), message: error }]));
  return [
    ...issues((index) => `spec.variables[${index}].expression`, variables?.list ?? []),
    ...issues((index) => `spec.matchConditions[${index}].expression`, matchConditions),
    ...issues((index) => `spec.mutations[${index}]`, mutations),
  ];
}
