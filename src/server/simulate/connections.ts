// The port: TLS, on which clients choose HTTP/2 or HTTP/1.1 by ALPN as they do with a real server, and the bounds of one connection (k8s.io/apiserver
// pkg/server/secure_serving.go, 1.36): a hundred streams at a time, windows of 256 KiB, idle connections closed after 90 seconds. Clients
// that open streams only to reset them are cut off by the HTTP/2 layer.

import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certified } from './certificates.ts';
import type { Exchange } from './exchange.ts';
import { Http1Connection } from './http1/connection.ts';
import { exchangeOf } from './http2-exchange.ts';

export interface PortOptions {
  readonly host: string;
  readonly port: number;
  readonly serving: Certified;
  /** Clients with a certificate of this authority are known by it; PEM. */
  readonly clientAuthority: string;
}

export interface Port {
  readonly port: number;
  /** Takes no more connections, and tells clients to go (GOAWAY). */
  readonly farewell: () => void;
  /** Closes what is still open. */
  readonly close: () => Promise<void>;
}

const idle = 90_000;
const sweepEvery = 250;
const handshakeTime = 32_000;
const window = 256 * 1024;
export const mostStreams = 100;
/** Megabytes that one connection may hold of bodies and answers that its client does not read. */
const mostMemory = 256;
const largestHead = 1024 * 1024;

/** Listens, and calls with every request. */
export async function openPort(options: PortOptions, serve: (exchange: Exchange) => void): Promise<Port> {
  const server = createServer({
    ALPNProtocols: ['h2', 'http/1.1'],
    cert: options.serving.certificate,
    key: options.serving.key,
    ca: options.clientAuthority,
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTime,
    noDelay: true,
  });
  const multiplexed = createHttp2Server({
    settings: { maxConcurrentStreams: mostStreams, initialWindowSize: window, maxHeaderListSize: largestHead },
    maxSessionMemory: mostMemory,
  });
  const sockets = new Set<TLSSocket>();
  const sessions = new Set<ServerHttp2Session>();
  const connections = new Set<Http1Connection>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (socket.alpnProtocol === 'h2') return void multiplexed.emit('connection', socket);
    const connection = new Http1Connection(socket, serve);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  multiplexed.on('session', (session) => {
    sessions.add(session);
    watchIdle(session);
    session.on('error', () => {});
    session.once('close', () => sessions.delete(session));
  });
  multiplexed.on('request', (request) => {
    const exchange = exchangeOf(request);
    if (exchange !== undefined) serve(exchange);
  });
  server.on('tlsClientError', () => {});
  multiplexed.on('sessionError', () => {});
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) if (connection.deadline < now) connection.destroy();
  }, sweepEvery);
  sweep.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    farewell() {
      server.close();
      for (const session of sessions) session.close();
      for (const connection of connections) connection.close();
    },
    close: () =>
      new Promise((resolve) => {
        clearInterval(sweep);
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
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
