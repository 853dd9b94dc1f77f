// Reviews of a pipeline that holds no key, and of one that is given somebody who does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../kube/schema/load.ts';
import { dig, type Json, type JsonObject } from '../../lib/json.ts';
import { assumedFacts, snapshot } from '../../snapshot/snapshot.ts';
import type { Answer } from '../answer.ts';
import { answerWrite } from '../pipeline.ts';
import { apiServer } from '../server.ts';
import { storeOf } from '../store/of-snapshot.ts';
import type { Tokens } from './tokens.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);
const schemas = release;

function asked(kind: string, path: string, spec: JsonObject, tokens?: Tokens): Answer {
  const state = snapshot({ resources: [], facts: assumedFacts('1.36') });
  const { store } = storeOf(state, schemas, ['shop']);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace: 'shop', uid: 'u' } };
  store.put({ group: '', resource: 'serviceaccounts' }, 'shop', 'web', account);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => 'uid', suffix: (length: number) => 'x'.repeat(length) };
  const group = kind.endsWith('RulesReview') ? 'authorization.k8s.io' : 'authentication.k8s.io';
  const value: Json = { apiVersion: `${group}/v1`, kind, ...(Object.keys(spec).length === 0 ? {} : { spec }) };
  const user = { name: 'root', groups: ['system:masters', 'system:authenticated'] };
  return answerWrite(
    { method: 'POST', path, query: {}, user, body: { kind: 'json', value } },
    { server: apiServer(schemas), state: store, store, circumstances, access: () => state, ...(tokens === undefined ? {} : { tokens }) },
  ).answer;
}

const tokenPath = '/api/v1/namespaces/shop/serviceaccounts/web/token';
const tokens: Tokens = {
  issue: (account) => ({ token: `token of ${String(dig(account, 'metadata', 'name'))}`, id: 'one' }),
  verify: (token, audiences) =>
    token === 'good'
      ? { user: { name: 'web', groups: [], uid: 'u', extra: {} }, audiences: audiences.slice(0, 1) }
      : { why: 'invalid bearer token' },
};

test('without a key a token is asked for and judged, and not made', () => {
  const answer = asked('TokenRequest', tokenPath, { audiences: ['vault'], expirationSeconds: 900 });
  assert.equal(answer.code, 201);
  assert.deepEqual(answer.object?.status, { token: '', expirationTimestamp: '2030-01-02T03:19:05Z' });
  assert.equal(asked('TokenRequest', tokenPath, { audiences: ['vault'], expirationSeconds: 9 }).code, 422);
});

test('whoever holds the key makes the token; it ends when the request says', () => {
  const answer = asked('TokenRequest', tokenPath, { audiences: ['vault'], expirationSeconds: 900 }, tokens);
  assert.deepEqual(answer.object?.status, { token: 'token of web', expirationTimestamp: '2030-01-02T03:19:05Z' });
});

test('whose token it is says whoever can read it', () => {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  assert.deepEqual(asked('TokenReview', path, { token: 'good', audiences: ['a', 'b'] }, tokens).object?.status, {
    authenticated: true,
    user: { username: 'web', uid: 'u' },
    audiences: ['a'],
  });
  const bad = asked('TokenReview', path, { token: 'bad' }, tokens);
  assert.deepEqual(bad.object?.status, { user: {}, error: 'invalid bearer token' });
  assert.equal(asked('TokenReview', path, { token: '' }, tokens).refusal?.message, 'token is required for TokenReview in authentication');
});

test('who asks is told who it is, and what it may', () => {
  const self = asked('SelfSubjectReview', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
  assert.equal(dig(self.object, 'status', 'userInfo', 'username'), 'root');
  const rules = asked('SelfSubjectRulesReview', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { namespace: 'shop' });
  assert.equal(rules.code, 201);
  assert.equal(dig(rules.object, 'status', 'incomplete'), false);
});
