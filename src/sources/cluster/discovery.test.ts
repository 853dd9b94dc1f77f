// Aggregated discovery and the older way must tell the same of a real server; odd answers of a scripted one are told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realCluster } from '../../../test/cluster/cluster.ts';
import { json, scriptedServer } from '../../../test/cluster/scripted.ts';
import { type Connection, connect } from './connection.ts';
import { discover, resourceName } from './discovery.ts';
import { findTarget } from './target.ts';

function connected(kubeconfig: string): Connection {
  const target = findTarget({ kubeconfig, environment: {} });
  assert.ok(target.ok);
  return connect(target.value, { environment: {}, retries: 0 });
}

/** The connection as a server from before 1.26 would see it: it cannot be asked for aggregated discovery. */
function older(connection: Connection): Connection {
  return { ...connection, ask: ({ accept, ...request }) => connection.ask(request) };
}

test('both ways of discovery tell the same of a real server', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const connection = connected(cluster.kubeconfig);
  const [new_, old] = [await discover(connection), await discover(older(connection))];
  connection.close();
  assert.ok(new_.ok && old.ok);
  const sorted = (found: typeof new_.value) =>
    found.types.map((type) => ({ ...type, verbs: [...type.verbs].sort() })).sort((a, b) => (resourceName(a) < resourceName(b) ? -1 : 1));
  assert.ok(new_.value.types.length > 50);
  assert.deepEqual(sorted(new_.value), sorted(old.value));
  assert.deepEqual([new_.value.problems, old.value.problems], [[], []]);
});

test('of several versions the preferred one is taken, and what is only in another is not forgotten', async (t) => {
  const server = await scriptedServer(t, ({ url }, response) => {
    const resource = (name: string, kind: string) => ({ name, kind, namespaced: true, verbs: ['list'] });
    if (url === '/api') json(response, { versions: ['v1'] });
    else if (url === '/api/v1') json(response, { resources: [resource('pods', 'Pod'), resource('pods/log', 'Pod')] });
    else if (url === '/apis')
      json(response, {
        groups: [
          {
            name: 'x.test',
            preferredVersion: { groupVersion: 'x.test/v2' },
            versions: [{ groupVersion: 'x.test/v1' }, { groupVersion: 'x.test/v2' }],
          },
          { name: 'down.test', versions: [{ groupVersion: 'down.test/v1' }] },
          { name: '../evil', versions: [{ groupVersion: '../evil/v1' }] },
        ],
      });
    else if (url === '/apis/x.test/v1') json(response, { resources: [resource('as', 'A'), resource('bs', 'B')] });
    else if (url === '/apis/x.test/v2') json(response, { resources: [resource('as', 'A')] });
    else json(response, { message: 'the server is currently unable to handle the request' }, 503);
  });
  if (server === undefined) return;
  const connection = connected(server.kubeconfig({}));
  const found = await discover(connection);
  connection.close();
  assert.ok(found.ok);
  assert.deepEqual(
    found.value.types.map((type) => `${resourceName(type)} ${type.version}`),
    ['pods v1', 'as.x.test v2', 'bs.x.test v1'],
  );
  assert.match(found.value.problems[0]?.message ?? '', /no capacity .*currently unable/);
  assert.ok(server.requests.every(({ path }) => !path.includes('evil')));
});

test('a group whose server does not answer is told', async (t) => {
  const server = await scriptedServer(t, ({ url }, response) => {
    const versions = [
      {
        version: 'v1',
        freshness: 'Stale',
        resources: [{ resource: 'as', responseKind: { kind: 'A' }, scope: 'Cluster', verbs: ['list'] }],
      },
    ];
    json(response, { kind: 'APIGroupDiscoveryList', items: url === '/apis' ? [{ metadata: { name: 'x.test' }, versions }] : [] });
  });
  if (server === undefined) return;
  const connection = connected(server.kubeconfig({}));
  const found = await discover(connection);
  connection.close();
  assert.ok(found.ok);
  assert.equal(found.value.types[0]?.namespaced, false);
  assert.match(found.value.problems[0]?.message ?? '', /the server behind x\.test\/v1 does not answer; its resources may be missing/);
});

for (const [name, body] of [
  ['nothing', {}],
  ['lists of nothing', { versions: [], groups: [] }],
  ['other shapes', { versions: 7, groups: [{ versions: [null] }], kind: ['x'] }],
] as const)
  test(`a server that serves ${name} is no API server`, async (t) => {
    const server = await scriptedServer(t, (_, response) => json(response, body));
    if (server === undefined) return;
    const connection = connected(server.kubeconfig({}));
    const found = await discover(connection);
    connection.close();
    assert.ok(!found.ok && /serves no resources; is it a Kubernetes API server/.test(found.problem.problem.message));
  });
