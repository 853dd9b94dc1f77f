// Where pods could run, asked of the real scheduler: it binds a pod to one of the nodes that fit here, or says why none does in the same words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Struct } from '../../src/kube/schema/defaults/struct.ts';
import { asList, asString, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { fitError } from '../../src/request/scheduling/fit-error.ts';
import { judgeNodes } from '../../src/request/scheduling/placement.ts';
import { memoryStore, type Store } from '../../src/request/store/store.ts';
import { type Cluster, realCluster } from './cluster.ts';

const capacity = { cpu: '4', memory: '8Gi', pods: '8', 'example.com/gpu': '1' };
const nodes: readonly JsonObject[] = [
  node('a1', { zone: 'a' }),
  node('a2', { zone: 'a', disk: 'ssd' }, [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }]),
  node('b1', { zone: 'b', disk: 'ssd' }),
  node('b2', { zone: 'b' }, [{ key: 'soft', effect: 'PreferNoSchedule' }], { cpu: '1', memory: '1Gi', pods: '3' }),
  node('c1', { zone: 'c' }, [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }], capacity, true),
  node('no-zone', {}),
];

function node(
  name: string,
  labels: JsonObject,
  taints: readonly Json[] = [],
  allocatable: JsonObject = capacity,
  unschedulable = false,
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { taints, ...(unschedulable ? { unschedulable } : {}) },
    status: { capacity: allocatable, allocatable },
  };
}

const selectors = fc.constantFrom<Json>(
  { matchLabels: { app: 'web' } },
  { matchLabels: { app: 'db' } },
  { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
  {},
);
const keys = fc.constantFrom('zone', 'kubernetes.io/hostname', 'disk');
const term = fc
  .record({
    topologyKey: keys,
    labelSelector: selectors,
    namespaceSelector: fc.constantFrom<Json | undefined>(undefined, {}, { matchLabels: { team: 'red' } }),
  })
  .map(defined);
const spread = fc
  .record({
    topologyKey: keys,
    maxSkew: fc.integer({ min: 1, max: 2 }),
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'DoNotSchedule', 'ScheduleAnyway'),
    labelSelector: selectors,
    minDomains: fc.constantFrom(undefined, undefined, 3),
    nodeAffinityPolicy: fc.constantFrom(undefined, 'Honor', 'Ignore'),
    nodeTaintsPolicy: fc.constantFrom(undefined, 'Honor', 'Ignore'),
  })
  .map((one) => defined(one.whenUnsatisfiable === 'ScheduleAnyway' ? { ...one, minDomains: undefined } : one));
const container = fc.record({
  requests: fc.constantFrom<JsonObject>({}, { cpu: '500m' }, { cpu: '2' }, { cpu: '5' }, { memory: '6Gi' }, { 'example.com/gpu': '1' }),
  port: fc.constantFrom<JsonObject | undefined>(
    undefined,
    undefined,
    { hostPort: 80 },
    { hostPort: 80, hostIP: '127.0.0.1' },
    { hostPort: 80, protocol: 'UDP' },
  ),
});
const pods = fc
  .record({
    app: fc.constantFrom('web', 'db', 'none'),
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    selector: fc.constantFrom<JsonObject | undefined>(undefined, undefined, undefined, { disk: 'ssd' }, { zone: 'b' }),
    nodeAffinity: fc.constantFrom<Json | undefined>(
      undefined,
      undefined,
      { key: 'zone', operator: 'In', values: ['a', 'b'] },
      { key: 'disk', operator: 'DoesNotExist' },
    ),
    tolerations: fc.subarray<Json>([
      { key: 'gpu', operator: 'Exists' },
      { key: 'node.kubernetes.io/unschedulable', operator: 'Exists' },
    ]),
    near: fc.option(term, { nil: undefined, freq: 4 }),
    far: fc.option(term, { nil: undefined, freq: 3 }),
    spreads: fc.uniqueArray(spread, { maxLength: 2, selector: ({ topologyKey }) => topologyKey as string }),
  })
  .map(({ app, containers, selector, nodeAffinity, tolerations, near, far, spreads }): JsonObject => {
    const required = (one: JsonObject) => ({ requiredDuringSchedulingIgnoredDuringExecution: [one] });
    return {
      labels: app === 'none' ? {} : { app },
      spec: defined({
        containers: containers.map(({ requests, port }, index) => ({
          name: `c${index}`,
          image: 'i',
          resources: { requests, ...('example.com/gpu' in requests ? { limits: requests } : {}) },
          ...(port === undefined ? {} : { ports: [{ containerPort: 8000 + index, ...port, ...(index === 0 ? {} : { hostPort: 81 }) }] }),
        })),
        nodeSelector: selector,
        tolerations,
        topologySpreadConstraints: spreads,
        affinity: defined({
          nodeAffinity:
            nodeAffinity === undefined
              ? undefined
              : { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [nodeAffinity] }] } },
          podAffinity: near === undefined ? undefined : required(near),
          podAntiAffinity: far === undefined ? undefined : required(far),
        }),
      }),
    };
  });

function defined(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject;
}

test('pods go where they could go here, and wait for the same reasons', async (t) => {
  const cluster = await realCluster(t, { scheduler: true, own: true });
  if (cluster === undefined) return;
  const namespaces = await prepared(cluster);
  // Pods that stay make the cluster fuller; every other is taken away again.
  const generated = fc.sample(pods, { numRuns: 60, seed: 20_26 });
  for (const [index, made] of generated.entries()) {
    const namespace = namespaces[index % 2] ?? '';
    const before = await stateOf(cluster);
    const name = `p${index}`;
    const metadata = { name, namespace, labels: made.labels ?? {} };
    const answer = await cluster.api('POST', `/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: made.spec ?? {},
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const pod = await decided(cluster, namespace, name);
    const placement = judgeNodes(
      { ...(answer.body as object), spec: { ...(field(answer.body as Json, 'spec') as object) } } as unknown as Struct,
      before,
    );
    const fitting = placement.nodes.filter(({ objections }) => objections.length === 0).map((each) => each.node);
    const bound = asString(dig(pod, 'spec', 'nodeName')) ?? '';
    const told = JSON.stringify(made);
    if (bound !== '') assert.ok(fitting.includes(bound), `${bound} is not among ${fitting.join(', ')}: ${told}`);
    else assert.equal(fitError(placement), messageOf(pod), told);
    if (bound === '' || index % 2 === 0) await remove(cluster, namespace, name);
  }
});

interface Claimed {
  readonly claim?: JsonObject;
  readonly volume?: JsonObject;
  /** What becomes of the claim before the pod comes. */
  readonly fate?: 'deleted' | 'lost';
  /** Claim and volume have not found each other. */
  readonly unbound?: boolean;
  /** A second claim like it. */
  readonly twice?: boolean;
  /** A pod that has the claim already. */
  readonly other?: boolean;
}

const claimed: readonly (readonly [why: string, given: Claimed])[] = [
  ['a claim that is not there', {}],
  ['a claim whose class binds at once', { claim: { storageClassName: 'now' } }],
  ['a claim of no class', { claim: { storageClassName: '' } }],
  ['a claim that waits for the pod, with no volume to be had', { claim: { storageClassName: 'later' } }],
  ['a claim with a volume of one zone', { claim: {}, volume: { nodeAffinity: { required: inZone('b') } } }],
  ['a claim with a volume of no zone there is', { claim: {}, volume: { nodeAffinity: { required: inZone('x') } } }],
  ['a claim whose volume is gone', { claim: { volumeName: 'gone' } }],
  ['a claim that is being deleted', { claim: { storageClassName: 'later' }, fate: 'deleted' }],
  ['a claim whose volume was lost', { claim: { volumeName: 'lost' }, fate: 'lost' }],
  ['a claim that names a volume and is not bound', { claim: { volumeName: 'named' }, unbound: true }],
  [
    'two claims and one volume that is free',
    { claim: { storageClassName: 'later' }, volume: { storageClassName: 'later' }, unbound: true, twice: true },
  ],
  ['a claim for one pod alone', { claim: { accessModes: ['ReadWriteOncePod'] }, volume: {}, other: true }],
];

function inZone(zone: string): JsonObject {
  return { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }] };
}

test('claims and their volumes', async (t) => {
  const cluster = await realCluster(t, { scheduler: true, own: true });
  if (cluster === undefined) return;
  const [namespace = ''] = await prepared(cluster);
  for (const [name, volumeBindingMode] of [
    ['now', 'Immediate'],
    ['later', 'WaitForFirstConsumer'],
  ])
    await made(cluster, '/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: name ?? '' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: volumeBindingMode ?? '',
    });
  for (const [index, [why, { claim, volume, other, fate, twice, unbound = false }]] of claimed.entries()) {
    const name = `c${index}`;
    const resources = { requests: { storage: '1Gi' } };
    if (volume !== undefined)
      await made(cluster, '/api/v1/persistentvolumes', {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: claim?.accessModes ?? ['ReadWriteOnce'],
          hostPath: { path: '/x' },
          ...(unbound ? {} : { claimRef: { namespace, name } }),
          ...volume,
        },
      });
    if (claim !== undefined) {
      const isBound = !unbound && (volume !== undefined || claim.volumeName !== undefined);
      const bound = isBound ? { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } : {};
      const spec = {
        accessModes: ['ReadWriteOnce'],
        resources,
        ...(volume === undefined || unbound ? {} : { volumeName: name, storageClassName: '' }),
        ...claim,
      };
      const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
      for (const each of twice === true ? [name, `${name}-too`] : [name])
        await made(cluster, claims, {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: each, namespace, ...bound },
          spec,
        });
      if (fate === 'deleted') await cluster.api('DELETE', `${claims}/${name}`);
      if (fate === 'lost') {
        const stored = (await cluster.api('GET', `${claims}/${name}`)).body as JsonObject;
        await cluster.api('PUT', `${claims}/${name}/status`, { ...stored, status: { phase: 'Lost' } });
      }
    }
    if (unbound && volume !== undefined) {
      const stored = (await cluster.api('GET', `/api/v1/persistentvolumes/${name}`)).body as JsonObject;
      await cluster.api('PUT', `/api/v1/persistentvolumes/${name}/status`, { ...stored, status: { phase: 'Available' } });
    }
    const volumes = (twice === true ? [name, `${name}-too`] : [name]).map((claimName) => ({
      name: claimName,
      persistentVolumeClaim: { claimName },
    }));
    const spec = { containers: [{ name: 'c', image: 'i' }], volumes };
    const path = `/api/v1/namespaces/${namespace}/pods`;
    if (other === true)
      await made(cluster, path, { apiVersion: 'v1', kind: 'Pod', metadata: { name: `other${index}` }, spec: { ...spec, nodeName: 'a1' } });
    const before = await stateOf(cluster);
    const pod = await made(cluster, path, { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${index}` }, spec });
    const placement = judgeNodes(pod as unknown as Struct, before);
    const after = await decided(cluster, namespace, `p${index}`);
    const fitting = placement.nodes.filter(({ objections }) => objections.length === 0).map((each) => each.node);
    const node = asString(dig(after, 'spec', 'nodeName')) ?? '';
    if (node === '') assert.equal(fitError(placement), messageOf(after), why);
    else assert.ok(placement.before === undefined && fitting.includes(node), `${why}: ${node} is not among ${fitting.join(', ')}`);
    await remove(cluster, namespace, `p${index}`);
  }
});

async function made(cluster: Cluster, path: string, object: JsonObject): Promise<JsonObject> {
  const { status, body } = await cluster.api('POST', path, object);
  assert.equal(status, 201, JSON.stringify(body));
  return body as JsonObject;
}

async function prepared(cluster: Cluster): Promise<readonly string[]> {
  for (const one of nodes) {
    const made = await cluster.api('POST', '/api/v1/nodes', one);
    assert.equal(made.status, 201);
    // The server taints new nodes as not ready, which a kubelet would mend.
    const spec = field(one, 'spec') as JsonObject;
    const merged = { ...(made.body as JsonObject), spec };
    assert.equal((await cluster.api('PUT', `/api/v1/nodes/${dig(one, 'metadata', 'name')}`, merged)).status, 200);
  }
  const [red, blue] = [await cluster.namespace('red'), await cluster.namespace('blue')];
  await cluster.kubectl(['label', 'namespace', red, 'team=red']);
  return [red, blue];
}

async function stateOf(cluster: Cluster): Promise<Store> {
  const store = memoryStore();
  for (const resource of ['nodes', 'pods', 'namespaces', 'persistentvolumes', 'persistentvolumeclaims'])
    for (const object of asList(field((await cluster.api('GET', `/api/v1/${resource}`)).body as Json, 'items')) as readonly JsonObject[])
      store.put(
        { group: '', resource },
        asString(dig(object, 'metadata', 'namespace')) ?? '',
        asString(dig(object, 'metadata', 'name')) ?? '',
        object,
      );
  const { body } = await cluster.api('GET', '/apis/storage.k8s.io/v1/storageclasses');
  for (const object of asList(field(body as Json, 'items')) as readonly JsonObject[])
    store.put({ group: 'storage.k8s.io', resource: 'storageclasses' }, '', asString(dig(object, 'metadata', 'name')) ?? '', object);
  return store;
}

async function decided(cluster: Cluster, namespace: string, name: string): Promise<Json> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const { body } = await cluster.api('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
    const pod = body as Json;
    if ((asString(dig(pod, 'spec', 'nodeName')) ?? '') !== '' || messageOf(pod) !== '') return pod;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the scheduler does not decide about ${name}`);
}

function messageOf(pod: Json): string {
  const condition = asList(dig(pod, 'status', 'conditions')).find((one) => field(one, 'type') === 'PodScheduled');
  return field(condition, 'status') === 'False' ? (asString(field(condition, 'message')) ?? '') : '';
}

async function remove(cluster: Cluster, namespace: string, name: string): Promise<void> {
  await cluster.api('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`);
}
