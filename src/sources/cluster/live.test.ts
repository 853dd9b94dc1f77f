// Reading a real API server: everything that is there, exactly as kubectl shows it, with rights that allow all, some or nothing.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Answer } from '../../../test/cluster/api.ts';
import { makeCertificate } from '../../../test/cluster/certificates.ts';
import { type Cluster, realCluster } from '../../../test/cluster/cluster.ts';
import { asList, asObject, field, type Json, type JsonObject } from '../../lib/json.ts';
import { ownerOf } from '../../snapshot/owners.ts';
import { snapshot } from '../../snapshot/snapshot.ts';
import { type ClusterOptions, type LoadedCluster, loadCluster } from './load.ts';

const canary = 'canary-value-5d41402abc4b2a76b9719d911017c592';

async function read(options: Partial<ClusterOptions>): Promise<LoadedCluster> {
  const loaded = await loadCluster({ environment: {}, ...options });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.value;
}

function names({ resources }: LoadedCluster, kind: string): readonly string[] {
  return resources
    .filter((resource) => resource.kind === kind)
    .map(({ namespace, name }) => (namespace === '' ? name : `${namespace}/${name}`));
}

async function apply(cluster: Cluster, ...objects: readonly JsonObject[]): Promise<void> {
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
}

/** Lets a subject list a few kinds in a namespace: `--user=sam`. The built-in view is empty where no controller fills it. */
async function allow(cluster: Cluster, namespace: string, subject: string): Promise<void> {
  const rules = [{ apiGroups: [''], resources: ['configmaps', 'pods', 'serviceaccounts'], verbs: ['list'] }];
  await apply(cluster, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'some' }, rules });
  await cluster.kubectl(['create', 'rolebinding', 'some', '-n', namespace, '--clusterrole=some', subject]);
}

const widget = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.test' },
  spec: {
    group: 'example.test',
    scope: 'Cluster',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
        },
      },
    ],
  },
};

test('everything that is read is field for field what kubectl shows, fields unknown to any schema too', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('same');
  await apply(cluster, widget);
  await cluster.kubectl(['wait', '--for=condition=Established', 'crd/widgets.example.test', '--timeout=30s']);
  const unknown = { neverHeardOf: { deep: [1, 2.5, null, { 'odd key/~': true, __proto__x: '' }], empty: {}, none: [] } };
  await apply(
    cluster,
    { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'odd' }, spec: unknown },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace, annotations: { 'a/b': 'ü\n' } },
      data: { k: 'v\u0000'.slice(0, 1) },
    },
  );
  const loaded = await read({ kubeconfig: cluster.kubeconfig });
  assert.deepEqual(loaded.problems, []);
  assert.equal(loaded.coverage[0]?.state, 'read');
  assert.deepEqual(loaded.resources.find(({ kind }) => kind === 'Widget')?.object.spec, unknown);
  assert.equal(loaded.resources.find(({ kind }) => kind === 'Widget')?.namespace, '');

  const kinds = [...new Set(loaded.resources.map(({ group, version, kind }) => `${kind.toLowerCase()}.${version}.${group}`))];
  const shown = JSON.parse(await cluster.kubectl(['get', kinds.join(','), '-A', '-o', 'json'])) as Json;
  const key = (object: Json) =>
    [
      field(object, 'apiVersion'),
      field(object, 'kind'),
      field(field(object, 'metadata'), 'namespace'),
      field(field(object, 'metadata'), 'name'),
    ].join(' ');
  const byKubectl = new Map(asList(field(shown, 'items')).map((object) => [key(object), object]));
  assert.equal(loaded.resources.length, byKubectl.size);
  for (const { object, kind } of loaded.resources) if (kind !== 'Secret') assert.deepEqual(object, byKubectl.get(key(object)));
});

test('5,000 pods come in pages, all of them', async (t) => {
  const cluster = await realCluster(t, { nodes: 5, own: true });
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('many');
  let next = 0;
  const make = async () => {
    for (let index = next++; index < 5000; index = next++) {
      const metadata = { name: `pod-${index}`, labels: { half: String(index % 2) } };
      const spec = { nodeName: `node-${1 + (index % 5)}`, containers: [{ name: 'c', image: 'registry.example/app:1' }] };
      const answer: Answer = await cluster.api('POST', `/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata,
        spec,
      });
      assert.equal(answer.status, 201, answer.text);
    }
  };
  await Promise.all(Array.from({ length: 16 }, make));
  const seen: number[] = [];
  const loaded = await read({ kubeconfig: cluster.kubeconfig, namespace, progress: (_done, _of, objects) => seen.push(objects) });
  assert.equal(names(loaded, 'Pod').length, 5000);
  assert.equal(new Set(names(loaded, 'Pod')).size, 5000);
  const half = await read({ kubeconfig: cluster.kubeconfig, namespace, selector: 'half=1', resources: ['pods'] });
  assert.equal(names(half, 'Pod').length, 2500);
  assert.match(half.coverage[0]?.detail ?? '', /only namespace many-\S+; nothing outside of namespaces; only objects with half=1/);
});

test('the values of Secrets are nowhere in what was read; equal values are known to be equal', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('secrets');
  const secret = (name: string, data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData: data,
  });
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(secret('a', { password: canary, pin: '1234' })));
  await apply(cluster, secret('b', { copy: canary, empty: '' }));
  const loaded = await read({ kubeconfig: cluster.kubeconfig, namespace, keepManagedFields: true });
  const text = JSON.stringify(loaded.resources.map(({ object }) => object));
  for (const form of [canary, Buffer.from(canary).toString('base64'), '1234"', 'MTIzNA==']) assert.ok(!text.includes(form), form);
  const [a, b] = ['a', 'b'].map(
    (name) => loaded.resources.find((resource) => resource.kind === 'Secret' && resource.name === name)?.object,
  );
  const data = (object: JsonObject | undefined, name: string) => field(object?.data, name);
  assert.match(String(data(a, 'password')), /^redacted:[0-9]+:45$/);
  assert.equal(data(a, 'password'), data(b, 'copy'));
  assert.notEqual(data(a, 'pin'), data(b, 'copy'));
  assert.match(String(data(b, 'empty')), /^redacted:[0-9]+:0$/);
  assert.match(String(field(field(a?.metadata, 'annotations'), 'kubectl.kubernetes.io/last-applied-configuration')), /^redacted:/);
  assert.ok(field(a?.metadata, 'managedFields') !== undefined);
});

test('a reader of some kinds gets those, and is told which rights are missing; with these rights everything is read', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('partial');
  await apply(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace } });
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'some' },
    rules: [{ apiGroups: [''], resources: ['configmaps', 'pods'], verbs: ['list'] }],
  };
  const bind = (name: string, user: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${name}-${user}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
  await apply(cluster, role, bind('some', 'pat'));
  const kubeconfig = cluster.user('pat');
  const part = await read({ kubeconfig });
  assert.ok(names(part, 'ConfigMap').includes(`${namespace}/c`));
  assert.match(
    part.problems[0]?.message ?? '',
    /the right to list .* and [0-9]+ more in the whole cluster is missing; what rests on them is unknown/,
  );
  assert.equal(part.problems[0]?.code, 'cluster/forbidden');
  assert.equal(part.coverage.find(({ source }) => source === 'secrets')?.detail, 'forbidden');
  assert.equal(part.coverage[0]?.state, 'partial');

  await cluster.kubectl(['apply', '-f', '-'], part.missingRole);
  await apply(cluster, bind('cofferdam-reader', 'pat'));
  const whole = await read({ kubeconfig });
  assert.deepEqual(whole.problems, []);
  assert.equal(whole.missingRole, '');
});

test('a reader of one namespace reads it with -n, and nothing without', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('single');
  await apply(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace } });
  await allow(cluster, namespace, '--user=sam');
  const kubeconfig = cluster.user('sam');
  const nothing = await loadCluster({ kubeconfig, environment: {} });
  assert.ok(!nothing.ok);
  assert.equal(nothing.problem.code, 'cluster/forbidden');
  assert.match(nothing.problem.message, /none of [0-9]+ kinds may be listed; with rights in one namespace only, name it with -n/);
  const own = await read({ kubeconfig, namespace });
  assert.deepEqual(names(own, 'ConfigMap'), [`${namespace}/c`]);
  assert.match(own.missingRole, new RegExp(`kind: Role\nmetadata: \\{name: cofferdam-reader, namespace: ${namespace}\\}`));
  const absent = await loadCluster({ kubeconfig: cluster.kubeconfig, namespace: 'no-such', environment: {} });
  assert.ok(!absent.ok && absent.problem.message.endsWith('there is no namespace "no-such"'));
});

test('a namespace is read with its Namespace and nothing else of the cluster', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('alone');
  const loaded = await read({ kubeconfig: cluster.kubeconfig, namespace });
  assert.deepEqual(names(loaded, 'Namespace'), [namespace]);
  assert.deepEqual([...new Set(loaded.resources.map((resource) => resource.namespace))].sort(), ['', namespace].sort());
});

test('a selector that is none is the caller’s mistake', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const loaded = await loadCluster({ kubeconfig: cluster.kubeconfig, selector: 'a in (', environment: {} });
  assert.ok(!loaded.ok);
  assert.equal(loaded.problem.code, 'usage/bad-flag');
  assert.match(loaded.problem.message, /-l a in \(: .*unable to parse/);
});

test('tokens: a valid one reads, an unknown, an expired and a rotated one say so', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('tokens');
  await allow(cluster, namespace, `--serviceaccount=${namespace}:default`);
  const token = await cluster.token(namespace, 'default');
  const folder = join(cluster.folder, `files-${namespace}`);
  mkdirSync(folder);
  const configure = (name: string, user: Json) => {
    const path = join(folder, name);
    const clusters = [{ name: 'c', cluster: { server: cluster.server, 'certificate-authority': '../ca.crt' } }];
    writeFileSync(
      path,
      JSON.stringify({
        clusters,
        users: [{ name: 'robot', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'robot' } }],
        'current-context': 'x',
      }),
    );
    return path;
  };
  assert.ok((await read({ kubeconfig: configure('good', { token }), namespace })).resources.length > 0);

  const unknown = await loadCluster({ kubeconfig: configure('bad', { token: canary }), namespace, environment: {} });
  assert.ok(!unknown.ok);
  assert.equal(unknown.problem.code, 'cluster/unauthorized');
  assert.match(unknown.problem.message, /does not accept the token of user "robot"; sign in again or use another context/);
  assert.ok(!JSON.stringify(unknown).includes(canary));

  const expired = `e30.${Buffer.from(JSON.stringify({ exp: 1_600_000_000 })).toString('base64url')}.c2ln`;
  const late = await loadCluster({ kubeconfig: configure('late', { token: expired }), namespace, environment: {} });
  assert.ok(!late.ok && /which expired at 2020-09-13T12:26:40Z/.test(late.problem.message));

  writeFileSync(join(folder, 'token'), `${token}\n`);
  assert.ok((await read({ kubeconfig: configure('file', { tokenFile: 'token' }), namespace })).resources.length > 0);

  mkdirSync(join(folder, 'pod'));
  writeFileSync(join(folder, 'pod', 'token'), token);
  writeFileSync(join(folder, 'pod', 'ca.crt'), cluster.ca);
  writeFileSync(join(folder, 'pod', 'namespace'), namespace);
  const port = new URL(cluster.server).port;
  const environment = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port, HOME: folder };
  const pod = await read({ environment, serviceAccountFolder: join(folder, 'pod'), namespace });
  assert.equal(pod.context, 'in-cluster');
  assert.ok(pod.resources.length > 0);
});

test('an exec plugin hands out the credential, is told of the cluster, and is asked again when it is refused', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('exec');
  await allow(cluster, namespace, `--serviceaccount=${namespace}:default`);
  const token = await cluster.token(namespace, 'default');
  const folder = join(cluster.folder, `exec-${namespace}`);
  mkdirSync(folder);
  const counter = join(folder, 'count');
  writeFileSync(
    join(folder, 'plugin.sh'),
    `#!/bin/sh
echo x >> "${counter}"
runs=$(wc -l < "${counter}")
printf '%s' "$KUBERNETES_EXEC_INFO" > "${folder}/info.json"
if [ "$runs" -eq 1 ]; then token=stale; else token=$1$PLUGIN_TOKEN; fi
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$token"
`,
    { mode: 0o755 },
  );
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './plugin.sh',
    args: [token.slice(0, 10)],
    env: [{ name: 'PLUGIN_TOKEN', value: token.slice(10) }],
    provideClusterInfo: true,
    interactiveMode: 'Never',
  };
  const path = join(folder, 'config');
  const clusters = [{ name: 'c', cluster: { server: cluster.server, 'certificate-authority': join(cluster.folder, 'ca.crt') } }];
  writeFileSync(
    path,
    JSON.stringify({
      clusters,
      users: [{ name: 'u', user: { exec } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  const loaded = await read({ kubeconfig: path, namespace, environment: { PATH: process.env.PATH } });
  assert.ok(loaded.resources.length > 0);
  assert.equal(readFileSync(counter, 'utf8'), 'x\nx\n', 'once stale, once good, and then kept');
  const info = JSON.parse(readFileSync(join(folder, 'info.json'), 'utf8')) as Json;
  assert.equal(field(field(field(info, 'spec'), 'cluster'), 'server'), cluster.server);
  assert.equal(field(field(info, 'spec'), 'interactive'), false);
});

test('client certificates: one from a plugin reads, an expired one says so', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const folder = join(cluster.folder, 'certificates');
  mkdirSync(folder);
  const configure = (name: string, user: Json) => {
    const clusters = [{ name: 'c', cluster: { server: cluster.server, 'certificate-authority': '../ca.crt' } }];
    const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u' } }];
    writeFileSync(join(folder, name), JSON.stringify({ clusters, users: [{ name: 'u', user }], contexts, 'current-context': 'x' }));
    return join(folder, name);
  };
  const status = { clientCertificateData: cluster.credentials.certificate, clientKeyData: cluster.credentials.key };
  const apiVersion = 'client.authentication.k8s.io/v1';
  writeFileSync(join(folder, 'credential'), JSON.stringify({ apiVersion, kind: 'ExecCredential', status }));
  const exec = { apiVersion, command: 'cat', args: [join(folder, 'credential')], interactiveMode: 'Never' };
  const environment = { PATH: process.env.PATH };
  assert.ok((await read({ kubeconfig: configure('plugin', { exec }), environment })).resources.length > 0);

  makeCertificate(cluster.folder, { file: 'old', subject: '/O=system:masters/CN=old', days: -1 });
  const late = await loadCluster({
    kubeconfig: configure('late', { 'client-certificate': '../old.crt', 'client-key': '../old.key' }),
    environment,
  });
  assert.ok(!late.ok && late.problem.code === 'cluster/unauthorized', JSON.stringify(late));
  assert.match(late.problem.message, /does not accept the client certificate of user "u", which expired at 20[0-9T:-]+Z;/);
});

test('impersonation by flags and by kubeconfig asks as somebody else', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('as');
  await allow(cluster, namespace, '--group=wörkers');
  const asNobody = await loadCluster({ kubeconfig: cluster.kubeconfig, as: 'nobody', environment: {}, namespace });
  assert.ok(!asNobody.ok && asNobody.problem.code === 'cluster/forbidden');
  const asWorker = await read({ kubeconfig: cluster.kubeconfig, as: 'nobody', asGroups: ['a', 'wörkers'], namespace });
  assert.ok(names(asWorker, 'ServiceAccount').length > 0);
});

test('a context and its user may stand in different files', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const folder = join(cluster.folder, 'merged');
  mkdirSync(join(folder, 'a', 'pki'), { recursive: true });
  writeFileSync(join(folder, 'a', 'pki', 'ca.crt'), cluster.ca);
  writeFileSync(
    join(folder, 'a', 'config'),
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: cluster.server, 'certificate-authority': 'pki/ca.crt' } }],
      'current-context': 'x',
    }),
  );
  writeFileSync(
    join(folder, 'b.yaml'),
    [
      'current-context: never',
      'clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]',
      `users: [{name: admin, user: {client-certificate: ${join(cluster.folder, 'admin.crt')}, client-key: ${join(cluster.folder, 'admin.key')}}}]`,
      'contexts: [{name: x, context: {cluster: c, user: admin, namespace: kube-system}}]',
    ].join('\n'),
  );
  const KUBECONFIG = [join(folder, 'absent'), join(folder, 'a', 'config'), join(folder, 'b.yaml')].join(':');
  assert.ok((await read({ environment: { KUBECONFIG } })).resources.length > 0);
});

test('what a controller made is traced to the workload that a person wrote', async (t) => {
  const cluster = await realCluster(t, { controllers: true, nodes: 1 });
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('owners');
  await cluster.kubectl(['create', 'deployment', 'web', '-n', namespace, '--image=web', '--replicas=2']);
  await cluster.kubectl(['create', 'cronjob', 'tick', '-n', namespace, '--image=tick', '--schedule=0 0 1 1 *']);
  await cluster.kubectl(['create', 'job', 'now', '-n', namespace, '--from=cronjob/tick']);
  await cluster.kubectl(['rollout', 'status', '-n', namespace, 'deployment/web', '--timeout=60s']);
  for (
    let attempt = 0;
    attempt < 100 && !(await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'name'])).includes('now-');
    attempt++
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  const loaded = await read({ kubeconfig: cluster.kubeconfig, namespace });
  const state = snapshot({ resources: loaded.resources });
  const owners = loaded.resources
    .filter(({ kind }) => kind === 'Pod')
    .map((pod) => ownerOf(state, pod))
    .map((owner) => `${owner?.kind} ${owner?.name}`);
  assert.deepEqual(owners.sort(), ['CronJob tick', 'Deployment web', 'Deployment web']);
  assert.equal(asObject(loaded.version).gitVersion, 'v1.36.3');
  assert.equal(loaded.facts.kubernetesVersion, '1.36');
});

test('an API server that is killed half-way leaves what was read', async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const progress = (done: number) => {
    if (done === 10) void cluster.stopApiServer('SIGKILL');
  };
  const loaded = await read({ kubeconfig: cluster.kubeconfig, progress, retries: 1 });
  assert.ok(loaded.resources.length > 0);
  assert.equal(loaded.coverage[0]?.state, 'partial');
  assert.ok(loaded.problems.some(({ code }) => code === 'cluster/interrupted'));
  assert.ok(loaded.coverage.some(({ detail }) => detail === 'not asked for: the cluster had gone'));
  const gone = await loadCluster({ kubeconfig: cluster.kubeconfig, environment: {}, retries: 0 });
  assert.ok(!gone.ok && gone.problem.code === 'cluster/unreachable');
});

test('a release emulated by the server is the release whose semantics apply', async (t) => {
  const cluster = await realCluster(t, { emulatedVersion: '1.34', own: true });
  if (cluster === undefined) return;
  assert.equal((await read({ kubeconfig: cluster.kubeconfig })).facts.kubernetesVersion, '1.34');
});
