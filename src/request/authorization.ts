// Whether a request may be made at all: the authorizers in their order, and the 403 in the server's words.

import { type AccessReview, can } from '../identity/access-review.ts';
import { forbiddenMessage } from '../identity/forbidden.ts';
import { type RequestInfo, requestInfo } from '../identity/request-info.ts';
import type { User } from '../identity/subjects.ts';
import type { Refusal } from './answer.ts';
import type { ApiRequest } from './request.ts';
import type { Serving } from './server.ts';
import { queryText } from './target.ts';

export interface Authorized {
  /** What is asked for. */
  readonly info: RequestInfo;
  /** Undefined where nobody can be asked. */
  readonly review: AccessReview | undefined;
  readonly refusal: Refusal | undefined;
}

/** Asks the authorizers about a request. */
export function authorize(request: ApiRequest, serving: Serving): Authorized {
  const info = requestInfo(request.method, `${request.path}${queryText(request)}`);
  return { info, ...decide(request, info, serving) };
}

/** Why a PUT or an apply of what is not there may not create it: that is a right of its own. */
export function createRefusal(request: ApiRequest, serving: Serving): Refusal | undefined {
  return decide(request, { ...requestInfo(request.method, request.path), verb: 'create' }, serving).refusal;
}

function decide({ user }: ApiRequest, info: RequestInfo, { access }: Serving): Omit<Authorized, 'info'> {
  if (access === undefined) return { review: undefined, refusal: undefined };
  const review = can(access(), user, info);
  if (review.allowed) return { review, refusal: undefined };
  return { review, refusal: forbiddenTo(user, info, review.reason) };
}

/** The 403 of a request that no authorizer allows. */
export function forbiddenTo(user: User, info: RequestInfo, reason: string): Refusal {
  const { name, apiGroup, resource } = info;
  const details = info.isResourceRequest
    ? { ...(name === '' ? {} : { name }), ...(apiGroup === '' ? {} : { group: apiGroup }), kind: resource }
    : {};
  return { code: 403, reason: 'Forbidden', message: forbiddenMessage(user, info, reason), details };
}
