// What one watch still has to send: the objects it starts with, made into bytes only as its client reads them, and after them the events that
// came meanwhile, whose bytes all watches share. A client that does not read is not waited for: past a bound the watch ends, as it does when
// the server's own buffers overflow (k8s.io/apiserver pkg/storage/cacher, 1.36), and the client lists again.

import type { Outlet } from './exchange.ts';

export interface Feed {
  readonly add: (bytes: Uint8Array) => void;
  /** Writes as much as the client takes. */
  readonly flush: () => void;
  /** Sends what is there already, and ends. */
  readonly end: () => void;
}

/** Events, and their bytes, that may wait for one client. */
const mostEvents = 10_000;
const mostBytes = 16 * 1024 * 1024;
/** Small writes are put together up to this. */
const together = 32 * 1024;
/** How long a client that does not read may keep a stream that is over. */
const patience = 10_000;

/** Feeds a stream; `over` is called once when nothing more is to come. */
export function feedOf(stream: Outlet, initial: Iterator<Uint8Array>, over: () => void): Feed {
  let start: Iterator<Uint8Array> | undefined = initial;
  let queue: Uint8Array[] = [];
  let head = 0;
  let waiting = 0;
  let isFull = false;
  let isOver = false;
  let farewell: NodeJS.Timeout | undefined;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    start = undefined;
    queue = [];
    over();
  };
  const close = (): void => {
    if (isOver) return;
    finish();
    if (stream.destroyed) return;
    stream.end();
    farewell = setTimeout(() => stream.destroy(), patience);
    farewell.unref();
  };
  const next = (): Uint8Array | undefined => {
    if (start !== undefined) {
      const { done, value } = start.next();
      if (done !== true) return value;
      start = undefined;
    }
    const bytes = queue[head];
    if (bytes === undefined) return undefined;
    waiting -= bytes.length;
    if (++head === queue.length) {
      queue = [];
      head = 0;
    }
    return bytes;
  };
  const flush = (): void => {
    while (!isFull && !isOver && !stream.destroyed) {
      const parts: Uint8Array[] = [];
      for (let length = 0; length < together; ) {
        const bytes = next();
        if (bytes === undefined) break;
        parts.push(stream.framed?.(bytes) ?? bytes);
        length += bytes.length;
      }
      const [only] = parts;
      if (only === undefined) return;
      isFull = !stream.write(parts.length === 1 ? only : Buffer.concat(parts));
    }
  };
  stream.on('drain', () => {
    isFull = false;
    flush();
  });
  stream.once('close', () => {
    clearTimeout(farewell);
    finish();
  });
  return {
    add(bytes) {
      if (isOver) return;
      queue.push(bytes);
      waiting += bytes.length;
      if (waiting > mostBytes || queue.length - head > mostEvents) close();
    },
    flush,
    end() {
      flush();
      close();
    },
  };
}
