// A connection to one API server: requests with the right headers, tried again where that is safe and asked for. Only reads are sent
// (and reviews, which change nothing). Paths are put together from checked parts; the host is always the kubeconfig's own.
//
// Tried again: 401 once with fresh credentials; 429 and answers with Retry-After as client-go does, within a minute in all; broken
// connections three times, since a rolling API server drops them.

import type { OutgoingHttpHeaders } from 'node:http';
import { asNumber, dig, type Json } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { withoutEnd } from '../../lib/text.ts';
import { type Agents, agentsOf } from './agents.ts';
import { type Authenticator, authenticator, type Credentials } from './authenticator.ts';
import { exchange, type Head, type Limits, readText, usualLimits } from './http.ts';
import { badAnswer, quoted, type Refusal, refused, unanswered } from './refusal.ts';
import { patience, pause, waitBefore } from './retry.ts';
import type { Impersonation, Target } from './target.ts';

export interface ConnectionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True where a person may be asked by a credential plugin. */
  readonly interactive?: boolean;
  readonly limits?: Partial<Limits>;
  /** Times a broken connection is tried again, from 250 ms apart, doubling. Default 3. */
  readonly retries?: number;
}

export interface Request {
  readonly method?: 'GET' | 'POST';
  /** Below the server's own path, beginning with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly body?: Json;
  /** What the request needs, as the end of "the right to …". */
  readonly right: string;
  readonly signal?: AbortSignal;
}

export interface Connection {
  readonly context: string;
  /** Scheme, host and port, for people. */
  readonly server: string;
  readonly namespace: string;
  readonly limits: Limits;
  /** Asks once or more and parses the answer. */
  readonly ask: (request: Request) => Promise<Result<Answer, Refusal>>;
  /** Opens an answer that goes on; the caller reads and ends it. Not tried again, but for a refused credential. */
  readonly open: (request: Request) => Promise<Result<Head, Refusal>>;
  readonly close: () => void;
}

export interface Answer {
  readonly value: Json;
  /** The text it was parsed from. */
  readonly text: string;
}

/** Makes a connection; nothing is sent before the first request. */
export function connect(target: Target, options: ConnectionOptions): Connection {
  const limits: Limits = { ...usualLimits, ...options.limits };
  const server = target.server.origin;
  const identity = authenticator(
    target.authentication,
    { environment: options.environment, cluster: target.forPlugins, interactive: options.interactive === true },
    Date.now,
  );
  const agents = agentsOf(target);
  const send = sender(target, identity, agents, limits);
  const judge = async (head: Head, right: string): Promise<Refusal> => refusalOf(server, head, limits, right, identity);
  return {
    context: target.context,
    server,
    namespace: target.namespace,
    limits,
    async ask(request) {
      const end = Date.now() + patience;
      for (let attempt = 0; ; attempt++) {
        const answer = await once(request);
        if (answer.ok) return answer;
        const wait = waitBefore(answer.problem, attempt, options.retries ?? 3, end - Date.now());
        if (wait === undefined || request.signal?.aborted === true) return answer;
        await pause(wait, request.signal);
      }
    },
    async open(request) {
      const head = await send(request);
      if (!head.ok || head.value.status === 200) return head;
      return failure(await judge(head.value, request.right));
    },
    close: agents.close,
  };

  async function once(request: Request): Promise<Result<Answer, Refusal>> {
    const head = await send(request);
    if (!head.ok) return head;
    if (head.value.status < 200 || head.value.status > 299) return failure(await judge(head.value, request.right));
    const text = await readText(head.value, limits);
    if (!text.ok) return failure(unanswered(server, text.problem));
    const value = parsed(text.value);
    if (value !== undefined) return ok({ value, text: text.value });
    const kind = quoted(head.value.headers['content-type'] ?? 'without a type');
    return failure(
      badAnswer(server, head.value.status, `answers ${request.path} with ${kind} that is not JSON; is it a Kubernetes API server?`),
    );
  }
}

function sender(
  target: Target,
  identity: Authenticator,
  agents: Agents,
  limits: Limits,
): (request: Request) => Promise<Result<Head, Refusal>> {
  const base = withoutEnd(target.server.pathname, '/');
  return async (request) => {
    const query = new URLSearchParams(request.query).toString();
    const path = `${base}${request.path}${query === '' ? '' : `?${query}`}`;
    for (let attempt = 0; ; attempt++) {
      const credentials = await identity.current();
      if (!credentials.ok) return failure({ problem: credentials.problem, status: 0 });
      const agent = agents.get(credentials.value);
      if (!agent.ok) return agent;
      const head = await exchange({
        method: request.method ?? 'GET',
        url: target.server,
        path,
        headers: headersOf(request, credentials.value, target.impersonation),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        agent: agent.value,
        limits,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      if (!head.ok) return failure(unanswered(target.server.origin, head.problem));
      if (head.value.status !== 401 || attempt > 0 || !identity.refused(credentials.value)) return head;
      head.value.end();
    }
  };
}

function headersOf(request: Request, credentials: Credentials, impersonation: Impersonation): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    accept: request.accept ?? 'application/json',
    'accept-encoding': 'gzip',
    'user-agent': 'cofferdam',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(credentials.authorization === undefined ? {} : { authorization: credentials.authorization }),
  };
  const { user, groups, uid, extra } = impersonation;
  if (user !== undefined) headers['impersonate-user'] = wire(user);
  if (groups.length > 0) headers['impersonate-group'] = groups.map(wire);
  if (uid !== undefined) headers['impersonate-uid'] = wire(uid);
  for (const [key, values] of extra) headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = values.map(wire);
  return headers;
}

/** A header value: UTF-8 bytes, one character each, without what would end the line. */
function wire(text: string): string {
  return Buffer.from(text.replace(/[\u0000-\u001f\u007f]/g, ' '), 'utf8').toString('latin1');
}

async function refusalOf(server: string, head: Head, limits: Limits, right: string, identity: Authenticator): Promise<Refusal> {
  const { status, headers } = head;
  if (status >= 300 && status < 400) {
    head.end();
    const to = URL.parse(String(headers.location ?? ''), server)?.origin ?? 'nowhere';
    return badAnswer(
      server,
      status,
      `it sends the request on to ${quoted(to)}, which is not followed: credentials stay with the server they are for`,
    );
  }
  const text = await readText(head, { ...limits, bytes: 1024 * 1024 });
  const body = text.ok ? parsed(text.value) : undefined;
  const credentials = status === 401 ? await identity.describe() : '';
  const refusal = refused(server, status, body, right, credentials);
  const seconds = Number(headers['retry-after'] ?? asNumber(dig(body, 'details', 'retryAfterSeconds')));
  return Number.isFinite(seconds) && (status === 429 || status >= 500) ? { ...refusal, retryAfter: Math.max(0, seconds) * 1000 } : refusal;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
