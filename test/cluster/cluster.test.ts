// The harness itself: what other tests rely on.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyMissing } from './binaries.ts';
import { realCluster } from './cluster.ts';

test('a control plane answers kubectl and plain requests', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('harness');
  await cluster.kubectl(
    ['apply', '-n', namespace, '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { b: 'c' } }),
  );
  assert.equal(await cluster.kubectl(['get', '-n', namespace, 'configmap', 'a', '-o', 'jsonpath={.data.b}']), 'c');
  assert.equal((await cluster.api('GET', `/api/v1/namespaces/${namespace}/configmaps/a`)).status, 200);
  assert.equal((await cluster.api('GET', `/api/v1/namespaces/${namespace}/configmaps/none`)).status, 404);
  await assert.rejects(cluster.kubectl(['get', 'nonsense']), /server doesn't have a resource type/);
});

test('tests with equal options share one cluster', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  assert.equal(await realCluster(t), cluster);
});

test('users and service accounts have the rights they are given', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const kubeconfig = cluster.user('jane', ['readers']);
  assert.match(await cluster.kubectl(['--kubeconfig', kubeconfig, 'auth', 'whoami', '-o', 'json']), /"readers"/);
  const namespace = await cluster.namespace('tokens');
  const token = await cluster.token(namespace, 'default');
  const whoami = await cluster.kubectl([
    '--kubeconfig',
    '/dev/null',
    '--server',
    cluster.server,
    '--insecure-skip-tls-verify',
    '--token',
    token,
    'auth',
    'whoami',
    '-o',
    'json',
  ]);
  assert.match(whoami, new RegExp(`system:serviceaccount:${namespace}:default`));
});

test('controllers and nodes come when asked for: a Deployment gets running pods', async (t) => {
  const cluster = await realCluster(t, { controllers: true, nodes: 2, own: true });
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('apps');
  await cluster.kubectl(['create', 'deployment', 'web', '-n', namespace, '--image=web', '--replicas=3']);
  await cluster.kubectl(['rollout', 'status', '-n', namespace, 'deployment/web', '--timeout=60s']);
  assert.equal((await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'name'])).trim().split('\n').length, 3);
});

test('an older release can be asked for', async (t) => {
  const cluster = await realCluster(t, { emulatedVersion: '1.34', own: true });
  if (cluster === undefined) return;
  assert.match((await cluster.api('GET', '/version')).text, /"emulationMinor": "34"/);
});

test('what a killed test process started ends with it', async (t) => {
  const reason = whyMissing();
  if (reason !== undefined) return t.skip(reason);
  const program = `
    const { startCluster } = await import(${JSON.stringify(join(import.meta.dirname, 'cluster.ts'))});
    const cluster = await startCluster();
    console.log(JSON.stringify({ folder: cluster.folder, server: cluster.server }));
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.all([
    new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString()))),
  ]);
  const { folder, server }: { folder: string; server: string } = JSON.parse(line);
  assert.ok(existsSync(folder));
  child.kill('SIGKILL');
  for (let attempt = 0; attempt < 100 && existsSync(folder); attempt++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(!existsSync(folder), 'the folder is gone');
  await assert.rejects(fetch(server), 'nobody listens');
  return undefined;
});
