// Rows of reliability that examples do not show: what must stay silent, and the edges of numbers and selectors.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { assumedFacts, type Origin, resource, snapshot } from '../../snapshot/snapshot.ts';
import type { Control } from '../control.ts';
import { runControls } from '../run.ts';
import { autoscaler, budget, cronJob, job, statefulSet } from './examples.ts';
import { reliability } from './index.ts';
import { supportEnded, supportedUntil } from './releases.ts';

const memory: Origin = { kind: 'memory' };
const live: Origin = { kind: 'cluster', context: 'test', resourceVersion: '1' };

function controlNamed(name: string): Control {
  const found = reliability.find(({ id }) => id === `reliability/${name}`);
  assert.ok(found, name);
  return found;
}

function said(name: string, objects: readonly KubeObject[], origin: Origin = memory, now = Date.UTC(2026, 10, 1)): readonly string[] {
  const resources = objects.map((object) => resource(object, origin));
  const { findings, problems } = runControls(
    snapshot({ resources, facts: { ...assumedFacts(undefined), live: origin.kind === 'cluster' } }),
    {
      controls: [controlNamed(name)],
      now,
    },
  );
  assert.deepEqual(problems, []);
  return findings.map(({ outcome }) => (outcome.verdict === 'fail' ? outcome.reason : `${outcome.verdict}: ${outcome.reason}`));
}

function workload(kind: string, spec: JsonObject, template: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'app', namespace: 'shop' },
    spec: {
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'app' } },
        spec: { containers: [{ name: 'c', image: 'a:1' }], ...template },
      },
      ...spec,
    },
  };
}

const pod = (spec: JsonObject, metadata: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'c', image: 'a:1' }], ...spec },
});

type Row = readonly [control: string, title: string, objects: readonly KubeObject[], said: readonly string[], origin?: Origin];

const rows: readonly Row[] = [
  ['liveness-probe', 'a Job is not asked', [job()], []],
  ['liveness-probe', 'a CronJob is not asked', [cronJob()], []],
  ['liveness-probe', 'a pod of a Job is not asked', [pod({}, { ownerReferences: [{ kind: 'Job', name: 'j' }] })], []],
  ['liveness-probe', 'a pod that is never restarted is not asked', [pod({ restartPolicy: 'Never' })], []],
  [
    'liveness-probe',
    'an init container is not asked, a sidecar is',
    [pod({ initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }], containers: [] })],
    ['missing'],
  ],
  ['readiness-probe', 'an ephemeral container is not asked', [pod({ ephemeralContainers: [{ name: 'e' }], containers: [] })], []],
  [
    'probes-identical',
    'the same path on other ports is another question',
    [pod({ containers: [{ name: 'c', livenessProbe: { tcpSocket: { port: 1 } }, readinessProbe: { tcpSocket: { port: 2 } } }] })],
    [],
  ],
  [
    'probe-port',
    'a number needs no declaration',
    [pod({ containers: [{ name: 'c', ports: [{ containerPort: 80 }], livenessProbe: { tcpSocket: { port: 81 } } }] })],
    [],
  ],
  ['probe-port', 'a name does', [pod({ containers: [{ name: 'c', livenessProbe: { tcpSocket: { port: 'web' } } }] })], ['unknown-name']],
  ['probe-port', 'a name of digits is a number', [pod({ containers: [{ name: 'c', livenessProbe: { tcpSocket: { port: '81' } } }] })], []],
  ['replicas', 'a Deployment at zero is switched off', [workload('Deployment', { replicas: 0 })], []],
  ['replicas', 'none written is one', [workload('Deployment', {})], ['default']],
  [
    'replicas',
    'a ScaledObject of KEDA is an autoscaler',
    [
      workload('Deployment', {}),
      {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { name: 'k', namespace: 'shop' },
        spec: { scaleTargetRef: { name: 'app' } },
      },
    ],
    [],
  ],
  ['pdb-missing', 'a single pod needs none', [workload('Deployment', { replicas: 1 })], []],
  [
    'pdb-missing',
    'one of another namespace does not count',
    [workload('Deployment', { replicas: 2 }), { ...budget({ maxUnavailable: 1 }), metadata: { name: 'b', namespace: 'other' } }],
    ['no-budget'],
  ],
  ['pdb-missing', 'an empty selector covers all in policy/v1', [workload('Deployment', { replicas: 2 }), budget({ selector: {} })], []],
  [
    'pdb-missing',
    'and nothing in policy/v1beta1',
    [workload('Deployment', { replicas: 2 }), { ...budget({ selector: {} }), apiVersion: 'policy/v1beta1' }],
    ['no-budget'],
  ],
  ['pdb-blocks', 'half of one pod is one pod', [workload('Deployment', { replicas: 1 }), budget({ minAvailable: '50%' })], ['all']],
  ['pdb-blocks', 'half of two pods is one', [workload('Deployment', { replicas: 2 }), budget({ minAvailable: '50%' })], []],
  [
    'pdb-blocks',
    'two versions of one workload count once',
    [workload('Deployment', { replicas: 2 }), workload('Deployment', { replicas: 2 }), budget({ minAvailable: 2 })],
    ['all'],
  ],
  [
    'pdb-blocks',
    'ReplicaSets of a Deployment are not counted again',
    [
      workload('Deployment', { replicas: 2 }),
      {
        ...workload('ReplicaSet', { replicas: 2 }),
        metadata: { name: 'app-1', namespace: 'shop', ownerReferences: [{ kind: 'Deployment', name: 'app' }] },
      },
      budget({ minAvailable: 2 }),
    ],
    ['all'],
  ],
  ['pdb-selects-nothing', 'without pods nothing can be said', [budget({ maxUnavailable: 1 })], ['unknown: no-pods']],
  [
    'hpa-target',
    'a custom kind is not looked for',
    [autoscaler({ scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Rollout', name: 'app' } })],
    [],
  ],
  ['hpa-static-replicas', 'in a cluster the number is the autoscaler’s', [workload('Deployment', { replicas: 3 }), autoscaler()], [], live],
  ['hpa-static-replicas', 'in a manifest it is not', [workload('Deployment', { replicas: 3 }), autoscaler()], ['static']],
  [
    'rolling-update',
    'Recreate is right beside a volume claim',
    [workload('Deployment', { strategy: { type: 'Recreate' } }, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] })],
    [],
  ],
  [
    'spreading',
    'anti-affinity to other pods spreads nothing',
    [
      workload(
        'Deployment',
        { replicas: 2 },
        {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'other' } } },
              ],
            },
          },
        },
      ),
    ],
    ['not-spread'],
  ],
  [
    'restart-policy',
    'custom kinds have their own law',
    [{ ...workload('Rollout', {}, { restartPolicy: 'Never' }), apiVersion: 'example.com/v1' }],
    [],
  ],
  [
    'selector-mismatch',
    'a map selector of a ReplicationController',
    [{ ...workload('ReplicationController', { selector: { tier: 'web' } }), apiVersion: 'v1' }],
    ['mismatch'],
  ],
  [
    'selector-mismatch',
    'labels named like parts of every object are data',
    [workload('Deployment', { selector: { matchLabels: { constructor: 'x' } } })],
    ['mismatch'],
  ],
  ['statefulset-service', 'no Services in the input: nothing can be said', [statefulSet()], ['unknown: no-services']],
  ['priority-class-exists', 'no classes in the input: nothing can be said', [pod({ priorityClassName: 'gold' })], ['unknown: no-classes']],
  ['priority-class-exists', 'in a cluster an unknown class is unknown', [pod({ priorityClassName: 'gold' })], ['unknown-class'], live],
  ['naked-pod', 'a static pod has its kubelet', [pod({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } })], []],
  [
    'unavailable',
    'a stub of a status in a manifest means nothing',
    [{ ...workload('StatefulSet', { replicas: 2 }), status: { replicas: 0 } }],
    [],
  ],
  [
    'crash-looping',
    'a live pod without a status is an open question',
    [pod({}, { ownerReferences: [{ kind: 'ReplicaSet' }] })],
    ['unknown: no-status'],
    live,
  ],
  [
    'endpoints-empty',
    'slices of others say nothing',
    [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'shop' }, spec: { selector: { a: 'b' } } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'other' } },
      },
    ],
    [],
  ],
];

for (const [control, title, objects, expected, origin] of rows)
  test(`${control}: ${title}`, () => assert.deepEqual(said(control, objects, origin), expected));

describe('odd shapes break nothing', () => {
  const odd: readonly unknown[] = [null, 'text', 7, true, [], [null], {}, { a: [] }];
  for (const control of reliability)
    test(control.id, () => {
      for (const value of odd)
        for (const kind of [
          'apps/v1 Deployment',
          'apps/v1 StatefulSet',
          'v1 Pod',
          'batch/v1 CronJob',
          'policy/v1 PodDisruptionBudget',
          'autoscaling/v2 HorizontalPodAutoscaler',
          'v1 Service',
          'v1 Node',
        ]) {
          const [apiVersion = '', name = ''] = kind.split(' ');
          const strange = { spec: value, status: value } as JsonObject;
          const object: KubeObject = { apiVersion, kind: name, metadata: { name: 'x', uid: '1' }, ...strange };
          said(control.id.slice('reliability/'.length), [object], live);
        }
    });
});

test('the end of support is the day after the last day', () => {
  const day = (text: string) => Date.parse(`${text}T12:00:00Z`);
  assert.equal(supportEnded('1.34', day('2026-10-27')), undefined);
  assert.equal(supportEnded('1.34', day('2026-10-28')), '2026-10-27');
  assert.equal(supportEnded('9.99', day('2036-01-01')), undefined);
  assert.equal(supportEnded('constructor', day('2036-01-01')), undefined);
  const dates = Object.values(supportedUntil);
  assert.deepEqual(dates, dates.toSorted());
});
