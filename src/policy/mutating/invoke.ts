// A MutatingAdmissionPolicy over one request (kube-apiserver 1.36, plugin/policy/generic and mutating): which bindings and parameters it
// is invoked with, decided on the object as it came; then each invocation on the object as those before it left it.

import { deduced } from '../../kube/apply/atom.ts';
import { type GroupVersionKind, groupVersion } from '../../kube/object.ts';
import { runtimeBudget } from '../../languages/cel/cost.ts';
import { asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { type AdmissionRequest, type ConvertedObjects, converted, withObject } from '../admission-request.ts';
import { type Binding, bindingMatches } from '../bindings.ts';
import { Activation } from '../cel/activation.ts';
import { evaluateAll } from '../cel/evaluate.ts';
import type { Failure, Invocation, Invocations, MutationAnswer, Outcome } from '../compiled.ts';
import { type Matched, matchesRequest } from '../match.ts';
import { evaluateMatchConditions } from '../match-conditions.ts';
import { collectParams, paramKindProblem } from '../params.ts';
import type { Definition, Mutation, Mutations } from './compile.ts';
import { patched } from './patch.ts';

const none: Invocations = { outcomes: [], list: [] };

export function invocationsOf(policy: Definition, request: AdmissionRequest): Invocations {
  if (policy.bindings.list.length === 0) return none;
  const matched = policy.hasMatch ? matchesRequest(policy.match, request) : 'policy contained no match constraints, a required field';
  if (matched === undefined) return none;
  const problem = typeof matched === 'string' ? matched : paramKindProblem(policy.paramKind, request.context);
  if (typeof matched === 'string' || problem !== undefined)
    return {
      outcomes: [errorOutcome(policy.name, undefined, `failed to configure policy: ${problem}`)].filter(() => fails(policy)),
      list: [],
    };
  const outcomes: Outcome[] = [];
  const list: Invocation[] = [];
  for (const binding of policy.bindings.candidates(request)) {
    const matches = bindingMatches(binding, request);
    if (matches === undefined) continue;
    const params =
      typeof matches === 'string' ? matches : collectParams(policy.paramKind, binding.paramRef, request.input.namespace, request.context);
    if (typeof params === 'string') {
      if (fails(policy)) outcomes.push(errorOutcome(policy.name, binding, `failed to configure binding: ${params}`));
      continue;
    }
    for (const param of params) list.push(invocation(policy, binding, matched, param));
  }
  return { outcomes, list };
}

function fails({ failurePolicy }: Mutations): boolean {
  return failurePolicy === 'Fail';
}

function invocation(policy: Definition, binding: Binding, matched: Matched, param: JsonObject | null): Invocation {
  const place = (key: string) => asString(dig(param, 'metadata', key)) ?? '';
  return {
    key: [policy.name, binding.name, place('namespace'), place('name')].join('/'),
    policy: policy.name,
    binding: binding.name,
    reinvocable: policy.reinvocable,
    run: (request, object, skip) => {
      const objects = objectsAt(request, matched, object);
      if (objects === undefined) {
        const problem = `failed to convert object version: no conversion to ${matched.kind.kind} ${matched.kind.version} is known`;
        const outcomes = fails(policy) ? [errorOutcome(policy.name, undefined, `failed to configure policy: ${problem}`)] : [];
        return { object, outcomes, touched: false };
      }
      const answer = mutate(policy, binding, request, matched, objects, param, skip);
      if (answer === undefined || answer.object === objects.object) return answer && { ...answer, object };
      return { ...answer, object: backAt(request, matched, answer.object) };
    },
  };
}

/** The objects in the version that the policy asked for, the new one being what earlier mutations made of it. */
function objectsAt(request: AdmissionRequest, matched: Matched, object: Json): ConvertedObjects | undefined {
  if (object === request.input.object) return converted(request, matched);
  return converted(withObject(request, object), matched);
}

/** A mutated object in the version that was sent. */
function backAt({ input, context }: AdmissionRequest, { kind }: Matched, object: Json): Json {
  return sameKind(kind, input.kind) ? object : (context.convert?.(object, input.kind) ?? object);
}

function sameKind(a: GroupVersionKind, b: GroupVersionKind): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind;
}

/** Conditions, then every mutation in order. A mutation that fails leaves the object as it was; those after it still run. */
function mutate(
  policy: Definition,
  binding: Binding,
  request: AdmissionRequest,
  matched: Matched,
  objects: ConvertedObjects,
  param: JsonObject | null,
  skip: boolean,
): MutationAnswer | undefined {
  if (policy.matchConditions.length > 0) {
    const activation = new Activation(request, matched, objects, param, false);
    const answer = evaluateMatchConditions(policy.matchConditions, activation, policy.variables, policy.failurePolicy);
    if (answer.matches === 'error')
      return { object: objects.object, outcomes: [errorOutcome(policy.name, binding, answer.message)], touched: false };
    if (!answer.matches) return undefined;
  }
  if (skip) return undefined;
  const outcomes: Outcome[] = [];
  let current = objects;
  for (const [index, mutation] of policy.mutations.entries()) {
    if (current.object === null) break;
    const result = applyMutation(policy, mutation, request, matched, current, param);
    if ('failure' in result) return { object: current.object, outcomes, failure: result.failure, touched: true };
    if ('object' in result) {
      outcomes.push({ ...errorOutcome(policy.name, binding, ''), rule: `spec.mutations[${index}]`, index, decision: 'allow' });
      if (result.object !== current.object) current = { object: result.object, oldObject: current.oldObject };
    } else if (fails(policy))
      outcomes.push({ ...errorOutcome(policy.name, binding, result.error), rule: `spec.mutations[${index}]`, index });
  }
  return { object: current.object, outcomes, touched: policy.mutations.length > 0 };
}

type Applied = { readonly object: Json } | { readonly error: string } | { readonly failure: Failure };

/** One mutation of a policy, evaluated on the object and applied to it. */
export function applyMutation(
  policy: Mutations,
  mutation: Mutation,
  request: AdmissionRequest,
  matched: Matched,
  objects: ConvertedObjects,
  param: JsonObject | null,
): Applied {
  const { context } = request;
  const type = context.typeOf === undefined ? deduced : context.typeOf(matched.kind);
  if (type === undefined) return { failure: { code: 503, reason: 'ServiceUnavailable', message: unknownKind(matched.kind) } };
  if (mutation.program === undefined) return { error: mutation.error ?? '' };
  const activation = new Activation(request, matched, objects, param, true);
  const { results, exceeded } = evaluateAll([mutation], activation, policy.variables, runtimeBudget);
  if (exceeded !== undefined) return { error: exceeded };
  const { value = null, error } = results[0] ?? {};
  if (error !== undefined) return { error };
  // A patch before may have made it another kind, which is then the one that is applied to.
  const own = kindOf(objects.object, matched.kind);
  const applied = sameKind(own, matched.kind) || context.typeOf === undefined ? type : (context.typeOf(own) ?? 'untyped');
  if (applied === 'untyped' && mutation.type === 'ApplyConfiguration')
    return { error: `error applying patch: failed to convert patch object to typed object: no corresponding type for ${shownKind(own)}` };
  const result = patched(mutation, value, objects.object, applied === 'untyped' ? deduced : applied);
  if ('error' in result || result.object === objects.object) return result;
  const complete = context.complete?.(result.object, matched.kind) ?? result;
  if ('object' in complete) return complete;
  return { failure: { code: 500, reason: 'InternalError', message: `Internal error occurred: ${complete.error}`, cause: complete.error } };
}

function kindOf(object: Json, sent: GroupVersionKind): GroupVersionKind {
  const apiVersion = asString(field(object, 'apiVersion')) ?? '';
  const kind = asString(field(object, 'kind')) ?? '';
  return apiVersion === '' || kind === '' ? sent : { ...groupVersion(apiVersion), kind };
}

function shownKind({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}, Kind=${kind}`;
}

function unknownKind({ group, version, kind }: GroupVersionKind): string {
  return `Resource kind ${shownKind({ group, version, kind })} not found. There can be a delay between when CustomResourceDefinitions are created and when they are available.`;
}

function errorOutcome(policy: string, binding: Binding | undefined, message: string): Outcome {
  return {
    policy,
    binding: binding?.name,
    rule: 'spec',
    index: -1,
    decision: 'error',
    enforcement: ['deny'],
    message,
    reason: 'Invalid',
    code: 403,
  };
}
