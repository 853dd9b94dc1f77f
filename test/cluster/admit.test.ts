// The webhook in front of the real control plane: registered there, real kubectl writes, and what the webhook decides, says and warns arrives
// at the client; when it is gone, the cluster can still be repaired.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { controlPolicy } from '../../src/controls/admission.ts';
import { catalogue } from '../../src/controls/index.ts';
import { admit } from '../../src/server/admit/admit.ts';
import { issueToken, newBreakGlassKeys, readPublicKeys } from '../../src/server/admit/break-glass.ts';
import { liveFacts, paramKinds } from '../../src/server/admit/live-facts.ts';
import { connect } from '../../src/sources/cluster/connection.ts';
import { findTarget } from '../../src/sources/cluster/target.ts';
import { folder } from '../folder.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { type Cluster, realCluster } from './cluster.ts';

const group = 'admissionregistration.k8s.io/v1';
const rule = (resources: readonly string[], operations: readonly string[]) => ({
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations, resources }],
});
const policy = (name: string, spec: object) => ({
  apiVersion: group,
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: { failurePolicy: 'Fail', ...spec },
});
const binding = (name: string, actions: readonly string[], more: object = {}) => ({
  apiVersion: group,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name },
  spec: { policyName: name, validationActions: actions, ...more },
});

const policies = [
  policy('no-latest', {
    matchConstraints: rule(['pods'], ['CREATE', 'UPDATE']),
    validations: [
      {
        expression: "object.spec.containers.all(c, !c.image.endsWith(':latest'))",
        messageExpression: "'no latest, but ' + object.spec.containers[0].image",
      },
    ],
  }),
  binding('no-latest', ['Deny']),
  policy('owner', {
    matchConstraints: rule(['pods', 'configmaps'], ['CREATE']),
    validations: [{ expression: "'owner' in object.metadata.?labels.orValue({})", message: 'name an owner' }],
  }),
  binding('owner', ['Warn', 'Audit']),
  policy('no-exec', {
    matchConstraints: rule(['pods/exec'], ['CONNECT']),
    validations: [{ expression: 'false', message: 'no shells here' }],
  }),
  binding('no-exec', ['Deny']),
  policy('keep', {
    matchConstraints: rule(['configmaps'], ['DELETE']),
    validations: [{ expression: "!('keep' in oldObject.metadata.?labels.orValue({}))", message: 'it is to be kept', reason: 'Invalid' }],
  }),
  binding('keep', ['Deny']),
  policy('most', {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: rule(['configmaps'], ['CREATE']),
    validations: [{ expression: '!has(object.data) || size(object.data) <= int(params.data.most)', message: 'too much data' }],
  }),
  binding('most', ['Deny'], { paramRef: { name: 'limits', parameterNotFoundAction: 'Allow' } }),
  {
    apiVersion: group,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'marks' },
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: rule(['configmaps'], ['CREATE']),
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression: "[JSONPatch{op: 'add', path: '/metadata/labels', value: {'seen': 'yes', 'owner': 'a'}}]",
          },
        },
      ],
    },
  },
  { apiVersion: group, kind: 'MutatingAdmissionPolicyBinding', metadata: { name: 'marks' }, spec: { policyName: 'marks' } },
];

function pod(name: string, image: string, more: object = {}, annotations: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { owner: 'a' }, annotations },
    spec: { containers: [{ name: 'app', image, ...more }] },
  });
}

async function registered(cluster: Cluster, namespace: string, port: number, ca: string, failurePolicy: 'Fail' | 'Ignore'): Promise<void> {
  const hook = (name: string, path: string, operations: readonly string[], resources: readonly string[]) => ({
    name: `${name}.cofferdam.dev`,
    clientConfig: { url: `https://127.0.0.1:${port}${path}`, caBundle: Buffer.from(ca).toString('base64') },
    rules: [{ apiGroups: ['', 'apps'], apiVersions: ['v1'], operations, resources }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    failurePolicy,
    sideEffects: 'None',
    timeoutSeconds: 5,
    admissionReviewVersions: ['v1'],
  });
  const name = `cofferdam-${namespace}`;
  for (const [kind, webhooks] of [
    ['ValidatingWebhookConfiguration', [hook('validate', '/validate', ['*'], ['pods', 'pods/exec', 'configmaps', 'deployments'])]],
    ['MutatingWebhookConfiguration', [hook('mutate', '/mutate', ['CREATE'], ['configmaps'])]],
  ] as const) {
    const path = `/apis/${group}/${kind.toLowerCase()}s`;
    await cluster.api('DELETE', `${path}/${name}`);
    const answer = await cluster.api('POST', path, { apiVersion: group, kind, metadata: { name }, webhooks });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
}

test('the webhook in front of the real API server', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const root = folder(t, { 'policies/a.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies }) });
  mkdirSync(join(root, 'tls'));
  const { certificate: ca } = makeAuthority(join(root, 'tls'), 'webhook-ca');
  makeCertificate(join(root, 'tls'), { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1' });
  const namespace = await cluster.namespace('admit');
  const { privateKey, publicKey } = newBreakGlassKeys();
  const target = findTarget({ environment: {}, kubeconfig: cluster.kubeconfig });
  assert.ok(target.ok);
  const connection = connect(target.value, { environment: {} });
  const records: string[] = [];
  const started = await admit({
    host: '127.0.0.1',
    port: 0,
    health: { host: '127.0.0.1', port: 0 },
    certFile: join(root, 'tls', 'tls.crt'),
    keyFile: join(root, 'tls', 'tls.key'),
    clientNames: [],
    policies: {
      paths: [join(root, 'policies')],
      lastKnownGood: join(root, 'state', 'policies.json'),
      builtIn: [
        controlPolicy({
          controls: catalogue.filter(({ id }) => id === 'workload/privileged'),
          enforcement: { critical: ['deny'], high: ['deny'], medium: [], low: [] },
          now: Date.now,
        }),
      ],
      minor: 36,
    },
    facts: ({ resources }) => liveFacts(connection, paramKinds(resources), () => {}),
    excluded: new Set(),
    breakGlassKeys: readPublicKeys(publicKey),
    longest: 2_000,
    interval: 60_000,
    record: (line) => records.push(line),
    tell: () => {},
  });
  assert.ok(started.ok, started.ok ? '' : started.problem.message);
  const webhook = started.value;
  t.after(() => webhook.stop(0));
  const ready = async () => (await fetch(`http://127.0.0.1:${webhook.healthPort}/readyz`)).status;
  for (let tries = 0; (await ready()) !== 200; tries++) {
    assert.ok(tries < 100, 'the facts never came');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await registered(cluster, namespace, webhook.port, ca, 'Fail');
  t.after(async () => {
    for (const kind of ['validating', 'mutating'])
      await cluster.api('DELETE', `/apis/${group}/${kind}webhookconfigurations/cofferdam-${namespace}`);
  });
  const create = (text: string, ...more: readonly string[]) => cluster.kubectl(['-n', namespace, 'create', '-f', '-', ...more], text);
  const refused = (text: string, expected: RegExp) => assert.rejects(create(text), expected);

  await t.test('registration is in force', async () => {
    for (let tries = 0; ; tries++) {
      const tried = await create(pod('probe', 'a:latest'), '--dry-run=server').catch((error: unknown) => String(error));
      if (tried.includes('denied the request')) return;
      assert.ok(tries < 100, tried);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  await t.test('a denial arrives with its message', () =>
    refused(
      pod('a', 'web:latest'),
      /admission webhook "validate\.cofferdam\.dev" denied the request: no-latest: no latest, but web:latest/,
    ),
  );

  await t.test('what is right is created, with warnings', async () => {
    assert.match(await create(pod('b', 'web:1')), /pod\/b created/);
    const answer = await cluster.api('POST', `/api/v1/namespaces/${namespace}/pods`, {
      ...JSON.parse(pod('c', 'web:1')),
      metadata: { name: 'c' },
    });
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.warnings, ['owner: name an owner']);
  });

  await t.test('a control denies, and its finding is the message', () =>
    refused(pod('d', 'web:1', { securityContext: { privileged: true } }), /denied the request: workload\/privileged: .*app/),
  );

  await t.test('an update and an exec are judged', async () => {
    await assert.rejects(cluster.kubectl(['-n', namespace, 'set', 'image', 'pod/b', 'app=web:latest']), /no latest, but web:latest/);
    await assert.rejects(cluster.kubectl(['-n', namespace, 'exec', 'b', '--', 'sh']), /no shells here/);
  });

  const configMap = (name: string, data: object, labels: object = {}) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data });

  await t.test('parameters of the cluster are followed', async () => {
    await create(configMap('limits', { most: '1' }));
    for (let tries = 0; ; tries++) {
      const answer = await create(configMap('big', { a: '1', b: '2' }), '--dry-run=server').catch((error: unknown) => String(error));
      if (answer.includes('too much data')) break;
      assert.ok(tries < 100, answer);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.match(await create(configMap('small', { a: '1' })), /created/);
  });

  await t.test('an object is changed on its way in', async () => {
    await create(configMap('marked', {}));
    assert.equal(await cluster.kubectl(['-n', namespace, 'get', 'configmap', 'marked', '-o', 'jsonpath={.metadata.labels.seen}']), 'yes');
  });

  await t.test('a deletion is judged by what is deleted', async () => {
    await create(configMap('kept', {}));
    await cluster.kubectl(['-n', namespace, 'label', 'configmap', 'kept', 'keep=yes']);
    await assert.rejects(cluster.kubectl(['-n', namespace, 'delete', 'configmap', 'kept']), /it is to be kept/);
    assert.match(await cluster.kubectl(['-n', namespace, 'delete', 'configmap', 'marked']), /deleted/);
  });

  await t.test('break-glass opens by a token, is recorded, and a bare annotation opens nothing', async () => {
    await refused(pod('e', 'web:latest', {}, { 'cofferdam.dev/break-glass': 'true' }), /break-glass token opens nothing/);
    const now = Math.floor(Date.now() / 1000);
    const token = issueToken(privateKey, {
      user: 'admin',
      namespaces: [namespace],
      operations: ['CREATE'],
      reason: 'INC-7',
      seconds: 60,
      now,
    });
    assert.ok(token.ok);
    assert.match(await create(pod('e', 'web:latest', {}, { 'cofferdam.dev/break-glass': token.value })), /pod\/e created/);
    const record = records.map((line) => JSON.parse(line)).find(({ breakGlass }) => breakGlass !== undefined);
    assert.deepEqual([record.user, record.breakGlass.reason, record.allowed], ['admin', 'INC-7', true]);
    assert.ok(!records.some((line) => line.includes(token.value)), 'the token itself is nowhere');
  });

  await t.test('the certificate is changed without a refused request', async () => {
    makeCertificate(join(root, 'tls'), { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1' });
    const [, ...made] = await Promise.all([
      webhook.refresh(),
      ...Array.from({ length: 20 }, (_, index) => create(pod(`r-${index}`, 'web:1'), '--dry-run=server')),
    ]);
    assert.equal(made.length, 20);
  });

  await t.test('broken policies are not taken, and mended ones are', async () => {
    const good = readFileSync(join(root, 'policies', 'a.json'), 'utf8');
    writeFileSync(join(root, 'policies', 'a.json'), good.replace('endsWith', 'endsWit'));
    await webhook.refresh();
    await refused(pod('f', 'web:latest'), /no latest/);
    writeFileSync(join(root, 'policies', 'a.json'), good.replace('no latest, but ', 'never '));
    await webhook.refresh();
    await refused(pod('f', 'web:latest'), /never web:latest/);
  });

  await t.test('with the webhook stopped, other namespaces work and the cluster can be repaired', async () => {
    await webhook.stop(0);
    await assert.rejects(create(pod('g', 'web:1')), /failed calling webhook/);
    const elsewhere = await cluster.namespace('elsewhere');
    assert.match(await cluster.kubectl(['-n', elsewhere, 'create', '-f', '-'], pod('g', 'web:latest')), /created/);
    assert.match(await cluster.kubectl(['delete', 'validatingwebhookconfiguration', `cofferdam-${namespace}`]), /deleted/);
    assert.match(await create(pod('g', 'web:1')), /created/);
  });
  connection.close();
});
