// Where pods could run, asked of the real scheduler: it binds a pod to one of the nodes that fit here, or says why none does in the same words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { judged, made, makeNodes, removePod, text } from './scheduler.ts';

const capacity = { cpu: '4', memory: '8Gi', pods: '8', 'example.com/gpu': '1', 'ephemeral-storage': '10Gi', 'hugepages-2Mi': '64Mi' };
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
    matchLabelKeys: fc.constantFrom<Json | undefined>(undefined, undefined, ['version']),
    mismatchLabelKeys: fc.constantFrom<Json | undefined>(undefined, undefined, ['tenant']),
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
    matchLabelKeys: fc.constantFrom<Json | undefined>(undefined, undefined, ['version']),
  })
  .map((one) => defined(one.whenUnsatisfiable === 'ScheduleAnyway' ? { ...one, minDomains: undefined } : one));
const container = fc.record({
  requests: fc.constantFrom<JsonObject>(
    {},
    {},
    { cpu: '500m' },
    { cpu: '2' },
    { cpu: '1500001n' },
    { cpu: '5' },
    { memory: '6Gi' },
    { 'example.com/gpu': '1' },
    { 'ephemeral-storage': '6Gi' },
    { cpu: '100m', memory: '1Mi', 'hugepages-2Mi': '48Mi' },
  ),
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
    version: fc.constantFrom<JsonObject>({}, { version: '1' }, { version: '2', tenant: 't' }),
    names: fc.constantFrom<readonly string[] | undefined>(undefined, undefined, undefined, undefined, ['a1', 'b1'], ['b2'], ['nobody']),
    init: fc.constantFrom<Json | undefined>(
      undefined,
      undefined,
      [{ name: 'i', image: 'i', resources: { requests: { cpu: '3500m' } } }],
      [
        {
          name: 's',
          image: 'i',
          restartPolicy: 'Always',
          resources: { requests: { cpu: '1' } },
          ports: [{ containerPort: 80, hostPort: 80 }],
        },
        { name: 'i', image: 'i', resources: { requests: { cpu: '2500m' } } },
      ],
    ),
    whole: fc.constantFrom<Json | undefined>(
      undefined,
      undefined,
      undefined,
      { requests: { cpu: '3500m' } },
      { requests: { memory: '7Gi' } },
    ),
    runtimeClassName: fc.constantFrom(undefined, undefined, undefined, 'heavy'),
    spreads: fc.uniqueArray(spread, { maxLength: 2, selector: ({ topologyKey }) => topologyKey as string }),
  })
  .map(
    ({
      app,
      containers,
      selector,
      nodeAffinity,
      tolerations,
      near,
      far,
      spreads,
      version,
      names,
      init,
      whole,
      runtimeClassName,
    }): JsonObject => {
      const required = (one: JsonObject) => ({ requiredDuringSchedulingIgnoredDuringExecution: [one] });
      return {
        labels: { ...(app === 'none' ? {} : { app }), ...version },
        spec: defined({
          containers: containers.map(({ requests, port }, index) => ({
            name: `c${index}`,
            image: 'i',
            resources: { requests, ...('example.com/gpu' in requests || 'hugepages-2Mi' in requests ? { limits: requests } : {}) },
            ...(port === undefined ? {} : { ports: [{ containerPort: 8000 + index, ...port, ...(index === 0 ? {} : { hostPort: 81 }) }] }),
          })),
          nodeSelector: selector,
          runtimeClassName,
          // What is asked for as a whole must not be less than what the containers ask for.
          resources: containers.every(({ requests }) => Object.keys(requests).length === 0) && init === undefined ? whole : undefined,
          initContainers: init,
          tolerations,
          topologySpreadConstraints: spreads,
          affinity: defined({
            nodeAffinity:
              nodeAffinity === undefined && names === undefined
                ? undefined
                : {
                    requiredDuringSchedulingIgnoredDuringExecution: {
                      nodeSelectorTerms: [
                        defined({
                          matchExpressions: nodeAffinity === undefined ? undefined : [nodeAffinity],
                          matchFields:
                            names === undefined
                              ? undefined
                              : [...names].map((one) => ({ key: 'metadata.name', operator: 'In', values: [one] })),
                        }),
                      ],
                    },
                  },
            podAffinity: near === undefined ? undefined : required(near),
            podAntiAffinity: far === undefined ? undefined : required(far),
          }),
        }),
      };
    },
  );

function defined(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject;
}

const runs = Number(process.env.RUNS ?? 60);
const seed = Number(process.env.SEED ?? 20_26);

test('pods go where they could go here, and wait for the same reasons', async (t) => {
  const cluster = await realCluster(t, { scheduler: true, own: true });
  if (cluster === undefined) return;
  const namespaces = await prepared(cluster);
  await made(cluster, '/apis/node.k8s.io/v1/runtimeclasses', {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'heavy' },
    handler: 'heavy',
    overhead: { podFixed: { cpu: '1500m', memory: '100Mi' } },
  });
  // Pods that stay make the cluster fuller; every other is taken away again.
  for (const [index, one] of fc.sample(pods, { numRuns: runs, seed }).entries()) {
    const namespace = namespaces[index % 2] ?? '';
    const name = `p${index}`;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: one.labels ?? {} }, spec: one.spec ?? {} };
    const after = await judged(cluster, namespace, pod, JSON.stringify(one));
    const isBound = text(after, 'spec', 'nodeName') !== '';
    if (!isBound || index % 2 === 0) await removePod(cluster, namespace, name);
    else if (index % 3 === 0) await resized(cluster, namespace, after as JsonObject, index % 9 === 0);
  }
});

/** As a kubelet tells of a pod that has more than it asks for; it cannot give what it asks for where that is infeasible. */
async function resized(cluster: Cluster, namespace: string, pod: JsonObject, isInfeasible: boolean): Promise<void> {
  const status = { name: 'c0', image: 'i', imageID: 'i', ready: true, restartCount: 0, resources: { requests: { cpu: '1' } } };
  const conditions = isInfeasible ? [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }] : [];
  const path = `/api/v1/namespaces/${namespace}/pods/${text(pod, 'metadata', 'name')}/status`;
  const answer = await cluster.api('PUT', path, {
    ...pod,
    status: { phase: 'Running', conditions, containerStatuses: [{ ...status, allocatedResources: { cpu: '750m' } }] },
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

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
    await judged(cluster, namespace, { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${index}` }, spec }, why);
    await removePod(cluster, namespace, `p${index}`);
  }
});

async function prepared(cluster: Cluster): Promise<readonly string[]> {
  await makeNodes(cluster, nodes);
  const [red, blue] = [await cluster.namespace('red'), await cluster.namespace('blue')];
  await cluster.kubectl(['label', 'namespace', red, 'team=red']);
  return [red, blue];
}
