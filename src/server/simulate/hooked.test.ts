// A simulated server with admission webhooks: ours as the webhook, one that changes objects, and what is said where nothing is called.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeAuthority, makeCertificate } from '../../../test/cluster/certificates.ts';
import { folder } from '../../../test/folder.ts';
import type { KubeObject } from '../../kube/object.ts';
import { dig, type Json, type JsonObject } from '../../lib/json.ts';
import { admit } from '../admit/admit.ts';
import { webhookCaller } from '../webhooks/caller.ts';
import { simulate } from './simulate.ts';

const policies = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'no' },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }] },
        validations: [{ expression: "object.metadata.name != 'bad'", message: 'bad is bad' }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'no' },
      spec: { policyName: 'no', validationActions: ['Deny'] },
    },
  ],
};

function configured(kind: 'Mutating' | 'Validating', service: string, path: string, ca: string): readonly KubeObject[] {
  const webhook = {
    name: `${service}.cofferdam.dev`,
    clientConfig: { service: { name: service, namespace: 'hooks', path }, caBundle: Buffer.from(ca).toString('base64') },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 30,
  };
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name: service },
      webhooks: [webhook],
    } as unknown as KubeObject,
    { apiVersion: 'v1', kind: 'Service', metadata: { name: service, namespace: 'hooks' }, spec: { ports: [{ port: 443 }] } } as KubeObject,
  ];
}

interface Running {
  readonly create: (name: string) => Promise<{ readonly status: number; readonly body: Json }>;
  readonly told: readonly string[];
}

async function running(t: TestContext, objects: readonly KubeObject[], services?: ReadonlyMap<string, string>): Promise<Running> {
  const told: string[] = [];
  const started = await simulate({
    objects,
    host: '127.0.0.1',
    port: 0,
    tell: (message) => told.push(message),
    ...(services === undefined ? {} : { makeCall: webhookCaller({ services, isInCluster: false }) }),
  });
  assert.ok(started.ok, started.ok ? '' : started.problem.message);
  const server = started.value;
  t.after(server.stop);
  const { certificate: cert, key } = server.authority.client('admin', ['system:masters']);
  const create = (name: string) =>
    new Promise<{ readonly status: number; readonly body: Json }>((resolve, reject) => {
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
      const path = '/api/v1/namespaces/default/configmaps';
      const headers = { 'content-type': 'application/json' };
      const options = { host: '127.0.0.1', port: server.port, method: 'POST', path, headers, cert, key, ca: server.authority.certificate };
      const outgoing = send(options, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Json }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { create, told };
}

test('the webhook of this program judges what is written', async (t) => {
  const root = folder(t, { 'policies/no.json': JSON.stringify(policies) });
  const { certificate: ca } = makeAuthority(root, 'hooks');
  makeCertificate(root, { file: 'tls', subject: '/CN=admit', names: 'DNS:admit.hooks.svc' });
  const started = await admit({
    host: '127.0.0.1',
    port: 0,
    health: { host: '127.0.0.1', port: 0 },
    certFile: join(root, 'tls.crt'),
    keyFile: join(root, 'tls.key'),
    clientNames: [],
    policies: { paths: [join(root, 'policies')], lastKnownGood: join(root, 'state.json'), builtIn: [], minor: 36 },
    excluded: new Set(),
    breakGlassKeys: [],
    longest: 2_000,
    interval: 3_600_000,
    record: () => {},
    tell: () => {},
  });
  assert.ok(started.ok);
  t.after(() => started.value.stop(0));
  const objects = configured('Validating', 'admit', '/validate', ca);
  const { create } = await running(t, objects, new Map([['hooks/admit', `https://127.0.0.1:${started.value.port}`]]));
  assert.equal((await create('good')).status, 201);
  const { status, body } = await create('bad');
  assert.deepEqual([status, dig(body, 'message')], [422, 'admission webhook "admit.cofferdam.dev" denied the request: no: bad is bad']);
});

test('many writes at once are each changed by their own answer', async (t) => {
  const root = folder(t, {});
  const { certificate: ca } = makeAuthority(root, 'hooks');
  makeCertificate(root, { file: 'tls', subject: '/CN=label', names: 'DNS:label.hooks.svc' });
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(join(root, name)));
  const hook = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
      const name = String(dig(review, 'request', 'name'));
      const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { for: name } }])).toString('base64');
      const uid = dig(review, 'request', 'uid') ?? '';
      const answer = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid, allowed: true, patchType: 'JSONPatch', patch },
      };
      setTimeout(() => response.end(JSON.stringify(answer)), Number(name.slice(1)) % 7);
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    hook.closeAllConnections();
    hook.close();
  });
  const { port } = hook.address() as AddressInfo;
  const objects = configured('Mutating', 'label', '/', ca);
  const { create } = await running(t, objects, new Map([['hooks/label', `https://127.0.0.1:${port}`]]));
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const answers = await Promise.all(names.map(create));
  assert.deepEqual(
    answers.map(({ status, body }) => [status, dig(body, 'metadata', 'labels', 'for')]),
    names.map((name) => [201, name]),
  );
  const revisions = new Set(answers.map(({ body }) => dig(body, 'metadata', 'resourceVersion')));
  assert.equal(revisions.size, names.length);
  const twice = await Promise.all([create('m1'), create('m1')]);
  assert.deepEqual(twice.map(({ status }) => status).sort(), [201, 409]);
});

test('nothing is called unless it is asked for, and that is said once', async (t) => {
  const root = folder(t, {});
  const { certificate: ca } = makeAuthority(root, 'hooks');
  const { create, told } = await running(t, configured('Validating', 'admit', '/validate', ca));
  assert.deepEqual([(await create('bad')).status, (await create('worse')).status], [201, 201]);
  assert.deepEqual(told, ['validating webhook admit.cofferdam.dev of admit would be asked; its answer is not known']);
});

test('a Service that nobody has mapped is not called', async (t) => {
  const root = folder(t, {});
  const { certificate: ca } = makeAuthority(root, 'hooks');
  const { create, told } = await running(t, configured('Validating', 'admit', '/validate', ca), new Map());
  assert.equal((await create('bad')).status, 201);
  assert.match(
    told.join(),
    /^validating webhook .* is not asked: nothing says how the Service hooks\/admit is reached .*its answer is not known$/,
  );
});

test('a client that goes while a webhook is asked takes its write with it, and the end waits for nobody', {
  timeout: 60_000,
}, async (t) => {
  const root = folder(t, {});
  const { certificate: ca } = makeAuthority(root, 'hooks');
  makeCertificate(root, { file: 'tls', subject: '/CN=slow', names: 'DNS:slow.hooks.svc' });
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(join(root, name)));
  let asked = () => {};
  let hungUp = () => {};
  const hook = createServer({ cert, key }, (request) => {
    request.resume();
    request.socket.once('close', () => hungUp());
    asked();
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    hook.closeAllConnections();
    hook.close();
  });
  const services = new Map([['hooks/slow', `https://127.0.0.1:${(hook.address() as AddressInfo).port}`]]);
  const objects = configured('Validating', 'slow', '/', ca);
  const makeCall = webhookCaller({ services, isInCluster: false });
  const started = await simulate({ objects, host: '127.0.0.1', port: 0, makeCall });
  assert.ok(started.ok);
  const server = started.value;
  const own = server.authority.client('admin', ['system:masters']);
  const create = (name: string) => {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const options = { host: '127.0.0.1', port: server.port, method: 'POST', path: '/api/v1/namespaces/default/configmaps', headers };
    const outgoing = send({ ...options, ca: server.authority.certificate, cert: own.certificate, key: own.key, agent: false });
    outgoing.on('error', () => {});
    outgoing.end(body);
    return outgoing;
  };
  const next = (set: (resolve: () => void) => void) => new Promise<void>(set);
  for (const end of ['client', 'server'] as const) {
    const isAsked = next((resolve) => {
      asked = resolve;
    });
    const isHungUp = next((resolve) => {
      hungUp = resolve;
    });
    const outgoing = create(end);
    await isAsked;
    if (end === 'client') outgoing.destroy();
    else await server.stop();
    await isHungUp;
    assert.equal(server.world.store.get({ group: '', resource: 'configmaps' }, 'default', end), undefined);
  }
});
