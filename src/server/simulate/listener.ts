// Exchanges in front of the server: bodies up to three megabytes, replies in the form their clients take, watches that stay open, one audit event
// each. Whatever a request does, the server lives: a bug becomes a 500 with a Status.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../lib/json.ts';
import { type Reply, refusalReply } from '../../request/read/reply.ts';
import { internal } from '../../request/status.ts';
import { auditEvent } from './audit.ts';
import { openPort, type PortOptions } from './connections.ts';
import type { Exchange, Outlet } from './exchange.ts';
import { replyBytes, replyHeaders } from './reply-bytes.ts';
import { largestBody, type Outgoing, respond, type Site } from './respond.ts';
import type { Watches } from './watches.ts';
import { asksForWebSocket, shakeHands } from './websocket/handshake.ts';
import { webSocketOutlet } from './websocket/outlet.ts';

export interface ListenerOptions extends PortOptions {
  /** Called with each audit event. */
  readonly audit: ((event: JsonObject) => void) | undefined;
}

export interface Listener {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

interface Served extends Site {
  readonly watches: Watches;
}

/** Milliseconds that requests under way are given once the server is told to stop; a real one gives them a minute. */
const grace = 3_000;

/** Listens; `siteOf` is asked once the port is known. */
export async function listen(options: ListenerOptions, siteOf: (port: number) => Served): Promise<Listener> {
  let site: Served | undefined;
  const underWay = new Set<Exchange>();
  const { port, farewell, close } = await openPort(options, (exchange) => {
    if (site === undefined) return;
    underWay.add(exchange);
    handle(exchange, site, options.audit)
      .catch((error: unknown) => warn(exchange, error))
      .finally(() => underWay.delete(exchange));
  });
  site = siteOf(port);
  const { watches } = site;
  return {
    port,
    async stop() {
      watches.stop();
      farewell();
      for (const end = Date.now() + grace; underWay.size > 0 && Date.now() < end; ) await sleep(20);
      // What is on its way still gets there.
      await sleep(100);
      await close();
    },
  };
}

async function handle(exchange: Exchange, site: Served, audit: ListenerOptions['audit']): Promise<void> {
  const received = new Date();
  const { method, path, headers, rawHeaders, socket, from } = exchange;
  const auditId = String(headers['audit-id'] || randomUUID());
  let reply: Outgoing;
  try {
    const body = () => exchange.body(largestBody);
    const answer = respond({ method, path, headers, rawHeaders, socket, body, whenGone: () => goneSignal(exchange) }, site);
    reply = answer instanceof Promise ? await answer : answer;
    if (exchange.isGone()) return;
  } catch (error) {
    if (exchange.isGone()) return;
    warn(exchange, error);
    reply = { ...refusalReply(internal('this simulated server failed; the reason is in its log')), caller: undefined, user: undefined };
  }
  audit?.(auditEvent(reply, { auditId, method, path, from, userAgent: headers['user-agent'] ?? '', received }));
  send(reply, exchange, auditId, site);
}

function goneSignal(exchange: Exchange): AbortSignal {
  const gone = new AbortController();
  exchange.onGone(() => gone.abort());
  if (exchange.isGone()) gone.abort();
  return gone.signal;
}

/** A bug, told to whoever runs the server. */
function warn({ method, path }: Exchange, error: unknown): void {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`simulated server: ${method} ${path.split('?')[0]}: ${why}`);
}

const anonymous = 'system:anonymous';

function send(found: Outgoing, exchange: Exchange, auditId: string, { watches, world }: Served): void {
  const { reply, body, described } = replyBytes(found, exchange, world.protobuf);
  const headers = { ...replyHeaders(reply), ...described, 'audit-id': auditId };
  // Who shows no credential gets one request out of an HTTP/2 connection (UnauthenticatedHTTP2DOSMitigation).
  if (exchange.isMultiplexed && (found.caller === undefined || found.caller.name === anonymous)) exchange.isLast();
  if (found.watch === undefined) {
    exchange.answer(reply.code, headers, body);
    return;
  }
  const stream = asksForWebSocket(exchange.headers) ? webSocket(exchange, reply) : exchange.stream(headers);
  if (stream !== undefined) watches.open(stream, found.watch.watch, found.watch.target);
}

/** The watch as messages of a WebSocket; undefined where the client cannot have one. */
function webSocket(exchange: Exchange, { contentType }: Reply): Outlet | undefined {
  const upgraded = exchange.upgrade();
  if (upgraded === undefined) return undefined;
  const { text, isAccepted } = shakeHands(exchange.headers);
  if (isAccepted) upgraded.socket.write(text);
  else upgraded.socket.end(text);
  return isAccepted ? webSocketOutlet(upgraded, contentType === 'application/json') : undefined;
}
