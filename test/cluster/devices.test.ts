// Devices that pods claim, asked of the real scheduler: generated pools, classes and claims, those that were given already and those that are to be
// given, and extended resources for which devices stand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asList, asObject, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { judged, made, makeNodes, removePod, text } from './scheduler.ts';

const names = ['d1', 'd2', 'd3'] as const;
const allocatable = { cpu: '8', memory: '8Gi', pods: '30' };
const node = (name: string, index: number): JsonObject => {
  const own = index === 2 ? { ...allocatable, 'example.com/card': '2' } : allocatable;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, zone: index === 0 ? 'a' : 'b' } },
    spec: {},
    status: { capacity: own, allocatable: own },
  };
};

const version = 'resource.k8s.io/v1';
const cel = (expression: string) => ({ cel: { expression } });
const classes: readonly JsonObject[] = [
  { metadata: { name: 'any' }, spec: {} },
  { metadata: { name: 'gpu' }, spec: { selectors: [cel('device.driver == "gpu.example.com"')], extendedResourceName: 'example.com/card' } },
  {
    metadata: { name: 'large' },
    spec: { selectors: [cel('device.capacity["gpu.example.com"].?memory.orValue(quantity("0")).compareTo(quantity("10Gi")) >= 0')] },
  },
];

const often = <T>(usual: readonly T[], rare: readonly T[], weight = 8) =>
  fc.oneof({ arbitrary: fc.constantFrom(...usual), weight }, { arbitrary: fc.constantFrom(...rare), weight: 1 });

const device = fc.record({
  model: fc.constantFrom(undefined, 'x', 'y'),
  socket: fc.constantFrom<number | undefined>(undefined, 0, 1),
  driverVersion: fc.constantFrom(undefined, '1.2.3', '2.0.0'),
  memory: fc.constantFrom(undefined, '4Gi', '16Gi', '40Gi'),
  shared: fc.boolean(),
  policy: fc.constantFrom<JsonObject | undefined>(
    undefined,
    { default: '1Gi', validRange: { min: '1Gi', step: '1Gi' } },
    { default: '2Gi', validValues: ['2Gi', '4Gi'] },
  ),
  taint: often<string | undefined>([undefined], ['NoSchedule', 'NoExecute', 'None'], 4),
  counters: fc.constantFrom<string | undefined>(undefined, undefined, '1', '3'),
});
const pool = fc.record({
  where: fc.constantFrom<'node' | 'zone' | 'all' | 'each'>('node', 'node', 'zone', 'all', 'each'),
  node: fc.constantFrom(...names),
  driver: fc.constantFrom('gpu.example.com', 'net.example.com'),
  devices: fc.array(device, { minLength: 1, maxLength: 4 }),
  count: often([0], [1], 9),
  counters: fc.boolean(),
});
const selector = fc.constantFrom<string | undefined>(
  undefined,
  undefined,
  'device.attributes["gpu.example.com"].?model.orValue("") == "x"',
  '"socket" in device.attributes["gpu.example.com"]',
  'has(device.attributes["net.example.com"].driverVersion) && device.attributes["net.example.com"].driverVersion.isGreaterThan(semver("1.5.0"))',
  '!device.allowMultipleAllocations',
);
const way = fc.record({
  class: often(['any', 'any', 'gpu', 'large'], ['none'], 15),
  selector: often<string | undefined>([undefined], ['device.attributes["gpu.example.com"].socket == 1'], 12).chain((rare) =>
    rare === undefined ? selector : fc.constant(rare),
  ),
  all: often([false], [true], 4),
  count: fc.integer({ min: 1, max: 3 }),
  tolerates: fc.boolean(),
  capacity: fc.constantFrom(undefined, undefined, '1Gi', '3Gi', '10Gi'),
});
const request = fc.record({
  ways: fc.array(way, { minLength: 1, maxLength: 3 }),
  prioritized: fc.boolean(),
  admin: often([false], [true], 6),
});
const claim = fc.record({
  requests: fc.array(request, { minLength: 1, maxLength: 2 }),
  constraint: fc.constantFrom<JsonObject | undefined>(
    undefined,
    undefined,
    { matchAttribute: 'gpu.example.com/model' },
    { matchAttribute: 'gpu.example.com/socket', requests: ['r0'] },
    { distinctAttribute: 'gpu.example.com/socket' },
  ),
  given: fc.constantFrom<'here' | 'away' | undefined>(undefined, undefined, undefined, undefined, 'here', 'away'),
});
const stories = fc.record({
  pools: fc.array(pool, { minLength: 1, maxLength: 4 }),
  claims: fc.array(claim, { minLength: 1, maxLength: 4 }),
  pods: fc.array(
    fc.record({
      wants: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      extended: fc.constantFrom(undefined, undefined, undefined, '1', '2'),
      init: fc.constantFrom(undefined, undefined, '3'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});
type Story = typeof stories extends fc.Arbitrary<infer Made> ? Made : never;

const runs = Number(process.env.RUNS ?? 12);
const seed = Number(process.env.SEED ?? 3);
const slices = `/apis/${version}/resourceslices`;

test('devices are had where the real scheduler has them', async (t) => {
  const cluster = await realCluster(t, { scheduler: true, own: true });
  if (cluster === undefined) return;
  await makeNodes(cluster, names.map(node));
  for (const one of classes) await made(cluster, `/apis/${version}/deviceclasses`, { apiVersion: version, kind: 'DeviceClass', ...one });
  const namespace = await cluster.namespace('devices');
  await cluster.kubectl(['label', 'namespace', namespace, 'resource.kubernetes.io/admin-access=true']);
  const claims = `/apis/${version}/namespaces/${namespace}/resourceclaims`;
  for (const [number, story] of fc.sample(stories, { numRuns: runs, seed }).entries()) {
    for (const [index, one] of story.pools.entries()) for (const slice of slicesOf(`p${index}`, one)) await made(cluster, slices, slice);
    for (const [index, one] of story.claims.entries()) await made(cluster, claims, claimFor(`c${number}-${index}`, one, story));
    const there: string[] = [];
    for (const [index, one] of story.pods.entries()) {
      const name = `w${number}-${index}`;
      const wants = [...new Set(one.wants.map((want) => want % story.claims.length))];
      const resources = (count: string | undefined) =>
        count === undefined ? {} : { requests: { 'example.com/card': count }, limits: { 'example.com/card': count } };
      const init = one.init === undefined ? {} : { initContainers: [{ name: 'i', image: 'i', resources: resources(one.init) }] };
      there.push(name);
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: {
          containers: [{ name: 'c', image: 'i', resources: resources(one.extended) }],
          ...init,
          ...(wants.length === 0
            ? {}
            : { resourceClaims: wants.map((want) => ({ name: `n${want}`, resourceClaimName: `c${number}-${want}` })) }),
        },
      };
      await judged(cluster, namespace, pod, `story ${number}, pod ${index}: ${JSON.stringify(story)}`);
    }
    for (const name of there) await removePod(cluster, namespace, name);
    await removeAll(cluster, claims);
    await removeAll(cluster, slices);
  }
});

function slicesOf(name: string, one: Story['pools'][number]): readonly JsonObject[] {
  const counts = one.counters && one.devices.some(({ counters }) => counters !== undefined);
  const spec = { driver: one.driver, pool: { name, generation: 1, resourceSliceCount: 1 + one.count + (counts ? 1 : 0) } };
  const where =
    one.where === 'node'
      ? { nodeName: one.node }
      : one.where === 'all'
        ? { allNodes: true }
        : one.where === 'each'
          ? { perDeviceNodeSelection: true }
          : { nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }] }] } };
  const slice = { apiVersion: version, kind: 'ResourceSlice' };
  const devices = one.devices.map((each, index) =>
    deviceOf(`x${index}`, each, one.where === 'each' ? names[index % names.length] : undefined, counts),
  );
  const sets = [{ name: 'set', counters: { units: { value: '4' } } }];
  return [
    { ...slice, metadata: { name: `${name}-devices` }, spec: { ...spec, ...where, devices } },
    ...(counts
      ? [
          {
            ...slice,
            metadata: { name: `${name}-counters` },
            spec: { ...spec, ...(one.where === 'each' ? { allNodes: true } : where), sharedCounters: sets },
          },
        ]
      : []),
  ] as readonly JsonObject[];
}

function deviceOf(name: string, one: Story['pools'][number]['devices'][number], nodeName: string | undefined, counts: boolean): JsonObject {
  const attributes = {
    ...(one.model === undefined ? {} : { model: { string: one.model } }),
    ...(one.socket === undefined ? {} : { socket: { int: one.socket } }),
    ...(one.driverVersion === undefined ? {} : { driverVersion: { version: one.driverVersion } }),
  };
  const policy = one.shared && one.policy !== undefined ? { requestPolicy: one.policy } : {};
  const isCounted = counts && one.counters !== undefined;
  return {
    name,
    attributes,
    ...(one.memory === undefined ? {} : { capacity: { memory: { value: one.memory, ...policy } } }),
    ...(one.shared ? { allowMultipleAllocations: true } : {}),
    ...(one.taint === undefined ? {} : { taints: [{ key: 'broken', value: 'yes', effect: one.taint }] }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(isCounted ? { consumesCounters: [{ counterSet: 'set', counters: { units: { value: one.counters } } }] } : {}),
  } as JsonObject;
}

function claimFor(name: string, { requests, constraint, given }: Story['claims'][number], { pools }: Story): JsonObject {
  const wayOf = (one: Story['claims'][number]['requests'][number]['ways'][number]) => ({
    deviceClassName: one.class === 'none' ? 'no-such-class' : one.class,
    ...(one.selector === undefined ? {} : { selectors: [cel(one.selector)] }),
    ...(one.all ? { allocationMode: 'All' } : { allocationMode: 'ExactCount', count: one.count }),
    ...(one.tolerates ? { tolerations: [{ key: 'broken', operator: 'Exists' }] } : {}),
    ...(one.capacity === undefined ? {} : { capacity: { requests: { memory: one.capacity } } }),
  });
  const asked = requests.map(({ ways, prioritized, admin }, index) =>
    prioritized
      ? { name: `r${index}`, firstAvailable: ways.map((one, way) => ({ name: `w${way}`, ...wayOf(one) })) }
      : { name: `r${index}`, exactly: { ...wayOf(ways[0] as (typeof ways)[number]), ...(admin ? { adminAccess: true } : {}) } },
  );
  const [first] = pools;
  const result = { request: requests[0]?.prioritized === true ? 'r0/w0' : 'r0', driver: first?.driver ?? '', pool: 'p0', device: 'x0' };
  const key = given === 'away' ? 'nowhere' : 'zone';
  const nodeSelector = { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: ['b'] }] }] };
  return {
    apiVersion: version,
    kind: 'ResourceClaim',
    metadata: { name },
    spec: { devices: { requests: asked, ...(constraint === undefined ? {} : { constraints: [constraint] }) } },
    ...(given === undefined
      ? {}
      : { status: { allocation: { devices: { results: [result] }, nodeSelector, allocationTimestamp: '2026-01-01T00:00:00Z' } } }),
  } as unknown as JsonObject;
}

/** Takes claims and slices away, past the finalizers that protect them, until none is left. */
async function removeAll(cluster: Cluster, path: string): Promise<void> {
  for (const end = Date.now() + 60_000; ; ) {
    const left = asList(field((await cluster.api('GET', path)).body as Json, 'items')) as readonly JsonObject[];
    if (left.length === 0) return;
    assert.ok(Date.now() < end, `${left.length} objects of ${path} are left`);
    for (const one of left) {
      const own = `${path}/${text(one, 'metadata', 'name')}`;
      const isHeld = asList(dig(one, 'metadata', 'finalizers')).length > 0;
      const { body } = isHeld ? await cluster.api('PUT', `${own}/status`, { ...one, status: {} }) : { body: one };
      if (isHeld)
        await cluster.api('PUT', own, {
          ...(body as JsonObject),
          metadata: { ...asObject(field(body as Json, 'metadata')), finalizers: [] },
        });
      await cluster.api('DELETE', own);
    }
  }
}
