// Tokens of service accounts: signed with a key made at the start (RS256), told apart by the claims of KEP-1205 bound tokens. A token is good
// while it has not run out and its account, and the pod it is bound to, are still there with the same UIDs.

import { createHash, createSign, createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Identity } from '../../identity/impersonation.ts';
import { serviceAccount } from '../../identity/subjects.ts';
import { asList, asNumber, asString, dig, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { State } from '../../request/state.ts';

export const issuer = 'https://kubernetes.default.svc';

export interface TokenIssuer {
  readonly issue: (account: JsonObject, spec: Json | undefined, now: number) => { readonly token: string; readonly expires: number };
  /** Who a token stands for; undefined where it stands for nobody. */
  readonly verify: (token: string, audiences: readonly string[], state: State, now: number) => Identity | undefined;
  /** `/openid/v1/jwks`. */
  readonly keys: JsonObject;
}

const privateClaim = 'kubernetes.io';

export function tokenIssuer(): TokenIssuer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  const { n, e } = publicKey.export({ format: 'jwk' });
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    keys: { keys: [{ use: 'sig', kty: 'RSA', kid: id, alg: 'RS256', n: n ?? '', e: e ?? '' }] },
    issue(account, spec, now) {
      const namespace = asString(dig(account, 'metadata', 'namespace')) ?? '';
      const name = asString(dig(account, 'metadata', 'name')) ?? '';
      const seconds = Math.floor(now / 1000);
      const expires = seconds + (asNumber(field(spec, 'expirationSeconds')) ?? 3600);
      const audiences = strings(field(spec, 'audiences'));
      const bound = field(spec, 'boundObjectRef');
      const pod = field(bound, 'kind') === 'Pod' ? { pod: { name: field(bound, 'name'), uid: field(bound, 'uid') } } : {};
      const claims = {
        aud: audiences.length === 0 ? [issuer] : audiences,
        exp: expires,
        iat: seconds,
        iss: issuer,
        jti: randomUUID(),
        [privateClaim]: { namespace, ...pod, serviceaccount: { name, uid: dig(account, 'metadata', 'uid') } },
        nbf: seconds,
        sub: `system:serviceaccount:${namespace}:${name}`,
      };
      const text = `${encoded({ alg: 'RS256', kid: id })}.${encoded(claims)}`;
      return { token: `${text}.${createSign('SHA256').update(text).sign(privateKey).toString('base64url')}`, expires: expires * 1000 };
    },
    verify(token, audiences, state, now) {
      const [head = '', body = '', signature = '', more] = token.split('.');
      if (more !== undefined || token.length > 16_384) return undefined;
      if (!createVerify('SHA256').update(`${head}.${body}`).verify(publicKey, Buffer.from(signature, 'base64url'))) return undefined;
      const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
      if ((asNumber(field(claims, 'exp')) ?? 0) * 1000 <= now) return undefined;
      if (!asList(field(claims, 'aud')).some((audience) => audiences.includes(String(audience)))) return undefined;
      return known(claims, state);
    },
  };
}

function known(claims: unknown, state: State): Identity | undefined {
  const own = field(claims, privateClaim);
  const namespace = asString(field(own, 'namespace')) ?? '';
  const name = asString(dig(own, 'serviceaccount', 'name')) ?? '';
  const uid = asString(dig(own, 'serviceaccount', 'uid')) ?? '';
  const account = state.get({ group: '', resource: 'serviceaccounts' }, namespace, name);
  if (account === undefined || dig(account, 'metadata', 'uid') !== uid) return undefined;
  const pod = asString(dig(own, 'pod', 'name'));
  if (pod !== undefined) {
    const found = state.get({ group: '', resource: 'pods' }, namespace, pod);
    if (found === undefined || dig(found, 'metadata', 'uid') !== dig(own, 'pod', 'uid')) return undefined;
  }
  const jti = asString(field(claims, 'jti')) ?? '';
  const extra: Record<string, readonly string[]> = { 'authentication.kubernetes.io/credential-id': [`JTI=${jti}`] };
  if (pod !== undefined) {
    extra['authentication.kubernetes.io/pod-name'] = [pod];
    extra['authentication.kubernetes.io/pod-uid'] = [asString(dig(own, 'pod', 'uid')) ?? ''];
  }
  return { ...serviceAccount(namespace, name), uid, extra };
}
