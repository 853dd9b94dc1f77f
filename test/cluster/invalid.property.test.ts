// Valid objects of many kinds with odd changes, new ones and updates of stored ones and of their status. The real API server and ours answer in
// dry run; code, reason and the set of causes by field and type must be the same, and so must the fields of the objects that both accept.
// More by hand: `RUNS=5000 SEED=7 node test/run.ts invalid.property`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Release, ServedResource } from '../../src/kube/schema/release.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import { apiServer } from '../../src/request/server.ts';
import { storeOf } from '../../src/request/store/of-snapshot.ts';
import type { Writing } from '../../src/request/write/update.ts';
import { assumedFacts, snapshot } from '../../src/snapshot/snapshot.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { oddChanges } from './odd-changes.ts';
import { validObjects } from './valid-objects.ts';

const query = { dryRun: 'All', fieldValidation: 'Strict' };
const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const settings = (runs: number) => ({
  numRuns: Number(process.env.RUNS ?? runs),
  endOnFailure: true,
  includeErrorInReport: true,
  seed: Number(process.env.SEED ?? 1),
});

/** Kinds that would act on other objects of the test, were they stored. */
const acting = new Set(['ValidatingWebhookConfiguration', 'ResourceQuota', 'LimitRange']);

interface Base {
  readonly path: string;
  readonly object: JsonObject;
  readonly served: ServedResource;
}

function basesIn(release: Release, namespace: string): readonly Base[] {
  return validObjects.map((object) => {
    const [apiVersion, kind] = [asString(object.apiVersion) ?? '', asString(object.kind) ?? ''];
    const served = release.resourceOf(apiVersion, kind);
    assert.ok(served !== undefined, kind);
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return { path: `${root}${served.namespaced ? `/namespaces/${namespace}` : ''}/${served.name}`, object, served };
  });
}

function ours(release: Release, namespace: string): Writing {
  const state = snapshot({ resources: [], facts: assumedFacts('1.36') });
  const { store } = storeOf(state, release, [namespace]);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => '00000000-0000-4000-8000-000000000000', suffix: () => 'xxxxx' };
  const server = apiServer(release, { serviceClusterIpRanges: ['10.0.0.0/16'] });
  return { server, state: store, store, access: () => state, circumstances };
}

function causesOf(causes: readonly Json[] | undefined): readonly string[] {
  return [...new Set((causes ?? []).map((cause) => `${field(cause, 'field')} ${field(cause, 'reason')}`))].sort();
}

/** Both answers must agree; `version` is the resourceVersion of what our server has stored. */
async function assertAlike(cluster: Cluster, writing: Writing, method: string, path: string, body: JsonObject, version?: string) {
  const theirs = await cluster.api(method, `${path}?${new URLSearchParams(query)}`, body);
  const isVersioned = version !== undefined && asString(dig(body, 'metadata', 'resourceVersion')) !== undefined;
  const value = isVersioned ? { ...body, metadata: { ...asObject(body.metadata), resourceVersion: version } } : body;
  const { answer } = answerWrite({ method, path, query, user, body: { kind: 'json', value } }, writing);
  const refusal = answer.refusal;
  const found = {
    code: answer.code,
    reason: refusal?.reason ?? '',
    causes: causesOf(refusal?.details?.causes as readonly unknown[] as readonly Json[] | undefined),
    fields: answer.object === undefined ? '' : Object.keys(answer.object).sort().join(' '),
  };
  const isRefused = theirs.status >= 400;
  const expected = {
    code: theirs.status,
    reason: isRefused ? (field(theirs.body, 'reason') ?? '') : '',
    causes: causesOf(asList(dig(theirs.body, 'details', 'causes'))),
    fields: isRefused
      ? ''
      : Object.keys(asObject(theirs.body as JsonObject))
          .sort()
          .join(' '),
  };
  assert.deepEqual(found, expected, `${method} ${path} ${JSON.stringify(body)}: ${theirs.text.slice(0, 600)}`);
}

test('odd objects of every kind are answered as the real API server answers them', async (t) => {
  const cluster = await realCluster(t);
  const release = await loadSchemas('1.36');
  if (cluster === undefined) return;
  assert.ok(release !== undefined);
  const namespace = await cluster.namespace('invalid');
  const writing = ours(release, namespace);
  const cases = fc
    .constantFrom(...basesIn(release, namespace))
    .chain(({ path, object, served }) =>
      fc.record({ path: fc.constant(path), body: oddChanges(object, release.schemaOf(served.kindVersion, served.kind)) }),
    );
  const answered = fc.asyncProperty(cases, ({ path, body }) => assertAlike(cluster, writing, 'POST', path, body));
  await fc.assert(answered, settings(300));
});

test('odd changes of stored objects and of their status are answered as the real API server answers them', async (t) => {
  const cluster = await realCluster(t, { own: true });
  const release = await loadSchemas('1.36');
  if (cluster === undefined) return;
  assert.ok(release !== undefined);
  const namespace = await cluster.namespace('changed');
  const writing = ours(release, namespace);
  const stored: { readonly path: string; readonly object: JsonObject; readonly version: string; readonly base: Base }[] = [];
  for (const base of basesIn(release, namespace)) {
    if (acting.has(base.served.kind)) continue;
    const { status, body, text } = await cluster.api('POST', base.path, base.object);
    assert.equal(status, 201, text);
    const { managedFields: _entries, ...metadata } = asObject(dig(body as Json, 'metadata'));
    const object: JsonObject = { ...asObject(body as Json), metadata };
    const group = base.served.apiVersion.includes('/') ? (base.served.apiVersion.split('/')[0] ?? '') : '';
    const name = asString(metadata.name) ?? '';
    const put = writing.store.put({ group, resource: base.served.name }, asString(metadata.namespace) ?? '', name, object);
    stored.push({ path: `${base.path}/${name}`, object, version: asString(dig(put, 'metadata', 'resourceVersion')) ?? '', base });
  }
  const statuses = new Set(
    release.apiVersions.flatMap((each) => release.resources(each).map(({ apiVersion, name }) => `${apiVersion} ${name}`)),
  );
  const cases = fc.constantFrom(...stored).chain(({ path, object, version, base: { served } }) => {
    const schema = release.schemaOf(served.kindVersion, served.kind);
    const itself = oddChanges(object, schema).map((body) => ({ path, version, body }));
    if (!statuses.has(`${served.apiVersion} ${served.name}/status`)) return itself;
    return fc.oneof(
      itself,
      oddChanges(object, schema, ['status']).map((body) => ({ path: `${path}/status`, version, body })),
    );
  });
  const answered = fc.asyncProperty(cases, ({ path, body, version }) => assertAlike(cluster, writing, 'PUT', path, body, version));
  await fc.assert(answered, settings(400));
});
