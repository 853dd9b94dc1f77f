// Writing an object that is stored, or is to be: what every PUT and patch goes through once the wanted object is known, as
// k8s.io/apiserver/pkg/registry/generic/registry/store.go and rest/update.go (1.36) do it.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asObject, asString, dig, field, type JsonObject, sameJson } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Attributes } from '../admission/plugin.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer, Refusal } from '../answer.ts';
import { createRefusal } from '../authorization.ts';
import { invalid, invalidObject } from '../fields/error.ts';
import { storageOf } from '../read/storage.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import type { Serving } from '../server.ts';
import { addressRefusal } from '../services/addresses.ts';
import { allocate } from '../services/allocate.ts';
import { badRequest, conflict, internal, notFound, refused } from '../status.ts';
import { etcdKey, sizeRefusal } from '../store/etcd.ts';
import type { Store } from '../store/store.ts';
import { alignAddresses, keepAllocated } from '../strategy/service.ts';
import { metadataOf } from '../strategy/strategy.ts';
import { prepareForUpdate } from '../strategy/update.ts';
import type { Target } from '../target.ts';
import { convertTo } from './convert.ts';
import { register, saidKind } from './create.ts';
import { keepTimes } from './managed-fields.ts';
import { writeOptions } from './operation-options.ts';
import { dropRepeatedOwners } from './owners.ts';
import { validateChanged } from './validation.ts';
import { deprecationWarning } from './warnings.ts';
import { asReturned, asStored, encoded, readEncoded, reread, written } from './written.ts';

/** A server that keeps what is written: its state is the store. */
export interface Writing extends Serving {
  readonly store: Store;
}

/** A write of one object. */
export interface Change {
  readonly request: ApiRequest;
  readonly target: Target;
  readonly writing: Writing;
  readonly warnings: string[];
  readonly observe?: Observe | undefined;
  /** True where an object may come to be by this request, whatever its kind says. */
  readonly mayCreate: boolean;
  /** The UID the stored object must have; '' for any. */
  readonly uid: string;
  /** What the object is to be, with managed fields; `existing` is what is stored, in the version of the request. */
  readonly propose: (existing: JsonObject | undefined) => Result<Struct, Refusal>;
  /** What admission is shown, where that is another kind than what is stored: a scale. What it changes there is not carried over. */
  readonly shown?: (object: Struct, existing: JsonObject) => Pick<Attributes, 'target' | 'object' | 'old'>;
}

export type Outcome =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'written'; readonly object: JsonObject; readonly isNew: boolean };

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

/** Warnings that every answer about a target begins with. */
export function startWarnings(target: Target, { server }: Serving): string[] {
  const deprecated = deprecationWarning(target, server);
  return deprecated === undefined ? [] : [deprecated];
}

/** The answer of an outcome. */
export function answerOf(outcome: Outcome, warnings: readonly string[]): Answer {
  return outcome.kind === 'refused'
    ? refused(outcome.refusal, warnings)
    : { code: outcome.isNew ? 201 : 200, object: outcome.object, warnings };
}

/** The stored object in the version of the target. */
export function storedObject(target: Target, writing: Writing, name = target.name): JsonObject | undefined {
  const stored = writing.store.get(storageOf(target), target.namespace, name);
  return stored === undefined ? undefined : (convertTo(stored, target.apiVersion, target, writing) ?? stored);
}

/** Puts an object into the namespace of the path; the 400 where it says another place or name than the path. */
export function placeRefusal(object: Struct, { namespace, name }: Target): Refusal | undefined {
  const metadata = metadataOf(object);
  const own = asString(metadata.namespace) ?? '';
  if (namespace === '') delete metadata.namespace;
  else if (own === '') metadata.namespace = namespace;
  else if (own !== namespace) return badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const given = asString(metadata.name) ?? '';
  if (given === '') return badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name) return badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  return undefined;
}

/** Carries out a write, or says why not. */
export function change(change: Change): Outcome {
  const { target, writing, request, warnings, observe } = change;
  const existing = storedObject(target, writing);
  const mayCreate = change.mayCreate || (target.subresource === '' && createdByUpdate.has(keyOf(target)));
  if (existing === undefined && !mayCreate) return refusal(notFound(target, target.name));
  const uid = asString(field(existing?.metadata, 'uid')) ?? '';
  if (change.uid !== '' && change.uid !== uid)
    return refusal(conflict(target, target.name, wrongUid(change.uid, uid, target, isDryRun(request))));
  const proposed = change.propose(existing);
  if (!proposed.ok) return refusal(proposed.problem);
  const object = proposed.value;
  const dryRun = isDryRun(request);
  const attributes: Attributes = {
    operation: existing === undefined ? 'CREATE' : 'UPDATE',
    target,
    serving: writing,
    user: request.user,
    name: target.name,
    namespace: target.group === '' && target.kind === 'Namespace' ? target.name : target.namespace,
    object,
    old: existing,
    options: writeOptions(existing === undefined ? 'CreateOptions' : 'UpdateOptions', request),
    dryRun,
    warnings,
    unknown: [],
    audit: new Map(),
  };
  const shown = (): Attributes =>
    change.shown === undefined || existing === undefined ? attributes : { ...attributes, ...change.shown(object, existing) };
  observe?.({ stage: 'decoded', attributes: shown() });
  const refusedBy = admit(shown(), observe);
  if (refusedBy !== undefined) return refusal(refusedBy);
  dropRepeatedOwners(object, warnings, 'after');
  if (existing === undefined) {
    const unfit = register(object, attributes, observe, () => createRefusal(request, writing));
    if (unfit !== undefined) return refusal(unfit);
    const made = written(object, target);
    if (dryRun) return { kind: 'written', isNew: true, object: asReturned(made, target, writing) };
    const put = putInStore(made, target.name, target, writing, isApply(request) ? 'as it is' : 'smaller');
    return put.ok ? { kind: 'written', isNew: true, object: put.value } : refusal(put.problem);
  }
  const namespace = asString(metadataOf(object).namespace) ?? '';
  if (target.namespaced && namespace !== '' && namespace !== target.namespace)
    return refusal(badRequest('the namespace of the provided object does not match the namespace sent on the request'));
  const judged = judge(object, existing, attributes, shown, observe);
  if (!judged.ok) return refusal(judged.problem);
  const next = judged.value;
  const isSame = isAsBefore(next, existing, target, writing);
  if (isSame || dryRun) return { kind: 'written', isNew: false, object: isSame ? existing : asReturned(next, target, writing) };
  if (isDone(next, existing, target)) {
    writing.store.remove(storageOf(target), target.namespace, target.name);
    return { kind: 'written', isNew: false, object: next };
  }
  const put = putInStore(next, target.name, target, writing, isApply(request) ? 'as it is' : 'smaller');
  return put.ok ? { kind: 'written', isNew: false, object: put.value } : refusal(put.problem);
}

/** What the store holds of objects that are read differently, because defaults were filled in or fields dropped. */
const held = new WeakMap<JsonObject, JsonObject>();

/**
 * Puts an object into the store and returns it as it is read from there; the refusal where etcd does not take so much. What is too large is
 * tried again without its managed fields where it may get smaller.
 */
export function putInStore(
  object: JsonObject,
  name: string,
  target: Target,
  writing: Writing,
  otherwise: 'smaller' | 'as it is' | 'known to fit',
): Result<JsonObject, Refusal> {
  const { type } = target;
  const bytes = encoded(object, target, writing);
  if (otherwise !== 'known to fit') {
    const before = writing.store.get(storageOf(target), target.namespace, name);
    const tooLarge = sizeRefusal(bytes, name, target, before, writing);
    const isBare = field(object.metadata, 'managedFields') === undefined;
    if (tooLarge !== undefined && (otherwise === 'as it is' || isBare)) return failure(tooLarge);
    if (tooLarge !== undefined) return putInStore(withoutManagers(object), name, target, writing, 'as it is');
  }
  const read = bytes === object || type.kind === 'built-in' ? asStored(object, target, writing) : readEncoded(bytes, type, writing);
  const put = writing.store.put(storageOf(target), target.namespace, name, read);
  const shown = convertTo(put, target.kindVersion, target, writing) ?? put;
  const compared = type.kind === 'built-in' ? shown : put;
  const isAsWritten = (read === bytes && compared === put) || sameJson(withoutRevision(compared), withoutRevision(bytes));
  if (!isAsWritten) held.set(put, bytes);
  return ok(shown);
}

function isApply({ method, contentType = '' }: ApiRequest): boolean {
  return method === 'PATCH' && contentType.startsWith('application/apply-patch');
}

function withoutManagers(object: JsonObject): JsonObject {
  const { managedFields: _fields, ...metadata } = asObject(object.metadata);
  return { ...object, metadata };
}

function withoutRevision(object: JsonObject): JsonObject {
  const { resourceVersion: _revision, ...metadata } = asObject(object.metadata);
  return { ...object, metadata };
}

/** True where a write would store what is stored. */
function isAsBefore(next: JsonObject, existing: JsonObject, target: Target, writing: Writing): boolean {
  const stored = writing.store.get(storageOf(target), target.namespace, target.name);
  const bytes = stored === undefined ? undefined : held.get(stored);
  if (target.type.kind === 'built-in' || stored === undefined) return bytes === undefined && sameJson(next, existing);
  return sameJson(withoutRevision(encoded(next, target, writing)), withoutRevision(bytes ?? stored));
}

function refusal(why: Refusal): Outcome {
  return { kind: 'refused', refusal: why };
}

/** Everything between mutating admission and storing; the result is the object as it would be stored. */
function judge(
  object: Struct,
  existing: JsonObject,
  attributes: Attributes,
  shown: () => Attributes,
  observe: Observe | undefined,
): Result<JsonObject, Refusal> {
  const { target } = attributes;
  const metadata = metadataOf(object);
  const given = asString(metadata.resourceVersion) ?? '';
  if (!/^[0-9]*$/.test(given))
    return failure({ code: 500, reason: '', message: `strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax` });
  if (target.type.kind === 'custom' && (object.apiVersion ?? '') === '')
    return failure(internal("Object 'apiVersion' is missing in 'object has no apiVersion field'"));
  const stale = revisionRefusal(metadata, existing, target);
  if (stale !== undefined) return failure(stale);
  const old = reread(existing, target);
  const before = metadataOf(old);
  if (before.generation === undefined) delete metadata.generation;
  else metadata.generation = before.generation;
  if (target.group === '' && target.kind === 'Service' && target.subresource === '') {
    keepAllocated(object, old);
    alignAddresses(object, old);
    const unavailable =
      addressRefusal(object, old as JsonObject, attributes) ??
      (keepsAddresses(object, old) ? allocate(object, besideItself(attributes), old) : undefined);
    if (unavailable !== undefined) return failure(unavailable);
  }
  prepareForUpdate(object, old, attributes);
  const kept = metadataOf(object);
  if ((kept.uid ?? '') === '' && before.uid !== undefined) kept.uid = before.uid;
  for (const key of ['creationTimestamp', 'deletionTimestamp']) if (before[key] !== undefined) kept[key] = before[key];
  if (before.deletionGracePeriodSeconds !== undefined && kept.deletionGracePeriodSeconds === undefined)
    kept.deletionGracePeriodSeconds = before.deletionGracePeriodSeconds;
  const errors = validateChanged(object as unknown as JsonObject, old as unknown as JsonObject, attributes);
  const unfit = errors.length > 0 ? invalidObject(saidKind(object, target), asString(kept.name) ?? '', errors) : undefined;
  observe?.({ stage: 'validated', refusal: unfit, attributes });
  if (unfit !== undefined) return failure(unfit);
  keepTimes(object, existing, target);
  const next = written(object, target);
  const refusedBy = validateAdmission(shown(), observe);
  return refusedBy === undefined ? ok(next) : failure(refusedBy);
}

/** False where an update changes addresses, which validation refuses. */
function keepsAddresses(object: Struct, old: Struct): boolean {
  const before = asList(dig(old, 'spec', 'clusterIPs'));
  return before.length === 0 || sameJson(dig(object, 'spec', 'clusterIPs'), before);
}

/** The attributes, with a state that lacks the object itself: what it has is free for it. */
function besideItself(attributes: Attributes): Attributes {
  const { serving, target } = attributes;
  const { state } = serving;
  const isItself = (object: JsonObject) =>
    field(object.metadata, 'name') === target.name && field(object.metadata, 'namespace') === target.namespace;
  const list: typeof state.list = (resource, namespace) => {
    const all = state.list(resource, namespace);
    return resource.group === target.group && resource.resource === target.resource ? all.filter((object) => !isItself(object)) : all;
  };
  return { ...attributes, serving: { ...serving, state: { ...state, list } } };
}

function revisionRefusal(metadata: Struct, existing: JsonObject, target: Target): Refusal | undefined {
  const stored = asString(field(existing.metadata, 'resourceVersion')) ?? '';
  const given = asString(metadata.resourceVersion) ?? '';
  if (given === '' || given === '0') {
    if (target.type.kind === 'custom' || needsRevision.has(keyOf(target))) {
      const kind = { group: target.group, kind: target.resource };
      return invalidObject(kind, target.name, [invalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
    }
    metadata.resourceVersion = stored;
    return undefined;
  }
  return given === stored ? undefined : conflict(target, target.name, modified);
}

/** An object that was only waiting for its finalizers goes with the last of them. */
function isDone(next: JsonObject, existing: JsonObject, { group, kind }: Target): boolean {
  if (asList(field(next.metadata, 'finalizers')).length > 0) return false;
  if (group === '' && kind === 'Namespace')
    return field(existing.metadata, 'deletionTimestamp') !== undefined && asList(dig(next, 'spec', 'finalizers')).length === 0;
  return field(existing.metadata, 'deletionGracePeriodSeconds') === 0;
}

function keyOf({ group, kind }: Target): string {
  return `${group}/${kind}`;
}

/** Kinds that a PUT creates. */
const createdByUpdate = new Set([
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/ClusterRole',
  'coordination.k8s.io/Lease',
  'coordination.k8s.io/LeaseCandidate',
  '/LimitRange',
  '/Event',
  'events.k8s.io/Event',
  '/Service',
  '/Endpoints',
]);

/** Kinds whose updates must say which version they are of. */
const needsRevision = new Set([
  'certificates.k8s.io/PodCertificateRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'node.k8s.io/RuntimeClass',
  'storagemigration.k8s.io/StorageVersionMigration',
  'policy/PodDisruptionBudget',
  'resource.k8s.io/ResourcePoolStatusRequest',
  'internal.apiserver.k8s.io/StorageVersion',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSIStorageCapacity',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/CSINode',
  'coordination.k8s.io/Lease',
  'coordination.k8s.io/LeaseCandidate',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
]);

/** What the storage says where an object is another than a request is about. */
export function wrongUid(wanted: string, uid: string, target: Target, dryRun: boolean): string {
  // A dry run does not get to the storage that knows the prefix.
  const key = `${dryRun ? '' : '/registry'}${etcdKey(target, target.name)}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`;
}
