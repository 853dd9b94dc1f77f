// What a delete leaves of an object that cannot go at once: the mark that waits for finalizers, for the grace period of a pod, for what a
// namespace or a definition still holds (k8s.io/apiserver/pkg/registry/rest/delete.go and the registries of those kinds, 1.36).

import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { rfc3339 } from '../../lib/rfc3339.ts';
import type { Target } from '../target.ts';
import type { DeleteOptions } from './operation-options.ts';

/** The object as a delete marks it; undefined where it goes without. */
export function markedFor(existing: JsonObject, options: DeleteOptions, target: Target, now: string): JsonObject | undefined {
  const { group, kind } = target;
  if (group === '' && kind === 'Namespace') return markedNamespace(existing, options, now);
  const isFirst = field(existing.metadata, 'deletionTimestamp') === undefined;
  if (kind === 'CustomResourceDefinition' && isFirst) return markedDefinition(existing, now);
  return markedObject(existing, options, target, now);
}

/** Whether a pod that is marked so need not wait. */
export function hasEnded(marked: JsonObject, { group, kind }: Target): boolean {
  const metadata = asObject(marked.metadata);
  return group === '' && kind === 'Pod' && metadata.deletionGracePeriodSeconds === 0 && strings(metadata.finalizers).length === 0;
}

const cleanup = 'customresourcecleanup.apiextensions.k8s.io';

/** A definition waits until its objects are gone. */
function markedDefinition(existing: JsonObject, now: string): JsonObject {
  const metadata = asObject(existing.metadata);
  const status = asObject(existing.status);
  const finalizers = strings(metadata.finalizers);
  const condition = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: now,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  return {
    ...existing,
    metadata: {
      ...metadata,
      deletionTimestamp: now,
      finalizers: finalizers.includes(cleanup) ? finalizers : [...finalizers, cleanup],
    },
    status: { ...status, conditions: [...asList(status.conditions), condition] },
  };
}

/** The object marked as being deleted; undefined where it goes at once. */
function markedObject(existing: JsonObject, options: DeleteOptions, target: Target, now: string): JsonObject | undefined {
  const metadata = asObject(existing.metadata);
  const stored = asNumber(metadata.deletionGracePeriodSeconds);
  const isPod = target.group === '' && target.kind === 'Pod';
  const isPending = isPod && metadata.deletionTimestamp !== undefined && stored !== undefined && stored !== 0;
  if (isPending && (options.gracePeriodSeconds === undefined || options.gracePeriodSeconds >= stored)) return existing;
  const finalizers = withCollector(strings(metadata.finalizers), options, target);
  const next: Record<string, Json | undefined> = { ...metadata };
  if (finalizers.length === 0) delete next.finalizers;
  else next.finalizers = finalizers;
  const grace = isPod && metadata.deletionTimestamp === undefined ? gracePeriod(existing, options) : undefined;
  if (isPending) {
    const seconds = options.gracePeriodSeconds ?? 0;
    const shifted = milliseconds(metadata.deletionTimestamp, now) - span(stored) + span(seconds);
    const isPast = shifted < Date.parse(now);
    next.deletionTimestamp = isPast ? now : rfc3339(shifted);
    next.deletionGracePeriodSeconds = isPast && seconds !== 0 ? 1 : seconds;
    return { ...existing, metadata: next };
  }
  if (grace !== undefined) {
    next.deletionTimestamp = rfc3339(Date.parse(now) + span(grace));
    next.deletionGracePeriodSeconds = grace;
    countGeneration(next);
    return { ...existing, metadata: next };
  }
  if (finalizers.length === 0) return undefined;
  if (metadata.deletionTimestamp === undefined) {
    countGeneration(next);
    next.deletionTimestamp = now;
  } else if (milliseconds(metadata.deletionTimestamp, now) > Date.parse(now)) next.deletionTimestamp = now;
  next.deletionGracePeriodSeconds = 0;
  return { ...existing, metadata: next };
}

function countGeneration(metadata: Record<string, Json | undefined>): void {
  const generation = asNumber(metadata.generation) ?? 0;
  if (generation > 0) metadata.generation = generation + 1;
}

/** How long a pod may take to end: not at all where it is on no node, or has ended. */
function gracePeriod(pod: JsonObject, { gracePeriodSeconds }: DeleteOptions): number {
  const phase = dig(pod, 'status', 'phase');
  if ((asString(dig(pod, 'spec', 'nodeName')) ?? '') === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
  const period = gracePeriodSeconds ?? asNumber(dig(pod, 'spec', 'terminationGracePeriodSeconds')) ?? 0;
  return period < 0 ? 1 : period;
}

/** A pod's grace period is settled before anybody is asked. */
export function withGrace(options: DeleteOptions, existing: JsonObject, { group, kind }: Target): DeleteOptions {
  const isFirst = field(existing.metadata, 'deletionTimestamp') === undefined;
  return group === '' && kind === 'Pod' && isFirst ? { ...options, gracePeriodSeconds: gracePeriod(existing, options) } : options;
}

function milliseconds(time: Json | undefined, otherwise: string): number {
  const parsed = Date.parse(asString(time) ?? '');
  return Number.isNaN(parsed) ? Date.parse(otherwise) : parsed;
}

/** Milliseconds of so many seconds as Go's time.Duration holds them: in nanoseconds that wrap around after 292 years. */
function span(seconds: number): number {
  return Number(BigInt.asIntN(64, BigInt(Math.trunc(seconds)) * 1_000_000_000n)) / 1e6;
}

/** Kinds that orphan what they own unless told otherwise. */
const orphans = new Set(['batch/Job', '/ReplicationController']);

/** The finalizers of the garbage collector, as the options want them. */
function withCollector(finalizers: readonly string[], options: DeleteOptions, { group, kind }: Target): readonly string[] {
  if (kind === 'Event') return finalizers;
  const others = finalizers.filter((each) => each !== 'orphan' && each !== 'foregroundDeletion');
  const { propagationPolicy: policy, orphanDependents } = options;
  const stated = policy !== undefined || orphanDependents !== undefined;
  const has = (name: string) => finalizers.includes(name);
  const orphan = stated
    ? policy === 'Orphan' || orphanDependents === true
    : has('orphan') || (!has('foregroundDeletion') && orphans.has(`${group}/${kind}`));
  const foreground = stated ? policy === 'Foreground' : has('foregroundDeletion');
  const wanted = [...others, ...(orphan ? ['orphan'] : []), ...(foreground ? ['foregroundDeletion'] : [])];
  const isSame = wanted.length === finalizers.length && wanted.every((each) => finalizers.includes(each));
  return isSame ? finalizers : wanted;
}

/** A namespace ends in two steps: it is marked, and goes when its own finalizers are gone. */
function markedNamespace(existing: JsonObject, options: DeleteOptions, now: string): JsonObject | undefined {
  const metadata = asObject(existing.metadata);
  if (metadata.deletionTimestamp === undefined) {
    const finalizers = strings(metadata.finalizers).filter((each) => each !== 'orphan');
    const orphan = options.propagationPolicy === 'Orphan' || options.orphanDependents === true;
    const next = { ...metadata, deletionTimestamp: now, ...(orphan ? { finalizers: [...finalizers, 'orphan'] } : {}) };
    return { ...existing, metadata: next, status: { ...asObject(existing.status), phase: 'Terminating' } };
  }
  const isWaiting = asList(dig(existing, 'spec', 'finalizers')).length > 0 || strings(metadata.finalizers).length > 0;
  return isWaiting ? existing : undefined;
}
