import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as moment } from 'node:timers/promises';
import type { KubeObject } from '../../../kube/object.ts';
import { asList, dig, field, type JsonObject } from '../../../lib/json.ts';
import { write } from '../../../request/write/write.ts';
import { makeAuthority } from '../certificates.ts';
import { startControllers } from '../controllers.ts';
import { tokenIssuer } from '../service-account-tokens.ts';
import { makeWorld, type World } from '../world.ts';
import { startPlay } from './play.ts';

const node = (name: string, taint?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name } },
  ...(taint === undefined ? {} : { spec: { taints: [{ key: taint, effect: 'NoSchedule' }] } }),
  status: { allocatable: { cpu: '8', memory: '16Gi', pods: '20' }, capacity: { cpu: '8', memory: '16Gi', pods: '20' } },
});
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'registry.example/web:1', ports: [{ name: 'http', containerPort: 8080 }] }] },
};
const spec = (more: object) => ({ selector: { matchLabels: { app: 'web' } }, template, ...more }) as JsonObject;

async function played(t: TestContext, ...nodes: readonly KubeObject[]) {
  const ended: (() => void)[] = [];
  const world = await makeWorld(nodes, (made) => {
    const { settle, stop } = startControllers(made, '');
    ended.push(stop);
    return { settle };
  });
  ended.push(startPlay(world));
  t.after(() => {
    for (const end of ended) end();
  });
  return world;
}

async function ask(world: World, method: string, path: string, value: JsonObject) {
  const user = { name: 'admin', groups: ['system:masters'] };
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const answer = write({ method, path, query: {}, user, contentType, body: { kind: 'json', value } }, world.writing());
  assert.equal(answer.refusal?.message, undefined);
  for (let turn = 0; turn < 10; turn++) await moment();
}

const list = ({ store }: World, group: string, resource: string) => store.list({ group, resource }, 'default');
const create = (world: World, kind: string, plural: string, group: string, more: JsonObject, metadata: JsonObject = { name: 'web' }) =>
  ask(world, 'POST', `/${group === '' ? 'api/v1' : `apis/${group}/v1`}/namespaces/default/${plural}`, {
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind,
    metadata,
    spec: more,
  });

describe('a played Deployment', () => {
  test('has a ReplicaSet and pods that run on nodes', async (t) => {
    const world = await played(t, node('a'), node('b'), node('c', 'closed'));
    await create(world, 'Deployment', 'deployments', 'apps', spec({ replicas: 4 }));
    const pods = list(world, '', 'pods');
    assert.deepEqual(
      pods.map((pod) => [dig(pod, 'status', 'phase'), dig(pod, 'spec', 'nodeName')]).sort(),
      ['a', 'a', 'b', 'b'].map((name) => ['Running', name]),
    );
    const [deployment = {}] = list(world, 'apps', 'deployments');
    assert.deepEqual(
      [dig(deployment, 'status', 'readyReplicas'), dig(deployment, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')],
      [4, '1'],
    );
  });

  test('follows its scale, and a new template, and the way back', async (t) => {
    const world = await played(t, node('a'));
    const path = '/apis/apps/v1/namespaces/default/deployments/web';
    const image = (name: string) => ({ spec: { template: { spec: { containers: [{ name: 'web', image: name }] } } } });
    await create(world, 'Deployment', 'deployments', 'apps', spec({ replicas: 1 }));
    await ask(world, 'PATCH', path, { spec: { replicas: 3 } });
    assert.equal(list(world, '', 'pods').length, 3);
    await ask(world, 'PATCH', path, image('registry.example/web:2'));
    const images = () => new Set(list(world, '', 'pods').map((pod) => field(asList(dig(pod, 'spec', 'containers'))[0], 'image')));
    assert.deepEqual([...images()], ['registry.example/web:2']);
    assert.deepEqual(
      list(world, 'apps', 'replicasets')
        .map((set) => dig(set, 'spec', 'replicas'))
        .sort(),
      [0, 3],
    );
    const revision = () => dig(list(world, 'apps', 'deployments')[0], 'metadata', 'annotations', 'deployment.kubernetes.io/revision');
    assert.equal(revision(), '2');
  });

  test('without a node its pods wait, and say so', async (t) => {
    const world = await played(t);
    await create(world, 'Deployment', 'deployments', 'apps', spec({ replicas: 1 }));
    const [pod = {}] = list(world, '', 'pods');
    assert.equal(dig(pod, 'status', 'phase'), 'Pending');
    assert.equal(field(asList(dig(pod, 'status', 'conditions'))[0], 'reason'), 'Unschedulable');
  });

  test('whose pods are refused has none', async (t) => {
    const world = await played(t, node('a'));
    await ask(world, 'PATCH', '/api/v1/namespaces/default', {
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    await create(world, 'Deployment', 'deployments', 'apps', spec({ replicas: 2 }));
    assert.equal(list(world, '', 'pods').length, 0);
    const conditions = asList(dig(list(world, 'apps', 'deployments')[0], 'status', 'conditions'));
    assert.deepEqual(conditions.map((each) => [field(each, 'type'), field(each, 'status')])[0], ['Available', 'False']);
  });
});

test('a played StatefulSet has pods with names that stay', async (t) => {
  const world = await played(t, node('a'));
  await create(world, 'StatefulSet', 'statefulsets', 'apps', spec({ replicas: 2, serviceName: 'web' }));
  assert.deepEqual(
    list(world, '', 'pods').map((pod) => dig(pod, 'metadata', 'name')),
    ['web-0', 'web-1'],
  );
  await ask(world, 'PATCH', '/apis/apps/v1/namespaces/default/statefulsets/web', { spec: { replicas: 1 } });
  assert.deepEqual(
    list(world, '', 'pods').map((pod) => dig(pod, 'metadata', 'name')),
    ['web-0'],
  );
});

test('a played DaemonSet has a pod on every node that lets it', async (t) => {
  const world = await played(t, node('a'), node('b'), node('c', 'closed'));
  await create(world, 'DaemonSet', 'daemonsets', 'apps', spec({}));
  assert.deepEqual(
    list(world, '', 'pods')
      .map((pod) => dig(pod, 'spec', 'nodeName'))
      .sort(),
    ['a', 'b'],
  );
  assert.equal(dig(list(world, 'apps', 'daemonsets')[0], 'status', 'numberReady'), 2);
});

test('a played Job completes, a suspended one waits', async (t) => {
  const world = await played(t, node('a'));
  const job = { template: { spec: { ...template.spec, restartPolicy: 'Never' } } };
  await create(world, 'Job', 'jobs', 'batch', { ...job, completions: 2 }, { name: 'done' });
  await create(world, 'Job', 'jobs', 'batch', { ...job, suspend: true }, { name: 'later' });
  assert.deepEqual(
    list(world, 'batch', 'jobs').map((each) => asList(dig(each, 'status', 'conditions')).map((one) => field(one, 'type'))),
    [['SuccessCriteriaMet', 'Complete'], ['Suspended']],
  );
  assert.deepEqual(
    list(world, '', 'pods').map((pod) => dig(pod, 'status', 'phase')),
    ['Succeeded', 'Succeeded'],
  );
});

test('a Service has a slice with the addresses of the pods it selects', async (t) => {
  const world = await played(t, node('a'));
  await create(world, 'Deployment', 'deployments', 'apps', spec({ replicas: 2 }));
  await create(world, 'Service', 'services', '', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] });
  const [slice] = list(world, 'discovery.k8s.io', 'endpointslices');
  assert.equal(asList(slice?.endpoints).length, 2);
  assert.deepEqual(slice?.ports, [{ name: '', port: 8080, protocol: 'TCP' }]);
});

test('a request for a certificate that is approved is signed by the authority that clients are held against', async (t) => {
  const made = spawnSync(
    'openssl',
    [
      ...'req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj'.split(' '),
      '/O=dev/CN=jane',
      '-addext',
      'subjectAltName=DNS:jane.example',
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) return t.skip('there is no openssl');
  const authority = makeAuthority(Date.now());
  const world = await makeWorld([]);
  t.after(startPlay(world, { authority, tokens: tokenIssuer() }));
  const name = 'jane';
  const spec = { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth', 'digital signature'], expirationSeconds: 3600 };
  const request = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { ...spec, request: btoa(made.stdout) },
  };
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  await ask(world, 'POST', path, request);
  const requests = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' };
  assert.equal(dig(world.store.get(requests, '', name), 'status', 'certificate'), undefined);
  const approved = { type: 'Approved', status: 'True', reason: 'Asked', message: '' };
  await ask(world, 'PATCH', `${path}/${name}/approval`, { status: { conditions: [approved] } });
  const certificate = new X509Certificate(atob(String(dig(world.store.get(requests, '', name), 'status', 'certificate'))));
  assert.equal(certificate.subject, 'O=dev\nCN=jane');
  assert.equal(certificate.subjectAltName, 'DNS:jane.example');
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey));
  assert.ok(certificate.validToDate.getTime() <= Date.now() + 3_600_000);
});

test('a pod that finalizers hold stays when its owner takes it away, and goes with the last of them', async (t) => {
  const world = await played(t, node('a'));
  await create(world, 'ReplicaSet', 'replicasets', 'apps', spec({ replicas: 1 }));
  const path = `/api/v1/namespaces/default/pods/${dig(list(world, '', 'pods')[0], 'metadata', 'name')}`;
  await ask(world, 'PATCH', path, { metadata: { finalizers: ['a.b/c'] } });
  await ask(world, 'PATCH', '/apis/apps/v1/namespaces/default/replicasets/web', { spec: { replicas: 0 } });
  const going = list(world, '', 'pods').map((pod) => dig(pod, 'metadata', 'deletionTimestamp') !== undefined);
  assert.deepEqual(going, [true]);
  await ask(world, 'PATCH', path, { metadata: { finalizers: null } });
  assert.deepEqual(list(world, '', 'pods'), []);
});

test('a request for the certificate of a kubelet is approved for whom RBAC lets ask for it; one that waited for a day goes', async (t) => {
  const openssl = 'req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj'.split(' ');
  const made = spawnSync('openssl', [...openssl, '/O=system:nodes/CN=system:node:a'], { encoding: 'utf8' });
  if (made.status !== 0) return t.skip('there is no openssl');
  const world = await played(t);
  const usages = ['client auth', 'digital signature'];
  const spec = { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages, request: btoa(made.stdout) };
  const asked = (name: string, creationTimestamp = new Date().toISOString()): JsonObject => ({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name, uid: name, creationTimestamp },
    spec,
  });
  const requests = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' };
  await ask(world, 'POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', asked('allowed'));
  world.store.put(requests, '', 'refused', { ...asked('refused'), spec: { ...spec, username: 'jane', groups: [] } });
  world.store.put(requests, '', 'old', { ...asked('old', '2020-01-01T00:00:00Z'), spec: { ...spec, username: 'jane', groups: [] } });
  for (let turn = 0; turn < 10; turn++) await moment();
  const reason = (name: string) => field(asList(dig(world.store.get(requests, '', name), 'status', 'conditions'))[0], 'reason');
  assert.deepEqual([reason('allowed'), reason('refused')], ['AutoApproved', undefined]);
  assert.equal(world.store.get(requests, '', 'old'), undefined);
});
