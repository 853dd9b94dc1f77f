// Claims and volumes, asked of the real scheduler: generated classes, volumes, drivers with limits and with room, and pods that want them.

import { test } from 'node:test';
import fc from 'fast-check';
import { asList, dig, type JsonObject } from '../../src/lib/json.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { judged, made, makeNodes, removePod } from './scheduler.ts';

const names = ['v1', 'v2', 'v3', 'v4'] as const;
const zones = ['a', 'a', 'b', undefined] as const;
const zoneLabel = 'topology.kubernetes.io/zone';
const allocatable = { cpu: '8', memory: '8Gi', pods: '30' };

const node = (name: string, index: number): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: {
      'kubernetes.io/hostname': name,
      disk: index === 1 ? 'ssd' : 'hdd',
      ...(zones[index] === undefined ? {} : { [zoneLabel]: zones[index] }),
    },
  },
  spec: {},
  status: { capacity: allocatable, allocatable },
});

const storage = 'storage.k8s.io/v1';
const classes: readonly JsonObject[] = [
  { metadata: { name: 'now' }, provisioner: 'csi.one', volumeBindingMode: 'Immediate' },
  { metadata: { name: 'later' }, provisioner: 'csi.one', volumeBindingMode: 'WaitForFirstConsumer' },
  { metadata: { name: 'fixed' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
  {
    metadata: { name: 'in-b' },
    provisioner: 'csi.one',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [{ matchLabelExpressions: [{ key: zoneLabel, values: ['b', 'c'] }] }],
  },
  { metadata: { name: 'sized' }, provisioner: 'csi.sized', volumeBindingMode: 'WaitForFirstConsumer' },
];

/** One of the first, now and then one of the others. */
const often = <T>(usual: readonly T[], rare: readonly T[], weight = 8) =>
  fc.oneof({ arbitrary: fc.constantFrom(...usual), weight }, { arbitrary: fc.constantFrom(...rare), weight: 1 });

const claim = fc.record({
  class: often(['later', 'fixed', 'in-b', 'sized', 'sized'], ['now', 'none', '']),
  size: fc.constantFrom('1Gi', '3Gi', '8Gi'),
  mode: often(['ReadWriteOnce', 'ReadWriteMany'], ['ReadWriteOncePod']),
  volume: often<'bound' | 'free' | 'reserved' | 'gone' | 'named' | undefined>([undefined, 'bound', 'free', 'reserved'], ['gone', 'named']),
  reach: fc.constantFrom<JsonObject | undefined>(
    undefined,
    { key: zoneLabel, operator: 'In', values: ['b'] },
    { key: 'disk', operator: 'In', values: ['ssd'] },
  ),
  label: fc.constantFrom(undefined, undefined, undefined, 'a', 'b__c', 'x'),
  driver: fc.constantFrom('csi.one', 'csi.two', undefined),
  handle: fc.constantFrom(undefined, undefined, 'same'),
  used: fc.constantFrom<(typeof names)[number] | undefined>(undefined, undefined, ...names),
  attached: fc.constantFrom<(typeof names)[number] | undefined>(undefined, undefined, ...names),
  fate: often<'lost' | 'deleted' | undefined>([undefined], ['lost', 'deleted'], 24),
});
const stories = fc.record({
  claims: fc.array(claim, { minLength: 1, maxLength: 5 }),
  pods: fc.array(
    fc.record({
      wants: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 2 }),
      ephemeral: often([false], [true], 19),
      missing: often([false], [true], 19),
      disk: fc.constantFrom<JsonObject | undefined>(
        undefined,
        undefined,
        { iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2026-01.org.example:q', lun: 0 } },
        { rbd: { monitors: ['m'], image: 'i', pool: 'rbd', readOnly: true } },
      ),
      priority: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const runs = Number(process.env.RUNS ?? 24);
const seed = Number(process.env.SEED ?? 5);
const pods = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`;
const claims = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const container = { name: 'c', image: 'i' };

test('claims are had where the real scheduler has them', async (t) => {
  const cluster = await realCluster(t, { scheduler: true, own: true });
  if (cluster === undefined) return;
  await makeNodes(cluster, names.map(node));
  for (const one of classes) await made(cluster, `/apis/${storage}/storageclasses`, { apiVersion: storage, kind: 'StorageClass', ...one });
  for (const [name, storageCapacity] of [
    ['csi.one', false],
    ['csi.sized', true],
  ] as const)
    await made(cluster, `/apis/${storage}/csidrivers`, {
      apiVersion: storage,
      kind: 'CSIDriver',
      metadata: { name },
      spec: { storageCapacity },
    });
  for (const [index, name] of names.entries())
    await made(cluster, `/apis/${storage}/csinodes`, {
      apiVersion: storage,
      kind: 'CSINode',
      metadata: { name },
      spec: {
        drivers:
          index === 3
            ? []
            : ['csi.one', 'csi.two', 'csi.sized'].map((driver) => ({ name: driver, nodeID: name, allocatable: { count: index + 1 } })),
      },
    });
  await made(cluster, '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 10,
  });
  const namespace = await cluster.namespace('claims');
  for (const [name, capacity, maximumVolumeSize, zone] of [
    ['in-a', '5Gi', undefined, 'a'],
    ['in-b', '100Gi', '2Gi', 'b'],
  ] as const)
    await made(cluster, `/apis/${storage}/namespaces/${namespace}/csistoragecapacities`, {
      apiVersion: storage,
      kind: 'CSIStorageCapacity',
      metadata: { name },
      storageClassName: 'sized',
      capacity,
      ...(maximumVolumeSize === undefined ? {} : { maximumVolumeSize }),
      nodeTopology: { matchLabels: { [zoneLabel]: zone } },
    });
  for (const [number, story] of fc.sample(stories, { numRuns: runs, seed }).entries()) {
    const there: string[] = [];
    for (const [index, one] of story.claims.entries()) {
      const name = `s${number}-${index}`;
      await makeClaim(cluster, namespace, name, one);
      if (one.used === undefined) continue;
      there.push(`u${name}`);
      await made(cluster, pods(namespace), {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `u${name}` },
        spec: { containers: [container], nodeName: one.used, volumes: [{ name: 'v', persistentVolumeClaim: { claimName: name } }] },
      });
    }
    for (const [index, one] of story.pods.entries()) {
      const name = `p${number}-${index}`;
      there.push(name);
      const template = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'later' } };
      const volumes = [
        ...[...new Set(one.wants.map((index) => (one.missing ? 9 : index % story.claims.length)))].map((index) => ({
          name: `v${index}`,
          persistentVolumeClaim: { claimName: `s${number}-${index}` },
        })),
        ...(one.ephemeral ? [{ name: 'e', ephemeral: { volumeClaimTemplate: template } }] : []),
        ...(one.disk === undefined ? [] : [{ name: 'd', ...one.disk }]),
      ];
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { containers: [container], volumes, ...(one.priority ? { priorityClassName: 'high' } : {}) },
      };
      await judged(cluster, namespace, pod, `story ${number}, pod ${index}: ${JSON.stringify(story)}`, true);
    }
    for (const name of there) await removePod(cluster, namespace, name);
    for (const index of story.claims.keys()) await removeClaim(cluster, namespace, `s${number}-${index}`);
  }
});

type Claim = typeof claim extends fc.Arbitrary<infer Made> ? Made : never;

async function makeClaim(cluster: Cluster, namespace: string, name: string, one: Claim): Promise<void> {
  const isBound = one.volume === 'bound' || one.volume === 'gone';
  const source =
    one.driver === undefined ? { hostPath: { path: '/x' } } : { csi: { driver: one.driver, volumeHandle: one.handle ?? name } };
  const className = one.class === 'none' ? 'no-such-class' : one.class;
  if (one.volume !== undefined && one.volume !== 'gone')
    await made(cluster, '/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, labels: one.label === undefined ? {} : { [zoneLabel]: one.label } },
      spec: {
        capacity: { storage: one.volume === 'free' ? '5Gi' : '8Gi' },
        accessModes: [one.mode],
        storageClassName: className,
        ...source,
        ...(one.volume === 'free' ? {} : { claimRef: { namespace, name } }),
        ...(one.reach === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [one.reach] }] } } }),
      },
      status: { phase: one.volume === 'free' ? 'Available' : 'Bound' },
    });
  const stored = await made(cluster, claims(namespace), {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, ...(isBound ? { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } : {}) },
    spec: {
      accessModes: [one.mode],
      resources: { requests: { storage: one.size } },
      storageClassName: className,
      ...(isBound || one.volume === 'named' ? { volumeName: name } : {}),
    },
  });
  if (one.fate === 'lost') await cluster.api('PUT', `${claims(namespace)}/${name}/status`, { ...stored, status: { phase: 'Lost' } });
  if (one.fate === 'deleted') await cluster.api('DELETE', `${claims(namespace)}/${name}`);
  if (one.attached !== undefined && one.driver !== undefined && one.volume !== undefined)
    await made(cluster, `/apis/${storage}/volumeattachments`, {
      apiVersion: storage,
      kind: 'VolumeAttachment',
      metadata: { name },
      spec: { attacher: one.driver, nodeName: one.attached, source: { persistentVolumeName: name } },
    });
}

/** Takes away what was made, past the finalizers that protect it. */
async function removeClaim(cluster: Cluster, namespace: string, name: string): Promise<void> {
  for (const path of [`${claims(namespace)}/${name}`, `/api/v1/persistentvolumes/${name}`, `/apis/${storage}/volumeattachments/${name}`]) {
    const { status, body } = await cluster.api('GET', path);
    if (status !== 200) continue;
    const stored = body as JsonObject;
    if (asList(dig(stored, 'metadata', 'finalizers')).length > 0)
      await cluster.api('PUT', path, { ...stored, metadata: { ...(stored.metadata as JsonObject), finalizers: [] } });
    await cluster.api('DELETE', `${path}?gracePeriodSeconds=0`);
  }
}
