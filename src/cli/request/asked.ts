// What is asked: each object of the file as the request that carries it, in order, as text where the file has it as text, so that the server's
// reader sees what was written. An AdmissionReview is a request already.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isKubeObject, type KubeObject, objectsIn } from '../../kube/object.ts';
import type { Release } from '../../kube/schema/release.ts';
import { parseYaml } from '../../kube/yaml/parse.ts';
import { asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { collectionOf, pathOf } from '../../request/object-path.ts';
import type { ApiRequest, RequestBody, Requester } from '../../request/request.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { decode } from '../../sources/decode.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';

export const verbs = ['create', 'update', 'patch', 'apply', 'delete'] as const;
export type Verb = (typeof verbs)[number];

export interface Asked {
  readonly request: ApiRequest;
  /** What a review says is stored before. */
  readonly old?: JsonObject;
  /** What the body holds; undefined where it is no object, as a JSON patch is none. */
  readonly object: KubeObject | undefined;
}

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
export function readAsked(flags: Flags, verb: Verb, user: Requester | undefined, cluster: Cluster): readonly Asked[] {
  const review = word(flags, 'review');
  if (review !== undefined) {
    const other = besideReview.find((name) => flags[name] !== undefined);
    if (other !== undefined) throw new Stop(problem('usage/bad-flag', `--review says who asks what: it does not go with --${other}`));
    return documentsOf(review).map(({ value }) => ofReview(value, review));
  }
  if (user === undefined) throw new Stop(problem('usage/bad-flag', whoAsks));
  const files = verbatim(flags, 'filename').flatMap(filesOf);
  if (files.length === 0) {
    if (verb === 'delete' && word(flags, 'path') !== undefined) return [{ request: ofVerb(flags, verb, '', user), object: undefined }];
    throw new Stop(problem('usage/bad-flag', `${verb} what? Name the object with -f FILE`));
  }
  return files.flatMap((file) =>
    documentsOf(file).flatMap(({ value, body }) => bodiesOf(value, body).map((each) => asked(each, file, flags, verb, user, cluster))),
  );
}

const besideReview = ['filename', 'as', 'token', 'certificate', 'impersonate', 'path', 'subresource', 'namespace'];

/** The manifests of a folder in the order of their names, as kubectl takes them; not those of folders in it. */
function filesOf(path: string): readonly string[] {
  if (path === '-' || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  const found = readdirSync(path)
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .sort();
  if (found.length === 0) throw new Stop(problem('input/nothing', `${path} holds no YAML or JSON file`));
  return found.map((name) => join(path, name));
}

const whoAsks =
  'who asks? Name the user with --as, a service account as system:serviceaccount:NAMESPACE:NAME, or show a credential with --token or --certificate';

interface Document {
  readonly value: Json;
  readonly body: RequestBody;
  readonly isJson: boolean;
}

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
  cluster: Cluster,
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
  const path = word(flags, 'path') ?? (object === undefined ? '' : pathOfObject(object, flags, verb, cluster));
  const isCustom = object !== undefined && cluster.release.resourceOf(object.apiVersion, object.kind) === undefined;
  return { request: ofVerb(flags, verb, path, user, { body, value, isCustom }), object };
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

function pathOfObject(object: KubeObject, flags: Flags, verb: Verb, { state, release }: Cluster): string {
  const { apiVersion, kind } = object;
  const subresource = word(flags, 'subresource');
  const name = asString(field(object.metadata, 'name')) ?? '';
  const namespace = word(flags, 'namespace') ?? asString(field(object.metadata, 'namespace')) ?? 'default';
  const parent = Object.hasOwn(throughParents, kind) ? throughParents[kind] : undefined;
  if (parent !== undefined) return `/api/v1/namespaces/${namespace}/${parent[0]}/${name}/${subresource ?? parent[1]}`;
  if (kind === 'Scale' && apiVersion === 'autoscaling/v1')
    throw new Stop(
      problem(
        'usage/bad-flag',
        `a Scale is of some other object: name it with --path /apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`,
      ),
    );
  const definitions = ofKind(state, 'apiextensions.k8s.io', 'CustomResourceDefinition').map((one) => one.object as JsonObject);
  // Of a kind that nobody knows the server says so itself.
  const collection = pathOf(apiVersion, collectionOf(object, release, definitions), namespace);
  if (verb === 'create' && subresource === undefined) return collection;
  if (name === '') throw new Stop(problem('object/invalid', `${verb} which ${kind}? The object has no metadata.name`));
  return subresource === undefined ? `${collection}/${name}` : `${collection}/${name}/${subresource}`;
}

const methods: Readonly<Record<string, string>> = { CREATE: 'POST', UPDATE: 'PUT', DELETE: 'DELETE' };

/** The request that an AdmissionReview is about (admission.k8s.io/v1). */
function ofReview(value: Json, file: string): Asked {
  const asked = field(value, 'request');
  const text = (...keys: readonly string[]) => asString(dig(asked, ...keys)) ?? '';
  const method = methods[text('operation')];
  if (!isObject(asked) || method === undefined)
    throw new Stop(problem('usage/bad-flag', `--review ${file}: there is no AdmissionReview of a CREATE, UPDATE or DELETE in it`));
  const of = isObject(asked.requestResource) ? 'requestResource' : 'resource';
  const needed = [`${of}.version`, `${of}.resource`, 'userInfo.username', ...(method === 'POST' ? [] : ['name'])];
  const missing = needed.filter((path) => text(...path.split('.')) === '');
  if (missing.length > 0) throw new Stop(problem('usage/bad-flag', `--review ${file}: the request has no ${missing.join(', no ')}`));
  const [group, resource, namespace] = [text(of, 'group'), text(of, 'resource'), text('namespace')];
  const apiVersion = group === '' ? text(of, 'version') : `${group}/${text(of, 'version')}`;
  const namespaced = namespace !== '' && resource !== 'namespaces';
  const subresource = text('requestSubResource') || text('subResource');
  const named = method !== 'POST' || subresource !== '' ? `/${text('name')}` : '';
  const path = `${pathOf(apiVersion, { resource, namespaced, known: true }, namespace)}${named}${subresource === '' ? '' : `/${subresource}`}`;
  const extra = Object.entries(asObject(dig(asked, 'userInfo', 'extra'))).map(([key, values]) => [key, strings(values)] as const);
  const uid = text('userInfo', 'uid');
  const user = {
    name: text('userInfo', 'username'),
    groups: strings(dig(asked, 'userInfo', 'groups')),
    uid,
    extra: Object.fromEntries(extra),
  };
  const old = isObject(asked.oldObject) ? (asked.oldObject as JsonObject) : undefined;
  const object = asObject(asked.object);
  // What is stored is the old object, whatever its revision was.
  const { resourceVersion: _revision, ...metadata } = asObject(object.metadata);
  const sent = method === 'DELETE' ? asObject(asked.options) : old === undefined ? object : { ...object, metadata };
  const body = Object.keys(sent).length === 0 ? {} : { body: { kind: 'json', value: sent } as const };
  const query = { fieldValidation: 'Warn', ...(asked.dryRun === true ? { dryRun: 'All' } : {}) };
  return {
    request: { method, path, query, user, ...body },
    object: isKubeObject(object) ? object : undefined,
    ...(old === undefined ? {} : { old }),
  };
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/** The documents of a file, as they are written. A text that cannot be read ends the command: part of what is meant is no request. */
function documentsOf(file: string): readonly Document[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch {
    throw new Stop(problem('input/unreadable', `cannot read ${file}`));
  }
  const name = file === '-' ? 'standard input' : file;
  const { text, valid } = decode(bytes);
  if (!valid) throw new Stop(problem('input/not-utf8', `${name} holds bytes that are no text in UTF-8`));
  const { documents, problems } = parseYaml(text, name);
  const broken = documents.find(({ value }) => value === undefined);
  const [first] = problems.filter(({ level }) => (level ?? 'error') === 'error');
  if (broken !== undefined) throw new Stop(first ?? problem('yaml/syntax', `${name} cannot be read`));
  const found = documents.flatMap(({ start, end, value }): readonly Document[] => {
    if (value === undefined || value === null) return [];
    const own = text.slice(start, end);
    return [{ value, body: { kind: 'text', text: own }, isJson: looksLikeJson(own) }];
  });
  if (found.length === 0) throw new Stop(first ?? problem('input/nothing', `${name} holds no document`));
  return found;
}
