// Creates with odd values, answered by the real API server and by ours: code, reason and causes must be the same. Dry runs, so that nothing
// is left behind and no case sees another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import { asList, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import { apiServer } from '../../src/request/server.ts';
import { storeOf } from '../../src/request/store/of-snapshot.ts';
import { assumedFacts, snapshot } from '../../src/snapshot/snapshot.ts';
import { realCluster } from './cluster.ts';

const container: Json = {
  name: 'c',
  image: 'nginx:1.27',
  ports: [{ name: 'http', containerPort: 8080 }],
  env: [{ name: 'A', value: 'b' }],
  resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } },
  livenessProbe: { httpGet: { path: '/', port: 'http' } },
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
};
const podSpec: Json = { containers: [container], volumes: [{ name: 'v', emptyDir: {} }], nodeSelector: { a: 'b' } };
const template: Json = { metadata: { labels: { a: 'b' } }, spec: podSpec };
const bases: readonly (readonly [path: string, object: JsonObject])[] = [
  ['/api/v1/namespaces/NAMESPACE/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels: { a: 'b' } }, spec: podSpec }],
  [
    '/apis/apps/v1/namespaces/NAMESPACE/deployments',
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template },
    },
  ],
  [
    '/api/v1/namespaces/NAMESPACE/services',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { selector: { a: 'b' }, ports: [{ name: 'h', port: 80, targetPort: 'http' }] },
    },
  ],
  [
    '/api/v1/namespaces/NAMESPACE/configmaps',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', annotations: { a: 'b' } }, data: { k: 'v' }, immutable: false },
  ],
];
const odd: readonly Json[] = [null, [], {}, 0, -1, 1.5, '', 'x', 'A b', true, 70000, '10Gi', ['x'], { x: 'y' }];

/** The value with one place in it replaced. */
function replaced(value: Json, place: number, by: Json): Json {
  let left = place;
  const visit = (at: Json): Json => {
    if (left-- === 0) return by;
    if (Array.isArray(at)) return at.map(visit);
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(Object.entries(at).map(([key, item]) => [key, visit(item ?? null)]));
  };
  return visit(value);
}

test('creates with odd values are answered as the real API server answers them', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const release = await loadSchemas('1.36');
  assert.ok(release !== undefined);
  const state = snapshot({ resources: [], facts: assumedFacts('1.36') });
  const namespace = await cluster.namespace('create');
  const { store } = storeOf(state, release, [namespace]);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => '00000000-0000-4000-8000-000000000000', suffix: () => 'xxxxx' };
  const writing = { server: apiServer(release), state: store, store, access: () => state, circumstances };
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  const cases = fc.record({ base: fc.constantFrom(...bases), place: fc.integer({ min: 1, max: 40 }), by: fc.constantFrom(...odd) });
  await fc.assert(
    fc.asyncProperty(cases, async ({ base: [pattern, object], place, by }) => {
      const path = pattern.replace('NAMESPACE', namespace);
      const body = replaced(object as Json, place, by);
      const theirs = await cluster.api('POST', `${path}?${new URLSearchParams(query)}`, body);
      const { answer } = answerWrite({ method: 'POST', path, query, user, body: { kind: 'json', value: body } }, writing);
      const status = answer.refusal;
      const ours = {
        code: answer.code,
        reason: status?.reason ?? '',
        causes: texts(status?.details?.causes as readonly unknown[] as readonly Json[]),
      };
      const causes = texts(asList(field(field(theirs.body, 'details'), 'causes')));
      const reason = theirs.status >= 400 ? field(theirs.body, 'reason') : '';
      assert.deepEqual(ours, { code: theirs.status, reason, causes }, JSON.stringify(body));
    }),
    { numRuns: Number(process.env.RUNS ?? 150), endOnFailure: true, seed: Number(process.env.SEED ?? 1) },
  );
});

function texts(causes: readonly Json[] | undefined): readonly string[] {
  return (causes ?? []).map((cause) => `${field(cause, 'field')}: ${field(cause, 'message')}`).sort();
}
