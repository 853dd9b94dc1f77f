// Deleting: at once, or as a mark that waits for finalizers and, of pods, for their grace period
// (k8s.io/apiserver/pkg/registry/generic/registry/store.go and rest/delete.go, 1.36).

import { asString, field, isObject, type JsonObject, sameJson } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Attributes } from '../admission/plugin.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { storageOf } from '../read/storage.ts';
import type { ApiRequest } from '../request.ts';
import { conflict, forbidden, methodNotAllowed, notFound, refused } from '../status.ts';
import type { Target } from '../target.ts';
import { deleteOptions } from './delete-options.ts';
import { hasEnded, markedFor, withGrace } from './deletion-mark.ts';
import { type DeleteOptions, removalOptions } from './operation-options.ts';
import { putInStore, startWarnings, storedObject, type Writing } from './update.ts';

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
    if (isSame || options.dryRun) return ok({ object: marked, isGone: false });
    const put = putInStore(marked, target.name, target, writing, 'as it is');
    return put.ok ? ok({ object: put.value, isGone: false }) : put;
  }
  const object = options.dryRun ? existing : (writing.store.remove(storageOf(target), target.namespace, target.name) ?? existing);
  return ok({ object: { ...object, apiVersion: existing.apiVersion, kind: existing.kind }, isGone: true });
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
