// One request of an HTTP/1 connection, from its head until its answer is written. The body is read when somebody wants it, and only then is a client
// told to go on that asked first; what is left of one that nobody wanted is passed over, up to a bound (Go's net/http 1.26).

import type { OutgoingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Body, type Exchange, mostRefused, type Outlet, type Upgraded } from '../exchange.ts';
import { ChunkedBody } from './chunked.ts';
import type { Head } from './head.ts';
import { Http1Outlet } from './outlet.ts';
import { continueLine, headText } from './words.ts';

const nothing: Buffer = Buffer.alloc(0);
/** What is left of a body that nobody wanted, and is still read. */
const mostPassedOver = 256 * 1024;
/** Milliseconds for a body to come. */
const bodyTime = 60_000;

/** What an exchange may do with its connection. */
export interface Hands {
  readonly received: () => Buffer;
  readonly passOver: (count: number) => void;
  readonly wait: (milliseconds: number) => void;
  readonly isClosing: () => boolean;
  readonly finished: (isLast: boolean) => void;
  readonly giveAway: () => Upgraded;
}

/** One request of the connection, from its head until its answer is written. */
export class Http1Exchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Head['headers'];
  readonly rawHeaders: readonly string[];
  readonly socket: TLSSocket;
  readonly from: string;
  readonly isMultiplexed = false;
  readonly #head: Head;
  readonly #hands: Hands;
  readonly #chunks: ChunkedBody | undefined;
  /** Bytes of a body of known length that did not come yet, or came and are not taken. */
  #left: number;
  #isGone = false;
  #isLast: boolean;
  #isTold = false;
  #whenGone: (() => void) | undefined;
  #reading: { readonly limit: number; readonly pieces: Buffer[]; readonly done: (body: Body) => void } | undefined;
  #refusing = 0;
  #outlet: Http1Outlet | undefined;
  #isAnswered = false;

  constructor(head: Head, socket: TLSSocket, hands: Hands) {
    this.method = head.method;
    this.path = head.path;
    this.headers = head.headers;
    this.rawHeaders = head.rawHeaders;
    this.socket = socket;
    this.from = socket.remoteAddress ?? '';
    this.#head = head;
    this.#hands = hands;
    this.#isLast = head.isLast;
    this.#chunks = head.length === 'chunked' ? new ChunkedBody() : undefined;
    this.#left = head.length === 'chunked' ? 0 : head.length;
  }

  isGone(): boolean {
    return this.#isGone;
  }

  onGone(listener: () => void): void {
    this.#whenGone = listener;
  }

  isLast(): void {
    this.#isLast = true;
  }

  get #isWhole(): boolean {
    return this.#chunks === undefined ? this.#left === 0 : this.#chunks.isOver;
  }

  body(limit: number): Body | Promise<Body> {
    const { length } = this.#head;
    if (length === 0) return nothing;
    if (this.#head.awaitsContinue) {
      this.#isTold = true;
      this.socket.write(continueLine);
    }
    if (length !== 'chunked' && length <= limit && this.#hands.received().length >= length) {
      const body = this.#hands.received().subarray(0, length);
      this.#left = 0;
      this.#hands.passOver(length);
      return body;
    }
    return new Promise((done) => {
      this.#reading = { limit, pieces: [], done };
      this.#hands.wait(bodyTime);
      this.more();
    });
  }

  /** There are bytes that nobody took. */
  more(): void {
    const reading = this.#reading;
    if (reading === undefined) {
      if (this.#isAnswered) this.#passOver();
      else if (this.#refusing > 0) this.#refuseMore();
      return;
    }
    const { pieces, limit, done } = reading;
    const length = this.#take(pieces);
    const { fault } = this.#chunks ?? {};
    if (fault === undefined && length <= limit && !this.#isWhole) return;
    this.#reading = undefined;
    this.#hands.wait(Number.POSITIVE_INFINITY);
    if (fault !== undefined || length > limit) this.#isLast = true;
    if (fault === undefined && length > limit) this.#refusing = mostRefused;
    done(fault !== undefined ? { fault } : length > limit ? 'too large' : Buffer.concat(pieces, length));
    if (this.#refusing > 0) this.#refuseMore();
  }

  /** Takes of the body what is there; how long it is by now. */
  #take(pieces: Buffer[]): number {
    const received = this.#hands.received();
    if (this.#chunks !== undefined) {
      this.#hands.passOver(this.#chunks.take(received));
      pieces.push(...this.#chunks.pieces.splice(0));
      return this.#chunks.length;
    }
    const piece = received.subarray(0, this.#left);
    if (piece.length > 0) pieces.push(piece);
    this.#left -= piece.length;
    this.#hands.passOver(piece.length);
    return Number(this.#head.length) - this.#left;
  }

  #refuseMore(): void {
    const { length } = this.#hands.received();
    this.#hands.passOver(length);
    this.#refusing -= length;
    if (this.#refusing <= 0) this.socket.destroy();
  }

  answer(code: number, headers: OutgoingHttpHeaders, body: Uint8Array | string): void {
    if (this.#isGone) return;
    const isSilent = this.#head.awaitsContinue && !this.#isTold && !this.#isWhole;
    if (
      isSilent ||
      this.#left - this.#hands.received().length > mostPassedOver ||
      headers.connection === 'close' ||
      this.#hands.isClosing()
    )
      this.#isLast = true;
    const head = headText(code, headers, this.#head, this.#isLast);
    if (typeof body === 'string') this.socket.write(head + body);
    else {
      this.socket.cork();
      this.socket.write(head, 'latin1');
      this.socket.write(body);
      this.socket.uncork();
    }
    this.#over();
  }

  stream(headers: OutgoingHttpHeaders): Outlet | undefined {
    if (this.#isGone) return undefined;
    const isChunked = !this.#head.isOld;
    if (!isChunked) this.#isLast = true;
    this.socket.write(
      headText(200, isChunked ? { ...headers, 'transfer-encoding': 'chunked' } : headers, this.#head, this.#isLast),
      'latin1',
    );
    this.#outlet = new Http1Outlet(this.socket, isChunked, () => this.#over());
    return this.#outlet;
  }

  upgrade(): Upgraded | undefined {
    return this.#isGone ? undefined : this.#hands.giveAway();
  }

  drained(): void {
    this.#outlet?.drained();
  }

  gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#reading?.done('gone');
    this.#reading = undefined;
    if (!this.#isAnswered) this.#whenGone?.();
    this.#outlet?.closed();
  }

  /** The answer is written: what is left of the body has to go before the next request can be read. */
  #over(): void {
    this.#isAnswered = true;
    this.#outlet?.closed();
    if (this.#isLast || this.#isWhole) this.#hands.finished(this.#isLast);
    else {
      this.#refusing = mostPassedOver;
      this.#hands.wait(bodyTime);
      this.#passOver();
    }
  }

  #passOver(): void {
    const before = this.#hands.received().length;
    this.#take([]);
    this.#refusing -= before - this.#hands.received().length;
    if (this.#isWhole) this.#hands.finished(this.#isLast);
    else if (this.#refusing < 0 || this.#chunks?.fault !== undefined) this.#hands.finished(true);
  }
}
