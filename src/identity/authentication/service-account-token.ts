// Tokens of service accounts (kube-apiserver 1.36, pkg/serviceaccount): the bound ones of the TokenRequest API, which live as long as their
// service account and the pod, node or Secret they name, and the legacy ones in Secrets, which never expire. Bindings to nodes and credential
// ids are as releases from 1.30 on have them by default. Left out: earlier releases, warnings and audit annotations.

import { asNumber, asString, dig, field, strings } from '../../lib/json.ts';
import { serviceAccount } from '../subjects.ts';
import type { Directory, Found, FoundObject, Verifier } from './credential.ts';
import { type Jwt, readJwt } from './jwt.ts';
import { credentialIdKey, identity, type Outcome, refused } from './outcome.ts';

export interface ServiceAccountTokens {
  /** `--service-account-issuer`, the first of which signs. */
  readonly issuers: readonly string[];
  /** `--api-audiences`; the first issuer where none are given. */
  readonly audiences: readonly string[];
}

export interface TokenQuestion {
  readonly token: string;
  /** Audiences asked for by a TokenReview; undefined for those of the server. */
  readonly audiences: readonly string[] | undefined;
  readonly now: number;
  readonly verifier: Verifier;
  readonly directory: Directory;
}

export const legacyIssuer = 'kubernetes/serviceaccount';
/** Clocks may differ by a minute. */
const leeway = 60_000;

/** A legacy token, from a Secret. */
export function legacyToken(setup: ServiceAccountTokens, question: TokenQuestion): Outcome {
  const token = readJwt(question.token);
  if (token === undefined || field(token.claims, 'iss') !== legacyIssuer) return undefined;
  const begun = begin(setup, question, token);
  if ('fault' in begun) return refused(begun.fault);
  const claim = (name: string) => asString(field(token.claims, name)) ?? '';
  const own = (name: string) => claim(`kubernetes.io/serviceaccount/${name}`);
  const [namespace, secretName, name, uid] = [
    own('namespace'),
    own('secret.name'),
    own('service-account.name'),
    own('service-account.uid'),
  ];
  if (claim('sub') === '') return refused('sub claim is missing');
  if (namespace === '') return refused('namespace claim is missing');
  if (secretName === '') return refused('secretName claim is missing');
  if (name === '') return refused('serviceAccountName claim is missing');
  if (uid === '') return refused('serviceAccountUID claim is missing');
  if (claim('sub') !== `system:serviceaccount:${namespace}:${name}`) return refused('sub claim is invalid');
  const assumptions = [...begun.assumptions];
  const secret = question.directory.secret(namespace, secretName);
  if (secret === 'absent') return refused('Token has been invalidated');
  if (secret === 'unknown' || (secret.data === undefined && secret.deleted === undefined))
    assumptions.push(`the Secret ${namespace}/${secretName} holds this token`);
  else if (secret.deleted !== undefined) return refused('Token has been invalidated');
  else if (secret.data?.token !== question.token) return refused("Token does not match server's copy");
  const account = question.directory.serviceAccount(namespace, name);
  if (account === 'absent') return refused(`serviceaccounts ${JSON.stringify(name)} not found`);
  if (account === 'unknown') assumptions.push(`ServiceAccount ${namespace}/${name} exists`);
  else if (account.deleted !== undefined) return refused(`ServiceAccount ${namespace}/${name} has been deleted`);
  else if (account.uid !== uid) return refused(`ServiceAccount UID (${account.uid}) does not match claim (${uid})`);
  const since = secret === 'unknown' ? undefined : secret.labels['kubernetes.io/legacy-token-invalid-since'];
  if (since !== undefined && since !== '')
    return refused(`the token in secret ${namespace}/${secretName} for service account ${namespace}/${name} has been marked invalid`);
  const user = identity(`system:serviceaccount:${namespace}:${name}`, groupsOf(namespace), uid);
  return { kind: 'accepted', authenticator: 'service account token', user, audiences: begun.audiences, assumptions };
}

/** A token of the TokenRequest API. */
export function boundToken(setup: ServiceAccountTokens, question: TokenQuestion): Outcome {
  const token = readJwt(question.token);
  const issuer = asString(field(token?.claims, 'iss'));
  if (token === undefined || issuer === undefined || !setup.issuers.includes(issuer)) return undefined;
  const begun = begin(setup, question, token);
  if ('fault' in begun) return refused(begun.fault);
  const { claims } = token;
  const { now, directory } = question;
  const time = (name: string) => asNumber(field(claims, name));
  const [expires, starts, issued] = [time('exp'), time('nbf'), time('iat')];
  if (starts !== undefined && now + leeway < starts * 1000) return refused('service account token is not valid yet');
  if (expires !== undefined && now - leeway > expires * 1000) return refused('service account token has expired');
  if (issued !== undefined && now + leeway < issued * 1000) return refused('service account token is issued in the future');
  const own = field(claims, 'kubernetes.io');
  const text = (...path: readonly string[]) => asString(dig(own, ...path)) ?? '';
  const bound = (kind: string) => {
    const value = field(own, kind);
    return value === undefined || value === null ? undefined : { name: text(kind, 'name'), uid: text(kind, 'uid') };
  };
  const [namespace, name, uid] = [text('namespace'), text('serviceaccount', 'name'), text('serviceaccount', 'uid')];
  if (name === '') return refused('resource name may not be empty');
  const assumptions = [...begun.assumptions];
  const account = directory.serviceAccount(namespace, name);
  if (account === 'absent') return refused(`serviceaccounts ${JSON.stringify(name)} not found`);
  if (account === 'unknown') assumptions.push(`ServiceAccount ${namespace}/${name} exists`);
  else if (account.uid !== uid) return refused(`service account UID (${account.uid}) does not match claim (${uid})`);
  else if (isGone(account, now)) return refused(`service account ${namespace}/${name} has been deleted`);
  const [secret, pod, node] = [bound('secret'), bound('pod'), bound('node')];
  const checks: readonly (readonly [kind: string, reference: Reference | undefined, found: () => Found<FoundObject>])[] = [
    ['secret', secret, () => directory.secret(namespace, secret?.name ?? '')],
    ['pod', pod, () => directory.pod(namespace, pod?.name ?? '')],
    ['node', pod === undefined ? node : undefined, () => directory.node(node?.name ?? '')],
  ];
  for (const [kind, reference, look] of checks) {
    if (reference === undefined) continue;
    const found = look();
    if (found === 'unknown') assumptions.push(`the ${kind} ${reference.name} that it is bound to exists`);
    else if (found === 'absent') return refused('service account token has been invalidated');
    else if (found.uid !== reference.uid) return refused(mismatch(kind, found.uid, reference.uid));
    else if (isGone(found, now)) return refused('service account token has been invalidated');
  }
  const id = asString(field(claims, 'jti')) ?? '';
  const extra = {
    ...(id === '' ? {} : { [credentialIdKey]: [`JTI=${id}`] }),
    ...(node === undefined || node.name === '' ? {} : { [nodeKey('node-name')]: [node.name] }),
    ...(node === undefined || node.name === '' || node.uid === '' ? {} : { [nodeKey('node-uid')]: [node.uid] }),
    ...(pod === undefined || pod.name === '' || pod.uid === ''
      ? {}
      : { [nodeKey('pod-name')]: [pod.name], [nodeKey('pod-uid')]: [pod.uid] }),
  };
  const user = identity(`system:serviceaccount:${namespace}:${name}`, groupsOf(namespace), uid, extra);
  return { kind: 'accepted', authenticator: 'service account token', user, audiences: begun.audiences, assumptions };
}

interface Reference {
  readonly name: string;
  readonly uid: string;
}

const nodeKey = (word: string) => `authentication.kubernetes.io/${word}`;

function mismatch(kind: string, actual: string, claimed: string): string {
  return `${kind} UID (${actual}) does not match service account ${kind} ref claim (${claimed})`;
}

function isGone({ deleted }: FoundObject, now: number): boolean {
  return deleted !== undefined && deleted < now - leeway;
}

function groupsOf(namespace: string): readonly string[] {
  return serviceAccount(namespace, '').groups.filter((group) => group !== 'system:authenticated');
}

/** Signature and audiences, the same for both kinds. A token without audiences is for the server. */
function begin(
  { audiences: own }: ServiceAccountTokens,
  { audiences: asked, verifier }: TokenQuestion,
  token: Jwt,
): { readonly fault: string } | { readonly audiences: readonly string[]; readonly assumptions: readonly string[] } {
  const checked = verifier.token(token, 'service-account');
  if (checked === false) return { fault: 'go-jose/go-jose: error in cryptographic primitive' };
  const named = audienceOf(token.claims);
  const audiences = named.length === 0 ? own : named;
  const wanted = asked ?? own;
  const common = audiences.filter((audience) => wanted.includes(audience));
  if (common.length === 0 && own.length > 0)
    return { fault: `token audiences ${quoted(audiences)} is invalid for the target audiences ${quoted(wanted)}` };
  return { audiences: common, assumptions: checked === undefined ? ['the token is signed with the key of service accounts'] : [] };
}

/** The audiences a token names: one text or a list. */
export function audienceOf(claims: Jwt['claims']): readonly string[] {
  const value = field(claims, 'aud');
  return typeof value === 'string' ? [value] : strings(value);
}

/** `["a" "b"]`, as Go prints a list of texts. */
export function quoted(list: readonly string[]): string {
  return `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;
}
