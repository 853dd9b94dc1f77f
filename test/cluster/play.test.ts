// Real controllers and played ones, side by side. First shapes of workloads that do not simply roll out: both must say the same of each once they
// have settled, what it has, its conditions, and how many of its pods run or wait. Then stories of everything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asList, asObject, dig, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { startSimulated } from '../simulated.ts';
import { client } from './api.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { stories } from './play-stories.ts';
import { accountOf, difference } from './stories.ts';

type Api = Cluster['api'];

interface Shape {
  readonly what: string;
  readonly resource: string;
  readonly object: JsonObject;
  /** Merged into the object once it has settled. */
  readonly change?: JsonObject;
  readonly quota?: JsonObject;
}

const labels = { app: 'x' };
const large = { requests: { cpu: '900' } };

function template(resources?: JsonObject, restartPolicy?: string): JsonObject {
  const container = { name: 'c', image: 'i', ...(resources === undefined ? {} : { resources }) };
  return { metadata: { labels }, spec: { containers: [container], ...(restartPolicy === undefined ? {} : { restartPolicy }) } };
}

function workload(kind: string, spec: JsonObject, resources?: JsonObject): JsonObject {
  const own = kind === 'StatefulSet' ? { serviceName: 's' } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'x' },
    spec: { selector: { matchLabels: labels }, template: template(resources), ...own, ...spec },
  };
}

function job(spec: JsonObject, resources?: JsonObject): JsonObject {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: { template: template(resources, 'Never'), ...spec } };
}

const newImage = { spec: { template: { spec: { containers: [{ name: 'c', image: 'j' }] } } } };
const strategy = (rollingUpdate: JsonObject): JsonObject => ({ strategy: { type: 'RollingUpdate', rollingUpdate } });

const shapes: readonly Shape[] = [
  { what: 'a Deployment that begins paused', resource: 'deployments', object: workload('Deployment', { replicas: 2, paused: true }) },
  {
    what: 'a Deployment that is paused, with a new image',
    resource: 'deployments',
    object: workload('Deployment', { replicas: 2 }),
    change: { spec: { ...newImage.spec, paused: true } },
  },
  {
    what: 'a Deployment that may miss no pod, with a new image',
    resource: 'deployments',
    object: workload('Deployment', { replicas: 3, ...strategy({ maxUnavailable: 0, maxSurge: 1 }) }),
    change: newImage,
  },
  { what: 'a Deployment whose pods fit nowhere', resource: 'deployments', object: workload('Deployment', { replicas: 2 }, large) },
  {
    what: 'a Deployment whose new pods fit nowhere',
    resource: 'deployments',
    object: workload('Deployment', { replicas: 4 }),
    change: { spec: { template: { spec: { containers: [{ name: 'c', image: 'j', resources: large }] } } } },
  },
  { what: 'a Deployment beyond its quota', resource: 'deployments', object: workload('Deployment', { replicas: 3 }), quota: { pods: '2' } },
  { what: 'a Deployment of nothing', resource: 'deployments', object: workload('Deployment', { replicas: 0 }) },
  { what: 'a ReplicaSet beyond its quota', resource: 'replicasets', object: workload('ReplicaSet', { replicas: 3 }), quota: { pods: '2' } },
  { what: 'a StatefulSet', resource: 'statefulsets', object: workload('StatefulSet', { replicas: 3 }) },
  { what: 'a StatefulSet with a new image', resource: 'statefulsets', object: workload('StatefulSet', { replicas: 3 }), change: newImage },
  {
    what: 'a StatefulSet with a partition and a new image',
    resource: 'statefulsets',
    object: workload('StatefulSet', { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }),
    change: newImage,
  },
  {
    what: 'a StatefulSet replaced on deletion, with a new image',
    resource: 'statefulsets',
    object: workload('StatefulSet', { replicas: 2, updateStrategy: { type: 'OnDelete' } }),
    change: newImage,
  },
  { what: 'a StatefulSet whose pods fit nowhere', resource: 'statefulsets', object: workload('StatefulSet', { replicas: 3 }, large) },
  {
    what: 'a StatefulSet whose pods fit nowhere, all at once',
    resource: 'statefulsets',
    object: workload('StatefulSet', { replicas: 3, podManagementPolicy: 'Parallel' }, large),
  },
  {
    what: 'a StatefulSet beyond its quota',
    resource: 'statefulsets',
    object: workload('StatefulSet', { replicas: 3 }),
    quota: { pods: '2' },
  },
  { what: 'a DaemonSet', resource: 'daemonsets', object: workload('DaemonSet', {}) },
  { what: 'a DaemonSet with a new image', resource: 'daemonsets', object: workload('DaemonSet', {}), change: newImage },
  {
    what: 'a DaemonSet replaced on deletion, with a new image',
    resource: 'daemonsets',
    object: workload('DaemonSet', { updateStrategy: { type: 'OnDelete' } }),
    change: newImage,
  },
  { what: 'a DaemonSet on full nodes', resource: 'daemonsets', object: workload('DaemonSet', {}, large) },
  { what: 'a DaemonSet beyond its quota', resource: 'daemonsets', object: workload('DaemonSet', {}), quota: { pods: '1' } },
  { what: 'a Job of three', resource: 'jobs', object: job({ completions: 3, parallelism: 2 }) },
  { what: 'an indexed Job', resource: 'jobs', object: job({ completions: 2, parallelism: 2, completionMode: 'Indexed' }) },
  { what: 'a Job whose pods fit nowhere', resource: 'jobs', object: job({ completions: 3, parallelism: 2 }, large) },
  { what: 'a suspended Job', resource: 'jobs', object: job({ suspend: true }) },
  { what: 'a Job beyond its quota', resource: 'jobs', object: job({ completions: 2, parallelism: 2 }, large), quota: { pods: '1' } },
];

const times = /^(?:last\w+Time|startTime|completionTime)$/;

/** What is compared: without times, and with numbers in place of names that are drawn. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !times.test(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [
        key,
        key === 'conditions'
          ? asList(each as Json)
              .map((one) => JSON.stringify(plain(one)))
              .sort()
          : key === 'message'
            ? String(each).replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}"/g, '-RANDOM"')
            : plain(each as Json),
      ]),
  );
}

function pathOf({ resource }: Shape, namespace: string): string {
  return `/apis/${resource === 'jobs' ? 'batch' : 'apps'}/v1/namespaces/${namespace}/${resource}`;
}

async function seen(api: Api, shape: Shape, namespace: string): Promise<string> {
  const { body } = await api('GET', `${pathOf(shape, namespace)}/x`);
  const pods = asList(field((await api('GET', `/api/v1/namespaces/${namespace}/pods`)).body as Json, 'items'));
  const state = (pod: Json) => {
    const revision = String(dig(pod, 'metadata', 'labels', 'controller-revision-hash') ?? '');
    const ready = asList(dig(pod, 'status', 'conditions')).some(
      (each) => field(each, 'type') === 'Ready' && field(each, 'status') === 'True',
    );
    const phase = dig(pod, 'status', 'phase');
    // Of a pod that has succeeded kwok says that it is ready; no kubelet does.
    return `${phase} ${phase === 'Succeeded' ? '' : ready} ${dig(pod, 'spec', 'containers', 0, 'image')} ${revision}`;
  };
  return JSON.stringify([plain(asObject(field(body as Json, 'status'))), pods.map(state).sort()], undefined, 1);
}

/** Whether the controller has looked at what it is asked for now. */
async function isSeen(api: Api, shape: Shape, namespace: string): Promise<boolean> {
  const object = (await api('GET', `${pathOf(shape, namespace)}/x`)).body as Json;
  return shape.resource === 'jobs'
    ? dig(object, 'status', 'uncountedTerminatedPods') !== undefined
    : dig(object, 'status', 'observedGeneration') === dig(object, 'metadata', 'generation');
}

const [steady, pause, patience] = [6, 500, 120_000];

/** What the servers say where it stays different; they are given time, as a machine may be slow. */
async function apart(apis: readonly Api[], shape: Shape, namespace: string): Promise<string | undefined> {
  const end = Date.now() + patience;
  for (let same = 0; same < steady; ) {
    const isLooked = await Promise.all(apis.map((api) => isSeen(api, shape, namespace)));
    const [wanted, given] = await Promise.all(apis.map((api) => seen(api, shape, namespace)));
    same = wanted === given && isLooked.every((each) => each) ? same + 1 : 0;
    if (same === 0 && Date.now() > end) return `${shape.what}\n--- real\n${wanted}\n--- played\n${given}`;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return undefined;
}

async function limit(api: Api, quota: JsonObject, namespace: string): Promise<void> {
  const made = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: quota } };
  await api('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, made);
  for (let looks = 0; looks < 200; looks++) {
    const { body } = await api('GET', `/api/v1/namespaces/${namespace}/resourcequotas/q`);
    if (dig(body as Json, 'status', 'hard') !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function shown(apis: readonly Api[], shape: Shape, namespace: string): Promise<string | undefined> {
  const { object, change, quota } = shape;
  for (const api of apis) {
    await api('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await accountOf(api, namespace);
    if (quota !== undefined) await limit(api, quota, namespace);
    const { status, body } = await api('POST', pathOf(shape, namespace), object);
    assert.equal(status, 201, `${shape.what}: ${JSON.stringify(body)}`);
  }
  const first = await apart(apis, shape, namespace);
  if (change === undefined || first !== undefined) return first;
  for (const api of apis) await api('PATCH', `${pathOf(shape, namespace)}/x`, change);
  return await apart(apis, shape, namespace);
}

/** Stories that are told at the same time: more would only make a small machine slow. */
const atOnce = 10;

async function told<T>(stories: readonly T[], tell: (story: T, index: number) => Promise<string | undefined>): Promise<readonly string[]> {
  const found: string[] = [];
  let next = 0;
  const teller = async () => {
    for (let index = next++; index < stories.length; index = next++) {
      const story = stories[index];
      const left = story === undefined ? undefined : await tell(story, index);
      if (left !== undefined) found.push(left);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, teller));
  return found;
}

test('played controllers do what real ones do', { timeout: 1_800_000 }, async (t) => {
  const cluster = await realCluster(t, { controllers: true, nodes: 3, own: true });
  if (cluster === undefined) return;
  const { body } = await cluster.api('GET', '/api/v1/nodes');
  const nodes = asList(field(body as Json, 'items')).map((each) => ({ apiVersion: 'v1', kind: 'Node', ...asObject(each) }));
  const server = await startSimulated({ host: '127.0.0.1', port: 0, objects: nodes, play: true, autoscalerPeriod: 3_000 });
  t.after(server.stop);
  const ours = client(server.url, server.authority.certificate, server.authority.client('admin', ['system:masters']));
  t.after(ours.close);
  await t.test('workloads that do not simply roll out have the status that real controllers give them', async () => {
    const differences = await told(shapes, (shape, index) => shown([cluster.api, ours.api], shape, `play-${index}`));
    assert.deepEqual(differences, []);
  });
  await t.test('stories of claims, Jobs, sets, taints, Services and the rest end alike', async () => {
    // Those that wait for a time begin first.
    const slowFirst = [...stories].sort((a, b) => (b.patience ?? 0) - (a.patience ?? 0));
    assert.deepEqual(await told(slowFirst, (story, index) => difference(story, `story-${index}`, cluster.api, ours.api)), []);
  });
});
