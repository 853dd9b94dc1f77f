// A connection that speaks HTTP/1: one request after the other, as Go's net/http serves them (1.26, conn.serve). What was sent ahead waits until the
// request before it is answered. Node's own server is not used: its parser answers otherwise what is odd, and its objects weigh more than a watch.

import type { TLSSocket } from 'node:tls';
import type { Exchange } from '../exchange.ts';
import { type Hands, Http1Exchange } from './exchange.ts';
import { type HeadRefusal, largestHead, readHead, unsupportedCoding } from './head.ts';
import { refusalText } from './words.ts';

const nothing: Buffer = Buffer.alloc(0);
/** What may wait while a request is answered. */
const mostAhead = 256 * 1024;
/** Milliseconds: for a head to come whole, for the next request; to let a client read why it is cut off. */
const headTime = 32_000;
const idleTime = 90_000;
const lingerTime = 500;

export type Serve = (exchange: Exchange) => void;

export class Http1Connection {
  readonly #socket: TLSSocket;
  readonly #serve: Serve;
  #received = nothing;
  /** Where the end of a head is not, as far as was looked. */
  #looked = 0;
  #current: Http1Exchange | undefined;
  #isClosing = false;
  #isEnded = false;
  /** What it listens to until it is given away. */
  readonly #listeners: readonly (readonly [event: string, listener: (bytes: Buffer) => void])[] = [
    ['data', (bytes) => this.#take(bytes)],
    ['drain', () => this.#current?.drained()],
    ['end', () => this.#gone()],
    ['close', () => this.#gone()],
  ];
  /** When patience ends, by the clock of `performance`. */
  deadline = performance.now() + headTime;

  constructor(socket: TLSSocket, serve: Serve) {
    this.#socket = socket;
    this.#serve = serve;
    socket.on('error', () => {});
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
  }

  /** Ends it once what is under way is answered; at once where nothing is. */
  close(): void {
    this.#isClosing = true;
    if (this.#current === undefined) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The client is gone, or says no more: then what is written still has its time to get there. */
  #gone(): void {
    const socket = this.#socket;
    this.#isEnded = true;
    this.#received = nothing;
    this.#current?.gone();
    const isUnread = !socket.destroyed && socket.writableLength > 0;
    this.deadline = isUnread ? performance.now() + idleTime : Number.POSITIVE_INFINITY;
    if (isUnread) socket.end();
    else if (!socket.destroyed) socket.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#isEnded) return;
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    if (this.#current !== undefined) {
      this.#current.more();
      if (this.#received.length > mostAhead) this.#socket.pause();
    } else this.#next();
  }

  /** Begins with the next request, where it is there. */
  #next(): void {
    if (this.#isEnded || this.#received.length === 0) return;
    if (this.#looked === 0) this.deadline = performance.now() + headTime;
    const end = headEnd(this.#received, Math.max(0, this.#looked - 3));
    if ((end?.start ?? this.#received.length) > largestHead) {
      this.#refuse({ refused: '431 Request Header Fields Too Large' });
      return;
    }
    if (end === undefined) {
      this.#looked = this.#received.length;
      return;
    }
    this.#looked = 0;
    const head = readHead(this.#received.toString('latin1', 0, end.start));
    this.#received = this.#received.subarray(end.next);
    if ('refused' in head) {
      this.#refuse(head);
      return;
    }
    this.deadline = Number.POSITIVE_INFINITY;
    const exchange = new Http1Exchange(head, this.#socket, this.#hands());
    this.#current = exchange;
    if (head.expectsOther) exchange.answer(417, { connection: 'close', 'content-length': 0 }, '');
    else if (head.method === 'OPTIONS' && head.path === '*') exchange.answer(200, { 'content-length': 0 }, '');
    else this.#serve(exchange);
  }

  /** What an exchange may do with its connection. */
  #hands(): Hands {
    return {
      received: () => this.#received,
      passOver: (count) => {
        this.#received = this.#received.subarray(count);
        if (this.#received.length <= mostAhead) this.#socket.resume();
      },
      wait: (milliseconds) => {
        this.deadline = performance.now() + milliseconds;
      },
      isClosing: () => this.#isClosing,
      finished: (isLast) => {
        this.#current = undefined;
        if (this.#isEnded) return;
        if (isLast || this.#isClosing) {
          this.#linger();
          return;
        }
        this.deadline = performance.now() + idleTime;
        this.#socket.resume();
        // Whatever was sent ahead has its turn after others.
        if (this.#received.length > 0) setImmediate(() => this.#current === undefined && this.#next());
      },
      giveAway: () => {
        this.#isEnded = true;
        this.deadline = Number.POSITIVE_INFINITY;
        for (const [event, listener] of this.#listeners) this.#socket.off(event, listener);
        const received = this.#received;
        this.#received = nothing;
        return { socket: this.#socket, received };
      },
    };
  }

  #refuse({ refused }: HeadRefusal): void {
    this.#socket.write(refusalText(refused, refused === unsupportedCoding ? 'Unsupported transfer encoding' : refused));
    this.#linger();
  }

  /** Says no more, and listens for a moment, so that the client reads what was said before the connection is gone. */
  #linger(): void {
    this.#isEnded = true;
    this.#received = nothing;
    this.#socket.end();
    this.deadline = performance.now() + lingerTime;
  }
}

/** Where a head ends and what is after it begins; an empty line alone is a head, too. */
function headEnd(bytes: Buffer, from: number): { readonly start: number; readonly next: number } | undefined {
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at === 0 || (at === 1 && bytes[0] === 0x0d)) return { start: 0, next: at + 1 };
    if (bytes[at + 1] === 0x0a) return { start: at, next: at + 2 };
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return { start: at, next: at + 3 };
  }
  return undefined;
}
