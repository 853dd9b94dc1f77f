// The one shape of an admission policy that is ready to run. ValidatingAdmissionPolicy and MutatingAdmissionPolicy compile to it, as do
// Pod Security Admission and, later, the other languages; the request pipeline, the webhook and the commands see nothing else.
//
//   const set = policySet(compiled);                                   // policy-set.ts: indexed by operation, resource and namespace
//   const verdict = validate(set, admissionRequest(input, context));   // verdict.ts: the answer of the API server

import type { Json } from '../lib/json.ts';
import type { AdmissionRequest } from './admission-request.ts';

/** What one rule of a policy says. `error`: it could not be evaluated, and the policy's failurePolicy is Fail. */
export type Decision = 'allow' | 'deny' | 'error';

/** What a denial does, by the binding: refuses the request, warns the client, is written to the audit log. */
export type Enforcement = 'deny' | 'warn' | 'audit';

/** Why an expression was not true: the part that made it so. */
export interface Cause {
  readonly expression: string;
  readonly value: Json;
  readonly parts: readonly { readonly expression: string; readonly value: Json }[];
}

/** What one rule of a policy, under one binding, says of a request. */
export interface Outcome {
  readonly policy: string;
  /** Undefined where the policy itself could not be applied, or needs no binding. */
  readonly binding: string | undefined;
  /** The place of the rule within its policy: `spec.validations[0]`. */
  readonly rule: string;
  /** Its index, as audit annotations give it. */
  readonly index: number;
  readonly decision: Decision;
  readonly enforcement: readonly Enforcement[];
  /** `validationActions` as written, where they hold more than is known. */
  readonly actions?: readonly string[];
  readonly message: string;
  /** A reason of metav1.Status: `Invalid`, `Forbidden`, … */
  readonly reason: string;
  /** The HTTP status of a denial. */
  readonly code: number;
  /** Computed when asked for, since it means running the expression again. */
  readonly why?: () => Cause | undefined;
}

/** A refusal that is not the verdict of a rule: it stands whatever the failurePolicy says. */
export interface Failure {
  readonly code: number;
  readonly reason: 'InternalError' | 'NotFound' | 'ServiceUnavailable';
  readonly message: string;
  /** What the causes of the Status say. */
  readonly cause?: string;
}

/** What a policy makes of a request. */
export interface PolicyAnswer {
  /** In the order of the API server; rules that hold are in it too. Empty where the policy does not apply. */
  readonly outcomes: readonly Outcome[];
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** Which requests a policy can match at all; everything finer is decided by `evaluate`. `*` stands for any. */
export interface Target {
  readonly operations: readonly string[];
  /** Names without group and version, because equivalent resources have the same name; `pods/exec` is under `pods`. */
  readonly resources: readonly string[];
  /** Label pairs of which a namespace must have one; undefined where any namespace may match. */
  readonly namespaceLabels?: readonly (readonly [key: string, value: string])[];
}

interface Policy {
  readonly name: string;
  /** `ValidatingAdmissionPolicy`, `MutatingAdmissionPolicy`, … */
  readonly kind: string;
  readonly failurePolicy: 'Fail' | 'Ignore';
  /** The policy can match a request only if one of these does. */
  readonly targets: readonly Target[];
  /** What is wrong with the policy: expressions that do not compile, with their place. Such a policy still runs, and fails as it does in a cluster. */
  readonly issues: readonly PolicyIssue[];
}

export interface ValidatingPolicy extends Policy {
  readonly phase: 'validate';
  readonly evaluate: (request: AdmissionRequest) => PolicyAnswer;
}

/** Matching is done for all mutating policies before the first of them runs; their conditions see what those before them made. */
export interface MutatingPolicy extends Policy {
  readonly phase: 'mutate';
  readonly invocations: (request: AdmissionRequest) => Invocations;
}

export type CompiledPolicy = ValidatingPolicy | MutatingPolicy;

export interface Invocations {
  /** What is wrong with the configuration. */
  readonly outcomes: readonly Outcome[];
  readonly list: readonly Invocation[];
}

/** A mutating policy under one binding with one parameter. */
export interface Invocation {
  /** Policy, binding and parameter. */
  readonly key: string;
  readonly policy: string;
  readonly binding: string;
  /** Run again where a later mutation changed the object (reinvocationPolicy IfNeeded). */
  readonly reinvocable: boolean;
  /** Undefined where the conditions of the policy do not hold. */
  readonly run: (request: AdmissionRequest, object: Json, skip: boolean) => MutationAnswer | undefined;
}

/** What one invocation makes of an object. */
export interface MutationAnswer {
  readonly object: Json;
  readonly outcomes: readonly Outcome[];
  /** A refusal that stands whatever the failurePolicy says. */
  readonly failure?: Failure;
  /** The object went through a mutation, be it without a change. */
  readonly touched: boolean;
}

export interface PolicyIssue {
  /** `spec.validations[0].expression`. */
  readonly field: string;
  readonly message: string;
}
