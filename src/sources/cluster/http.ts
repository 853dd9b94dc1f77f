// One HTTP exchange with limits on everything a server can stretch: connecting, the wait for an answer, silence, the whole time, and the
// size of the answer after decompression. Redirects are never followed: credentials go to the host the kubeconfig names and no other.

import { type Agent as HttpAgent, type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { type Agent as HttpsAgent, request as secureRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { told } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';

/** Milliseconds, and bytes of an answer. */
export interface Limits {
  readonly connect: number;
  /** From the request to the first byte. The API server itself ends ordinary requests after 60 seconds. */
  readonly answer: number;
  /** Between two pieces of an answer. */
  readonly silence: number;
  readonly total: number;
  readonly bytes: number;
}

export const usualLimits: Limits = { connect: 15_000, answer: 70_000, silence: 30_000, total: 180_000, bytes: 128 * 1024 * 1024 };

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Path with query as it goes over the wire; the URL gives the host alone. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
  readonly agent: HttpAgent | HttpsAgent;
  readonly limits: Limits;
  readonly signal?: AbortSignal;
}

/** Why there is no answer. `code` is Node's (`ECONNREFUSED`, `CERT_HAS_EXPIRED`) or one of ours. */
export interface Broken {
  readonly code: string | 'too-slow' | 'too-large' | 'aborted' | 'bad-encoding';
  readonly message: string;
}

export interface Head {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly stream: Readable;
  /** Ends the exchange and its connection. */
  readonly end: () => void;
}

/** Sends a request and waits for the head of the answer. */
export function exchange({ method, url, path, headers, body, agent, limits, signal }: Exchange): Promise<Result<Head, Broken>> {
  const make = url.protocol === 'https:' ? secureRequest : plainRequest;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const request = make({ method, host, port: url.port, path, headers, agent, ...(signal === undefined ? {} : { signal }) });
    let late = setTimeout(() => request.destroy(slow('connecting took too long')), limits.connect);
    const connected = () => {
      clearTimeout(late);
      late = setTimeout(() => request.destroy(slow('the server did not answer in time')), limits.answer);
    };
    request.on('socket', (socket) => {
      if (!socket.connecting) connected();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
    request.on('error', (error) => {
      clearTimeout(late);
      resolve(failure(broken(error)));
    });
    request.on('response', (response) => {
      clearTimeout(late);
      const end = () => void request.destroy();
      resolve(ok({ status: response.statusCode ?? 0, headers: response.headers, stream: decoded(response), end }));
    });
    request.end(body);
  });
}

/** Reads the whole body as text. */
export async function readText(head: Head, limits: Limits): Promise<Result<string, Broken>> {
  const chunks: Buffer[] = [];
  let size = 0;
  const pieces = timed(head, limits);
  for await (const piece of pieces) {
    if (!piece.ok) return piece;
    size += piece.value.length;
    if (size > limits.bytes) {
      head.end();
      return failure({ code: 'too-large', message: `the answer is over ${limits.bytes} bytes` });
    }
    chunks.push(piece.value);
  }
  return ok(Buffer.concat(chunks, size).toString('utf8'));
}

/** Reads the body line by line for as long as it comes; a line may not be over the limit of bytes. */
export async function* readLines(head: Head, limits: Limits): AsyncGenerator<Result<string, Broken>> {
  let kept: Buffer[] = [];
  let size = 0;
  for await (const piece of timed(head, limits)) {
    if (!piece.ok) {
      yield piece;
      return;
    }
    let rest = piece.value;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      kept.push(rest.subarray(0, at));
      yield ok(Buffer.concat(kept).toString('utf8'));
      kept = [];
      size = 0;
      rest = rest.subarray(at + 1);
    }
    kept.push(rest);
    size += rest.length;
    if (size > limits.bytes) {
      head.end();
      yield failure({ code: 'too-large', message: `a line of the answer is over ${limits.bytes} bytes` });
      return;
    }
  }
}

/** The pieces of a body, or why they end early. */
async function* timed(head: Head, limits: Limits): AsyncGenerator<Result<Buffer, Broken>> {
  const { stream } = head;
  const silence = setTimeout(() => stream.destroy(slow('the answer came to a halt')), limits.silence);
  const total = setTimeout(() => stream.destroy(slow('the answer took too long')), limits.total);
  try {
    for await (const piece of stream) {
      silence.refresh();
      yield ok(piece as Buffer);
    }
  } catch (error) {
    head.end();
    yield failure(broken(error));
  } finally {
    clearTimeout(silence);
    clearTimeout(total);
  }
}

function decoded(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const gunzip = createGunzip();
  response.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => response.destroy());
  return response.pipe(gunzip);
}

function slow(message: string): Error {
  return Object.assign(new Error(message), { code: 'too-slow' });
}

function broken(error: unknown): Broken {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'ABORT_ERR') return { code: 'aborted', message: 'stopped' };
  const message = told(error);
  if (typeof code === 'string' && code.startsWith('Z_'))
    return { code: 'bad-encoding', message: 'the answer is not the gzip it says it is' };
  return { code: typeof code === 'string' ? code : 'unknown', message };
}
