// Every write of a request: found by its path, sent to what carries it out, and kept in the store.

import { asObject, type JsonObject } from '../../lib/json.ts';
import type { Observe } from '../admission/run.ts';
import type { Answer } from '../answer.ts';
import { caught, unconverted } from '../conversion/unconverted.ts';
import { type ApiRequest, isDryRun } from '../request.ts';
import { methodNotAllowed, refused } from '../status.ts';
import { postBinding, postSubresource } from '../subresources/post.ts';
import { type Target, targetOf } from '../target.ts';
import { serverItself } from './accounts.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { removeCollection } from './delete-collection.ts';
import { settle } from './own-controllers.ts';
import { patch } from './patch.ts';
import { put } from './put.ts';
import { putInStore, type Writing } from './update.ts';

/** Answers a POST, PUT, PATCH or DELETE, and stores what it makes unless it is a dry run. */
export function write(request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const target = targetOf(request, writing);
  return 'type' in target ? caught(() => writeTo(target, request, writing, observe), unconverted) : target;
}

/** The same, of a target that is known. */
export function writeTo(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const answer = carryOut(target, request, withOwnRequests(writing), observe);
  const isKept = answer.code < 300 && !isDryRun(request);
  if (answer.object !== undefined && isKept) settle(request, answer.object, target, writing, writeTo);
  return answer;
}

/** What plugins have the server write by itself, the namespaces of NamespaceAutoProvision and what is used of quotas, are requests to itself. */
function withOwnRequests(writing: Writing): Writing {
  if (writing.charge !== undefined) return writing;
  const own = (method: string, path: string, value: JsonObject) =>
    write(
      { method, path, query: {}, user: serverItself, userAgent: 'kube-apiserver/v1.36.3', body: { kind: 'json', value } },
      { ...writing, provision: () => undefined, charge: () => undefined },
    ).refusal;
  return {
    ...writing,
    provision: (name) => own('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    charge: (quota) => {
      const { namespace, name } = asObject(quota.metadata);
      return own('PUT', `/api/v1/namespaces/${namespace}/resourcequotas/${name}/status`, quota);
    },
  };
}

function carryOut(target: Target, request: ApiRequest, writing: Writing, observe: Observe | undefined): Answer {
  switch (request.method) {
    case 'POST':
      if (target.group === '' && target.resource === 'bindings') return postBinding(request, target, writing, observe);
      return target.subresource === '' ? post(request, target, writing, observe) : postSubresource(request, target, writing, observe);
    case 'PUT':
      return put(request, target, writing, observe);
    case 'PATCH':
      return patch(request, target, writing, observe);
    case 'DELETE':
      return target.name === '' ? removeCollection(request, target, writing, observe) : remove(request, target, writing, observe);
    default:
      return refused(methodNotAllowed());
  }
}

function post(request: ApiRequest, target: Target, writing: Writing, observe: Observe | undefined): Answer {
  const answer = create(request, target, writing, observe);
  const { object } = answer;
  if (object === undefined || answer.code !== 201 || isDryRun(request)) return answer;
  const { name } = (object.metadata ?? {}) as { readonly name?: unknown };
  const put = putInStore(object, String(name), target, writing, isShort(request) ? 'known to fit' : 'smaller');
  return put.ok ? { ...answer, object: put.value } : refused(put.problem, answer.warnings);
}

const short = 32 * 1024;

/** True where a body is so short that what defaults and admission make of it is far from what etcd does not take. */
function isShort({ body }: ApiRequest): boolean {
  return body?.kind === 'text' && body.text.length < short;
}
