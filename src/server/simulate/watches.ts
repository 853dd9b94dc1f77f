// Open watches: each a stream that gets the events of its resource. A change is written out once for all watches that want it in the same form
// (media type, table or object), and goes to them after the write that made it is answered, a part of them at a time, so that ten thousand
// watches do not hold a request up. Bookmarks come to those that want them once a minute, and two seconds before their end (cacheWatcher,
// k8s.io/apiserver pkg/storage/cacher, 1.36; which now and then sends that one twice).

import { dig, sameJson } from '../../lib/json.ts';
import { acceptedForm, areEventsShown, includedObject } from '../../request/read/forms.ts';
import type { ReadTarget } from '../../request/read/read.ts';
import { storageOf } from '../../request/read/storage.ts';
import { bookmark, type Watch, type WatchEvent } from '../../request/read/watch.ts';
import type { Change, Store } from '../../request/store/store.ts';
import type { Outlet } from './exchange.ts';
import { type Feed, feedOf } from './feed.ts';

export interface Watches {
  /** Sends what the watch starts with and everything after. */
  readonly open: (stream: Outlet, watch: Watch, target: ReadTarget) => void;
  readonly count: () => number;
  readonly stop: () => void;
}

/** An event as bytes, in the form that the target's client wants; `isFirst` gives tables their columns. */
export type EventBytes = (event: WatchEvent, target: ReadTarget, isFirst: boolean) => Uint8Array;

/** A change as watches of a resource see it; undefined where it cannot be shown. */
export type ShownChange = (change: Change, resource: ReadTarget['resource']) => Change | Promise<Change | undefined>;

const bookmarkEvery = 60_000;
/** Seconds from the last bookmark to the end of a watch. */
const beforeEnd = 2;
/** Seconds; the server's own bounds for watches without a timeout are 30 and 60 minutes. */
const longest = 45 * 60;
/** Watches that are written to before other work gets its turn. */
const atOnce = 500;

interface Open {
  readonly watch: Watch;
  readonly target: ReadTarget;
  /** What decides the bytes of an event beside the event. */
  readonly form: string;
  readonly feed: Feed;
  isFirst: boolean;
  /** False where no event can be given as the client wants it. */
  readonly isShown: boolean;
  /** Changes before the next one that are still made ready. */
  before?: Promise<void>;
}

/**
 * Changes go through `shown` first, which gives them in the version of a resource; a watch whose change has none ends.
 */
export function watchesOf(store: Store, bytesOf: EventBytes, shown: ShownChange = (change) => change): Watches {
  const byResource = new Map<string, Set<Open>>();
  const dirty = new Set<Feed>();
  let isFlushing = false;
  let total = 0;
  const idOf = ({ group, resource }: { readonly group: string; readonly resource: string }) => `${group}/${resource}`;
  const flush = (): void => {
    let count = 0;
    for (const feed of dirty) {
      dirty.delete(feed);
      feed.flush();
      if (++count === atOnce) break;
    }
    isFlushing = dirty.size > 0;
    if (isFlushing) setImmediate(flush);
  };
  const send = (open: Open, event: WatchEvent, made: Map<string, Uint8Array>): void => {
    if (!open.isShown) {
      open.feed.end();
      return;
    }
    const key = `${event.type}${open.isFirst ? '+' : '-'}${open.form}`;
    let bytes = made.get(key);
    if (bytes === undefined) {
      bytes = bytesOf(event, open.target, open.isFirst);
      made.set(key, bytes);
    }
    open.isFirst = false;
    open.feed.add(bytes);
    dirty.add(open.feed);
    if (isFlushing) return;
    isFlushing = true;
    setImmediate(flush);
  };
  const fail = (open: Open, error: unknown): void => {
    process.emitWarning(`simulated server: watch of ${open.target.resource.resource}: ${String(error)}`);
    open.feed.end();
  };
  const sendOf = (open: Open, change: Change, made: Map<string, Uint8Array>): void => {
    const event = open.watch.event(change);
    if (event !== undefined) send(open, event, made);
  };
  /** Sends the event of a change, after those of the changes before it. A watch whose event cannot be made ends, and the client lists again. */
  const follow = (open: Open, change: Change, made: Map<string, Uint8Array>, versions: Map<string, ReturnType<ShownChange>>): void => {
    try {
      take(open, change, made, versions);
    } catch (error) {
      fail(open, error);
    }
  };
  const take = (open: Open, change: Change, made: Map<string, Uint8Array>, versions: Map<string, ReturnType<ShownChange>>): void => {
    const { resource } = open.target;
    const known = versions.get(resource.version) ?? shown(change, resource);
    versions.set(resource.version, known);
    if (!(known instanceof Promise) && open.before === undefined) sendOf(open, known, made);
    else
      open.before = Promise.all([known, open.before])
        .then(([ready]) => {
          if (ready === undefined) open.feed.end();
          else sendOf(open, ready, made);
        })
        .catch((error: unknown) => fail(open, error));
  };
  /** Sends a bookmark after the changes that come before it. */
  const mark = (open: Open): void => {
    const event = bookmark(store.revision());
    if (open.before === undefined) send(open, event, new Map());
    else open.before = open.before.then(() => send(open, event, new Map()));
  };
  const unsubscribe = store.subscribe((change: Change) => {
    const redefined = redefinedBy(change);
    if (redefined !== undefined) for (const { feed } of byResource.get(redefined) ?? []) feed.end();
    const opens = byResource.get(idOf(change.resource));
    if (opens === undefined || opens.size === 0) return;
    const made = new Map<string, Uint8Array>();
    const versions = new Map<string, ReturnType<ShownChange>>();
    for (const open of opens) follow(open, change, made, versions);
  });
  const bookmarks = setInterval(() => {
    const event = bookmark(store.revision());
    for (const opens of byResource.values()) {
      const made = new Map<string, Uint8Array>();
      for (const open of opens) if (open.watch.bookmarks) send(open, event, made);
    }
  }, bookmarkEvery);
  bookmarks.unref();
  return {
    count: () => total,
    stop() {
      unsubscribe();
      clearInterval(bookmarks);
      for (const opens of byResource.values()) for (const { feed } of opens) feed.end();
    },
    open(stream, watch, target) {
      const id = idOf(storageOf(target.resource));
      const opens = byResource.get(id) ?? new Set<Open>();
      byResource.set(id, opens);
      total++;
      const isShown = areEventsShown(target);
      const stumble = (error: unknown): void => void setImmediate(fail, open, error);
      const feed = feedOf(stream, initialBytes(isShown ? watch.initial : [], target, bytesOf, stumble), () => {
        clearTimeout(timer);
        clearTimeout(last);
        opens.delete(open);
        dirty.delete(feed);
        total--;
      });
      const open: Open = { watch, target, form: formOf(target), feed, isFirst: watch.initial.length === 0, isShown };
      const seconds = watch.timeoutSeconds ?? longest;
      const timer = setTimeout(feed.end, seconds * 1000);
      timer.unref();
      const last = watch.bookmarks && seconds > beforeEnd ? setTimeout(mark, (seconds - beforeEnd) * 1000, open) : undefined;
      last?.unref();
      if (watch.isOver || (!isShown && watch.initial.length > 0)) feed.end();
      else opens.add(open);
      // What was written since the watch was answered, while others waited for their turn.
      if (!watch.isOver && store.revision() > watch.revision)
        for (const change of store.since(storageOf(target.resource), watch.revision)) follow(open, change, new Map(), new Map());
      feed.flush();
    },
  };
}

/** The resource whose definition changed or is gone: what is watched of it is served anew, so that its watches end. */
function redefinedBy({ resource, before, after }: Change): string | undefined {
  if (resource.group !== 'apiextensions.k8s.io' || before === undefined) return undefined;
  if (after !== undefined && sameJson(before.spec, after.spec)) return undefined;
  return `${String(dig(before, 'spec', 'group'))}/${String(dig(before, 'spec', 'names', 'plural'))}`;
}

/** Where one of them cannot be made the rest is left, and `stumble` told. */
function* initialBytes(
  initial: Watch['initial'],
  target: ReadTarget,
  bytesOf: EventBytes,
  stumble: (error: unknown) => void,
): Generator<Uint8Array> {
  let isFirst = true;
  for (const event of initial) {
    let bytes: Uint8Array;
    try {
      bytes = bytesOf(event, target, isFirst);
    } catch (error) {
      stumble(error);
      return;
    }
    yield bytes;
    isFirst = false;
  }
}

function formOf(target: ReadTarget): string {
  const accepted = acceptedForm(target);
  if ('code' in accepted) return '';
  const { group, version, resource } = target.resource;
  const { type, form } = accepted;
  return JSON.stringify([group, version, resource, type, form, form === undefined ? '' : includedObject(target)]);
}
