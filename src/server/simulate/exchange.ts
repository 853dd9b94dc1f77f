// One request and its answer, whatever carries them: HTTP/1.1, or a stream of an HTTP/2 connection. What is above asks for a head and a stream to
// write into, and never needs to know which it is.

import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import type { TLSSocket } from 'node:tls';

export interface Exchange {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** `[name, value, name, value…]`: several headers may have one name. */
  readonly rawHeaders: readonly string[];
  readonly socket: TLSSocket;
  /** The client's address, which outlives the connection. */
  readonly from: string;
  /** True where the client is gone and nobody reads an answer. */
  readonly isGone: () => boolean;
  /** True where other requests share the connection at the same time. */
  readonly isMultiplexed: boolean;
  readonly body: Readable;
  /** Writes the head; the body of the answer goes into what comes back. Undefined where the client is gone. */
  readonly answer: (code: number, headers: OutgoingHttpHeaders) => Writable | undefined;
  /** The same, for a body that is to come later: the head goes out at once. */
  readonly stream: (headers: OutgoingHttpHeaders) => Writable | undefined;
  /** The connection takes no request after this one. */
  readonly isLast: () => void;
  /** Takes no more of the body, and ends the exchange once the answer is on its way. */
  readonly refuseBody: () => void;
}

/** How much of a body that is refused is still read, so that the client gets to see why. */
const mostRefused = 64 * 1024 * 1024;

export function exchangeOf(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): Exchange | undefined {
  return 'stream' in request ? ofStream(request) : ofMessage(request, response as ServerResponse);
}

function ofMessage(request: IncomingMessage, response: ServerResponse): Exchange {
  response.on('error', () => {});
  let isLast = false;
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    socket: request.socket as TLSSocket,
    from: request.socket.remoteAddress ?? '',
    isGone: () => response.destroyed,
    isMultiplexed: false,
    body: request,
    answer(code, headers) {
      if (response.destroyed) return undefined;
      return response.writeHead(code, isLast ? { ...headers, connection: 'close' } : headers);
    },
    stream(headers) {
      if (response.destroyed) return undefined;
      response.writeHead(200, headers).flushHeaders();
      return response;
    },
    isLast() {
      isLast = true;
    },
    refuseBody() {
      isLast = true;
      drain(request, () => request.socket.destroy());
    },
  };
}

function ofStream(request: Http2ServerRequest): Exchange | undefined {
  const { stream } = request;
  const { session } = stream;
  if (session === undefined || session.destroyed || stream.destroyed) return undefined;
  stream.on('error', () => {});
  const answer = (code: number, headers: OutgoingHttpHeaders): Writable | undefined => {
    if (stream.destroyed || stream.closed || stream.headersSent) return undefined;
    stream.respond({ ':status': code, ...headers });
    return stream;
  };
  return {
    method: request.method,
    path: request.url,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    socket: session.socket as TLSSocket,
    from: session.socket.remoteAddress ?? '',
    isGone: () => stream.destroyed || session.destroyed,
    isMultiplexed: true,
    body: request,
    answer,
    stream: (headers) => answer(200, headers),
    isLast() {
      if (!session.closed) session.close();
    },
    refuseBody() {
      drain(request, () => stream.close(constants.NGHTTP2_NO_ERROR));
    },
  };
}

/** Reads on and keeps nothing; calls where that does not end. */
function drain(body: Readable, tooMuch: () => void): void {
  let length = 0;
  body.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > mostRefused) tooMuch();
  });
}
