// Who owns what in custom resources of two versions that see their fields differently: writes one after the other on a real API server and on
// ours, whole answers compared, managed fields among them. First what once differed, shrunk; then generated stories.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asObject, asString, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { type TwinRequest, type Twins, twins } from './twin.ts';

const group = 'owners.example';
const text: Json = { type: 'string', maxLength: 9 };
const listOf = (keys: readonly string[], properties: JsonObject): Json => ({
  type: 'array',
  maxItems: 5,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  items: { type: 'object', required: ['k'], properties },
});
const replicas: Json = { type: 'integer', format: 'int32' };
const status: Json = { type: 'object', properties: { phase: text, replicas, list: listOf(['k'], { k: text, v: text }) } };
const common = { n: replicas, set: { type: 'array', maxItems: 5, 'x-kubernetes-list-type': 'set', items: text }, text } as const;
const version = (name: string, fields: JsonObject, more: JsonObject, subresources: Json): Json => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: {
    openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { ...common, ...fields } }, status }, ...more },
  },
  subresources,
});
const rule = { rule: '!has(self.a) || self.a != "z" || oldSelf.hasValue()', optionalOldSelf: true, message: 'no new z' };
const object = (properties: JsonObject, more: JsonObject = {}): Json => ({ type: 'object', properties, ...more });
const scale = { specReplicasPath: '.spec.n', statusReplicasPath: '.status.replicas' };
const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `deeds.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'deeds', kind: 'Deed', singular: 'deed', listKind: 'DeedList' },
    versions: [
      version(
        'v1',
        {
          list: listOf(['k', 'l'], { k: text, l: { ...asObject(text), default: 'd' }, v: { ...asObject(text), nullable: true } }),
          map: object({ a: text, b: text }, { 'x-kubernetes-validations': [rule] }),
          free: object({}, { 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-map-type': 'atomic' }),
          inner: object({ a: text }, { 'x-kubernetes-embedded-resource': true }),
        },
        {},
        { status: {}, scale },
      ),
      version(
        'v2',
        {
          list: { type: 'array', maxItems: 5, items: object({ k: text, l: text, v: text }) },
          map: object({ a: text, c: text }, { 'x-kubernetes-map-type': 'atomic' }),
        },
        { 'x-kubernetes-preserve-unknown-fields': true },
        { scale },
      ),
    ],
  },
};

const path = (name: string, at = '') => `/apis/${group}/${name}/namespaces/NS/deeds${at}`;
const deed = (name: string, spec?: Json, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: `${group}/${name}`,
  kind: 'Deed',
  metadata: { name: 'NAME', ...metadata },
  ...(spec === undefined ? {} : { spec }),
});
const apply = (name: string, manager: string, spec?: Json, metadata?: JsonObject, force = 'true'): TwinRequest => ({
  method: 'PATCH',
  path: path(name, '/NAME'),
  query: { fieldManager: manager, force },
  contentType: 'application/apply-patch+yaml',
  body: deed(name, spec, metadata),
});
const merge = (name: string, body: Json, at = '', fieldManager = 'bob'): TwinRequest => ({
  method: 'PATCH',
  path: path(name, `/NAME${at}`),
  query: { fieldManager },
  contentType: 'application/merge-patch+json',
  body,
});
const create = (name: string, spec?: Json): TwinRequest => ({ method: 'POST', path: path(name), body: deed(name, spec) });
const jsonPatch = (body: Json): TwinRequest => ({ ...merge('v1', body), contentType: 'application/json-patch+json' });
const managers = '/metadata/managedFields';

const stories: Readonly<Record<string, readonly TwinRequest[]>> = {
  'an apply without metadata makes nothing': [
    { ...apply('v1', 'ann'), body: { apiVersion: `${group}/v1`, kind: 'Deed' } },
    { ...apply('v1', 'ann'), body: { apiVersion: `${group}/v1`, kind: 'Deed', spec: { text: 'x' } } },
  ],
  'nulls and empty maps of an apply are stored as they are, and not read': [
    apply('v1', 'ann', { text: null, list: [{ k: 'a', v: null }] }, { annotations: {} }),
    apply('v1', 'bob'),
    { method: 'GET', path: path('v1', '/NAME') },
  ],
  'a version that cannot say an object refuses who applies': [
    apply('v1', 'ann', { list: [{ k: 'a' }] }),
    apply('v2', 'bob', { list: 'x' }),
    apply('v2', 'bob', { list: [{ k: 'a' }, { k: 'a' }] }),
    apply('v2', 'bob', { zz: { a: 1 } }),
    merge('v2', { spec: { list: [{ k: 'a' }, { k: 'a' }] } }),
    merge('v2', { spec: { map: { c: 'x' } } }),
  ],
  'managers of versions that are none': [
    create('v1', { text: 'x' }),
    jsonPatch([{ op: 'replace', path: `${managers}/0/apiVersion`, value: `${group}/v9` }]),
    create('v1', { text: 'x' }),
    jsonPatch([{ op: 'replace', path: `${managers}/0/apiVersion`, value: 'a/b/c' }]),
    apply('v1', 'ann', { text: 'y' }),
  ],
  'what one version resets another owns': [
    apply('v2', 'ann', { text: 'x' }),
    { ...merge('v2', { status: { phase: 'a' } }), query: { fieldManager: 'ann' } },
    merge('v1', { spec: { set: ['a'] }, status: { phase: 'b' } }, '/status'),
    merge('v1', { status: { phase: 'c' } }),
    apply('v1', 'ann', { set: ['b'] }),
  ],
  'scales hand over owners of each version': [
    create('v2', { n: 1, text: 'x' }),
    merge('v1', {}, '/scale'),
    merge('v1', { spec: { n: 3 } }),
    merge('v2', { spec: { replicas: 4 } }, '/scale'),
    apply('v1', 'ann', { n: 5 }, {}, 'false'),
    { method: 'GET', path: path('v1', '/NAME') },
  ],
  'a patch of one entry leaves its like alone': [
    create('v1', {
      list: [
        { k: 'a', v: 'x' },
        { k: 'b', v: 'x' },
      ],
    }),
    jsonPatch([{ op: 'remove', path: `${managers}/0/fieldsV1/f:spec/f:list/k:{"k":"a","l":"d"}/f:v` }]),
    jsonPatch([{ op: 'replace', path: `${managers}/0/fieldsV1/f:spec/f:list/k:{"k":"b","l":"d"}/f:k/f:x` }]),
    merge('v1', { spec: { free: [{ a: null }], inner: { apiVersion: 'v1', kind: 'A', metadata: { zz: 1 } } } }),
    merge('v1', { spec: { free: { a: [{ b: null }] } } }),
  ],
  'another version stores again what it does not know': [
    create('v1', { map: { a: 'x', b: 'y' }, list: [{ k: 'a' }] }),
    { ...merge('v2', {}), query: {} },
    { method: 'GET', path: path('v1', '/NAME') },
    merge('v2', { metadata: { finalizers: ['a.b/c'] } }),
    { method: 'DELETE', path: path('v2', '/NAME') },
    merge('v1', {}),
  ],
  'what no schema tells of is never known to be as it was': [
    apply('v2', 'ann', { map: { a: 'z' }, inner: { q: 1 }, free: 'x' }),
    merge('v1', { status: { phase: 'a' } }, '/status'),
    merge('v1', { metadata: { labels: { a: 'b' } } }),
    merge('v2', { metadata: { labels: { a: 'c' } } }),
  ],
};

// What a version drops when it is read is written again by every apply that says it, in the seconds of the server: stories leave it out.
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const word = fc.constantFrom('x', 'y', 'z', '');
const member = fc.record({ k: fc.constantFrom('a', 'b'), l: some(fc.constantFrom('d', 'e')), v: some(fc.oneof(word, fc.constant(null))) });
const specs = fc
  .record({
    n: some(fc.nat(2)),
    text: some(word),
    set: some(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })),
    list: some(fc.array(member, { maxLength: 2 })),
    map: some(fc.dictionary(fc.constantFrom('a', 'b'), word, { maxKeys: 2 })),
    free: some(fc.constantFrom<Json[]>({}, { a: null }, { a: [1] })),
    inner: some(fc.constantFrom<Json[]>({ apiVersion: 'v1', kind: 'A' }, { apiVersion: 'v1', kind: 'B', a: 'x' })),
  })
  .map((spec) => JSON.parse(JSON.stringify(spec)) as JsonObject);
const names = fc.constantFrom('v1', 'v2');
function saidIn(name: string, { free, inner, map, ...spec }: JsonObject): JsonObject {
  if (name === 'v1') return JSON.parse(JSON.stringify({ ...spec, free, inner, map })) as JsonObject;
  const { a } = asObject(map);
  return a === undefined ? spec : { ...spec, map: { a } };
}
const who = fc.constantFrom('ann', 'bob', 'kubectl');
const metadata = fc.constantFrom<JsonObject[]>({}, { labels: { a: 'b' } }, { labels: { a: 'c' } });
const steps: fc.Arbitrary<TwinRequest> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(names, who, specs, metadata, fc.constantFrom('true', 'false'))
      .map(([name, manager, spec, ...rest]) => apply(name, manager, saidIn(name, spec), ...rest)),
  },
  { weight: 4, arbitrary: fc.tuple(names, specs, who).map(([name, spec, manager]) => merge(name, { spec }, '', manager)) },
  { weight: 1, arbitrary: specs.map((spec) => merge('v1', { spec, status: { list: [{ k: 'a' }] } }, '/status')) },
  { weight: 1, arbitrary: fc.tuple(names, fc.nat(3)).map(([name, n]) => merge(name, { spec: { replicas: n } }, '/scale')) },
  { weight: 1, arbitrary: fc.constantFrom<Json[]>([], [{}], null).map((managedFields) => merge('v1', { metadata: { managedFields } })) },
  { weight: 1, arbitrary: names.map((name) => ({ method: 'GET', path: path(name, '/NAME') })) },
  { weight: 1, arbitrary: fc.tuple(names, specs).map(([name, spec]) => ({ ...merge(name, { spec }), query: { dryRun: 'All' } })) },
);

let told = 0;

/** Tells a story of an object of its own; causes of a refusal, and words for a body that several fields make wrong, come in any order. */
async function tell({ ask, begin }: Twins, story: readonly TwinRequest[]): Promise<void> {
  const name = `d${++told}`;
  begin();
  for (const request of story) {
    const { real, ours } = await ask(JSON.parse(JSON.stringify(request).replaceAll('NAME', name)) as TwinRequest);
    if (real === ours || /errors:|declared in schema/.test(real)) continue;
    const [wanted, found] = [real, ours].map((answer) => withoutOrder(JSON.parse(answer) as Json));
    assert.deepEqual(found, wanted, JSON.stringify(request));
  }
}

function withoutOrder(answer: Json): Json {
  const body = asObject(field(answer, 'body'));
  if (body.kind !== 'Status') return answer;
  const letters = [...(asString(body.message) ?? '')].sort().join('');
  return { ...asObject(answer), body: { ...body, message: letters } };
}

async function withDefinition(cluster: Cluster): Promise<Twins> {
  await cluster.api('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  for (let left = 100; left > 0 && (await cluster.api('GET', `/apis/${group}/v1/deeds`)).status !== 200; left--)
    await new Promise((done) => setTimeout(done, 100));
  return twins(cluster, 'deeds', [definition]);
}

test('owners of custom resources are told as the real API server tells them', { timeout: 240_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const both = await withDefinition(cluster);
  for (const [name, story] of Object.entries(stories)) await t.test(name, () => tell(both, story));
  const numRuns = Number(process.env.STORIES ?? 25);
  const seed = Number(process.env.SEED ?? 1);
  await t.test('generated stories', () =>
    fc.assert(
      fc.asyncProperty(specs, fc.array(steps, { minLength: 2, maxLength: 7 }), (spec, more) => tell(both, [create('v1', spec), ...more])),
      { numRuns, seed, interruptAfterTimeLimit: 180_000 },
    ),
  );
});
