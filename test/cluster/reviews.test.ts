// Reviews and tokens, asked of a real API server and of the simulated one: who may what, which rules hold, who am I, whose token is this, a token
// for an account and what it may be bound to. Answers must be equal but for tokens, UIDs and times.

import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { asString, canonicalJson, dig, field, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';

interface Server {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const authentication = '/apis/authentication.k8s.io/v1';
const authorization = '/apis/authorization.k8s.io/v1';
const token = '/api/v1/namespaces/NS/serviceaccounts/default/token';

function review(kind: string, spec?: JsonObject, metadata: JsonObject = {}): JsonObject {
  const group = kind.includes('Access') || kind.includes('Rules') ? 'authorization.k8s.io' : 'authentication.k8s.io';
  return { apiVersion: `${group}/v1`, kind, metadata, ...(spec === undefined ? {} : { spec }) };
}

const ask = (spec: JsonObject) => review('TokenRequest', spec);
const reference = (kind: string, name: string, rest: JsonObject = {}): JsonObject => ({
  boundObjectRef: { apiVersion: 'v1', kind, name, ...rest },
});
/** Tokens bound to these are shown to both servers: kubectl names no UID. `here` is a node. */
const bindings: readonly (readonly [title: string, spec: JsonObject])[] = [
  ['a pod on no node', reference('Pod', 'waiting')],
  ['a pod on a node', reference('Pod', 'placed')],
  ['a pod on a node that is gone', reference('Pod', 'lost')],
  ['a pod, for as long as kubelets ask', { ...reference('Pod', 'placed'), expirationSeconds: 3607 }],
  ['a Secret', reference('Secret', 'mine')],
  ['a Node', reference('Node', 'NS-node')],
];
const pods: JsonObject = { namespace: 'NS', verb: 'get', resource: 'pods' };

/** `TOKEN` is the token of the account on the server that is asked. */
const questions: readonly (readonly [path: string, body: JsonObject])[] = [
  [`${authentication}/selfsubjectreviews`, review('SelfSubjectReview')],
  [`${authentication}/selfsubjectreviews`, review('SelfSubjectReview', undefined, { name: 'me', labels: { a: 'b' } })],
  [`${authentication}/tokenreviews`, review('TokenReview', { token: 'nonsense' })],
  [`${authentication}/tokenreviews`, review('TokenReview', { token: 'a.b.c', audiences: ['x'] })],
  [`${authentication}/tokenreviews`, review('TokenReview', {})],
  [`${authentication}/tokenreviews`, review('TokenReview', { token: 'TOKEN' })],
  [`${authentication}/tokenreviews`, review('TokenReview', { token: 'TOKEN', audiences: ['x', 'https://kubernetes.default.svc'] })],
  [`${authentication}/tokenreviews`, review('TokenReview', { token: 'TOKEN', audiences: ['x'] })],
  [`${authentication}/tokenreviews`, review('TokenReview', { token: 'TOKENx' })],
  [`${authorization}/selfsubjectrulesreviews`, review('SelfSubjectRulesReview', {})],
  [`${authorization}/selfsubjectrulesreviews`, review('SelfSubjectRulesReview', { namespace: 'kube-system' })],
  [`${authorization}/selfsubjectaccessreviews`, review('SelfSubjectAccessReview', { resourceAttributes: pods })],
  [`${authorization}/selfsubjectaccessreviews`, review('SelfSubjectAccessReview', {})],
  [`${authorization}/subjectaccessreviews`, review('SubjectAccessReview', { user: 'somebody', resourceAttributes: pods })],
  [
    `${authorization}/subjectaccessreviews`,
    review('SubjectAccessReview', { user: 'somebody', groups: ['system:masters'], resourceAttributes: pods }),
  ],
  [`${authorization}/subjectaccessreviews`, review('SubjectAccessReview', { resourceAttributes: pods })],
  [
    `${authorization}/namespaces/NS/localsubjectaccessreviews`,
    review('LocalSubjectAccessReview', { user: 'somebody', resourceAttributes: pods }),
  ],
  [token, ask({})],
  [token, ask({ audiences: ['vault'], expirationSeconds: 900 })],
  [token, ask({ expirationSeconds: 10 })],
  [token, ask(reference('Pod', 'nothing'))],
  [token, ask(reference('Secret', 'mine'))],
  [token, ask(reference('Secret', 'mine', { uid: 'other' }))],
  [token, ask(reference('ConfigMap', 'mine'))],
  [token, review('TokenRequest', {}, { name: 'other' })],
  [token.replace('default', 'nobody'), ask({})],
];

test('reviews and tokens are answered as the real server answers them', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('reviews');
  const simulated = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(simulated.stop);
  const { certificate, key } = simulated.authority.client('admin', ['system:masters']);
  const servers: readonly Server[] = [
    { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key },
    { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key },
  ];
  const tokens: string[] = [];
  for (const [index, server] of servers.entries()) {
    const made = (path: string, body: JsonObject) => post(server, path, body, index === 0 ? 'real' : 'ours');
    await made('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await made(`/api/v1/namespaces/${namespace}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine' } });
    const issued = await made(token.replace('NS', namespace), ask({}));
    tokens.push(asString(dig(issued.body, 'status', 'token')) ?? '');
    await made('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: `${namespace}-node` } });
    const places = { waiting: {}, placed: { nodeName: `${namespace}-node` }, lost: { nodeName: `${namespace}-lost` } };
    for (const [name, place] of Object.entries(places)) {
      const spec = { containers: [{ name: 'c', image: 'registry.example/c:1' }], ...place };
      await made(`/api/v1/namespaces/${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
    }
  }
  t.after(() => cluster.api('DELETE', `/api/v1/nodes/${namespace}-node`));
  const differences: string[] = [];
  for (const [title, spec] of bindings) {
    const [wanted, found] = await Promise.all(
      servers.map(async (server) => {
        const asked = JSON.parse(JSON.stringify(ask(spec)).replaceAll('NS', namespace)) as JsonObject;
        const issued = await post(server, token.replace('NS', namespace), asked);
        const text = asString(dig(issued.body, 'status', 'token')) ?? '';
        const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString() || '{}') as JsonObject;
        const lasts = Number(claims.exp) - Number(claims.iat);
        const known = await post(server, `${authentication}/tokenreviews`, review('TokenReview', { token: text }));
        const { warnafter = claims.iat, ...own } = (claims['kubernetes.io'] ?? {}) as JsonObject;
        const warned = Number(warnafter) - Number(claims.iat);
        return canonicalJson([
          issued.status,
          lasts,
          warned,
          masked(own, ''),
          known.status,
          masked(field(known.body, 'status') ?? null, ''),
        ]);
      }),
    );
    if (wanted !== found) differences.push(`a token bound to ${title}\n  real ${wanted}\n  ours ${found}`);
  }
  for (const [path, body] of questions) {
    const answers = await Promise.all(
      servers.map(async (server, index) => {
        const filled = JSON.stringify(body)
          .replaceAll('TOKEN', tokens[index] ?? '')
          .replaceAll('"NS"', JSON.stringify(namespace));
        const { status, body: answer } = await post(server, path.replace('NS', namespace), JSON.parse(filled) as JsonObject);
        return canonicalJson([status, masked(answer, '')]);
      }),
    );
    const [wanted, found] = answers;
    if (wanted !== found) differences.push(`${path} ${JSON.stringify(body.spec ?? null)}\n  real ${wanted}\n  ours ${found}`);
  }
  assert.deepEqual(differences, []);
});

function post(
  { url, ca, cert, key }: Server,
  path: string,
  body: JsonObject,
  userAgent = 'asking',
): Promise<{ readonly status: number; readonly body: Json }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'user-agent': userAgent };
    const outgoing = request(`${url}${path}`, { method: 'POST', headers, ca, cert, key }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(text) as Json }));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

/** What differs from server to server and from one moment to the next says only that it is there. */
function masked(value: Json, at: string): Json {
  if (Array.isArray(value)) {
    const list = value.map((each: Json) => masked(each, at));
    return at.endsWith('Rules') ? list.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)) : list;
  }
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, masked(each ?? null, key)]));
  if (typeof value !== 'string') return value;
  if (at === 'token' && value.length > 50) return 'a token';
  return value
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/X509SHA256=[0-9a-f]+/, 'a certificate')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g, 'TIME');
}

test('the expiry of a token is what its spec says', { timeout: 60_000 }, async (t) => {
  const simulated = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(simulated.stop);
  const { certificate, key } = simulated.authority.client('admin', ['system:masters']);
  const server = { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key };
  const before = Date.now();
  const { body } = await post(server, token.replace('NS', 'default'), ask({ expirationSeconds: 900 }));
  const [, claims = ''] = (asString(dig(body, 'status', 'token')) ?? '').split('.');
  const read: Json = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Json;
  const expires = Number(field(read, 'exp')) * 1000;
  assert.ok(expires >= before + 899_000 && expires < before + 930_000);
  assert.equal(Date.parse(asString(dig(body, 'status', 'expirationTimestamp')) ?? ''), expires);
});
