// Who a request is made as: what the authenticators said of the credential it came with, then whom its Impersonate headers name, where the
// caller may. In the order of kube-apiserver: impersonation is decided before the request itself is authorized.

import type { Authentication } from '../identity/authentication/authenticate.ts';
import { type Decide, type Identity, type Impersonated, type Impersonation, impersonate } from '../identity/impersonation.ts';
import { requestInfo } from '../identity/request-info.ts';
import type { RequestAttributes } from '../identity/rules.ts';
import { compareReleases } from '../kube/version/version.ts';
import { type Snapshot, snapshot as snapshotOf } from '../snapshot/snapshot.ts';
import type { Refusal } from './answer.ts';
import type { ApiRequest, Requester } from './request.ts';
import type { Serving } from './server.ts';
import { queryText } from './target.ts';

export interface Arrival {
  /** What authenticators said; undefined where the user of the request is taken as proved. */
  readonly authentication?: Authentication;
  /** What was shown, in words: `token.jwt`. */
  readonly credential?: string;
  /** What the Impersonate headers ask for. */
  readonly impersonation?: Impersonation;
}

export interface Arrived {
  /** Who the credential stands for; undefined where it is refused. */
  readonly caller: Requester | undefined;
  /** Whom the request is made as from here on. */
  readonly user: Requester | undefined;
  readonly refusal: Refusal | undefined;
  /** How the caller became the user; undefined where it stayed itself. */
  readonly impersonated: Impersonated | undefined;
}

const nothing = snapshotOf({ resources: [] });
const unauthorized: Refusal = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };

/** Authenticates and impersonates; what is not given is taken from the request. */
export function arrive(request: ApiRequest, { authentication, impersonation }: Arrival, { server, access }: Serving): Arrived {
  if (authentication?.kind === 'refused') return { caller: undefined, user: undefined, refusal: unauthorized, impersonated: undefined };
  const caller = authentication?.user ?? request.user;
  if (impersonation === undefined) return { caller, user: caller, refusal: undefined, impersonated: undefined };
  const constrained = compareReleases(server.release.minor, '1.36') >= 0;
  const wanted = requestInfo(request.method, `${request.path}${queryText(request)}`);
  // Where nobody can be asked, nobody is asked about the request either: it is made as whom it says.
  const as =
    access === undefined
      ? acting(nothing, asIdentity(caller), impersonation, wanted, constrained, () => ({ allowed: true, reason: '' }))
      : acting(access(), asIdentity(caller), impersonation, wanted, constrained);
  return 'user' in as ? { caller, refusal: undefined, ...as } : { caller, user: undefined, ...as };
}

export type Acting =
  | { readonly user: Identity; readonly impersonated: Impersonated }
  | { readonly refusal: Refusal; readonly impersonated: Impersonated };

/** Who a caller's request is made as, or why not. `constrained`: whether the release has constrained impersonation on. */
export function acting(
  snapshot: Snapshot,
  caller: Identity,
  impersonation: Impersonation,
  wanted: RequestAttributes,
  constrained: boolean,
  decide?: Decide,
): Acting {
  const impersonated = impersonate(snapshot, caller, impersonation, wanted, constrained, decide);
  if (impersonated.status === 200) return { user: impersonated.user, impersonated };
  const { message } = impersonated;
  if (impersonated.status === 400) return { refusal: { code: 400, reason: 'BadRequest', message }, impersonated };
  const { name, apiGroup, resource } = impersonated.refused;
  const details = { ...(name === '' ? {} : { name }), ...(apiGroup === '' ? {} : { group: apiGroup }), kind: resource };
  return { refusal: { code: 403, reason: 'Forbidden', message, details }, impersonated };
}

function asIdentity({ name, groups, uid = '', extra = {} }: Requester): Identity {
  return { name, groups, uid, extra };
}
