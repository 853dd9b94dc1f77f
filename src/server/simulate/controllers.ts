// What a cluster's controllers do at once and without which clients would wait for ever: definitions are established, a namespace gets its
// service account and certificate of the authority, a namespace that is deleted is emptied, objects whose owners are gone go too, protection
// of volumes ends where nothing uses them. Nothing is scheduled, scaled or run.

import { randomUUID } from 'node:crypto';
import { asList, asObject, asString, dig, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { storageOf } from '../../request/read/storage.ts';
import type { GroupResource } from '../../request/state.ts';
import type { Change, Store } from '../../request/store.ts';
import { aggregateRoles } from './aggregation.ts';
import { countQuotas } from './quotas.ts';
import type { World } from './world.ts';
import { timestamp } from './world.ts';

const definitions = 'customresourcedefinitions';

export interface Controllers {
  /** Does at once what is to be done. */
  readonly settle: () => void;
  readonly stop: () => void;
}

/** Follows the store. */
export function startControllers(world: World, authority: string): Controllers {
  const pending: Change[] = [];
  let isBusy = false;
  const work = () => {
    for (let change = pending.shift(); change !== undefined; change = pending.shift()) follow(world, authority, change);
    isBusy = false;
  };
  for (const namespace of world.store.list({ group: '', resource: 'namespaces' })) furnish(world, authority, nameOf(namespace));
  for (const definition of world.store.list({ group: 'apiextensions.k8s.io', resource: definitions })) establish(world, definition);
  aggregateRoles(world);
  const owned = new Set<Json | undefined>();
  ownedBy.set(world.store, owned);
  for (const namespaced of [true, false])
    for (const resource of resourcesOf(world, namespaced)) for (const object of world.store.list(resource)) noteOwners(owned, object);
  const stop = world.store.subscribe((change) => {
    if (change.after !== undefined) noteOwners(owned, change.after);
    pending.push(change);
    if (isBusy) return;
    isBusy = true;
    queueMicrotask(work);
  });
  return { settle: work, stop };
}

/** UIDs that some object names as its owner: only those need a look for dependents. */
const ownedBy = new WeakMap<Store, Set<Json | undefined>>();

function noteOwners(owned: Set<Json | undefined>, object: JsonObject): void {
  for (const owner of owners(object)) owned.add(field(owner, 'uid'));
}

function nameOf(object: JsonObject): string {
  return asString(dig(object, 'metadata', 'name')) ?? '';
}

function follow(world: World, authority: string, { resource, namespace, name, before, after }: Change): void {
  if (namespace !== '') countQuotas(world.store, namespace);
  if (resource.resource === definitions && after !== undefined) establish(world, after);
  if (resource.resource === 'clusterroles' && (isPart(before) || isPart(after))) aggregateRoles(world);
  if (resource.resource === 'namespaces' && resource.group === '' && after !== undefined && before === undefined)
    furnish(world, authority, name);
  if (after === undefined) {
    if (before !== undefined) collect(world, before);
    const space = asString(dig(before, 'metadata', 'namespace'));
    if (space !== undefined) finishNamespace(world, space);
    return;
  }
  if (dig(after, 'metadata', 'deletionTimestamp') === undefined) return;
  if (resource.resource === 'namespaces' && resource.group === '') emptyNamespace(world, after);
  else release(world, resource, after);
}

/** Whether an aggregated role may be made of this one, or this one of others. */
function isPart(role: JsonObject | undefined): boolean {
  return role !== undefined && (role.aggregationRule !== undefined || dig(role, 'metadata', 'labels') !== undefined);
}

/** Accepts names and establishes, where nothing of the group has them. */
function establish(world: World, definition: JsonObject): void {
  const conditions = asList(dig(definition, 'status', 'conditions'));
  if (conditions.some((each) => field(each, 'type') === 'Established' && field(each, 'status') === 'True')) return;
  if (dig(definition, 'metadata', 'deletionTimestamp') !== undefined) return;
  const group = dig(definition, 'spec', 'group');
  const kind = dig(definition, 'spec', 'names', 'kind');
  const others = world.store.list({ group: 'apiextensions.k8s.io', resource: definitions });
  const taken = others.some(
    (other) =>
      nameOf(other) !== nameOf(definition) &&
      dig(other, 'spec', 'group') === group &&
      dig(other, 'status', 'acceptedNames', 'kind') === kind,
  );
  const now = timestamp();
  const condition = (type: string, is: boolean, reason: string, message: string) => ({
    lastTransitionTime: now,
    message,
    reason,
    status: is ? 'True' : 'False',
    type,
  });
  if (taken && conditions.length > 0) return;
  const versions = asList(dig(definition, 'spec', 'versions'));
  const stored = versions.filter((version) => field(version, 'storage') === true).map((version) => field(version, 'name') ?? '');
  const status: JsonObject = taken
    ? {
        conditions: [
          condition('NamesAccepted', false, 'KindConflict', `${JSON.stringify(kind)} is already in use`),
          condition('Established', false, 'NotAccepted', 'not all names are accepted'),
        ],
        acceptedNames: { plural: '', kind: '' },
        storedVersions: stored,
      }
    : {
        conditions: [
          condition('NamesAccepted', true, 'NoConflicts', 'no conflicts found'),
          condition('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted'),
        ],
        acceptedNames: dig(definition, 'spec', 'names') ?? {},
        storedVersions: stored,
      };
  put(world, { group: 'apiextensions.k8s.io', resource: definitions }, { ...definition, status });
}

function put(world: World, resource: GroupResource, object: JsonObject): void {
  world.store.put(resource, asString(dig(object, 'metadata', 'namespace')) ?? '', nameOf(object), object);
}

/** What no pod can be made without. */
function furnish({ store }: World, authority: string, namespace: string): void {
  const made = (apiVersion: string, kind: string, name: string, more: JsonObject) => ({
    apiVersion,
    kind,
    metadata: { name, namespace, uid: randomUUID(), creationTimestamp: timestamp() },
    ...more,
  });
  const accounts = { group: '', resource: 'serviceaccounts' };
  const maps = { group: '', resource: 'configmaps' };
  if (store.get(accounts, namespace, 'default') === undefined)
    store.put(accounts, namespace, 'default', made('v1', 'ServiceAccount', 'default', {}));
  if (store.get(maps, namespace, 'kube-root-ca.crt') === undefined) {
    const annotations = {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    };
    const map = made('v1', 'ConfigMap', 'kube-root-ca.crt', { data: { 'ca.crt': authority } });
    store.put(maps, namespace, 'kube-root-ca.crt', { ...map, metadata: { ...map.metadata, annotations } });
  }
}

function resourcesOf(world: World, namespaced: boolean): readonly GroupResource[] {
  const catalog = world.catalog();
  const all = [catalog.core, ...catalog.groups].flatMap(({ versions }) => versions.flatMap(({ resources }) => resources));
  const found = all.filter((each) => each.namespaced === namespaced && each.verbs.includes('delete')).map(storageOf);
  return [...new Map(found.map((each) => [`${each.group}/${each.resource}`, each])).values()];
}

function emptyNamespace(world: World, namespace: JsonObject): void {
  const name = nameOf(namespace);
  for (const resource of resourcesOf(world, true))
    for (const object of world.store.list(resource, name)) {
      if (strings(dig(object, 'metadata', 'finalizers')).length === 0) world.store.remove(resource, name, nameOf(object));
      else if (dig(object, 'metadata', 'deletionTimestamp') === undefined)
        put(world, resource, {
          ...object,
          metadata: { ...asObject(object.metadata), deletionTimestamp: timestamp(), deletionGracePeriodSeconds: 0 },
        });
    }
  finishNamespace(world, name);
}

/** Takes a namespace away once nothing is left in it. */
function finishNamespace(world: World, name: string): void {
  const namespaces = { group: '', resource: 'namespaces' };
  const namespace = world.store.get(namespaces, '', name);
  if (dig(namespace, 'metadata', 'deletionTimestamp') === undefined) return;
  if (resourcesOf(world, true).some((resource) => world.store.list(resource, name).length > 0)) return;
  if (strings(dig(namespace, 'metadata', 'finalizers')).length === 0) world.store.remove(namespaces, '', name);
}

/** Finalizers that stand for controllers: protection of volumes, and deletion in the foreground or leaving orphans. */
function release(world: World, resource: GroupResource, object: JsonObject): void {
  const finalizers = strings(dig(object, 'metadata', 'finalizers'));
  if (finalizers.length === 0) return;
  const own = [
    'kubernetes.io/pvc-protection',
    'kubernetes.io/pv-protection',
    'foregroundDeletion',
    'orphan',
    'customresourcecleanup.apiextensions.k8s.io',
  ];
  const namespace = asString(dig(object, 'metadata', 'namespace')) ?? '';
  if (finalizers.includes('kubernetes.io/pvc-protection') && isMounted(world, namespace, nameOf(object))) return;
  if (finalizers.includes('foregroundDeletion')) collect(world, object);
  if (finalizers.includes('orphan')) orphan(world, object);
  if (finalizers.includes('customresourcecleanup.apiextensions.k8s.io')) removeInstances(world, object);
  const left = finalizers.filter((each) => !own.includes(each));
  if (left.length === finalizers.length) return;
  if (left.length === 0) world.store.remove(resource, namespace, nameOf(object));
  else put(world, resource, { ...object, metadata: { ...asObject(object.metadata), finalizers: left } });
}

function isMounted({ store }: World, namespace: string, claim: string): boolean {
  return store
    .list({ group: '', resource: 'pods' }, namespace)
    .some((pod) => asList(dig(pod, 'spec', 'volumes')).some((volume) => dig(volume, 'persistentVolumeClaim', 'claimName') === claim));
}

function removeInstances({ store }: World, definition: JsonObject): void {
  const resource = {
    group: asString(dig(definition, 'spec', 'group')) ?? '',
    resource: asString(dig(definition, 'spec', 'names', 'plural')) ?? '',
  };
  for (const object of store.list(resource)) store.remove(resource, asString(dig(object, 'metadata', 'namespace')) ?? '', nameOf(object));
}

function dependents(world: World, owner: JsonObject): readonly { readonly resource: GroupResource; readonly object: JsonObject }[] {
  const uid = dig(owner, 'metadata', 'uid');
  const namespace = asString(dig(owner, 'metadata', 'namespace'));
  const resources = namespace === undefined ? [...resourcesOf(world, true), ...resourcesOf(world, false)] : resourcesOf(world, true);
  return resources.flatMap((resource) =>
    world.store
      .list(resource, namespace)
      .filter((object) => owners(object).some((each) => field(each, 'uid') === uid))
      .map((object) => ({ resource, object })),
  );
}

function owners(object: JsonObject): readonly Json[] {
  return asList(dig(object, 'metadata', 'ownerReferences'));
}

/** Dependents whose only owner this was are deleted. */
function collect(world: World, owner: JsonObject): void {
  const uid = dig(owner, 'metadata', 'uid');
  if (uid === undefined || ownedBy.get(world.store)?.has(uid) !== true) return;
  for (const { resource, object } of dependents(world, owner)) {
    const namespace = asString(dig(object, 'metadata', 'namespace')) ?? '';
    const left = owners(object).filter((each) => field(each, 'uid') !== uid);
    if (left.length > 0) put(world, resource, { ...object, metadata: { ...asObject(object.metadata), ownerReferences: left } });
    else world.store.remove(resource, namespace, nameOf(object));
  }
}

function orphan(world: World, owner: JsonObject): void {
  const uid = dig(owner, 'metadata', 'uid');
  for (const { resource, object } of dependents(world, owner)) {
    const { ownerReferences: _owners, ...metadata } = asObject(object.metadata);
    const left = owners(object).filter((each) => field(each, 'uid') !== uid);
    put(world, resource, { ...object, metadata: { ...metadata, ...(left.length === 0 ? {} : { ownerReferences: left }) } });
  }
}
