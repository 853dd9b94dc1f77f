// A request on a stream of an HTTP/2 connection.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { constants, type Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { type Body, type Exchange, mostRefused } from './exchange.ts';
import { isEscaped } from './http1/target.ts';

/** Undefined where the client is gone already, or where the path is none: its stream ends as Go ends it. */
export function exchangeOf(request: Http2ServerRequest): Exchange | undefined {
  const { stream } = request;
  const { session } = stream;
  if (session === undefined || session.destroyed || stream.destroyed) return undefined;
  stream.on('error', () => {});
  const [path = ''] = request.url.split('?');
  if (!isEscaped(path)) return void stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
  let isOpen = true;
  const respond = (headers: OutgoingHttpHeaders): boolean => {
    isOpen = false;
    if (stream.destroyed || stream.closed || stream.headersSent) return false;
    stream.respond(headers);
    // What is left of a body that nobody wants holds the window of its connection otherwise.
    request.resume();
    return true;
  };
  return {
    method: request.method,
    path: request.url,
    headers: firstHeaders(request.rawHeaders),
    rawHeaders: request.rawHeaders,
    socket: session.socket as TLSSocket,
    from: session.socket.remoteAddress ?? '',
    isGone: () => stream.destroyed || session.destroyed,
    onGone: (listener) => stream.once('close', () => isOpen && listener()),
    isMultiplexed: true,
    body: (limit) => wholeBody(request, limit),
    answer(code, headers, body) {
      if (respond({ ':status': code, ...headers })) stream.end(body);
    },
    stream: (headers) => (respond({ ':status': 200, ...headers }) ? stream : undefined),
    upgrade: () => undefined,
    isLast() {
      if (!session.closed) session.close();
    },
  };
}

function firstHeaders(raw: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string> = Object.create(null);
  for (let index = 0; index + 1 < raw.length; index += 2) headers[(raw[index] ?? '').toLowerCase()] ??= raw[index + 1] ?? '';
  return headers;
}

function wholeBody(request: Http2ServerRequest, limit: number): Body | Promise<Body> {
  if (request.stream.endAfterHeaders) return Buffer.alloc(0);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve('too large');
      }
      if (length > mostRefused) request.stream.close(constants.NGHTTP2_NO_ERROR);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    for (const event of ['error', 'aborted', 'close']) request.on(event, () => resolve('gone'));
  });
}
