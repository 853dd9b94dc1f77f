// The simulated server under good and bad conditions: what clients of every kind send it, how many watch, who reads slowly, who vanishes.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder } from '../../../test/folder.ts';
import { startSimulated } from '../../../test/simulated.ts';
import { asList, asString, dig, field, type Json } from '../../lib/json.ts';
import { makeAuthority } from './certificates.ts';
import type { Simulated, SimulateOptions } from './simulate.ts';

interface Reply {
  readonly code: number;
  readonly text: string;
  readonly body: Json;
  readonly type: string;
  readonly warning: string;
}

interface Client {
  readonly server: Simulated;
  readonly agent: Agent;
  readonly send: (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Reply>;
}

async function started(
  t: TestContext,
  options: Partial<SimulateOptions> = {},
  user = 'admin',
  groups = ['system:masters'],
): Promise<Client> {
  const server = await startSimulated({ objects: [], host: '127.0.0.1', port: 0, ...options });
  const { certificate, key } = server.authority.client(user, groups);
  const agent = new Agent({ keepAlive: true, maxSockets: 20_000, ca: server.authority.certificate, cert: certificate, key });
  t.after(async () => {
    agent.destroy();
    await server.stop();
  });
  return { server, agent, send: (method, path, body, headers) => send(server, agent, method, path, body, headers) };
}

function send(
  server: Simulated,
  agent: Agent,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.url}${path}`, { method, agent, headers: { 'content-type': 'application/json', ...headers } });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          code: incoming.statusCode ?? 0,
          text,
          body: parsed(text),
          type: incoming.headers['content-type'] ?? '',
          warning: String(incoming.headers.warning ?? ''),
        });
      });
    });
    outgoing.end(body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

const configMaps = '/api/v1/namespaces/default/configmaps';

function configMap(name: string, data: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

/** A watch: its events as they come. */
function watch(
  { server, agent }: Client,
  path: string,
): Promise<{ readonly incoming: IncomingMessage; readonly next: () => Promise<Json> }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.url}${path}`, { agent });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const events: Json[] = [];
      const waiting: ((event: Json) => void)[] = [];
      let rest = '';
      incoming.on('data', (chunk: Buffer) => {
        rest += chunk.toString();
        for (let line = rest.indexOf('\n'); line >= 0; line = rest.indexOf('\n')) {
          const event = parsed(rest.slice(0, line));
          rest = rest.slice(line + 1);
          const one = waiting.shift();
          if (one === undefined) events.push(event);
          else one(event);
        }
      });
      incoming.on('error', () => {});
      resolve({
        incoming,
        next: () => {
          const event = events.shift();
          return event === undefined ? new Promise((give) => waiting.push(give)) : Promise.resolve(event);
        },
      });
    });
    outgoing.end();
  });
}

test('certificates are those of an authority, with names, addresses and groups', () => {
  const authority = makeAuthority(Date.now());
  const root = new X509Certificate(authority.certificate);
  const server = new X509Certificate(authority.server(['localhost', '127.0.0.1', '::1', 'fd00::1:2']).certificate);
  assert.equal(root.ca, true);
  assert.equal(server.verify(root.publicKey), true);
  assert.equal(server.checkIP('fd00::1:2'), 'fd00::1:2');
  assert.equal(server.checkHost('localhost'), 'localhost');
  const client = new X509Certificate(authority.client('jane', ['devs', 'testers']).certificate);
  assert.equal(client.subject, 'O=devs\nO=testers\nCN=jane');
});

test('an object is created, read, watched, changed and deleted', async (t) => {
  const client = await started(t);
  const events = await watch(client, `${configMaps}?watch=1&fieldSelector=metadata.name%3Da`);
  assert.equal((await client.send('POST', configMaps, configMap('a', { x: '1' }))).code, 201);
  assert.equal(field(await events.next(), 'type'), 'ADDED');
  const merge = { 'content-type': 'application/merge-patch+json' };
  assert.equal((await client.send('PATCH', `${configMaps}/a`, { data: { x: '2' } }, merge)).code, 200);
  const changed = await events.next();
  assert.deepEqual([field(changed, 'type'), dig(changed, 'object', 'data', 'x')], ['MODIFIED', '2']);
  assert.equal((await client.send('DELETE', `${configMaps}/a`)).code, 200);
  assert.equal(field(await events.next(), 'type'), 'DELETED');
  assert.equal((await client.send('GET', `${configMaps}/a`)).code, 404);
});

test('a definition takes effect at once and its objects go with it', async (t) => {
  const { send } = await started(t);
  const versions = [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  ];
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions,
    },
  };
  const path = '/apis/example.com/v1/namespaces/default/gadgets';
  assert.equal((await send('GET', path)).text, '404 page not found\n');
  assert.equal((await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)).code, 201);
  assert.equal((await send('POST', path, { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' } })).code, 201);
  const index = await send('GET', '/openapi/v3');
  assert.ok(asString(dig(index.body, 'paths', 'apis/example.com/v1', 'serverRelativeURL')));
  assert.equal((await send('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.example.com')).code, 200);
  assert.equal((await send('GET', path)).code, 404);
});

test('dependents go with their owner, and an emptied namespace goes too', async (t) => {
  const { server, send } = await started(t);
  const namespaces = '/api/v1/namespaces';
  assert.equal((await send('POST', namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })).code, 201);
  const maps = `${namespaces}/shop/configmaps`;
  const owner = await send('POST', maps, configMap('owner'));
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: dig(owner.body, 'metadata', 'uid') };
  const dependent = { ...configMap('dependent'), metadata: { name: 'dependent', ownerReferences: [reference] } };
  assert.equal((await send('POST', maps, dependent)).code, 201);
  assert.equal((await send('DELETE', `${maps}/owner`)).code, 200);
  assert.equal((await send('GET', `${maps}/dependent`)).code, 404);
  assert.equal((await send('DELETE', `${namespaces}/shop`)).code, 200);
  assert.equal((await send('GET', `${namespaces}/shop`)).code, 404);
  assert.equal(server.world.store.list({ group: '', resource: 'configmaps' }, 'shop').length, 0);
});

test('callers are who their certificate, token or headers say, and no more', async (t) => {
  const client = await started(t);
  const { server } = client;
  const anonymous = new Agent({ ca: server.authority.certificate });
  t.after(() => anonymous.destroy());
  assert.equal((await send(server, anonymous, 'GET', configMaps)).code, 403);
  assert.equal((await send(server, anonymous, 'GET', '/version')).code, 200);
  assert.equal((await send(server, anonymous, 'GET', '/version', undefined, { authorization: 'Bearer made.up.token' })).code, 401);
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const token = await client.send('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  const authorization = `Bearer ${asString(dig(token.body, 'status', 'token'))}`;
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const who = await send(server, anonymous, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review, {
    authorization,
    'content-type': 'application/json',
  });
  assert.equal(dig(who.body, 'status', 'userInfo', 'username'), 'system:serviceaccount:default:default');
  const as = await client.send('GET', configMaps, undefined, { 'impersonate-user': 'jane' });
  assert.equal(
    field(as.body, 'message'),
    'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default"',
  );
  assert.equal((await send(server, anonymous, 'GET', configMaps, undefined, { authorization, 'impersonate-user': 'admin' })).code, 403);
});

test('bodies that are broken, too large, too deep or of unknown kinds are refused with a Status', async (t) => {
  const { send } = await started(t);
  const deep = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"},"data":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
  const rows: readonly [what: string, body: string | Buffer, headers: Readonly<Record<string, string>>, code: number][] = [
    ['nothing', '', {}, 400],
    ['JSON that ends early', '{"apiVersion":', {}, 400],
    ['YAML that is none', 'a: b: c', { 'content-type': 'application/yaml' }, 400],
    ['bytes', Buffer.from([0, 255, 1, 254]), {}, 400],
    ['protobuf that ends early', Buffer.from('k8s\0\n\x7fv1', 'latin1'), { 'content-type': 'application/vnd.kubernetes.protobuf' }, 400],
    ['an unknown media type', '{}', { 'content-type': 'application/cbor' }, 415],
    ['a deep object', deep, {}, 400],
    ['an unknown kind', '{"apiVersion":"v1","kind":"Nothing","metadata":{"name":"x"}}', {}, 400],
    ['four megabytes', JSON.stringify(configMap('big', { x: 'x'.repeat(4 * 1024 * 1024) })), {}, 413],
    ['a list', '[]', {}, 400],
  ];
  for (const [what, body, headers, code] of rows) {
    const reply = await send('POST', configMaps, body, headers);
    assert.equal(reply.code, code, `${what}: ${reply.text.slice(0, 200)}`);
    assert.equal(field(reply.body, 'kind'), 'Status', what);
  }
  const hostile =
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"p","labels":{"__proto__":"x","constructor":"y"}},"data":{"__proto__":"z"}}';
  assert.ok((await send('POST', configMaps, hostile)).code < 500);
  assert.equal((await send('GET', '/apis/nothing.example.com/v1/things')).text, '404 page not found\n');
  assert.equal((await send('GET', `/api/v1/pods?labelSelector=${encodeURIComponent('a in (((')}`)).code, 400);
  assert.equal((await send('GET', '/healthz')).code, 200);
});

test('plain HTTP and half requests do not stop the server', async (t) => {
  const { server, send } = await started(t);
  await new Promise<void>((resolve) => {
    const outgoing = plainRequest({ port: server.port, host: '127.0.0.1' }, () => resolve());
    outgoing.on('error', () => resolve());
    outgoing.end();
  });
  assert.equal((await send('GET', '/healthz')).code, 200);
});

/** Waits for what comes in its time; a test that waits for long enough has its own end. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('an empty Audit-ID is none', async (t) => {
  const { server, agent } = await started(t);
  const ids = ['', 'mine'].map(
    (id) =>
      new Promise<unknown>((resolve, reject) => {
        const outgoing = request(`${server.url}/version`, { agent, headers: { 'audit-id': id } }, (incoming) => {
          incoming.resume();
          resolve(incoming.headers['audit-id']);
        });
        outgoing.on('error', reject);
        outgoing.end();
      }),
  );
  const [made, kept] = await Promise.all(ids);
  assert.match(String(made), /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(kept, 'mine');
});

test('watches over HTTPS get a change, and go when their clients vanish', { timeout: 60_000 }, async (t) => {
  const client = await started(t);
  const { server } = client;
  const since = server.world.store.revision();
  const few = await Promise.all(Array.from({ length: 100 }, () => watch(client, `${configMaps}?watch=1&resourceVersion=${since}`)));
  assert.equal(server.watches(), 100);
  server.world.store.put({ group: '', resource: 'configmaps' }, 'default', 'news', configMap('news'));
  for (const { next } of few) assert.equal(dig(await next(), 'object', 'metadata', 'name'), 'news');
  for (const { incoming } of few) incoming.destroy();
  await until(() => server.watches() === 0);
});

test('a watch whose client does not read ends, and the server goes on', { timeout: 60_000 }, async (t) => {
  const client = await started(t);
  const { server } = client;
  const slow = await watch(client, `${configMaps}?watch=1&resourceVersion=${server.world.store.revision()}`);
  slow.incoming.pause();
  const data = { x: 'x'.repeat(900_000) };
  for (let round = 0; round < 60 && server.watches() > 0; round++) {
    server.world.store.put({ group: '', resource: 'configmaps' }, 'default', 'large', configMap('large', data));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => server.watches() === 0);
  assert.equal((await client.send('GET', '/healthz')).code, 200);
});

test('what is kept in a file is there again, and the audit log says who did what', async (t) => {
  const root = folder(t, {});
  const save = join(root, 'state.json');
  const auditLog = join(root, 'audit.log');
  const first = await startSimulated({ objects: [], host: '127.0.0.1', port: 0, save, auditLog });
  const { certificate, key } = first.authority.client('admin', ['system:masters']);
  const agent = new Agent({ ca: first.authority.certificate, cert: certificate, key });
  assert.equal(
    (
      await send(first, agent, 'POST', '/api/v1/namespaces/default/secrets', {
        ...configMap('s'),
        kind: 'Secret',
        data: { p: 'aHVudGVyMg==' },
      })
    ).code,
    201,
  );
  agent.destroy();
  await first.stop();
  const log = readFileSync(auditLog, 'utf8');
  const events = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
  assert.deepEqual(
    events.map((event) => [field(event, 'verb'), dig(event, 'user', 'username'), dig(event, 'responseStatus', 'code')]),
    [['create', 'admin', 201]],
  );
  assert.ok(!log.includes('aHVudGVyMg=='));
  const { send: again } = await started(t, { save });
  assert.equal((await again('GET', '/api/v1/namespaces/default/secrets/s')).code, 200);
});

test('manifests are created as a server would: defaulted, or refused with the reason', async (t) => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
    },
  };
  const { server, send } = await started(t, {
    objects: [deployment, { ...deployment, metadata: { name: 'Bad_Name', namespace: 'shop' } }],
  });
  assert.equal(server.world.refused.length, 1);
  const list = await send('GET', '/apis/apps/v1/namespaces/shop/deployments');
  assert.equal(dig(asList(field(list.body, 'items'))[0], 'spec', 'replicas'), 1);
});

test('a certificate of another authority is refused; without any the caller is nobody in particular', { timeout: 30_000 }, async (t) => {
  const { server } = await started(t);
  const { certificate, key } = makeAuthority(Date.now()).client('admin', ['system:masters']);
  const agent = new Agent({ ca: server.authority.certificate, cert: certificate, key });
  t.after(() => agent.destroy());
  assert.equal((await send(server, agent, 'GET', '/version')).code, 401);
  const stranger = new Agent({ ca: server.authority.certificate });
  t.after(() => stranger.destroy());
  assert.equal((await send(server, stranger, 'GET', '/version')).code, 200);
});

test('groups of definitions stand in the classic list by the names of their APIServices, in the aggregated one by their own', async (t) => {
  const definition = (group: string, version: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
  const { send } = await started(t);
  for (const [group, version] of [
    ['app.example.io', 'v1beta1'],
    ['workflows.example.io', 'v1alpha1'],
    ['zoo.example.io', 'v1'],
  ] as const)
    assert.equal((await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition(group, version))).code, 201);
  const names = (list: Json | undefined, ...path: readonly string[]) =>
    asList(list)
      .map((group) => asString(dig(group, ...path)) ?? '')
      .filter((name) => name.endsWith('.example.io'));
  const classic = await send('GET', '/apis');
  assert.deepEqual(names(field(classic.body, 'groups'), 'name'), ['zoo.example.io', 'workflows.example.io', 'app.example.io']);
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const aggregated = await send('GET', '/apis', undefined, { accept });
  assert.deepEqual(names(field(aggregated.body, 'items'), 'metadata', 'name'), [
    'app.example.io',
    'workflows.example.io',
    'zoo.example.io',
  ]);
});

test('the old path of a watch may name a namespace', async (t) => {
  const { send } = await started(t);
  const { text } = await send('GET', '/api/v1/watch/namespaces/default?timeoutSeconds=1');
  assert.deepEqual(
    text
      .trim()
      .split('\n')
      .map((line) => [field(parsed(line), 'type'), dig(parsed(line), 'object', 'metadata', 'name')]),
    [['ADDED', 'default']],
  );
});
