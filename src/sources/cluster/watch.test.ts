// Watching: against the real API server through restarts and lost history, and against a server that breaks streams in every way.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { realCluster } from '../../../test/cluster/cluster.ts';
import { json, scriptedServer } from '../../../test/cluster/scripted.ts';
import { asString, dig } from '../../lib/json.ts';
import { redactor } from '../secrets.ts';
import { type Connection, connect } from './connection.ts';
import type { ResourceType } from './discovery.ts';
import { list } from './list.ts';
import { findTarget } from './target.ts';
import { watch } from './watch.ts';
import { type Change, follow, type WatcherOptions } from './watcher.ts';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
  verbs: ['list', 'watch'],
};
const ingestion = { redact: redactor(), keepManagedFields: false };

function connected(kubeconfig: string): Connection {
  const target = findTarget({ kubeconfig, environment: {} });
  assert.ok(target.ok);
  return connect(target.value, { environment: {}, retries: 0 });
}

/** Follows in the background; `until` waits for a change and returns what came so far as words. */
function following(
  connection: Connection,
  options: Partial<WatcherOptions>,
): { readonly words: string[]; readonly until: (word: string, count?: number) => Promise<void>; readonly stop: () => Promise<void> } {
  const abort = new AbortController();
  const words: string[] = [];
  const run = (async () => {
    for await (const change of follow(connection, configMaps, {
      ingestion,
      signal: abort.signal,
      firstPause: 100,
      longestPause: 400,
      ...options,
    }))
      words.push(wordOf(change));
  })();
  return {
    words,
    async until(word, count = 1) {
      for (const end = Date.now() + 30_000; words.filter((item) => item === word).length < count; await sleep(20))
        if (Date.now() > end) assert.fail(`no "${word}" in ${JSON.stringify(words)}`);
    },
    async stop() {
      abort.abort();
      await run;
      connection.close();
    },
  };
}

function wordOf(change: Change): string {
  if (change.kind === 'synced') return 'synced';
  if (change.kind === 'problem') return change.problem.code;
  if (change.kind === 'deleted') return `deleted ${change.name}${change.object === undefined ? ' (unseen)' : ''}`;
  return `${change.kind} ${String(dig(change.object, 'metadata', 'name'))}`;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A call of etcd's JSON gateway. */
function etcd(server: string, path: string, body: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(`${server}${path}`, { method: 'POST' }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}

test('a watch tells every change, and how far it is while nothing changes', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('watch');
  const connection = connected(cluster.kubeconfig);
  const { resourceVersion } = await list(connection, configMaps, ingestion, { namespace });
  await cluster.kubectl(['create', 'configmap', 'a', '-n', namespace]);
  await cluster.kubectl(['label', 'configmap', 'a', '-n', namespace, 'x=y']);
  await cluster.kubectl(['delete', 'configmap', 'a', '-n', namespace]);
  const events: string[] = [];
  for await (const event of watch(connection, configMaps, resourceVersion, { namespace, timeoutSeconds: 2 }))
    events.push(event.kind === 'change' ? event.type : event.kind);
  const fromStart: string[] = [];
  for await (const event of watch(connection, configMaps, '0', { namespace, timeoutSeconds: 1 })) fromStart.push(event.kind);
  connection.close();
  assert.deepEqual(events, ['ADDED', 'MODIFIED', 'DELETED']);
  assert.deepEqual(fromStart, ['bookmark'], 'a watch from 0 ends its beginning with a bookmark; later ones come once a minute');
});

test('with an API server that goes away, and history that is lost', async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  await t.test('a watcher goes on after the API server has been restarted, and tells nothing twice', async () => {
    const namespace = await cluster.namespace('restart');
    await cluster.kubectl(['create', 'configmap', 'before', '-n', namespace]);
    const watcher = following(connected(cluster.kubeconfig), { namespace });
    await watcher.until('synced');
    await cluster.kubectl(['create', 'configmap', 'during', '-n', namespace]);
    await watcher.until('added during');
    await cluster.stopApiServer('SIGKILL');
    await watcher.until('cluster/unreachable');
    await cluster.startApiServer();
    await cluster.kubectl(['create', 'configmap', 'after', '-n', namespace]);
    await watcher.until('added after');
    await watcher.stop();
    for (const name of ['before', 'during', 'after']) assert.equal(watcher.words.filter((word) => word === `added ${name}`).length, 1);
  });

  await t.test('when the history is gone the list is read anew, and deletions nobody saw are told', async () => {
    const namespace = await cluster.namespace('compact');
    for (const name of ['kept', 'lost']) await cluster.kubectl(['create', 'configmap', name, '-n', namespace]);
    const connection = connected(cluster.kubeconfig);
    const { resourceVersion } = await list(connection, configMaps, ingestion, { namespace });
    const watcher = following(connection, { namespace });
    await watcher.until('synced');
    await cluster.stopApiServer('SIGKILL');
    const key = Buffer.from(`/registry/configmaps/${namespace}/lost`).toString('base64');
    await etcd(cluster.etcd, '/v3/kv/deleterange', { key });
    const status: unknown = JSON.parse(await etcd(cluster.etcd, '/v3/kv/range', { key }));
    await etcd(cluster.etcd, '/v3/kv/compaction', { revision: asString(dig(status, 'header', 'revision')), physical: true });
    await cluster.startApiServer();
    await watcher.until('deleted lost (unseen)');
    await watcher.until('synced', 2);
    await cluster.kubectl(['create', 'configmap', 'next', '-n', namespace]);
    await watcher.until('added next');
    assert.equal(watcher.words.filter((word) => word === 'added kept').length, 1);

    const events = [];
    for await (const event of watch(connection, configMaps, resourceVersion, { namespace })) events.push(event);
    assert.equal(events.length, 1);
    assert.ok(events[0]?.kind === 'broken' && events[0].refusal.status === 410, 'the place in history is gone');
    await watcher.stop();
  });

  await t.test('an expired continue token of the real server starts the list again', async () => {
    const namespace = await cluster.namespace('continue');
    for (const name of ['a', 'b', 'c']) await cluster.kubectl(['create', 'configmap', name, '-n', namespace]);
    const connection = connected(cluster.kubeconfig);
    let pages = 0;
    const slow: Connection = {
      ...connection,
      async ask(question) {
        if (++pages === 2) {
          const status: unknown = JSON.parse(await etcd(cluster.etcd, '/v3/kv/range', { key: 'AA==' }));
          await etcd(cluster.etcd, '/v3/kv/compaction', { revision: asString(dig(status, 'header', 'revision')), physical: true });
        }
        return connection.ask(question);
      },
    };
    await cluster.kubectl(['create', 'configmap', 'd', '-n', namespace]);
    const listed = await list(slow, configMaps, ingestion, { namespace, limit: 1 });
    connection.close();
    assert.equal(listed.refusal, undefined);
    assert.deepEqual(
      listed.objects.map((object) => dig(object, 'metadata', 'name')),
      ['a', 'b', 'c', 'd'],
    );
  });
});

test('a watcher survives streams that break in every way', async (t) => {
  const added = (name: string, version: number) =>
    `${JSON.stringify({ type: 'ADDED', object: { metadata: { name, namespace: 'n', resourceVersion: String(version) } } })}\n`;
  let streams = 0;
  let wrongStart = false;
  const server = await scriptedServer(t, (incoming, response) => {
    const query = new URL(incoming.url ?? '', 'https://x').searchParams;
    if (query.get('watch') === null) return json(response, { kind: 'ConfigMapList', metadata: { resourceVersion: '1' }, items: [] });
    response.writeHead(200, { 'content-type': 'application/json' });
    const from = query.get('resourceVersion');
    streams++;
    if (streams === 1) {
      response.write(`${added('one', 2)}{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"20"}}}\n`);
      return void setTimeout(() => response.destroy(), 50); // cut
    }
    wrongStart ||= from !== String(streams === 2 ? 20 : streams);
    if (streams === 2) return void response.end(`${added('two', 3)}{"type":"ADD`); // ends in the middle of an event
    if (streams === 3) return void response.write(added('three', 4)); // goes silent
    if (streams === 4) return void response.end(`${added('four', 5)}not an event\n`);
    if (streams === 5)
      return void response.end(`${added('five', 6)}{"type":"ERROR","object":{"kind":"Status","code":429,"message":"later"}}\n`);
    return void response.write(added(`last${streams}`, streams + 1));
  });
  if (server === undefined) return;
  const watcher = following(connected(server.kubeconfig({ token: 'x' })), { silence: 300 });
  await watcher.until('added last6');
  await watcher.stop();
  assert.deepEqual(
    watcher.words.filter((word) => word.startsWith('added')),
    ['added one', 'added two', 'added three', 'added four', 'added five', 'added last6'],
  );
  assert.deepEqual(
    watcher.words.filter((word) => word.startsWith('cluster/')),
    ['cluster/unreachable', 'cluster/bad-answer', 'cluster/overloaded'],
  );
  assert.equal(watcher.words.filter((word) => word === 'synced').length, 1);
  assert.ok(!wrongStart, 'each stream goes on from the last event or bookmark');
});
