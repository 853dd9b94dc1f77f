// Tokens of outside issuers before the real API server: generated claims through mappings and rules in CEL must make the same users, and be
// refused in the same words.

import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenReview, usualSetup } from '../../src/identity/authentication/authenticate.ts';
import { readAuthenticationConfiguration } from '../../src/identity/authentication/configuration.ts';
import { noVerifier } from '../../src/identity/authentication/credential.ts';
import { asObject, asString, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { folder } from '../folder.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { realCluster } from './cluster.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function signed(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
}

/** What is done with the claims, by issuer. */
const mappings: Readonly<Record<string, JsonObject>> = {
  a: {
    claimMappings: {
      username: { claim: 'email', prefix: 'a:' },
      groups: { claim: 'groups', prefix: 'a:' },
      uid: { claim: 'uid' },
      extra: [{ key: 'example.com/t', valueExpression: 'claims.?tenant.orValue("none")' }],
    },
    claimValidationRules: [{ claim: 'hd', requiredValue: 'example.com' }],
  },
  b: {
    claimMappings: {
      username: {
        expression:
          'claims.?email_verified.orValue(true) == true && has(claims.email) ? string(claims.email) + ":" + string(claims.n) : claims.sub',
      },
      groups: { expression: 'has(claims.groups) ? claims.groups : ""' },
      uid: { expression: 'string(claims.n * 2.0)' },
      extra: [{ key: 'example.com/t', valueExpression: 'claims.tenant' }],
    },
    userValidationRules: [{ expression: 'user.groups.all(g, g != "masters") && size(user.username) < 30', message: 'no masters' }],
  },
  c: {
    claimMappings: {
      username: { expression: 'claims.a__dot__b' },
      groups: {
        expression: 'type(claims.groups) == list ? dyn(claims.groups).map(g, string(g)) : [type(claims.groups) == string ? "s" : "o"]',
      },
    },
    claimValidationRules: [{ expression: 'claims.n > 1.5', message: 'n is too small' }],
  },
};

const scalar = fc.constantFrom<Json>('x', '', 5, 2.5, 1e21, 1234567, -0.00001, true, null, 'dev');
const some = (value: fc.Arbitrary<Json>) => fc.option(value, { nil: undefined, freq: 4 });
const claims = fc.record({
  email: some(fc.constantFrom<Json>('jane@example.com', '', 5, null, 'a-very-long-name-of-somebody@example.com')),
  email_verified: fc.option(fc.constantFrom<Json>(true, false, 'true', null), { nil: undefined, freq: 1 }),
  groups: some(
    fc.oneof(fc.constantFrom<Json>('dev', '', 3, {}), fc.array(scalar, { maxLength: 3 }), fc.subarray(['dev', 'ops', '', 'masters'])),
  ),
  uid: some(fc.constantFrom<Json>('u-1', '', 7)),
  hd: some(fc.constantFrom<Json>('example.com', 'example.com', 'example.com', 'evil.com', ['example.com'])),
  tenant: some(fc.oneof(scalar, fc.constantFrom<Json>(['a', ''], ['a', 5], [], { a: 1 }))),
  sub: fc.constantFrom<Json>('jane', 'jane', 'jane', '', 5),
  n: some(fc.constantFrom<Json>(1, 2, 7, 0.1, 1e6, 12345678, 1e21, -3, 'x', 3.0000001)),
  'a.b': some(fc.constantFrom<Json>('dotted', 5, ['x'])),
  jti: fc.option(fc.constantFrom<Json>('id-1', 5, ''), { nil: undefined, freq: 1 }),
  _claim_names: fc.option(fc.constantFrom<Json>({ x: 's' }, { x: '' }, 5), { nil: undefined, freq: 1 }),
});

test('generated claims make the users that the server makes', { timeout: 240_000 }, async (t) => {
  const place = folder(t, {});
  const authority = makeAuthority(place, 'issuers');
  const own = makeCertificate(place, { file: 'issuer', subject: '/CN=issuer', names: 'IP:127.0.0.1' });
  const server = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
    const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}/${request.url?.split('/')[1]}`;
    const isKeys = request.url?.endsWith('/keys') === true;
    const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isKeys ? keys : { issuer, jwks_uri: `${issuer}/keys`, id_token_signing_alg_values_supported: ['RS256'] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const configuration = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt: Object.entries(mappings).map(([name, mapping]) => ({
      issuer: { url: `https://127.0.0.1:${port}/${name}`, audiences: ['kube'], certificateAuthority: authority.certificate },
      ...mapping,
    })),
  };
  const file = join(place, 'authentication.json');
  writeFileSync(file, JSON.stringify(configuration));
  const cluster = await realCluster(t, { own: true, apiServerFlags: [`--authentication-config=${file}`] });
  if (cluster === undefined) return;
  const { jwt, problems } = readAuthenticationConfiguration(configuration, 'authentication.json', 36);
  assert.deepEqual(problems, []);
  const setup = {
    ...usualSetup,
    jwt,
    serviceAccounts: { issuers: ['https://kubernetes.default.svc'], audiences: ['https://kubernetes.default.svc'] },
  };
  const review = async (token: string) => {
    const spec = { token };
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
    const answer = await cluster.api('POST', '/apis/authentication.k8s.io/v1/tokenreviews', body);
    return asObject(field(answer.body, 'status'));
  };
  const now = Math.floor(Date.now() / 1000);
  const base = (name: string) => ({ iss: `https://127.0.0.1:${port}/${name}`, aud: 'kube', iat: now, exp: now + 3600 });
  // The issuers' keys are fetched in the background.
  for (let tries = 0; tries < 100; tries++) {
    const ready = await Promise.all(Object.keys(mappings).map((name) => review(signed({ ...base(name), sub: 'x' }))));
    if (!ready.some((one) => (asString(one.error) ?? '').includes('not initialized'))) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  let users = 0;
  for (const name of Object.keys(mappings))
    for (const generated of fc.sample(claims, { seed: 3, numRuns: 250 })) {
      const token = signed({ ...base(name), ...generated });
      const theirs = await review(token);
      const ours = tokenReview(setup, token, [], Date.now(), { verifier: { ...noVerifier, token: () => true } });
      const about = `${name} ${JSON.stringify(generated)}\n${JSON.stringify(theirs)}\n${JSON.stringify(ours)}`;
      assert.equal(theirs.authenticated === true, ours.authenticated, about);
      if (!ours.authenticated) {
        assert.equal(settled(asString(theirs.error) ?? ''), settled(ours.error), about);
        continue;
      }
      users++;
      const { username = '', uid = '', groups, extra = {} } = asObject(theirs.user);
      assert.deepEqual({ name: username, uid, groups, extra }, ours.user, about);
    }
  assert.ok(users > 40, `${users} users`);
});

/** Without the words of Go's JSON reader about where it stopped, and those of cel-go about types. */
function settled(error: string): string {
  return error
    .replace(/(resulted in error: no such overload)[^\]]*/, '$1')
    .replace(/Go struct field idToken\.[a-z_]+ of type/g, 'Go value of type');
}
