// Reads as a server answers them: who may, discovery and other paths, gets, lists, watches, in the form the client wants. Order as in
// kube-apiserver 1.36: authorization before anything is looked up; a resource that is not there after it.

import { allows, can } from '../../identity/access-review.ts';
import { type RequestInfo, requestInfo } from '../../identity/request-info.ts';
import type { User } from '../../identity/subjects.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Refusal } from '../answer.ts';
import { forbiddenTo } from '../authorization.ts';
import { shownStore, typeWithWebhook } from '../conversion/shown.ts';
import { caught } from '../conversion/unconverted.ts';
import type { Converting } from '../conversion/webhook.ts';
import { badRequest, internal, methodNotAllowed, noSuchResource } from '../status.ts';
import type { Store } from '../store/store.ts';
import { statusType } from './accept.ts';
import type { ServedResource, Subresource } from './catalog.ts';
import { listObjects } from './collection.ts';
import { deprecationsOf } from './deprecation.ts';
import { getObject } from './get.ts';
import { type About, answerPath } from './paths.ts';
import { parseQuery, type Query } from './query.ts';
import { pageNotFound, type Reply, refusalFor, refusalReply, textReply } from './reply.ts';
import type { Watch } from './watch.ts';

/** A server as far as reads need it. */
export interface Reader extends About {
  readonly store: Store;
  /** What authorization is decided over. */
  readonly snapshot: Snapshot;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What converts objects of kinds that have a webhook for it; they cannot be read where it is absent. */
  readonly converting?: Converting;
}

export interface ReadRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly accept: string;
  readonly user: User;
}

/** What a resource request is about, once it is known to be served. */
export interface ReadTarget {
  readonly info: RequestInfo;
  readonly resource: ServedResource;
  readonly subresource: Subresource | undefined;
  readonly query: Query;
  readonly accept: string;
}

/** A reply that may go on as a watch. */
export interface ReadReply extends Reply {
  readonly watch?: { readonly watch: Watch; readonly target: ReadTarget };
}

/** Answers a read; a write that the server would take is answered by `undefined`, since somebody else does it. */
export function answerRequest(request: ReadRequest, reader: Reader): ReadReply | ReadTarget {
  const info = requestInfo(request.method, request.path);
  const question = request.path.indexOf('?');
  const query = parseQuery(question < 0 ? '' : request.path.slice(question + 1));
  const refused = unauthorized(reader.snapshot, request.user, info);
  if (refused !== undefined) return forbiddenReply(refused, request.accept);
  if (!info.isResourceRequest)
    return inWantedType(answerPath({ method: request.method, path: info.path, query, accept: request.accept }, reader), request.accept);
  // Authorizers pass over slashes that come first; no router does.
  if (info.path.startsWith('//') || (info.apiGroup === '' && info.path.startsWith('/apis/'))) return pageNotFound();
  const target = readTarget(info, query, request, reader);
  if ('code' in target) return inWantedType(target, request.accept);
  const answer = info.verb === 'get' ? getObject : info.verb === 'list' || info.verb === 'watch' ? listObjects : undefined;
  if (answer === undefined) return target;
  const type = target.resource.custom === undefined ? undefined : typeWithWebhook(target.resource, reader.store);
  if (type === undefined) return inWantedType(answer(target, reader), request.accept);
  if (reader.converting === undefined) return refusalFor(request.accept, internal('objects of this kind are converted by a webhook'));
  const store = shownStore(reader.store, target.resource, type, reader.converting);
  const reply = caught<ReadReply>(
    () => answer(target, { ...reader, store }),
    ({ refusal }) => refusalFor(request.accept, refusal),
  );
  return inWantedType(reply, request.accept);
}

/** The 500 about a path that says nothing of a resource, which is found before anybody asks who the client is. */
export function unreadablePath({ isResourceRequest, parts, path }: RequestInfo): Reply | undefined {
  if (!isResourceRequest || parts.length > 0) return undefined;
  const why = `failed to create RequestInfo: unable to determine kind and namespace from url, ${path}`;
  return { ...textReply(`Internal Server Error: ${JSON.stringify(path)}: ${why}\n`, 500), headers: {} };
}

/** What authorization refuses comes with a word to browsers. */
export function forbiddenReply(refusal: Refusal, accept: string): Reply {
  const reply = refusalFor(accept, refusal);
  return { ...reply, headers: { ...reply.headers, 'x-content-type-options': 'nosniff' } };
}

/** Refusals are given in the first form that the client takes as it is; other forms are of what succeeds. */
export function inWantedType<R extends Reply>(reply: R, accept: string): R {
  if (reply.code < 400 || reply.object?.kind !== 'Status') return reply;
  const type = statusType(accept);
  return type === undefined ? { ...reply, contentType: 'application/json', isIndented: true } : { ...reply, contentType: type };
}

/** The 403, where the authorizers do not allow the request. */
export function unauthorized(snapshot: Snapshot, user: User, info: RequestInfo): Refusal | undefined {
  if (allows(snapshot, user, info)) return undefined;
  return forbiddenTo(user, info, can(snapshot, user, info).reason);
}

const verbsByMethod: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete', GET: 'get' };

/** What the request is about, or the refusal where that is not served or not so. */
function readTarget(info: RequestInfo, query: Query, { method, accept }: ReadRequest, { catalog }: Reader): ReadTarget | ReadReply {
  const group = info.apiGroup === '' ? catalog.core : catalog.group(info.apiGroup);
  if (group === undefined) return pageNotFound();
  if (group.source === 'remote') return textReply('service unavailable\n', 503);
  const missing = () => (group.source === 'custom' ? pageNotFound() : refusalReply(noSuchResource()));
  const resource = catalog.resource(info.apiGroup, info.apiVersion, info.resource);
  if (info.verb === 'proxy' || resource === undefined || isMisplaced(info, resource)) return missing();
  const target = targetWithin(resource, info, query, method, accept, missing);
  // What is served of a custom kind warns of its version whatever the answer is.
  return 'code' in target && resource.custom !== undefined ? { ...target, warnings: deprecationsOf(resource) } : target;
}

function targetWithin(
  resource: ServedResource,
  info: RequestInfo,
  query: Query,
  method: string,
  accept: string,
  missing: () => Reply,
): ReadTarget | ReadReply {
  const isReading = method === 'GET' || (method === 'HEAD' && resource.custom !== undefined);
  if (resource.namespaced && info.namespace === '' && !isReading)
    return resource.custom === undefined ? refusalReply(methodNotAllowed()) : pageNotFound();
  const isKnownMethod = isReading || verbsByMethod[method] !== undefined;
  const subresource = resource.subresources.find(({ name }) => name === info.subresource);
  if (info.subresource !== '') {
    if (subresource === undefined)
      return resource.custom !== undefined ? customSubresource(info, resource) : refusalReply(noSuchResource());
    if (!isKnownMethod) return refusalReply(resource.custom === undefined ? methodNotAllowed() : customMethod(info, resource));
    const verb = info.verb === 'watch' ? 'get' : info.verb;
    if (!subresource.verbs.includes(verb))
      return refusalReply(resource.custom === undefined ? methodNotAllowed() : customMethod(info, resource));
    return { info, resource, subresource, query, accept };
  }
  if (info.parts.length > 2) return missing();
  if (!isKnownMethod)
    return refusalReply(resource.custom === undefined || method === 'HEAD' ? methodNotAllowed() : customMethod(info, resource));
  const needed = info.verb === 'get' && info.name === '' ? 'list' : info.verb;
  const isOn =
    info.verb === 'create'
      ? info.parts.length === 1 || resource.custom !== undefined
      : info.verb === 'update' || info.verb === 'patch'
        ? info.parts.length === 2
        : true;
  if (!resource.verbs.includes(needed) || !isOn)
    return refusalReply(resource.custom === undefined ? methodNotAllowed() : customMethod(info, resource));
  return { info, resource, subresource, query, accept };
}

/** A resource of namespaces asked for where there is none, or the other way round. */
function isMisplaced({ namespace, resource: name, parts }: RequestInfo, { namespaced, verbs }: ServedResource): boolean {
  if (!namespaced) return namespace !== '' && (name !== 'namespaces' || parts[1] !== namespace);
  return namespace === '' && (parts.length > 1 || !verbs.includes('list'));
}

function customSubresource(info: RequestInfo, { group, resource }: ServedResource): Reply {
  const message = `${resource}.${group} ${JSON.stringify(info.name)} not found`;
  return refusalReply({ code: 404, reason: 'NotFound', message, details: { name: info.name, group, kind: resource } });
}

function customMethod({ verb, parts }: RequestInfo, { group, resource }: ServedResource): Refusal {
  if (parts.length === 1 && (verb === 'update' || verb === 'patch')) return badRequest('name must be provided');
  const message = `${verb} is not supported on resources of kind "${resource}.${group}"`;
  return { code: 405, reason: 'MethodNotAllowed', message, details: { group, kind: resource } };
}
