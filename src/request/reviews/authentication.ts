// Who is this? SelfSubjectReview tells whoever asks who it is to the server, TokenReview whom a token stands for (authentication.k8s.io/v1,
// kube-apiserver 1.36).

import { asString, dig, type JsonObject, strings } from '../../lib/json.ts';
import { admit, type Observe, validateAdmission } from '../admission/run.ts';
import type { Answer } from '../answer.ts';
import type { ApiRequest, Requester } from '../request.ts';
import { badRequest, refused } from '../status.ts';
import type { Target } from '../target.ts';
import { setManagedFields } from '../write/managed-fields.ts';
import { managerName } from '../write/options.ts';
import type { Writing } from '../write/update.ts';
import { written } from '../write/written.ts';
import { attributesOf, decoded } from './asked.ts';

/** Who am I? */
export function selfReview(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const read = decoded(target, request, writing);
  if ('code' in read) return read;
  const attributes = attributesOf(target, request, writing, 'CREATE', read.object);
  const refusal = admit(attributes, observe) ?? validateAdmission(attributes, observe);
  if (refusal !== undefined) return refused(refusal, attributes.warnings);
  const { kind, apiVersion } = target;
  const metadata = { creationTimestamp: writing.circumstances.now };
  return { code: 201, object: { kind, apiVersion, metadata, status: { userInfo: userInfo(request.user) } }, warnings: attributes.warnings };
}

/** Whose is this token? */
export function tokenReview(target: Target, request: ApiRequest, writing: Writing, observe?: Observe): Answer {
  const read = decoded(target, request, writing);
  if ('code' in read) return read;
  const { object } = read;
  setManagedFields(object, undefined, managerName(request), target, writing);
  const attributes = attributesOf(target, request, writing, 'CREATE', object);
  const mutated = admit(attributes, observe);
  if (mutated !== undefined) return refused(mutated, attributes.warnings);
  const token = asString(dig(object, 'spec', 'token')) ?? '';
  if (token === '') return refused(badRequest('token is required for TokenReview in authentication'), attributes.warnings);
  const judged = validateAdmission(attributes, observe);
  if (judged !== undefined) return refused(judged, attributes.warnings);
  const wanted = strings(dig(object, 'spec', 'audiences'));
  const audiences = wanted.length === 0 ? writing.server.audiences : wanted;
  const found = writing.tokens?.verify(token, audiences, writing.state, Date.parse(writing.circumstances.now));
  if (found === undefined) attributes.unknown?.push('whose token it is: its key is the server’s');
  else if ('user' in found) object.status = { authenticated: true, user: userInfo(found.user), audiences: [...found.audiences] };
  else object.status = { user: {}, error: found.why };
  return { code: 201, object: written(object, target), warnings: attributes.warnings };
}

function userInfo({ name, uid = '', groups, extra = {} }: Requester): JsonObject {
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
