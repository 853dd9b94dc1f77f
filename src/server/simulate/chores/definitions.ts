// Definitions of custom resources: their names are accepted and they are established; one that is deleted waits for its objects, and these for
// their finalizers (apiextensions-apiserver/pkg/controller/{status,establish,finalizer}, 1.36).

import { isGoing, nameOf, namespaceOf } from '../../../kube/metadata.ts';
import { asList, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { namedStatus, othersOf, waitsForNames } from '../../../request/custom/accepted-names.ts';
import { cleanup, resourceOf, statusWhileEnding } from '../../../request/custom/definition-end.ts';
import { definitions } from '../../../request/store/state.ts';
import { timestamp, type World } from '../world.ts';
import { deletable, deleteAs, dropFinalizer, put } from './objects.ts';

/** Accepts names and establishes, where nothing of the group has them; those that wait for names which are free now come next. */
export function establish(world: World, definition: JsonObject): void {
  const all = world.store.list(definitions);
  for (const each of [definition, ...othersOf(definition, all).filter(waitsForNames)]) {
    if (isGoing(each) || world.store.get(definitions, '', nameOf(each)) === undefined) continue;
    const status = namedStatus(each, othersOf(each, world.store.list(definitions)), timestamp());
    if (status !== undefined) put(world, definitions, { ...each, status: { storedVersions: storedVersions(each), ...status } });
  }
}

/** What a definition that was never stored by a server stores. */
function storedVersions(definition: JsonObject): readonly Json[] {
  const stored = asList(dig(definition, 'spec', 'versions')).filter((version) => field(version, 'storage') === true);
  return stored.map((version) => field(version, 'name') ?? '');
}

/** Deletes the objects of a definition; it goes after the last of them. */
export function endDefinition(world: World, definition: JsonObject): void {
  const resource = resourceOf(definition);
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
  const status = statusWhileEnding(now);
  if (world.store.list(resource).length === 0) dropFinalizer(world, definitions, now, cleanup);
  else if (status !== undefined) put(world, definitions, { ...now, status });
}
