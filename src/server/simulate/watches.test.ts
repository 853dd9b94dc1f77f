// Ten thousand open watches on one store: every change reaches each of them, and those whose clients are gone cost nothing more.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { requestInfo } from '../../identity/request-info.ts';
import { dig } from '../../lib/json.ts';
import { predicateOf } from '../../request/read/list.ts';
import { readListOptions } from '../../request/read/list-options.ts';
import { parseQuery } from '../../request/read/query.ts';
import type { ReadTarget } from '../../request/read/read.ts';
import { startWatch } from '../../request/read/watch.ts';
import { eventBytesOf } from './event-bytes.ts';
import { watchesOf } from './watches.ts';
import { makeWorld } from './world.ts';

test('a change reaches ten thousand watches', { timeout: 60_000 }, async () => {
  const world = await makeWorld([]);
  const { store } = world;
  const watches = watchesOf(store, eventBytesOf(world));
  const resource = world.catalog().resource('', 'v1', 'configmaps');
  assert.ok(resource);
  const query = parseQuery(`watch=1&resourceVersion=${store.revision()}`);
  const options = readListOptions(query);
  assert.ok(options.ok);
  const predicate = predicateOf(resource, options.value);
  assert.ok(predicate.ok);
  const path = '/api/v1/namespaces/default/configmaps?watch=1';
  const target: ReadTarget = { info: requestInfo('GET', path), resource, subresource: undefined, query, accept: '' };
  const streams = Array.from({ length: 10_000 }, () => new PassThrough());
  for (const stream of streams) {
    const watch = startWatch(store, resource, 'default', '', options.value, predicate.value);
    assert.ok(watch.ok);
    watches.open(stream, watch.value, target);
  }
  assert.equal(watches.count(), 10_000);
  const put = (name: string) =>
    store.put({ group: '', resource: 'configmaps' }, 'default', name, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
    });
  const got = () => streams.filter((stream) => stream.readableLength > 0).length;
  const until = async (isThere: () => boolean) => {
    while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  put('one');
  await until(() => got() === streams.length);
  for (const stream of streams) {
    const event: unknown = JSON.parse(String(stream.read()));
    assert.equal(dig(event, 'object', 'metadata', 'name'), 'one');
  }
  for (const stream of streams.slice(10)) stream.destroy();
  await until(() => watches.count() === 10);
  put('two');
  await until(() => got() === 10);
  watches.stop();
});

const ends: readonly [what: string, query: string, milliseconds: number, bookmarks: number][] = [
  ['one that wants bookmarks has none before', 'timeoutSeconds=6&allowWatchBookmarks=true', 3_999, 0],
  ['one that wants bookmarks has one two seconds before its end', 'timeoutSeconds=6&allowWatchBookmarks=true', 4_000, 1],
  ['one that is as short has none', 'timeoutSeconds=2&allowWatchBookmarks=true', 1_999, 0],
  ['one that wants none has none', 'timeoutSeconds=6', 5_999, 0],
];

for (const [what, more, milliseconds, bookmarks] of ends)
  test(`the end of a watch: ${what}`, async (t) => {
    const world = await makeWorld([]);
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const watches = watchesOf(world.store, eventBytesOf(world));
    const resource = world.catalog().resource('', 'v1', 'configmaps');
    assert.ok(resource);
    const query = parseQuery(`watch=1&resourceVersion=${world.store.revision()}&${more}`);
    const options = readListOptions(query);
    assert.ok(options.ok);
    const predicate = predicateOf(resource, options.value);
    assert.ok(predicate.ok);
    const watch = startWatch(world.store, resource, 'default', '', options.value, predicate.value);
    assert.ok(watch.ok);
    const stream = new PassThrough();
    const path = '/api/v1/namespaces/default/configmaps?watch=1';
    watches.open(stream, watch.value, { info: requestInfo('GET', path), resource, subresource: undefined, query, accept: '' });
    t.mock.timers.tick(milliseconds);
    await new Promise((resolve) => setImmediate(resolve));
    const text = String(stream.read() ?? '');
    assert.equal(text.split('"BOOKMARK"').length - 1, bookmarks, text);
    watches.stop();
  });

test('a watch whose event cannot be made ends, and the write does not fail', async () => {
  const world = await makeWorld([]);
  const { store } = world;
  const resource = world.catalog().resource('', 'v1', 'configmaps');
  assert.ok(resource);
  const query = parseQuery(`watch=1&resourceVersion=${store.revision()}`);
  const options = readListOptions(query);
  assert.ok(options.ok);
  const predicate = predicateOf(resource, options.value);
  assert.ok(predicate.ok);
  const target: ReadTarget = {
    info: requestInfo('GET', '/api/v1/namespaces/default/configmaps?watch=1'),
    resource,
    subresource: undefined,
    query,
    accept: '',
  };
  const bug = new Error('a bug');
  const bytes = () => {
    throw bug;
  };
  const watches = [
    watchesOf(store, bytes),
    watchesOf(store, eventBytesOf(world), () => Promise.reject(bug)),
    watchesOf(store, bytes, (change) => Promise.resolve(change)),
  ];
  for (const each of watches) {
    const watch = startWatch(store, resource, 'default', '', options.value, predicate.value);
    assert.ok(watch.ok);
    each.open(new PassThrough(), watch.value, target);
  }
  const metadata = { name: 'one', namespace: 'default' };
  store.put({ group: '', resource: 'configmaps' }, 'default', 'one', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  await new Promise((resolve) => setImmediate(resolve));
  const first = watchesOf(store, bytes);
  const all = readListOptions(parseQuery('watch=1'));
  assert.ok(all.ok);
  const watch = startWatch(store, resource, 'default', '', all.value, predicate.value);
  assert.ok(watch.ok && watch.value.initial.length === 1);
  first.open(new PassThrough(), watch.value, target);
  await new Promise((resolve) => setImmediate(resolve));
  for (const each of [...watches, first]) {
    assert.equal(each.count(), 0);
    each.stop();
  }
});
