// A request with everything that happens to it on its way, stage by stage: who decided what, what was changed, and what it rests on. The
// answer is that of the pipeline; the trace only watches.

import { apiLifecycles } from '../kube/version/deprecations.ts';
import { compareReleases } from '../kube/version/version.ts';
import { field, type Json, type JsonObject } from '../lib/json.ts';
import type { Attributes } from './admission/plugin.ts';
import type { Happening } from './admission/run.ts';
import type { Answer } from './answer.ts';
import { authorize } from './authorization.ts';
import { type Change, changesBetween } from './changes.ts';
import { type NextStep, nextSteps } from './next.ts';
import { answerWrite } from './pipeline.ts';
import type { ApiRequest } from './request.ts';
import type { Writing } from './update.ts';
import { written } from './written.ts';

export type Decision = 'allowed' | 'refused' | 'changed' | 'passed' | 'given' | 'unknown' | 'not reached';

export interface TraceStage {
  readonly stage:
    | 'authentication'
    | 'authorization'
    | 'decoding'
    | 'mutating admission'
    | 'validation'
    | 'validating admission'
    | 'storage';
  readonly plugin?: string;
  readonly decision: Decision;
  readonly reason: string;
  readonly changes?: readonly Change[];
  readonly evidence: readonly string[];
}

export interface RequestTrace {
  readonly stages: readonly TraceStage[];
  readonly allowed: boolean;
  /** Who else would decide, and was not asked: with any of them, allowed is only what is known. */
  readonly unknown: readonly string[];
  readonly answer: Answer;
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly next: readonly NextStep[];
}

/** Follows a write through all stages. Nothing is stored. */
export function traceWrite(request: ApiRequest, writing: Writing): RequestTrace {
  const stages: TraceStage[] = [authentication(request), authorization(request, writing)];
  const sent: Json | undefined = request.body?.kind === 'json' ? request.body.value : undefined;
  const steps: TraceStage[] = [];
  let last: Json | undefined = sent;
  const unknown = new Set<string>();
  const changesOf = (attributes: Attributes): readonly Change[] => {
    const now = attributes.object === undefined ? undefined : withoutBookkeeping(written(attributes.object, attributes.target));
    const changes = last === undefined ? [] : changesBetween(last, now);
    last = now;
    return changes;
  };
  const { answer, audit } = answerWrite({ ...request, query: { ...request.query, dryRun: 'All' } }, writing, (happening) => {
    steps.push(stageOf(happening, changesOf(happening.attributes)));
    for (const reason of happening.attributes.unknown ?? []) {
      if (unknown.has(reason)) continue;
      unknown.add(reason);
      const stage = happening.stage === 'mutating' ? 'mutating admission' : 'validating admission';
      steps.push({ stage, decision: 'unknown', reason, evidence: [] });
    }
  });
  stages.push(...collected(steps));
  const refused = stages.some(({ decision }) => decision === 'refused');
  const isRefused = answer.refusal !== undefined || answer.text !== undefined;
  if (isRefused && !refused) stages.push(outside(answer, steps, sent, writing.server.release.minor));
  const allowed = answer.refusal === undefined && answer.text === undefined;
  stages.push(storage(answer, allowed, request.method === 'DELETE'));
  const next = allowed && answer.object !== undefined && request.method !== 'DELETE' ? nextSteps(answer.object, writing) : [];
  return { stages, allowed, unknown: [...unknown], answer, auditAnnotations: Object.fromEntries(audit), next };
}

/** What every object gets and nobody asks about. */
function withoutBookkeeping(object: JsonObject): JsonObject {
  const { managedFields: _fields, ...metadata } = (object.metadata ?? {}) as JsonObject;
  return { ...object, metadata };
}

function authentication({ user }: ApiRequest): TraceStage {
  return {
    stage: 'authentication',
    decision: 'given',
    reason: `${user.name} is taken as proved; a server asks its authenticators (certificates, tokens) until one knows the caller`,
    evidence: user.groups.length === 0 ? [] : [`groups ${user.groups.join(', ')}`],
  };
}

function authorization(request: ApiRequest, writing: Writing): TraceStage {
  const { review, refusal } = authorize(request, writing);
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
    evidence: ['Node and RBAC were asked, and neither allows it; RBAC never denies, so more rights can only come from more bindings'],
  };
}

function stageOf({ stage, plugin, refusal, attributes }: Happening, changes: readonly Change[]): TraceStage {
  const decision: Decision = refusal !== undefined ? 'refused' : changes.length > 0 ? 'changed' : 'passed';
  const named = plugin === undefined ? {} : { plugin: plugin.name };
  const base = { ...named, decision, ...(changes.length === 0 ? {} : { changes }), evidence: [] as readonly string[] };
  const said = refusal?.message;
  switch (stage) {
    case 'decoded':
      return {
        ...base,
        stage: 'decoding',
        reason: said ?? `a ${attributes.target.kind} of ${attributes.target.apiVersion}, defaults filled in`,
      };
    case 'mutating':
      return { ...base, stage: 'mutating admission', reason: said ?? '' };
    case 'validated':
      return { ...base, stage: 'validation', reason: said ?? 'the object is valid' };
    case 'validating':
      return { ...base, stage: 'validating admission', reason: said ?? '' };
  }
}

/** Plugins that passed without a word are one line. */
function collected(steps: readonly TraceStage[]): readonly TraceStage[] {
  const result: TraceStage[] = [];
  for (const stage of ['decoding', 'mutating admission', 'validation', 'validating admission'] as const) {
    const own = steps.filter((each) => each.stage === stage);
    const silent = own.filter(({ decision, plugin }) => decision === 'passed' && plugin !== undefined);
    result.push(...own.filter((each) => !silent.includes(each)));
    if (silent.length > 0) {
      const names = silent.map(({ plugin }) => plugin ?? '');
      result.push({ stage, decision: 'passed', reason: `${names.length} plugins have nothing to say`, evidence: [names.join(', ')] });
    }
    if (own.some(({ decision }) => decision === 'refused')) break;
  }
  return result;
}

/** A refusal that no stage reported: before the first, or after the last. */
function outside({ refusal, text }: Answer, steps: readonly TraceStage[], sent: Json | undefined, release: string): TraceStage {
  const stage = steps.length === 0 ? 'decoding' : 'storage';
  return {
    stage,
    decision: 'refused',
    reason: refusal?.message ?? (text ?? '').trim(),
    evidence: gone(sent, release, steps.length === 0 && (text !== undefined || refusal?.code === 404)),
  };
}

/** What became of a kind that the release no longer serves. */
function gone(sent: Json | undefined, release: string, isMissing: boolean): readonly string[] {
  const apiVersion = field(sent, 'apiVersion');
  const kind = field(sent, 'kind');
  const life = apiLifecycles.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (life === undefined && typeof apiVersion === 'string' && typeof kind === 'string' && isMissing)
    return [`neither Kubernetes ${release} nor a CustomResourceDefinition that is known here has ${apiVersion} ${kind}`];
  if (life?.removed === undefined || compareReleases(release, life.removed) < 0) return [];
  if (kind === 'PodSecurityPolicy')
    return [
      'PodSecurityPolicy is gone since Kubernetes 1.25: labels of the namespace (Pod Security Admission) or policies stand in its place',
    ];
  const instead = life.replacement === undefined ? '' : `; use ${life.replacement} ${life.replacementKind ?? life.kind}`;
  return [`${life.apiVersion} ${life.kind} is gone since Kubernetes ${life.removed}${instead}`];
}

function storage({ object, code, text, refusal }: Answer, allowed: boolean, isDelete: boolean): TraceStage {
  if (!allowed) {
    const status = refusal === undefined ? (text ?? '').trim() : `${refusal.code} ${refusal.reason}`;
    return { stage: 'storage', decision: 'not reached', reason: `nothing is stored; the answer is ${status}`, evidence: [] };
  }
  const isSecret = object?.kind === 'Secret' && !isDelete;
  const evidence = isSecret
    ? [
        'Secrets are stored as they are, base64 and not encrypted, unless the API server has an EncryptionConfiguration; who reads etcd reads them',
      ]
    : [];
  const done = isDelete ? 'removed from etcd, or marked to go where finalizers or a grace period hold it' : 'stored in etcd';
  return { stage: 'storage', decision: 'allowed', reason: `${done}; the answer is ${code}`, evidence };
}
