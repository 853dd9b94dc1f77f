// Objects too large for etcd, on a real API server and on a simulated one: what is stored, to the byte, and what is said of the rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { field, type JsonObject } from '../../src/lib/json.ts';
import { startSimulated } from '../simulated.ts';
import { client } from './api.ts';
import { realCluster } from './cluster.ts';

type Api = ReturnType<typeof client>['api'];

const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'bigs.large.example.io' },
  spec: {
    group: 'large.example.io',
    scope: 'Namespaced',
    names: { plural: 'bigs', singular: 'big', kind: 'Big', listKind: 'BigList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

type Make = (characters: number, name: string) => JsonObject;

const custom: Make = (characters, name) => ({
  apiVersion: 'large.example.io/v1',
  kind: 'Big',
  metadata: { name },
  spec: { text: `<&é${'x'.repeat(characters)}` },
});
const pod: Make = (characters, name) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'E', value: 'x'.repeat(characters) }] }] },
});

/** What a server answers to a write: the code, and the message of a refusal. */
async function said(api: Api, method: string, path: string, object: JsonObject): Promise<string> {
  const { status, body } = await api(method, path, object);
  const isRefused = field(body as JsonObject, 'kind') === 'Status';
  const { metadata: _metadata, ...told } = body as JsonObject;
  return isRefused
    ? JSON.stringify(told)
    : `${status}, ${field((body as JsonObject).metadata, 'managedFields') === undefined ? 'bare' : 'managed'}`;
}

const sent = 2 * 1024 * 1024;
const taken = 1.5 * 1024 * 1024;

test('what is too large for etcd is refused to the byte as on a real server', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const server = await startSimulated({ host: '127.0.0.1', port: 0, objects: [] });
  t.after(server.stop);
  const ours = client(server.url, server.authority.certificate, server.authority.client('admin', ['system:masters']));
  const namespace = await cluster.namespace('large');
  t.after(() =>
    cluster.api('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${String(field(definition.metadata, 'name'))}`),
  );
  await ours.api('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const api of [cluster.api, ours.api]) await api('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  for (const [path, make, lengths] of [
    [`/apis/large.example.io/v1/namespaces/${namespace}/bigs`, custom, 3],
    [`/api/v1/namespaces/${namespace}/pods`, pod, 8],
  ] as const) {
    for (let attempt = 0; attempt < 100 && (await cluster.api('GET', path)).status !== 200; attempt++)
      await new Promise((done) => setTimeout(done, 100));
    const both = async (method: string, at: string, object: JsonObject) => {
      const [wanted, given] = [await said(cluster.api, method, at, object), await said(ours.api, method, at, object)];
      assert.equal(given, wanted);
      return wanted;
    };
    const over = await both('POST', path, make(sent + 10_000, 'first'));
    const size = Number(/\((\d+) vs/.exec(over)?.[1]);
    // Lengths of messages within messages are written with a byte less below two megabytes.
    const most = sent + 10_000 - (size - lengths) + taken - 17;
    assert.match(await both('POST', path, make(most, 'first')), /201, bare/);
    assert.match(await both('POST', path, make(most + 1, 'again')), /etcdserver: request is too large/);
    assert.match(await both('POST', path, make(most - 2000, 'other')), /201, managed/);
    if (make === custom) {
      const grown = { spec: { text: 'x'.repeat(most + 1000) } };
      assert.match(await both('PATCH', `${path}/other`, grown), /etcdserver: request is too large/);
      assert.match(await both('PATCH', `${path}/other?dryRun=All`, grown), /200/);
    }
    assert.match(await both('POST', `${path}?dryRun=All`, make(most + 100_000, 'third')), /201/);
  }
});
