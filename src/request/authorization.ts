// Whether a request may be made at all: the authorizers in their order, and the 403 in the server's words.

import { type AccessReview, can } from '../identity/access-review.ts';
import { forbiddenMessage } from '../identity/forbidden.ts';
import { type RequestInfo, requestInfo } from '../identity/request-info.ts';
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
export function authorize(request: ApiRequest, { access }: Serving): Authorized {
  const info = requestInfo(request.method, `${request.path}${queryText(request)}`);
  if (access === undefined) return { info, review: undefined, refusal: undefined };
  const review = can(access(), request.user, info);
  if (review.allowed) return { info, review, refusal: undefined };
  const { name, apiGroup, resource } = info;
  const details = info.isResourceRequest
    ? { ...(name === '' ? {} : { name }), ...(apiGroup === '' ? {} : { group: apiGroup }), kind: resource }
    : {};
  const message = forbiddenMessage(request.user, info, review.reason);
  return { info, review, refusal: { code: 403, reason: 'Forbidden', message, details } };
}
