// A ValidatingAdmissionPolicy over one request (kube-apiserver 1.36, plugin/policy/validating Dispatch): definition, bindings, parameters,
// and what each binding does with a denial. Errors of configuration deny whatever the bindings say, unless failures are ignored.

import type { AdmissionRequest } from '../admission-request.ts';
import { converted } from '../admission-request.ts';
import { type Binding, bindingMatches } from '../bindings.ts';
import type { Outcome, PolicyAnswer } from '../compiled.ts';
import { type Matched, matchesRequest } from '../match.ts';
import { collectParams, paramKindProblem } from '../params.ts';
import type { Definition } from './compile.ts';
import { type AnnotationDecision, admit, decide, type RuleDecision } from './decide.ts';

const nothing: PolicyAnswer = { outcomes: [] };

export function evaluatePolicy(policy: Definition, request: AdmissionRequest): PolicyAnswer {
  if (policy.bindings.list.length === 0) return nothing;
  const matched = policy.hasMatch ? matchesRequest(policy.match, request) : 'policy contained no match constraints, a required field';
  if (matched === undefined) return nothing;
  const problem = typeof matched === 'string' ? matched : paramKindProblem(policy.paramKind, request.context);
  if (typeof matched === 'string' || problem !== undefined) return { outcomes: misconfigured(policy, undefined, problem ?? '') };
  const run: Run = { policy, request, matched, outcomes: [], annotations: undefined };
  for (const binding of policy.bindings.candidates(request)) bind(run, binding);
  if (run.annotations === undefined) return { outcomes: run.outcomes };
  const annotations = Object.fromEntries(
    [...run.annotations].map(([key, values]) => [`${policy.name}/${key}`, [...values].join(', ')] as const),
  );
  return { outcomes: run.outcomes, auditAnnotations: annotations };
}

interface Run {
  readonly policy: Definition;
  readonly request: AdmissionRequest;
  readonly matched: Matched;
  readonly outcomes: Outcome[];
  annotations: Map<string, Set<string>> | undefined;
}

function bind(run: Run, binding: Binding): void {
  const { policy, request, matched, outcomes } = run;
  const matches = bindingMatches(binding, request);
  if (matches === undefined) return;
  const wrong = (problem: string) => outcomes.push(...misconfigured(policy, binding, problem));
  if (typeof matches === 'string') {
    wrong(matches);
    return;
  }
  const params = collectParams(policy.paramKind, binding.paramRef, request.input.namespace, request.context);
  if (typeof params === 'string') {
    wrong(params);
    return;
  }
  if (params.length === 0) return;
  const objects = converted(request, matched);
  if (objects === undefined) {
    wrong(`failed to convert object version: no conversion to ${matched.kind.kind} ${matched.kind.version} is known`);
    return;
  }
  for (const param of params) {
    const { decisions, annotations } = decide(policy, request, matched, objects, param);
    let index = 0;
    for (const decision of decisions) {
      outcomes.push(decision === admit ? held(policy, binding, index) : outcomeOf(policy, binding, decision, index));
      index++;
    }
    for (const annotation of annotations) annotate(run, binding, annotation);
  }
}

/** The outcome of a rule that holds is the same for every request, so it is made once. */
function held(policy: Definition, binding: Binding, index: number): Outcome {
  let known = policy.held.get(binding);
  if (known === undefined) {
    known = policy.validations.map((_, at) => outcomeOf(policy, binding, admit, at));
    policy.held.set(binding, known);
  }
  return known[index] ?? outcomeOf(policy, binding, admit, index);
}

function outcomeOf(policy: Definition, binding: Binding, { action, failed, message, reason, why }: RuleDecision, index: number): Outcome {
  const known = reason === '' ? 'Invalid' : reason;
  return {
    policy: policy.name,
    binding: binding.name,
    rule: `spec.validations[${index}]`,
    index,
    decision: action === 'admit' ? 'allow' : failed ? 'error' : 'deny',
    enforcement: binding.enforcement,
    ...(binding.validationActions.length !== binding.enforcement.length && { actions: binding.validationActions }),
    message,
    reason: known,
    code: codes[known] ?? 422,
    ...(why !== undefined && { why }),
  };
}

const codes: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };
const maxAnnotation = 10 * 1024;

function annotate(run: Run, binding: Binding, annotation: AnnotationDecision): void {
  const { policy, outcomes } = run;
  if (annotation.action === 'publish') {
    run.annotations ??= new Map();
    const { annotations } = run;
    const values = annotations.get(annotation.key) ?? new Set();
    annotations.set(annotation.key, values.add(cut(annotation.value)));
  } else if (annotation.action === 'error') {
    const index = policy.auditAnnotations.findIndex(({ key }) => key === annotation.key);
    outcomes.push({
      ...deniedOutcome(policy, binding, annotation.message),
      rule: `spec.auditAnnotations[${index}]`,
      decision: 'error',
    });
  }
}

function cut(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return bytes.length <= maxAnnotation ? value : new TextDecoder().decode(bytes.subarray(0, maxAnnotation));
}

/** What a mistake in the configuration means: a denial, or nothing where failures are ignored. */
function misconfigured(policy: Definition, binding: Binding | undefined, problem: string): readonly Outcome[] {
  if (policy.failurePolicy === 'Ignore') return [];
  return [deniedOutcome(policy, binding, `failed to configure ${binding === undefined ? 'policy' : 'binding'}: ${problem}`)];
}

function deniedOutcome(policy: Definition, binding: Binding | undefined, message: string): Outcome {
  return {
    policy: policy.name,
    binding: binding?.name,
    rule: 'spec',
    index: -1,
    decision: 'error',
    enforcement: ['deny'],
    message,
    reason: 'Invalid',
    code: 422,
  };
}
