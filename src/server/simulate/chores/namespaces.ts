// Namespaces: what each begins with, and how it ends: pods go first, then everything else, then the namespace; while something remains, its
// conditions say what (pkg/controller/{serviceaccount,certificates/rootcacertpublisher,namespace/deletion}, 1.36).

import { randomUUID } from 'node:crypto';
import { isGoing, nameOf } from '../../../kube/metadata.ts';
import { asList, asObject, dig, field, type Json, type JsonObject, sameJson, strings } from '../../../lib/json.ts';
import type { ServedResource } from '../../../request/read/catalog.ts';
import { storageOf } from '../../../request/read/storage.ts';
import { timestamp, type World } from '../world.ts';
import { undiscovered } from './api-services.ts';
import { deletable, deleteAs, finalizersOf, put } from './objects.ts';

export const namespaces = { group: '', resource: 'namespaces' };
const accounts = { group: '', resource: 'serviceaccounts' };
const maps = { group: '', resource: 'configmaps' };
const authorityMap = 'kube-root-ca.crt';

/** Objects that are made again where somebody deletes them. */
export function isFurniture(group: string, resource: string, name: string): boolean {
  return group === '' && (resource === accounts.resource ? name === 'default' : resource === maps.resource && name === authorityMap);
}

/** Gives a namespace what no pod can be made without. */
export function furnish({ store }: World, authority: string, namespace: JsonObject): void {
  if (isGoing(namespace)) return;
  const place = nameOf(namespace);
  const made = (kind: string, name: string, more: JsonObject) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: place, uid: randomUUID(), creationTimestamp: timestamp() },
    ...more,
  });
  if (store.get(accounts, place, 'default') === undefined) store.put(accounts, place, 'default', made('ServiceAccount', 'default', {}));
  if (store.get(maps, place, authorityMap) !== undefined) return;
  const annotations = {
    'kubernetes.io/description':
      'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
  };
  const map = made('ConfigMap', authorityMap, { data: { 'ca.crt': authority } });
  store.put(maps, place, authorityMap, { ...map, metadata: { ...map.metadata, annotations } });
}

/** Empties a namespace that is being deleted, as far as it can be, and takes it away once nothing is left in it. */
export function endNamespace(world: World, namespace: JsonObject): void {
  const name = nameOf(namespace);
  const { namespaced } = deletable(world);
  const pods = namespaced.filter(({ group, resource }) => group === '' && resource === 'pods');
  const [waiting, refused] = empty(world, name, pods);
  if (waiting.size > 0) {
    // Of what waits for pods the controller says nothing.
    keepConditions(world, namespace, conditions(namespace, new Map(), refused, undiscovered(world)));
    return;
  }
  const [left, failures] = empty(world, name, namespaced);
  const now = world.store.get(namespaces, '', name);
  if (now === undefined) return;
  const unseen = undiscovered(world);
  if (left.size > 0 || unseen.length > 0) keepConditions(world, now, conditions(now, left, failures, unseen));
  else finalize(world, now);
}

type Remaining = Map<ServedResource, readonly JsonObject[]>;

/** Deletes all objects of these kinds: what stays, and why the server refused. */
function empty(world: World, namespace: string, kinds: readonly ServedResource[]): readonly [Remaining, readonly string[]] {
  const left: Remaining = new Map();
  const refused: string[] = [];
  for (const kind of kinds) {
    const resource = storageOf(kind);
    for (const object of world.store.list(resource, namespace)) {
      const why = isGoing(object) ? undefined : deleteAs(world, 'namespace-controller', kind, object);
      if (why !== undefined) refused.push(why);
    }
    const objects = world.store.list(resource, namespace);
    if (objects.length > 0) left.set(kind, objects);
  }
  return [left, refused];
}

/** The namespace's own finalizer ends; it is gone where it has no other. */
function finalize(world: World, namespace: JsonObject): void {
  const { finalizers: _finalizers, ...spec } = asObject(namespace.spec);
  const left = strings(dig(namespace, 'spec', 'finalizers')).filter((each) => each !== 'kubernetes');
  if (left.length === 0 && finalizersOf(namespace).length === 0) {
    world.store.remove(namespaces, '', nameOf(namespace));
    return;
  }
  const done = { ...namespace, spec: { ...spec, ...(left.length === 0 ? {} : { finalizers: left }) } };
  const now = conditions(namespace, new Map(), [], []);
  if (left.length !== strings(dig(namespace, 'spec', 'finalizers')).length) put(world, namespaces, withConditions(done, now));
  else keepConditions(world, done, now);
}

function keepConditions(world: World, namespace: JsonObject, now: readonly Json[]): void {
  if (!sameJson([...now], [...asList(dig(namespace, 'status', 'conditions'))])) put(world, namespaces, withConditions(namespace, now));
}

function withConditions(namespace: JsonObject, now: readonly Json[]): JsonObject {
  return { ...namespace, status: { ...asObject(namespace.status), conditions: [...now] } };
}

function discoveryFailure(versions: readonly string[]): string {
  const failing = versions.map((each) => `${each}: stale GroupVersion discovery: ${each}`);
  const list = `unable to retrieve the complete list of server APIs: ${failing.join(', ')}`;
  return `Discovery failed for some groups, ${versions.length} failing: ${list}`;
}

type Said = readonly [type: string, reason: string, message: string, isTrue?: boolean];

function conditions(namespace: JsonObject, left: Remaining, refused: readonly string[], unseen: readonly string[]): readonly Json[] {
  const resources = [...left].map(([{ group, resource }, objects]) => `${resource}.${group} has ${objects.length} resource instances`);
  const holders = new Map<string, number>();
  for (const objects of left.values()) for (const each of objects.flatMap(finalizersOf)) holders.set(each, (holders.get(each) ?? 0) + 1);
  const finalizers = [...holders].map(([name, count]) => `${name} in ${count} resource instances`);
  const p = 'NamespaceDeletion';
  const failure = `Failed to delete all resource types, ${refused.length} remaining: ${[...refused].sort().join(', ')}`;
  const remain = `Some resources are remaining: ${resources.sort().join(', ')}`;
  const held = `Some content in the namespace has finalizers remaining: ${finalizers.sort().join(', ')}`;
  const said: readonly Said[] = [
    unseen.length > 0
      ? [`${p}DiscoveryFailure`, 'DiscoveryFailed', discoveryFailure(unseen), true]
      : [`${p}DiscoveryFailure`, 'ResourcesDiscovered', 'All resources successfully discovered'],
    [`${p}GroupVersionParsingFailure`, 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    refused.length > 0
      ? [`${p}ContentFailure`, 'ContentDeletionFailed', failure, true]
      : [`${p}ContentFailure`, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    resources.length > 0
      ? ['NamespaceContentRemaining', 'SomeResourcesRemain', remain, true]
      : ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
    finalizers.length > 0
      ? ['NamespaceFinalizersRemaining', 'SomeFinalizersRemain', held, true]
      : ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ];
  const before = asList(dig(namespace, 'status', 'conditions'));
  return said.map(([type, reason, message, isTrue = false]) => {
    const status = isTrue ? 'True' : 'False';
    const was = before.find((each) => field(each, 'type') === type);
    const since = field(was, 'status') === status ? field(was, 'lastTransitionTime') : undefined;
    return { lastTransitionTime: since ?? timestamp(), message, reason, status, type };
  });
}
