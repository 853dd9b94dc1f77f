// Valid objects of many kinds, changed at one place: a value replaced by an odd one, or a field of the kind's schema added that was not there.
// The real API server and ours answer in dry run; code, reason and the set of causes by field and type must be the same, and so must the
// objects that both accept. More by hand: `RUNS=5000 SEED=7 node test/run.ts invalid.property`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadSchemas } from '../../src/kube/schema/load.ts';
import type { Schema } from '../../src/kube/schema/schema.ts';
import { asList, asObject, asString, dig, field, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { answerWrite } from '../../src/request/pipeline.ts';
import { apiServer } from '../../src/request/server.ts';
import { storeOf } from '../../src/request/snapshot-state.ts';
import { assumedFacts, snapshot } from '../../src/snapshot/snapshot.ts';
import { realCluster } from './cluster.ts';
import { validObjects } from './valid-objects.ts';

const odd: readonly Json[] = [
  null,
  '',
  [],
  {},
  0,
  -1,
  1.5,
  70000,
  true,
  'x',
  'Bad Value!',
  'a.b/c',
  '10Gi',
  '10.0.0.1',
  [null],
  [{}],
  { a: 'b' },
];

type Path = readonly (string | number)[];

/** Every place in an object, and the fields of its schema that could stand beside what is there. */
function places(value: Json, schema: Schema | undefined, path: Path = []): readonly Path[] {
  const own: readonly Path[] = path.length === 0 ? [] : [path];
  if (Array.isArray(value)) return [...own, ...value.flatMap((item: Json, index) => places(item, schema?.items, [...path, index]))];
  if (!isObject(value)) return own;
  const known = schema?.properties;
  const inner = Object.entries(value).flatMap(([key, item]) =>
    places(item ?? null, known === undefined ? schema?.additionalProperties : known.get(key), [...path, key]),
  );
  const absent = [...(known?.keys() ?? [])].filter((key) => value[key] === undefined && !unasked.has(key));
  return [...own, ...inner, ...absent.map((key) => [...path, key])];
}

/** What a client does not say, and names that the server looks up before it judges them. */
const unasked = new Set(['managedFields', 'creationTimestamp', 'deletionTimestamp', 'runtimeClassName', 'serviceAccount']);

function replaced(value: Json, [step, ...rest]: Path, by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item: Json, index) => (index === step ? replaced(item, rest, by) : item));
  return { ...asObject(value), [step]: replaced(asObject(value)[step] ?? null, rest, by) };
}

test('odd objects of every kind are answered as the real API server answers them', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const release = await loadSchemas('1.36');
  assert.ok(release !== undefined);
  const state = snapshot({ resources: [], facts: assumedFacts('1.36') });
  const namespace = await cluster.namespace('invalid');
  const { store } = storeOf(state, release, [namespace]);
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => '00000000-0000-4000-8000-000000000000', suffix: () => 'xxxxx' };
  const writing = { server: apiServer(release), state: store, store, access: () => state, circumstances };
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  const bases = validObjects.map((object) => {
    const [apiVersion, kind] = [asString(object.apiVersion) ?? '', asString(object.kind) ?? ''];
    const served = release.resourceOf(apiVersion, kind);
    assert.ok(served !== undefined, kind);
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const path = `${root}${served.namespaced ? `/namespaces/${namespace}` : ''}/${served.name}`;
    return { path, object, places: places(object, release.schemaOf(apiVersion, kind)) };
  });
  const cases = fc.constantFrom(...bases).chain(({ path, object, places: all }) =>
    fc.record({
      path: fc.constant(path),
      body: fc.tuple(fc.constantFrom(...all), fc.constantFrom(...odd)).map(([at, by]) => replaced(object, at, by)),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ path, body }) => {
      const theirs = await cluster.api('POST', `${path}?${new URLSearchParams(query)}`, body);
      const { answer } = answerWrite({ method: 'POST', path, query, user, body: { kind: 'json', value: body } }, writing);
      const status = answer.refusal;
      const ours = {
        code: answer.code,
        reason: status?.reason ?? '',
        causes: causesOf(asList(status?.details?.causes as readonly unknown[] as readonly Json[])),
        spec: answer.object === undefined ? '' : Object.keys(answer.object).sort().join(' '),
      };
      const refused = theirs.status >= 400;
      const expected = {
        code: theirs.status,
        reason: refused ? (field(theirs.body, 'reason') ?? '') : '',
        causes: causesOf(asList(dig(theirs.body, 'details', 'causes'))),
        spec: refused
          ? ''
          : Object.keys(asObject(theirs.body as JsonObject))
              .sort()
              .join(' '),
      };
      assert.deepEqual(ours, expected, `${JSON.stringify(body)}: ${theirs.text.slice(0, 600)}`);
    }),
    { numRuns: Number(process.env.RUNS ?? 300), endOnFailure: true, seed: Number(process.env.SEED ?? 1) },
  );
});

function causesOf(causes: readonly Json[] | undefined): readonly string[] {
  return [...new Set((causes ?? []).map((cause) => `${field(cause, 'field')} ${field(cause, 'reason')}`))].sort();
}
