// Informers and streams of the official JavaScript client against both servers: what an informer sees of a config map's life, also after its
// watch was ended and begun again, and how a command in a pod fails where no kubelet is reached.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CoreV1Api, Exec, KubeConfig, makeInformer, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { kubeconfigText } from '../../src/server/simulate/kubeconfig.ts';
import { folder } from '../folder.ts';
import { startSimulated } from '../simulated.ts';
import { type Cluster, realCluster } from './cluster.ts';

/** Both clients, and a namespace that both servers have. */
async function clients(t: TestContext, cluster: Cluster) {
  const server = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(server.stop);
  const simulated = join(folder(t, {}), 'simulated.conf');
  writeFileSync(simulated, kubeconfigText(server.url, server.authority, 'admin', ['system:masters']), { mode: 0o600 });
  const [real, ours] = [new KubeConfig(), new KubeConfig()];
  real.loadFromFile(cluster.kubeconfig);
  ours.loadFromFile(simulated);
  const namespace = await cluster.namespace('informer');
  await ours.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  return { real, ours, namespace };
}

/** What an informer tells; it is stopped and started in the middle. */
async function informed(config: KubeConfig, namespace: string): Promise<readonly string[]> {
  const core = config.makeApiClient(CoreV1Api);
  const told: string[] = [];
  const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'mine' });
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list, 'mine');
  for (const event of ['add', 'update', 'delete'] as const)
    informer.on(event, ({ metadata, data }) => void told.push(`${event} ${metadata?.name} ${data?.a ?? '-'}`));
  // Stopping is told as an error too, sooner or later.
  informer.on('error', (error: unknown) => {
    if (!String(error).includes('AbortError')) told.push(`error ${String(error)}`);
  });
  const map = (name: string, labels: Readonly<Record<string, string>>) => ({ metadata: { name, labels }, data: { a: '1' } });
  const patch = (name: string, body: object) =>
    core.patchNamespacedConfigMap({ name, namespace, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
  const until = async (line: string) => {
    for (let tries = 0; !told.includes(line) && tries < 200; tries++) await pause(25);
  };
  await core.createNamespacedConfigMap({ namespace, body: map('one', { mine: '' }) });
  await informer.start();
  await until('add one 1');
  await core.createNamespacedConfigMap({ namespace, body: map('other', {}) });
  await core.createNamespacedConfigMap({ namespace, body: map('two', { mine: '' }) });
  await until('add two 1');
  await patch('one', { data: { a: '2' } });
  await until('update one 2');
  // What loses its label is deleted for this informer, what gets it is added.
  await patch('two', { metadata: { labels: { mine: null } } });
  await until('delete two 1');
  await patch('other', { metadata: { labels: { mine: '' } } });
  await until('add other 1');
  await informer.stop();
  await patch('one', { data: { a: '3' } });
  await core.deleteNamespacedConfigMap({ name: 'other', namespace });
  await informer.start();
  await until('update one 3');
  await core.deleteNamespacedConfigMap({ name: 'one', namespace });
  await until('delete one 3');
  await informer.stop();
  return told;
}

test('an informer of the JavaScript client is told the same', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const { real, ours, namespace } = await clients(t, cluster);
  const [wanted, found] = [await informed(real, namespace), await informed(ours, namespace)];
  assert.ok(wanted.length >= 8, wanted.join('\n'));
  assert.deepEqual(found, wanted);
});

test('a command in a pod fails alike where no kubelet is reached', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const { real, ours, namespace } = await clients(t, cluster);
  const outcomes = await Promise.all(
    [real, ours].map(async (config) => {
      const core = config.makeApiClient(CoreV1Api);
      const spec = { containers: [{ name: 'a', image: 'registry.example/a:1' }] };
      await core.createNamespacedPod({ namespace, body: { metadata: { name: 'alone' }, spec } });
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const run = (pod: string) =>
        new Exec(config).exec(namespace, pod, 'a', ['ls'], nowhere, nowhere, null, false).then(
          () => 'it ran',
          (error: unknown) => (error instanceof Error ? error.message : `${(error as { readonly message?: string }).message}`),
        );
      return [await run('alone'), await run('nobody')];
    }),
  );
  assert.deepEqual(outcomes[1], outcomes[0]);
});
