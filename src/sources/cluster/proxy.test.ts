// NO_PROXY as Go reads it, and a cluster behind a real tunnel.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect as dial } from 'node:net';
import { test } from 'node:test';
import { json, scriptedServer, smallApi } from '../../../test/cluster/scripted.ts';
import { loadCluster } from './load.ts';
import { isExempt, proxyFor } from './proxy.ts';

const rows: readonly (readonly [server: string, list: string, exempt: boolean])[] = [
  ['https://api.test', '', false],
  ['https://api.test', 'api.test', true],
  ['https://api.test', '.test', true],
  ['https://api.test', 'test', true],
  ['https://api.test', '*.test', true],
  ['https://xapi.test', 'api.test', false],
  ['https://api.test', '.api.test', false],
  ['https://API.test', 'api.TEST', true],
  ['https://api.test:6443', 'api.test:6443', true],
  ['https://api.test:6443', 'api.test:443', false],
  ['https://api.test', 'api.test:443', true],
  ['https://10.1.2.3:6443', '10.0.0.0/8', true],
  ['https://11.1.2.3:6443', '10.0.0.0/8', false],
  ['https://10.1.2.3:6443', '10.1.2.3', true],
  ['https://[fd00::1]:6443', 'fd00::/8', true],
  ['https://10.1.2.3', '10.0.0.0/99', false],
  ['https://api.test', 'a.test, , *', true],
  ['https://localhost:6443', '', true],
  ['https://127.0.0.1:6443', '', true],
  ['https://[::1]:6443', '', true],
];

for (const [server, list, exempt] of rows)
  test(`${server} with NO_PROXY=${list} goes ${exempt ? 'straight' : 'through the proxy'}`, () => {
    assert.equal(isExempt(new URL(server), list), exempt);
  });

test('the environment names a proxy in either case, and http is told from https', () => {
  const ask = (server: string, environment: Record<string, string>) => proxyFor(new URL(server), undefined, environment);
  assert.deepEqual(ask('https://a.test', { https_proxy: 'p.test:3128' }), { ok: true, value: 'http://p.test:3128/' });
  assert.deepEqual(ask('https://a.test', { HTTP_PROXY: 'http://p.test' }), { ok: true, value: undefined });
  assert.deepEqual(ask('https://a.test', { HTTPS_PROXY: 'http://p.test', no_proxy: 'a.test' }), { ok: true, value: undefined });
});

test('a cluster is read through a proxy, which sees only that it is a tunnel', async (t) => {
  const server = await scriptedServer(
    t,
    smallApi([{ resource: 'pods', kind: 'Pod' }], (_, response) =>
      json(response, { items: [{ metadata: { name: 'p', namespace: 'n' } }] }),
    ),
  );
  if (server === undefined) return;
  const tunnels: string[] = [];
  const proxy = createServer((_, response) => void response.writeHead(400).end());
  proxy.on('connect', (request, client, head) => {
    tunnels.push(`${request.url} ${request.headers.authorization ?? 'without credentials'}`);
    const upstream = dial(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [upstream, client]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  const address = proxy.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const loaded = await loadCluster({ kubeconfig: server.kubeconfig({ token: 'x' }, { 'proxy-url': url }), environment: {}, retries: 0 });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.equal(loaded.value.resources.length, 1);
  assert.ok(tunnels.length > 0);
  for (const tunnel of tunnels) assert.equal(tunnel, `${new URL(server.server).host} without credentials`);
});
