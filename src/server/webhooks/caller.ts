// Calls admission webhooks over HTTPS, as the API server does: only the authorities of the configuration's bundle are trusted, the name of the
// Service is what the certificate is held against, no redirect is followed, no proxy used, and nobody's credentials are sent. A Service is called
// only where the user says how it is reached. Failures are told in the words of Go's HTTP client, because they end up in answers.

import { randomUUID } from 'node:crypto';
import { request as send } from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import { callUrl } from '../../request/admission/webhook/endpoint.ts';
import type { WebhookCall, WebhookReply } from '../../request/calls/call.ts';
import type { MakeCall } from '../../request/calls/calling.ts';
import { type Place, transportText } from './go-errors.ts';

/** The backend of a kubeconfig, with the credentials it gives. */
export interface Backend {
  readonly url: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

export interface CallerOptions {
  /** Where Services are reached: `shop/hook` to `https://127.0.0.1:8443`. */
  readonly services: ReadonlyMap<string, string>;
  /** True where the names of Services lead to them: inside the cluster. */
  readonly isInCluster: boolean;
  /** What a kubeconfig of the API server's own says; undefined where it is not to be called. */
  readonly backend?: (file: string) => Backend | undefined;
}

/** More of an answer than this is not read. */
const largestAnswer = 16 * 1024 * 1024;
const mostAttempts = 10;

/** Makes calls; each is one request. */
export function webhookCaller(options: CallerOptions): MakeCall {
  return async (call, signal) => {
    const place = placeOf(call, options);
    if (typeof place === 'string') return { kind: 'not known', sent: false, why: place };
    const uid = call.hasUid ? randomUUID() : '';
    const body = Buffer.from(JSON.stringify(withUid(call, uid)));
    const deadline = Date.now() + call.timeoutSeconds * 1000;
    for (let attempt = 0; ; attempt++) {
      const reply = await exchange(place, body, uid, deadline, signal);
      if (reply.kind !== 'again' || attempt >= mostAttempts || signal?.aborted === true) return reply.kind === 'again' ? reply.last : reply;
      if (Date.now() + reply.after >= deadline) {
        await rest(Math.max(0, deadline - Date.now()), signal);
        return { kind: 'failed', during: 'request', message: 'context deadline exceeded' };
      }
      await rest(reply.after, signal);
    }
  };
}

/** Waits, unless the call is given up. */
async function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

/** Where a call goes, or why it goes nowhere. */
function placeOf(call: WebhookCall, { services, isInCluster, backend }: CallerOptions): Place | string {
  const { endpoint, timeoutSeconds } = call;
  const ca = call.caBundle === '' ? undefined : Buffer.from(call.caBundle, 'base64').toString('latin1');
  const trusted = ca === undefined ? {} : { ca };
  if (endpoint.kind === 'kubeconfig') {
    const found = backend?.(endpoint.file);
    if (found === undefined) return 'its kubeconfig cannot be used';
    const { url, ...credentials } = found;
    return at(new URL(url), new URL(url), `?timeout=${timeoutSeconds}s`, credentials);
  }
  if (endpoint.kind === 'service' && !/^[a-z0-9-]+\/[a-z0-9.-]+$/.test(`${endpoint.namespace}/${endpoint.name}`))
    return 'its Service has no name that one can have';
  const asked = parsed(callUrl(endpoint, timeoutSeconds));
  if (asked === undefined) return 'its URL cannot be read';
  if (asked.protocol !== 'https:') return 'its URL is not https';
  if (endpoint.kind === 'url') return at(asked, asked, '', trusted);
  const route = services.get(`${endpoint.namespace}/${endpoint.name}`);
  if (route === undefined && !isInCluster)
    return `nothing says how the Service ${endpoint.namespace}/${endpoint.name} is reached (--webhook ${endpoint.namespace}/${endpoint.name}=https://HOST:PORT)`;
  const target = route === undefined ? asked : parsed(route);
  return target === undefined ? `${route} is no URL` : at(target, asked, '', trusted);
}

function at(target: URL, asked: URL, query: string, credentials: Pick<Place, 'ca' | 'cert' | 'key' | 'token'>): Place {
  const bare = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');
  return {
    host: bare(target),
    port: Number(target.port === '' ? 443 : target.port),
    name: bare(asked),
    authority: asked.host,
    path: `${asked.pathname}${asked.search}${query}`,
    ...credentials,
  };
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function withUid({ body, hasUid }: WebhookCall, uid: string): object {
  return hasUid ? { ...body, request: { ...(body.request as object), uid } } : body;
}

type Exchanged = WebhookReply | { readonly kind: 'again'; readonly after: number; readonly last: WebhookReply };

function exchange(place: Place, body: Buffer, uid: string, deadline: number, signal: AbortSignal | undefined): Promise<Exchanged> {
  return new Promise((resolve) => {
    let socket: TLSSocket | undefined;
    let during: 'request' | 'body' = 'request';
    let isOver = false;
    const end = (reply: Exchanged) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', givenUp);
      outgoing.destroy();
      resolve(reply);
    };
    const failed = (message: string) => end({ kind: 'failed', during, message });
    const givenUp = () => failed('context canceled');
    const outgoing = send({
      host: place.host,
      port: place.port,
      servername: isIP(place.name) === 0 ? place.name : '',
      // Whatever the environment says.
      rejectUnauthorized: true,
      ...(place.ca === undefined ? {} : { ca: place.ca }),
      ...(place.cert === undefined ? {} : { cert: place.cert }),
      ...(place.key === undefined ? {} : { key: place.key }),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(place.name, certificate),
      method: 'POST',
      path: place.path,
      agent: false,
      headers: {
        host: place.authority,
        'user-agent': 'kube-apiserver-admission',
        accept: 'application/json, */*',
        'content-type': 'application/json',
        'content-length': body.length,
        ...(place.token === undefined ? {} : { authorization: `Bearer ${place.token}` }),
      },
    });
    const timer = setTimeout(() => failed('context deadline exceeded'), Math.max(0, deadline - Date.now()));
    signal?.addEventListener('abort', givenUp);
    outgoing.on('socket', (opened) => {
      socket = opened as TLSSocket;
    });
    outgoing.on('error', (error) => {
      if (!isOver) void transportText(error, place, socket).then(failed);
    });
    outgoing.on('response', (incoming) => {
      during = 'body';
      const status = incoming.statusCode ?? 0;
      const { location, 'retry-after': retryAfter } = incoming.headers;
      if (status >= 300 && status < 400 && location !== undefined)
        return end({ kind: 'not known', sent: true, why: 'it redirects to another address, which is not followed' });
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > largestAnswer)
          end({ kind: 'not known', sent: true, why: `its answer is longer than ${largestAnswer} bytes, which is not read` });
        else chunks.push(chunk);
      });
      incoming.on('error', () => failed('unexpected EOF'));
      incoming.on('end', () => {
        const contentType = incoming.headers['content-type'] ?? '';
        const last: WebhookReply = { kind: 'answered', uid, status, contentType, body: Buffer.concat(chunks).toString('utf8') };
        const seconds = /^[0-9]{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
        const isBusy = status === 429 || (status >= 500 && status < 600);
        end(isBusy && seconds !== undefined ? { kind: 'again', after: seconds * 1000, last } : last);
      });
      return undefined;
    });
    outgoing.end(body);
  });
}
