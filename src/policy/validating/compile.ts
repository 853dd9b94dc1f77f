// ValidatingAdmissionPolicy (v1alpha1, v1beta1 and v1 are written the same) compiled for the Kubernetes it runs in. The API server stores
// policies only if they compile; one that does not is compiled all the same, and each request it matches meets its failurePolicy.

import type { Environment } from '../../languages/cel/environment.ts';
import { types } from '../../languages/cel/type.ts';
import { asList, asString, field, type Json, type JsonObject } from '../../lib/json.ts';
import { whiteSpace, withoutEnds } from '../../lib/text.ts';
import type { Binding } from '../bindings.ts';
import { compileExpression, type Expression } from '../cel/expression.ts';
import type { Outcome, PolicyIssue, ValidatingPolicy } from '../compiled.ts';
import { type CommonExpressions, commonIssues, compileCommon, issuesIn, type PolicyHead, readPolicyHead } from '../definition.ts';
import { targetsOf } from '../targets.ts';
import { evaluatePolicy } from './evaluate.ts';

export interface Validation extends Expression {
  /** What a denial says without a messageExpression: the message as written, else the expression that failed. */
  readonly message: string;
  readonly reason: string;
  readonly messageExpression: Expression | undefined;
}

export interface AuditAnnotation extends Expression {
  readonly key: string;
}

/** What the expressions of a policy are, without what it matches. */
export interface Rules extends CommonExpressions {
  readonly validations: readonly Validation[];
  /** Beside `validations`, for one evaluation on one budget. */
  readonly messages: readonly (Expression | undefined)[];
  /** How many expressions the messages may make be evaluated: their own and those of variables; 0 without any. */
  readonly messageCount: number;
  readonly auditAnnotations: readonly AuditAnnotation[];
}

export interface Definition extends PolicyHead, Rules {
  /** Outcomes of rules that hold, by binding; filled when they are first needed. */
  readonly held: Map<Binding, readonly Outcome[]>;
}

export interface CompileOptions {
  /** The minor of Kubernetes 1 whose functions apply; the newest known where absent. */
  readonly minor?: number;
}

/** Compiles a policy with the bindings that name it. Without bindings it matches nothing, as in a cluster. */
export function compileValidatingPolicy(
  object: JsonObject,
  bindings: readonly Binding[],
  { minor }: CompileOptions = {},
): ValidatingPolicy {
  const policy: Definition = { ...readPolicyHead(object, bindings), held: new Map(), ...compileRules(object.spec, minor) };
  return {
    name: policy.name,
    kind: 'ValidatingAdmissionPolicy',
    phase: 'validate',
    failurePolicy: policy.failurePolicy,
    targets: policy.bindings.list.length === 0 ? [] : targetsOf(policy.match),
    evaluate: (request) => evaluatePolicy(policy, request),
    issues: issuesOf(policy),
  };
}

/** Compiles the expressions of `spec`. */
export function compileRules(spec: Json | undefined, minor?: number): Rules {
  const { common, environment: seenBy } = compileCommon(spec, minor);
  const environment = seenBy({ authorizer: true });
  const withoutAuthorizer = seenBy({ authorizer: false });
  const validations = asList(field(spec, 'validations')).map((value) => compileValidation(value, environment, withoutAuthorizer));
  const messages = validations.map(({ messageExpression }) => messageExpression);
  const written = messages.filter((message) => message !== undefined).length;
  return {
    ...common,
    validations,
    messages,
    messageCount: written === 0 ? 0 : written + (common.variables?.list.length ?? 0),
    auditAnnotations: asList(field(spec, 'auditAnnotations')).map((value) => ({
      key: asString(field(value, 'key')) ?? '',
      ...compileExpression(asString(field(value, 'valueExpression')) ?? '', environment, [types.string, types.null]),
    })),
  };
}

function compileValidation(value: Json, environment: Environment, withoutAuthorizer: Environment): Validation {
  const source = asString(field(value, 'expression')) ?? '';
  const messageExpression = asString(field(value, 'messageExpression')) ?? '';
  const written = trimmed(asString(field(value, 'message')) ?? '');
  return {
    ...compileExpression(source, environment, [types.bool]),
    message: written === '' ? `failed expression: ${trimmed(source)}` : written,
    reason: asString(field(value, 'reason')) ?? 'Invalid',
    messageExpression: messageExpression === '' ? undefined : compileExpression(messageExpression, withoutAuthorizer, [types.string]),
  };
}

/** Without the white space that Go counts as such. */
export function trimmed(text: string): string {
  return withoutEnds(text, whiteSpace);
}

function issuesOf(rules: Rules): readonly PolicyIssue[] {
  return [
    ...commonIssues(rules),
    ...issuesIn(rules.validations, (index) => `spec.validations[${index}].expression`),
    ...issuesIn(rules.messages, (index) => `spec.validations[${index}].messageExpression`),
    ...issuesIn(rules.auditAnnotations, (index) => `spec.auditAnnotations[${index}].valueExpression`),
  ];
}
