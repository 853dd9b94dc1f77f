// Objects as what a server has stored: each under the resource of its kind, which the published discovery and the definitions among the
// objects themselves say. A kind nobody knows is left out and named.

import { groupVersion, isKubeObject } from '../../kube/object.ts';
import { asList, asString, dig, field, type JsonObject } from '../../lib/json.ts';
import type { GroupResource } from '../store/state.ts';
import { memoryStore, type Store, type Stored, type StoreOptions } from '../store/store.ts';
import { readDefinition } from './definitions.ts';
import type { Published } from './published.ts';

export interface Kinds {
  readonly of: (object: JsonObject) => { readonly resource: GroupResource; readonly namespaced: boolean } | undefined;
}

/** The resource of every kind that the published release or a definition among `objects` knows. */
export function kindsOf(published: Published, objects: readonly JsonObject[]): Kinds {
  const known = new Map<string, { readonly resource: GroupResource; readonly namespaced: boolean }>();
  for (const group of [...published.core, ...published.groups]) {
    const name = asString(dig(group, 'metadata', 'name')) ?? '';
    for (const version of asList(field(group, 'versions')))
      for (const each of asList(field(version, 'resources'))) {
        const resource = asString(field(each, 'resource')) ?? '';
        const kind = asString(dig(each, 'responseKind', 'kind')) ?? '';
        known.set(`${name}/${kind}`, { resource: { group: name, resource }, namespaced: field(each, 'scope') === 'Namespaced' });
      }
  }
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue;
    const custom = readDefinition(object);
    if (custom === undefined) continue;
    const { group, plural, kind, namespaced } = custom;
    if (!known.has(`${group}/${kind}`)) known.set(`${group}/${kind}`, { resource: { group, resource: plural }, namespaced });
  }
  return {
    of(object) {
      if (!isKubeObject(object)) return undefined;
      const { group } = groupVersion(object.apiVersion);
      if (group === 'events.k8s.io' && object.kind === 'Event') return { resource: { group: '', resource: 'events' }, namespaced: true };
      return known.get(`${group}/${object.kind}`);
    },
  };
}

export interface Stocked {
  readonly store: Store;
  /** Objects whose kind nobody knows. */
  readonly unknown: readonly JsonObject[];
}

/**
 * A store, new or `into` another, with these objects in it, written in their order; the last one of a name wins. A new one that
 * `keepsRevisions` leaves objects of a cluster the resourceVersion they have.
 */
export function stocked(
  published: Published,
  objects: readonly JsonObject[],
  { into, keepsRevisions = false, ...options }: StoreOptions & { readonly into?: Store; readonly keepsRevisions?: boolean } = {},
): Stocked {
  const kinds = kindsOf(published, objects);
  const placed: Stored[] = [];
  const unknown: JsonObject[] = [];
  for (const object of objects) {
    const found = kinds.of(object);
    const name = asString(dig(object, 'metadata', 'name')) ?? '';
    if (found === undefined || name === '') {
      unknown.push(object);
      continue;
    }
    const namespace = found.namespaced ? (asString(dig(object, 'metadata', 'namespace')) ?? 'default') : '';
    placed.push({ resource: found.resource, namespace, name, object });
  }
  const store = into ?? memoryStore(keepsRevisions ? { ...options, initial: placed } : options);
  if (into !== undefined || !keepsRevisions)
    for (const { resource, namespace, name, object } of placed) store.put(resource, namespace, name, object);
  return { store, unknown };
}
