// What a simulated server has stored, in memory, the way etcd and the watch cache keep it: one revision for all writes, objects in the order
// of their keys, a log of changes out of which watches and older lists are answered until it is compacted. Objects are immutable; a write puts
// a new one in place with its resourceVersion set.

import { asObject, type JsonObject } from '../../lib/json.ts';
import type { GroupResource, State } from './state.ts';

export interface Change {
  readonly revision: number;
  readonly resource: GroupResource;
  readonly namespace: string;
  readonly name: string;
  /** The object before; undefined where it is new. */
  readonly before: JsonObject | undefined;
  /** The object after; undefined where it is gone. */
  readonly after: JsonObject | undefined;
  /** Of a removal: the last state with the revision of the removal, as watches show it. */
  readonly removed?: JsonObject;
}

export interface Store extends State {
  /** The revision of the last write. */
  readonly revision: () => number;
  /** Changes of this revision and before are forgotten. */
  readonly compacted: () => number;
  /** Puts an object in place and returns it with its resourceVersion. */
  readonly put: (resource: GroupResource, namespace: string, name: string, object: JsonObject) => JsonObject;
  /** Takes an object away and returns its last state, with the revision of the removal; undefined where there was none. */
  readonly remove: (resource: GroupResource, namespace: string, name: string) => JsonObject | undefined;
  /** Changes of a resource after a revision, oldest first. */
  readonly since: (resource: GroupResource, revision: number) => readonly Change[];
  /** The objects of a resource as they were at a revision that is not compacted. */
  readonly listAt: (resource: GroupResource, revision: number, namespace?: string) => readonly JsonObject[];
  /** Calls the listener after every write; returns what ends that. */
  readonly subscribe: (listener: (change: Change) => void) => () => void;
  /** Forgets changes up to a revision. */
  readonly compact: (revision: number) => void;
}

interface Shelf {
  readonly objects: Map<string, JsonObject>;
  /** Keys in order; undefined where they must be sorted anew. */
  keys: string[];
  log: Change[];
}

/** An object where it is stored. */
export interface Stored {
  readonly resource: GroupResource;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
}

export interface StoreOptions {
  /** What is there from the start. Objects of a cluster keep their resourceVersion, and the first write comes after all of them. */
  readonly initial?: readonly Stored[];
  /** The revision before the first write. */
  readonly revision?: number;
  /** How many changes of one resource are kept. */
  readonly history?: number;
}

/** A store of these objects; an empty one without. */
export function memoryStore({ initial = [], revision: first = 0, history = 20_000 }: StoreOptions = {}): Store {
  // By group and resource.
  const shelves = new Map<string, Map<string, Shelf>>();
  const listeners = new Set<(change: Change) => void>();
  let revision = initial.reduce((most, { object }) => Math.max(most, revisionIn(object)), first);
  const shelf = ({ group, resource }: GroupResource): Shelf => {
    let ofGroup = shelves.get(group);
    if (ofGroup === undefined) {
      ofGroup = new Map();
      shelves.set(group, ofGroup);
    }
    let found = ofGroup.get(resource);
    if (found === undefined) {
      found = { objects: new Map(), keys: [], log: [] };
      ofGroup.set(resource, found);
    }
    return found;
  };
  for (const { resource, namespace, name, object } of initial) {
    const on = shelf(resource);
    const key = keyOf(namespace, name);
    if (!on.objects.has(key)) on.keys.push(key);
    on.objects.set(key, revisionIn(object) > 0 ? object : withRevision(object, ++revision));
  }
  for (const ofGroup of shelves.values()) for (const { keys } of ofGroup.values()) keys.sort();
  let compacted = revision;
  const record = (on: Shelf, change: Change): void => {
    on.log.push(change);
    if (on.log.length > 2 * history) {
      const dropped = on.log.length - history;
      compacted = Math.max(compacted, on.log[dropped - 1]?.revision ?? 0);
      on.log = on.log.slice(dropped);
    }
    for (const listener of listeners) listener(change);
  };
  return {
    get: (resource, namespace, name) => shelf(resource).objects.get(keyOf(namespace, name)),
    list: (resource, namespace) => listed(shelf(resource), namespace),
    revision: () => revision,
    compacted: () => compacted,
    put(resource, namespace, name, object) {
      const on = shelf(resource);
      const key = keyOf(namespace, name);
      const before = on.objects.get(key);
      revision++;
      const after = withRevision(object, revision);
      if (before === undefined) insert(on.keys, key);
      on.objects.set(key, after);
      record(on, { revision, resource, namespace, name, before, after });
      return after;
    },
    remove(resource, namespace, name) {
      const on = shelf(resource);
      const key = keyOf(namespace, name);
      const before = on.objects.get(key);
      if (before === undefined) return undefined;
      revision++;
      on.objects.delete(key);
      const at = position(on.keys, key);
      if (on.keys[at] === key) on.keys.splice(at, 1);
      const removed = withRevision(before, revision);
      record(on, { revision, resource, namespace, name, before, after: undefined, removed });
      return removed;
    },
    since(resource, from) {
      const { log } = shelf(resource);
      return from >= revision ? [] : log.slice(firstAfter(log, from));
    },
    listAt(resource, at, namespace) {
      const on = shelf(resource);
      const later = at >= revision ? [] : on.log.slice(firstAfter(on.log, at));
      if (later.length === 0) return listed(on, namespace);
      const objects = new Map(on.objects);
      for (const change of later.reverse()) {
        const key = keyOf(change.namespace, change.name);
        if (change.before === undefined) objects.delete(key);
        else objects.set(key, change.before);
      }
      return listed({ objects, keys: [...objects.keys()].sort(), log: [] }, namespace);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact(upTo) {
      compacted = Math.max(compacted, Math.min(upTo, revision));
      for (const ofGroup of shelves.values()) for (const on of ofGroup.values()) on.log = on.log.slice(firstAfter(on.log, compacted));
    },
  };
}

/** The key of etcd without its prefix: it decides the order of lists. */
function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

function listed({ objects, keys }: Shelf, namespace: string | undefined): readonly JsonObject[] {
  const from = namespace === undefined || namespace === '' ? 0 : position(keys, `${namespace}/`);
  const found: JsonObject[] = [];
  for (let index = from; index < keys.length; index++) {
    const key = keys[index] ?? '';
    if (namespace !== undefined && namespace !== '' && !key.startsWith(`${namespace}/`)) break;
    const object = objects.get(key);
    if (object !== undefined) found.push(object);
  }
  return found;
}

/** Where a key stands, or would stand. */
function position(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(keys: string[], key: string): void {
  const last = keys.at(-1);
  if (last === undefined || last < key) keys.push(key);
  else keys.splice(position(keys, key), 0, key);
}

function firstAfter(log: readonly Change[], revision: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((log[middle]?.revision ?? 0) <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The revision that an object of a cluster was written with; 0 where it has none. */
function revisionIn({ metadata }: JsonObject): number {
  const text = String(asObject(metadata).resourceVersion ?? '');
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : 0;
}

function withRevision(object: JsonObject, revision: number): JsonObject {
  // An object that was staged has it already, and stays the same object.
  if (asObject(object.metadata).resourceVersion === String(revision)) return object;
  return { ...object, metadata: { ...asObject(object.metadata), resourceVersion: String(revision) } };
}
