// MutatingAdmissionPolicy (v1alpha1, v1beta1 and v1 are written the same) compiled: variables, match conditions, and mutations as
// expressions that give a list of JSONPatch or an Object.

import type { Environment } from '../../languages/cel/environment.ts';
import { listOf } from '../../languages/cel/type.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { Binding } from '../bindings.ts';
import { jsonPatchObject, mutationObject } from '../cel/environment.ts';
import { compileExpression, type Expression } from '../cel/expression.ts';
import type { MutatingPolicy, PolicyIssue } from '../compiled.ts';
import { type CommonExpressions, commonIssues, compileCommon, issuesIn, type PolicyHead, readPolicyHead } from '../definition.ts';
import { targetsOf } from '../targets.ts';
import { invocationsOf } from './invoke.ts';

export interface Mutation extends Expression {
  readonly type: 'JSONPatch' | 'ApplyConfiguration';
}

export interface Mutations extends CommonExpressions {
  readonly mutations: readonly Mutation[];
}

export interface Definition extends PolicyHead, Mutations {
  readonly reinvocable: boolean;
}

/** Compiles a policy with the bindings that name it. */
export function compileMutatingPolicy(
  object: JsonObject,
  bindings: readonly Binding[],
  { minor }: { readonly minor?: number } = {},
): MutatingPolicy {
  const { spec } = object;
  const policy: Definition = {
    ...readPolicyHead(object, bindings),
    reinvocable: field(spec, 'reinvocationPolicy') === 'IfNeeded',
    ...compileMutations(spec, minor),
  };
  return {
    name: policy.name,
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
  const { common, environment } = compileCommon(spec, minor);
  const patching = environment({ authorizer: true, mutation: true });
  return { ...common, mutations: asList(field(spec, 'mutations')).flatMap((value) => compileMutation(value, patching) ?? []) };
}

/** Compiles one of `spec.mutations`; undefined where it has no patch. */
export function compileMutation(value: Json, environment: Environment): Mutation | undefined {
  const type = field(value, 'patchType');
  const source = (key: string) => asString(dig(value, key, 'expression')) ?? '';
  if (type === 'JSONPatch') return { type, ...compileExpression(source('jsonPatch'), environment, [listOf(jsonPatchObject)]) };
  if (type === 'ApplyConfiguration') return { type, ...compileExpression(source('applyConfiguration'), environment, [mutationObject]) };
  return undefined;
}

function issuesOf(policy: Mutations): readonly PolicyIssue[] {
  return [...commonIssues(policy), ...issuesIn(policy.mutations, (index) => `spec.mutations[${index}]`)];
}
