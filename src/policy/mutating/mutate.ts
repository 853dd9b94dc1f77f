// All mutating policies over one request (kube-apiserver 1.36). A change asks for one more round, in which only those policies run again
// that ran before, ask for it (`reinvocationPolicy: IfNeeded`) and still match; what the round needs to know is handed from one to the next.
// The API server runs its other mutating plugins between the rounds, so the caller decides when the second round comes.

import { type Json, sameJson } from '../../lib/json.ts';
import { type AdmissionRequest, withObject } from '../admission-request.ts';
import type { Failure, Invocation, Outcome } from '../compiled.ts';
import type { PolicySet } from '../policy-set.ts';
import { detailsOf, forbidden, type Refusal } from '../verdict.ts';

/** What the second round must know of the first. */
export interface Round {
  /** Invocations that may have to run again. */
  readonly invoked: ReadonlySet<string>;
  readonly reinvoke: ReadonlySet<string>;
  /** The object as the policies left it. */
  readonly output: Json;
}

/** What one policy made of the object. */
export interface Mutation {
  readonly policy: string;
  readonly binding: string;
  readonly before: Json;
  readonly after: Json;
}

export interface Mutated {
  readonly object: Json;
  readonly changed: boolean;
  /** In order. */
  readonly changes: readonly Mutation[];
  readonly refusal?: Refusal;
  readonly outcomes: readonly Outcome[];
  /** The next round, where anything changed; undefined where none is needed. */
  readonly next: Round;
  readonly reinvocation: boolean;
}

/** Runs the policies on `request.input.object`; with `round`, as the second round after it. */
export function mutate(set: PolicySet, request: AdmissionRequest, round?: Round): Mutated {
  const outcomes: Outcome[] = [];
  const invocations: Invocation[] = [];
  for (const policy of set.candidates(request)) {
    if (policy.phase !== 'mutate') continue;
    const found = policy.invocations(request);
    outcomes.push(...found.outcomes);
    invocations.push(...found.list);
  }
  let invoked = new Set(round?.invoked);
  const reinvoke = new Set(round?.reinvoke);
  const requireReinvocation = () => {
    for (const key of invoked) reinvoke.add(key);
    invoked = new Set();
  };
  const original = request.input.object;
  if (round !== undefined && invocations.length > 0 && !sameJson(round.output, original)) requireReinvocation();
  let object = original;
  const changes: Mutation[] = [];
  let touched = false;
  let failure: Failure | undefined;
  for (const { key, policy, binding, reinvocable, run } of invocations) {
    const answer = run(request, object, round !== undefined && !reinvoke.has(key));
    if (answer === undefined) continue;
    outcomes.push(...answer.outcomes);
    touched = touched || answer.touched;
    failure = answer.failure;
    if (failure !== undefined) break;
    if (!sameJson(answer.object, object)) {
      requireReinvocation();
      changes.push({ policy, binding, before: object, after: answer.object });
    }
    object = answer.object;
    if (reinvocable && answer.outcomes.every(({ rule }) => rule !== 'spec')) invoked.add(key);
  }
  if (touched) requireReinvocation();
  const refusal = failure === undefined ? refusalOf(outcomes, request) : failed(failure);
  const next: Round = { invoked, reinvoke, output: object };
  return { object, changed: changes.length > 0, changes, outcomes, next, reinvocation: touched, ...(refusal !== undefined && { refusal }) };
}

/** Both rounds, where nothing else mutates between them. */
export function mutateTwice(set: PolicySet, request: AdmissionRequest, complete: (object: Json) => Json = (object) => object): Mutated {
  const first = mutate(set, request);
  if (first.refusal !== undefined || !first.reinvocation) return first;
  const second = mutate(set, withObject(request, complete(first.object)), first.next);
  return {
    ...second,
    changed: first.changed || second.changed,
    changes: [...first.changes, ...second.changes],
    outcomes: [...first.outcomes, ...second.outcomes],
  };
}

function failed({ code, reason, message, cause }: Failure): Refusal {
  return { code, reason, message, ...(cause !== undefined && { details: { causes: [{ reason: '', message: cause }] } }) };
}

/** All errors are causes; the first one is the message. */
function refusalOf(outcomes: readonly Outcome[], { input }: AdmissionRequest): Refusal | undefined {
  const texts = outcomes
    .filter(({ decision }) => decision !== 'allow')
    .map(({ policy, binding, message }) =>
      binding === undefined
        ? `policy ${JSON.stringify(policy)} denied request: ${message}`
        : `policy '${policy}' with binding '${binding}' denied request: ${message}`,
    );
  const [first] = texts;
  if (first === undefined) return undefined;
  const bare = outcomes.find(({ decision }) => decision !== 'allow')?.rule === 'spec' && first.includes('failed to configure');
  return {
    ...forbidden(input, ''),
    message: first,
    ...(bare ? {} : { reason: 'Invalid' }),
    details: { ...detailsOf(input), causes: texts.map((message) => ({ reason: '', message })) },
  };
}
