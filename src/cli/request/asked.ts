// What is asked: each object of the files as the request that carries it, in order, as text where the file has it as text, so that the server's
// reader sees what was written. An AdmissionReview is a request already.

import { isKubeObject, type KubeObject, objectsIn } from '../../kube/object.ts';
import type { Release } from '../../kube/schema/release.ts';
import { asString, field, type Json, type JsonObject } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import type { ApiRequest, RequestBody, Requester } from '../../request/request.ts';
import type { Store } from '../../request/store/store.ts';
import { collectionOf, pathOf } from '../../request/trace/object-path.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { type Document, documentsOf, filesOf, looksLikeJson } from './documents.ts';
import { ofReview } from './review.ts';

export const verbs = ['create', 'update', 'patch', 'apply', 'delete'] as const;
export type Verb = (typeof verbs)[number];

export interface Asked {
  /** The request; where it goes may rest on definitions that those before it have made. */
  readonly request: (store: Store) => ApiRequest;
  /** The namespace it is in; '' for none. */
  readonly namespace: string;
  /** What a review says is stored before. */
  readonly old?: JsonObject;
  /** What the body holds; undefined where it is no object, as a JSON patch is none. */
  readonly object: KubeObject | undefined;
}

/** Where it all is asked. */
export interface Cluster {
  readonly state: Snapshot;
  readonly release: Release;
}

const patchTypes: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** Reads the requests that the flags describe. */
export function readAsked(flags: Flags, verb: Verb, user: Requester | undefined, release: Release): readonly Asked[] {
  const review = word(flags, 'review');
  if (review !== undefined) {
    const other = besideReview.find((name) => flags[name] !== undefined);
    if (other !== undefined) throw new Stop(problem('usage/bad-flag', `--review says who asks what: it does not go with --${other}`));
    return documentsOf(review).map(({ value }) => ofReview(value, review));
  }
  if (user === undefined) throw new Stop(problem('usage/bad-flag', whoAsks));
  const files = verbatim(flags, 'filename').flatMap(filesOf);
  if (files.length === 0) {
    if (verb === 'delete' && word(flags, 'path') !== undefined)
      return [{ request: () => ofVerb(flags, verb, '', user), namespace: namespaceIn(word(flags, 'path') ?? ''), object: undefined }];
    throw new Stop(problem('usage/bad-flag', `${verb} what? Name the object with -f FILE`));
  }
  return files.flatMap((file) =>
    documentsOf(file).flatMap(({ value, body }) => bodiesOf(value, body).map((each) => asked(each, file, flags, verb, user, release))),
  );
}

const besideReview = ['filename', 'as', 'token', 'certificate', 'impersonate', 'path', 'subresource', 'namespace'];

const whoAsks =
  'who asks? Name the user with --as, a service account as system:serviceaccount:NAMESPACE:NAME, or show a credential with --token or --certificate';

/** Lists are sent member by member, as kubectl does. */
function bodiesOf(value: Json, body: RequestBody): readonly Pick<Document, 'value' | 'body'>[] {
  if (!isKubeObject(value)) return [{ value, body }];
  const { items } = objectsIn(value);
  if (items.length === 1 && items[0]?.pointer === '') return [{ value, body }];
  return items.map(({ object }) => ({ value: object as Json, body: { kind: 'json', value: object as Json } }));
}

function asked(
  { value, body }: Pick<Document, 'value' | 'body'>,
  file: string,
  flags: Flags,
  verb: Verb,
  user: Requester,
  release: Release,
): Asked {
  const object = isKubeObject(value) ? value : undefined;
  if (object === undefined && (verb !== 'patch' || word(flags, 'path') === undefined))
    throw new Stop(
      problem(
        'object/not-an-object',
        verb === 'patch'
          ? `${file} holds no object with apiVersion and kind: name what it patches with --path`
          : `${file} holds no object with apiVersion and kind`,
      ),
    );
  const isCustom = object !== undefined && release.resourceOf(object.apiVersion, object.kind) === undefined;
  const given = word(flags, 'path');
  const inside = word(flags, 'namespace') ?? asString(field(object?.metadata, 'namespace')) ?? 'default';
  const request = (store: Store) => {
    const path = given ?? (object === undefined ? '' : pathOfObject(object, flags, verb, release, store));
    return ofVerb(flags, verb, path, user, { body, value, isCustom });
  };
  // What has no path is said at once, before anything is asked.
  if (object !== undefined && given === undefined) checked(object, flags, verb);
  return { request, namespace: given === undefined ? inside : namespaceIn(given), object };
}

function namespaceIn(path: string): string {
  return /\/namespaces\/([^/]+)\//.exec(path)?.[1] ?? '';
}

/** Ends the command where an object does not say where its request goes. */
function checked(object: KubeObject, flags: Flags, verb: Verb): void {
  const { apiVersion, kind, metadata } = object;
  if (kind === 'Scale' && apiVersion === 'autoscaling/v1') {
    const path = `/apis/apps/v1/namespaces/${asString(field(metadata, 'namespace')) ?? 'default'}/deployments/${asString(field(metadata, 'name')) ?? ''}/scale`;
    throw new Stop(problem('usage/bad-flag', `a Scale is of some other object: name it with --path ${path}`));
  }
  const needsName = verb !== 'create' || word(flags, 'subresource') !== undefined;
  if (needsName && (asString(field(metadata, 'name')) ?? '') === '')
    throw new Stop(problem('object/invalid', `${verb} which ${kind}? The object has no metadata.name`));
}

function ofVerb(
  flags: Flags,
  verb: Verb,
  path: string,
  user: Requester,
  sent?: { readonly body: RequestBody; readonly value: Json; readonly isCustom: boolean },
): ApiRequest {
  const at = path === '' ? (word(flags, 'path') ?? '') : path;
  if (!at.startsWith('/')) throw new Stop(problem('usage/bad-flag', `--path ${at}: a path begins with "/"`));
  const query = { fieldValidation: word(flags, 'fieldValidation') ?? 'Strict', fieldManager: word(flags, 'fieldManager') ?? 'cofferdam' };
  const body = sent === undefined ? {} : { body: sent.body };
  const contentType = sent?.body.kind === 'text' && !looksLikeJson(sent.body.text) ? 'application/yaml' : 'application/json';
  switch (verb) {
    case 'create':
      return { method: 'POST', path: at, query, user, contentType, ...body };
    case 'update':
      return { method: 'PUT', path: at, query, user, contentType, ...body };
    case 'apply': {
      const force = flags.forceConflicts === true ? { force: 'true' } : {};
      return { method: 'PATCH', path: at, query: { ...query, ...force }, user, ...body, contentType: 'application/apply-patch+yaml' };
    }
    case 'patch': {
      const type = word(flags, 'type') ?? (Array.isArray(sent?.value) ? 'json' : sent?.isCustom === true ? 'merge' : 'strategic');
      // Patches are JSON; what is written as YAML is sent as the value it stands for, as kubectl does.
      const isJson = sent?.body.kind === 'text' && looksLikeJson(sent.body.text);
      const patch = sent === undefined || isJson ? body : { body: { kind: 'json', value: sent.value } as const };
      return { method: 'PATCH', path: at, query, user, ...patch, contentType: patchTypes[type] ?? '' };
    }
    case 'delete':
      return { method: 'DELETE', path: at, query: {}, user, ...deleteOptions(flags) };
  }
}

function deleteOptions(flags: Flags): Pick<ApiRequest, 'body'> {
  const cascade = word(flags, 'cascade');
  const grace = word(flags, 'gracePeriod');
  if (cascade === undefined && grace === undefined) return {};
  if (grace !== undefined && !/^[0-9]{1,9}$/.test(grace))
    throw new Stop(problem('usage/bad-flag', `--grace-period ${grace}: write it as seconds`));
  const propagationPolicy = cascade === undefined ? {} : { propagationPolicy: `${cascade[0]?.toUpperCase()}${cascade.slice(1)}` };
  const gracePeriodSeconds = grace === undefined ? {} : { gracePeriodSeconds: Number(grace) };
  return { body: { kind: 'json', value: { apiVersion: 'v1', kind: 'DeleteOptions', ...propagationPolicy, ...gracePeriodSeconds } } };
}

/** Kinds that are sent to a subresource of another: of which resource, and where its path is given by the name. */
const throughParents: Readonly<Record<string, readonly [resource: string, subresource: string]>> = {
  Eviction: ['pods', 'eviction'],
  Binding: ['pods', 'binding'],
  TokenRequest: ['serviceaccounts', 'token'],
};

function pathOfObject(object: KubeObject, flags: Flags, verb: Verb, release: Release, store: Store): string {
  const { apiVersion, kind } = object;
  const subresource = word(flags, 'subresource');
  const name = asString(field(object.metadata, 'name')) ?? '';
  const namespace = word(flags, 'namespace') ?? asString(field(object.metadata, 'namespace')) ?? 'default';
  const parent = Object.hasOwn(throughParents, kind) ? throughParents[kind] : undefined;
  if (parent !== undefined) return `/api/v1/namespaces/${namespace}/${parent[0]}/${name}/${subresource ?? parent[1]}`;
  // Of a kind that nobody knows the server says so itself.
  const collection = pathOf(apiVersion, collectionOf(object, release, store), namespace);
  if (verb === 'create' && subresource === undefined) return collection;
  return subresource === undefined ? `${collection}/${name}` : `${collection}/${name}/${subresource}`;
}
