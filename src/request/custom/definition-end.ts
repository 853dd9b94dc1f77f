// The end of a definition: the finalizer that it waits behind, the resource whose objects go before it, and what it says of that
// (apiextensions-apiserver/pkg/controller/finalizer, 1.36).

import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson } from '../../lib/json.ts';
import type { GroupResource } from '../store/state.ts';

export const cleanup = 'customresourcecleanup.apiextensions.k8s.io';

/** Where the objects of a definition are stored. */
export function resourceOf(definition: JsonObject): GroupResource {
  return { group: asString(dig(definition, 'spec', 'group')) ?? '', resource: asString(dig(definition, 'spec', 'names', 'plural')) ?? '' };
}

/** The status of a definition whose objects are being deleted; undefined where it says so already. */
export function statusWhileEnding(definition: JsonObject): JsonObject | undefined {
  const begun = { status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' };
  const before = asList(dig(definition, 'status', 'conditions'));
  const conditions = before.map((each): Json => (field(each, 'type') === 'Terminating' ? { ...asObject(each), ...begun } : each));
  return sameJson(conditions, before) ? undefined : { ...asObject(definition.status), conditions };
}
