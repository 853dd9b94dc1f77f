import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFieldNumbers } from '../../kube/protobuf/layout.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import { dig, type JsonObject } from '../../lib/json.ts';
import { assumedFacts, snapshot } from '../../snapshot/snapshot.ts';
import type { Answer } from '../answer.ts';
import { apiServer } from '../server.ts';
import { write } from '../write/write.ts';
import { storeOf } from './of-snapshot.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);
const schemas = release;
const fieldNumbers = await loadFieldNumbers();

type Ask = (method: string, path: string, value: JsonObject, more?: { contentType?: string; query?: Record<string, string> }) => Answer;

function server(): Ask {
  const { store } = storeOf(snapshot({ resources: [], facts: assumedFacts('1.36') }), schemas, ['shop']);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => 'u'.repeat(36), suffix: () => 'xxxxx' };
  const writing = { server: apiServer(schemas), state: store, store, circumstances, fieldNumbers };
  const user = { name: 'root', groups: ['system:masters', 'system:authenticated'] };
  return (method, path, value, { contentType = 'application/json', query = {} } = {}) =>
    write({ method, path, query, user, contentType, body: { kind: 'json', value } }, writing);
}

const pods = '/api/v1/namespaces/shop/pods';
const pod = (characters: number, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'E', value: 'x'.repeat(characters) }] }] },
});
const megabyte = 1024 * 1024;

const creates: readonly [what: string, body: JsonObject, query: Record<string, string>, expected: RegExp | 'stored'][] = [
  ['a pod of one megabyte is stored', pod(megabyte), {}, 'stored'],
  ['one of 1.6 is too large', pod(1.6 * megabyte), {}, /^500 etcdserver: request is too large$/],
  ['one of 2.5 is not even sent', pod(2.5 * megabyte), {}, /^500 rpc error: .* larger than max \(26\d{5} vs\. 2097152\)$/],
  ['a dry run does not come to etcd', pod(2.5 * megabyte), { dryRun: 'All' }, 'stored'],
];

for (const [what, body, query, expected] of creates)
  test(`etcd: ${what}`, () => {
    const { code, refusal } = server()('POST', pods, body, { query });
    if (expected === 'stored') assert.equal(code, 201);
    else assert.match(`${code} ${refusal?.message}`, expected);
  });

test('etcd: what is too large with its managed fields alone is stored without them', () => {
  const labels = Object.fromEntries(Array.from({ length: 200 }, (_none, at) => [`label-${at}`, '']));
  const answer = server()('POST', pods, pod(1.5 * megabyte - 5000, { labels }));
  assert.equal(answer.code, 201);
  assert.equal(dig(answer.object, 'metadata', 'managedFields'), undefined);
});

test('etcd: a server-side apply needs its managed fields', () => {
  const labels = Object.fromEntries(Array.from({ length: 200 }, (_none, at) => [`label-${at}`, '']));
  const sent = { contentType: 'application/apply-patch+yaml', query: { fieldManager: 'm' } };
  assert.equal(server()('PATCH', `${pods}/p`, pod(1.5 * megabyte - 5000, { labels }), sent).code, 500);
});
