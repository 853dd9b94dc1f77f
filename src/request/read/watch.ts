// Watches: the events a client gets from a revision on (k8s.io/apiserver pkg/storage/cacher, 1.36). An object that comes to match a selector is
// ADDED, one that ceases to is DELETED in its last matching state. From 0 or nothing a watch starts with what is there; so does one that sends
// initial events, which a bookmark ends. A revision that is forgotten gives one ERROR event of code 410.

import { asObject, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import type { Change, Store } from '../store/store.ts';
import type { ServedResource } from './catalog.ts';
import type { Predicate } from './list.ts';
import { tooLarge } from './list.ts';
import { type ListOptions, resourceRevision } from './list-options.ts';
import { storageOf } from './storage.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** The stored object; of a bookmark its metadata alone; of an error the Status. */
  readonly object: JsonObject;
}

export interface Watch {
  readonly resource: ServedResource;
  readonly namespace: string;
  /** What is sent at once. */
  readonly initial: readonly WatchEvent[];
  /** True where nothing follows. */
  readonly isOver: boolean;
  /** The event of a later change; undefined where the client does not see it. */
  readonly event: (change: Change) => WatchEvent | undefined;
  /** Changes up to here are in `initial`. */
  readonly revision: number;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** Starts a watch over the collection, or over one name in it. */
export function startWatch(
  store: Store,
  resource: ServedResource,
  namespace: string,
  name: string,
  options: ListOptions,
  predicate: Predicate,
): Result<Watch, Refusal> {
  const storage = storageOf(resource);
  const wanted = options.resourceVersion === '' ? ok(0) : resourceRevision(options.resourceVersion);
  if (!wanted.ok) return failure({ code: 500, reason: '', message: wanted.problem });
  const current = store.revision();
  const selects =
    name === '' ? predicate.selects : (object: JsonObject) => asObject(object.metadata).name === name && predicate.selects(object);
  const event = (change: Change) =>
    change.resource.group === storage.group &&
    change.resource.resource === storage.resource &&
    (namespace === '' || change.namespace === namespace)
      ? eventOf(change, selects)
      : undefined;
  const base = { resource, namespace, event, bookmarks: options.allowWatchBookmarks, timeoutSeconds: options.timeoutSeconds };
  const sendsState = options.sendInitialEvents ?? wanted.value === 0;
  if (wanted.value > current && options.sendInitialEvents === true) return failure(tooLarge(wanted.value, current));
  if (!sendsState && wanted.value !== 0 && wanted.value < store.compacted()) {
    const message = `too old resource version: ${wanted.value} (${store.compacted()})`;
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Expired', code: 410 };
    return ok({ ...base, initial: [{ type: 'ERROR', object: status }], isOver: true, revision: current });
  }
  const initial: WatchEvent[] = sendsState
    ? [...store.list(storage, namespace)].filter(selects).map((object) => ({ type: 'ADDED', object }))
    : wanted.value === 0
      ? []
      : store.since(storage, wanted.value).flatMap((change) => event(change) ?? []);
  if (sendsState && options.allowWatchBookmarks && options.streamsState) initial.push(bookmark(current, true));
  return ok({ ...base, initial, isOver: false, revision: current });
}

/** A bookmark; `ends` marks the one after the initial events. */
export function bookmark(revision: number, ends = false): WatchEvent {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(revision), ...(ends ? { annotations } : {}) } } };
}

/** The last state of objects that a change took out of a selection, the same for all watches. */
const left = new WeakMap<Change, JsonObject>();

function lastState(change: Change, before: JsonObject): JsonObject {
  let object = left.get(change);
  if (object === undefined) {
    object = { ...before, metadata: { ...asObject(before.metadata), resourceVersion: String(change.revision) } };
    left.set(change, object);
  }
  return object;
}

function eventOf(change: Change, selects: (object: JsonObject) => boolean): WatchEvent | undefined {
  const { before, after, removed } = change;
  const was = before !== undefined && selects(before);
  if (after === undefined) return was ? { type: 'DELETED', object: removed ?? before } : undefined;
  const is = selects(after);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: after };
  if (!was) return undefined;
  return { type: 'DELETED', object: lastState(change, before) };
}
