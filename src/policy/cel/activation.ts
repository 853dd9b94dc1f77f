// The values of the variables that expressions of admission policies see. What is costly is made when it is first named, and kept for the
// whole request where it does not depend on the policy.

import { authorizerValue, requestResourceValue } from '../../languages/cel/library/authorizer.ts';
import type { Value } from '../../languages/cel/value.ts';
import { asObject, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type AdmissionInput, sentAs, type UserInfo } from '../admission.ts';
import { type AdmissionRequest, type ConvertedObjects, namespaceOf } from '../admission-request.ts';
import type { Matched } from '../match.ts';
import { requestResource } from './environment.ts';

/** Variables by name. */
export class Activation {
  readonly object: Value;
  readonly oldObject: Value;
  readonly params: Value;
  variables: Value = {};
  readonly #request: AdmissionRequest;
  readonly #matched: Matched;
  readonly #objects: ConvertedObjects;
  readonly #seesNamespace: boolean;
  readonly [name: string]: Value;

  constructor(request: AdmissionRequest, matched: Matched, objects: ConvertedObjects, params: JsonObject | null, seesNamespace: boolean) {
    this.object = objects.object as Value;
    this.oldObject = objects.oldObject as Value;
    this.params = params as Value;
    this.#request = request;
    this.#matched = matched;
    this.#objects = objects;
    this.#seesNamespace = seesNamespace;
  }

  get request(): Value {
    this.#objects.review ??= review(this.#request.input, this.#matched) as Value;
    return this.#objects.review;
  }

  get namespaceObject(): Value {
    if (!this.#seesNamespace) return null;
    this.#objects.namespaceObject ??= namespaceValue(this.#request);
    return this.#objects.namespaceObject;
  }

  get authorizer(): Value {
    return this.#authorization('authorizer');
  }

  get [requestResource](): Value {
    return this.#authorization(requestResource);
  }

  #authorization(name: string): Value {
    const { memo, input, context } = this.#request;
    let known = memo.authorizations.get(name);
    if (known === undefined) {
      const { authorize } = context;
      const ask = (question: Parameters<NonNullable<typeof authorize>>[1]) =>
        authorize?.(input.userInfo, question) ?? { allowed: false, reason: '', error: 'there is no authorizer to ask' };
      known = name === 'authorizer' ? authorizerValue(ask) : requestResourceValue(ask, resourceOf(input));
      memo.authorizations.set(name, known);
    }
    return known;
  }
}

function resourceOf(input: AdmissionInput) {
  const { group, resource } = sentAs(input).resource;
  const { subResource, namespace, name } = input;
  return { group, resource, subresource: subResource, namespace, name };
}

/** The AdmissionRequest without its objects. */
function review(input: AdmissionInput, { kind, resource }: Matched): Json {
  const sent = sentAs(input);
  return {
    uid: '',
    kind: { group: kind.group, version: kind.version, kind: kind.kind },
    resource: { group: resource.group, version: resource.version, resource: resource.resource },
    ...given('subResource', input.subResource),
    requestKind: { group: sent.kind.group, version: sent.kind.version, kind: sent.kind.kind },
    requestResource: { group: sent.resource.group, version: sent.resource.version, resource: sent.resource.resource },
    ...given('requestSubResource', input.subResource),
    ...given('name', input.name),
    ...given('namespace', input.namespace),
    operation: input.operation,
    userInfo: userInfoValue(input.userInfo),
    object: null,
    oldObject: null,
    dryRun: input.dryRun,
    options: input.options ?? null,
  };
}

function given(key: string, value: string): JsonObject {
  return value === '' ? {} : { [key]: value };
}

function userInfoValue({ username = '', uid = '', groups = [], extra = {} }: UserInfo): JsonObject {
  return {
    ...given('username', username),
    ...given('uid', uid),
    ...(groups.length > 0 && { groups }),
    ...(Object.keys(extra).length > 0 && { extra: extra as unknown as JsonObject }),
  };
}

const namespaceFields = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'finalizers',
];

/** The Namespace of what is in one; a Namespace itself has none. */
function namespaceValue(request: AdmissionRequest): Value {
  const { group, version, kind } = request.input.kind;
  if (group === '' && version === 'v1' && kind === 'Namespace') return null;
  const namespace = namespaceOf(request);
  if (namespace === undefined) return null;
  const metadata: Record<string, Json> = {};
  for (const key of namespaceFields) {
    const value = field(namespace.metadata, key);
    if (value !== undefined) metadata[key] = value;
  }
  const part = (key: string) => (isObject(namespace[key]) ? asObject(namespace[key]) : {});
  return { metadata, spec: part('spec'), status: part('status') } as Value;
}
