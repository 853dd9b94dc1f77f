// The audit log of a simulated server beside that of a real one: the same requests leave the same events.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asString, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { folder } from '../folder.ts';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';

interface Server {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

type Question = readonly [method: string, path: string, body?: JsonObject | undefined, headers?: Readonly<Record<string, string>>];

const pods = '/api/v1/namespaces/audited/pods';
const maps = '/api/v1/namespaces/audited/configmaps';
const pod = (name: string, privileged: boolean): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'registry.example/c:1', securityContext: { privileged } }] },
});
const map = (metadata: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
const named = { 'impersonate-user': 'rita', 'impersonate-group': 'dev' };
const merge = { 'content-type': 'application/merge-patch+json' };

const questions: readonly Question[] = [
  [
    'POST',
    '/api/v1/namespaces',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'audited', labels: { 'pod-security.kubernetes.io/audit': 'baseline' } } },
  ],
  ['POST', maps, map({ name: 'one' })],
  ['POST', maps, map({ generateName: 'one-' })],
  ['POST', maps, map({ name: 'one' })],
  ['POST', maps, map({ name: 'One' })],
  ['POST', maps, { apiVersion: 'v1', kind: 'Pod' }],
  ['PUT', `${maps}/one`, map({ name: 'one', resourceVersion: '1' })],
  ['PATCH', `${maps}/one`, { metadata: { labels: { a: 'b' } } }, merge],
  ['PATCH', `${maps}/two`, {}, merge],
  ['POST', pods, pod('good', false)],
  ['POST', pods, pod('bad', true)],
  ['DELETE', `${pods}/good`],
  ['DELETE', `${maps}/one`],
  ['DELETE', maps],
  ['GET', `${maps}/none`],
  ['GET', `${maps}?limit=5`],
  [
    'POST',
    '/api/v1/namespaces/audited/serviceaccounts/default/token',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  ],
  ['POST', maps, map({ name: 'three' }), named],
  ['GET', maps, undefined, { 'impersonate-user': 'admin', 'impersonate-group': 'foo' }],
  ['GET', '/apis/none.example.io/v1/things'],
];

function ask({ url, ca, cert, key }: Server, [method, path, body, headers]: Question): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = { 'content-type': 'application/json', 'user-agent': 'asking', ...headers };
    const outgoing = request(`${url}${path}`, { method, headers: sent, ca, cert, key }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The events of the requests, without what differs from server to server. */
async function events(file: string): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt++) {
    const all = readFileSync(file, 'utf8').trim().split('\n');
    const own = all
      .map((line) => JSON.parse(line) as Json)
      .filter((event) => asString(field(event, 'userAgent')) === 'asking' && field(event, 'stage') === 'ResponseComplete');
    if (own.length < questions.length && attempt < 600) await sleep(100);
    else return own.map(shown);
  }
}

function shown(event: Json): string {
  const parts = ['verb', 'requestURI', 'user', 'impersonatedUser', 'objectRef', 'responseStatus', 'annotations'];
  return JSON.stringify(Object.fromEntries(parts.map((part) => [part, sorted(field(event, part) ?? null)])), undefined, 1)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/X509SHA256=[0-9a-f]+/g, 'X509SHA256=HASH');
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => sorted(each));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each ?? null)]));
}

test('the same requests leave the same events', { timeout: 300_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true, audit: true });
  if (cluster === undefined) return;
  const auditLog = join(folder(t, {}), 'audit.log');
  const simulated = await startSimulated({ host: '127.0.0.1', port: 0, objects: [], auditLog });
  t.after(simulated.stop);
  const { certificate, key } = simulated.authority.client('admin', ['system:masters']);
  const real = { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key };
  const ours = { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key };
  for (const [index, question] of questions.entries()) {
    const wanted = await ask(real, question);
    const found = await ask(ours, question);
    assert.equal(found, wanted, JSON.stringify(question));
    // What a controller makes, and the simulated server by itself.
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    if (index === 0) await cluster.api('POST', '/api/v1/namespaces/audited/serviceaccounts', account);
  }
  assert.deepEqual(await events(auditLog), await events(cluster.auditLog));
});
