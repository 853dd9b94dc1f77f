// HTTPS in front of the server: bodies up to three megabytes, headers, replies as JSON or YAML, watches that stay open. Whatever a request
// does, the server lives: a bug becomes a 500 with a Status.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { requestInfo } from '../../identity/request-info.ts';
import type { JsonObject } from '../../lib/json.ts';
import { notAcceptable, refusalReply } from '../../request/read/reply.ts';
import { replyText } from '../../request/read/reply-text.ts';
import { yamlText } from '../../request/read/yaml-text.ts';
import { internal, tooLarge } from '../../request/status.ts';
import { auditEvent } from './audit.ts';
import type { Certified } from './certificates.ts';
import { type Outgoing, respond, type Site, writable, writableType } from './respond.ts';
import type { Watches } from './watches.ts';
import type { World } from './world.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly serving: Certified;
  /** Clients with a certificate of this authority are known by it; PEM. */
  readonly clientAuthority: string;
  /** Called with each audit event. */
  readonly audit: ((event: JsonObject) => void) | undefined;
}

export interface Listener {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** The server's own limit of request bodies (kube-apiserver, MaxRequestBodyBytes). */
const largestBody = 3 * 1024 * 1024;
const compressFrom = 128 * 1024;

/** Listens; `site` is asked once the port is known. */
export async function listen(
  options: ListenerOptions,
  siteOf: (port: number) => Site & { readonly world: World; readonly watches: Watches },
): Promise<Listener> {
  const server = createServer({
    cert: options.serving.certificate,
    key: options.serving.key,
    ca: options.clientAuthority,
    requestCert: true,
    rejectUnauthorized: false,
    keepAliveTimeout: 60_000,
    maxHeaderSize: 64 * 1024,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const site = siteOf(port);
  server.on('request', (request, response) => {
    void handle(request, response, site, options.audit);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  server.on('tlsClientError', () => {});
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        site.watches.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site & { readonly watches: Watches },
  audit: ListenerOptions['audit'],
): Promise<void> {
  const received = new Date();
  response.on('error', () => {});
  const { method = 'GET', url: path = '/', headers } = request;
  const socket = request.socket as TLSSocket;
  let reply: Outgoing;
  try {
    const body = await bodyOf(request);
    if (body === 'gone') return;
    reply =
      body === 'too large'
        ? { ...refusalReply(tooLarge(`limit is ${largestBody}`)), caller: undefined, user: undefined, info: requestInfo(method, path) }
        : respond({ method, path, headers, socket, body }, site);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(`simulated server: ${method} ${path.split('?')[0]}: ${error instanceof Error ? error.stack : why}`);
    reply = {
      ...refusalReply(internal('this simulated server failed; the reason is in its log')),
      caller: undefined,
      user: undefined,
      info: requestInfo(method, path),
    };
  }
  audit?.(auditEvent(reply, path, socket.remoteAddress ?? '', headers['user-agent'] ?? '', received));
  if (response.destroyed) return;
  send(reply, request, response, site);
}

function bodyOf(request: IncomingMessage): Promise<Buffer | 'too large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= largestBody) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(length > largestBody ? 'too large' : Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('aborted', () => resolve('gone'));
  });
}

function send(found: Outgoing, request: IncomingMessage, response: ServerResponse, site: Site & { readonly watches: Watches }): void {
  const accept = request.headers.accept ?? '';
  const type = writableType(found.contentType, accept);
  const reply = type === undefined ? { ...found, ...refusalReply(notAcceptable(writable)) } : { ...found, contentType: type };
  const headers: Record<string, string | string[]> = { ...reply.headers, 'audit-id': randomUUID() };
  if (reply.contentType !== '') headers['content-type'] = reply.contentType;
  if (reply.warnings.length > 0) headers.warning = reply.warnings.map((text) => `299 - ${quoted(text)}`);
  if (reply.watch !== undefined) {
    response.writeHead(200, headers);
    response.flushHeaders();
    const { watch, target } = reply.watch;
    const { world } = site;
    site.watches.open(response, watch, target, {
      published: world.published,
      catalog: world.catalog(),
      openApi: world.openApi,
      address: site.address,
      issuer: '',
      keys: {},
      metrics: site.metrics,
      store: world.store,
      snapshot: world.snapshot(),
      now: Date.now,
    });
    return;
  }
  const text =
    reply.object === undefined
      ? (reply.text ?? '')
      : reply.contentType.startsWith('application/yaml')
        ? yamlText(reply.object)
        : reply.isIndented === true
          ? JSON.stringify(reply.object, undefined, 2)
          : `${pretty(reply.object, request)}\n`;
  const bytes = request.method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(reply.bytes ?? text);
  if (bytes.length > compressFrom && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    const packed = gzipSync(bytes, { level: 1 });
    response.writeHead(reply.code, { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding', 'content-length': packed.length });
    response.end(packed);
    return;
  }
  response.writeHead(reply.code, { ...headers, 'content-length': bytes.length });
  response.end(bytes);
}

function pretty(object: JsonObject, { url = '' }: IncomingMessage): string {
  return /[?&]pretty=(?:1|true)/.test(url) ? JSON.stringify(object, undefined, 2) : replyText(object);
}

/** A quoted string of a header: what it cannot hold is left out. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '').replace(/[\\"]/g, '\\$&')}"`;
}
