// Admission webhooks before the real API server and ours: the same configurations, the same requests, and a webhook server that does everything a
// webhook can do wrong. Statuses, messages, warnings, stored objects and the reviews that were sent must be equal.

import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { folder } from '../folder.ts';
import { makeAuthority } from './certificates.ts';
import { realCluster } from './cluster.ts';
import { answered, type Behaviour, base64, differences, type Hooked, type HookedRequest, hooked, labelsIn, patching } from './hooked.ts';

const says =
  (response: JsonObject, top: JsonObject = {}): Behaviour =>
  (uid, out) =>
    out.end(answered(uid, response, top));
const text =
  (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (_uid, out) => {
    out.writeHead(status, headers);
    out.end(body);
  };
const patch = (operations: Json | string): Behaviour => says(patching(operations));
const label = (key: string, value: string): Json => [{ op: 'add', path: `/metadata/labels/${key}`, value }];
const status = (value: JsonObject): Behaviour => says({ allowed: false, status: value });

/** What webhooks do, and how that is called. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  allows: says({}),
  'is-created': (uid, out) => {
    out.statusCode = 201;
    out.end(answered(uid, {}));
  },
  'says-yaml': (uid, out) => out.end(`apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nresponse: {uid: ${uid}, allowed: false}\n`),
  denies: says({ allowed: false }),
  'denies-with-code-and-reason': status({
    message: 'no way',
    code: 418,
    reason: 'Teapot',
    details: { name: 'n', causes: [{ reason: 'a', message: 'b', field: 'c' }], retryAfterSeconds: 3 },
  }),
  'denies-with-a-reason': status({ reason: 'Just', code: 200, status: 'Success' }),
  'denies-with-an-empty-status': status({}),
  'denies-with-a-code-of-text': status({ code: '4' }),
  'allows-in-words': says({ allowed: 'yes' }),
  warns: says({ warnings: ['one', 'tw"o', 'three\nfour', '', 'one', 'x'.repeat(300)] }),
  'warns-at-length': says({ warnings: Array.from({ length: 30 }, (_, index) => `${index}${'y'.repeat(259)}`) }),
  'denies-and-warns': says({ allowed: false, warnings: ['look'] }),
  'answers-text': text('hello'),
  'answers-html': text('<html>no</html>', 200, { 'content-type': 'text/html' }),
  'answers-broken-json': text('{"kind": '),
  'answers-json-and-more': (uid, out) => out.end(`${answered(uid, {})} x`),
  'answers-nothing': text(''),
  'answers-204': text('', 204),
  'answers-an-object': text('{}'),
  'answers-a-list': text('[]'),
  'answers-a-pod': text('{"apiVersion":"v1","kind":"Pod"}'),
  'answers-a-status': text('{"apiVersion":"v1","kind":"Status","status":"Failure","message":"m","code":404}'),
  'answers-v1beta1': says({}, { apiVersion: 'admission.k8s.io/v1beta1' }),
  'answers-v2': says({}, { apiVersion: 'admission.k8s.io/v2' }),
  'answers-without-kind': (uid, out) => out.end(JSON.stringify({ response: { uid, allowed: true } })),
  'has-no-response': text('{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}'),
  'has-a-null-response': text('{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":null}'),
  'answers-another-uid': says({ uid: 'other' }),
  'answers-no-uid': says({ uid: '' }),
  'writes-allowed-large': (uid, out) => out.end(answered(uid, {}).replace('"allowed"', '"Allowed"')),
  'says-allowed-twice': (uid, out) => out.end(answered(uid, {}).replace('"allowed":true', '"allowed":true,"allowed":false')),
  'has-unknown-fields': says({ what: 1 }),
  'is-500': text('boom\n', 500),
  'is-500-of-bytes': text('boom\n', 500, { 'content-type': 'application/octet-stream' }),
  'is-500-with-a-status': text('{"kind":"Status","apiVersion":"v1","status":"Failure","message":"own words","reason":"X"}', 500, {
    'content-type': 'application/json',
  }),
  'is-400': text('x', 400),
  'is-401': text('x', 401),
  'is-403': text('go away', 403),
  'is-404': text('x', 404),
  'is-409': text('x', 409),
  'is-302-to-nowhere': text('x', 302),
  'is-418': text('x', 418),
  'is-429': text('x', 429),
  'is-429-for-a-while': text('x', 429, { 'retry-after': '5' }),
  'is-503': text('x', 503),
  'closes-the-connection': (_uid, out) => out.socket?.destroy(),
  'breaks-off': (_uid, out) => {
    out.setHeader('content-length', '1000');
    out.write('{"a"', () => setTimeout(() => out.socket?.destroy(), 30));
  },
  'is-slow': () => {},
  'is-slow-to-end': (_uid, out) => void out.write('{'),
  'patches-data': patch([{ op: 'add', path: '/data/x', value: 'y' }]),
  'patches-nothing': patch([]),
  'patches-null': patch('null'),
  'patches-text': patch('hello'),
  'patches-an-object': patch('{}'),
  'patches-with-texts': patch(['a']),
  'has-a-type-without-patch': says({ patchType: 'JSONPatch' }),
  'has-a-patch-without-type': says({ patch: base64('[]') }),
  'has-an-empty-type': says({ patch: base64('[]'), patchType: '' }),
  'has-another-type': says({ patch: base64('[{"op":"add","path":"/x","value":1}]'), patchType: 'Odd' }),
  'has-a-patch-of-no-base64': says({ patch: '!!', patchType: 'JSONPatch' }),
  'removes-what-is-not-there': patch([{ op: 'remove', path: '/nope' }]),
  'adds-below-nothing': patch([{ op: 'add', path: '/a/b/c', value: 1 }]),
  'tests-in-vain': patch([{ op: 'test', path: '/data/a', value: 'z' }]),
  'has-an-odd-operation': patch([{ op: 'zap', path: '/nope' }]),
  'patches-a-wrong-type': patch([{ op: 'replace', path: '/data', value: 3 }]),
  'patches-an-unknown-field': patch([{ op: 'add', path: '/what', value: 3 }]),
  'patches-the-name': patch([{ op: 'replace', path: '/metadata/name', value: 'other' }]),
  'patches-the-namespace': patch([{ op: 'replace', path: '/metadata/namespace', value: 'other' }]),
  'patches-the-uid': patch([{ op: 'add', path: '/metadata/uid', value: 'y' }]),
  'patches-the-kind': patch([{ op: 'replace', path: '/kind', value: 'Secret' }]),
  'takes-the-kind-away': patch([{ op: 'remove', path: '/kind' }]),
  'patches-the-version': patch([{ op: 'replace', path: '/apiVersion', value: 'v7' }]),
  'patches-all-of-it': patch([{ op: 'replace', path: '', value: { a: 1 } }]),
  'makes-it-a-list': patch([{ op: 'replace', path: '', value: [] }]),
  'patches-a-bad-label': patch([{ op: 'add', path: '/metadata/labels', value: { 'a b': 'c' } }]),
  'patches-managers-wrongly': patch([{ op: 'add', path: '/metadata/managedFields', value: [{ manager: 'x', operation: 'Odd' }] }]),
  'takes-managers-away': patch([{ op: 'remove', path: '/metadata/managedFields' }]),
  'marks-it-deleted': patch([{ op: 'add', path: '/metadata/deletionTimestamp', value: '2030-01-01T00:00:00Z' }]),
  'counts-its-calls': (uid, out, review) => {
    const labels = labelsIn(review);
    const seen = typeof labels.seen === 'string' ? labels.seen : '';
    out.end(answered(uid, patching(label('seen', `${seen}i`))));
  },
  'labels-once': (uid, out, review) => out.end(answered(uid, 'second' in labelsIn(review) ? {} : patching(label('second', 'yes')))),
};

const anything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] };
const configMaps = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };

function webhook({ url, caBundle }: Hooked, behaviour: string, selected: string, more: JsonObject = {}): JsonObject {
  return {
    name: `${selected}.example.com`,
    clientConfig: { url: `${url}/${behaviour}`, caBundle },
    timeoutSeconds: 1,
    rules: [configMaps],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    objectSelector: { matchLabels: { hook: selected } },
    ...more,
  };
}

type Phase = 'Mutating' | 'Validating';

function configuration(phase: Phase, name: string, webhooks: readonly JsonObject[]): JsonObject {
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${phase}WebhookConfiguration`, metadata: { name }, webhooks };
}

/** Both servers learn of configurations; the real one a moment later. */
async function configure(both: Hooked, ...configurations: readonly JsonObject[]): Promise<void> {
  for (const body of configurations) {
    const path = `/apis/admissionregistration.k8s.io/v1/${String(body.kind).toLowerCase()}s`;
    for (const side of ['real', 'ours'] as const) {
      const answer = await both[side]({ method: 'POST', path, body });
      assert.equal(answer.code, 201, JSON.stringify(answer.body));
    }
  }
  await pause(1_500);
}

function configMap(name: string, selected: string, more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { hook: selected } }, data: { a: 'b' }, ...more };
}

/** Sends a request to both; where the answers differ, lines that say where. */
async function compared(both: Hooked, about: string, request: HookedRequest): Promise<readonly string[]> {
  const real = await both.real(request);
  const ours = await both.ours(request);
  return differences(real as unknown as Json, ours as unknown as Json).map((line) => `${about}: ${line}`);
}

/** Ends what a test configured, for those that share the cluster. */
async function forget(both: Hooked): Promise<void> {
  for (const phase of ['validating', 'mutating'])
    for (const side of ['real', 'ours'] as const)
      await both[side]({ method: 'DELETE', path: `/apis/admissionregistration.k8s.io/v1/${phase}webhookconfigurations` });
}

describe('admission webhooks', { timeout: 240_000 }, () => {
  test('whatever a webhook answers, the answer to the request is the same', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await hooked(t, cluster, behaviours);
    const names = Object.keys(behaviours);
    const all = (phase: Phase, prefix: string, more: JsonObject) =>
      configuration(
        phase,
        prefix,
        names.map((name) => webhook(both, name, `${prefix}-${name}`, more)),
      );
    await configure(
      both,
      all('Validating', 'v', {}),
      all('Mutating', 'm', {}),
      all('Mutating', 'mi', { failurePolicy: 'Ignore', reinvocationPolicy: 'IfNeeded' }),
      all('Validating', 'b', { admissionReviewVersions: ['v0', 'v1beta1', 'v1'] }),
      all('Mutating', 'mb', { admissionReviewVersions: ['v1beta1'] }),
    );
    const path = `/api/v1/namespaces/${both.namespace}/configmaps`;
    const different: string[] = [];
    for (const prefix of ['v', 'm', 'mi', 'b', 'mb'])
      for (const name of names) {
        if (prefix.endsWith('b') && /slow|while/.test(name)) continue;
        const about = `${prefix}-${name}`;
        different.push(...(await compared(both, about, { method: 'POST', path, body: configMap(about, about) })));
      }
    await forget(both);
    assert.deepEqual(different, []);
  });

  test('whatever is asked, the reviews are the same', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await hooked(t, cluster, behaviours);
    const everywhere = {
      rules: [
        { ...anything, apiGroups: ['', 'apps', 'policy', 'example.com', 'authorization.k8s.io'] },
        { ...anything, apiGroups: ['autoscaling'], apiVersions: ['v1'] },
        { ...anything, apiGroups: ['example.com'], apiVersions: ['v2'] },
      ],
      objectSelector: {},
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': both.namespace } },
      timeoutSeconds: 5,
    };
    const definition = await defined(both);
    await configure(
      both,
      configuration('Mutating', 'all-m', [webhook(both, 'allows', 'all', everywhere)]),
      configuration('Validating', 'all-v', [webhook(both, 'allows', 'all', everywhere)]),
    );
    const different: string[] = [];
    for (const [about, request] of requestsTo(both.namespace)) different.push(...(await compared(both, about, request)));
    // Not ours yet: the managed fields of a scale that admission is shown.
    const isOfScale = (line: string) => /^its scale: .*\/managedFields:/.test(line);
    await forget(both);
    for (const side of ['real', 'ours'] as const) await both[side]({ method: 'DELETE', path: definition });
    assert.deepEqual(
      different.filter((line) => !isOfScale(line)),
      [],
    );
  });

  test('who is asked, in which order, and who is asked again', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await hooked(t, cluster, behaviours);
    const rule = (more: JsonObject) => ({ rules: [{ ...configMaps, ...more }], namespaceSelector: own(both) });
    const condition = (name: string, expression: string) => ({ name, expression });
    const m = (behaviour: string, selected: string, more: JsonObject = {}) =>
      webhook(both, behaviour, selected, { ...rule({}), objectSelector: {}, ...more });
    const labelled = (key: string) => ({ objectSelector: { matchExpressions: [{ key, operator: 'Exists' }] } });
    await configure(
      both,
      configuration('Mutating', 'b-second', [
        m('labels-once', 'b1', labelled('order')),
        m('counts-its-calls', 'b2', { ...labelled('order'), reinvocationPolicy: 'IfNeeded' }),
      ]),
      configuration('Mutating', 'a-first', [
        m('counts-its-calls', 'a1', { ...labelled('order'), reinvocationPolicy: 'IfNeeded' }),
        m('counts-its-calls', 'a2', labelled('order')),
        m('counts-its-calls', 'a3', { objectSelector: { matchLabels: { second: 'yes' } } }),
      ]),
      configuration('Validating', 'conditions', [
        m('denies', 'c1', { ...labelled('held'), matchConditions: [condition('no', 'object.metadata.name == "other"')] }),
        m('denies', 'c2', { ...labelled('err-fail'), matchConditions: [condition('err', 'object.data.nope == "x"')] }),
        m('denies', 'c3', {
          ...labelled('err-ignore'),
          failurePolicy: 'Ignore',
          matchConditions: [condition('err', 'object.data.nope == "x"')],
        }),
        m('denies', 'c4', {
          ...labelled('err-and-no'),
          matchConditions: [condition('err', 'object.data.nope == "x"'), condition('no', 'false')],
        }),
        m('denies', 'c5', { ...labelled('user'), matchConditions: [condition('who', 'request.userInfo.username == "admin"')] }),
        m('denies', 'c6', {
          ...labelled('authorized'),
          matchConditions: [condition('may', 'authorizer.group("").resource("pods").check("list").allowed()')],
        }),
        m('denies', 'c7', {
          ...labelled('costly'),
          matchConditions: [
            condition(
              'much',
              '"0123456789".matches("[0-9]+") && [1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, a + b + c + d + e > 0)))))',
            ),
          ],
        }),
      ]),
      configuration('Validating', 'effects', [
        m('allows', 'e1', { ...labelled('effects'), sideEffects: 'NoneOnDryRun' }),
        m('denies', 'e2', { ...labelled('two-say-no') }),
        m('is-500', 'e3', { ...labelled('ignored'), failurePolicy: 'Ignore' }),
        m('allows', 'e4', { ...labelled('scoped'), rules: [{ ...configMaps, scope: 'Cluster' }] }),
        m('denies', 'e5', { ...labelled('sub'), rules: [{ ...configMaps, resources: ['configmaps/status', 'configmaps/*'] }] }),
        m('denies', 'e6', { ...labelled('update'), rules: [{ ...configMaps, operations: ['UPDATE', 'DELETE'] }] }),
        m('allows', 'e7', {
          ...labelled('service'),
          clientConfig: { service: { name: 'none', namespace: 'shop', path: '/a/b', port: 8443 } },
        }),
      ]),
    );
    const path = `/api/v1/namespaces/${both.namespace}/configmaps`;
    const different: string[] = [];
    for (const key of [
      'order',
      'held',
      'err-fail',
      'err-ignore',
      'err-and-no',
      'user',
      'authorized',
      'costly',
      'effects',
      'two-say-no',
      'ignored',
      'scoped',
      'sub',
      'update',
      'service',
    ])
      for (const query of [{}, { dryRun: 'All' }] as readonly Readonly<Record<string, string>>[]) {
        const body = { ...configMap(key, 'x'), metadata: { name: key, labels: { [key]: '' } } };
        different.push(...(await compared(both, `${key} ${JSON.stringify(query)}`, { method: 'POST', path, query: { ...query }, body })));
      }
    different.push(...(await compared(both, 'an update', { method: 'DELETE', path: `${path}/update` })));
    await forget(both);
    assert.deepEqual(different, []);
  });

  test('connections that fail are told in the same words', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await hooked(t, cluster, behaviours);
    const place = folder(t, {});
    const other = base64(makeAuthority(place, 'others').certificate);
    const namesake = base64(makeAuthority(place, 'hooks').certificate);
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    t.after(() => plain.close());
    const { port } = plain.address() as AddressInfo;
    const hook = (selected: string, clientConfig: JsonObject) => webhook(both, 'allows', selected, { clientConfig });
    const { caBundle } = both;
    await configure(
      both,
      configuration('Validating', 'connections', [
        hook('wrong-authority', { url: `${both.url}/allows`, caBundle: other }),
        hook('namesake', { url: `${both.url}/allows`, caBundle: namesake }),
        hook('wrong-name', { url: `https://localhost:${both.port}/allows`, caBundle }),
        hook('nobody-listens', { url: 'https://127.0.0.1:1/allows', caBundle }),
        hook('no-tls', { url: `https://127.0.0.1:${port}/`, caBundle }),
      ]),
    );
    const path = `/api/v1/namespaces/${both.namespace}/configmaps`;
    const different: string[] = [];
    for (const name of ['wrong-authority', 'namesake', 'wrong-name', 'nobody-listens', 'no-tls'])
      different.push(...(await compared(both, name, { method: 'POST', path, body: configMap(name, name) })));
    await forget(both);
    assert.deepEqual(different, []);
  });
});

function own({ namespace }: Hooked): JsonObject {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i:1', resources: { requests: { cpu: '0.5' } } }] },
    },
  },
};
const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };
const scaler: JsonObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'h' },
  spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } },
};
const accessReview: JsonObject = { apiVersion: 'authorization.k8s.io/v1', kind: 'LocalSubjectAccessReview', metadata: {}, spec: {} };
const merge = 'application/merge-patch+json';
const apply = 'application/apply-patch+yaml';
const strategic = 'application/strategic-merge-patch+json';

function requestsTo(namespace: string): readonly (readonly [about: string, request: HookedRequest])[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const scalers = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  const custom = `/apis/example.com/v1/namespaces/${namespace}/things`;
  const gone = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 5, propagationPolicy: 'Background' };
  return [
    ['a create', { method: 'POST', path: `${core}/configmaps`, body: configMap('c', 'x') }],
    [
      'a create with a made name',
      { method: 'POST', path: `${core}/configmaps`, body: { ...configMap('', 'x'), metadata: { generateName: 'generated-' } } },
    ],
    [
      'a create with options',
      {
        method: 'POST',
        path: `${core}/configmaps`,
        query: { dryRun: 'All', fieldManager: 'me', fieldValidation: 'Strict' },
        body: configMap('dry', 'x'),
      },
    ],
    ['an update', { method: 'PUT', path: `${core}/configmaps/c`, query: { fieldManager: 'me' }, body: configMap('c', 'y') }],
    ['an update that changes nothing', { method: 'PUT', path: `${core}/configmaps/c`, body: configMap('c', 'y') }],
    ['a merge patch', { method: 'PATCH', path: `${core}/configmaps/c`, contentType: merge, body: { data: { a: 'c' } } }],
    [
      'a strategic patch, dry',
      { method: 'PATCH', path: `${core}/configmaps/c`, query: { dryRun: 'All' }, contentType: strategic, body: { data: { a: 'd' } } },
    ],
    [
      'an apply that creates',
      {
        method: 'PATCH',
        path: `${core}/configmaps/applied`,
        query: { fieldManager: 'me', force: 'true' },
        contentType: apply,
        body: configMap('applied', 'x'),
      },
    ],
    [
      'an apply that updates',
      {
        method: 'PATCH',
        path: `${core}/configmaps/applied`,
        query: { fieldManager: 'me' },
        contentType: apply,
        body: configMap('applied', 'y'),
      },
    ],
    ['a Deployment', { method: 'POST', path: apps, body: deployment }],
    ['its scale', { method: 'PATCH', path: `${apps}/d/scale`, contentType: merge, body: { spec: { replicas: 3 } } }],
    ['its status', { method: 'PATCH', path: `${apps}/d/status`, contentType: merge, body: { status: { replicas: 1 } } }],
    ['a pod', { method: 'POST', path: `${core}/pods`, body: pod }],
    [
      'an ephemeral container',
      {
        method: 'PATCH',
        path: `${core}/pods/p/ephemeralcontainers`,
        contentType: strategic,
        body: { spec: { ephemeralContainers: [{ name: 'e', image: 'i:1' }] } },
      },
    ],
    [
      'a binding',
      {
        method: 'POST',
        path: `${core}/pods/p/binding`,
        body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } },
      },
    ],
    ['a pod deleted with options', { method: 'DELETE', path: `${core}/pods/p`, body: gone }],
    [
      'a token',
      {
        method: 'POST',
        path: `${core}/serviceaccounts/default/token`,
        query: { dryRun: 'All' },
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      },
    ],
    ['another pod', { method: 'POST', path: `${core}/pods`, body: { ...pod, metadata: { name: 'q' } } }],
    [
      'an eviction',
      { method: 'POST', path: `${core}/pods/q/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'q' } } },
    ],
    ['a scaler asked for in another version', { method: 'POST', path: scalers, body: scaler }],
    ['a scaler updated', { method: 'PATCH', path: `${scalers}/h`, contentType: merge, body: { spec: { maxReplicas: 4 } } }],
    [
      'a custom object asked for in another version',
      { method: 'POST', path: custom, body: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' }, spec: { a: 1 } } },
    ],
    ['a delete', { method: 'DELETE', path: `${core}/configmaps/c` }],
    ['a delete, dry', { method: 'DELETE', path: `${core}/configmaps/applied`, query: { dryRun: 'All' } }],
    ['a delete of many', { method: 'DELETE', path: `${core}/configmaps`, query: { labelSelector: 'hook' } }],
    [
      'a review of access',
      { method: 'POST', path: `/apis/authorization.k8s.io/v1/namespaces/${namespace}/localsubjectaccessreviews`, body: accessReview },
    ],
  ];
}

/** A custom kind with two versions on both servers; the path of its definition. */
async function defined(both: Hooked): Promise<string> {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { a: { type: 'integer' } } } } } };
  const version = (name: string, storage: boolean) => ({ name, served: true, storage, schema });
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [version('v1', true), version('v2', false)],
    },
  };
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const side of ['real', 'ours'] as const) assert.equal((await both[side]({ method: 'POST', path, body })).code, 201);
  return `${path}/things.example.com`;
}
