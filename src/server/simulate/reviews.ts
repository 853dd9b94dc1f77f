// Reviews: questions that are asked by a POST and stored nowhere. Rules are those of the authorizers of this program, token reviews and token
// requests need the server's own key (authorization.k8s.io/v1, authentication.k8s.io/v1 of 1.36). Access reviews are the pipeline's.

import type { Identity } from '../../identity/impersonation.ts';
import { rulesReview } from '../../identity/permissions.ts';
import { asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { Answer } from '../../request/answer.ts';
import type { ReadTarget } from '../../request/read/read.ts';
import type { State } from '../../request/state.ts';
import { badRequest, notFound, refused } from '../../request/status.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { issuer, type TokenIssuer } from './service-account-tokens.ts';

export interface ReviewSetting {
  readonly snapshot: Snapshot;
  readonly user: Identity;
  readonly state: State;
  readonly tokens: TokenIssuer;
  readonly now: number;
}

type Review = (body: JsonObject, target: ReadTarget, setting: ReviewSetting) => Answer;

/** What answers a POST that is a review; undefined for every other. */
export function reviewOf({ resource: { group, resource }, subresource }: ReadTarget): Review | undefined {
  const name = subresource === undefined ? resource : `${resource}/${subresource.name}`;
  return Object.hasOwn(reviews, `${group}/${name}`) ? reviews[`${group}/${name}`] : undefined;
}

const reviews: Readonly<Record<string, Review>> = {
  'authorization.k8s.io/selfsubjectrulesreviews': rules,
  'authentication.k8s.io/selfsubjectreviews': (body, target, { user, now }) => {
    const metadata = { creationTimestamp: new Date(now).toISOString().replace(/\.\d+Z/, 'Z') };
    return made(target, { ...body, metadata: { ...asObject(body.metadata), ...metadata } }, { userInfo: userInfo(user) });
  },
  'authentication.k8s.io/tokenreviews': tokenReview,
  '/serviceaccounts/token': tokenRequest,
};

function made({ resource: { group, version, kind }, subresource }: ReadTarget, body: JsonObject, status: JsonObject): Answer {
  const own = subresource === undefined || subresource.kindVersion === '' ? `${group}/${version}` : subresource.kindVersion;
  const { spec } = body;
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const object = { kind: subresource?.kind ?? kind, apiVersion: own, metadata, ...(spec === undefined ? {} : { spec }), status };
  return { code: 201, object, warnings: [] };
}

function rules(body: JsonObject, target: ReadTarget, { snapshot, user }: ReviewSetting): Answer {
  const namespace = asString(dig(body, 'spec', 'namespace')) ?? '';
  if (namespace === '') return refused(badRequest('no namespace on request'));
  const found = rulesReview(snapshot, user, namespace);
  const filled = (entries: readonly (readonly [string, readonly string[]])[]) =>
    Object.fromEntries(entries.filter(([, list]) => list.length > 0));
  const resourceRules = found.resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) =>
    filled([
      ['verbs', verbs],
      ['apiGroups', apiGroups],
      ['resources', resources],
      ['resourceNames', resourceNames],
    ]),
  );
  const nonResourceRules = found.nonResourceRules.map(({ verbs, nonResourceURLs }) =>
    filled([
      ['verbs', verbs],
      ['nonResourceURLs', nonResourceURLs],
    ]),
  );
  const error = found.evaluationError === '' ? {} : { evaluationError: found.evaluationError };
  return made(target, { ...body, spec: {} }, { resourceRules, nonResourceRules, incomplete: found.incomplete, ...error });
}

function userInfo({ name, uid, groups, extra }: Identity): JsonObject {
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    groups,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function tokenReview(body: JsonObject, target: ReadTarget, { tokens, state, now }: ReviewSetting): Answer {
  const wanted = strings(dig(body, 'spec', 'audiences'));
  const audiences = wanted.length === 0 ? [issuer] : wanted;
  let user: Identity | undefined;
  try {
    user = tokens.verify(asString(dig(body, 'spec', 'token')) ?? '', audiences, state, now);
  } catch {
    user = undefined;
  }
  if (user === undefined)
    return made(target, body, { user: {}, error: '[invalid bearer token, square/go-jose: error in cryptographic primitive]' });
  return made(target, body, { authenticated: true, user: userInfo(user), audiences });
}

function tokenRequest(body: JsonObject, target: ReadTarget, { tokens, state, now }: ReviewSetting): Answer {
  const { namespace, name } = target.info;
  const accounts = { group: '', resource: 'serviceaccounts' };
  const account = state.get(accounts, namespace, name);
  if (account === undefined) return refused(notFound(accounts, name));
  const { token, expires } = tokens.issue(account, body.spec, now);
  const expirationTimestamp = new Date(expires).toISOString().replace(/\.\d+Z/, 'Z');
  const audiences = strings(dig(body, 'spec', 'audiences'));
  const spec: Json = {
    audiences: audiences.length === 0 ? [issuer] : audiences,
    expirationSeconds: dig(body, 'spec', 'expirationSeconds') ?? 3600,
    boundObjectRef: field(body.spec, 'boundObjectRef') ?? null,
  };
  const metadata = { name, namespace, creationTimestamp: new Date(now).toISOString().replace(/\.\d+Z/, 'Z') };
  return made(target, { metadata, spec }, { token, expirationTimestamp });
}
