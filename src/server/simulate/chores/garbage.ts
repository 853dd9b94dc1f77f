// The garbage collector: dependents go with their last owner, are told apart from it where orphans are asked for, and go before it where the
// deletion is in the foreground; who names an owner that is not there goes too (pkg/controller/garbagecollector, 1.36). What stands in the input
// as stored is left alone: an input need not be whole.

import { isGoing, nameOf, namespaceOf } from '../../../kube/metadata.ts';
import { groupVersion } from '../../../kube/object.ts';
import { asString, dig, field, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import type { ServedResource } from '../../../request/read/catalog.ts';
import { storageOf } from '../../../request/read/storage.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import type { Store } from '../../../request/store/store.ts';
import { type Recorder, recorderOf } from '../play/events.ts';
import type { World } from '../world.ts';
import { deletable, deleteAs, dropFinalizer, finalizersOf, owners, put, withoutOwners } from './objects.ts';

export const foreground = 'foregroundDeletion';
export const orphan = 'orphan';

interface Dependent {
  readonly kind: ServedResource;
  readonly object: JsonObject;
}

/** UIDs that some object names as its owner: only those need a look for dependents. */
const named = new WeakMap<Store, Set<Json | undefined>>();

/** Takes note of whom an object names as its owner. */
export function noteOwners({ store }: World, object: JsonObject): void {
  const known = named.get(store) ?? new Set();
  named.set(store, known);
  for (const owner of owners(object)) known.add(field(owner, 'uid'));
}

/** Lets the dependents of an owner that is gone go too. */
export function collect(world: World, owner: JsonObject): void {
  for (const each of dependentsOf(world, owner)) attempt(world, each, dig(owner, 'metadata', 'uid'));
}

/** Looks at the owners that an object names anew: one that names only such as are not there goes. */
export function judgeOwners(world: World, resource: GroupResource, before: JsonObject | undefined, after: JsonObject): void {
  const known = before === undefined ? [] : owners(before);
  const added = owners(after).filter((each) => !known.some((one) => sameJson(one, each)));
  if (added.length === 0 || isGoing(after)) return;
  const missing = added.filter((each) => stateOf(world, each, after) === 'gone' || isOutside(each, after, world));
  if (missing.length === 0) return;
  for (const each of missing) {
    const owner = withUid(world, field(each, 'uid'));
    const isElsewhere = owner !== undefined && namespaceOf(owner) !== '' && namespaceOf(owner) !== namespaceOf(after);
    if (isElsewhere) {
      report(world, after, each);
      break;
    }
  }
  const { namespaced, cluster } = deletable(world);
  const kind = [...namespaced, ...cluster].find((each) => isOf(each, resource));
  const object = world.store.get(resource, namespaceOf(after), nameOf(after));
  if (kind !== undefined && object !== undefined) attempt(world, { kind, object });
}

function isOf(kind: ServedResource, { group, resource }: GroupResource): boolean {
  const stored = storageOf(kind);
  return stored.group === group && stored.resource === resource;
}

/** True where an object of the whole cluster names an owner that is in a namespace. */
function isOutside(reference: Json, dependent: JsonObject, world: World): boolean {
  return namespaceOf(dependent) === '' && kindOf(world, reference)?.namespaced === true;
}

function withUid(world: World, uid: Json | undefined): JsonObject | undefined {
  const { namespaced, cluster } = deletable(world);
  for (const kind of [...namespaced, ...cluster])
    for (const object of world.store.list(storageOf(kind))) if (dig(object, 'metadata', 'uid') === uid) return object;
  return undefined;
}

const recorders = new WeakMap<Store, Recorder>();

function report(world: World, dependent: JsonObject, reference: Json): void {
  const recorder = recorders.get(world.store) ?? recorderOf(world);
  recorders.set(world.store, recorder);
  const [apiVersion, kind, name, uid] = ['apiVersion', 'kind', 'name', 'uid'].map((key) => asString(field(reference, key)) ?? '');
  const namespace = namespaceOf(dependent);
  recorder.note(dependent, {
    component: 'garbage-collector-controller',
    type: 'Warning',
    reason: 'OwnerRefInvalidNamespace',
    message: `ownerRef [${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}] does not exist in namespace ${JSON.stringify(namespace)}`,
  });
}

/** Deletes dependents before their owner; the owner waits for those that block it. */
export function deleteDependents(world: World, resource: GroupResource, owner: JsonObject): void {
  for (const each of dependentsOf(world, owner)) attempt(world, each);
  const uid = dig(owner, 'metadata', 'uid');
  const blocks = ({ object }: Dependent) =>
    owners(object).some((each) => field(each, 'uid') === uid && field(each, 'blockOwnerDeletion') === true);
  const now = world.store.get(resource, namespaceOf(owner), nameOf(owner));
  if (now !== undefined && finalizersOf(now).includes(foreground) && !dependentsOf(world, owner).some(blocks))
    dropFinalizer(world, resource, now, foreground);
}

/** Leaves dependents without their owner. */
export function leaveOrphans(world: World, resource: GroupResource, owner: JsonObject): void {
  const uids = new Set([dig(owner, 'metadata', 'uid')]);
  for (const { kind, object } of dependentsOf(world, owner)) put(world, storageOf(kind), withoutOwners(object, uids));
  dropFinalizer(world, resource, owner, orphan);
}

function dependentsOf(world: World, owner: JsonObject): readonly Dependent[] {
  const uid = dig(owner, 'metadata', 'uid');
  if (uid === undefined || named.get(world.store)?.has(uid) !== true) return [];
  const namespace = namespaceOf(owner);
  const { namespaced, cluster } = deletable(world);
  const kinds = namespace === '' ? [...namespaced, ...cluster] : namespaced;
  return kinds.flatMap((kind) =>
    world.store
      .list(storageOf(kind), namespace === '' ? undefined : namespace)
      .filter((object) => owners(object).some((each) => field(each, 'uid') === uid))
      .map((object) => ({ kind, object })),
  );
}

/** Deletes an object that no owner keeps; one that has other owners loses the references to those that go. */
function attempt(world: World, { kind, object }: Dependent, gone?: Json): void {
  if (isGoing(object)) return;
  const uids = new Map(owners(object).map((each) => [field(each, 'uid'), stateOf(world, each, object, gone)]));
  if ([...uids.values()].includes('not known')) return;
  const isWaitedFor = [...uids.values()].includes('waits');
  if ([...uids.values()].includes('stays')) {
    const going = new Set([...uids].filter(([, state]) => state !== 'stays').map(([uid]) => uid));
    if (going.size > 0) put(world, storageOf(kind), withoutOwners(object, going));
    return;
  }
  const own = isWaitedFor ? dependentsOf(world, object) : [];
  if (own.some((each) => isGoing(each.object) && finalizersOf(each.object).includes(foreground)))
    put(world, storageOf(kind), unblocking(object));
  const kept = finalizersOf(object);
  const usual = kept.includes(orphan) ? 'Orphan' : kept.includes(foreground) ? 'Foreground' : 'Background';
  deleteAs(world, 'generic-garbage-collector', kind, object, own.length > 0 ? 'Foreground' : usual);
}

/** Owners that wait for each other would wait for ever. */
function unblocking(object: JsonObject): JsonObject {
  const ownerReferences = owners(object).map((each) => ({ ...(each as JsonObject), blockOwnerDeletion: false }));
  return { ...object, metadata: { ...(object.metadata as JsonObject), ownerReferences } };
}

/** What an owner is about to do; not known where its kind is not served, or is none that the dependent could have an owner of. */
function stateOf(world: World, reference: Json, dependent: JsonObject, gone?: Json): 'gone' | 'waits' | 'stays' | 'not known' {
  const uid = field(reference, 'uid');
  if (gone !== undefined && uid === gone) return 'gone';
  const kind = kindOf(world, reference);
  if (kind === undefined || isOutside(reference, dependent, world)) return 'not known';
  const name = asString(field(reference, 'name')) ?? '';
  const owner = world.store.get(storageOf(kind), kind.namespaced ? namespaceOf(dependent) : '', name);
  if (owner === undefined || dig(owner, 'metadata', 'uid') !== uid) return 'gone';
  return isGoing(owner) && finalizersOf(owner).includes(foreground) ? 'waits' : 'stays';
}

/** The kind that a reference names, in the version that it names. */
function kindOf(world: World, reference: Json): ServedResource | undefined {
  const { group, version } = groupVersion(asString(field(reference, 'apiVersion')) ?? '');
  const { core, groups } = world.catalog();
  const served = [core, ...groups].find((each) => each.group === group)?.versions.find((each) => each.version === version);
  return served?.resources.find((each) => each.kind === field(reference, 'kind') && each.verbs.includes('get'));
}
