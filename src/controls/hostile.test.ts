// Whatever an object holds, no control throws. Twice: the examples of each control with every scalar replaced in turn by values that no schema
// has, among them objects whose keys are named like the methods that JavaScript asks of everything; and known kinds with known fields that
// hold anything. `runControls` catches what a control throws and reports it as `control/crashed`, so that is what must not appear.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import { isObject, type Json } from '../lib/json.ts';
import { assumedFacts, resource, snapshot } from '../snapshot/snapshot.ts';
import { finish } from './findings.ts';
import { catalogue } from './index.ts';
import { runControls } from './run.ts';

const odd: readonly Json[] = [
  null,
  { toString: 1, valueOf: 2 },
  [[]],
  -1.5,
  '\u0000',
  { __proto__: null, constructor: 'x' } as unknown as Json,
];

function changed(value: Json, replacement: Json, skip: number, state: { at: number }): Json {
  if (Array.isArray(value)) return value.map((item) => changed(item, replacement, skip, state));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        item === undefined || key === 'apiVersion' || key === 'kind' ? item : changed(item, replacement, skip, state),
      ]),
    );
  return state.at++ % 3 === skip ? replacement : value;
}

test('no control throws on odd values', () => {
  const crashed = new Set<string>();
  for (const control of catalogue) {
    const examples = [...control.examples.pass(), ...control.examples.fail()].slice(0, 3);
    for (const example of examples)
      for (const [index, replacement] of odd.entries()) {
        const objects = example.map((object) => changed(object as Json, replacement, index % 3, { at: 0 }) as KubeObject);
        const state = snapshot({ resources: objects.map((object) => resource(object, { kind: 'memory' })) });
        for (const { message } of runControls(state, { controls: [control], now: 0 }).problems) crashed.add(message);
      }
  }
  assert.deepEqual([...crashed], []);
});

const kinds = [
  'v1 Pod',
  'v1 Service',
  'v1 Node',
  'v1 Namespace',
  'v1 ConfigMap',
  'v1 Secret',
  'v1 ServiceAccount',
  'v1 LimitRange',
  'v1 ResourceQuota',
  'v1 PersistentVolumeClaim',
  'v1 PersistentVolume',
  'apps/v1 Deployment',
  'apps/v1 StatefulSet',
  'apps/v1 DaemonSet',
  'batch/v1 Job',
  'batch/v1 CronJob',
  'policy/v1 PodDisruptionBudget',
  'autoscaling/v2 HorizontalPodAutoscaler',
  'networking.k8s.io/v1 NetworkPolicy',
  'networking.k8s.io/v1 Ingress',
  'gateway.networking.k8s.io/v1 Gateway',
  'gateway.networking.k8s.io/v1 HTTPRoute',
  'rbac.authorization.k8s.io/v1 Role',
  'rbac.authorization.k8s.io/v1 ClusterRole',
  'rbac.authorization.k8s.io/v1 RoleBinding',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration',
  'extensions.agents.x-k8s.io/v1beta1 SandboxTemplate',
  'example.com/v1 Thing',
];

const keys = [
  'spec template metadata labels annotations containers initContainers ephemeralContainers name image env value ports',
  'containerPort resources limits requests cpu memory selector matchLabels matchExpressions key operator values',
  'securityContext capabilities drop add volumes volumeMounts hostPath path rules subjects roleRef verbs apiGroups status',
  'phase conditions replicas minAvailable scaleTargetRef jobTemplate livenessProbe readinessProbe httpGet port affinity',
  'topologySpreadConstraints serviceAccountName data ingress egress from to podSelector ipBlock cidr backend tls listeners',
  'parentRefs ownerReferences kind command args nodeInfo kubeletVersion webhooks clientConfig constructor __proto__ items',
].flatMap((words) => words.split(' '));

const leaves = fc.oneof(
  fc.constantFrom<Json>(null, '', 0, -1, true, false, 'nginx:latest', '100m', '*', 'default', '10.0.0.0/8', '--anonymous-auth', '{"a":'),
  fc.string(),
  fc.double(),
);

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaves,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('json'), { maxKeys: 5 }),
  ),
}));

const objects = fc.record({
  kind: fc.constantFrom(...kinds),
  body: fc.dictionary(fc.constantFrom(...keys), json, { maxKeys: 4 }),
  spec: json,
  metadata: json,
});

test('no control throws, whatever the fields hold', () => {
  fc.assert(
    fc.property(fc.array(objects, { minLength: 1, maxLength: 6 }), fc.boolean(), (made, live) => {
      const resources = made.map(({ kind, body, spec, metadata }) => {
        const [apiVersion = '', name = ''] = kind.split(' ');
        const meta = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? metadata : {};
        const object = { ...body, apiVersion, kind: name, metadata: meta, spec } as unknown as KubeObject;
        return resource(object, live ? { kind: 'cluster', context: 'c', resourceVersion: '1' } : { kind: 'memory' });
      });
      const state = snapshot({ resources, facts: { ...assumedFacts(undefined), live } });
      const { findings, problems } = runControls(state, { controls: catalogue, now: 0 });
      assert.deepEqual(problems, []);
      finish(findings, state, () => undefined);
    }),
    { numRuns: 300 },
  );
});
