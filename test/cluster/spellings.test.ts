// Objects spelled otherwise than they are stored: an empty list or map, an absent pointer's empty struct, a zero of a field that is no pointer.
// Updates that add such a spelling to a stored object are asked of a real API server beside ours, one field of the schema at a time, and whole
// answers must be equal: what is unchanged for one is unchanged for the other, and generation counts alike.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Schema } from '../../src/kube/schema/schema.ts';
import { asObject, asString, field, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { type TwinRequest, type Twins, twins } from './twin.ts';
import { validObjects } from './valid-objects.ts';

const iscsi: Json = { targetPortal: '127.0.0.1', iqn: 'iqn.2015-02.example.com:test', lun: 0, fsType: 'ext4', readOnly: true };
const claim: Json = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const podSpec: Json = { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b', resources: {} }] };
const template: Json = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } };
const named = (apiVersion: string, kind: string, rest: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: 'spelled' },
  ...rest,
});

/** What holds more than the small objects do. */
const more: readonly JsonObject[] = [
  named('v1', 'Pod', {
    spec: {
      containers: [{ name: 'a', image: 'b', volumeMounts: [{ mountPath: '/m', name: 'v' }] }],
      tolerations: [{ key: 'a', operator: 'Exists' }],
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a', labelSelector: { matchLabels: { a: 'b' } } }] },
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
        },
      },
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { a: 'b' } } },
      ],
      volumes: [
        { name: 'v', iscsi },
        { name: 'c', csi: { driver: 'a.b' } },
        { name: 'e', ephemeral: { volumeClaimTemplate: { metadata: {}, spec: claim } } },
        { name: 'p', projected: { sources: [{ configMap: { name: 'a' } }, { serviceAccountToken: { path: 'a' } }] } },
      ],
    },
  }),
  named('v1', 'PersistentVolume', {
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      iscsi,
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] } },
    },
  }),
  {
    ...named('v1', 'PersistentVolume', {
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], csi: { driver: 'a.b', volumeHandle: 'h' } },
    }),
    metadata: { name: 'driven' },
  },
  named('v1', 'ConfigMap', { immutable: true }),
  { ...named('v1', 'ConfigMap', { immutable: true, binaryData: {}, data: { a: 'b' } }), metadata: { name: 'empty' } },
  named('v1', 'Secret', { immutable: true }),
  named('batch/v1', 'Job', { spec: { template: { spec: podSpec } } }),
  { ...named('batch/v1', 'Job', { spec: { suspend: true, template: { spec: podSpec } } }), metadata: { name: 'waiting' } },
  named('apps/v1', 'StatefulSet', {
    spec: {
      serviceName: 'x',
      selector: { matchLabels: { a: 'b' } },
      template,
      volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: claim }],
    },
  }),
  named('storage.k8s.io/v1', 'StorageClass', { provisioner: 'a.b' }),
  named('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: { matchLabels: {} }, ingress: [], policyTypes: ['Ingress'] } }),
];

/** The object with an empty value of one more field, at every place that the schema has. */
function* spelled(value: Json, schema: Schema | undefined, depth = 0): Generator<Json> {
  if (schema === undefined || depth > 12) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const other of spelled(item as Json, schema.items, depth + 1)) yield value.with(index, other);
    return;
  }
  if (!isObject(value) || schema.properties === undefined) return;
  for (const [name, own] of Object.entries(schema.properties)) {
    if (depth === 0 && (name === 'status' || name === 'kind' || name === 'apiVersion')) continue;
    if (depth === 1 && name === 'managedFields') continue;
    const given = value[name];
    if (given !== undefined) for (const other of spelled(given, own, depth + 1)) yield { ...value, [name]: other };
    else for (const empty of emptiesOf(own)) yield { ...value, [name]: empty };
  }
}

function emptiesOf({ type }: Schema): readonly Json[] {
  if (type === 'object') return [{}];
  if (type === 'array') return [[]];
  if (type === 'string') return [''];
  if (type === 'boolean') return [false];
  return type === 'integer' || type === 'number' ? [0] : [];
}

/** Addresses are drawn by lot. */
function withoutAddress(answer: string): string {
  return answer.replace(/\b10\.0\.\d+\.\d+\b/g, '<address>');
}

async function differencesOf(object: JsonObject, base: string, schema: Schema, server: Twins): Promise<readonly string[]> {
  server.begin();
  const ask = async (request: TwinRequest) => {
    const { real, ours } = await server.ask(request);
    return { real: withoutAddress(real), ours: withoutAddress(ours) };
  };
  const name = asString(field(object.metadata, 'name')) ?? '';
  const path = `${base}/${name}`;
  const query = { fieldManager: 'first' };
  const made = await ask({ method: 'POST', path: base, query, body: object });
  if (made.real !== made.ours) return [`${path}: ${made.real}\n${made.ours}`];
  if (!made.real.includes('"code":201')) return [];
  const found: string[] = [];
  const revision = { resourceVersion: '<rv:1>' };
  for (const body of spelled(object, schema)) {
    const whole = { ...asObject(body), metadata: { ...asObject(field(body, 'metadata') ?? {}), ...revision } };
    const changed = await ask({ method: 'PUT', path, query: { ...query, dryRun: 'All' }, body: whole });
    const applied = await ask({
      method: 'PATCH',
      path,
      query: { fieldManager: 'second', force: 'true', dryRun: 'All' },
      contentType: 'application/apply-patch+yaml',
      body,
    });
    for (const [verb, { real, ours }] of [
      ['PUT', changed],
      ['apply', applied],
    ] as const)
      if (real !== ours) found.push(`${verb} ${path} ${JSON.stringify(body)}\n--- real\n${real}\n--- ours\n${ours}`);
  }
  for (let times = 0; times < 3; times++) {
    const again = await ask({
      method: 'PATCH',
      path,
      query: { fieldManager: 'second', force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
    if (again.real !== again.ours) found.push(`apply ${times} ${path}\n--- real\n${again.real}\n--- ours\n${again.ours}`);
  }
  return found;
}

test('what an update spells otherwise is unchanged for the real server and ours alike', { timeout: 240_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const release = await loadSchemas('1.36');
  assert.ok(release);
  const both = await twins(cluster, 'spellings');
  const only = process.env.KINDS?.split(' ');
  const found: string[] = [];
  for (const object of [...more, ...validObjects]) {
    const apiVersion = asString(object.apiVersion) ?? '';
    const kind = asString(object.kind) ?? '';
    const served = release.resourceOf(apiVersion, kind);
    const schema = release.schemaOf(apiVersion, kind);
    if (served === undefined || schema === undefined || (only !== undefined && !only.includes(kind))) continue;
    const base = `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}/${served.namespaced ? 'namespaces/NS/' : ''}${served.name}`;
    found.push(...(await differencesOf(object, base, schema, both)));
  }
  assert.deepEqual(found, []);
});
