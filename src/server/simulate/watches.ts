// Open watches: each a response that gets the events of its resource. Changes are told to the watches of one resource only; a client that does
// not read is not waited for: its events queue up to a limit, then the watch ends with 410 and the client lists again, as it would when the
// server's own buffers overflow. Bookmarks come once a minute to those that want them.

import type { Writable } from 'node:stream';
import { shownEvent } from '../../request/read/collection.ts';
import type { Reader, ReadTarget } from '../../request/read/read.ts';
import { storageOf } from '../../request/read/storage.ts';
import { bookmark, type Watch, type WatchEvent } from '../../request/read/watch.ts';
import type { Change, Store } from '../../request/store.ts';

/** Where the events of one watch go: a response, whose head is written. */
export type WatchStream = Pick<Writable, 'write' | 'end' | 'destroy' | 'destroyed' | 'writableEnded' | 'writableLength' | 'once'>;

export interface Watches {
  /** Sends what the watch starts with and everything after. */
  readonly open: (response: WatchStream, watch: Watch, target: ReadTarget, reader: Reader) => void;
  readonly count: () => number;
  readonly stop: () => void;
}

/** Bytes that may wait for one client. */
const mostWaiting = 16 * 1024 * 1024;
const bookmarkEvery = 60_000;
/** The server's own bounds for watches without a timeout: between 30 and 60 minutes. */
const longest = 45 * 60;

interface Open {
  readonly response: WatchStream;
  readonly watch: Watch;
  readonly send: (event: WatchEvent) => void;
  readonly timer: NodeJS.Timeout;
}

export function watchesOf(store: Store): Watches {
  const byResource = new Map<string, Set<Open>>();
  let total = 0;
  const idOf = ({ group, resource }: { readonly group: string; readonly resource: string }) => `${group}/${resource}`;
  const unsubscribe = store.subscribe((change: Change) => {
    for (const open of [...(byResource.get(idOf(change.resource)) ?? [])]) {
      const event = open.watch.event(change);
      if (event !== undefined) open.send(event);
    }
  });
  const bookmarks = setInterval(() => {
    for (const opens of byResource.values()) for (const open of opens) if (open.watch.bookmarks) open.send(bookmark(store.revision()));
  }, bookmarkEvery);
  bookmarks.unref();
  return {
    count: () => total,
    stop() {
      unsubscribe();
      clearInterval(bookmarks);
      for (const opens of byResource.values()) for (const { response } of opens) response.destroy();
    },
    open(response, watch, target, reader) {
      let isFirst = true;
      const send = (event: WatchEvent): void => {
        if (response.destroyed || response.writableEnded) return;
        response.write(`${JSON.stringify(shownEvent(event, target, reader, isFirst))}\n`);
        isFirst = false;
        if (response.writableLength > mostWaiting) response.destroy();
      };
      for (const event of watch.initial) send(event);
      if (watch.isOver) {
        response.end();
        return;
      }
      const id = idOf(storageOf(target.resource));
      const opens = byResource.get(id) ?? new Set<Open>();
      byResource.set(id, opens);
      const timer = setTimeout(() => response.end(), (watch.timeoutSeconds ?? longest) * 1000);
      timer.unref();
      const open = { response, watch, send, timer };
      opens.add(open);
      total++;
      response.once('close', () => {
        clearTimeout(timer);
        if (opens.delete(open)) total--;
      });
    },
  };
}
