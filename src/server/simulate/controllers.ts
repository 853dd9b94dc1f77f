// What a cluster's controllers do at once and without which clients would wait for ever: definitions are established, a namespace gets its
// service account and certificate of the authority, a namespace that is deleted is emptied, objects whose owners are gone go too, protection
// of volumes ends where nothing uses them. What has to wait, for finalizers or for pods that end, is looked at again whenever something goes.
// Nothing is scheduled, scaled or run.

import { isGoing, nameOf, namespaceOf } from '../../kube/metadata.ts';
import { dig, type JsonObject, sameJson } from '../../lib/json.ts';
import { cleanup } from '../../request/custom/definition-end.ts';
import { storageOf } from '../../request/read/storage.ts';
import type { GroupResource } from '../../request/store/state.ts';
import { definitions } from '../../request/store/state.ts';
import type { Change } from '../../request/store/store.ts';
import { aggregateRoles } from './aggregation.ts';
import { followApiServices, registerDefinitions } from './chores/api-services.ts';
import { endDefinition, establish } from './chores/definitions.ts';
import { collect, deleteDependents, foreground, judgeOwners, leaveOrphans, noteOwners, orphan } from './chores/garbage.ts';
import { endNamespace, furnish, isFurniture, namespaces } from './chores/namespaces.ts';
import { deletable, finalizersOf } from './chores/objects.ts';
import { claimProtection, releaseClaim, releaseVolume, volumeProtection } from './chores/protection.ts';
import { countQuotas } from './quotas.ts';
import type { World } from './world.ts';

export interface Controllers {
  /** Does at once what is to be done. */
  readonly settle: () => void;
  readonly stop: () => void;
}

/** An object that is being deleted and waits for a chore. */
interface Waiting {
  readonly resource: GroupResource;
  readonly namespace: string;
  readonly name: string;
}

/** Times that one end may lead to another. */
const mostRounds = 1000;

/** Follows the store. */
export function startControllers(world: World, authority: string): Controllers {
  const { store } = world;
  const pending: Change[] = [];
  const waiting = new Map<string, Waiting>();
  let isBusy = false;
  const enlist = (resource: GroupResource, object: JsonObject) => {
    const found = { resource, namespace: namespaceOf(object), name: nameOf(object) };
    if (isGoing(object) && choresFor(resource, object).length > 0) waiting.set(keyOf(found), found);
  };
  const work = () => {
    for (let round = 0; round < mostRounds && pending.length > 0; round++) {
      let mayFree = false;
      for (let change = pending.shift(); change !== undefined; change = pending.shift()) {
        follow(world, authority, change);
        if (change.after === undefined) waiting.delete(keyOf(change));
        else if (isGoing(change.after)) {
          enlist(change.resource, change.after);
          attend(world, change);
        }
        mayFree ||= frees(change);
      }
      if (mayFree) for (const each of [...waiting.values()]) attend(world, each);
    }
    isBusy = false;
  };
  for (const namespace of store.list(namespaces)) furnish(world, authority, namespace);
  for (const definition of store.list(definitions)) establish(world, definition);
  registerDefinitions(world);
  aggregateRoles(world);
  const { namespaced, cluster } = deletable(world);
  for (const kind of [...namespaced, ...cluster])
    for (const object of store.list(storageOf(kind))) {
      noteOwners(world, object);
      enlist(storageOf(kind), object);
    }
  const stop = store.subscribe((change) => {
    if (change.after !== undefined) noteOwners(world, change.after);
    pending.push(change);
    if (isBusy) return;
    isBusy = true;
    queueMicrotask(work);
  });
  return { settle: work, stop };
}

function keyOf({ resource, namespace, name }: Waiting): string {
  return `${resource.group}/${resource.resource}/${namespace}/${name}`;
}

function follow(world: World, authority: string, change: Change): void {
  const { resource, namespace, name, before, after } = change;
  if (namespace !== '') countQuotas(world, namespace);
  const definition = resource.resource === definitions.resource ? (after ?? before) : undefined;
  if (definition !== undefined) establish(world, definition);
  followApiServices(world, change);
  if (resource.resource === 'clusterroles' && (isPart(before) || isPart(after))) aggregateRoles(world);
  if (resource.resource === 'namespaces' && resource.group === '' && after !== undefined && before === undefined)
    furnish(world, authority, after);
  if (after !== undefined) {
    judgeOwners(world, resource, before, after);
    return;
  }
  if (before !== undefined) collect(world, before);
  const place = isFurniture(resource.group, resource.resource, name) ? world.store.get(namespaces, '', namespace) : undefined;
  if (place !== undefined) furnish(world, authority, place);
}

/** Whether an aggregated role may be made of this one, or this one of others. */
function isPart(role: JsonObject | undefined): boolean {
  return role !== undefined && (role.aggregationRule !== undefined || dig(role, 'metadata', 'labels') !== undefined);
}

/** Whether something else may have waited for this. */
function frees({ resource, before, after }: Change): boolean {
  if (resource.resource === 'apiservices') return true;
  if (after === undefined) return true;
  const has = (key: string) => [dig(before, 'metadata', key), dig(after, 'metadata', key)] as const;
  const differs = (key: string) => {
    const [was, is] = has(key);
    return was !== is && (was === undefined || is === undefined || !sameJson(was, is));
  };
  return before !== undefined && ['finalizers', 'ownerReferences', 'deletionGracePeriodSeconds'].some(differs);
}

/** Does what an object that is being deleted waits for, if it can be done. */
function attend(world: World, { resource, namespace, name }: Waiting): void {
  const found = () => world.store.get(resource, namespace, name);
  for (const chore of choresFor(resource, found())) {
    const object = found();
    if (object !== undefined && isGoing(object)) chore(world, resource, object);
  }
}

type Chore = (world: World, resource: GroupResource, object: JsonObject) => void;

/** Finalizers that stand for controllers. */
const chores: Readonly<Record<string, Chore>> = {
  [foreground]: deleteDependents,
  [orphan]: leaveOrphans,
  [cleanup]: (world, _resource, object) => endDefinition(world, object),
  [claimProtection]: releaseClaim,
  [volumeProtection]: releaseVolume,
};

function choresFor({ group, resource }: GroupResource, object: JsonObject | undefined): readonly Chore[] {
  const own = finalizersOf(object ?? {}).flatMap((each) => (Object.hasOwn(chores, each) ? (chores[each] ?? []) : []));
  return group === '' && resource === 'namespaces' ? [...own, (world, _resource, namespace) => endNamespace(world, namespace)] : own;
}
