// What a cluster says about itself, read from the answers of several makers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { chooseTypes } from './choice.ts';
import type { ResourceType } from './discovery.ts';
import { clusterFacts } from './facts.ts';
import { readerRole } from './permissions.ts';

function type(name: string, verbs: readonly string[] = ['list']): ResourceType {
  const [resource = '', ...group] = name.split('.');
  return {
    group: group.join('.'),
    version: 'v1',
    resource,
    kind: resource[0]?.toUpperCase() + resource.slice(1, -1),
    namespaced: true,
    verbs,
  };
}

function node(label: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { [label]: '' } } };
}

const rows: readonly (readonly [
  name: string,
  version: Record<string, string>,
  types: readonly string[],
  label: string,
  want: readonly [string, string | undefined],
])[] = [
  ['EKS', { major: '1', minor: '33+', gitVersion: 'v1.33.5-eks-113cf36' }, [], 'a', ['1.33', 'eks']],
  ['GKE', { major: '1', minor: '34', gitVersion: 'v1.34.1-gke.1279000' }, [], 'a', ['1.34', 'gke']],
  ['AKS', { major: '1', minor: '33', gitVersion: 'v1.33.3' }, [], 'kubernetes.azure.com/cluster', ['1.33', 'aks']],
  ['OpenShift', { major: '1', minor: '32', gitVersion: 'v1.32.9' }, ['clusterversions.config.openshift.io'], 'a', ['1.32', 'openshift']],
  ['k3s', { major: '1', minor: '34', gitVersion: 'v1.34.1+k3s1' }, [], 'node-role.kubernetes.io/control-plane', ['1.34', 'k3s']],
  ['kubeadm', { major: '1', minor: '36', gitVersion: 'v1.36.0' }, [], 'node-role.kubernetes.io/control-plane', ['1.36', 'self-managed']],
  ['an unknown maker', { major: '1', minor: '36', gitVersion: 'v1.36.0' }, [], 'a', ['1.36', undefined]],
  ['an emulating server', { major: '1', minor: '36', emulationMajor: '1', emulationMinor: '34' }, [], 'a', ['1.34', undefined]],
  ['a version without parts', { gitVersion: 'v1.29.4' }, [], 'a', ['1.29', undefined]],
];

for (const [name, version, types, label, [kubernetesVersion, distribution]] of rows)
  test(`facts of ${name}`, () => {
    const facts = clusterFacts(
      version,
      types.map((item) => type(item)),
      [node(label)],
    );
    assert.deepEqual(
      [facts.kubernetesVersion, facts.distribution, facts.versionKnown, facts.live],
      [kubernetesVersion, distribution, true, true],
    );
  });

test('a version that was refused is not known', () => {
  assert.equal(clusterFacts(undefined, [], []).versionKnown, false);
  assert.equal(clusterFacts({ major: 7, minor: null, gitVersion: {} }, [], []).versionKnown, false);
});

test('what says nothing lasting, repeats others or comes from other tools is not read; everything else is', () => {
  const names = [
    'pods',
    'events',
    'events.events.k8s.io',
    'nodes.metrics.k8s.io',
    'pods.custom.metrics.k8s.io',
    'ingresses.extensions',
    'ingresses.networking.k8s.io',
    'roles.authorization.openshift.io',
    'vulnerabilityreports.aquasecurity.github.io',
    'widgets.example.test',
  ];
  const { chosen, skipped } = chooseTypes([...names.map((name) => type(name)), type('tokenreviews.authentication.k8s.io', ['create'])]);
  assert.deepEqual(
    chosen.map(({ resource, group }) => `${resource}.${group}`),
    ['pods.', 'ingresses.networking.k8s.io', 'widgets.example.test'],
  );
  assert.equal(skipped.length, 7);
  assert.ok(skipped.every(({ reason }) => reason.length > 10));
  assert.equal(chooseTypes([type('events'), type('pods')], undefined, ['events']).chosen.length, 2);
  assert.deepEqual(
    chooseTypes([type('events'), type('pods')], ['events']).chosen.map(({ resource }) => resource),
    ['events'],
  );
});

test('the rules for a reader are one line a group, in one order', () => {
  const role = readerRole([type('roles.rbac.authorization.k8s.io'), type('secrets'), type('pods')]);
  assert.equal(
    role,
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: cofferdam-reader}\nrules:\n' +
      '  - {apiGroups: [""], resources: [pods, secrets], verbs: [get, list, watch]}\n' +
      '  - {apiGroups: ["rbac.authorization.k8s.io"], resources: [roles], verbs: [get, list, watch]}\n',
  );
});
