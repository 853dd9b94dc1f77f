// Every write of a request: found by its path, sent to what carries it out, and kept in the store.

import type { Observe } from './admission/run.ts';
import type { Answer } from './answer.ts';
import { create } from './create.ts';
import { remove, removeCollection } from './delete.ts';
import { settle } from './own-controllers.ts';
import { patch } from './patch.ts';
import { put } from './put.ts';
import { type ApiRequest, isDryRun } from './request.ts';
import { methodNotAllowed, refused } from './status.ts';
import { postBinding, postSubresource } from './subresources/post.ts';
import { type Target, targetOf } from './target.ts';
import { putInStore, type Writing } from './update.ts';

/** Answers a POST, PUT, PATCH or DELETE, and stores what it makes unless it is a dry run. */
export function write(request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const target = targetOf(request, writing);
  return 'type' in target ? writeTo(target, request, writing, observe) : target;
}

/** The same, of a target that is known. */
export function writeTo(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const answer = carryOut(target, request, provisioning(writing), observe);
  const isKept = answer.code < 300 && !isDryRun(request);
  if (answer.object !== undefined && isKept) settle(request, answer.object, target, writing, writeTo);
  return answer;
}

/** The server makes namespaces for NamespaceAutoProvision as it makes everything: by a request to itself. */
function provisioning(writing: Writing): Writing {
  if (!writing.server.plugins.has('NamespaceAutoProvision') || writing.provision !== undefined) return writing;
  const provision = (name: string) => {
    const value = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const user = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
    const body = { kind: 'json', value } as const;
    const asked = { method: 'POST', path: '/api/v1/namespaces', query: {}, user, userAgent: 'kube-apiserver/v1.36.3', body };
    return write(asked, { ...writing, provision: () => undefined }).refusal;
  };
  return { ...writing, provision };
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
  return { ...answer, object: putInStore(object, String(name), target, writing) };
}
