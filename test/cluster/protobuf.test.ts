// Protobuf beside JSON, both as a real API server writes them: what we make of the JSON of an object is its protobuf, byte by byte, and what we
// read out of the protobuf is its JSON. One object of each of many kinds, and everything that a new cluster has.

import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { decodeProtobuf } from '../../src/kube/protobuf/decode.ts';
import { encodeProtobuf, encodeWatchEvent } from '../../src/kube/protobuf/encode.ts';
import { loadFieldNumbers } from '../../src/kube/protobuf/layout.ts';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../src/lib/json.ts';
import type { Result } from '../../src/lib/result.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { validObjects } from './valid-objects.ts';

const protobuf = 'application/vnd.kubernetes.protobuf';

function get({ server, ca, credentials }: Cluster, path: string, accept: string): Promise<Buffer> {
  const options = { ca, cert: credentials.certificate, key: credentials.key, headers: { accept } };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server}${path}`, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve(Buffer.concat(chunks)));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const parsed = (bytes: Buffer): Json => JSON.parse(bytes.toString()) as Json;

/** Every collection that can be listed: path and kind. */
async function collections(cluster: Cluster): Promise<readonly string[]> {
  const groups = asList(field(parsed(await get(cluster, '/apis', 'application/json')), 'groups'));
  const versions = groups.flatMap((group) =>
    asList(field(group, 'versions')).map((each) => `/apis/${asString(field(each, 'groupVersion'))}`),
  );
  const found: string[] = [];
  for (const base of ['/api/v1', ...versions]) {
    if (base.includes('example.com')) continue;
    for (const each of asList(field(parsed(await get(cluster, base, 'application/json')), 'resources'))) {
      const name = asString(field(each, 'name')) ?? '';
      if (!name.includes('/') && strings(field(each, 'verbs')).includes('list')) found.push(`${base}/${name}`);
    }
  }
  return found;
}

/** One whose schema has what may be of several kinds. */
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'unions.unions.example.com' },
  spec: {
    group: 'unions.example.com',
    scope: 'Cluster',
    names: { plural: 'unions', singular: 'union', kind: 'Union', listKind: 'UnionList', shortNames: ['u'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                default: { a: '<&>', replicas: 1 },
                properties: {
                  a: { type: 'string', enum: ['<&>', 'b', ''], default: 'b', nullable: true },
                  replicas: { type: 'integer', format: 'int32', minimum: 0, maximum: 10, exclusiveMaximum: true },
                  list: {
                    type: 'array',
                    items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                    'x-kubernetes-list-type': 'atomic',
                  },
                  map: {
                    type: 'object',
                    additionalProperties: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
                  },
                  open: { type: 'object', additionalProperties: true, example: [1, { x: null }] },
                },
                'x-kubernetes-validations': [{ rule: 'self.replicas >= oldSelf.replicas', message: 'no', optionalOldSelf: false }],
              },
            },
          },
        },
      },
    ],
  },
};

test('answers in protobuf are those of the real server, byte by byte', { timeout: 180_000 }, async (t) => {
  // Objects of every kind would be in the way of other tests.
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const [release, numbers] = [await loadSchemas('1.36'), await loadFieldNumbers()];
  assert.ok(release);
  const namespace = await cluster.namespace('protobuf');
  const accepted: string[] = [];
  for (const object of validObjects) {
    const apiVersion = asString(object.apiVersion) ?? '';
    const served = release.resourceOf(apiVersion, asString(object.kind) ?? '');
    if (served === undefined) continue;
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const answer = await cluster.api('POST', `${base}/${served.namespaced ? `namespaces/${namespace}/` : ''}${served.name}`, object);
    if (answer.status === 201 || answer.status === 409) accepted.push(served.name);
  }
  assert.ok(accepted.length > 30, accepted.join(' '));
  const made = await cluster.api('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  assert.equal(made.status, 201, made.text);
  // Its conditions come one by one.
  for (let wait = 0; wait < 300; wait++) {
    const { text } = await cluster.api('GET', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`);
    if (/"type":"Established","status":"True"/.test(text)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const differences: string[] = [];
  let objects = 0;
  for (const path of await collections(cluster)) {
    if (['leases', 'events', 'componentstatuses'].some((changing) => path.endsWith(`/${changing}`))) continue;
    const json: Json = parsed(await get(cluster, path, 'application/json'));
    const bytes = await get(cluster, path, protobuf);
    const encoded = encodeProtobuf(asObject(json), { release, numbers });
    if (!encoded.ok || !bytes.equals(encoded.value)) differences.push(`${path}: ${encoded.ok ? 'other bytes' : encoded.problem}`);
    const kind = (asString(field(json, 'kind')) ?? '').replace(/List$/, '');
    for (const item of asList(field(json, 'items'))) {
      objects++;
      const single: JsonObject = { kind, apiVersion: asString(field(json, 'apiVersion')) ?? '', ...asObject(item) };
      const own = encodeProtobuf(single, { release, numbers });
      const read: Result<JsonObject, unknown> = own.ok ? decodeProtobuf(own.value, { release, numbers }) : own;
      if (!read.ok) differences.push(`${path}: ${JSON.stringify(read.problem)}`);
      else assert.deepEqual(filled(read.value), filled(single), path);
    }
  }
  assert.deepEqual(differences, []);
  assert.ok(objects > 100);
});

test('events of watches are framed as the real server frames them', { timeout: 60_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const [release, numbers] = [await loadSchemas('1.36'), await loadFieldNumbers()];
  assert.ok(release);
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dcluster-admin';
  const [json, bytes] = [await get(cluster, path, 'application/json'), await get(cluster, path, protobuf)];
  const [line = ''] = json.toString().split('\n');
  const event: Json = JSON.parse(line) as Json;
  const frame = encodeWatchEvent(asString(field(event, 'type')) ?? '', asObject(field(event, 'object') ?? null), { release, numbers });
  assert.ok(frame.ok && bytes.equals(frame.value));
  assert.equal(dig(event, 'object', 'metadata', 'name'), 'cluster-admin');
});

/** Without what says nothing: null, and maps and lists without members. */
function filled(object: JsonObject): Json {
  const kept = (value: Json): Json | undefined => {
    if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((each: Json) => kept(each) ?? null);
    if (!isObject(value)) return value ?? undefined;
    const entries = Object.entries(value).flatMap(([key, each]) => {
      const found = each === undefined ? undefined : kept(each);
      return found === undefined || found === null ? [] : [[key, found] as const];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  return kept(object) ?? {};
}
