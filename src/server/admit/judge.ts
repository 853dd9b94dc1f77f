// The verdict on one review: the policies that can match it, each within the deadline and by its own failurePolicy; what is left alone; and
// break-glass. Pure but for the clock it is given: the same function serves the webhook, its tests and its bench.
//
// A policy is never passed over silently. If it throws, comes too late, or asks for facts that are not there, that is an error of the policy:
// under failurePolicy Fail the request is denied, under Ignore it is admitted and the error recorded.

import type { KeyObject } from 'node:crypto';
import { jsonDifference } from '../../kube/patch/json-difference.ts';
import { asString, field, isObject, type Json } from '../../lib/json.ts';
import { told } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { AdmissionContext, AdmissionInput } from '../../policy/admission.ts';
import { type AdmissionRequest, admissionRequest } from '../../policy/admission-request.ts';
import type { CompiledPolicy, Invocation, Invocations, MutatingPolicy, MutationAnswer, Outcome } from '../../policy/compiled.ts';
import { mutateTwice } from '../../policy/mutating/mutate.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { secretHider } from '../../policy/secret-values.ts';
import { breakGlassAnnotation, type Grant, type Occasion, openWith } from './break-glass.ts';
import type { Facts } from './facts.ts';
import type { Review, ReviewAnswer } from './review.ts';

export type Phase = 'validate' | 'mutate';

export interface Judge {
  readonly policies: PolicySet;
  readonly facts: Facts;
  /** Namespaces in which nothing is judged: the webhook's own, so that it can always be repaired. */
  readonly excluded: ReadonlySet<string>;
  readonly breakGlassKeys: readonly KeyObject[];
  /** Milliseconds, for deadlines. */
  readonly clock: () => number;
  /** Seconds since the epoch, for tokens. */
  readonly today: () => number;
}

/** Something a record or a counter should know of. */
export interface Note {
  readonly policy: string;
  readonly kind: 'deny' | 'warn' | 'audit' | 'error';
  readonly message: string;
}

export interface Judgement {
  readonly answer: ReviewAnswer;
  readonly notes: readonly Note[];
  /** Why nothing was judged. */
  readonly leftAlone?: string;
  /** The token that opened a request which would have been denied. */
  readonly opened?: Grant;
  /** Why a token that was shown opened nothing. */
  readonly refusedToken?: string;
}

const admitted: ReviewAnswer = { allowed: true, warnings: [], auditAnnotations: {} };

/** Judges a review. `deadline` is in the clock's milliseconds. Nothing of it but the patch shows what a Secret holds. */
export function judgeReview(phase: Phase, review: Review, judge: Judge, deadline: number): Judgement {
  const judgement = openly(phase, review, judge, deadline);
  if (review.input.kind.kind !== 'Secret') return judgement;
  const hide = secretHider(review.input);
  const { answer, notes } = judgement;
  return {
    ...judgement,
    answer: {
      ...answer,
      ...(answer.message !== undefined && { message: hide(answer.message) }),
      warnings: answer.warnings.map(hide),
      auditAnnotations: Object.fromEntries(Object.entries(answer.auditAnnotations).map(([key, value]) => [key, hide(value)])),
    },
    notes: notes.map((note) => ({ ...note, message: hide(note.message) })),
  };
}

function openly(phase: Phase, review: Review, judge: Judge, deadline: number): Judgement {
  const { input } = review;
  const leftAlone = exclusion(input, judge.excluded);
  if (leftAlone !== undefined) return { answer: admitted, notes: [], leftAlone };
  const collected: Collected = { notes: [], warnings: [], auditAnnotations: {}, denials: [] };
  const watched = watchedContext(judge.facts);
  const isLate = () => judge.clock() > deadline;
  if (review.unreadable !== undefined) {
    unjudged(phase, input, judge.policies, `the objects cannot be judged: ${review.unreadable}`, collected);
    return collected.denials.length > 0 ? denied(review, judge, collected) : { answer: admitted, notes: collected.notes };
  }
  const object = phase === 'validate' ? input.object : mutated(input, judge, watched, isLate, collected);
  if (phase === 'validate') validated(input, judge, watched, isLate, collected);
  if (collected.denials.length > 0) return denied(review, judge, collected);
  const { notes, warnings, auditAnnotations } = collected;
  const patch = object === input.object ? undefined : jsonDifference(input.object, object);
  return { answer: { allowed: true, warnings, auditAnnotations, ...(patch === undefined ? {} : { patch }) }, notes };
}

function validated(input: AdmissionInput, judge: Judge, watched: Watched, isLate: () => boolean, collected: Collected): void {
  const request = admissionRequest(input, watched.context);
  for (const policy of judge.policies.candidates(request)) {
    if (policy.phase !== 'validate') continue;
    const answer = asked(judge, watched, request, isLate, (current) => policy.evaluate(current));
    if (!answer.ok) cannotSay(policy, answer.problem, collected);
    else {
      for (const outcome of answer.value.outcomes) if (outcome.decision !== 'allow') enforce(outcome, collected);
      collected.warnings.push(...(answer.value.warnings ?? []));
      Object.assign(collected.auditAnnotations, answer.value.auditAnnotations);
    }
  }
}

/** The object after all mutating policies, both rounds. One that cannot be evaluated does not keep the others from it. */
function mutated(input: AdmissionInput, judge: Judge, watched: Watched, isLate: () => boolean, collected: Collected): Json {
  const silent = new Set<string>();
  const or = <T>(policy: CompiledPolicy, request: AdmissionRequest, instead: T, ask: (current: AdmissionRequest) => T): T => {
    if (silent.has(policy.name)) return instead;
    const answer = asked(judge, watched, request, isLate, ask);
    if (answer.ok) return answer.value;
    cannotSay(policy, answer.problem, collected);
    silent.add(policy.name);
    return instead;
  };
  const guarded = (policy: MutatingPolicy): MutatingPolicy => ({
    ...policy,
    invocations: (request) => {
      const { outcomes, list } = or(policy, request, noInvocations, (current) => policy.invocations(current));
      const none = (object: Json): MutationAnswer => ({ object, outcomes: [], touched: false });
      const run =
        ({ run: inner }: Invocation): Invocation['run'] =>
        (again, object, skip) =>
          or(policy, again, none(object), (current) => inner(current, object, skip) ?? none(object));
      return { outcomes, list: list.map((invocation) => ({ ...invocation, run: run(invocation) })) };
    },
  });
  const { policies, candidates } = judge.policies;
  const set: PolicySet = {
    policies,
    candidates: (request) => candidates(request).flatMap((policy) => (policy.phase === 'mutate' ? [guarded(policy)] : [])),
  };
  const answer = mutateTwice(set, admissionRequest(input, watched.context));
  for (const { policy, decision, message } of answer.outcomes)
    if (decision !== 'allow') collected.notes.push({ policy, kind: 'error', message });
  if (answer.refusal !== undefined) {
    const { code, reason, message } = answer.refusal;
    collected.denials.push({ policy: 'mutation', code, reason, message });
  }
  return answer.object;
}

const noInvocations: Invocations = { outcomes: [], list: [] };

/** What a policy answers, or why it does not: where it throws, comes too late, or asked for facts that are not there. */
function asked<T>(
  { facts }: Judge,
  watched: Watched,
  request: AdmissionRequest,
  isLate: () => boolean,
  ask: (current: AdmissionRequest) => T,
): Result<T, string> {
  if (isLate()) return failure('the deadline has passed');
  watched.missing = undefined;
  // What was worked out for an earlier policy hides that a fact was missing.
  const current = facts.missing('v1', 'Namespace') === undefined ? request : admissionRequest(request.input, request.context);
  try {
    const answer = ask(current);
    return watched.missing === undefined ? ok(answer) : failure(watched.missing);
  } catch (error) {
    return failure(`it failed: ${told(error)}`);
  }
}

function cannotSay({ name, failurePolicy }: CompiledPolicy, trouble: string, { notes, denials }: Collected): void {
  notes.push({ policy: name, kind: 'error', message: trouble });
  if (failurePolicy === 'Fail')
    denials.push({ policy: name, code: 500, reason: 'InternalError', message: `could not be evaluated: ${trouble}` });
}

/** Every policy that could match the request by what is known of it. */
function unjudged(phase: Phase, input: AdmissionInput, policies: PolicySet, trouble: string, collected: Collected): void {
  for (const policy of policies.candidates(admissionRequest(input, {}))) if (policy.phase === phase) cannotSay(policy, trouble, collected);
}

interface Denial {
  readonly policy: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

interface Collected {
  readonly notes: Note[];
  readonly warnings: string[];
  readonly auditAnnotations: Record<string, string>;
  readonly denials: Denial[];
}

function enforce({ policy, decision, enforcement, message, code, reason }: Outcome, into: Collected): void {
  const kind = decision === 'error' ? 'error' : undefined;
  if (enforcement.includes('deny')) {
    into.denials.push({ policy, code, reason, message });
    into.notes.push({ policy, kind: kind ?? 'deny', message });
  } else if (enforcement.includes('warn')) into.notes.push({ policy, kind: kind ?? 'warn', message });
  if (enforcement.includes('warn')) into.warnings.push(`${policy}: ${message}`);
  if (enforcement.includes('audit')) {
    const before = into.auditAnnotations[policy];
    into.auditAnnotations[policy] = before === undefined ? message : `${before}; ${message}`;
    into.notes.push({ policy, kind: kind ?? 'audit', message });
  }
}

function denied(review: Review, judge: Judge, { denials, notes, warnings, auditAnnotations }: Collected): Judgement {
  const { input } = review;
  const [first] = denials;
  const message = denials.map(({ policy, message: text }) => `${policy}: ${text}`).join('; ');
  const occasion = { user: input.userInfo.username ?? '', namespace: input.namespace, operation: input.operation, now: judge.today() };
  const opened = openedBy(tokensOf(input, judge.facts.context), judge.breakGlassKeys, occasion);
  if (opened !== undefined && typeof opened !== 'string') {
    const warning = `admitted by break-glass token ${opened.id} (${opened.reason}) although denied: ${message}`;
    const annotations = { ...auditAnnotations, 'break-glass': `${opened.id}: ${opened.reason}` };
    return { answer: { allowed: true, warnings: [warning, ...warnings], auditAnnotations: annotations }, notes, opened };
  }
  const hint =
    judge.breakGlassKeys.length === 0
      ? ''
      : typeof opened === 'string'
        ? ` (the break-glass token opens nothing: ${opened})`
        : ` (in an emergency: cofferdam break-glass issue --user ${occasion.user} --namespace ${input.namespace || "'*'"})`;
  return {
    answer: {
      allowed: false,
      code: first?.code ?? 403,
      reason: first?.reason ?? 'Forbidden',
      message: `${message}${hint}`,
      warnings,
      auditAnnotations,
    },
    notes,
    ...(typeof opened === 'string' ? { refusedToken: opened } : {}),
  };
}

/** The tokens on the object that is written, on the one that is stored, and on the namespace. An old one on the object hides no other. */
function tokensOf({ object, oldObject, namespace }: AdmissionInput, { namespace: lookup }: AdmissionContext): readonly string[] {
  return [object, oldObject, namespace === '' ? undefined : lookup?.(namespace)].flatMap((holder) => {
    const token = asString(field(field(field(holder, 'metadata'), 'annotations'), breakGlassAnnotation));
    return token === undefined || token === '' ? [] : [token];
  });
}

/** The first token that opens, else why the first one does not; undefined where none is shown. */
function openedBy(tokens: readonly string[], keys: readonly KeyObject[], occasion: Occasion): Grant | string | undefined {
  const answers = tokens.map((token) => openWith(token, keys, occasion));
  return answers.find((answer) => typeof answer !== 'string') ?? answers[0];
}

const nodeUser = 'system:node:';

/** Why a request is left alone whatever the policies say; undefined where it is judged. */
function exclusion(
  { namespace, resource, object, operation, userInfo }: AdmissionInput,
  excluded: ReadonlySet<string>,
): string | undefined {
  if (excluded.has(namespace)) return `namespace ${namespace} is excluded`;
  if (resource.group === 'coordination.k8s.io' && resource.resource === 'leases') return 'leases keep the control plane alive';
  const mirrors =
    operation === 'CREATE' && resource.group === '' && resource.resource === 'pods' && userInfo.username?.startsWith(nodeUser);
  if (mirrors && isMirror(object)) return 'a mirror pod only shows what the node runs already';
  return undefined;
}

function isMirror(object: Json): boolean {
  const annotations = isObject(object) ? field(object.metadata, 'annotations') : undefined;
  return asString(field(annotations, 'kubernetes.io/config.mirror')) !== undefined;
}

interface Watched {
  readonly context: AdmissionContext;
  missing: string | undefined;
}

/** The ports, with a note of the first question that could not be answered because the facts are not there. */
function watchedContext(facts: Facts): Watched {
  const { context } = facts;
  const watched: Watched = {
    missing: undefined,
    context: {
      ...context,
      namespace: (name) => {
        const found = context.namespace?.(name);
        if (found === undefined) watched.missing ??= facts.missing('v1', 'Namespace');
        return found;
      },
      ...(context.params === undefined
        ? {}
        : {
            params: {
              scopeOf: context.params.scopeOf,
              get: (apiVersion, kind, namespace, name) => {
                const found = context.params?.get(apiVersion, kind, namespace, name);
                if (found === undefined) watched.missing ??= facts.missing(apiVersion, kind);
                return found;
              },
              list: (apiVersion, kind, namespace) => {
                watched.missing ??= facts.missing(apiVersion, kind);
                return context.params?.list(apiVersion, kind, namespace) ?? [];
              },
            },
          }),
    },
  };
  return watched;
}
