// A store over another: what is written is seen through it at once, and reaches the other only when it is committed. Nothing else may be
// written between its making and the commit, so that revisions come out the same.

import { asObject, type JsonObject } from '../../lib/json.ts';
import type { GroupResource } from './state.ts';
import type { Change, Store } from './store.ts';

export interface StagedStore extends Store {
  /** Writes everything to the store below, in order. */
  readonly commit: () => void;
}

/** Nothing staged: everything is as it is below. */
export function stagedStore(below: Store): StagedStore {
  const changes: Change[] = [];
  const shelves = new Map<string, Map<string, JsonObject | undefined>>();
  const listeners = new Set<(change: Change) => void>();
  let revision = below.revision();
  const shelf = (resource: GroupResource) => shelves.get(`${resource.group}/${resource.resource}`);
  const get = (resource: GroupResource, namespace: string, name: string) => {
    const on = shelf(resource);
    const key = keyOf(namespace, name);
    return on?.has(key) === true ? on.get(key) : below.get(resource, namespace, name);
  };
  const record = (change: Change) => {
    const id = `${change.resource.group}/${change.resource.resource}`;
    let on = shelves.get(id);
    if (on === undefined) {
      on = new Map();
      shelves.set(id, on);
    }
    on.set(keyOf(change.namespace, change.name), change.after);
    changes.push(change);
    for (const listener of listeners) listener(change);
  };
  const list = (resource: GroupResource, namespace?: string) => {
    const on = shelf(resource);
    const stored = below.list(resource, namespace);
    if (on === undefined) return stored;
    const found = new Map(stored.map((object) => [keyIn(object), object]));
    for (const [key, object] of on) {
      if (object === undefined) found.delete(key);
      else if (namespace === undefined || namespace === '' || key.startsWith(`${namespace}/`)) found.set(key, object);
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, object]) => object);
  };
  return {
    get,
    list,
    revision: () => revision,
    compacted: below.compacted,
    put(resource, namespace, name, object) {
      const before = get(resource, namespace, name);
      revision++;
      const after = withRevision(object, revision);
      record({ revision, resource, namespace, name, before, after });
      return after;
    },
    remove(resource, namespace, name) {
      const before = get(resource, namespace, name);
      if (before === undefined) return undefined;
      revision++;
      const removed = withRevision(before, revision);
      record({ revision, resource, namespace, name, before, after: undefined, removed });
      return removed;
    },
    since: (resource, from) => [
      ...below.since(resource, from),
      ...changes.filter(
        ({ resource: own, revision: at }) => own.group === resource.group && own.resource === resource.resource && at > from,
      ),
    ],
    listAt: (resource, at, namespace) => (at >= revision ? list(resource, namespace) : below.listAt(resource, at, namespace)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact() {},
    commit() {
      for (const { resource, namespace, name, after } of changes) {
        if (after === undefined) below.remove(resource, namespace, name);
        else below.put(resource, namespace, name, after);
      }
      changes.length = 0;
      shelves.clear();
    },
  };
}

function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

function keyIn(object: JsonObject): string {
  const { namespace = '', name = '' } = asObject(object.metadata);
  return keyOf(String(namespace), String(name));
}

function withRevision(object: JsonObject, revision: number): JsonObject {
  return { ...object, metadata: { ...asObject(object.metadata), resourceVersion: String(revision) } };
}
