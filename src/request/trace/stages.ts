// The stages of a trace in words: what each decided, why, and on what that rests.

import { errorText } from '../../identity/authentication/outcome.ts';
import { field, type JsonObject, strings } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Happening } from '../admission/run.ts';
import type { Answer } from '../answer.ts';
import type { Arrival, Arrived } from '../arrival.ts';
import type { Authorized } from '../authorization.ts';
import type { Change } from '../fields/changes.ts';
import type { Requester } from '../request.ts';
import type { Target } from '../target.ts';

export type Decision = 'allowed' | 'refused' | 'changed' | 'passed' | 'given' | 'unknown' | 'not reached';

export interface TraceStage {
  readonly stage:
    | 'authentication'
    | 'impersonation'
    | 'authorization'
    | 'decoding'
    | 'mutating admission'
    | 'validation'
    | 'validating admission'
    | 'storage';
  readonly plugin?: string;
  /** Of mutating admission, where policies or webhooks changed something and all plugins look once more. */
  readonly round?: 2;
  readonly decision: Decision;
  readonly reason: string;
  readonly changes?: readonly Change[];
  readonly evidence: readonly string[];
  /** What the plugin warns of; among the warnings of the answer too. */
  readonly warnings?: readonly string[];
  /** What the plugin writes into the audit event. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** What a step did beside deciding. */
export interface Beside {
  readonly changes: readonly Change[];
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** Why it changed the object, as sentences, and what they rest on. */
  readonly reasons: readonly string[];
  readonly evidence: readonly string[];
  readonly isSecondRound: boolean;
}

/** Which authenticator knew the caller, and as whom. */
export function authentication({ authentication: found, credential = 'what was shown' }: Arrival, { caller }: Arrived): TraceStage {
  const stage = 'authentication' as const;
  const evidence = caller === undefined ? [] : groupsOf(caller);
  if (found === undefined) {
    const asked = 'a server asks its authenticators (certificates, tokens) until one knows the caller';
    return { stage, decision: 'given', reason: `${caller?.name ?? ''} is taken as proved; ${asked}`, evidence };
  }
  if (found.kind === 'refused') {
    const why = found.errors.length === 0 ? 'anonymous requests are not let in' : errorText(found.errors);
    const said = 'why is in the log of the server alone; the caller is told no more than 401';
    return { stage, decision: 'refused', reason: `${credential} is nobody here: ${why}`, evidence: [said] };
  }
  const by = found.authenticator;
  const reason =
    by === 'anonymous'
      ? `${credential} names nobody: the request is ${found.user.name}'s`
      : `${credential} is ${found.user.name}, says the authenticator of ${by}s`;
  const assumed = found.assumptions.map((one) => `not checked: ${one}`);
  return { stage, decision: 'allowed', reason: `${reason}; those after it are not asked`, evidence: [...evidence, ...assumed] };
}

/** Whom the caller became, or why it may not; undefined where nobody is impersonated. */
export function impersonation({ caller, user, refusal, impersonated }: Arrived): TraceStage | undefined {
  if (impersonated === undefined || caller === undefined) return undefined;
  const stage = 'impersonation' as const;
  if (user === undefined)
    return {
      stage,
      decision: 'refused',
      reason: refusal?.message ?? '',
      evidence: ['the right to impersonate is RBAC\'s verb "impersonate" on users, groups, uids, userextras and serviceaccounts'],
    };
  const mode = impersonated.status === 200 && impersonated.mode !== undefined ? `, in the mode ${impersonated.mode}` : '';
  return {
    stage,
    decision: 'allowed',
    reason: `${caller.name} may impersonate ${user.name}${mode}: from here on the request is ${user.name}'s, and the audit log names both`,
    evidence: groupsOf(user),
  };
}

function groupsOf({ groups }: Requester): readonly string[] {
  return groups.length === 0 ? [] : [`groups ${groups.join(', ')}`];
}

/** What the authorizers said. */
export function authorization({ review, refusal }: Authorized, nowhere: readonly string[]): TraceStage {
  const stage = 'authorization' as const;
  if (review === undefined) return { stage, decision: 'unknown', reason: 'there is nobody to ask', evidence: [] };
  const by = review.authorizer;
  if (refusal === undefined)
    return {
      stage,
      decision: 'allowed',
      reason:
        by === 'system:masters'
          ? 'members of system:masters are let through before any authorizer is asked'
          : `${review.reason === '' ? `the ${by} authorizer allows it` : review.reason}; the first authorizer that allows decides, those after it are not asked`,
      evidence: review.via.map(({ binding, role }) => `${binding.resource.kind} ${binding.resource.name} gives ${role.kind} ${role.name}`),
    };
  return {
    stage,
    decision: 'refused',
    reason: refusal.message,
    evidence: [
      'Node and RBAC were asked, and neither allows it; RBAC never denies, so more rights can only come from more bindings',
      ...nowhere,
    ],
  };
}

/** Of a resource whose name is guessed. */
export const guessedAuthorization: TraceStage = {
  stage: 'authorization',
  decision: 'unknown',
  reason: 'rights are about the resource, and what it is called is guessed here',
  evidence: [],
};

/** What one step of the pipeline decided. */
export function stageOf({ stage, plugin, refusal, attributes }: Happening, beside: Beside): TraceStage {
  const { changes, warnings, auditAnnotations, isSecondRound } = beside;
  const decision: Decision = refusal !== undefined ? 'refused' : changes.length > 0 ? 'changed' : 'passed';
  const base = {
    ...(plugin === undefined ? {} : { plugin: plugin.name }),
    ...(isSecondRound ? { round: 2 as const } : {}),
    decision,
    ...(changes.length === 0 ? {} : { changes }),
    evidence: stage === 'validating' ? othersOf(attributes) : decision === 'changed' ? beside.evidence : [],
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations }),
  };
  const why = decision === 'changed' ? beside.reasons.join('; ') : '';
  const said = refusal?.message;
  switch (stage) {
    case 'decoded':
      return {
        ...base,
        stage: 'decoding',
        reason: said ?? decodedText(attributes),
      };
    case 'mutating':
      return { ...base, stage: 'mutating admission', reason: said ?? why };
    case 'validated':
      return { ...base, stage: 'validation', reason: said ?? 'the object is valid' };
    case 'validating':
      return { ...base, stage: 'validating admission', reason: said ?? '' };
  }
}

/** Webhooks that say no beside the one that is answered. */
function othersOf({ alsoRefused = [] }: Attributes): readonly string[] {
  if (alsoRefused.length === 0) return [];
  const which = 'all are asked at once, and the server answers with the refusal that comes first; here that is the first in their order';
  return [...alsoRefused.map((message) => `refused too: ${message}`), which];
}

function decodedText({ operation, old, target }: Attributes): string {
  if (operation === 'DELETE') return `the ${target.kind} that is stored`;
  const made = operation === 'UPDATE' && old !== undefined ? 'as it would be afterwards' : 'as sent';
  return `a ${target.kind} of ${target.apiVersion} ${made}, defaults filled in`;
}

/** Plugins that passed without a word are one line, in each round. */
export function collected(steps: readonly TraceStage[]): readonly TraceStage[] {
  const result: TraceStage[] = [];
  for (const stage of ['decoding', 'mutating admission', 'validation', 'validating admission'] as const) {
    const own = steps.filter((each) => each.stage === stage);
    for (const round of [undefined, 2] as const) result.push(...withoutSilent(own.filter((each) => each.round === round)));
    if (own.some(({ decision }) => decision === 'refused')) break;
  }
  return result;
}

function withoutSilent(own: readonly TraceStage[]): readonly TraceStage[] {
  const silent = own.filter(isSilent);
  const [first] = silent;
  if (first === undefined) return own;
  const { stage, round } = first;
  const names = silent.map(({ plugin }) => plugin ?? '');
  const count = `${names.length} ${names.length === 1 ? 'plugin has' : 'plugins have'} nothing to say`;
  const line = {
    stage,
    ...(round === undefined ? {} : { round }),
    decision: 'passed' as const,
    reason: round === undefined ? count : `${count}, asked once more since the object was changed`,
    evidence: [names.join(', ')],
  };
  return [...own.filter((each) => !silent.includes(each)), line];
}

function isSilent({ plugin, decision, warnings, auditAnnotations }: TraceStage): boolean {
  return plugin !== undefined && decision === 'passed' && warnings === undefined && auditAnnotations === undefined;
}

/** A refusal that no stage reported: before the first, or after the last. `nowhere`: why the path leads to nothing. */
export function outside(answer: Answer, isEarly: boolean, target: Target | undefined, nowhere: readonly string[]): TraceStage {
  const { refusal, text, unknown } = answer;
  if (unknown !== undefined) return { stage: isEarly ? 'decoding' : 'storage', decision: 'unknown', reason: unknown, evidence: [] };
  // What the message does not say, its causes may: which budget forbids an eviction.
  const causes = (refusal?.details?.causes ?? []).map(({ message }) => message).filter((each) => refusal?.message.includes(each) !== true);
  const isMissing = isEarly && (text !== undefined || refusal?.code === 404);
  return {
    stage: isEarly ? 'decoding' : refusal?.reason === 'Forbidden' ? 'authorization' : 'storage',
    decision: 'refused',
    reason: refusal?.message ?? (text ?? '').trim(),
    evidence: isMissing && target !== undefined && target.name !== '' ? [absent(target)] : [...nowhere, ...causes],
  };
}

function absent({ kind, namespace, name }: Target): string {
  return `among what is known here there is no ${kind} ${namespace === '' ? '' : `${namespace}/`}${name} to change`;
}

function deletionText(left: JsonObject | undefined): string {
  if (left === undefined) return 'removed from etcd';
  const finalizers = strings(field(left.metadata, 'finalizers'));
  const seconds = field(left.metadata, 'deletionGracePeriodSeconds');
  const held = [
    ...(finalizers.length === 0 ? [] : [`its finalizers are gone (${finalizers.join(', ')})`]),
    ...(typeof seconds === 'number' && seconds > 0 ? [`its kubelet has stopped it, in ${seconds} seconds at most`] : []),
    ...(left.kind === 'Namespace' ? ['everything in it is gone'] : []),
  ];
  return `marked to go; it stays in etcd until ${held.length === 0 ? 'it may go' : held.join(' and ')}`;
}

/** How a write ends: removed, or stored, or only answered. */
export type Ending =
  | { readonly kind: 'removed'; readonly left: JsonObject | undefined }
  | { readonly kind: 'stored' | 'bound' | 'answered' };

/** The last stage: what is in etcd then, or that it is not reached. */
export function storage({ object, code, text, refusal, unknown }: Answer, allowed: boolean, ending: Ending): TraceStage {
  const stage = 'storage' as const;
  if (unknown !== undefined)
    return { stage, decision: 'not reached', reason: 'what is answered and stored is not known, and nothing is stored here', evidence: [] };
  if (!allowed) {
    const status = refusal === undefined ? (text ?? '').trim() : `${refusal.code} ${refusal.reason}`;
    return { stage, decision: 'not reached', reason: `nothing is stored; the answer is ${status}`, evidence: [] };
  }
  const isSecret = object?.kind === 'Secret' && ending.kind === 'stored';
  const evidence = isSecret
    ? [
        'Secrets are stored as they are, base64 and not encrypted, unless the API server has an EncryptionConfiguration; who reads etcd reads them',
      ]
    : [];
  return { stage, decision: 'allowed', reason: `${endingText(ending)}; the answer is ${code}`, evidence };
}

function endingText(ending: Ending): string {
  switch (ending.kind) {
    case 'removed':
      return deletionText(ending.left);
    case 'stored':
      return 'stored in etcd';
    case 'bound':
      return 'the pod has its node in etcd';
    case 'answered':
      return 'answered, and nothing is stored';
  }
}
