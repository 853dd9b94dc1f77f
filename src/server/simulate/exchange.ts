// One request and its answer, whatever carries them: HTTP/1.1, or a stream of an HTTP/2 connection. What is above asks for a body, a head and a
// stream to write into, and never needs to know which it is.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** A body as it came; `gone` where the client went before its end, a fault where it is none. */
export type Body = Buffer | 'too large' | 'gone' | { readonly fault: string };

/** What an answer that goes on is written into: as much of a stream as that takes. */
export interface Outlet {
  /** An event as it has to be written, where that is not as it is. */
  readonly framed?: (event: Uint8Array) => Uint8Array;
  /** False where the client has not read what was written before: `drain` comes. */
  readonly write: (bytes: Uint8Array) => boolean;
  readonly end: () => void;
  readonly destroy: () => void;
  readonly destroyed: boolean;
  readonly on: (event: 'drain', listener: () => void) => unknown;
  readonly once: (event: 'close', listener: () => void) => unknown;
}

/** A connection that its request took over. */
export interface Upgraded {
  readonly socket: Duplex;
  /** What came after the request already. */
  readonly received: Buffer;
}

export interface Exchange {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** Of several headers with one name the first. */
  readonly headers: IncomingHttpHeaders;
  /** `[name, value, name, value…]`: several headers may have one name. */
  readonly rawHeaders: readonly string[];
  readonly socket: TLSSocket;
  /** The client's address, which outlives the connection. */
  readonly from: string;
  /** True where the client is gone and nobody reads an answer. */
  readonly isGone: () => boolean;
  /** Calls once where the client goes before it is answered. */
  readonly onGone: (listener: () => void) => void;
  /** True where other requests share the connection at the same time. */
  readonly isMultiplexed: boolean;
  /** The whole body, asked for once; of one over the limit no more is kept, and the connection is of no further use. */
  readonly body: (limit: number) => Body | Promise<Body>;
  /** The answer in one piece. */
  readonly answer: (code: number, headers: OutgoingHttpHeaders, body: Uint8Array | string) => void;
  /** An answer that is to come piece by piece: the head goes out at once. Undefined where the client is gone. */
  readonly stream: (headers: OutgoingHttpHeaders) => Outlet | undefined;
  /** Gives the connection away, for another protocol; undefined where that cannot be. */
  readonly upgrade: () => Upgraded | undefined;
  /** The connection takes no request after this one. */
  readonly isLast: () => void;
}

/** How much of a body that is refused is still read, so that the client gets to see why. */
export const mostRefused = 64 * 1024 * 1024;
