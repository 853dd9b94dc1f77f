// What the stages of a trace say of plugins: why they change an object, what they warn of, and in which round.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import type { JsonObject } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { apiServer } from '../server.ts';
import { storeOf } from '../store/of-snapshot.ts';
import { traceWrite } from './trace.ts';

const release = await loadSchemas('1.36');
if (release === undefined) throw new Error('no schemas of 1.36');
const server = apiServer(release);

const group = 'admissionregistration.k8s.io/v1';
const here = { namespace: 'shop' };
const cluster: readonly JsonObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'pod-security.kubernetes.io/warn': 'restricted' } } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', ...here } },
  {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'usual', ...here },
    spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] },
  },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'gold' }, value: 1000, globalDefault: true },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'a.b',
  },
  {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'kata' },
    handler: 'kata',
    overhead: { podFixed: { cpu: '250m' } },
  },
  {
    apiVersion: group,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'labelled' },
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"seen": "yes"}}}' },
        },
      ],
    },
  },
  { apiVersion: group, kind: 'MutatingAdmissionPolicyBinding', metadata: { name: 'everywhere' }, spec: { policyName: 'labelled' } },
];

function trace(kind: string, plural: string, spec?: JsonObject) {
  const state = snapshot({ resources: cluster.map((object) => resource(object as unknown as KubeObject, { kind: 'memory' })) });
  if (release === undefined) throw new Error('no schemas of 1.36');
  const { store } = storeOf(state, release);
  const value = { apiVersion: 'v1', kind, metadata: { name: 'x' }, ...(spec === undefined ? {} : { spec }) };
  return traceWrite(
    {
      method: 'POST',
      path: `/api/v1/namespaces/shop/${plural}`,
      query: {},
      body: { kind: 'json', value },
      user: { name: 'root', groups: ['system:masters'] },
    },
    {
      server,
      state: store,
      store,
      access: () => state,
      circumstances: { now: '2030-01-01T00:00:00Z', uid: () => 'u', suffix: (length) => 'x'.repeat(length) },
    },
  );
}

const pod = trace('Pod', 'pods', { runtimeClassName: 'kata', containers: [{ name: 'c', image: 'nginx' }] });
const claim = trace('PersistentVolumeClaim', 'persistentvolumeclaims', {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
});
const configMap = trace('ConfigMap', 'configmaps');

const rows: readonly (readonly [plugin: string, from: typeof pod, reason: RegExp, evidence: RegExp])[] = [
  ['LimitRanger', pod, /^LimitRange shop\/usual says/, /LimitRange shop\/usual sets cpu request for container c/],
  ['ServiceAccount', pod, /runs as ServiceAccount shop\/default, as it names none/, /token of the account is mounted/],
  ['Priority', pod, /^PriorityClass gold is the default of the cluster/, /stands for 1000/],
  ['DefaultTolerationSeconds', pod, /for 300 seconds/, /--default-not-ready-toleration-seconds/],
  ['RuntimeClass', pod, /^RuntimeClass kata, which the pod names/, /overhead\.podFixed/],
  ['DefaultStorageClass', claim, /^StorageClass fast is the default/, /annotation storageclass/],
  ['StorageObjectInUseProtection', claim, /kubernetes\.io\/pvc-protection/, /^$/],
  [
    'MutatingAdmissionPolicy',
    configMap,
    /^policy labelled changes it$/,
    /MutatingAdmissionPolicy labelled, bound by everywhere, changes \/metadata\/labels/,
  ],
];
for (const [plugin, { stages }, reason, evidence] of rows)
  test(`${plugin} says why it changes an object`, () => {
    const stage = stages.find((each) => each.plugin === plugin);
    assert.equal(stage?.decision, 'changed');
    assert.match(stage.reason, reason);
    assert.match(stage.evidence.join('\n'), evidence);
  });

test('a plugin that warns has something to say', () => {
  const stage = pod.stages.find(({ plugin }) => plugin === 'PodSecurity');
  assert.equal(stage?.decision, 'passed');
  assert.match(stage.warnings?.[0] ?? '', /^would violate PodSecurity "restricted:latest"/);
  assert.deepEqual(stage.auditAnnotations, { 'pod-security.kubernetes.io/enforce-policy': 'privileged:latest' });
  const silent = pod.stages.filter(({ evidence }) => evidence.join(', ').split(', ').includes('PodSecurity'));
  assert.deepEqual(silent, []);
});

test('the second round of mutation stands apart, and no plugin twice in one', () => {
  const collected = configMap.stages.filter(({ stage, plugin }) => stage === 'mutating admission' && plugin === undefined);
  assert.deepEqual(
    collected.map(({ round, reason }) => [round, reason.replace(/^\d+ plugins have nothing to say/, 'n')]),
    [
      [undefined, 'n'],
      [2, 'n, asked once more since the object was changed'],
    ],
  );
  for (const { evidence } of collected) {
    const names = evidence.join(', ').split(', ');
    assert.equal(new Set(names).size, names.length);
  }
});
