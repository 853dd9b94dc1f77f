// Writes of custom resources through their other ways, on a real API server and on ours: scales that are whole, partial and none at all, a status
// alone, versions that know less than the one that is stored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { type TwinRequest, twins } from './twin.ts';

const group = 'scales.example';
const integer: Json = { type: 'integer' };
const schema = (properties: JsonObject): Json => ({
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: { type: 'object', properties },
      status: { type: 'object', properties: { replicas: integer, phase: { type: 'string', enum: ['a', 'b'] } } },
    },
  },
});
const subresources: Json = { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.replicas' } };
const limited: Json = { type: 'integer', minimum: 1, maximum: 5 };
const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gauges.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'gauges', kind: 'Gauge', singular: 'gauge', listKind: 'GaugeList' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: schema({ n: limited, a: { type: 'string' } }), subresources },
      { name: 'v1beta1', served: true, storage: false, schema: schema({ n: limited, b: { type: 'string', default: 'x' } }), subresources },
    ],
  },
};

const path = `/apis/${group}/v1/namespaces/NS/gauges`;
const older = path.replace('/v1/', '/v1beta1/');
const gauge = (version: string, name: string, more: JsonObject): JsonObject => ({
  apiVersion: `${group}/${version}`,
  kind: 'Gauge',
  metadata: { name },
  ...more,
});
const scale = (replicas: Json | undefined, more: JsonObject = {}): Json => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'g' },
  spec: replicas === undefined ? {} : { replicas },
  ...more,
});
const merge = (at: string, body: Json): TwinRequest => ({ method: 'PATCH', path: at, contentType: 'application/merge-patch+json', body });

const story: readonly TwinRequest[] = [
  { method: 'POST', path, body: gauge('v1', 'g', { spec: { a: 'y' } }) },
  merge(`${path}/g/scale`, {}),
  merge(`${path}/g/scale`, { spec: { replicas: null } }),
  ...[undefined, 2, 9, -1, 'x'].map((replicas): TwinRequest => ({ method: 'PUT', path: `${path}/g/scale`, body: scale(replicas) })),
  { method: 'PUT', path: `${path}/g/scale`, body: scale(3, { zz: 1 }), query: { fieldValidation: 'Strict' } },
  { method: 'PUT', path: `${path}/g/scale`, body: scale(3, { metadata: { name: 'other' } }) },
  { method: 'PUT', path: `${path}/g/scale`, body: gauge('v1', 'g', { spec: { n: 1 } }) },
  ...[4, 0, -1, 'x', null].map((replicas) => merge(`${path}/g/scale`, { spec: { replicas } })),
  merge(`${path}/g/status`, { status: { replicas: 'x' } }),
  merge(`${path}/g/status`, { spec: { n: 99 }, status: { phase: 'a', replicas: 1 } }),
  merge(`${older}/g`, { spec: { n: 2 } }),
  { method: 'GET', path: `${path}/g` },
  { method: 'POST', path: older, query: { dryRun: 'All' }, body: gauge('v1beta1', 'h', { spec: { n: 1 } }) },
  { method: 'POST', path: older, body: gauge('v1beta1', 'h', { spec: { n: 1, b: 'z' } }) },
  { method: 'GET', path: `${path}/h` },
];

test('scales, statuses and other versions of custom resources are written as the real API server writes them', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const { status } = await cluster.api('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  assert.equal(status, 201);
  for (let left = 50; left > 0 && (await cluster.api('GET', `/apis/${group}/v1/gauges`)).status !== 200; left--)
    await new Promise((done) => setTimeout(done, 100));
  const { ask } = await twins(cluster, 'gauges', [definition]);
  for (const request of story) {
    const { real, ours } = await ask(request);
    assert.equal(ours, real, `${request.method} ${request.path} ${JSON.stringify(request.body)}`);
  }
});
