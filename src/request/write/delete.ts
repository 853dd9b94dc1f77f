// Deleting: at once, or as a mark that waits for finalizers and, of pods, for their grace period
// (k8s.io/apiserver/pkg/registry/generic/registry/store.go and rest/delete.go, 1.36).

import { matchesFields } from '../../kube/field-selector.ts';
import { type KubeObject, labelsOf } from '../../kube/object.ts';
import { matches } from '../../kube/selector.ts';
import {
  asList,
  asNumber,
  asObject,
  asString,
  dig,
  field,
  isObject,
  type Json,
  type JsonObject,
  sameJson,
  strings,
} from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { rfc3339 } from '../../lib/rfc3339.ts';
import type { Attributes } from '../admission/plugin.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { decodeDeleteOptions, hasOptionsBody } from '../decode/delete-options.ts';
import { type FieldError, invalid, invalidObject, notSupported } from '../fields/error.ts';
import type { ServedResource } from '../read/catalog.ts';
import { fieldSelectorFor, fieldsOf } from '../read/fields.ts';
import { readLabelSelector } from '../read/label-selector.ts';
import { storageOf } from '../read/storage.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import type { Serving } from '../server.ts';
import { badRequest, conflict, forbidden, methodNotAllowed, notFound, refused } from '../status.ts';
import type { Target } from '../target.ts';
import { type DeleteOptions, removalOptions } from './operation-options.ts';
import { dryRunErrors, option } from './options.ts';
import { startWarnings, storedObject, type Writing } from './update.ts';

/** Answers a DELETE of one object. */
export function remove(request: ApiRequest, target: Target, writing: Writing, observe?: Observe): Answer {
  const warnings = startWarnings(target, writing);
  if (target.name === '' || target.subresource !== '' || !target.verbs.includes('delete')) return refused(methodNotAllowed(), warnings);
  const options = deleteOptions(request, writing);
  if (!options.ok) return refused(options.problem, warnings);
  if (target.group === 'scheduling.k8s.io' && target.kind === 'PriorityClass' && systemClasses.includes(target.name))
    return refused(forbidden(target, target.name, 'this is a system priority class and cannot be deleted'), warnings);
  const removed = removeObject(request, target, writing, options.value, warnings, observe);
  if (!removed.ok) return refused(removed.problem, warnings);
  const { object, isGone } = removed.value;
  if (isGone && !returnsObject.has(`${target.group}/${target.kind}`)) return { code: 200, object: success(object, target), warnings };
  return { code: !isGone && options.value.orphanDependents === false ? 202 : 200, object, warnings };
}

/** Priority classes that the server makes for itself. */
const systemClasses = ['system-node-critical', 'system-cluster-critical'];

/** Answers a DELETE of all objects that selectors choose: the list of them as they were. */
export function removeCollection(request: ApiRequest, target: Target, writing: Writing, observe?: Observe): Answer {
  const warnings = startWarnings(target, writing);
  if (!target.verbs.includes('deletecollection') || (target.namespaced && target.namespace === ''))
    return refused(methodNotAllowed(), warnings);
  const selectorText = option(request, 'labelSelector') ?? '';
  const selector = readLabelSelector(selectorText);
  if (!selector.ok) return refused(badRequest(selector.problem), warnings);
  const options = deleteOptions(request, writing);
  if (!options.ok) return refused(options.problem, warnings);
  const resource = readResource(target);
  const fields = fieldSelectorFor(resource, option(request, 'fieldSelector') ?? '');
  if (!fields.ok) return refused(badRequest(fields.problem), warnings);
  const chosen = writing.store
    .list(storageOf(target), target.namespaced ? target.namespace : undefined)
    .map((object) => storedObject(target, writing, asString(field(object.metadata, 'name'))) ?? object)
    .filter((object) => matches(selector.value, labelsOf(object as KubeObject)) && matchesFields(fields.value, fieldsOf(resource, object)));
  for (const object of chosen) {
    const name = asString(field(object.metadata, 'name')) ?? '';
    const removed = removeObject(request, { ...target, name }, writing, options.value, warnings, observe, 'collection');
    if (!removed.ok && removed.problem.code !== 404) return refused(removed.problem, warnings);
  }
  const items = chosen.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest);
  const isCustom = target.type.kind === 'custom';
  const list = {
    kind: `${target.kind}List`,
    apiVersion: target.apiVersion,
    metadata: { ...(isCustom ? { continue: '' } : {}), resourceVersion: String(writing.store.revision()) },
    items: isCustom ? chosen : items,
  };
  return { code: 200, object: list, warnings };
}

/** The target as reads know it, as far as selectors ask. */
function readResource({ group, version, resource, kind, namespaced, verbs }: Target): ServedResource {
  const nothing = { shortNames: [], categories: [], subresources: [], storageVersionHash: '' };
  return { group, version, resource, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, namespaced, verbs, ...nothing };
}

/** Reads and checks the options of a delete. */
export function deleteOptions(request: ApiRequest, serving: Serving): Result<DeleteOptions, Refusal> {
  const source = decodeDeleteOptions(request, serving);
  if (!source.ok) return source;
  const { dryRun: _dryRun, ...query } = request.query;
  return readOptions(source.value, hasOptionsBody(request) ? { ...request, query } : request);
}

/** Reads options out of an object, as evictions carry them too. */
export function readOptions(source: JsonObject, request: ApiRequest): Result<DeleteOptions, Refusal> {
  const errors: FieldError[] = [];
  const { propagationPolicy: policy, orphanDependents: orphan, gracePeriodSeconds: seconds } = source;
  if (typeof orphan === 'boolean' && policy !== undefined)
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (policy !== undefined && policy !== null && !['Foreground', 'Background', 'Orphan'].includes(String(policy)))
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  const stated = strings(source.dryRun);
  if (stated.some((each) => each !== 'All')) errors.push(notSupported('dryRun', [...stated], ['All']));
  errors.push(...dryRunErrors(request));
  if (errors.length > 0) return failure(invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors));
  const uid = asString(dig(source, 'preconditions', 'uid'));
  const resourceVersion = asString(dig(source, 'preconditions', 'resourceVersion'));
  return ok({
    dryRun: isDryRun(request) || stated.includes('All'),
    ...(typeof seconds === 'number' ? { gracePeriodSeconds: seconds < 0 ? 1 : seconds } : {}),
    ...(typeof policy === 'string' ? { propagationPolicy: policy } : {}),
    ...(typeof orphan === 'boolean' ? { orphanDependents: orphan } : {}),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  });
}

export interface Removed {
  readonly object: JsonObject;
  /** False where the object stays, marked. */
  readonly isGone: boolean;
}

/** Deletes one object, or marks it. */
export function removeObject(
  request: ApiRequest,
  target: Target,
  writing: Writing,
  options: DeleteOptions,
  warnings: string[],
  observe?: Observe,
  as: 'itself' | 'collection' | 'eviction' = 'itself',
): Result<Removed, Refusal> {
  const existing = storedObject(target, writing);
  if (
    target.group === 'batch' &&
    target.kind === 'Job' &&
    options.propagationPolicy === undefined &&
    options.orphanDependents === undefined
  )
    warnings.push(
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    );
  if (existing === undefined) return failure(notFound(target, target.name));
  const unmet = preconditionRefusal(existing, options, target);
  if (unmet !== undefined) return failure(unmet);
  const attributes = (old: JsonObject): Attributes => ({
    operation: 'DELETE',
    target,
    serving: writing,
    user: request.user,
    name: as === 'collection' ? '' : target.name,
    namespace: target.group === '' && target.kind === 'Namespace' ? target.name : target.namespace,
    object: undefined,
    old,
    options: removalOptions(withGrace(options, existing, target)),
    dryRun: options.dryRun,
    warnings,
    unknown: [],
    audit: new Map(),
  });
  const refusalOf = (asked: Attributes) => admit(asked, observe) ?? validateAdmission(asked, observe);
  // An eviction was judged as one; nobody is asked about the deletion it is.
  const refusedBy = as === 'eviction' ? undefined : refusalOf(attributes(existing));
  if (refusedBy !== undefined) return failure(refusedBy);
  const marked = markedFor(existing, options, target, writing.circumstances.now);
  // A pod that need not wait is marked, and then deleted at once.
  const isLast = marked !== undefined && marked !== existing && hasEnded(marked, target);
  if (isLast) {
    const stored = options.dryRun ? marked : writing.store.put(storageOf(target), target.namespace, target.name, marked);
    // Both steps are a deletion; only webhooks can tell one from the other.
    const again = as === 'eviction' || writing.calls === undefined ? undefined : refusalOf(attributes(stored));
    if (again !== undefined) return failure(again);
    if (options.dryRun) return ok({ object: marked, isGone: true });
  } else if (marked !== undefined) {
    const isSame = marked === existing || sameJson(marked, existing);
    const object = isSame || options.dryRun ? marked : writing.store.put(storageOf(target), target.namespace, target.name, marked);
    return ok({ object, isGone: false });
  }
  const object = options.dryRun ? existing : (writing.store.remove(storageOf(target), target.namespace, target.name) ?? existing);
  return ok({ object: { ...object, apiVersion: existing.apiVersion, kind: existing.kind }, isGone: true });
}

/** The object as a delete marks it; undefined where it goes without. */
function markedFor(existing: JsonObject, options: DeleteOptions, target: Target, now: string): JsonObject | undefined {
  const { group, kind } = target;
  if (group === '' && kind === 'Namespace') return markedNamespace(existing, options, now);
  const isFirst = field(existing.metadata, 'deletionTimestamp') === undefined;
  if (kind === 'CustomResourceDefinition' && isFirst) return markedDefinition(existing, now);
  return markedObject(existing, options, target, now);
}

/** Kinds whose own registry holds the preconditions against the object before the store does. */
const looksFirst = new Set(['/Namespace', 'apiextensions.k8s.io/CustomResourceDefinition']);

function preconditionRefusal(existing: JsonObject, options: DeleteOptions, target: Target): Refusal | undefined {
  const uid = asString(field(existing.metadata, 'uid')) ?? '';
  const revision = asString(field(existing.metadata, 'resourceVersion')) ?? '';
  const kind = { group: target.group, resource: target.kind };
  const { uid: wanted, resourceVersion } = options;
  if (looksFirst.has(`${target.group}/${target.kind}`)) {
    if (wanted !== undefined && wanted !== uid)
      return conflict(target, target.name, `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`);
    if (resourceVersion !== undefined && resourceVersion !== revision)
      return conflict(
        target,
        target.name,
        `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${revision}`,
      );
    return undefined;
  }
  if (wanted !== undefined && wanted !== uid)
    return conflict(
      kind,
      target.name,
      `the UID in the precondition (${wanted}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== revision)
    return conflict(
      kind,
      target.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${revision}). The object might have been modified`,
    );
  return undefined;
}

function hasEnded(marked: JsonObject, { group, kind }: Target): boolean {
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
    const shifted = later(asString(metadata.deletionTimestamp) ?? now, seconds - stored);
    next.deletionTimestamp = shifted < now ? now : shifted;
    next.deletionGracePeriodSeconds = shifted < now && seconds !== 0 ? 1 : seconds;
    return { ...existing, metadata: next };
  }
  if (grace !== undefined) {
    next.deletionTimestamp = later(now, grace);
    next.deletionGracePeriodSeconds = grace;
    countGeneration(next);
    return { ...existing, metadata: next };
  }
  if (finalizers.length === 0) return undefined;
  if (metadata.deletionTimestamp === undefined) {
    countGeneration(next);
    next.deletionTimestamp = now;
  } else if ((asString(metadata.deletionTimestamp) ?? '') > now) next.deletionTimestamp = now;
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
function withGrace(options: DeleteOptions, existing: JsonObject, { group, kind }: Target): DeleteOptions {
  const isFirst = field(existing.metadata, 'deletionTimestamp') === undefined;
  return group === '' && kind === 'Pod' && isFirst ? { ...options, gracePeriodSeconds: gracePeriod(existing, options) } : options;
}

function later(time: string, seconds: number): string {
  return rfc3339(Date.parse(time) + seconds * 1000);
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

/** Kinds whose deletion answers with the object instead of a Status. */
const returnsObject = new Set([
  'resource.k8s.io/ResourceClaimTemplate',
  'resource.k8s.io/ResourceSlice',
  'resource.k8s.io/ResourceClaim',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/DeviceTaintRule',
  'resource.k8s.io/ResourcePoolStatusRequest',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/VolumeAttributesClass',
  '/ResourceQuota',
  '/PersistentVolume',
  '/ServiceAccount',
  '/PersistentVolumeClaim',
  '/Namespace',
  '/Pod',
  '/Service',
  '/PodTemplate',
]);

function success(object: JsonObject, { group, resource, name }: Target): JsonObject {
  const uid = field(object.metadata, 'uid');
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group === '' ? {} : { group }), kind: resource, ...(isObject(uid) || uid === undefined ? {} : { uid }) },
  };
}
