// Writes of one object after another, as sentences: what the server says to each, and what is left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../kube/schema/load.ts';
import { dig, type Json, type JsonObject } from '../../lib/json.ts';
import { assumedFacts, snapshot } from '../../snapshot/snapshot.ts';
import type { Answer } from '../answer.ts';
import { apiServer } from '../server.ts';
import { storeOf } from '../store/of-snapshot.ts';
import type { Writing } from './update.ts';
import { write } from './write.ts';

const release = await loadSchemas('1.36');
assert.ok(release !== undefined);
const schemas = release;

type Ask = (method: string, path: string, value?: Json, contentType?: string, query?: Readonly<Record<string, string>>) => Answer;

function server(): { readonly ask: Ask; readonly writing: Writing } {
  const { store } = storeOf(snapshot({ resources: [], facts: assumedFacts('1.36') }), schemas, ['shop']);
  let uids = 0;
  const circumstances = { now: '2030-01-02T03:04:05Z', uid: () => `uid-${++uids}`, suffix: (length: number) => 'x'.repeat(length) };
  const writing: Writing = { server: apiServer(schemas), state: store, store, circumstances };
  const user = { name: 'root', groups: ['system:masters', 'system:authenticated'] };
  const ask: Ask = (method, path, value, contentType = 'application/json', query = {}) =>
    write({ method, path, query, user, contentType, ...(value === undefined ? {} : { body: { kind: 'json', value } }) }, writing);
  return { ask, writing };
}

const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';
const maps = '/api/v1/namespaces/shop/configmaps';
const pods = '/api/v1/namespaces/shop/pods';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';

const map = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', ...metadata },
  data,
});

const pod = (spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

const deployment = (replicas?: number): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});

const said = ({ code, refusal, text }: Answer): readonly [number, string | undefined] => [code, refusal?.message ?? text];

const managers = (answer: Answer): readonly string[] =>
  ((dig(answer.object, 'metadata', 'managedFields') ?? []) as readonly JsonObject[]).map(
    ({ manager, operation, subresource }) => `${manager} ${operation}${subresource === undefined ? '' : ` ${subresource}`}`,
  );

test('a PUT of an old version conflicts, and one of no version does not', () => {
  const { ask } = server();
  ask('POST', maps, map({ a: '1' }));
  assert.deepEqual(said(ask('PUT', `${maps}/m`, map({ a: '2' }, { resourceVersion: '1' }))), [
    409,
    'Operation cannot be fulfilled on configmaps "m": the object has been modified; please apply your changes to the latest version and try again',
  ]);
  assert.equal(ask('PUT', `${maps}/m`, map({ a: '2' })).code, 200);
});

test('a PUT of what is not there is refused, but for the kinds that are made by it', () => {
  const { ask } = server();
  assert.deepEqual(said(ask('PUT', `${maps}/m`, map({}))), [404, 'configmaps "m" not found']);
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} };
  assert.equal(ask('PUT', '/apis/coordination.k8s.io/v1/namespaces/shop/leases/l', lease).code, 201);
});

test('a write that changes nothing keeps the version', () => {
  const { ask } = server();
  const before = dig(ask('POST', maps, map({ a: '1' })).object, 'metadata', 'resourceVersion');
  assert.equal(dig(ask('PATCH', `${maps}/m`, { data: { a: '1' } }, merge).object, 'metadata', 'resourceVersion'), before);
});

test('a dry run answers and keeps nothing', () => {
  const { ask } = server();
  ask('POST', maps, map({ a: '1' }));
  assert.equal(dig(ask('PATCH', `${maps}/m`, { data: { a: '2' } }, merge, { dryRun: 'All' }).object, 'data', 'a'), '2');
  assert.equal(dig(ask('PATCH', `${maps}/m`, {}, merge).object, 'data', 'a'), '1');
});

test('patches that do not fit say so in their own words', () => {
  const { ask } = server();
  ask('POST', maps, map({ a: '1' }));
  const wrong = ask('PATCH', `${maps}/m`, [{ op: 'test', path: '/data/a', value: '2' }], jsonPatch);
  assert.equal(wrong.code, 422);
  assert.equal(wrong.refusal?.message, 'the server rejected our request due to an error in our request');
  assert.equal(ask('PATCH', `${maps}/m`, {}, 'text/plain').code, 415);
});

test('a strategic patch finds the container by its name', () => {
  const { ask } = server();
  ask('POST', deployments, deployment(1));
  const patch = { spec: { template: { spec: { containers: [{ name: 'c', image: 'j' }] } } } };
  const { object } = ask('PATCH', `${deployments}/d`, patch, strategic);
  assert.equal(dig(object, 'spec', 'template', 'spec', 'containers', 0, 'image'), 'j');
  assert.equal(dig(object, 'metadata', 'generation'), 2);
});

test('an apply of what another owns conflicts, unless it is forced', () => {
  const { ask } = server();
  ask('PATCH', `${maps}/m`, map({ a: '1' }), apply, { fieldManager: 'one' });
  const refused = ask('PATCH', `${maps}/m`, map({ a: '2' }), apply, { fieldManager: 'two' });
  assert.deepEqual(said(refused), [409, 'Apply failed with 1 conflict: conflict with "one": .data.a']);
  const forced = ask('PATCH', `${maps}/m`, map({ a: '2' }), apply, { fieldManager: 'two', force: 'true' });
  assert.equal(dig(forced.object, 'data', 'a'), '2');
  assert.ok(managers(forced).includes('two Apply'));
});

test('an apply takes away what its manager no longer names', () => {
  const { ask } = server();
  ask('PATCH', `${maps}/m`, map({ a: '1', b: '1' }), apply, { fieldManager: 'one' });
  const { object } = ask('PATCH', `${maps}/m`, map({ a: '1' }), apply, { fieldManager: 'one' });
  assert.deepEqual(object?.data, { a: '1' });
});

test('who scales owns the replicas of the scale', () => {
  const { ask } = server();
  ask('PATCH', `${deployments}/d`, deployment(1), apply, { fieldManager: 'one' });
  const scaled = ask('PATCH', `${deployments}/d/scale`, { spec: { replicas: 3 } }, merge, { fieldManager: 'hpa' });
  assert.equal(dig(scaled.object, 'spec', 'replicas'), 3);
  const left = ask('PATCH', `${deployments}/d`, {}, merge);
  assert.equal(dig(left.object, 'spec', 'replicas'), 3);
  assert.deepEqual(managers(left), ['one Apply', 'hpa Update scale']);
});

test('a status written beside the spec changes only the status', () => {
  const { ask } = server();
  ask('POST', deployments, deployment(1));
  const { object } = ask('PATCH', `${deployments}/d/status`, { spec: { replicas: 9 }, status: { replicas: 1 } }, merge);
  assert.deepEqual([dig(object, 'spec', 'replicas'), dig(object, 'status', 'replicas'), dig(object, 'metadata', 'generation')], [1, 1, 1]);
});

test('what has finalizers goes when they are gone', () => {
  const { ask } = server();
  ask('POST', maps, map({}, { finalizers: ['example.org/keep'] }));
  assert.equal(dig(ask('DELETE', `${maps}/m`).object, 'metadata', 'deletionTimestamp'), '2030-01-02T03:04:05Z');
  assert.equal(ask('PATCH', `${maps}/m`, { data: { a: '1' } }, merge).code, 200);
  assert.equal(ask('PATCH', `${maps}/m`, { metadata: { finalizers: null } }, merge).code, 200);
  assert.equal(ask('DELETE', `${maps}/m`).code, 404);
});

test('a delete of another UID is refused', () => {
  const { ask } = server();
  ask('POST', maps, map({}));
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'other' } };
  assert.equal(ask('DELETE', `${maps}/m`, options).code, 409);
  assert.equal(ask('DELETE', `${maps}/m`).code, 200);
});

test('a pod that a node runs ends with grace, and one that none runs at once', () => {
  const { ask } = server();
  ask('POST', pods, pod());
  ask('POST', `${pods}/p/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'p' },
    target: { kind: 'Node', name: 'n' },
  });
  const { object } = ask('DELETE', `${pods}/p`);
  assert.equal(dig(object, 'metadata', 'deletionGracePeriodSeconds'), 30);
  ask('POST', pods, pod({}, { name: 'q' }));
  ask('DELETE', `${pods}/q`);
  assert.equal(ask('DELETE', `${pods}/q`).code, 404);
});

const bound = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
const periods: readonly (readonly [what: string, seconds: number, end: string])[] = [
  ['a century', 3_155_760_000, '2130-01-03T03:04:05Z'],
  ['more nanoseconds than a number of 64 bits counts', 9_223_372_037, '1737-09-23T03:16:48Z'],
  ['nanoseconds that wrap around many times', 9_000_000_000_000, '1966-04-11T09:57:54Z'],
  ['a whole number of wraps', 2 ** 62, '2030-01-02T03:04:05Z'],
];
for (const [what, seconds, end] of periods)
  test(`a pod whose grace period is ${what} ends when Go says`, () => {
    const { ask } = server();
    ask('POST', pods, pod({ terminationGracePeriodSeconds: seconds }));
    ask('POST', `${pods}/p/binding`, bound);
    const metadata = dig(ask('DELETE', `${pods}/p`).object, 'metadata');
    assert.deepEqual([dig(metadata, 'deletionTimestamp'), dig(metadata, 'deletionGracePeriodSeconds')], [end, seconds]);
    const shortened = ask('DELETE', `${pods}/p`, undefined, 'application/json', { gracePeriodSeconds: '0' });
    assert.equal(shortened.code, 200);
    assert.equal(ask('DELETE', `${pods}/p`).code, 404);
  });

test('a budget without room keeps its pods from eviction', () => {
  const { ask, writing } = server();
  ask('POST', pods, pod({}, { labels: { app: 'x' } }));
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'shop', generation: 1 },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
    status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 1 },
  };
  ask('PATCH', `${pods}/p/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, merge);
  writing.store.put({ group: 'policy', resource: 'poddisruptionbudgets' }, 'shop', 'b', budget);
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
  assert.deepEqual(said(ask('POST', `${pods}/p/eviction`, eviction)), [
    429,
    "Cannot evict pod as it would violate the pod's disruption budget.",
  ]);
});

test('a collection is deleted by its selector', () => {
  const { ask } = server();
  for (const name of ['a', 'b', 'c']) ask('POST', maps, map({}, { name, labels: { part: name === 'c' ? 'two' : 'one' } }));
  assert.equal(ask('DELETE', maps, undefined, undefined, { labelSelector: 'part=one' }).code, 200);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => ask('DELETE', `${maps}/${name}`).code),
    [404, 404, 200],
  );
});
