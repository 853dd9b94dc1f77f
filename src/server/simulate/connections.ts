// The port: TLS, on which clients choose HTTP/2 or HTTP/1.1 by ALPN as they do with a real server, and the bounds of one connection (k8s.io/apiserver
// pkg/server/secure_serving.go, 1.36): a hundred streams at a time, windows of 256 KiB, idle connections closed after 90 seconds. Clients
// that open streams only to reset them are cut off by the HTTP/2 layer.

import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certified } from './certificates.ts';
import { type Exchange, exchangeOf } from './exchange.ts';

export interface PortOptions {
  readonly host: string;
  readonly port: number;
  readonly serving: Certified;
  /** Clients with a certificate of this authority are known by it; PEM. */
  readonly clientAuthority: string;
}

export interface Port {
  readonly port: number;
  /** Tells clients to go (GOAWAY), waits a moment for what is under way, and closes. */
  readonly close: () => Promise<void>;
}

const idle = 90_000;
const grace = 300;
const window = 256 * 1024;
export const mostStreams = 100;
/** Megabytes that one connection may hold of bodies and answers that its client does not read. */
const mostMemory = 256;
const largestHead = 1024 * 1024;

/** Listens, and calls with every request. */
export async function openPort(options: PortOptions, serve: (exchange: Exchange) => void): Promise<Port> {
  const server = createSecureServer({
    allowHTTP1: true,
    cert: options.serving.certificate,
    key: options.serving.key,
    ca: options.clientAuthority,
    requestCert: true,
    rejectUnauthorized: false,
    settings: { maxConcurrentStreams: mostStreams, initialWindowSize: window, maxHeaderListSize: largestHead },
    maxSessionMemory: mostMemory,
    ...{ keepAliveTimeout: idle, maxHeaderSize: largestHead, headersTimeout: 32_000, requireHostHeader: false },
  });
  const sockets = new Set<TLSSocket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session) => {
    sessions.add(session);
    watchIdle(session);
    session.on('error', () => {});
    session.once('close', () => sessions.delete(session));
  });
  server.on('request', (request, response) => {
    if (request.httpVersion === '1.1' && request.headers.host === undefined)
      return badRequest(request.socket as TLSSocket, ': missing required Host header');
    const exchange = exchangeOf(request, response);
    if (exchange !== undefined) serve(exchange);
  });
  server.on('clientError', (_error: Error, socket: TLSSocket) => badRequest(socket));
  server.on('tlsClientError', () => {});
  server.on('sessionError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.close();
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, grace);
      }),
  };
}

/** Closes a connection that has had no stream and no frame for a while. */
function watchIdle(session: ServerHttp2Session): void {
  let streams = 0;
  session.on('stream', (stream) => {
    streams++;
    stream.once('close', () => streams--);
  });
  session.setTimeout(idle, () => {
    if (streams === 0) session.close();
  });
}

/** What Go's server says of a request that is none. */
function badRequest(socket: TLSSocket, why = ''): void {
  if (!socket.writable) return void socket.destroy();
  const line = `400 Bad Request${why}`;
  socket.end(`HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`);
}
