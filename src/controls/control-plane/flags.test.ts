import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { podsOf } from '../../kube/pod/lower.ts';
import type { JsonObject } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { components } from './component.ts';
import { flagsOf } from './flags.ts';

function flags(container: JsonObject, program = 'kube-apiserver'): readonly string[] | undefined {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', ...container }] } };
  const [first] = podsOf(pod)[0]?.containers ?? [];
  assert.ok(first !== undefined);
  return flagsOf(first, program)?.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
}

const rows: readonly [string, JsonObject, readonly string[] | undefined][] = [
  ['--a=b', { command: ['kube-apiserver', '--secure-port=6443'] }, ['secure-port=6443']],
  ['--a b', { command: ['kube-apiserver', '--secure-port', '6443', '--v=2'] }, ['secure-port=6443', 'v=2']],
  ['a switch takes no word', { command: ['kube-apiserver', '--profiling', 'false'] }, ['profiling']],
  ['underscores are dashes', { command: ['kube-apiserver', '--secure_port=1'] }, ['secure-port=1']],
  ['flags in args', { command: ['/usr/local/bin/kube-apiserver'], args: ['--a=b'] }, ['a=b']],
  ['args alone, with the program of the image in front', { args: ['kube-apiserver', '--a=b'] }, ['a=b']],
  ['behind go-runner', { command: ['/go-runner', '--log-file=/x', '/usr/bin/kube-apiserver', '--a=b'] }, ['a=b']],
  [
    'in a script',
    { command: ['/bin/sh', '-c', 'mkfifo /tmp/pipe; exec /bin/kube-apiserver --a=b --c d > /tmp/pipe 2>&1'] },
    ['a=b', 'c=d'],
  ],
  ['in a script of several lines', { command: ['sh', '-c', 'set -e\nkube-apiserver \\\n  --a=b \\\n  --c=d\necho --e=f'] }, ['a=b', 'c=d']],
  ['several flags in one item', { command: ['kube-apiserver', '--a=b --c=<file>'] }, ['a=b', 'c=<file>']],
  ['a value with equals signs', { command: ['kube-apiserver', '--feature-gates=A=true,B=false'] }, ['feature-gates=A=true,B=false']],
  ['the name as an argument of another program is not the program', { command: ['/monitor', 'kube-apiserver'] }, undefined],
  ['the name within a path is not the program', { command: ['sh', '-c', 'ls /var/lib/kube-apiserver && sleep 1'] }, undefined],
];

for (const [name, container, expected] of rows) test(name, () => assert.deepEqual(flags(container), expected));

test('etcd: a flag wins over the environment', () => {
  const etcd: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'etcd' },
    spec: { containers: [{ name: 'etcd', command: ['etcd', '--auto-tls=false'], env: [{ name: 'ETCD_AUTO_TLS', value: 'true' }] }] },
  };
  const [found] = components(snapshot({ resources: [resource(etcd, { kind: 'memory' })] }), 'etcd');
  assert.equal(found?.flags.findLast(({ name }) => name === 'auto-tls')?.value, 'false');
});

const configuration = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.31.2
apiServer:
  extraArgs:
  - name: profiling
    value: "false"
`;

test('kubeadm: its own flags and extraArgs, from a ConfigMap, where no pod runs the component', () => {
  const map: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
    data: { ClusterConfiguration: configuration },
  };
  const [found, ...more] = components(snapshot({ resources: [resource(map, { kind: 'memory' })] }), 'kube-apiserver');
  assert.equal(more.length, 0);
  assert.equal(found?.version, '1.31');
  assert.equal(found?.flags.find(({ name }) => name === 'authorization-mode')?.value, 'Node,RBAC');
  assert.equal(found?.flags.find(({ name }) => name === 'profiling')?.value, 'false');
  assert.equal(found?.place, '/data/ClusterConfiguration');
});

test('the version is that of the image', () => {
  const pod = (image: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image, command: ['kube-apiserver'] }] },
  });
  const version = (image: string) =>
    components(snapshot({ resources: [resource(pod(image), { kind: 'memory' })] }), 'kube-apiserver')[0]?.version;
  assert.equal(version('registry.k8s.io/kube-apiserver:v1.28.3'), '1.28');
  assert.equal(version('rancher/hardened-kubernetes:v1.32.11-rke2r1'), '1.32');
  assert.equal(version('example.com/app:1.4.2'), snapshot({ resources: [] }).facts.kubernetesVersion);
});
