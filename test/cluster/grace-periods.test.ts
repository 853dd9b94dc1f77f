// Grace periods of any length that a number can say: Go counts a span in nanoseconds that wrap around after 292 years, so the time by which a pod has
// to go may lie in the past. What a real API server says to each delete is held against ours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asNumber, asString, dig, type Json, type JsonObject } from '../../src/lib/json.ts';
import { rfc3339 } from '../../src/lib/rfc3339.ts';
import { apiServer } from '../../src/request/server.ts';
import { memoryStore } from '../../src/request/store/store.ts';
import { write } from '../../src/request/write/write.ts';
import { realCluster } from './cluster.ts';
import { askReal, bodyOf } from './twin.ts';

/** What the pod says of itself, and the periods of the deletes that follow; undefined where a delete says nothing. */
const rows: readonly (readonly [inSpec: number | undefined, ...deletes: (number | undefined)[]])[] = [
  [undefined, undefined, 5],
  [9_000_000_000_000, undefined, undefined],
  [30, 9_000_000_000_000, 600],
  [30, 9_223_372_036, 9_000_000_000],
  [30, 9_223_372_037, 3_000],
  [30, 10_000_000_000, 9_999_999_999],
  [30, 18_446_744_074, 18_446_744_073],
  [30, 250_000_000_000_000, 18_446_745_000],
  [30, 18_446_745_000, 90],
  [30, 40_000, 20_000],
  [-5, undefined],
];

test('a grace period of any length ends when a real server says', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const release = await loadSchemas('1.36');
  assert.ok(release !== undefined);
  const namespace = await cluster.namespace('grace');
  const store = memoryStore({ revision: 1000 });
  store.put({ group: '', resource: 'namespaces' }, '', namespace, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'kubernetes.io/metadata.name': namespace } },
    status: { phase: 'Active' },
  });
  store.put({ group: '', resource: 'serviceaccounts' }, namespace, 'default', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace, uid: crypto.randomUUID() },
  });
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const ours = (method: string, path: string, query: Readonly<Record<string, string>>, value?: JsonObject): Json =>
    bodyOf(
      write(
        {
          method,
          path,
          query,
          user,
          contentType: 'application/json',
          ...(value === undefined ? {} : { body: { kind: 'json' as const, value } }),
        },
        {
          server: apiServer(release),
          state: store,
          store,
          circumstances: { now: rfc3339(Date.now()), uid: () => crypto.randomUUID(), suffix: (length) => 'x'.repeat(length) },
        },
      ),
    );
  const path = `/api/v1/namespaces/${namespace}/pods`;
  for (const [index, [inSpec, ...deletes]] of rows.entries()) {
    const name = `p${index}`;
    const pod: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        nodeName: 'nowhere',
        containers: [{ name: 'c', image: 'i' }],
        ...(inSpec === undefined ? {} : { terminationGracePeriodSeconds: inSpec }),
      },
    };
    const both = async (method: string, at: string, query: Readonly<Record<string, string>>, body?: JsonObject) => {
      const real = askReal(cluster, { method, path: at, query, ...(body === undefined ? {} : { body }) });
      return [(await real).body, ours(method, at, query, body)] as const;
    };
    await both('POST', path, {}, pod);
    for (const period of deletes) {
      const [real, own] = await both('DELETE', `${path}/${name}`, period === undefined ? {} : { gracePeriodSeconds: String(period) });
      const what = `a pod of ${inSpec} seconds, deleted with ${deletes.join(', ')}; here ${period}`;
      assert.deepEqual(graceOf(own), graceOf(real), what);
      assert.ok(Math.abs(endOf(own) - endOf(real)) < 60_000, `${what}: ${timeOf(own)} and not ${timeOf(real)}`);
    }
    await both('DELETE', `${path}/${name}`, { gracePeriodSeconds: '0' });
  }
});

function graceOf(pod: Json): readonly Json[] {
  return [dig(pod, 'kind') ?? null, asNumber(dig(pod, 'metadata', 'deletionGracePeriodSeconds')) ?? dig(pod, 'message') ?? null];
}

function timeOf(pod: Json): string {
  return asString(dig(pod, 'metadata', 'deletionTimestamp')) ?? '';
}

function endOf(pod: Json): number {
  return Date.parse(timeOf(pod));
}
