// `cofferdam whoami` as a person runs it, with keys and tokens made here.

import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { cofferdam } from '../../../test/cli/cofferdam.ts';
import { makeAuthority, makeCertificate } from '../../../test/cluster/certificates.ts';
import { folder } from '../../../test/folder.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

function signed(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
}

const later = Math.floor(Date.now() / 1000) + 3600;
const account = signed({
  iss: 'https://kubernetes.default.svc',
  aud: ['https://kubernetes.default.svc'],
  exp: later,
  'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'web', uid: 'u' } },
});
const outside = signed({ iss: 'https://login.example', aud: 'kube', exp: later, sub: 'jane', groups: ['dev'] });

test('a token of a service account, checked with its key', (t) => {
  const place = folder(t, { token: account, 'sa.pub': publicPem });
  const answer = cofferdam(['whoami', '--token', join(place, 'token'), '--service-account-key-file', join(place, 'sa.pub'), '-o', 'json']);
  const { user, authenticator, assumptions } = JSON.parse(answer.stdout);
  assert.equal(answer.status, 0);
  assert.deepEqual(
    [user.name, authenticator, assumptions],
    ['system:serviceaccount:shop:web', 'service account token', ['ServiceAccount shop/web exists']],
  );
  assert.ok(!answer.stdout.includes(account.slice(-20)));
});

test('a token that somebody else signed is refused', (t) => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const place = folder(t, { token: account, 'sa.pub': other });
  const answer = cofferdam(['whoami', '--token', join(place, 'token'), '--service-account-key-file', join(place, 'sa.pub')]);
  assert.equal(answer.status, 1);
  assert.match(answer.stdout, /refused/);
});

test('an outside issuer by flags, with its key set', (t) => {
  const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] });
  const place = folder(t, { token: outside, 'jwks.json': jwks });
  const flags = ['--oidc-issuer-url', 'https://login.example', '--oidc-client-id', 'kube', '--oidc-groups-claim', 'groups'];
  const words = ['whoami', '--token', join(place, 'token'), '--jwks', join(place, 'jwks.json')];
  const answer = cofferdam([...words, ...flags]);
  assert.equal(answer.status, 0);
  assert.match(answer.stdout, /https:\/\/login\.example#jane\n.*JWT.*\n\s+groups\s+dev, system:authenticated\n$/s);
  const unknown = cofferdam(words);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stdout, /is not configured: give --authentication-config/);
});

test('a certificate of a kubeconfig, checked with its authority', (t) => {
  const place = folder(t, {});
  const authority = makeAuthority(place);
  const admin = makeCertificate(place, { file: 'admin', subject: '/O=system:masters/CN=root' });
  const data = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'x', user: 'u' } }],
    users: [{ name: 'u', user: { 'client-certificate-data': data(admin.certificate), 'client-key-data': data(admin.key), as: 'bob' } }],
  };
  const files = folder(t, { config: JSON.stringify(config), 'ca.crt': authority.certificate });
  const answer = cofferdam(['whoami', '--kubeconfig', join(files, 'config'), '--client-ca-file', join(files, 'ca.crt')]);
  assert.equal(answer.status, 0);
  assert.match(answer.stdout, /^root\n.*client certificate.*system:masters, system:authenticated.*X509SHA256=.*acts as {2}bob/s);
  assert.doesNotMatch(answer.stdout, /not checked/);
  const strangers = folder(t, {});
  const other = folder(t, { 'ca.crt': makeAuthority(strangers).certificate });
  const refused = cofferdam(['whoami', '--kubeconfig', join(files, 'config'), '--client-ca-file', join(other, 'ca.crt')]);
  assert.equal(refused.status, 1);
});

test('nothing to ask about is a usage error', (t) => {
  const place = folder(t, { empty: 'x' });
  const answer = cofferdam(['whoami', '--certificate', join(place, 'empty')]);
  assert.equal(answer.status, 2);
});
