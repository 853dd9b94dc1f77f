// The webhook under bad conditions: what it is sent, what its policies do, what happens to its certificate, and how it goes down.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { makeAuthority, makeCertificate } from '../../../test/cluster/certificates.ts';
import { folder } from '../../../test/folder.ts';
import type { CompiledPolicy } from '../../policy/compiled.ts';
import { type AdmitOptions, admit, patience, type Webhook } from './admit.ts';
import { complaint, readCertificate } from './certificate.ts';
import { noFacts } from './facts.ts';

const group = 'admissionregistration.k8s.io/v1';

function policyText(name: string, expression: string, more: object = {}, onBinding: object = {}): string {
  const items = [
    {
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }] },
        validations: [{ expression, message: `${name} says no` }],
        ...more,
      },
    },
    {
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'], ...onBinding },
    },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function builtIn(name: string, failurePolicy: 'Fail' | 'Ignore', evaluate: () => never): CompiledPolicy {
  return { name, kind: 'Test', phase: 'validate', failurePolicy, targets: [{ operations: ['*'], resources: ['*'] }], issues: [], evaluate };
}

interface Trial extends Webhook {
  readonly root: string;
  readonly options: AdmitOptions;
  readonly told: string[];
  readonly records: string[];
  readonly ask: (body: string, path?: string) => Promise<{ readonly status: number; readonly text: string; readonly closes: boolean }>;
  readonly review: (
    change?: object,
  ) => Promise<{ readonly allowed: boolean; readonly status?: { readonly message: string; readonly code: number }; readonly uid: string }>;
}

function reviewText(change: object = {}): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u-1',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      name: 'a',
      namespace: 'shop',
      operation: 'CREATE',
      userInfo: { username: 'anna', groups: ['dev'] },
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' }, data: {} },
      dryRun: false,
      ...change,
    },
  });
}

function posted(agent: Agent, port: number, body: string, path = '/validate'): ReturnType<Trial['ask']> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode ?? 0, text, closes: response.headers.connection === 'close' });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function trial(t: TestContext, files: Readonly<Record<string, string>>, change: Partial<AdmitOptions> = {}): Promise<Trial> {
  const root = folder(t, files);
  const { certificate: ca } = makeAuthority(root, 'authority');
  makeCertificate(root, { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1' });
  const told: string[] = [];
  const records: string[] = [];
  const options: AdmitOptions = {
    host: '127.0.0.1',
    port: 0,
    health: { host: '127.0.0.1', port: 0 },
    certFile: join(root, 'tls.crt'),
    keyFile: join(root, 'tls.key'),
    clientNames: [],
    policies: { paths: [join(root, 'policies')], lastKnownGood: join(root, 'state', 'policies.json'), builtIn: [], minor: 36 },
    excluded: new Set(['cofferdam']),
    breakGlassKeys: [],
    longest: 2_000,
    interval: 3_600_000,
    record: (line) => records.push(line),
    tell: (line) => told.push(line),
    ...change,
  };
  const started = await admit(options);
  assert.ok(started.ok, started.ok ? '' : started.problem.message);
  const webhook = started.value;
  t.after(() => webhook.stop(0));
  const agent = new Agent({ keepAlive: true, ca });
  t.after(() => agent.destroy());
  const ask: Trial['ask'] = (body, path) => posted(agent, webhook.port, body, path);
  const review: Trial['review'] = async (more) => JSON.parse((await ask(reviewText(more))).text).response;
  return { ...webhook, root, options, told, records, ask, review };
}

const sayingNo = { 'policies/no.json': policyText('no', "object.data.size() == 0 && request.name != 'b'", { failurePolicy: 'Fail' }) };

describe('what is sent', () => {
  test('is a review or refused, and the next one is answered', async (t) => {
    const { ask, review } = await trial(t, sayingNo);
    for (const [name, body, status] of [
      ['no JSON', '{', 400],
      ['nothing', '', 400],
      ['another kind', '{"apiVersion":"v1","kind":"Pod"}', 400],
      ['a review without a request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 400],
      ['an operation there is not', reviewText({ operation: 'FETCH' }), 400],
      ['no uid', reviewText({ uid: '' }), 400],
      ['ten megabytes', reviewText({ object: { data: 'x'.repeat(10 * 1024 * 1024) } }), 413],
    ] as const) {
      const answer = await ask(body).catch(() => ({ status: 413 }));
      assert.equal(answer.status, status, name);
    }
    assert.equal((await ask(reviewText(), '/elsewhere')).status, 404);
    assert.equal((await review()).allowed, true);
  });

  test('is answered by the failurePolicy of what it would be judged by where it cannot be read exactly', async (t) => {
    const rounded = reviewText({ object: { a: 0 } }).replace('"a":0', '"a":9007199254740993');
    const deep = reviewText({ object: 0 }).replace('"object":0', `"object":${'['.repeat(5000)}${']'.repeat(5000)}`);
    const twice = reviewText({ object: { a: 0 } }).replace('"a":0', `"a":1,"a":2,"b":"${'1'.repeat(16)}"`);
    for (const [failurePolicy, allowed] of [
      ['Fail', false],
      ['Ignore', true],
    ] as const) {
      const { ask, records } = await trial(t, { 'policies/p.json': policyText('all', 'true', { failurePolicy }) });
      for (const body of [rounded, deep, twice]) {
        const { status, text } = await ask(body);
        assert.equal(status, 200);
        assert.deepEqual([JSON.parse(text).response.allowed, JSON.parse(text).response.uid], [allowed, 'u-1'], text);
      }
      assert.match(records[0] ?? '', /cannot be judged: an integer beyond 2\^53/);
    }
    const { ask } = await trial(t, { 'policies/p.json': policyText('all', 'true') });
    const left = JSON.parse((await ask(rounded.replace('"namespace":"shop"', '"namespace":"cofferdam"'))).text);
    assert.equal(left.response.allowed, true, 'what is left alone stays so');
  });

  test('keys that JavaScript treats in its own way are keys like any other', async (t) => {
    const { ask } = await trial(t, {
      'policies/p.json': policyText('proto', "!('__proto__' in object.data) && !('constructor' in object.data)"),
    });
    const object = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"__proto__":"x"}}';
    const { text } = await ask(reviewText({ object: 0 }).replace('"object":0', `"object":${object}`));
    assert.equal(JSON.parse(text).response.allowed, false);
    assert.equal(JSON.parse((await ask(reviewText())).text).response.allowed, true);
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });

  test('a client that sends slowly or not at all holds up nobody', async (t) => {
    const { review, port } = await trial(t, sayingNo);
    const sockets = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'));
    t.after(() => {
      for (const socket of sockets) socket.destroy();
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.on('error', () => {}).write('GET');
    assert.equal((await review()).allowed, true);
  });

  test('a client that never shakes hands does not hold up the end', async (t) => {
    const { stop, port } = await trial(t, sayingNo);
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('G');
    const began = performance.now();
    await stop(0);
    assert.ok(performance.now() - began < 15_000, 'it waited for the client');
  });
});

describe('a policy', () => {
  test('that throws denies or is passed over as its failurePolicy says, and is recorded either way', async (t) => {
    const throws = () => {
      throw new Error('broken');
    };
    const { review, records } = await trial(
      t,
      {},
      { policies: { paths: [], lastKnownGood: undefined, builtIn: [builtIn('ignored', 'Ignore', throws)], minor: 36 } },
    );
    assert.equal((await review()).allowed, true);
    assert.match(records.join(), /it failed: broken/);
    const failing = await trial(
      t,
      {},
      { policies: { paths: [], lastKnownGood: undefined, builtIn: [builtIn('failing', 'Fail', throws)], minor: 36 } },
    );
    const { allowed, status } = await failing.review();
    assert.deepEqual([allowed, status?.code], [false, 500]);
    assert.match(status?.message ?? '', /failing: could not be evaluated: it failed: broken/);
  });

  test('that loops or allocates runs out of its budget and denies', async (t) => {
    const list = `[${Array.from({ length: 100 }, (_, index) => index).join(',')}]`;
    const loop = `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, a + b + c + d >= 0))))`;
    const grow = `['x'].map(a, a + a).map(a, a + a).all(a, a.size() > 0) && ${list}.map(a, ${list}.map(b, ${list}.map(c, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxx' + string(c)))).size() == 0`;
    for (const expression of [loop, grow]) {
      const { review } = await trial(t, { 'policies/p.json': policyText('costly', expression) });
      const began = performance.now();
      const { allowed, status } = await review();
      assert.equal(allowed, false);
      assert.match(status?.message ?? '', /cost|budget/i);
      assert.ok(performance.now() - began < 5_000);
    }
  });

  test('that asks for facts which are not there errs', async (t) => {
    const selector = { matchResources: { namespaceSelector: { matchLabels: { tier: 'web' } } } };
    for (const [failurePolicy, expected] of [
      ['Fail', false],
      ['Ignore', true],
    ] as const) {
      const files = { 'policies/p.json': policyText('selects', 'true', { failurePolicy }, selector) };
      const { review, records } = await trial(t, files, {
        facts: () => ({ facts: () => noFacts('the API server does not answer'), isSynced: () => false, stop: () => {} }),
      });
      assert.equal((await review()).allowed, expected, failurePolicy);
      assert.match(records.join(), /the API server does not answer/);
    }
  });

  test('is not asked after the deadline', async (t) => {
    const { ask } = await trial(t, sayingNo);
    assert.equal(JSON.parse((await ask(reviewText(), '/validate?timeout=0.001ms')).text).response.allowed, false);
    assert.deepEqual(
      [patience('timeout=2s', 9_000), patience('timeout=10s', 2_000), patience('', 2_000), patience('timeout=x', 5)],
      [1_500, 2_000, 2_000, 5],
    );
  });

  test('judges nothing in excluded namespaces, and no leases', async (t) => {
    const { review } = await trial(t, { 'policies/p.json': policyText('never', 'false') });
    assert.equal((await review()).allowed, false);
    assert.equal((await review({ namespace: 'cofferdam' })).allowed, true);
    const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };
    assert.equal((await review({ resource: leases, kind: { ...leases, kind: 'Lease' } })).allowed, true);
  });
});

test('a mutating policy that cannot be evaluated does not keep the others from the object', async (t) => {
  const marks = (name: string, key: string, onBinding: object) =>
    ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'].map((kind) => ({
      apiVersion: group,
      kind,
      metadata: { name },
      spec: kind.endsWith('Binding')
        ? { policyName: name, ...onBinding }
        : {
            failurePolicy: 'Ignore',
            reinvocationPolicy: 'Never',
            matchConstraints: { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }] },
            mutations: [
              { patchType: 'JSONPatch', jsonPatch: { expression: `[JSONPatch{op: 'add', path: '/data/${key}', value: 'yes'}]` } },
            ],
          },
    }));
  const selector = { matchResources: { namespaceSelector: { matchLabels: { tier: 'web' } } } };
  const items = [...marks('asks', 'asked', selector), ...marks('plain', 'plain', {})];
  const { ask, records } = await trial(
    t,
    { 'policies/p.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) },
    { facts: () => ({ facts: () => noFacts('the API server does not answer'), isSynced: () => false, stop: () => {} }) },
  );
  const { allowed, patch } = JSON.parse((await ask(reviewText(), '/mutate')).text).response;
  assert.equal(allowed, true);
  assert.deepEqual(JSON.parse(atob(patch)), [{ op: 'add', path: '/data/plain', value: 'yes' }]);
  assert.match(records.join(), /"asks","kind":"error","message":"the API server does not answer"/);
  const late = JSON.parse((await ask(reviewText(), '/mutate?timeout=0.001ms')).text).response;
  assert.deepEqual([late.allowed, late.patch], [true, undefined], 'nothing is changed after the deadline');
});

test('facts for the old policies stay known until those for the new ones have come', async (t) => {
  const selector = { matchResources: { namespaceSelector: { matchLabels: { tier: 'web' } } } };
  const known = { ...noFacts(''), missing: () => undefined };
  const context = { ...known.context, namespace: () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { labels: { tier: 'web' } } }) };
  const made: { synced: boolean; stopped: boolean }[] = [];
  const { review, root, refresh } = await trial(
    t,
    { 'policies/p.json': policyText('selects', 'true', { failurePolicy: 'Fail' }, selector) },
    {
      facts: () => {
        const state = { synced: made.length === 0, stopped: false };
        made.push(state);
        return {
          facts: () => (state.synced ? { ...known, context } : noFacts('not read yet')),
          isSynced: () => state.synced,
          stop: () => {
            state.stopped = true;
          },
        };
      },
    },
  );
  assert.equal((await review()).allowed, true);
  writeFileSync(join(root, 'policies', 'p.json'), policyText('selects', '1 + 1 == 2', { failurePolicy: 'Fail' }, selector));
  await refresh();
  assert.equal((await review()).allowed, true, 'no gap');
  const [first, second] = made;
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(first.stopped, false);
  second.synced = true;
  assert.equal((await review()).allowed, true);
  assert.equal(first.stopped, true);
});

describe('policies on disk', () => {
  test('that are emptied by mistake leave the last right ones in force', async (t) => {
    const { review, root, refresh, told } = await trial(t, { 'policies/p.json': policyText('never', 'false') });
    rmSync(join(root, 'policies', 'p.json'));
    await refresh();
    assert.equal((await review()).allowed, false);
    assert.match(told.join(), /there is no policy in/);
  });

  test('that are broken when the webhook starts leave the last right ones in force', async (t) => {
    const first = await trial(t, { 'policies/p.json': policyText('never', 'false') });
    await first.stop(0);
    writeFileSync(join(first.root, 'policies', 'p.json'), '{"apiVersion": "admissionregistration');
    const again = await admit(first.options);
    assert.ok(again.ok);
    t.after(() => again.value.stop(0));
    assert.match(first.told.join(), /last right set is in force/);
    const metrics = await (await fetch(`http://127.0.0.1:${again.value.healthPort}/metrics`)).text();
    assert.match(metrics, /cofferdam_admission_policies 1\n/);
    assert.match(metrics, /cofferdam_admission_policies_stale 1\n/);
  });

  test('that are broken and have no right ones before them keep it from starting', async (t) => {
    const first = await trial(t, sayingNo);
    writeFileSync(join(first.root, 'policies', 'no.json'), policyText('no', 'object.'));
    rmSync(join(first.root, 'state'), { recursive: true });
    const again = await admit({ ...first.options, port: 0 });
    assert.ok(!again.ok);
    assert.match(again.problem.message, /policy no: spec\.validations\[0\]\.expression/);
  });
});

test('what a Secret holds is in no answer and in no record', async (t) => {
  const quoting = policyText('quotes', "object.data.password == 'x'").replace(
    '"message":"quotes says no"',
    `"messageExpression":"'bad ' + object.data.password"`,
  );
  const { ask, records } = await trial(t, { 'policies/p.json': quoting });
  const kind = { group: '', version: 'v1', kind: 'Secret' };
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { password: 'c3VwZXJzZWNyZXQ=' } };
  const { text } = await ask(reviewText({ kind, resource: { group: '', version: 'v1', resource: 'secrets' }, object }));
  assert.equal(JSON.parse(text).response.status.message, 'quotes: bad (hidden)');
  assert.doesNotMatch(`${text}${records.join()}`, /c3VwZXJz|supersecret/);
  assert.equal(records.length, 1);
});

test('policies of an engine that is not run here keep the webhook from starting', async (t) => {
  const first = await trial(t, sayingNo);
  const template = { apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate', metadata: { name: 'k8srequiredlabels' } };
  writeFileSync(join(first.root, 'policies', 'other.json'), JSON.stringify(template));
  rmSync(join(first.root, 'state'), { recursive: true });
  const again = await admit({ ...first.options, port: 0 });
  assert.ok(!again.ok);
  assert.match(again.problem.message, /ConstraintTemplate k8srequiredlabels of Gatekeeper/);
});

describe('the certificate', () => {
  test('is changed under load without a refused review', async (t) => {
    const { review, root, refresh, told } = await trial(t, sayingNo);
    const load = Array.from({ length: 200 }, () => review());
    makeCertificate(root, { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1' });
    await refresh();
    const answers = await Promise.all([...load, ...Array.from({ length: 50 }, () => review())]);
    assert.ok(answers.every(({ allowed }) => allowed));
    assert.match(told.join(), /is in use/);
  });

  test('is not changed for one whose key is another', async (t) => {
    const { review, root, refresh, told } = await trial(t, sayingNo);
    const key = readFileSync(join(root, 'ca.key'));
    writeFileSync(join(root, 'tls.key'), key);
    await refresh();
    assert.match(told.join(), /is not the key of/);
    assert.equal((await review()).allowed, true);
  });

  test('that has expired, or is not valid yet, makes the webhook not ready and is said', async (t) => {
    const { root, refresh, healthPort } = await trial(t, sayingNo);
    const ready = async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status;
    assert.equal(await ready(), 200);
    makeCertificate(root, { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1', days: -1 });
    await refresh();
    assert.equal(await ready(), 503);
    makeCertificate(root, { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1', days: 30 });
    const read = readCertificate(join(root, 'tls.crt'), join(root, 'tls.key'));
    assert.ok(read.ok);
    const day = 86_400_000;
    assert.equal(complaint(read.value, Date.now()), undefined);
    assert.match(complaint(read.value, Date.now() - day) ?? '', /valid only from/);
    assert.match(complaint(read.value, Date.now() + 25 * day) ?? '', /expires in 4 days/);
    assert.match(complaint(read.value, Date.now() + 31 * day) ?? '', /expired on/);
  });

  test('of a client is asked for, and its name', async (t) => {
    const root = folder(t, {});
    const { certificate: clientAuthority } = makeAuthority(root, 'clients');
    const { certificate: cert, key } = makeCertificate(root, { file: 'c', subject: '/CN=kube-apiserver' });
    const { port, root: own } = await trial(t, sayingNo, { clientAuthority, clientNames: ['kube-apiserver'] });
    const other = makeCertificate(root, { file: 'o', subject: '/CN=someone' });
    const ca = readFileSync(join(own, 'ca.crt'), 'utf8');
    const status = (pair: { readonly cert?: string; readonly key?: string }) =>
      new Promise<number>((resolve) => {
        const sent = request({ host: '127.0.0.1', port, path: '/validate', method: 'POST', ca, ...pair, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        sent.on('error', () => resolve(0));
        sent.end(reviewText());
      });
    assert.deepEqual(
      [await status({ cert, key }), await status({ cert: other.certificate, key: other.key }), await status({})],
      [200, 403, 0],
    );
  });
});

test('two replicas behind one address: one goes down under load, no review is lost and none is answered otherwise', async (t) => {
  const first = await trial(t, sayingNo);
  const started = await admit({ ...first.options, port: 0 });
  assert.ok(started.ok);
  const replicas = [first, started.value];
  t.after(() => started.value.stop(0));
  const ready = new Set(replicas);
  // What a Service does: new connections go to replicas that are ready.
  let next = 0;
  const address = createServer((client) => {
    const [replica] = [...ready].slice(next++ % ready.size);
    const server = connect(replica?.port ?? 0, '127.0.0.1');
    client.pipe(server).pipe(client);
    for (const socket of [client, server])
      socket.on('error', () => {
        client.destroy();
        server.destroy();
      });
  });
  await new Promise<void>((resolve) => address.listen(0, '127.0.0.1', resolve));
  t.after(() => address.close());
  const { port } = address.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 10, ca: readFileSync(join(first.root, 'ca.crt')) });
  t.after(() => agent.destroy());
  const answers: string[] = [];
  let stopped = false;
  const load = Array.from({ length: 10 }, async () => {
    while (!stopped) {
      const { text } = await posted(agent, port, reviewText({ object: { data: {} }, name: 'b' }));
      answers.push(JSON.parse(text).response.status.message);
    }
  });
  while (answers.length <= 50) await new Promise((resolve) => setTimeout(resolve, 20));
  const down = first.stop(600);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await fetch(`http://127.0.0.1:${first.healthPort}/readyz`)).status, 503);
  ready.delete(first);
  await down;
  await new Promise((resolve) => setTimeout(resolve, 200));
  stopped = true;
  await Promise.all(load);
  assert.deepEqual([...new Set(answers)], ['no: no says no']);
});

test('SIGTERM under load loses no review', async (t) => {
  const root = folder(t, sayingNo);
  const { certificate: ca } = makeAuthority(root, 'authority');
  makeCertificate(root, { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1' });
  const words = [
    '--tls-cert',
    join(root, 'tls.crt'),
    '--tls-key',
    join(root, 'tls.key'),
    '--policies',
    join(root, 'policies'),
    '--no-cluster',
  ];
  const main = join(import.meta.dirname, '..', '..', '..', 'bin', 'cofferdam.cjs');
  const child = spawn(process.execPath, [main, 'admit', ...words, '--listen', '127.0.0.1:0', '--health-listen', 'none', '--grace', '1s'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let told = '';
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      told += String(chunk);
      const [, found] = /answered on port ([0-9]+)/.exec(told) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.on('exit', () => reject(new Error(told)));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 20, ca });
  let stopped = false;
  let answered = 0;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: '/validate', method: 'POST', agent }, (response) => {
        response.resume();
        response.on('end', () => {
          answered++;
          resolve();
        });
      });
      sent.on('error', reject);
      sent.end(reviewText());
    });
  const load = Array.from({ length: 20 }, async () => {
    while (!stopped) await one();
  });
  while (answered <= 100) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGTERM');
  // The endpoints forget the replica before its grace is over; from then on nobody asks it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  stopped = true;
  await Promise.all(load);
  const [status] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(status, 0);
  agent.destroy();
});
