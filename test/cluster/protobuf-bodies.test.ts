// Bodies in protobuf as no client writes them, sent to a real API server and to ours: broken ones are refused in the same words, packed numbers
// and marks of byte order are read alike.

import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { asObject, canonicalJson, field, type Json } from '../../src/lib/json.ts';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
/** A field with a length; short ones. */
const part = (number: number, ...inside: readonly number[]): readonly number[] => [
  (number << 3) | 2,
  ...(inside.length < 128 ? [inside.length] : [(inside.length & 127) | 128, inside.length >> 7]),
  ...inside,
];
const typeMeta = (apiVersion: string, kind: string) => part(1, ...part(1, ...bytesOf(apiVersion)), ...part(2, ...bytesOf(kind)));
const body = (apiVersion: string, kind: string, ...message: readonly number[]) => [
  ...bytesOf('k8s\0'),
  ...typeMeta(apiVersion, kind),
  ...part(2, ...message),
];
const named = (name: string) => part(1, ...part(1, ...bytesOf(name)));
const entry = (key: string, value: string) => part(2, ...part(1, ...bytesOf(key)), ...part(2, ...bytesOf(value)));
const container = part(2, ...part(1, ...bytesOf('c')), ...part(2, ...bytesOf('i')));
const map = (...message: readonly number[]) => body('v1', 'ConfigMap', ...message);
const pod = (...spec: readonly number[]) => body('v1', 'Pod', ...named('p'), ...part(2, ...container, ...spec));

const rows: readonly (readonly [what: string, resource: string, bytes: readonly number[]])[] = [
  ['nothing after the mark', 'configmaps', bytesOf('k8s\0')],
  ['an envelope that ends early', 'configmaps', [...bytesOf('k8s\0'), 0x0a, 0x20, 1]],
  ['an envelope of another type', 'configmaps', [...bytesOf('k8s\0'), 0x08, 1]],
  ['a field that ends early', 'configmaps', map(0x0a, 0x7f, 1)],
  ['a number that ends early', 'configmaps', map(0x20, 0x80)],
  ['a number that is too long', 'configmaps', map(0x20, ...Array.from({ length: 11 }, () => 0xff))],
  ['a tag of zero', 'configmaps', map(0, 0)],
  ['a wire type that is none', 'configmaps', map(...named('w'), 0x7f, 1)],
  ['the end of a group', 'configmaps', map(...named('w'), 0x7c)],
  ['a group that is skipped', 'configmaps', map(...named('group'), 0x7b, 0x08, 1, 0x7c)],
  ['a number where metadata is', 'configmaps', map(0x08, 1)],
  ['a number where a map is', 'configmaps', map(...named('w'), 0x10, 1)],
  ['a text where a number is', 'configmaps', map(...named('w'), ...part(4, 1))],
  ['a number where a name is', 'configmaps', map(...part(1, 0x08, 1))],
  ['a number where a uid is', 'configmaps', map(...part(1, 0x28, 1))],
  ['a key that is a number', 'configmaps', map(...named('w'), ...part(2, 0x08, 1))],
  ['a field nobody knows', 'configmaps', map(...named('unknown'), 0xf8, 0x7f, 1)],
  ['marks of byte order', 'configmaps', map(...named('marked'), ...entry('a', '\ufeffb'))],
  ['packed groups', 'pods', pod(...part(14, ...part(4, 1, 0x80, 1)))],
  ['groups one by one', 'pods', pod(...part(14, 0x20, 1, 0x20, 2)).map((byte) => byte)],
  ['a group as text that ends early', 'pods', pod(...part(14, ...part(4, 0x80)))],
  ['another kind', 'configmaps', body('v1', 'Secret', ...named('w'))],
];

interface Side {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function post({ url, ...tls }: Side, path: string, bytes: readonly number[]): Promise<Json> {
  const headers = { accept: 'application/json', 'content-type': 'application/vnd.kubernetes.protobuf' };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}?dryRun=All`, { method: 'POST', headers, agent: false, ...tls }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Json));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(Buffer.from(bytes));
  });
}

/** What is compared: a refusal whole, else what the body gave. */
function shown(answer: Json): Json {
  if (field(answer, 'kind') === 'Status') return answer;
  const { securityContext } = asObject(field(answer, 'spec') ?? {});
  return { kind: field(answer, 'kind') ?? null, data: field(answer, 'data') ?? null, securityContext: securityContext ?? null };
}

test('bodies in protobuf are read and refused as the real server does', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const simulated = await startSimulated({ host: '127.0.0.1', port: 0, objects: [] });
  t.after(simulated.stop);
  const namespace = await cluster.namespace('bodies');
  const { certificate, key } = simulated.authority.client('admin', ['system:masters']);
  const ours = { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key };
  const real = { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key };
  const differences: string[] = [];
  for (const [what, resource, bytes] of rows) {
    const [wanted, given] = await Promise.all([
      post(real, `/api/v1/namespaces/${namespace}/${resource}`, bytes),
      post(ours, `/api/v1/namespaces/default/${resource}`, bytes),
    ]);
    const [left, right] = [canonicalJson(shown(wanted)), canonicalJson(shown(given))];
    if (left !== right) differences.push(`${what}\n  real ${left}\n  ours ${right}`);
  }
  assert.deepEqual(differences, []);
});
