// The body of an answer that goes on, over HTTP/1.

import type { TLSSocket } from 'node:tls';
import type { Outlet } from '../exchange.ts';
import { chunk, lastChunk } from './words.ts';

/** The body of an answer that goes on: chunks, or to an old client whatever comes until the connection ends. */
export class Http1Outlet implements Outlet {
  readonly #socket: TLSSocket;
  readonly #isChunked: boolean;
  readonly #over: () => void;
  #whenDrained: (() => void) | undefined;
  #whenClosed: (() => void) | undefined;
  #isClosed = false;
  #isEnding = false;

  constructor(socket: TLSSocket, isChunked: boolean, over: () => void) {
    this.#socket = socket;
    this.#isChunked = isChunked;
    this.#over = over;
  }

  get destroyed(): boolean {
    return this.#isClosed;
  }

  write(bytes: Uint8Array): boolean {
    return this.#isClosed || this.#isEnding || this.#socket.write(this.#isChunked ? chunk(bytes) : bytes);
  }

  end(): void {
    if (this.#isClosed || this.#isEnding) return;
    this.#isEnding = true;
    if (this.#isChunked) this.#socket.write(lastChunk, () => this.#isClosed || this.#over());
    else this.#over();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  on(_event: 'drain', listener: () => void): void {
    this.#whenDrained = listener;
  }

  once(_event: 'close', listener: () => void): void {
    this.#whenClosed = listener;
  }

  drained(): void {
    this.#whenDrained?.();
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#whenClosed?.();
  }
}
