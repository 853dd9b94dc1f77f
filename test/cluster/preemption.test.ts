// Who goes for whom, asked of the real scheduler: generated nodes full of pods of several priorities, budgets, and pods that fit nowhere. It names
// the node, takes the same pods, or says why it takes none in the same words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asList, field, type Json, type JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { judged, made, makeNodes, removePod } from './scheduler.ts';

const priorities = [0, 10, 20, 30] as const;
const names = ['n1', 'n2', 'n3', 'n4'] as const;

const node = (name: string, index: number): JsonObject => {
  const allocatable = { cpu: '4', memory: '8Gi', pods: index === 3 ? '3' : '8', 'example.com/gpu': index === 1 ? '2' : '0' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, zone: index < 2 ? 'a' : 'b' } },
    spec: index === 2 ? { taints: [{ key: 'own', effect: 'NoSchedule' }] } : {},
    status: { capacity: allocatable, allocatable },
  };
};

const apps = fc.constantFrom('web', 'db', 'none');
const requests = fc.constantFrom<JsonObject>(
  {},
  { cpu: '1' },
  { cpu: '1500m' },
  { cpu: '3' },
  { memory: '5Gi' },
  { 'example.com/gpu': '1' },
);
const far = fc.option(fc.record({ topologyKey: fc.constantFrom('zone', 'kubernetes.io/hostname'), app: fc.constantFrom('web', 'db') }), {
  nil: undefined,
  freq: 4,
});
const running = fc.record({
  node: fc.constantFrom(...names),
  priority: fc.constantFrom(...priorities),
  requests,
  app: apps,
  port: fc.constantFrom(undefined, undefined, undefined, 80),
  far,
  going: fc.constantFrom(false, false, false, false, false, false, true),
});
const coming = fc.record({
  priority: fc.constantFrom(10, 20, 30, 30),
  never: fc.constantFrom(false, false, false, false, true),
  requests: fc.constantFrom<JsonObject>(
    { cpu: '3' },
    { cpu: '4' },
    { cpu: '2' },
    { cpu: '9' },
    { memory: '6Gi' },
    { 'example.com/gpu': '2' },
    {},
  ),
  app: apps,
  port: fc.constantFrom(undefined, undefined, 80),
  far,
  spread: fc.constantFrom(undefined, undefined, undefined, 'zone', 'kubernetes.io/hostname'),
  tolerates: fc.boolean(),
  zone: fc.constantFrom(undefined, undefined, undefined, 'a'),
});
const budget = fc.record({ app: fc.constantFrom('web', 'db'), allowed: fc.integer({ min: 0, max: 2 }) });
const stories = fc.record({
  running: fc.array(running, { minLength: 4, maxLength: 12 }),
  budgets: fc.array(budget, { maxLength: 2 }),
  coming: fc.array(coming, { minLength: 1, maxLength: 3 }),
});

type Pod = {
  readonly requests: JsonObject;
  readonly port: number | undefined;
  readonly far: { readonly topologyKey: string; readonly app: string } | undefined;
};

function specOf({ requests: asked, port, far: away }: Pod): JsonObject {
  const limits = 'example.com/gpu' in asked ? { limits: asked } : {};
  const ports = port === undefined ? {} : { ports: [{ containerPort: port, hostPort: port }] };
  const term = away === undefined ? undefined : { topologyKey: away.topologyKey, labelSelector: { matchLabels: { app: away.app } } };
  return {
    containers: [{ name: 'c', image: 'i', resources: { requests: asked, ...limits }, ...ports }],
    ...(term === undefined ? {} : { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }),
  };
}

const labelsOf = (app: string) => (app === 'none' ? {} : { app });
const runs = Number(process.env.RUNS ?? 25);
const seed = Number(process.env.SEED ?? 7);

test('pods of lower priority go, the same as in the real scheduler', async (t) => {
  const cluster = await realCluster(t, { scheduler: true, own: true });
  if (cluster === undefined) return;
  await makeNodes(cluster, names.map(node));
  for (const value of priorities)
    for (const preemptionPolicy of ['PreemptLowerPriority', 'Never'])
      await made(cluster, '/apis/scheduling.k8s.io/v1/priorityclasses', {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: `p${value}-${preemptionPolicy.toLowerCase()}` },
        value,
        preemptionPolicy,
      });
  const namespace = await cluster.namespace('story');
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
  for (const [number, story] of fc.sample(stories, { numRuns: runs, seed }).entries()) {
    const there: string[] = [];
    for (const [index, one] of story.budgets.entries())
      await made(cluster, budgets, {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: `b${index}` },
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: one.app } } },
        status: { disruptionsAllowed: one.allowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
      });
    for (const [index, one] of story.running.entries()) {
      const name = `r${number}-${index}`;
      there.push(name);
      await made(cluster, pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels: labelsOf(one.app) },
        spec: { ...specOf(one), nodeName: one.node, priorityClassName: `p${one.priority}-preemptlowerpriority` },
        status: { phase: 'Running', startTime: `2026-01-01T00:${String(10 + ((index * 7) % 50)).padStart(2, '0')}:00Z` },
      });
      if (one.going) await cluster.api('DELETE', `${pods}/${name}`);
    }
    for (const [index, one] of story.coming.entries()) {
      const name = `c${number}-${index}`;
      there.push(name);
      const spread = {
        maxSkew: 1,
        topologyKey: one.spread,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
      };
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels: labelsOf(one.app) },
        spec: {
          ...specOf(one),
          priorityClassName: `p${one.priority}-${one.never ? 'never' : 'preemptlowerpriority'}`,
          ...(one.tolerates ? { tolerations: [{ operator: 'Exists' }] } : {}),
          ...(one.zone === undefined ? {} : { nodeSelector: { zone: one.zone } }),
          ...(one.spread === undefined ? {} : { topologySpreadConstraints: [spread as JsonObject] }),
        },
      };
      await judged(cluster, namespace, pod, `story ${number}, pod ${index}: ${JSON.stringify(story)}`);
    }
    for (const name of there) await removePod(cluster, namespace, name);
    for (const index of story.budgets.keys()) await cluster.api('DELETE', `${budgets}/b${index}`);
    for (const end = Date.now() + 60_000; ; ) {
      const left = asList(field((await cluster.api('GET', pods)).body as Json, 'items'));
      if (left.length === 0) break;
      assert.ok(Date.now() < end, `story ${number}: ${left.length} pods are left`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
