// What kube-apiserver 1.36.3 made of objects (dry-run create), without what admission and allocation add.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dig, type Json } from '../../../lib/json.ts';
import { isKubeObject, type KubeObject } from '../../object.ts';
import { loadSchemas } from '../load.ts';
import { withDefaults } from './apply.ts';
import { impliedTag } from './image-tag.ts';

const release = await loadSchemas('1.36');

function stored(object: Json): KubeObject {
  assert.ok(release !== undefined && isKubeObject(object));
  const result = withDefaults(object, release);
  assert.ok(result !== undefined);
  return result;
}

test('a Deployment with the least that is needed', () => {
  const made = stored({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    },
  });
  assert.deepEqual(made, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web:1',
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {},
  });
});

const container = (change: Json): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {},
  spec: { containers: [{ name: 'c', image: 'i:1', ...(change as object) }] },
});
const volume = (source: Json): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  spec: { containers: [], volumes: [{ name: 'v', ...(source as object) }] },
});
const service = (spec: Json): Json => ({ apiVersion: 'v1', kind: 'Service', spec });

const rows: readonly (readonly [string, Json, readonly (string | number)[], Json | undefined])[] = [
  [
    'limits become requests',
    container({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } } }),
    ['spec', 'containers', 0, 'resources', 'requests'],
    { cpu: '500m', memory: '1Gi' },
  ],
  [
    'amounts are rounded to thousandths',
    container({ resources: { limits: { cpu: '0.0001' } } }),
    ['spec', 'containers', 0, 'resources', 'limits', 'cpu'],
    '1m',
  ],
  ['false is dropped where Go has no pointer', container({ tty: false, stdin: true }), ['spec', 'containers', 0, 'tty'], undefined],
  [
    'false is kept where it has one',
    container({ securityContext: { privileged: false } }),
    ['spec', 'containers', 0, 'securityContext', 'privileged'],
    false,
  ],
  [
    'a probe',
    container({ livenessProbe: { httpGet: { port: 80 } } }),
    ['spec', 'containers', 0, 'livenessProbe'],
    { httpGet: { path: '/', port: 80, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  ],
  ['latest is pulled always', container({ image: 'app' }), ['spec', 'containers', 0, 'imagePullPolicy'], 'Always'],
  [
    'a downward field',
    container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    ['spec', 'containers', 0, 'env', 0, 'valueFrom', 'fieldRef', 'apiVersion'],
    'v1',
  ],
  ['a null value', container({ env: [{ name: 'A', value: null }] }), ['spec', 'containers', 0, 'env', 0], { name: 'A' }],
  [
    'the host network takes host ports',
    { apiVersion: 'v1', kind: 'Pod', spec: { hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] } },
    ['spec', 'containers', 0, 'ports', 0],
    { containerPort: 80, hostPort: 80, protocol: 'TCP' },
  ],
  [
    'the old name of the service account',
    { apiVersion: 'v1', kind: 'Pod', spec: { serviceAccount: 'a', containers: [] } },
    ['spec', 'serviceAccountName'],
    'a',
  ],
  ['a volume without a source', volume({}), ['spec', 'volumes', 0], { name: 'v', emptyDir: {} }],
  ['the mode of files', volume({ secret: { secretName: 's' } }), ['spec', 'volumes', 0, 'secret', 'defaultMode'], 420],
  [
    'a projected token',
    volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
    ['spec', 'volumes', 0, 'projected'],
    { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }], defaultMode: 420 },
  ],
  ['a host path of no type', volume({ hostPath: { path: '/' } }), ['spec', 'volumes', 0, 'hostPath'], { path: '/', type: '' }],
  ['a Service port', service({ ports: [{ port: 80 }] }), ['spec', 'ports', 0], { protocol: 'TCP', port: 80, targetPort: 80 }],
  [
    'a Service of type NodePort',
    service({ type: 'NodePort' }),
    ['spec'],
    { type: 'NodePort', sessionAffinity: 'None', externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster' },
  ],
  [
    'a Service with affinity',
    service({ sessionAffinity: 'ClientIP' }),
    ['spec', 'sessionAffinityConfig'],
    { clientIP: { timeoutSeconds: 10800 } },
  ],
  [
    'a policy for both directions',
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: {}, egress: [{}] } },
    ['spec', 'policyTypes'],
    ['Ingress', 'Egress'],
  ],
  [
    'a policy for neither',
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: {} } },
    ['spec', 'policyTypes'],
    ['Ingress'],
  ],
  [
    'a role binding',
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    },
    ['subjects'],
    [
      { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'ServiceAccount', name: 's' },
    ],
  ],
  ['a role without rules', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: [] }, ['rules'], null],
  [
    'texts of a Secret',
    { apiVersion: 'v1', kind: 'Secret', data: { a: 'YQ==' }, stringData: { b: 'é' } },
    ['data'],
    { b: 'w6k=', a: 'YQ==' },
  ],
  ['a Job', { apiVersion: 'batch/v1', kind: 'Job', spec: { template: {} } }, ['spec', 'completions'], 1],
  ['a claim', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: {} }, ['status', 'phase'], 'Pending'],
  [
    'a claim of a StatefulSet',
    { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { volumeClaimTemplates: [{ metadata: { name: 'd' } }] } },
    ['spec', 'volumeClaimTemplates', 0, 'kind'],
    'PersistentVolumeClaim',
  ],
  [
    'an autoscaler',
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'x' }, maxReplicas: 3 },
    },
    ['spec', 'minReplicas'],
    1,
  ],
  [
    'a webhook',
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      webhooks: [{ name: 'w', clientConfig: { service: { name: 's', namespace: 'n' } } }],
    },
    ['webhooks', 0, 'clientConfig', 'service', 'port'],
    443,
  ],
  [
    'a definition',
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: { names: { kind: 'Widget', plural: 'widgets' } } },
    ['spec', 'names'],
    { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
  ],
  [
    'defaults by containers',
    { apiVersion: 'v1', kind: 'LimitRange', spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } }] } },
    ['spec', 'limits', 0],
    { type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' }, default: { cpu: '2' }, defaultRequest: { cpu: '2', memory: '1Mi' } },
  ],
  [
    'times in UTC',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { creationTimestamp: '2024-01-01T02:00:00.5+02:00' } },
    ['metadata', 'creationTimestamp'],
    '2024-01-01T00:00:00Z',
  ],
  [
    'requests of a pod from its containers',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      spec: {
        resources: { limits: { cpu: '4', memory: '1Gi' } },
        containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }],
        initContainers: [
          { name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '500m' } } },
          { name: 'i', resources: { requests: { cpu: '2' } } },
        ],
      },
    },
    ['spec', 'resources', 'requests'],
    { cpu: '2500m', memory: '1Gi' },
  ],
];
for (const [name, object, path, expected] of rows) test(name, () => assert.deepEqual(dig(stored(object), ...path), expected));

test('what has its defaults is not changed by having them again', () => {
  for (const [, object] of rows) {
    const once = stored(object);
    assert.deepEqual(stored(once as Json), once);
  }
});

test('the object itself stays as it is', () => {
  const object: Json = container({ env: [{ name: 'A', value: null }] });
  const before = JSON.stringify(object);
  stored(object);
  assert.equal(JSON.stringify(object), before);
});

test('a kind the release does not know has no defaults', () => {
  assert.ok(release !== undefined);
  assert.equal(withDefaults({ apiVersion: 'example.com/v1', kind: 'Widget' }, release), undefined);
});

const tags: readonly (readonly [string, string])[] = [
  ['app', 'latest'],
  ['registry.example.com:5000/a/b', 'latest'],
  ['app:1.2', '1.2'],
  ['app:latest', 'latest'],
  [`app@sha256:${'a'.repeat(64)}`, ''],
  [`app:1@sha256:${'a'.repeat(64)}`, '1'],
  ['App', ''],
  ['', ''],
  ['a b', ''],
  ['app:', ''],
];
for (const [reference, tag] of tags)
  test(`the tag of "${reference.slice(0, 30)}" is "${tag}"`, () => assert.equal(impliedTag(reference), tag));
