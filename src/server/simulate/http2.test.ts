// HTTP/2 on the same port as HTTP/1.1: ten thousand watches over a hundred connections, readers that are slow or gone, streams opened only to be
// reset, and a farewell at the end.

import assert from 'node:assert/strict';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { startSimulated } from '../../../test/simulated.ts';
import { dig, field, type Json } from '../../lib/json.ts';
import { mostStreams } from './connections.ts';
import type { Simulated } from './simulate.ts';

interface Client {
  readonly server: Simulated;
  readonly session: (isKnown?: boolean) => Promise<ClientHttp2Session>;
}

async function started(t: TestContext): Promise<Client> {
  const server = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  const { certificate, key } = server.authority.client('admin', ['system:masters']);
  const open = new Set<ClientHttp2Session>();
  t.after(async () => {
    for (const session of open) session.destroy();
    await server.stop();
  });
  return {
    server,
    session: (isKnown = true) =>
      new Promise((resolve, reject) => {
        const credentials = isKnown ? { cert: certificate, key } : {};
        const session = connect(server.url, { ca: server.authority.certificate, ...credentials });
        open.add(session);
        session.on('error', reject);
        session.once('remoteSettings', () => resolve(session));
      }),
  };
}

interface Reply {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function ask(
  session: ClientHttp2Session,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': method, ':path': path, 'content-type': 'application/json', ...headers });
    let head: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (found) => {
      head = found;
    });
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    stream.on('end', () => resolve({ headers: head, text }));
    stream.on('error', reject);
    stream.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const parsed = (text: string): Json => JSON.parse(text) as Json;

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A watch that is open. */
function watch(session: ClientHttp2Session, path: string): Promise<ClientHttp2Stream> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path });
    stream.on('error', reject);
    stream.once('response', () => resolve(stream));
  });
}

test('one connection carries writes, reads and watches at the same time', { timeout: 30_000 }, async (t) => {
  const client = await started(t);
  const session = await client.session();
  const events = await watch(session, `${configMaps}?watch=1`);
  const [made, , list] = await Promise.all([
    ask(session, 'POST', configMaps, configMap('a')),
    ask(session, 'POST', configMaps, configMap('b')),
    ask(session, 'GET', '/api/v1/namespaces/default'),
  ]);
  assert.equal(made.headers[':status'], 201);
  assert.equal(field(parsed(list.text), 'kind'), 'Namespace');
  let text = '';
  events.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await until(() => text.includes('"name":"b"'));
  assert.equal(session.remoteSettings.maxConcurrentStreams, mostStreams);
});

test('ten thousand watches over a hundred connections get each change', { timeout: 300_000 }, async (t) => {
  const client = await started(t);
  const { server } = client;
  const since = server.world.store.revision();
  const path = `${configMaps}?watch=1&resourceVersion=${since}`;
  let seen = 0;
  const sessions: ClientHttp2Session[] = [];
  for (let index = 0; index < 10_000 / mostStreams; index++) {
    const session = await client.session();
    sessions.push(session);
    const streams = await Promise.all(Array.from({ length: mostStreams }, () => watch(session, path)));
    for (const stream of streams) {
      stream.on('error', () => {});
      stream.on('data', () => seen++);
    }
  }
  assert.equal(server.watches(), 10_000);
  server.world.store.put({ group: '', resource: 'configmaps' }, 'default', 'news', configMap('news'));
  await until(() => seen === 10_000);
  // Half of the clients vanish without a word, the other half close their streams.
  for (const [index, session] of sessions.entries()) {
    session.on('error', () => {});
    if (index % 2 === 0) session.destroy(undefined, constants.NGHTTP2_CANCEL);
    else session.close();
  }
  for (const session of sessions) session.destroy();
  await until(() => server.watches() === 0);
});

test('a stream that nobody reads ends, and the others on its connection go on', { timeout: 60_000 }, async (t) => {
  const client = await started(t);
  const { server } = client;
  const session = await client.session();
  const path = `${configMaps}?watch=1&resourceVersion=${server.world.store.revision()}`;
  const slow = await watch(session, path);
  slow.pause();
  const quick = await watch(session, path);
  let length = 0;
  quick.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  const large = configMap('large', { x: 'x'.repeat(900_000) });
  for (let round = 1; round <= 40; round++) {
    server.world.store.put({ group: '', resource: 'configmaps' }, 'default', 'large', large);
    await until(() => length > round * 900_000);
  }
  await until(() => server.watches() === 1);
  assert.equal((await ask(session, 'GET', '/healthz')).text, 'ok');
});

test('who opens streams only to reset them is cut off, and nobody else notices', { timeout: 60_000 }, async (t) => {
  const client = await started(t);
  const [hostile, other] = [await client.session(), await client.session()];
  hostile.on('error', () => {});
  let isOver = false;
  hostile.on('goaway', () => {
    isOver = true;
  });
  for (let round = 0; round < 100 && !isOver; round++) {
    const resets = Array.from({ length: 50 }, () => {
      const stream = hostile.request({ ':path': `${configMaps}?watch=1` });
      stream.on('error', () => {});
      stream.once('response', () => stream.close(constants.NGHTTP2_CANCEL));
      return new Promise<void>((resolve) => stream.once('close', resolve));
    });
    await Promise.race([Promise.all(resets), until(() => isOver)]);
  }
  await until(() => isOver);
  assert.equal((await ask(other, 'GET', '/healthz')).text, 'ok');
});

test('who shows no credential gets one request out of a connection', { timeout: 30_000 }, async (t) => {
  const client = await started(t);
  const session = await client.session(false);
  const isClosed = new Promise<void>((resolve) => session.on('close', resolve));
  assert.equal((await ask(session, 'GET', '/version')).headers[':status'], 200);
  await isClosed;
});

test('the end is told: what is open ends, the connection goes', { timeout: 30_000 }, async (t) => {
  const client = await started(t);
  const session = await client.session();
  const events = await watch(session, `${configMaps}?watch=1`);
  const isOver = new Promise<void>((resolve) => events.on('end', resolve));
  events.resume();
  let said: number | undefined;
  session.on('goaway', (code) => {
    said = code;
  });
  await client.server.stop();
  await isOver;
  assert.equal(said, constants.NGHTTP2_NO_ERROR);
});

test('a body over the limit is refused with the server’s words, over either protocol', { timeout: 30_000 }, async (t) => {
  const client = await started(t);
  const session = await client.session();
  const { headers, text } = await ask(session, 'POST', configMaps, configMap('big', { x: 'x'.repeat(4 * 1024 * 1024) }));
  assert.equal(headers[':status'], 413);
  assert.equal(field(parsed(text), 'message'), 'Request entity too large: limit is 3145728');
  assert.equal(dig(parsed((await ask(session, 'GET', '/api/v1/namespaces/default')).text), 'metadata', 'name'), 'default');
});

test('watches of a resource end when its definition is gone', { timeout: 30_000 }, async (t) => {
  const client = await started(t);
  const session = await client.session();
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  assert.equal((await ask(session, 'POST', definitions, definition)).headers[':status'], 201);
  const events = await watch(session, '/apis/example.com/v1/gadgets?watch=1');
  events.resume();
  const isOver = new Promise<void>((resolve) => events.on('end', resolve));
  assert.equal((await ask(session, 'DELETE', `${definitions}/gadgets.example.com`)).headers[':status'], 200);
  await isOver;
});
