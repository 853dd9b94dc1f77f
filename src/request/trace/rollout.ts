// What a change makes of a cluster: every object of the new side that differs from the old is sent to the API server of the old side, by one
// user, in the order a pipeline would take (what others need first). Nothing is deleted. An object that is there already is applied with force, so
// that what others have set stays and what the pipeline itself had set and sets no more goes; manifests of the old side are applied before that.

import { placeOfKind } from '../../kube/early-kinds.ts';
import { sameJson } from '../../lib/json.ts';
import { identityOf } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Refusal } from '../answer.ts';
import type { MakeCall } from '../calls/calling.ts';
import type { Change } from '../fields/changes.ts';
import type { Requester } from '../request.ts';
import type { Writing } from '../write/update.ts';
import { requestFor } from './rollout-request.ts';
import { suppose, supposedly } from './suppose.ts';
import type { RequestTrace } from './trace.ts';

export interface Rejected {
  readonly resource: Resource;
  readonly refusal: Refusal;
  /** Where it was refused: `validation`, or a stage and its plugin. */
  readonly stage: string;
  /** What is to be said beside the server's words, as sentences. */
  readonly evidence: readonly string[];
}

export interface Mutated {
  readonly resource: Resource;
  /** The admission plugin. */
  readonly by: string;
  /** Why, as a sentence, and what that rests on. */
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly changes: readonly Change[];
}

export interface Rollout {
  readonly created: readonly Resource[];
  readonly updated: readonly Resource[];
  readonly unchanged: number;
  /** Objects of the old side that the new one has no more; they stay. */
  readonly left: readonly Resource[];
  readonly rejected: readonly Rejected[];
  readonly warned: readonly { readonly resource: Resource; readonly warnings: readonly string[] }[];
  readonly mutated: readonly Mutated[];
  /** What could not be decided, as sentences. */
  readonly unknown: readonly string[];
}

/**
 * Sends the objects of `head` to the server whose store holds `base`; the store is what it would be afterwards. Webhooks are asked where
 * `makeCall` is given.
 */
export async function rollOut(base: Snapshot, head: Snapshot, writing: Writing, user: Requester, makeCall?: MakeCall): Promise<Rollout> {
  const before = byIdentity(base.resources);
  const after = byIdentity(head.resources);
  const ordered = [...after.values()]
    .map((same, index) => ({ same, index }))
    .sort((a, b) => rankOf(a.same) - rankOf(b.same) || a.index - b.index);
  const created: Resource[] = [];
  const updated: Resource[] = [];
  const rejected: Rejected[] = [];
  const warned: { resource: Resource; warnings: readonly string[] }[] = [];
  const mutated: Mutated[] = [];
  const unknown = new Set<string>();
  let unchanged = 0;
  for (const { same } of ordered) {
    const known = before.get(identityOf(same[0])) ?? [];
    const changed = same.filter(({ object }) => !known.some((one) => sameJson(one.object, object)));
    unchanged += same.length - changed.length;
    const resource = changed.at(-1);
    if (resource === undefined) continue;
    if (changed.length > 1) unknown.add(`${titleOf(resource)} stands ${changed.length} times in what is sent; the last one counts here`);
    const sent = await supposedly(writing, makeCall, (over) => {
      const request = requestFor(resource, known.at(-1), over, user);
      return { request, trace: suppose(request, over) };
    });
    if (sent === undefined) {
      unknown.add('webhooks ask for calls without end');
      continue;
    }
    const { request, trace } = sent;
    for (const why of trace.unknown) unknown.add(why);
    const { refusal, text, warnings } = trace.answer;
    if (warnings.length > 0) warned.push({ resource, warnings });
    if (trace.answer.unknown !== undefined) continue;
    if (refusal !== undefined || text !== undefined) {
      const why = refusal ?? { code: trace.answer.code, reason: 'NotFound' as const, message: (text ?? '').trim() };
      if (rests(resource, why)) unknown.add('values of Secrets are not read, so that what the server says of them is not known');
      else rejected.push({ resource, refusal: why, stage: stageOf(trace), evidence: evidenceOf(trace) });
      continue;
    }
    for (const { stage, plugin, reason, evidence, changes } of trace.stages)
      if (stage === 'mutating admission' && plugin !== undefined && changes !== undefined && changes.length > 0)
        mutated.push({ resource, by: plugin, reason, evidence, changes });
    (request.method === 'POST' ? created : updated).push(resource);
  }
  const left = base.facts.live ? [] : base.resources.filter((resource) => !after.has(identityOf(resource)));
  return { created, updated, unchanged, left, rejected, warned, mutated, unknown: [...unknown] };
}

/** Objects by what they are called; where a folder has one several times (overlays, examples), in their order. */
function byIdentity(resources: readonly Resource[]): ReadonlyMap<string, readonly [Resource, ...Resource[]]> {
  const found = new Map<string, [Resource, ...Resource[]]>();
  for (const resource of resources) {
    const same = found.get(identityOf(resource));
    if (same === undefined) found.set(identityOf(resource), [resource]);
    else same.push(resource);
  }
  return found;
}

function rankOf([{ kind }]: readonly [Resource, ...Resource[]]): number {
  return placeOfKind(kind);
}

function titleOf({ kind, namespace, name }: Resource): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

function evidenceOf({ stages }: RequestTrace): readonly string[] {
  const found = stages.find(({ decision }) => decision === 'refused');
  return found?.stage === 'decoding' || found?.stage === 'validating admission' ? found.evidence : [];
}

/** Values of Secrets are gone when objects are read: a refusal that is about them is none. */
function rests({ kind }: Resource, { details }: Refusal): boolean {
  return kind === 'Secret' && (details?.causes ?? []).some((cause) => cause.field?.startsWith('data') === true);
}

function stageOf({ stages }: RequestTrace): string {
  const found = stages.find(({ decision }) => decision === 'refused');
  if (found === undefined) return 'storage';
  return found.plugin === undefined ? found.stage : `${found.stage}: ${found.plugin}`;
}
