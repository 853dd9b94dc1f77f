// Definitions of custom resources: their names are accepted and they are established; one that is deleted waits for its objects, and these for
// their finalizers (apiextensions-apiserver/pkg/controller/{status,establish,finalizer}, 1.36).

import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { definitions } from '../../../request/store/state.ts';
import { timestamp, type World } from '../world.ts';
import { deletable, deleteAs, dropFinalizer, isGoing, nameOf, namespaceOf, put } from './objects.ts';

export const cleanup = 'customresourcecleanup.apiextensions.k8s.io';

/** Accepts names and establishes, where nothing of the group has them. */
export function establish(world: World, definition: JsonObject): void {
  const conditions = asList(dig(definition, 'status', 'conditions'));
  if (conditions.some((each) => field(each, 'type') === 'Established' && field(each, 'status') === 'True')) return;
  if (isGoing(definition)) return;
  const group = dig(definition, 'spec', 'group');
  const kind = dig(definition, 'spec', 'names', 'kind');
  const taken = world.store
    .list(definitions)
    .some(
      (other) =>
        nameOf(other) !== nameOf(definition) &&
        dig(other, 'spec', 'group') === group &&
        dig(other, 'status', 'acceptedNames', 'kind') === kind,
    );
  if (taken && conditions.length > 0) return;
  const now = timestamp();
  const condition = (type: string, is: boolean, reason: string, message: string) => ({
    lastTransitionTime: now,
    message,
    reason,
    status: is ? 'True' : 'False',
    type,
  });
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
  put(world, definitions, { ...definition, status });
}

/** Deletes the objects of a definition; it goes after the last of them. */
export function endDefinition(world: World, definition: JsonObject): void {
  const resource = {
    group: asString(dig(definition, 'spec', 'group')) ?? '',
    resource: asString(dig(definition, 'spec', 'names', 'plural')) ?? '',
  };
  const { namespaced, cluster } = deletable(world);
  const served = [...namespaced, ...cluster].find((each) => each.group === resource.group && each.resource === resource.resource);
  for (const object of world.store.list(resource)) {
    if (isGoing(object)) continue;
    if (served !== undefined) deleteAs(world, 'crd-finalizer', served, object);
    // What no version is served of has no path to ask for its deletion.
    else if (dig(object, 'metadata', 'finalizers') === undefined) world.store.remove(resource, namespaceOf(object), nameOf(object));
  }
  const now = world.store.get(definitions, '', nameOf(definition));
  if (now === undefined) return;
  if (world.store.list(resource).length === 0) dropFinalizer(world, definitions, now, cleanup);
  else waits(world, now);
}

function waits(world: World, definition: JsonObject): void {
  const before = asList(dig(definition, 'status', 'conditions'));
  const begun = { status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' };
  const conditions = before.map((each): Json => (field(each, 'type') === 'Terminating' ? { ...asObject(each), ...begun } : each));
  if (!sameJson(conditions, [...before]))
    put(world, definitions, { ...definition, status: { ...asObject(definition.status), conditions } });
}
