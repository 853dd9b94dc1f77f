// The garbage collector: dependents go with their last owner, are told apart from it where orphans are asked for, and go before it where the
// deletion is in the foreground (pkg/controller/garbagecollector, 1.36). Left out: owners that never were there; an input need not be whole.

import { dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import type { ServedResource } from '../../../request/read/catalog.ts';
import { storageOf } from '../../../request/read/storage.ts';
import type { GroupResource } from '../../../request/store/state.ts';
import type { Store } from '../../../request/store/store.ts';
import type { World } from '../world.ts';
import { deletable, deleteAs, dropFinalizer, finalizersOf, isGoing, nameOf, namespaceOf, owners, put, withoutOwners } from './objects.ts';

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
  const uids = new Map(owners(object).map((each) => [field(each, 'uid'), stateOf(world, each, namespaceOf(object), gone)]));
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

/** What an owner is about to do. */
function stateOf(world: World, reference: Json, namespace: string, gone: Json | undefined): 'gone' | 'waits' | 'stays' {
  const uid = field(reference, 'uid');
  if (gone !== undefined && uid === gone) return 'gone';
  const [group, kind] = [groupOf(field(reference, 'apiVersion')), field(reference, 'kind')];
  const { namespaced, cluster } = deletable(world);
  const served = [...namespaced, ...cluster].find((each) => each.kind === kind && each.group === group);
  const name = String(field(reference, 'name') ?? '');
  const owner = served === undefined ? undefined : world.store.get(storageOf(served), served.namespaced ? namespace : '', name);
  if (owner === undefined || dig(owner, 'metadata', 'uid') !== uid) return 'stays';
  return isGoing(owner) && finalizersOf(owner).includes(foreground) ? 'waits' : 'stays';
}

function groupOf(apiVersion: Json | undefined): string {
  return String(apiVersion ?? '')
    .split('/')
    .slice(0, -1)
    .join('/');
}
