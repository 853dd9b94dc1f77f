// Stories of writes that a real API server is asked step by step beside ours: bindings, evictions, grace, conflicts, odd patches, scales, services
// that change their type, kinds of two versions, namespaces and nodes. Whole answers must be equal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/lib/json.ts';
import { realCluster } from './cluster.ts';
import { type TwinRequest, twins } from './twin.ts';

const q = { fieldManager: 'test' };
const mp = 'application/merge-patch+json';
const sm = 'application/strategic-merge-patch+json';
const ap = 'application/apply-patch+yaml';
const jp = 'application/json-patch+json';
const S = '/api/v1/namespaces/NS/services/s';
const H = '/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers';
const H1 = '/apis/autoscaling/v1/namespaces/NS/horizontalpodautoscalers';

function pod(name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'NS', labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
  };
}

function svc(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'NS' }, spec };
}

const L = '/api/v1/namespaces/NS/limitranges';
const range: JsonObject = {
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'l' },
  spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] },
};
const revised: JsonObject = { ...range, metadata: { name: 'l', resourceVersion: '5' } };

const stories: Readonly<Record<string, readonly TwinRequest[]>> = {
  'a revision on creation': [
    { method: 'POST', path: L, query: { ...q, dryRun: 'All' }, body: revised },
    { method: 'POST', path: L, query: q, body: revised },
    { method: 'POST', path: L, query: q, body: range },
    { method: 'POST', path: L, query: q, body: revised },
  ],
  'patches that take the version or the kind away': [
    ...['Warn', 'Ignore', 'Strict'].flatMap((fieldValidation): readonly TwinRequest[] => [
      { method: 'PATCH', path: `${L}/l`, query: { ...q, fieldValidation }, contentType: jp, body: [{ op: 'remove', path: '/apiVersion' }] },
      { method: 'PATCH', path: `${L}/l`, query: { ...q, fieldValidation }, contentType: mp, body: { apiVersion: null } },
      { method: 'PATCH', path: `${L}/l`, query: { ...q, fieldValidation }, contentType: sm, body: { apiVersion: null } },
    ]),
    {
      method: 'PATCH',
      path: `${L}/l`,
      query: q,
      contentType: jp,
      body: [{ op: 'move', from: '/apiVersion', path: '/metadata/annotations' }],
    },
    { method: 'PATCH', path: `${L}/l`, query: q, contentType: jp, body: [{ op: 'remove', path: '/kind' }] },
    { method: 'PATCH', path: `${L}/l`, query: q, contentType: jp, body: [{ op: 'replace', path: '/kind', value: 'Foo' }] },
  ],
  binding: [
    { method: 'POST', path: '/api/v1/namespaces/NS/pods', query: q, body: pod('b1') },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/b1/binding',
      query: q,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'b1', annotations: { a: 'b' } }, target: { kind: 'Node', name: '' } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/b1/binding',
      query: q,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'b1' }, target: { kind: 'Pod', name: 'n' } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/b1/binding',
      query: q,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'other' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/b1/binding',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'b1', uid: '11111111-2222-3333-4444-555555555555' },
        target: { kind: 'Node', name: 'n' },
      },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/b1/binding',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'b1', annotations: { a: 'b' }, labels: { l: 'm' } },
        target: { kind: 'Node', name: 'n' },
      },
    },
    { method: 'GET', path: '/api/v1/namespaces/NS/pods/b1' },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/b1/binding',
      query: q,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'b1' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/nope/binding',
      query: q,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'nope' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/bindings',
      query: q,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'b1' }, target: { kind: 'Node', name: 'n' } },
    },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/pods/b1' },
    { method: 'GET', path: '/api/v1/namespaces/NS/pods/b1' },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/pods/b1', query: { gracePeriodSeconds: '5' } },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/pods/b1', query: { gracePeriodSeconds: '50' } },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/pods/b1', query: { gracePeriodSeconds: '0' } },
    { method: 'GET', path: '/api/v1/namespaces/NS/pods/b1' },
  ],
  gated: [
    { method: 'POST', path: '/api/v1/namespaces/NS/pods', query: q, body: pod('g1', { schedulingGates: [{ name: 'example.com/g' }] }) },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/g1/binding',
      query: q,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'g1' }, target: { kind: 'Node', name: 'n' } },
    },
  ],
  eviction: [
    {
      method: 'POST',
      path: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets',
      query: q,
      body: {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'p' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
      },
    },
    { method: 'POST', path: '/api/v1/namespaces/NS/pods', query: q, body: pod('e1') },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/e1/eviction',
      query: q,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'other' } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/nope/eviction',
      query: q,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'nope' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/pods/e1/status',
      query: q,
      contentType: mp,
      body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/e1/eviction',
      query: q,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'e1' } },
    },
    {
      method: 'PATCH',
      path: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets/p/status',
      query: q,
      contentType: mp,
      body: { status: { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/e1/eviction',
      query: q,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'e1' } },
    },
    {
      method: 'PATCH',
      path: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets/p/status',
      query: q,
      contentType: mp,
      body: { status: { disruptionsAllowed: 1 } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/e1/eviction',
      query: { ...q, dryRun: 'All' },
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'e1' } },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/pods/e1/eviction',
      query: q,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'e1' } },
    },
    { method: 'GET', path: '/api/v1/namespaces/NS/pods/e1' },
    { method: 'GET', path: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets/p' },
  ],
  ephemeral: [
    { method: 'POST', path: '/api/v1/namespaces/NS/pods', query: q, body: pod('ep') },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/pods/ep/ephemeralcontainers',
      query: q,
      contentType: sm,
      body: { spec: { ephemeralContainers: [{ name: 'd', image: 'debug' }] }, metadata: { labels: { new: 'x' } } },
    },
    { method: 'GET', path: '/api/v1/namespaces/NS/pods/ep' },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/pods/ep/resize',
      query: q,
      contentType: sm,
      body: { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/pods/ep/resize',
      query: q,
      contentType: sm,
      body: { metadata: { labels: { x: 'y' } } },
    },
  ],
  conflict: [
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/configmaps',
      query: q,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'NS' }, data: { a: '1' } },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'NS', resourceVersion: '<rv:1>' }, data: { a: '2' } },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'NS', resourceVersion: '<rv:1>' }, data: { a: '3' } },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'NS', resourceVersion: 'abc' }, data: { a: '3' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      contentType: mp,
      body: { metadata: { resourceVersion: '1' }, data: { z: 'y' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      contentType: mp,
      body: {
        metadata: {
          ownerReferences: [
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: '11111111-2222-3333-4444-555555555555' },
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: '11111111-2222-3333-4444-555555555555' },
          ],
        },
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      contentType: mp,
      body: { metadata: { creationTimestamp: null, generation: 7, selfLink: 'x', deletionTimestamp: '2020-01-01T00:00:00Z' } },
    },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: mp, body: { metadata: { name: null } } },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: mp, body: { kind: 'Secret' } },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: mp, body: { apiVersion: 'v2' } },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: mp, body: { data: { a: 1 } } },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: sm, body: { data: { a: 1 } } },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: sm, body: { data: 'x' } },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      contentType: jp,
      body: [{ op: 'add', path: '/data/q', value: 1 }],
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      contentType: jp,
      body: [{ op: 'bad', path: '/data/q', value: '1' }],
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      contentType: jp,
      body: [{ op: 1, path: '/data/q', value: '1' }],
    },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: jp, body: ['x'] },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: q,
      contentType: jp,
      body: [{ op: 'add', path: '/data/q', value: '1', other: 1 }],
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: { ...q, fieldValidation: 'Strict' },
      contentType: jp,
      body: [{ op: 'add', path: '/data/q', value: '1', other: 1 }],
    },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: mp, body: [1] },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: sm, body: [1] },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: mp, body: null },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: { ...q, dryRun: 'Some' }, contentType: mp, body: {} },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: { ...q, fieldValidation: 'No' }, contentType: mp, body: {} },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: { ...q, force: 'true' }, contentType: mp, body: {} },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: { ...q, force: 'yes' },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'ConfigMap' },
    },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: { ...q }, contentType: ap, body: [1] },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: { ...q },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', managedFields: [{}] } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: { ...q },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data: { a: 1 } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: { ...q },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data: 'x' },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: { ...q },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', resourceVersion: '1' }, data: { b: 'x' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm2',
      query: { ...q },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm2', resourceVersion: '1' }, data: { b: 'x' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/configmaps/cm2',
      query: { ...q },
      contentType: ap,
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'cm2', uid: '11111111-2222-3333-4444-555555555555' },
        data: { b: 'x' },
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: {},
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' },
    },
    {
      method: 'DELETE',
      path: '/api/v1/namespaces/NS/configmaps/cm',
      query: {},
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
    },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/configmaps/cm', query: q, contentType: mp, body: { metadata: { finalizers: null } } },
    { method: 'GET', path: '/api/v1/namespaces/NS/configmaps/cm' },
  ],
  foreground: [
    {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/NS/deployments',
      query: q,
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: {
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
    },
    {
      method: 'DELETE',
      path: '/apis/apps/v1/namespaces/NS/deployments/d',
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground', preconditions: { resourceVersion: '1' } },
    },
    {
      method: 'DELETE',
      path: '/apis/apps/v1/namespaces/NS/deployments/d',
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground', preconditions: { uid: '<uid:1>' } },
    },
    {
      method: 'DELETE',
      path: '/apis/apps/v1/namespaces/NS/deployments/d',
      body: { kind: 'DeleteOptions', apiVersion: 'v1', orphanDependents: false },
    },
    { method: 'GET', path: '/apis/apps/v1/namespaces/NS/deployments/d/scale' },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/deployments/d/scale',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 5 } },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/deployments/d/scale',
      query: { fieldManager: 'a', force: 'true' },
      contentType: ap,
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd', namespace: 'NS' }, spec: { replicas: 5 } },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/deployments/d/scale',
      query: { fieldManager: 'p' },
      contentType: mp,
      body: { spec: { replicas: 6 } },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/deployments/d/scale',
      query: { fieldManager: 'p' },
      contentType: mp,
      body: { spec: { replicas: 'x' } },
    },
    {
      method: 'PUT',
      path: '/apis/apps/v1/namespaces/NS/deployments/d/scale',
      query: { fieldManager: 'p' },
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'd', namespace: 'NS', uid: '11111111-2222-3333-4444-555555555555' },
        spec: { replicas: 7 },
      },
    },
    {
      method: 'PUT',
      path: '/apis/apps/v1/namespaces/NS/deployments/nope/scale',
      query: { fieldManager: 'p' },
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'nope', namespace: 'NS' }, spec: { replicas: 7 } },
    },
    { method: 'GET', path: '/apis/apps/v1/namespaces/NS/deployments/d' },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/deployments/d/status',
      query: { fieldManager: 'p' },
      contentType: mp,
      body: { metadata: { labels: { q: 'r' }, annotations: { s: 't' } }, spec: { replicas: 1 }, status: { replicas: 3 } },
    },
  ],
  service: [
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/services',
      query: q,
      body: svc({ clusterIP: '10.0.77.1', ports: [{ port: 80, name: 'a' }], selector: { app: 'x' } }),
    },
    {
      method: 'PATCH',
      path: S,
      query: q,
      contentType: mp,
      body: { spec: { type: 'NodePort', ports: [{ port: 80, name: 'a', nodePort: 31234 }] } },
    },
    { method: 'PATCH', path: S, query: q, contentType: sm, body: { spec: { ports: [{ port: 81, name: 'b', nodePort: 31235 }] } } },
    {
      method: 'PATCH',
      path: S,
      query: q,
      contentType: mp,
      body: { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31999 } },
    },
    {
      method: 'PATCH',
      path: `${S}/status`,
      query: q,
      contentType: mp,
      body: { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } },
    },
    { method: 'PATCH', path: S, query: q, contentType: mp, body: { spec: { type: 'ClusterIP', externalTrafficPolicy: null } } },
    { method: 'PATCH', path: S, query: q, contentType: mp, body: { spec: { type: 'ExternalName', externalName: 'a.example' } } },
    { method: 'PATCH', path: S, query: q, contentType: mp, body: { spec: { clusterIP: '10.0.77.2' } } },
    {
      method: 'PATCH',
      path: S,
      query: q,
      contentType: mp,
      body: { spec: { type: 'ClusterIP', externalName: null, clusterIP: '10.0.77.1' } },
    },
    { method: 'PATCH', path: S, query: q, contentType: mp, body: { spec: { ipFamilyPolicy: 'PreferDualStack' } } },
    { method: 'PUT', path: S, query: q, body: svc({ ports: [{ port: 80, name: 'a' }], selector: { app: 'y' } }) },
    { method: 'PATCH', path: S, query: { fieldManager: 'a' }, contentType: ap, body: svc({ ports: [{ port: 80, protocol: 'UDP' }] }) },
    { method: 'DELETE', path: S },
  ],
  hpa: [
    {
      method: 'POST',
      path: H,
      query: q,
      body: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'h' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
          maxReplicas: 3,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
            { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } } },
          ],
        },
      },
    },
    { method: 'GET', path: `${H1}/h` },
    {
      method: 'PATCH',
      path: `${H1}/h`,
      query: { fieldManager: 'one' },
      contentType: mp,
      body: { spec: { targetCPUUtilizationPercentage: 70 } },
    },
    { method: 'GET', path: `${H}/h` },
    {
      method: 'PATCH',
      path: `${H1}/h`,
      query: { fieldManager: 'app' },
      contentType: ap,
      body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec: { maxReplicas: 5 } },
    },
    {
      method: 'PATCH',
      path: `${H1}/h`,
      query: { fieldManager: 'app', force: 'true' },
      contentType: ap,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'h' },
        spec: { maxReplicas: 5, minReplicas: 2 },
      },
    },
    {
      method: 'PATCH',
      path: `${H}/h`,
      query: { fieldManager: 'app', force: 'true' },
      contentType: ap,
      body: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec: { maxReplicas: 6 } },
    },
    {
      method: 'PATCH',
      path: `${H}/h/status`,
      query: { fieldManager: 'st' },
      contentType: mp,
      body: {
        status: {
          currentReplicas: 1,
          desiredReplicas: 2,
          conditions: [{ type: 'AbleToScale', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }],
          currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 10, averageValue: '1' } } }],
        },
      },
    },
  ],
  event: [
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/events',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e', namespace: 'NS' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: 'NS' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
        firstTimestamp: '2020-01-01T00:00:00Z',
        lastTimestamp: '2020-01-01T00:00:00Z',
        count: 1,
        source: { component: 'c' },
      },
    },
    { method: 'GET', path: '/apis/events.k8s.io/v1/namespaces/NS/events/e' },
    {
      method: 'PATCH',
      path: '/apis/events.k8s.io/v1/namespaces/NS/events/e',
      query: { fieldManager: 'n' },
      contentType: mp,
      body: { note: 'changed' },
    },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/events/e', query: { fieldManager: 'n' }, contentType: mp, body: { count: 2 } },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/events/e',
      query: { fieldManager: 'app', force: 'true' },
      contentType: ap,
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: 'NS' },
        count: 3,
      },
    },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/events/e' },
  ],
  job: [
    {
      method: 'POST',
      path: '/apis/batch/v1/namespaces/NS/jobs',
      query: q,
      body: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
      },
    },
    {
      method: 'PATCH',
      path: '/apis/batch/v1/namespaces/NS/jobs/j',
      query: q,
      contentType: mp,
      body: { spec: { suspend: true, parallelism: 2 } },
    },
    {
      method: 'PATCH',
      path: '/apis/batch/v1/namespaces/NS/jobs/j/status',
      query: q,
      contentType: mp,
      body: { status: { active: 1, startTime: '2020-01-01T00:00:00Z' } },
    },
    {
      method: 'PATCH',
      path: '/apis/batch/v1/namespaces/NS/jobs/j',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { backoffLimit: 3 } },
    },
    {
      method: 'PATCH',
      path: '/apis/batch/v1/namespaces/NS/jobs/j',
      query: { fieldManager: 'a', force: 'true' },
      contentType: ap,
      body: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { backoffLimit: 3 } },
    },
    { method: 'DELETE', path: '/apis/batch/v1/namespaces/NS/jobs/j' },
    { method: 'GET', path: '/apis/batch/v1/namespaces/NS/jobs/j' },
  ],
  storage: [
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/persistentvolumeclaims',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'c' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/persistentvolumeclaims/c',
      query: q,
      contentType: mp,
      body: { spec: { volumeName: 'pv' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/persistentvolumeclaims/c/status',
      query: q,
      contentType: mp,
      body: { status: { phase: 'Bound', capacity: { storage: '1Gi' } } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/persistentvolumeclaims/c',
      query: q,
      contentType: mp,
      body: { spec: { resources: { requests: { storage: '2Gi' } } } },
    },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/persistentvolumeclaims/c' },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/persistentvolumeclaims/c',
      query: q,
      contentType: mp,
      body: { metadata: { finalizers: null } },
    },
    { method: 'GET', path: '/api/v1/namespaces/NS/persistentvolumeclaims/c' },
    {
      method: 'POST',
      path: '/api/v1/persistentvolumes',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'pv-twin' },
        spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/persistentvolumes/pv-twin/status',
      query: q,
      contentType: mp,
      body: { status: { phase: 'Released' } },
    },
    { method: 'DELETE', path: '/api/v1/persistentvolumes/pv-twin' },
  ],
  node: [
    {
      method: 'POST',
      path: '/api/v1/nodes',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n-twin' },
        spec: { podCIDR: '10.1.0.0/24' },
        status: { capacity: { cpu: '1' } },
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/nodes/n-twin',
      query: q,
      contentType: sm,
      body: { spec: { unschedulable: true, taints: [{ key: 'a', effect: 'NoSchedule' }] }, status: { phase: 'Running' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/nodes/n-twin/status',
      query: { fieldManager: 'kubelet' },
      contentType: sm,
      body: { metadata: { labels: { k: 'v' } }, status: { conditions: [{ type: 'Ready', status: 'True' }], capacity: { memory: '1Gi' } } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/nodes/n-twin',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n-twin' }, spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } },
    },
    { method: 'PATCH', path: '/api/v1/nodes/n-twin', query: q, contentType: mp, body: { spec: { podCIDR: '10.2.0.0/24' } } },
    { method: 'DELETE', path: '/api/v1/nodes/n-twin' },
  ],
  namespace: [
    {
      method: 'POST',
      path: '/api/v1/namespaces',
      query: q,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns-twin', finalizers: ['example.com/a'] } },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/ns-twin/finalize',
      query: q,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns-twin' }, spec: { finalizers: ['kubernetes', 'example.com/b'] } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/ns-twin/status',
      query: q,
      contentType: mp,
      body: { status: { phase: 'Active', conditions: [{ type: 'NamespaceDeletionContentFailure', status: 'False' }] } },
    },
    {
      method: 'DELETE',
      path: '/api/v1/namespaces/ns-twin',
      body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: '11111111-2222-3333-4444-555555555555' } },
    },
    { method: 'DELETE', path: '/api/v1/namespaces/ns-twin' },
    { method: 'DELETE', path: '/api/v1/namespaces/ns-twin' },
    {
      method: 'POST',
      path: '/api/v1/namespaces/ns-twin/configmaps',
      query: q,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
    },
    { method: 'PATCH', path: '/api/v1/namespaces/ns-twin', query: q, contentType: mp, body: { metadata: { finalizers: null } } },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/ns-twin/finalize',
      query: q,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns-twin' }, spec: { finalizers: [] } },
    },
    { method: 'GET', path: '/api/v1/namespaces/ns-twin' },
  ],
  misc: [
    {
      method: 'PATCH',
      path: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles/r',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'r' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/NS/services/up',
      query: q,
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'up' }, spec: { clusterIP: 'None' } },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/NS/endpoints/up',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'up' },
        subsets: [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 1 }] }],
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/endpoints/up',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'up' }, subsets: [] },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/secrets',
      query: q,
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sec' }, stringData: { a: 'b' }, immutable: true },
    },
    { method: 'PATCH', path: '/api/v1/namespaces/NS/secrets/sec', query: q, contentType: mp, body: { stringData: { a: 'c' } } },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/secrets/sec',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sec' }, stringData: { z: 'y' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/secrets/sec2',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sec2' }, stringData: { z: 'y' } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/serviceaccounts/default',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default' },
        secrets: [{ name: 'sec' }],
        imagePullSecrets: [{ name: 'p' }],
      },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/NS/replicationcontrollers',
      query: q,
      body: {
        apiVersion: 'v1',
        kind: 'ReplicationController',
        metadata: { name: 'rc' },
        spec: {
          replicas: 1,
          selector: { app: 'x' },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/replicationcontrollers/rc/scale',
      query: { fieldManager: 'sc' },
      contentType: mp,
      body: { spec: { replicas: 4 } },
    },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/NS/replicationcontrollers/rc',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'rc' }, spec: { replicas: 2 } },
    },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/replicationcontrollers/rc' },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/replicationcontrollers', query: { labelSelector: 'app in (x' } },
    { method: 'DELETE', path: '/api/v1/namespaces/NS/replicationcontrollers', query: { fieldSelector: 'spec.x=1' } },
    {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/NS/daemonsets',
      query: q,
      body: {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'ds' },
        spec: {
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/daemonsets/ds',
      query: q,
      contentType: sm,
      body: { spec: { template: { spec: { containers: [{ name: 'c', image: 'j' }] } } } },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/daemonsets/ds',
      query: { fieldManager: 'a', force: 'true' },
      contentType: ap,
      body: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'ds' }, spec: { minReadySeconds: 3 } },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/daemonsets/ds',
      query: q,
      contentType: mp,
      body: { metadata: { annotations: null } },
    },
    {
      method: 'POST',
      path: '/apis/apps/v1/namespaces/NS/statefulsets',
      query: q,
      body: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'ss' },
        spec: {
          serviceName: 's',
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          volumeClaimTemplates: [
            { metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
          ],
        },
      },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/statefulsets/ss',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'ss' },
        spec: { replicas: 3, template: { spec: { containers: [{ name: 'd', image: 'x' }] } } },
      },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/statefulsets/ss',
      query: { fieldManager: 'a', force: 'true' },
      contentType: ap,
      body: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'ss' },
        spec: { replicas: 3, template: { spec: { containers: [{ name: 'd', image: 'x' }] } } },
      },
    },
    {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/NS/statefulsets/ss',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'ss' } },
    },
    {
      method: 'POST',
      path: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
      query: q,
      body: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'np' }, spec: { podSelector: {} } },
    },
    {
      method: 'PATCH',
      path: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies/np',
      query: { fieldManager: 'a', force: 'true' },
      contentType: ap,
      body: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'np' },
        spec: { podSelector: { matchLabels: { a: 'b' } }, ingress: [{}], policyTypes: ['Ingress', 'Egress'] },
      },
    },
    {
      method: 'PATCH',
      path: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies/np',
      query: { fieldManager: 'a' },
      contentType: ap,
      body: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'np' } },
    },
  ],
};

test('stories of writes get the same answers', { timeout: 240_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const { ask, begin } = await twins(cluster, 'writes');
  for (const [name, steps] of Object.entries(stories)) {
    begin();
    for (const [index, request] of steps.entries()) {
      const { real, ours } = await ask(request);
      if (real !== ours)
        assert.deepEqual(JSON.parse(ours), JSON.parse(real), `${name}, step ${index + 1}: ${request.method} ${request.path}`);
    }
  }
});
