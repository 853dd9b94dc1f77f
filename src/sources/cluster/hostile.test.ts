// Answers no API server would give: each becomes a problem that says what to do, credentials stay where they belong, nothing else is lost.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { json, type Script, type ScriptedServer, scriptedServer, smallApi } from '../../../test/cluster/scripted.ts';
import { type ClusterOptions, loadCluster } from './load.ts';

const canary = 'canary-token-b1946ac92492d2347c6235b4d2611184';
const pods = { resource: 'pods', kind: 'Pod' };
const services = { resource: 'services', kind: 'Service' };
const quick = { connect: 2000, answer: 400, silence: 300, total: 1500, bytes: 200_000 };

function pod(name: string): unknown {
  return { metadata: { name, namespace: 'shop', resourceVersion: '7' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
}

function podList(names: readonly string[], more?: string): unknown {
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '9', ...(more === undefined ? {} : { continue: more }) },
    items: names.map(pod),
  };
}

async function loadFrom(
  t: TestContext,
  script: Script,
  options: Partial<ClusterOptions> = {},
): Promise<{ server: ScriptedServer; loaded: Awaited<ReturnType<typeof loadCluster>> } | undefined> {
  const server = await scriptedServer(t, script);
  if (server === undefined) return undefined;
  const kubeconfig = server.kubeconfig({ token: canary });
  const loaded = await loadCluster({ kubeconfig, environment: {}, limits: quick, retries: 1, ...options });
  assert.ok(!JSON.stringify(loaded).includes(canary), 'the token is in no result');
  return { server, loaded };
}

/** What a single list of pods may answer, and what comes of it. */
const rows: readonly { readonly name: string; readonly list: Script; readonly code: string; readonly says: RegExp }[] = [
  {
    name: 'truncated JSON',
    list: (_, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":"PodList","items":[{"metadata"'),
    code: 'cluster/bad-answer',
    says: /not JSON/,
  },
  {
    name: 'a body that ends before its length',
    list: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"kind":"PodList"');
      setTimeout(() => response.destroy(), 20);
    },
    code: 'cluster/unreachable',
    says: /closed by the other side/,
  },
  {
    name: 'a web page',
    list: (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>'),
    code: 'cluster/bad-answer',
    says: /text\/html that is not JSON; is it a Kubernetes API server/,
  },
  {
    name: 'JSON that is no list',
    list: (_, response) => json(response, { kind: 'Pod' }),
    code: 'cluster/bad-answer',
    says: /with no list/,
  },
  {
    name: 'a body larger than is read',
    list: (_, response) => void response.writeHead(200).end(Buffer.alloc(400_000, 32)),
    code: 'cluster/bad-answer',
    says: /over 200000 bytes/,
  },
  {
    name: 'a gzip bomb',
    list: (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000))),
    code: 'cluster/bad-answer',
    says: /over 200000 bytes/,
  },
  {
    name: 'gzip that is none',
    list: (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
    code: 'cluster/bad-answer',
    says: /not the gzip it says/,
  },
  {
    name: 'no answer',
    list: () => undefined,
    code: 'cluster/unreachable',
    says: /did not answer in time/,
  },
  {
    name: 'a body that stops',
    list: (_, response) => void response.writeHead(200).write('{'),
    code: 'cluster/unreachable',
    says: /came to a halt/,
  },
  {
    name: 'a body that drips',
    list: (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    },
    code: 'cluster/unreachable',
    says: /took too long/,
  },
  {
    name: 'a list that never ends',
    list: (_, response) => json(response, podList(['a'], 'again')),
    code: 'cluster/bad-answer',
    says: /does not end/,
  },
  {
    name: 'status 500 with control characters',
    list: (_, response) => json(response, { kind: 'Status', message: 'boom\u001b[2J\u202e' }, 500),
    code: 'cluster/bad-answer',
    says: /status 500 to list pods: boom\\x1b\[2J\\u202e/,
  },
  {
    name: 'a redirect to another host',
    list: (_, response) => void response.writeHead(302, { location: 'https://evil.example/steal' }).end(),
    code: 'cluster/bad-answer',
    says: /on to https:\/\/evil\.example, which is not followed/,
  },
  {
    name: 'Retry-After beyond all patience',
    list: (_, response) => json(response, { kind: 'Status' }, 429, { 'retry-after': '86400' }),
    code: 'cluster/overloaded',
    says: /no capacity/,
  },
];

for (const { name, list, code, says } of rows)
  test(`a list of pods answered with ${name} is ${code}, and the services are still there`, async (t) => {
    const done = await loadFrom(
      t,
      smallApi([services, pods], (request, response, requests) => {
        if (request.url?.includes('/services') === true)
          json(response, { kind: 'ServiceList', metadata: {}, items: [{ metadata: { name: 's', namespace: 'shop' } }] });
        else setTimeout(() => list(request, response, requests), 30);
      }),
    );
    if (done === undefined) return;
    const { loaded } = done;
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.ok(loaded.value.resources.some(({ kind }) => kind === 'Service'));
    const told = loaded.value.problems.find((problem) => problem.code === code || problem.code === 'cluster/interrupted');
    assert.match(told?.message ?? '', says);
    assert.equal(loaded.value.coverage[0]?.state, 'partial');
    assert.match(loaded.value.coverage.find(({ source }) => source === 'pods')?.state ?? '', /failed|partial/);
  });

test('a redirect sends no credentials anywhere', async (t) => {
  const other = await scriptedServer(t, (_, response) => json(response, {}));
  if (other === undefined) return;
  await loadFrom(t, (request, response) => void response.writeHead(307, { location: `${other.server}${request.url}` }).end());
  assert.deepEqual(other.requests, []);
});

test('a redirect on the same host is not followed either', async (t) => {
  const done = await loadFrom(t, (_, response) => void response.writeHead(301, { location: '/login' }).end());
  assert.ok(done === undefined || !done.loaded.ok);
});

test('429 with Retry-After is waited out', async (t) => {
  let refusals = 2;
  const done = await loadFrom(
    t,
    smallApi([pods], (_, response) => {
      if (refusals-- > 0) json(response, { kind: 'Status', message: 'busy' }, 429, { 'retry-after': '0' });
      else json(response, podList(['a']));
    }),
  );
  if (done === undefined) return;
  assert.ok(done.loaded.ok);
  assert.equal(done.loaded.value.resources.length, 1);
  assert.deepEqual(done.loaded.value.problems, []);
});

test('a page that is too large is asked for again in smaller ones', async (t) => {
  const done = await loadFrom(
    t,
    smallApi([pods], (request, response) => {
      const query = new URL(request.url ?? '', 'https://x').searchParams;
      const limit = Number(query.get('limit'));
      const from = Number(query.get('continue') ?? '0');
      const names = Array.from({ length: Math.min(limit, 100 - from) }, (_, index) => `pod-${from + index}-${'x'.repeat(3000)}`);
      json(response, podList(names, from + limit < 100 ? String(from + limit) : undefined));
    }),
  );
  if (done === undefined) return;
  assert.ok(done.loaded.ok);
  assert.equal(done.loaded.value.resources.length, 100);
});

test('an expired continue token starts the list again, and in the end goes on from where it was', async (t) => {
  let firstPages = 0;
  const done = await loadFrom(
    t,
    smallApi([pods], (request, response) => {
      const next = new URL(request.url ?? '', 'https://x').searchParams.get('continue');
      if (next === null) {
        firstPages++;
        json(response, podList(['a'], 'old'));
      } else if (next === 'old') json(response, { kind: 'Status', code: 410, reason: 'Expired', metadata: { continue: 'new' } }, 410);
      else json(response, podList(['b']));
    }),
  );
  if (done === undefined) return;
  assert.ok(done.loaded.ok);
  assert.equal(firstPages, 3);
  assert.deepEqual(
    done.loaded.value.resources.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.match(done.loaded.value.problems[0]?.message ?? '', /two moments/);
});

test('a server that dies half-way leaves what was read', async (t) => {
  const kinds = Array.from({ length: 20 }, (_, index) => ({ resource: `things${String.fromCharCode(97 + index)}`, kind: `Thing${index}` }));
  let lists = 0;
  let server: ScriptedServer | undefined;
  server = await scriptedServer(
    t,
    smallApi(kinds, (_, response) => {
      if (++lists > 8) server?.die();
      else json(response, { kind: 'List', metadata: {}, items: [{ metadata: { name: `n${lists}`, namespace: 'shop' } }] });
    }),
  );
  if (server === undefined) return;
  const loaded = await loadCluster({ kubeconfig: server.kubeconfig({ token: canary }), environment: {}, limits: quick, retries: 1 });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.equal(loaded.value.resources.length, 8);
  const told = loaded.value.problems.find(({ code }) => code === 'cluster/interrupted');
  assert.match(told?.message ?? '', /after 8 objects had been read; not read: /);
  assert.match(loaded.value.coverage[0]?.detail ?? '', /8 objects of 8 kinds; 12 of 20 kinds not read/);
});

test('names from discovery cannot lead a request elsewhere', async (t) => {
  const names = ['../../../etc', 'pods?x=', '//evil.example/x', 'pods#', 'a/b', 'pods'];
  const done = await loadFrom(
    t,
    smallApi(
      names.map((resource) => ({ resource, kind: 'Pod' })),
      (_, response) => json(response, podList(['a'])),
    ),
  );
  if (done === undefined) return;
  assert.ok(done.loaded.ok);
  assert.deepEqual([...new Set(done.server.requests.map(({ path }) => path.split('?')[0]))].sort(), [
    '/api',
    '/api/v1/pods',
    '/apis',
    '/version',
  ]);
  assert.match(done.loaded.value.problems[0]?.message ?? '', /2 resources have names that no resource can have/);
});

test('odd items are told and the others kept, __proto__ is a key like any other', async (t) => {
  const body =
    '{"kind":"PodList","metadata":{},"items":[null,7,"x",{"metadata":null},{"metadata":{"name":"ok","namespace":"shop","labels":{"__proto__":"x","constructor":"y"}},"__proto__":{"polluted":true}}]}';
  const done = await loadFrom(
    t,
    smallApi([pods], (_, response) => void response.writeHead(200).end(body)),
  );
  if (done === undefined) return;
  assert.ok(done.loaded.ok);
  const [only] = done.loaded.value.resources;
  assert.deepEqual(Object.keys(only?.object.metadata?.labels ?? {}), ['__proto__', 'constructor']);
  assert.ok(Object.hasOwn(only?.object ?? {}, '__proto__'));
  assert.equal(Reflect.get({}, 'polluted'), undefined);
  assert.equal(done.loaded.value.problems.filter(({ code }) => code === 'object/not-an-object').length, 4);
});

test('a whole number beyond 2^53 is told, because it is not kept exactly', async (t) => {
  const body =
    '{"kind":"PodList","metadata":{},"items":[{"metadata":{"name":"n","namespace":"s"},"spec":{"big":9223372036854775807,"text":":9223372036854775807"}}]}';
  const done = await loadFrom(
    t,
    smallApi([pods], (_, response) => void response.writeHead(200).end(body)),
  );
  if (done === undefined) return;
  assert.ok(done.loaded.ok);
  assert.match(done.loaded.value.problems[0]?.message ?? '', /Pod s\/n: holds a whole number beyond/);
});

test('a cluster that is not there is unreachable, at once where nothing listens', async (t) => {
  const server = await scriptedServer(t, (_, response) => json(response, {}));
  if (server === undefined) return;
  server.die();
  const loaded = await loadCluster({ kubeconfig: server.kubeconfig({ token: canary }), environment: {}, retries: 0 });
  assert.ok(!loaded.ok);
  assert.equal(loaded.problem.code, 'cluster/unreachable');
  assert.match(loaded.problem.message, /connection refused/);
});

test('a server that the kubeconfig does not vouch for gets no credentials', async (t) => {
  const server = await scriptedServer(t, (_, response) => json(response, {}));
  const other = await scriptedServer(t, (_, response) => json(response, {}));
  if (server === undefined || other === undefined) return;
  const kubeconfig = other.kubeconfig({ token: canary }, { server: server.server });
  const loaded = await loadCluster({ kubeconfig, environment: {}, retries: 0 });
  assert.ok(!loaded.ok);
  assert.match(loaded.problem.message, /certificate/);
  assert.deepEqual(server.requests, []);
});
