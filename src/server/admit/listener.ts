// The webhook's HTTPS listener: bodies within limits, slow clients cut off, client certificates checked where asked for, certificates changed
// without dropping a connection, and an end that loses no request: after SIGTERM it goes on answering until the endpoints have
// forgotten it, then finishes what is under way.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** The largest body: the API server itself takes 3 MiB a request, and a review holds the object twice. */
export const maxBody = 9 * 1024 * 1024;

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly certificate: Certificate;
  /** PEM of the authorities of client certificates; undefined: clients need none. */
  readonly clientAuthority?: string;
  /** Common names that a client certificate may have; empty: any that the authority signed. */
  readonly clientNames: readonly string[];
  readonly answer: (path: string, body: string) => Reply;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Listener {
  readonly port: number;
  readonly use: (certificate: Certificate) => void;
  /** Requests under way. */
  readonly busy: () => number;
  /** From now on every answer asks the client to close its connection. */
  readonly drain: () => void;
  /** Takes no new connection, waits for requests under way up to `patience` milliseconds. */
  readonly close: (patience: number) => Promise<void>;
}

/** Starts listening. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { certificate, clientAuthority, clientNames } = options;
  const wantsClient = clientAuthority !== undefined;
  const tls = ({ cert, key }: Certificate) => ({
    cert,
    key,
    minVersion: 'TLSv1.2' as const,
    ...(wantsClient ? { ca: clientAuthority } : {}),
  });
  let draining = false;
  let busy = 0;
  const server = createServer(
    {
      ...tls(certificate),
      requestCert: wantsClient,
      rejectUnauthorized: wantsClient,
      handshakeTimeout: 5_000,
      maxHeaderSize: 16 * 1024,
      keepAlive: true,
    },
    (request, response) => {
      busy++;
      response.on('close', () => busy--);
      if (draining) response.setHeader('connection', 'close');
      const stranger = wantsClient ? unwelcome(request, clientNames) : undefined;
      if (stranger !== undefined) return reply(response, { status: 403, body: stranger });
      if (request.method !== 'POST') return reply(response, { status: 405, body: 'only POST is answered here\n' });
      read(request, response, (body) => reply(response, options.answer(request.url ?? '/', body)));
    },
  );
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 120_000;
  server.maxConnections = 4096;
  // Node counts a connection only once it has shaken hands; one that never does would hold up the end.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  await started(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    use: (next) => server.setSecureContext(tls(next)),
    busy: () => busy,
    drain: () => {
      draining = true;
    },
    close: (patience) => closed(server, sockets, patience),
  };
}

function started(server: Server, { host, port }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server, sockets: ReadonlySet<Socket>, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    }, patience);
    server.close(() => {
      clearTimeout(impatient);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function unwelcome(request: IncomingMessage, names: readonly string[]): string | undefined {
  const socket = request.socket as TLSSocket;
  const { subject } = socket.getPeerCertificate();
  const name = subject?.CN;
  if (names.length === 0 || (typeof name === 'string' && names.includes(name))) return undefined;
  return 'this client certificate is not one that may ask here\n';
}

function read(request: IncomingMessage, response: ServerResponse, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    if (refused) return;
    length += chunk.length;
    if (length > maxBody) {
      refused = true;
      response.setHeader('connection', 'close');
      reply(response, { status: 413, body: `a review may have up to ${maxBody} bytes\n` });
      return;
    }
    chunks.push(chunk);
  });
  request.on('end', () => {
    if (!refused)
      done(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)).toString('utf8') : Buffer.concat(chunks, length).toString('utf8'));
  });
  request.on('error', () => response.destroy());
}

/** A text goes out in one piece with its header, which is one TLS record and one system call where bytes would be two. */
function reply(response: ServerResponse, { status, body }: Reply): void {
  const type = status === 200 ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
