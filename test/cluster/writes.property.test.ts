// Applies, patches, updates and deletes of generated configurations, sent to the real API server and to ours step by step: whole answers must be
// equal, managed fields and conflicts included. A difference is shrunk to the shortest story that shows it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { type TwinRequest, twins } from './twin.ts';

const key = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('x', 'y', 'z');
const labels = fc.dictionary(key, text, { maxKeys: 2 });
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const port = fc.record({
  containerPort: fc.constantFrom(80, 81),
  protocol: some(fc.constantFrom('TCP', 'UDP')),
  name: some(fc.constantFrom('p', 'q')),
});
const container = (name: string) =>
  fc.record({
    name: fc.constant(name),
    image: fc.constantFrom('one', 'two:1'),
    args: some(fc.array(text, { maxLength: 2 })),
    env: some(fc.uniqueArray(fc.record({ name: key, value: some(text) }), { selector: (item) => item.name, maxLength: 3 })),
    ports: some(fc.uniqueArray(port, { selector: (item) => `${item.containerPort} ${item.protocol ?? 'TCP'}`, maxLength: 2 })),
    resources: some(
      fc.record({ requests: some(fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('1', '1024Mi', '0.5'), { maxKeys: 2 })) }),
    ),
    volumeMounts: some(
      fc.uniqueArray(fc.record({ name: fc.constant('v'), mountPath: fc.constantFrom('/a', '/b') }), {
        selector: (item) => item.mountPath,
        maxLength: 2,
      }),
    ),
  });
const containers = fc.uniqueArray(key, { minLength: 1, maxLength: 3 }).chain((names) => fc.tuple(...names.map(container)));
const podSpec = fc.record({
  containers,
  volumes: fc.constant([{ name: 'v', emptyDir: {} }]),
  nodeSelector: some(labels),
  tolerations: some(fc.array(fc.record({ key, operator: fc.constant('Exists') }), { maxLength: 2 })),
  imagePullSecrets: some(fc.uniqueArray(key, { maxLength: 2 }).map((names) => names.map((name) => ({ name })))),
  hostAliases: some(
    fc.uniqueArray(fc.constantFrom('1.1.1.1', '2.2.2.2'), { maxLength: 2 }).map((list) => list.map((ip) => ({ ip, hostnames: ['h'] }))),
  ),
});
const spec = fc.record({
  replicas: some(fc.integer({ min: 0, max: 2 })),
  paused: some(fc.boolean()),
  minReadySeconds: some(fc.integer({ min: 0, max: 1 })),
  strategy: some(
    fc.constantFrom<Json>({ type: 'Recreate', rollingUpdate: null }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }),
  ),
  selector: fc.constant({ matchLabels: { app: 'x' } }),
  template: fc.record({ metadata: fc.record({ labels: fc.constant({ app: 'x' }), annotations: some(labels) }), spec: podSpec }),
});
const metadata = fc.record({
  labels: some(labels),
  annotations: some(labels),
  finalizers: some(fc.uniqueArray(fc.constantFrom('example.com/a', 'example.com/b'), { maxLength: 2 })),
  ownerReferences: some(
    fc
      .uniqueArray(fc.constantFrom('1', '2'), { maxLength: 2 })
      .map((list) => list.map((digit) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: `owner-${digit}` }))),
  ),
});
const object = fc.record({ metadata, spec });

/** Parts of an object, as patches and partial configurations have them. Labels stay whole: an empty map is not told from none in messages. */
function pruned(value: Json, choices: Iterator<boolean>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => pruned(item, choices));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, Json> = {};
  for (const [name, item] of Object.entries(value as JsonObject))
    if (item !== undefined && (required.has(name) || choices.next().value !== false))
      kept[name] = name === 'labels' ? item : pruned(item, choices);
  return kept;
}

const required = new Set([
  'name',
  'containerPort',
  'mountPath',
  'ip',
  'uid',
  'apiVersion',
  'kind',
  'image',
  'type',
  'operator',
  'emptyDir',
]);

const part = fc.tuple(object, fc.infiniteStream(fc.boolean())).map(([whole, choices]) => pruned(plain(whole), choices) as JsonObject);

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

const manager = fc.constantFrom('ann', 'bob', 'kubectl');
const deployments = '/apis/apps/v1/namespaces/NS/deployments';
const path = `${deployments}/NAME`;

function named(body: Json): JsonObject {
  const given = body as JsonObject;
  return { apiVersion: 'apps/v1', kind: 'Deployment', ...given, metadata: { ...(given.metadata as JsonObject | undefined), name: 'NAME' } };
}

function apply(body: Json, fieldManager: string, force: boolean): TwinRequest {
  const query = { fieldManager, ...(force ? { force: 'true' } : {}) };
  return { method: 'PATCH', path, query, contentType: 'application/apply-patch+yaml', body: named(body) };
}

function patch(kind: string, fieldManager: string, body: Json, at = path): TwinRequest {
  return { method: 'PATCH', path: at, query: { fieldManager }, contentType: `application/${kind}+json`, body };
}

const removed = fc.constantFrom('/metadata/managedFields', '/spec/replicas', '/metadata/labels', '/spec/template/spec/containers/1');
const step: fc.Arbitrary<TwinRequest> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.oneof(object.map(plain), part), manager, fc.boolean()).map(([body, who, force]) => apply(body, who, force)),
  },
  { weight: 2, arbitrary: fc.tuple(part, manager).map(([body, who]) => patch('merge-patch', who, body)) },
  { weight: 2, arbitrary: fc.tuple(part, manager).map(([body, who]) => patch('strategic-merge-patch', who, body)) },
  { weight: 1, arbitrary: fc.tuple(removed, manager).map(([at, who]) => patch('json-patch', who, [{ op: 'remove', path: at }])) },
  { weight: 1, arbitrary: manager.map((who) => patch('merge-patch', who, { spec: { replicas: 2 } }, `${path}/scale`)) },
  {
    weight: 1,
    arbitrary: manager.map((who) =>
      patch('merge-patch', who, { metadata: { annotations: { a: 's' } }, status: { replicas: 1 } }, `${path}/status`),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(object, manager)
      .map(([body, fieldManager]) => ({ method: 'PUT', path, query: { fieldManager }, body: named(plain(body)) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('Foreground', 'Orphan', 'Background')
      .map((propagationPolicy) => ({ method: 'DELETE', path, query: { propagationPolicy } })),
  },
);

/** A server that first tried with a cached object has warnings of that attempt too: it may warn of more. */
function compare(real: string, ours: string, what: string): void {
  const { warnings: theirs, ...expected } = JSON.parse(real) as { readonly warnings: readonly string[] };
  const { warnings: own, ...found } = JSON.parse(ours) as { readonly warnings: readonly string[] };
  assert.deepEqual(found, expected, what);
  for (const warning of own) assert.ok(theirs.includes(warning), `${what}: ${warning}`);
}

test('generated applies, patches and updates get the same answers', { timeout: 240_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const { ask, begin } = await twins(cluster, 'stories');
  const numRuns = Number(process.env.STORIES ?? 40);
  let stories = 0;
  await fc.assert(
    fc.asyncProperty(object, fc.array(step, { minLength: 1, maxLength: 6 }), async (first, steps) => {
      const name = `d${++stories}`;
      begin();
      for (const request of [apply(plain(first), 'ann', false), ...steps]) {
        const { real, ours } = await ask(JSON.parse(JSON.stringify(request).replaceAll('NAME', name)) as TwinRequest);
        if (real !== ours) compare(real, ours, `${request.method} ${request.path}`);
      }
    }),
    { numRuns, interruptAfterTimeLimit: 200_000 },
  );
});
