// Tokens of service accounts: signed with a key made for the first of them (RS256), told apart by the claims of KEP-1205 bound tokens. A token is good
// while it has not run out and its account, and the pod it is bound to, are still there with the same UIDs.

import { createHash, createSign, createVerify, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { Identity } from '../../identity/impersonation.ts';
import { serviceAccount } from '../../identity/subjects.ts';
import { asNumber, asString, dig, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { Tokens } from '../../request/reviews/tokens.ts';
import type { State } from '../../request/store/state.ts';

export const issuer = 'https://kubernetes.default.svc';

export interface TokenIssuer extends Tokens {
  /** `/openid/v1/jwks`. */
  readonly keys: JsonObject;
}

const signedIn = 'system:authenticated';
const privateClaim = 'kubernetes.io';

interface Key {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function makeKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { id, publicKey, privateKey };
}

/** Issues tokens and knows its own. The key is made when it is first asked for, which takes a tenth of a second that most servers never need. */
export function tokenIssuer(): TokenIssuer {
  let made: Key | undefined;
  const key = (): Key => {
    made ??= makeKey();
    return made;
  };
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    get keys() {
      const { id, publicKey } = key();
      const { n, e } = publicKey.export({ format: 'jwk' });
      return { keys: [{ use: 'sig', kty: 'RSA', kid: id, alg: 'RS256', n: n ?? '', e: e ?? '' }] };
    },
    issue(account, { audiences, lasts, warnAfter, bound }, now) {
      const namespace = asString(dig(account, 'metadata', 'namespace')) ?? '';
      const name = asString(dig(account, 'metadata', 'name')) ?? '';
      const seconds = Math.floor(now / 1000);
      const later = warnAfter === undefined ? {} : { warnafter: seconds + warnAfter };
      const claims = {
        aud: audiences.length === 0 ? [issuer] : audiences,
        exp: seconds + lasts,
        iat: seconds,
        iss: issuer,
        jti: randomUUID(),
        [privateClaim]: { namespace, ...bound, serviceaccount: { name, uid: dig(account, 'metadata', 'uid') }, ...later },
        nbf: seconds,
        sub: `system:serviceaccount:${namespace}:${name}`,
      };
      const { id, privateKey } = key();
      const text = `${encoded({ alg: 'RS256', kid: id })}.${encoded(claims)}`;
      return { token: `${text}.${createSign('SHA256').update(text).sign(privateKey).toString('base64url')}`, id: claims.jti };
    },
    verify(token, audiences, state, now) {
      const claims = claimsOf(token, key().publicKey);
      if (claims === undefined) return { why: invalid };
      if (claims === 'forged') return { why: `[${invalid}, go-jose/go-jose: error in cryptographic primitive]` };
      if ((asNumber(field(claims, 'exp')) ?? 0) * 1000 <= now) return { why: `[${invalid}, service account token has expired]` };
      const given = strings(field(claims, 'aud'));
      const meant = audiences.filter((audience) => given.includes(audience));
      if (meant.length === 0)
        return { why: `[${invalid}, token audiences ${quoted(given)} is invalid for the target audiences ${quoted(audiences)}]` };
      const user = known(claims, state);
      return user === undefined ? { why: `[${invalid}, service account token has been invalidated]` } : { user, audiences: meant };
    },
  };
}

const invalid = 'invalid bearer token';

/** A list as Go's `%q` writes it. */
function quoted(list: readonly string[]): string {
  return `[${list.map((each) => JSON.stringify(each)).join(' ')}]`;
}

/** What a token says that this issuer signed; undefined for what is none of its tokens. */
function claimsOf(token: string, key: KeyObject): Json | 'forged' | undefined {
  const [head = '', body = '', signature = '', more] = token.split('.');
  if (more !== undefined || token.length > 16_384) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Json;
    if (field(claims, 'iss') !== issuer) return undefined;
    const isSigned = createVerify('SHA256').update(`${head}.${body}`).verify(key, Buffer.from(signature, 'base64url'));
    return isSigned ? claims : 'forged';
  } catch {
    return undefined;
  }
}

function known(claims: unknown, state: State): Identity | undefined {
  const own = field(claims, privateClaim);
  const namespace = asString(field(own, 'namespace')) ?? '';
  const name = asString(dig(own, 'serviceaccount', 'name')) ?? '';
  const uid = asString(dig(own, 'serviceaccount', 'uid')) ?? '';
  const account = state.get({ group: '', resource: 'serviceaccounts' }, namespace, name);
  if (account === undefined || dig(account, 'metadata', 'uid') !== uid) return undefined;
  const isThere = (resource: string, at: string, key: string) => {
    const found = state.get({ group: '', resource }, at, asString(dig(own, key, 'name')) ?? '');
    return found !== undefined && dig(found, 'metadata', 'uid') === dig(own, key, 'uid');
  };
  const has = (key: string) => dig(own, key, 'name') !== undefined;
  if (has('pod') && !isThere('pods', namespace, 'pod')) return undefined;
  if (has('secret') && !isThere('secrets', namespace, 'secret')) return undefined;
  if (has('node') && !has('pod') && !isThere('nodes', '', 'node')) return undefined;
  const extra: Record<string, readonly string[]> = {
    'authentication.kubernetes.io/credential-id': [`JTI=${asString(field(claims, 'jti')) ?? ''}`],
  };
  for (const key of ['pod', 'node'])
    for (const part of ['name', 'uid']) {
      const value = asString(dig(own, key, part)) ?? '';
      if (value !== '') extra[`authentication.kubernetes.io/${key}-${part}`] = [value];
    }
  const { groups, ...user } = serviceAccount(namespace, name);
  return { ...user, groups: [...groups.filter((group) => group !== signedIn), signedIn], uid, extra };
}
