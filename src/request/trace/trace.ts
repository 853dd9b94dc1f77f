// A request with everything that happens to it on its way, stage by stage: who decided what, what was changed, and what it rests on. The
// answer is that of the pipeline, asked over a copy of the store; the trace only watches.

import { readDocument } from '../../kube/yaml/parse.ts';
import { asList, dig, field, type Json } from '../../lib/json.ts';
import type { Answer } from '../answer.ts';
import { type Arrival, arrive } from '../arrival.ts';
import { authorize } from '../authorization.ts';
import { afterDelete } from '../next/after-delete.ts';
import { nextSteps } from '../next/next.ts';
import type { NextStep } from '../next/step.ts';
import { whyNoTarget } from '../no-target.ts';
import { answerWrite } from '../pipeline.ts';
import { storageOf } from '../read/storage.ts';
import type { ApiRequest, Requester } from '../request.ts';
import { refused } from '../status.ts';
import { stagedStore } from '../store/staged.ts';
import type { State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { type Target, targetOf } from '../target.ts';
import type { Writing } from '../write/update.ts';
import {
  authentication,
  authorization,
  collected,
  type Ending,
  guessedAuthorization,
  impersonation,
  outside,
  stageOf,
  storage,
  type TraceStage,
} from './stages.ts';
import { elsewhere, isOwnersConflict, managersNotRead, notKnown } from './unanswered.ts';
import { watch } from './watching.ts';

export type { Decision, TraceStage } from './stages.ts';

export interface RequestTrace {
  readonly stages: readonly TraceStage[];
  readonly allowed: boolean;
  /** Whom the request was made as; undefined where the credential is nobody's, or may not impersonate. */
  readonly user: Requester | undefined;
  /** Who else would decide, and was not asked: with any of them, allowed is only what is known. */
  readonly unknown: readonly string[];
  readonly answer: Answer;
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly next: readonly NextStep[];
}

/** A write that was followed, and what makes it true: `store` puts what came of it, of it alone, into the store it was asked over. */
export interface FollowedWrite {
  readonly trace: RequestTrace;
  readonly store: () => void;
}

/** Follows a write through all stages. Nothing is stored. Without an arrival the user of the request is taken as proved. */
export function traceWrite(request: ApiRequest, writing: Writing, arrival: Arrival = {}): RequestTrace {
  return followWrite(request, writing, arrival).trace;
}

/** Follows a write through all stages; nothing is stored before the caller says so. */
export function followWrite(request: ApiRequest, writing: Writing, arrival: Arrival = {}): FollowedWrite {
  const arrived = arrive(request, arrival, writing);
  const became = impersonation(arrived);
  const before = [authentication(arrival, arrived), ...(became === undefined ? [] : [became])];
  const { user, refusal } = arrived;
  const assumed = arrival.authentication?.kind === 'authenticated' ? arrival.authentication.assumptions : [];
  if (user !== undefined) {
    const { trace, store } = followAs({ ...request, user }, writing, before);
    const unknown = [...assumed.map((one) => `not checked of the credential: ${one}`), ...trace.unknown];
    return { trace: { ...trace, unknown }, store };
  }
  const answer = refused(refusal ?? { code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
  const stages = [...before, storage(answer, false, { kind: 'answered' })];
  const trace = { stages, allowed: false, user, unknown: [], answer, auditAnnotations: {}, next: [] };
  return { trace, store() {} };
}

function followAs(request: ApiRequest, writing: Writing, before: readonly TraceStage[]): FollowedWrite {
  const staged = stagedStore(writing.store);
  const over: Writing = { ...writing, store: staged, state: staged, isSupposed: true };
  const sent = sentValue(request);
  const found = targetOf(request, over);
  const target = 'type' in found ? found : undefined;
  const otherwise = target === undefined ? elsewhere(request, sent, over) : undefined;
  const unanswered = otherwise === undefined ? undefined : notKnown(otherwise);
  const nowhere = target === undefined ? whyNoTarget(sent, over) : [];
  const authorized = authorize(request, over);
  const isGuess = unanswered !== undefined && authorized.refusal !== undefined;
  const stages: TraceStage[] = [...before, isGuess ? guessedAuthorization : authorization(authorized, nowhere)];
  const steps: TraceStage[] = [];
  const watched = watch(request, target, sent);
  const unknown = new Set<string>();
  const { answer: answered, audit } = answerWrite(request, { ...over, because: watched.because }, (happening) => {
    steps.push(stageOf(happening, watched.step(happening)));
    for (const reason of happening.attributes.unknown ?? []) {
      if (unknown.has(reason)) continue;
      unknown.add(reason);
      const stage = happening.stage === 'mutating' ? 'mutating admission' : 'validating admission';
      steps.push({ stage, decision: 'unknown', reason, evidence: [] });
    }
  });
  const lacksOwners = writing.managersUnknown === true && isApply(request) && target !== undefined && wasReadBare(target, writing.state);
  if (lacksOwners) unknown.add(managersNotRead);
  const answer = unanswered ?? (lacksOwners && isOwnersConflict(answered) ? notKnown(managersNotRead) : answered);
  stages.push(...collected(steps));
  const allowed = answer.refusal === undefined && answer.text === undefined;
  if (answer.unknown !== undefined) unknown.add(answer.unknown);
  if (!allowed && !stages.some(({ decision }) => decision === 'refused')) stages.push(outside(answer, steps.length === 0, target, nowhere));
  const ending = endingOf(request, target, staged);
  stages.push(storage(answer, allowed, ending));
  const next = allowed ? stepsAfter(request, target, ending, answer, over, writing) : [];
  const auditAnnotations = Object.fromEntries(audit);
  return { trace: { stages, allowed, user: request.user, unknown: [...unknown], answer, auditAnnotations, next }, store: staged.commit };
}

function isApply({ method, contentType = '' }: ApiRequest): boolean {
  return method === 'PATCH' && contentType.startsWith('application/apply-patch');
}

/** True for an object that is stored as it was read, without managers; one that a request before this has made has its own. */
function wasReadBare(target: Target, state: State): boolean {
  const stored = state.get(storageOf(target), target.namespace, target.name);
  const managers = asList(dig(stored, 'metadata', 'managedFields')).map((entry) => field(entry, 'manager'));
  return stored !== undefined && (managers.length === 0 || managers.includes('before-first-apply'));
}

/** Groups whose objects are questions. */
const reviews = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

function endingOf({ method }: ApiRequest, target: Target | undefined, staged: Store): Ending {
  if (target === undefined) return { kind: 'stored' };
  const { group, subresource, namespace, name } = target;
  if (method === 'DELETE' || subresource === 'eviction') return { kind: 'removed', left: staged.get(target, namespace, name) };
  if (subresource === 'binding') return { kind: 'bound' };
  return { kind: subresource === 'token' || reviews.has(group) ? 'answered' : 'stored' };
}

function stepsAfter(
  request: ApiRequest,
  target: Target | undefined,
  ending: Ending,
  { object }: Answer,
  over: Writing,
  before: Writing,
): readonly NextStep[] {
  if (ending.kind === 'removed') return afterDelete(request, target, ending.left, before.state);
  if (object === undefined || ending.kind !== 'stored') return [];
  // What controllers would make is nobody's write: it stays in a store of its own.
  const store = stagedStore(over.store);
  return nextSteps(object, { ...over, store, state: store });
}

/** The body of a request as a value; undefined where there is none, or none that can be read. */
export function sentValue({ body }: ApiRequest): Json | undefined {
  return body?.kind === 'text' ? readDocument(body.text).value : body?.value;
}
