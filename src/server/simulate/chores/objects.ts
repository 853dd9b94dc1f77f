// What the chores share: the kinds that can be deleted, deletion as a controller asks for it, the end of a finalizer. A controller's deletion is
// a request like any other, so that finalizers hold what they hold, pods get their grace, and policies are asked.

import { nameOf, namespaceOf } from '../../../kube/metadata.ts';
import { asNumber, asObject, asString, dig, field, type Json, type JsonObject, strings } from '../../../lib/json.ts';
import type { Catalog, ServedResource } from '../../../request/read/catalog.ts';
import { storageOf } from '../../../request/read/storage.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import { controllerAccount } from '../../../request/write/accounts.ts';
import { write } from '../../../request/write/write.ts';
import type { World } from '../world.ts';

export function finalizersOf(object: JsonObject): readonly string[] {
  return strings(dig(object, 'metadata', 'finalizers'));
}

export function put({ store }: World, resource: GroupResource, object: JsonObject): void {
  store.put(resource, namespaceOf(object), nameOf(object), object);
}

interface Kinds {
  readonly namespaced: readonly ServedResource[];
  readonly cluster: readonly ServedResource[];
}
const kindsOf = new WeakMap<Catalog, Kinds>();

/** Each kind that can be deleted once, in the version that is preferred. */
export function deletable(world: World): Kinds {
  const catalog = world.catalog();
  const known = kindsOf.get(catalog);
  if (known !== undefined) return known;
  const stored = new Map<string, ServedResource>();
  for (const { versions } of [catalog.core, ...catalog.groups])
    for (const { resources } of versions)
      for (const each of resources) {
        const { group, resource } = storageOf(each);
        const key = `${group}/${resource}`;
        if (each.verbs.includes('delete') && !stored.has(key)) stored.set(key, each);
      }
  const all = [...stored.values()];
  const kinds = { namespaced: all.filter((each) => each.namespaced), cluster: all.filter((each) => !each.namespaced) };
  kindsOf.set(catalog, kinds);
  return kinds;
}

/** Asks for the deletion of an object as a controller does; says why the server refuses it. */
export function deleteAs(
  world: World,
  controller: string,
  { group, version, resource, namespaced }: Pick<ServedResource, 'group' | 'version' | 'resource' | 'namespaced'>,
  object: JsonObject,
  propagationPolicy = 'Background',
): string | undefined {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const place = namespaced ? `/namespaces/${namespaceOf(object)}` : '';
  const uid = asString(dig(object, 'metadata', 'uid'));
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  const request = {
    method: 'DELETE',
    path: `${root}${place}/${resource}/${encodeURIComponent(nameOf(object))}`,
    query: {},
    user: controllerAccount(controller),
    userAgent: 'kube-controller-manager/v1.36.3',
    body: { kind: 'json' as const, value: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, ...preconditions } },
  };
  const { refusal } = write(request, { ...world.writing(), access: () => world.snapshot() });
  return refusal === undefined || refusal.code === 404 ? undefined : refusal.message;
}

/** The object itself where it has the finalizer. */
export function withFinalizer(object: JsonObject, finalizer: string): JsonObject {
  const finalizers = finalizersOf(object);
  return finalizers.includes(finalizer)
    ? object
    : { ...object, metadata: { ...asObject(object.metadata), finalizers: [...finalizers, finalizer] } };
}

export function withoutFinalizer(object: JsonObject, finalizer: string): JsonObject {
  const left = finalizersOf(object).filter((each) => each !== finalizer);
  const { finalizers: _finalizers, ...metadata } = asObject(object.metadata);
  return { ...object, metadata: { ...metadata, ...(left.length === 0 ? {} : { finalizers: left }) } };
}

/** Takes a finalizer off an object that is being deleted; what nothing holds any more is gone. */
export function dropFinalizer(world: World, resource: GroupResource, object: JsonObject, finalizer: string): void {
  const left = withoutFinalizer(object, finalizer);
  const grace = asNumber(dig(object, 'metadata', 'deletionGracePeriodSeconds')) ?? 0;
  const isHeld = finalizersOf(left).length > 0 || grace > 0 || isNamespaceInUse(resource, object);
  if (!isHeld) world.store.remove(resource, namespaceOf(object), nameOf(object));
  else put(world, resource, left);
}

function isNamespaceInUse({ group, resource }: GroupResource, object: JsonObject): boolean {
  return group === '' && resource === 'namespaces' && strings(dig(object, 'spec', 'finalizers')).length > 0;
}

export function owners(object: JsonObject): readonly Json[] {
  const references = dig(object, 'metadata', 'ownerReferences');
  return Array.isArray(references) ? references : [];
}

/** The references of an object without those to owners of these UIDs. */
export function withoutOwners(object: JsonObject, uids: ReadonlySet<Json | undefined>): JsonObject {
  const { ownerReferences: _references, ...metadata } = asObject(object.metadata);
  const left = owners(object).filter((each) => !uids.has(field(each, 'uid')));
  return { ...object, metadata: { ...metadata, ...(left.length === 0 ? {} : { ownerReferences: left }) } };
}
