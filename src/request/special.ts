// Writes that store nothing: questions about access (SubjectAccessReview and the like), tokens of service accounts, connections to pods,
// services and nodes. Left out: TokenReview, which needs the keys of the authenticators (`identity/authentication`), and the connection
// itself, for which there is no node.

import { type ReviewForm, reviewFaults, reviewStatus } from '../identity/subject-access-review.ts';
import { ensured, type Struct, structAt } from '../kube/schema/defaults/struct.ts';
import { asNumber, asString, field, type Json, type JsonObject } from '../lib/json.ts';
import type { Attributes, Operation } from './admission/plugin.ts';
import { admit, type Observe, validateAdmission } from './admission/run.ts';
import type { Answer, Refusal } from './answer.ts';
import { decodeRequest } from './decode/decode.ts';
import { invalid, invalidObject } from './field-error.ts';
import { setManagedFields } from './managed-fields.ts';
import { writeOptions } from './operation-options.ts';
import { managerName, optionsRefusal } from './options.ts';
import { type ApiRequest, isDryRun } from './request.ts';
import { badRequest, conflict, internal, notFound, refused } from './status.ts';
import { metadataOf } from './strategy/strategy.ts';
import type { Target } from './target.ts';
import type { Writing } from './update.ts';
import { written } from './written.ts';

const connections: Readonly<Record<string, string>> = {
  exec: 'PodExecOptions',
  attach: 'PodAttachOptions',
  portforward: 'PodPortForwardOptions',
  proxy: 'PodProxyOptions',
};

/** The answer to a write of one of these; undefined for every other request. */
export function answerSpecial(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer | undefined {
  if (target.group === 'authorization.k8s.io' && request.method === 'POST') return review(target, request, writing, observe);
  if (target.group !== '') return undefined;
  if (target.resource === 'serviceaccounts' && target.subresource === 'token' && request.method === 'POST')
    return token(target, request, writing, observe);
  return Object.hasOwn(connections, target.subresource) ? connect(target, request, writing, observe) : undefined;
}

function attributesOf(target: Target, request: ApiRequest, writing: Writing, operation: Operation, object: Struct | undefined): Attributes {
  return {
    operation,
    target,
    serving: writing,
    user: request.user,
    name: target.name,
    namespace: target.namespace,
    object,
    old: undefined,
    options: operation === 'CREATE' ? writeOptions('CreateOptions', request) : {},
    dryRun: isDryRun(request),
    warnings: [],
    unknown: [],
    audit: new Map(),
  };
}

function decoded(target: Target, request: ApiRequest, writing: Writing): { readonly object: Struct } | Answer {
  const unfit = optionsRefusal('CreateOptions', request);
  if (unfit !== undefined) return refused(unfit);
  const result = decodeRequest(request, target, writing);
  return result.ok ? { object: result.value.object } : refused(result.problem);
}

function review(target: Target, request: ApiRequest, writing: Writing, observe: Observe | undefined): Answer | undefined {
  if (!target.kind.endsWith('AccessReview')) return undefined;
  const read = decoded(target, request, writing);
  if ('code' in read) return read;
  const { object } = read;
  if (target.namespaced) metadataOf(object).namespace ??= target.namespace;
  setManagedFields(object, undefined, managerName(request), target, writing);
  const attributes = attributesOf(target, request, writing, 'CREATE', object);
  const refusal = admit(attributes, observe) ?? validateAdmission(attributes, observe);
  if (refusal !== undefined) return refused(refusal, attributes.warnings);
  const snapshot = writing.access?.();
  if (snapshot === undefined) return refused(internal('there is nobody to ask about access'));
  const form = formOf(target, request);
  const spec = object.spec;
  const faults = reviewFaults(spec, form);
  if (faults.length > 0) {
    const texts = faults.map(({ message, field: at }) => `${at}: ${message}`);
    const shown = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    const message = `${target.kind}.${target.group} "" is invalid: ${shown}`;
    const details = { group: target.group, kind: target.kind, causes: faults };
    return refused({ code: 422, reason: 'Invalid', message, details }, attributes.warnings);
  }
  const { allowed, denied, reason, evaluationError } = reviewStatus(snapshot, spec, form);
  object.status = {
    allowed,
    ...(denied ? { denied } : {}),
    ...(reason === '' ? {} : { reason }),
    ...(evaluationError === '' ? {} : { evaluationError }),
  };
  return { code: 201, object: written(object, target), warnings: attributes.warnings };
}

function formOf({ kind, namespace }: Target, { user }: ApiRequest): ReviewForm {
  if (kind === 'SelfSubjectAccessReview') return { kind, user };
  return kind === 'LocalSubjectAccessReview' ? { kind, namespace } : { kind: 'SubjectAccessReview' };
}

const shortest = 600;
const longest = 2 ** 32;

/** A token: everything about it but the token itself, for which a key is needed. */
function token(target: Target, request: ApiRequest, writing: Writing, observe: Observe | undefined): Answer {
  const read = decoded(target, request, writing);
  if ('code' in read) return read;
  const { object } = read;
  const attributes = attributesOf(target, request, writing, 'CREATE', object);
  const refuse = (refusal: Refusal) => refused(refusal, attributes.warnings);
  const refusal = admit(attributes, observe);
  if (refusal !== undefined) return refuse(refusal);
  const metadata = metadataOf(object);
  const { name, namespace } = target;
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  for (const [key, wanted] of [
    ['name', name],
    ['namespace', namespace],
  ] as const) {
    const given = asString(metadata[key]) ?? '';
    const why = `must match the service account ${key} if specified`;
    if (given !== '' && given !== wanted) return refuse(invalidObject(kind, name, [invalid(`metadata.${key}`, given, why)]));
  }
  const account = writing.state.get({ group: '', resource: 'serviceaccounts' }, namespace, name);
  if (account === undefined) return refuse(notFound({ group: '', resource: 'serviceaccounts' }, name));
  const spec = ensured(object, 'spec');
  if (!Array.isArray(spec.audiences) || spec.audiences.length === 0) spec.audiences = [...writing.server.audiences];
  metadata.name = name;
  metadata.namespace = namespace;
  const uid = field(account.metadata, 'uid');
  if (uid !== undefined) metadata.uid = uid;
  metadata.creationTimestamp = writing.circumstances.now;
  const seconds = asNumber(spec.expirationSeconds) ?? 0;
  const wrong =
    seconds < shortest
      ? 'may not specify a duration less than 10 minutes'
      : seconds > longest
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (wrong !== undefined) return refuse(invalidObject(kind, '', [invalid('spec.expirationSeconds', seconds, wrong)]));
  const judged = validateAdmission(attributes, observe) ?? boundRefusal(object, attributes);
  if (judged !== undefined) return refuse(judged);
  const expirationTimestamp = new Date(Date.parse(writing.circumstances.now) + seconds * 1000).toISOString().replace(/\.000Z$/, 'Z');
  object.status = { token: '', expirationTimestamp };
  attributes.unknown?.push('the token itself: it is signed with a key of the server');
  return { code: 201, object: written(object, target), warnings: attributes.warnings };
}

function boundRefusal(object: Struct, { serving, target }: Attributes): Refusal | undefined {
  const spec = structAt(object, 'spec');
  if (spec.boundObjectRef === undefined) return undefined;
  const reference = structAt(spec, 'boundObjectRef');
  const kind = asString(reference.kind) ?? '';
  const resource = { Pod: 'pods', Node: 'nodes', Secret: 'secrets' }[kind];
  const apiVersion = asString(reference.apiVersion) ?? '';
  if (resource === undefined || apiVersion.includes('/'))
    return badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
  const name = asString(reference.name) ?? '';
  const found: JsonObject | undefined = serving.state.get({ group: '', resource }, kind === 'Node' ? '' : target.namespace, name);
  if (found === undefined) return notFound({ group: '', resource }, name);
  if (kind === 'Pod' && field(found.spec, 'serviceAccountName') !== target.name)
    return badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(target.name)} to pod running with different serviceaccount name.`,
    );
  const uid = asString(reference.uid) ?? '';
  if (uid === '' || uid === field(found.metadata, 'uid')) return undefined;
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return conflict({ group: '', resource }, name, why);
}

/** A connection: admission judges it, and then there is nothing to connect to. */
function connect(target: Target, request: ApiRequest, writing: Writing, observe: Observe | undefined): Answer {
  const kind = connections[target.subresource] ?? '';
  const options = {
    kind: target.resource === 'pods' ? kind : kind.replace(/^Pod/, target.resource === 'nodes' ? 'Node' : 'Service'),
    apiVersion: 'v1',
  };
  const object = { ...options, ...optionsIn(request, target.subresource) } as unknown as Struct;
  const kinded: Target = { ...target, kind: options.kind, kindVersion: 'v1', type: { kind: 'built-in', schema: {} } };
  const attributes = attributesOf(kinded, request, writing, 'CONNECT', object);
  const refusal = admit(attributes, observe) ?? validateAdmission(attributes, observe);
  if (refusal !== undefined) return refused(refusal, attributes.warnings);
  const found = writing.state.get(target, target.namespace, target.name);
  if (found === undefined) return refused(notFound(target, target.name), attributes.warnings);
  return refused(internal('there is no node to connect to'), attributes.warnings);
}

function optionsIn({ query }: ApiRequest, subresource: string): Record<string, Json> {
  const flag = (key: string, fallback = false) => (Object.hasOwn(query, key) ? query[key] !== 'false' && query[key] !== '0' : fallback);
  const options: Record<string, Json> = {};
  if (subresource === 'proxy' || subresource === 'portforward') return options;
  const attach = subresource === 'attach';
  for (const [key, fallback] of [
    ['stdin', false],
    ['stdout', attach],
    ['stderr', attach],
    ['tty', false],
  ] as const)
    if (flag(key, fallback)) options[key] = true;
  if (Object.hasOwn(query, 'container')) options.container = query.container ?? '';
  if (Object.hasOwn(query, 'command')) options.command = [query.command ?? ''];
  return options;
}
