// One request from credentials to reply: authentication, impersonation, authorization, then a read, a review or a write.

import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type AccessReview, can } from '../../identity/access-review.ts';
import type { Identity } from '../../identity/impersonation.ts';
import { type RequestInfo, requestInfo } from '../../identity/request-info.ts';
import { decodeProtobuf, isProtobuf, type ProtobufFault } from '../../kube/protobuf/decode.ts';
import { asObject, type JsonObject } from '../../lib/json.ts';
import type { Answer, Refusal } from '../../request/answer.ts';
import type { Calls } from '../../request/calls/call.ts';
import { type Accepted, negotiate } from '../../request/read/accept.ts';
import { acceptedForm, wrongForm } from '../../request/read/forms.ts';
import { nodeProxyRefusal, streamRefusal } from '../../request/read/kubelet.ts';
import { first } from '../../request/read/query.ts';
import {
  answerRequest,
  forbiddenReply,
  inWantedType,
  type Reader,
  type ReadReply,
  type ReadTarget,
  unreadablePath,
} from '../../request/read/read.ts';
import { answerReply, type Reply, refusalFor } from '../../request/read/reply.ts';
import { partialMetadata, table, tableForm } from '../../request/read/table/table.ts';
import type { ApiRequest, RequestBody } from '../../request/request.ts';
import { badRequest, notFound, tooLarge, unsupportedMediaType } from '../../request/status.ts';
import { type Noted, noting } from './audit.ts';
import { acting, authenticate, unauthorized } from './authenticate.ts';
import type { Body } from './exchange.ts';
import { answerConverted, answerHooked, type Hooks } from './hooked.ts';
import { issuer, type TokenIssuer } from './service-account-tokens.ts';
import { isStream, timeoutRefusal } from './timeout.ts';
import type { World } from './world.ts';

/** The server's own limit of request bodies (kube-apiserver, MaxRequestBodyBytes). */
export const largestBody = 3 * 1024 * 1024;

export interface Incoming {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** `[name, value, name, value…]`, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly socket: TLSSocket;
  /** Asked for once, and only where a body means something. */
  readonly body: () => Body | Promise<Body>;
  /** Tells when nobody waits for the answer any more. */
  readonly whenGone: () => AbortSignal;
}

export interface Outgoing extends ReadReply {
  readonly caller: Identity | undefined;
  readonly user: Identity | undefined;
  /** Undefined where the request failed before anybody looked. */
  readonly info?: RequestInfo;
  /** What the authorizers said, asked anew; undefined where they were not asked. */
  readonly review?: () => AccessReview;
  /** Of a write, where there is an audit log. */
  readonly noted?: Noted | undefined;
}

export interface Site {
  readonly world: World;
  readonly tokens: TokenIssuer;
  /** `127.0.0.1:6443`. */
  readonly address: string;
  readonly metrics: () => string;
  /** What is done about admission webhooks; nothing where absent. */
  readonly hooks?: Hooks | undefined;
  readonly toldOfHooks: Set<string>;
  /** Whether each request is written down. */
  readonly isAudited: boolean;
}

/** Answers a request; never throws for what a client sends. */
export function respond(incoming: Incoming, site: Site): Outgoing | Promise<Outgoing> {
  const { world, tokens } = site;
  const { method, path, headers } = incoming;
  const accept = headers.accept ?? '';
  const info = requestInfo(method, path);
  const now = Date.now();
  const unreadable = unreadablePath(info);
  if (unreadable !== undefined) return { ...unreadable, caller: undefined, user: undefined, info };
  const hurried = timeoutRefusal(path, info);
  if (hurried !== undefined) return { ...refusalFor(accept, hurried), caller: undefined, user: undefined, info };
  const caller = authenticate(incoming.socket, headers, tokens, world.store, now);
  if (caller === undefined) return { ...refusalFor(accept, unauthorized), caller, user: undefined, info };
  const isNode = caller.name.startsWith('system:node:') || String(headers['impersonate-user'] ?? '').startsWith('system:node:');
  const needsAll = isNode || info.apiGroup === 'authorization.k8s.io';
  const snapshot = world.snapshot(needsAll);
  const as = acting(snapshot, caller, incoming.rawHeaders, info);
  if ('refusal' in as) return { ...forbiddenReply(as.refusal, accept), caller, user: undefined, info };
  const { user } = as;
  const readerWith = (calls?: Calls): Reader => ({
    published: world.published,
    catalog: world.catalog(),
    openApi: world.openApi,
    address: site.address,
    issuer,
    get keys() {
      return tokens.keys;
    },
    metrics: site.metrics,
    store: world.store,
    snapshot,
    now: Date.now,
    get converting() {
      return { ...world.writing(), ...(calls === undefined ? {} : { calls }) };
    },
  });
  const reader = readerWith();
  const noted = site.isAudited && method !== 'GET' ? noting(method) : undefined;
  const answer = (calls?: Calls) => answerRequest({ method, path, accept, user }, calls === undefined ? reader : readerWith(calls));
  const ended = (one: ReadReply | ReadTarget) => ('code' in one ? one : written(one, { incoming, user, site, reader, noted }));
  const reply = answerConverted(info, world.store, site.hooks, answer, ended);
  const whole = (one: ReadReply): Outgoing => ({
    ...one,
    headers: isStream(info) ? one.headers : { ...one.headers, ...world.flow().headersOf(user, info) },
    caller,
    user,
    info,
    review: () => can(snapshot, user, info),
    noted,
  });
  return reply instanceof Promise ? reply.then(whole) : whole(reply);
}

/** A write that is allowed, with what it is carried out by. */
interface Allowed {
  readonly incoming: Incoming;
  readonly user: Identity;
  readonly site: Site;
  readonly reader: Reader;
  readonly noted: Noted | undefined;
}

function written(target: ReadTarget, allowed: Allowed): Reply | Promise<Reply> {
  const form = acceptedForm(target);
  if ('code' in form) return refusalFor(target.accept, form);
  const body = allowed.incoming.body();
  const next = (whole: Body) => withBody(whole, target, allowed);
  return body instanceof Promise ? body.then(next) : next(body);
}

function withBody(body: Body, target: ReadTarget, { incoming, user, site, reader, noted }: Allowed): Reply | Promise<Reply> {
  const { headers, method } = incoming;
  const accepted = negotiate(headers.accept ?? '', () => true) ?? { type: 'application/json' as const, pretty: false };
  if (body === 'too large') return refusalFor(target.accept, tooLarge(`Request entity too large: limit is ${largestBody}`));
  if (body === 'gone') return refusalFor(target.accept, clientGone);
  if ('fault' in body) return refusalFor(target.accept, { code: 500, reason: '', message: body.fault });
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isBinary = type === 'application/vnd.kubernetes.protobuf' && isProtobuf(body);
  const decoded = isBinary ? decodeProtobuf(body, site.world.protobuf) : undefined;
  if (decoded?.ok === false) return refusalFor(target.accept, brokenProtobuf(decoded.problem, body, target));
  if (target.subresource !== undefined && connects.has(target.subresource.name)) return refusalFor(target.accept, noNode(target, reader));
  const query = Object.fromEntries([...target.query].map(([key, values]) => [key, values[0] ?? '']));
  const request: ApiRequest = {
    method,
    path: target.info.path,
    query,
    ...(headers['content-type'] === undefined ? {} : { contentType: decoded === undefined ? headers['content-type'] : 'application/json' }),
    ...bodyOf(decoded?.value, body),
    ...(headers['user-agent'] === undefined ? {} : { userAgent: headers['user-agent'] }),
    user,
  };
  const writing = { ...site.world.writing(), access: () => reader.snapshot, tokens: site.tokens };
  const answer = answerHooked(request, writing, site.hooks, site.toldOfHooks, incoming.whenGone, noted?.observe);
  const finished = (one: Answer) => inWantedType(shown(one, target, accepted, reader), target.accept);
  return answer instanceof Promise ? answer.then(finished) : finished(answer);
}

/** Nobody reads it. */
const clientGone: Refusal = { code: 500, reason: '', message: 'unexpected EOF' };

/** A body in protobuf that cannot be read, in the server's words where it could not read it either. */
function brokenProtobuf(fault: ProtobufFault, body: Buffer, { resource }: ReadTarget): Refusal {
  if (fault.kind === 'unknown') {
    const refusal = unsupportedMediaType(['application/json', 'application/yaml']);
    return { ...refusal, message: `${refusal.message}; ${fault.message}` };
  }
  const { of } = fault;
  if (of !== undefined && of.kind !== '') {
    const version = JSON.stringify(of.apiVersion.slice(of.apiVersion.indexOf('/') + 1));
    return badRequest(`${of.kind} in version ${version} cannot be handled as a ${resource.kind}: ${fault.message}`);
  }
  const shown = body.subarray(0, 30).toString('hex') + (body.length > 30 ? ' ...' : '');
  return badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): ${fault.message} (${shown})`);
}

/** Subresources that lead to a kubelet or into the network of pods. */
const connects: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy']);

/** What a server says that cannot reach the node. */
function noNode({ info, resource, subresource, query }: ReadTarget, { store }: Reader): Refusal {
  if (query.has('dryRun')) return badRequest('dryRun is not supported');
  const object = store.get(resource, resource.namespaced ? info.namespace : '', info.name);
  if (object === undefined) return notFound(resource, info.name);
  if (resource.resource === 'nodes') return nodeProxyRefusal(info.name, store);
  return streamRefusal(object, subresource?.name ?? '', query, true, store);
}

function bodyOf(decoded: JsonObject | undefined, body: Buffer): { readonly body?: RequestBody } {
  if (decoded !== undefined) return { body: { kind: 'text', text: JSON.stringify(decoded) } };
  return body.length === 0 ? {} : { body: { kind: 'text', text: body.toString('utf8') } };
}

/** The answer to a write in the form that the client wants. */
function shown(answer: Answer, target: ReadTarget, { type, form }: Accepted, reader: Reader): Reply {
  const { object } = answer;
  if (object === undefined || form === undefined || object.kind === 'Status') return answerReply(answer, type);
  // Found after the write is stored, as there: only who reads the answer is told.
  const refused = wrongForm(form, false, target);
  if (refused !== undefined) return answerReply({ ...answer, refusal: refused }, type);
  if (form.kind === 'PartialObjectMetadata') return answerReply({ ...answer, object: partialMetadata(object, form.version) }, type);
  if (form.kind !== 'Table') return answerReply(answer, type);
  const include = first(target.query, 'includeObject') === 'Object' ? 'Object' : 'Metadata';
  const rows = tableForm(reader.published, target.resource, target.resource.kind);
  const metadata = { resourceVersion: asObject(object.metadata).resourceVersion };
  const settings = { version: form.version, include, now: Date.now(), headers: true } as const;
  return answerReply({ ...answer, object: table(rows, [{ stored: object, object }], metadata, settings) }, type);
}
