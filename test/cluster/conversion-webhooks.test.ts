// Conversion webhooks of custom resources before the real API server and the simulated one: one webhook server that both call, the same requests
// in every version, and everything that a webhook can do wrong. Answers, warnings and the reviews of writes must be equal.

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { createServer, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { asList, asObject, asString, canonicalJson, dig, isObject, type Json, type JsonObject } from '../../src/lib/json.ts';
import { webhookCaller } from '../../src/server/webhooks/caller.ts';
import { folder } from '../folder.ts';
import { startSimulated } from '../simulated.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { type Cluster, realCluster } from './cluster.ts';
import { differences } from './hooked.ts';

const group = 'convert.example';

/** Version v1 says host and port, v2 both in one text; v3 is v2 and never served. */
function convert(object: JsonObject, to: string): JsonObject {
  const spec = asObject(object.spec);
  const { host, port, address, ...rest } = spec;
  const version = to.split('/')[1];
  const [first = '', second = ''] = (asString(address) ?? '').split(':');
  const fields: JsonObject =
    version === 'v1' && address !== undefined
      ? { host: first, port: Number(second) }
      : version !== 'v1' && host !== undefined
        ? { address: `${String(host)}:${String(port ?? 0)}` }
        : {
            ...(host === undefined ? {} : { host }),
            ...(port === undefined ? {} : { port }),
            ...(address === undefined ? {} : { address }),
          };
  const metadata = asObject(object.metadata);
  const labels = { ...asObject(metadata.labels), 'seen-in': version ?? '' };
  return {
    ...object,
    apiVersion: to,
    metadata: { ...metadata, labels },
    ...(object.spec === undefined ? {} : { spec: { ...rest, ...fields } }),
  };
}

interface Asked {
  readonly uid: string;
  readonly to: string;
  readonly objects: readonly JsonObject[];
}

type Misbehaviour = (asked: Asked, response: ServerResponse) => void;

const review = (uid: string, response: JsonObject, top: JsonObject = {}) =>
  JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'ConversionReview',
    response: { uid, result: { status: 'Success' }, ...response },
    ...top,
  });
const converted = ({ objects, to }: Asked, change: (object: JsonObject) => Json = (object) => object): Json =>
  objects.map((object) => change(convert(object, to)));
const gives =
  (change: (object: JsonObject) => Json): Misbehaviour =>
  (asked, out) =>
    void out.end(review(asked.uid, { convertedObjects: converted(asked, change) }));
const withMetadata = (change: (metadata: JsonObject) => Json) =>
  gives((object) => ({ ...object, metadata: change(asObject(object.metadata)) }));
const says =
  (response: JsonObject, top: JsonObject = {}): Misbehaviour =>
  (asked, out) =>
    void out.end(review(asked.uid, { convertedObjects: converted(asked), ...response }, top));
const text =
  (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Misbehaviour =>
  (_asked, out) => {
    out.writeHead(status, headers);
    out.end(body);
  };

/** What the webhook does with objects whose label `does` names it. */
const misbehaviours: Readonly<Record<string, Misbehaviour>> = {
  'fails-with-a-message': says({ result: { status: 'Failure', message: 'cannot do that' } }),
  'fails-without-words': says({ result: { status: 'Failure' } }),
  'has-no-result': says({ result: {} }),
  'has-a-null-result': says({ result: null }),
  'answers-another-uid': says({ uid: 'other' }),
  'answers-v1beta1': says({}, { apiVersion: 'apiextensions.k8s.io/v1beta1' }),
  'answers-v2': says({}, { apiVersion: 'apiextensions.k8s.io/v2' }),
  'answers-no-kind': (asked, out) =>
    void out.end(JSON.stringify({ response: { uid: asked.uid, result: { status: 'Success' }, convertedObjects: converted(asked) } })),
  'answers-a-pod': text('{"apiVersion":"v1","kind":"Pod"}'),
  'answers-a-status': text('{"apiVersion":"v1","kind":"Status","status":"Failure","message":"m","code":404}'),
  'answers-text': text('hello'),
  'answers-nothing': text(''),
  'answers-an-object': text('{}'),
  'answers-null-response': says({}, { response: null }),
  'gives-no-list': says({ convertedObjects: 'x' }),
  'gives-none': says({ convertedObjects: [] }),
  'gives-null': says({ convertedObjects: null }),
  'gives-two': (asked, out) =>
    void out.end(review(asked.uid, { convertedObjects: [...asList(converted(asked)), ...asList(converted(asked))] })),
  'gives-a-null-object': says({ convertedObjects: [null] }),
  'gives-a-text': says({ convertedObjects: ['x'] }),
  'gives-a-list': says({ convertedObjects: [[]] }),
  'gives-no-kind': gives(({ kind: _kind, ...rest }) => rest),
  'gives-no-version': gives(({ apiVersion: _version, ...rest }) => rest),
  'gives-the-old-version': gives((object) => ({ ...object, apiVersion: `${group}/v1` })),
  'gives-another-group': gives((object) => ({ ...object, apiVersion: 'other.example/v2' })),
  'gives-another-kind': gives((object) => ({ ...object, kind: 'Other' })),
  'changes-the-name': withMetadata((metadata) => ({ ...metadata, name: 'other' })),
  'changes-the-namespace': withMetadata((metadata) => ({ ...metadata, namespace: 'other' })),
  'changes-the-uid': withMetadata((metadata) => ({ ...metadata, uid: 'other' })),
  'drops-metadata': gives(({ metadata: _metadata, ...rest }) => rest),
  'makes-metadata-a-text': gives((object) => ({ ...object, metadata: 'x' })),
  'makes-metadata-small': withMetadata(({ name, namespace, uid }) => ({ name: name ?? '', namespace: namespace ?? '', uid: uid ?? '' })),
  'changes-finalizers': withMetadata((metadata) => ({
    ...metadata,
    finalizers: ['a.b/c'],
    generation: 77,
    creationTimestamp: null,
    other: 1,
  })),
  'sets-annotations': withMetadata((metadata) => ({ ...metadata, annotations: { a: 'b' } })),
  'makes-labels-null': withMetadata((metadata) => ({ ...metadata, labels: null })),
  'makes-labels-a-list': withMetadata((metadata) => ({ ...metadata, labels: [] })),
  'makes-a-label-a-number': withMetadata((metadata) => ({ ...metadata, labels: { a: 1 } })),
  'makes-a-label-a-fraction': withMetadata((metadata) => ({ ...metadata, labels: { a: 1.5 } })),
  'makes-a-bad-label': withMetadata((metadata) => ({ ...metadata, labels: { 'a b': 'c' } })),
  'makes-a-bad-label-value': withMetadata((metadata) => ({ ...metadata, labels: { a: 'c d' } })),
  'makes-a-bad-annotation': withMetadata((metadata) => ({ ...metadata, annotations: { 'a b': 'c' } })),
  'adds-unknown-fields': gives((object) => ({ ...object, what: 1, spec: { ...asObject(object.spec), zz: 1 } })),
  'gives-wrong-types': gives((object) => ({ ...object, spec: { address: 4, note: ['x'] } })),
  'gives-nulls': gives((object) => ({ ...object, spec: { address: null, note: null } })),
  'breaks-embedded-metadata': gives((object) => ({ ...object, spec: { inner: { apiVersion: 'v1', kind: 'A', metadata: { name: 1 } } } })),
  'is-500': text('boom\n', 500),
  'is-404': text('x', 404),
  'is-403': text('go away', 403),
  'is-302': text('x', 302),
  'is-503-with-a-status': text('{"kind":"Status","apiVersion":"v1","status":"Failure","message":"own words","reason":"X"}', 503, {
    'content-type': 'application/json',
  }),
  'closes-the-connection': (_asked, out) => void out.socket?.destroy(),
  'says-yaml': ({ uid }, out) =>
    void out.end(
      `apiVersion: apiextensions.k8s.io/v1\nkind: ConversionReview\nresponse: {uid: ${uid}, result: {status: Failure, message: in yaml}}\n`,
    ),
};

function definition(plural: string, url: string, caBundle: string, storage: string, reviewVersions: readonly string[]): JsonObject {
  const kind = `${plural.slice(0, 1).toUpperCase()}${plural.slice(1, -1)}`;
  const note: Json = { note: { type: 'string', default: 'none' }, size: { type: 'integer' } };
  const inner: Json = { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true };
  const schema = (properties: JsonObject): Json => ({
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { ...asObject(note), inner, ...properties } },
        status: { type: 'object', properties: { phase: { type: 'string' }, replicas: { type: 'integer' } } },
      },
    },
  });
  const subresources: Json = { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas' } };
  const columns = (path: string): Json => [{ name: 'Where', type: 'string', jsonPath: path }];
  const address: Json = { address: { type: 'string', pattern: '^[a-z]*:[0-9]+$' }, extra: { type: 'string', default: 'two' } };
  const is = (name: string) => ({ name, storage: name === storage, subresources });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind, singular: plural.slice(0, -1), listKind: `${kind}List` },
      conversion: {
        strategy: 'Webhook',
        webhook: { clientConfig: { url, caBundle }, conversionReviewVersions: [...reviewVersions] },
      },
      versions: [
        {
          ...is('v1'),
          served: true,
          schema: schema({ host: { type: 'string' }, port: { type: 'integer', maximum: 65535 } }),
          additionalPrinterColumns: columns('.spec.host'),
          selectableFields: [{ jsonPath: '.spec.host' }],
        },
        { ...is('v2'), served: true, schema: schema(asObject(address)), additionalPrinterColumns: columns('.spec.address') },
        { ...is('v3'), served: false, schema: schema(asObject(address)) },
      ],
    },
  };
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly body?: Json;
}

interface Side {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function ask({ url, ca, cert, key }: Side, { method, path, contentType, accept, body }: Question): Promise<JsonObject> {
  const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers = {
    accept: accept ?? 'application/json',
    ...(sent === undefined ? {} : { 'content-type': contentType ?? 'application/json', 'content-length': sent.length }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = send(`${url}${path}`, { method, headers, ca, cert, key }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const lines = Buffer.concat(chunks).toString().trim().split('\n');
        const values = lines.map((line): Json => {
          try {
            return JSON.parse(line) as Json;
          } catch {
            return line;
          }
        });
        resolve({ code: incoming.statusCode ?? 0, body: values.length === 1 ? (values[0] ?? null) : values });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

function withoutManagers(object: Json | undefined): Json {
  const { metadata, ...rest } = asObject(object);
  const { managedFields: _fields, ...kept } = asObject(metadata);
  return { ...rest, metadata: kept };
}

/** What no two servers share is left out. */
function comparable(value: Json, key = ''): Json {
  if (typeof value === 'string') {
    if (key === 'resourceVersion' || key === 'continue') return '<rv>';
    return value
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
      .replace(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/g, '<time>');
  }
  if (Array.isArray(value)) {
    const list = value.map((item: Json) => comparable(item));
    return key === 'managedFields' ? list.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)) : list;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(
    ([name, item]) => !(value.kind === 'Status' && (item === '' || (isObject(item) && name === 'metadata'))),
  );
  return Object.fromEntries(entries.map(([name, item]) => [name, comparable(item ?? null, name)]));
}

interface Servers {
  readonly namespace: string;
  readonly url: string;
  readonly caBundle: string;
  readonly behaves: (how: Misbehaviour | undefined) => void;
  /** Lines that say where the answers of both differ. */
  readonly compared: (about: string, question: Question) => Promise<readonly string[]>;
  /** The real one first. */
  readonly sides: readonly Side[];
  readonly define: (definition: JsonObject) => Promise<void>;
}

async function bothServers(t: TestContext, cluster: Cluster): Promise<Servers> {
  const place = folder(t, {});
  const authority = makeAuthority(place, 'hooks');
  const own = makeCertificate(place, { file: 'hook', subject: '/CN=hook', names: 'IP:127.0.0.1,DNS:hook.shop.svc' });
  let how: Misbehaviour | undefined;
  const hook = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
      const asked = {
        uid: asString(dig(sent, 'request', 'uid')) ?? '',
        to: asString(dig(sent, 'request', 'desiredAPIVersion')) ?? '',
        objects: asList(dig(sent, 'request', 'objects')).filter(isObject),
      };
      const does = asString(dig(asked.objects[0] ?? {}, 'metadata', 'labels', 'does')) ?? '';
      if (sent.kind === 'AdmissionReview') {
        const { kind, requestKind, object, oldObject } = asObject(sent.request);
        const message = canonicalJson(
          comparable({ kind, requestKind, object: withoutManagers(object), old: withoutManagers(oldObject) } as Json),
        );
        const own = { uid: asked.uid, allowed: false, status: { message } };
        response.end(JSON.stringify({ apiVersion: sent.apiVersion, kind: sent.kind, response: own }));
        return;
      }
      const top = { apiVersion: sent.apiVersion ?? '' };
      (how ?? misbehaviours[does] ?? says({}, top))(asked, response);
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    hook.closeAllConnections();
    hook.close();
  });
  const server = await startSimulated({
    host: '127.0.0.1',
    port: 0,
    objects: [],
    makeCall: webhookCaller({ services: new Map(), isInCluster: false }),
  });
  t.after(server.stop);
  const { certificate: cert, key } = server.authority.client('admin', ['system:masters']);
  const ours: Side = { url: server.url, ca: server.authority.certificate, cert, key };
  const real: Side = { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key };
  const namespace = await cluster.namespace('converted');
  await ask(ours, {
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  });
  return {
    namespace,
    url: `https://127.0.0.1:${(hook.address() as AddressInfo).port}/convert`,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    behaves(next) {
      how = next;
    },
    sides: [real, ours],
    async compared(about, question) {
      const [theirs, own] = [await ask(real, question), await ask(ours, question)];
      return differences(comparable(theirs as Json), comparable(own as Json)).map((line) => `${about}: ${line}`);
    },
    async define(body) {
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
      for (const side of [real, ours]) assert.equal((await ask(side, { method: 'POST', path, body })).code, 201);
      const name = asString(dig(body, 'metadata', 'name')) ?? '';
      t.after(() => ask(real, { method: 'DELETE', path: `${path}/${name}` }));
      await until(`${name} is established`, async () => {
        const { body: found } = await ask(real, { method: 'GET', path: `${path}/${name}` });
        const conditions = asList(dig(found, 'status', 'conditions'));
        return conditions.some((each) => dig(each, 'type') === 'Established' && dig(each, 'status') === 'True');
      });
      const served = `/apis/${group}/v1/${name.split('.')[0]}`;
      await until(`${served} is served`, async () => (await ask(real, { method: 'GET', path: served })).code === 200);
    },
  };
}

/** Waits for what a real server comes to in its time, up to a minute. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await isSo()); await pause(50)) if (Date.now() > end) assert.fail(`never: ${what}`);
}

describe('conversion webhooks', { timeout: 120_000 }, () => {
  test('whatever a webhook answers, the answer to the request is the same', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await bothServers(t, cluster);
    await both.define(definition('gauges', both.url, both.caBundle, 'v2', ['v1']));
    await both.define(definition('levels', both.url, both.caBundle, 'v2', ['v0', 'v1beta1', 'v1']));
    const different: string[] = [];
    for (const plural of ['gauges', 'levels'])
      for (const does of Object.keys(misbehaviours)) {
        const path = `/apis/${group}/v1/namespaces/${both.namespace}/${plural}`;
        const kind = plural === 'gauges' ? 'Gauge' : 'Level';
        const body = { apiVersion: `${group}/v1`, kind, metadata: { name: does, labels: { does } }, spec: { host: 'a', port: 1 } };
        different.push(...(await both.compared(`${plural} ${does}`, { method: 'POST', path: `${path}?dryRun=All`, body })));
      }
    assert.deepEqual(different, []);
  });

  test('writes and reads in every version are the same', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await bothServers(t, cluster);
    await both.define(definition('meters', both.url, both.caBundle, 'v2', ['v1']));
    const at = (version: string, rest = '') => `/apis/${group}/${version}/namespaces/${both.namespace}/meters${rest}`;
    const meter = (version: string, name: string, spec: JsonObject, more: JsonObject = {}): JsonObject => ({
      apiVersion: `${group}/${version}`,
      kind: 'Meter',
      metadata: { name, ...more },
      spec,
    });
    const merge = (path: string, body: Json): Question => ({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
    const apply = (path: string, manager: string, body: Json): Question => ({
      method: 'PATCH',
      path: `${path}?fieldManager=${manager}`,
      contentType: 'application/apply-patch+yaml',
      body,
    });
    const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const get = (path: string, accept?: string): Question => ({ method: 'GET', path, ...(accept === undefined ? {} : { accept }) });
    const story: readonly Question[] = [
      { method: 'POST', path: at('v1'), body: meter('v1', 'a', { host: 'x', port: 80 }) },
      { method: 'POST', path: at('v2'), body: meter('v2', 'b', { address: 'y:81', note: 'mine' }) },
      { method: 'POST', path: at('v3'), body: meter('v3', 'c', { address: 'y:81' }) },
      { method: 'POST', path: at('v1'), body: meter('v1', 'd', { host: 'x', port: 99999 }) },
      { method: 'POST', path: at('v1'), body: meter('v1', 'e', { host: 'X', port: 9, zz: 1 }) },
      { method: 'POST', path: at('v1', '?dryRun=All'), body: meter('v1', 'f', { host: 'x', port: 9 }) },
      ...['v1', 'v2'].flatMap((version) => ['a', 'b', 'e'].map((name) => get(at(version, `/${name}`)))),
      get(at('v1')),
      get(at('v2')),
      get(at('v1'), table),
      get(at('v2'), table),
      get(at('v1', '?labelSelector=seen-in%3Dv1')),
      get(at('v2', '?labelSelector=seen-in%3Dv1')),
      get(at('v1', '?fieldSelector=spec.host%3Dx')),
      get(at('v1', '?limit=1')),
      get(at('v1', '?watch=1&timeoutSeconds=4')),
      get(at('v1', '/a/scale')),
      merge(at('v1', '/a'), { spec: { port: 81 } }),
      merge(at('v1', '/a'), { spec: { port: 81 } }),
      merge(at('v2', '/a'), { spec: { address: 'z:82' } }),
      merge(at('v2', '/a'), { metadata: { labels: { 'seen-in': null } } }),
      merge(at('v1', '/b'), { spec: { port: 'x' } }),
      merge(at('v1', '/b/status'), { status: { phase: 'on' }, spec: { host: 'no' } }),
      merge(at('v1', '/b/scale'), { spec: { replicas: 3 } }),
      apply(at('v1', '/a'), 'one', meter('v1', 'a', { host: 'q' })),
      apply(at('v1', '/a'), 'one', meter('v1', 'a', { note: 'n' })),
      apply(at('v2', '/a'), 'two', meter('v2', 'a', { note: 'o' })),
      apply(at('v1', '/g'), 'one', meter('v1', 'g', { host: 'h', port: 5 })),
      apply(at('v2', '/g'), 'two', meter('v2', 'g', { note: 'both' })),
      apply(at('v2', '/g'), 'three', meter('v2', 'g', { address: 'i:6' })),
      apply(at('v1', '/g'), 'one', meter('v1', 'g', { host: 'h' })),
      ...['v1', 'v2'].map((version) => get(at(version, '/g'))),
      get(at('v1', '/a')),
      { method: 'DELETE', path: at('v1', '/b') },
      { method: 'DELETE', path: at('v1', '/g?dryRun=All') },
      { method: 'DELETE', path: at('v1') },
      get(at('v2')),
    ];
    const different: string[] = [];
    for (const [index, question] of story.entries())
      different.push(...(await both.compared(`${index} ${question.method} ${question.path}`, question)));
    assert.deepEqual(different, []);
  });

  test('policies and webhooks that ask for another version are shown it', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await bothServers(t, cluster);
    await both.define(definition('clocks', both.url, both.caBundle, 'v1', ['v1']));
    const rules = [{ apiGroups: [group], apiVersions: ['v2'], operations: ['*'], resources: ['clocks'] }];
    const own: Json = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': both.namespace } } };
    const admission = 'admissionregistration.k8s.io';
    const made: readonly (readonly [resource: string, object: JsonObject])[] = [
      [
        'validatingwebhookconfigurations',
        {
          kind: 'ValidatingWebhookConfiguration',
          webhooks: [
            {
              name: 'says.example.com',
              clientConfig: { url: both.url, caBundle: both.caBundle },
              rules,
              sideEffects: 'None',
              admissionReviewVersions: ['v1'],
              objectSelector: { matchLabels: { by: 'webhook' } },
              ...asObject(own),
            },
          ],
        },
      ],
      [
        'validatingadmissionpolicies',
        {
          kind: 'ValidatingAdmissionPolicy',
          spec: {
            matchConstraints: { resourceRules: rules, objectSelector: { matchLabels: { by: 'policy' } }, ...asObject(own) },
            validations: [{ expression: 'false', messageExpression: 'object.spec.address + " of " + request.requestKind.version' }],
          },
        },
      ],
      [
        'validatingadmissionpolicybindings',
        { kind: 'ValidatingAdmissionPolicyBinding', spec: { policyName: 'clocks', validationActions: ['Deny'] } },
      ],
    ];
    for (const [resource, object] of made) {
      const path = `/apis/${admission}/v1/${resource}`;
      const body = { apiVersion: `${admission}/v1`, ...object, metadata: { name: 'clocks' } };
      for (const side of both.sides) assert.equal((await ask(side, { method: 'POST', path, body })).code, 201);
      t.after(() => both.sides[0] && ask(both.sides[0], { method: 'DELETE', path: `${path}/clocks` }));
    }
    const at = (version: string, rest = '') => `/apis/${group}/${version}/namespaces/${both.namespace}/clocks${rest}`;
    const clock = (by: string): JsonObject => ({
      apiVersion: `${group}/v1`,
      kind: 'Clock',
      metadata: { name: 'a', labels: { by } },
      spec: { host: 'x', port: 80 },
    });
    for (const by of ['webhook', 'policy'])
      await until(`the ${by} is heeded`, async () => {
        const side = both.sides[0];
        return side !== undefined && (await ask(side, { method: 'POST', path: at('v1', '?dryRun=All'), body: clock(by) })).code !== 201;
      });
    const merge = (body: Json): Question => ({ method: 'PATCH', path: at('v1', '/a'), contentType: 'application/merge-patch+json', body });
    const different: string[] = [];
    for (const question of [
      { method: 'POST', path: at('v1'), body: clock('webhook') },
      { method: 'POST', path: at('v1'), body: clock('policy') },
      { method: 'POST', path: at('v1'), body: clock('nobody') },
      merge({ metadata: { labels: { by: 'webhook' } }, spec: { port: 81 } }),
      merge({ metadata: { labels: { by: 'policy' } }, spec: { port: 81 } }),
    ])
      different.push(...(await both.compared(`${question.method} ${JSON.stringify(question.body)}`, question)));
    assert.deepEqual(different, []);
  });

  test('objects that cannot be converted are not shown, and say why', async (t) => {
    const cluster = await realCluster(t);
    if (cluster === undefined) return;
    const both = await bothServers(t, cluster);
    await both.define(definition('dials', both.url, both.caBundle, 'v1', ['v1']));
    const at = (version: string, rest = '') => `/apis/${group}/${version}/namespaces/${both.namespace}/dials${rest}`;
    const different: string[] = [];
    const compare = async (question: Question) => {
      const about = `${question.method} ${question.path}`;
      different.push(...(await both.compared(about, question)));
    };
    for (const name of ['a', 'b'])
      await compare({
        method: 'POST',
        path: at('v1'),
        body: { apiVersion: `${group}/v1`, kind: 'Dial', metadata: { name }, spec: { host: 'x', port: 80 } },
      });
    both.behaves(misbehaviours['fails-with-a-message']);
    await compare({ method: 'GET', path: at('v1', '/a') });
    await compare({ method: 'GET', path: at('v2', '/a') });
    await compare({ method: 'GET', path: at('v2', '/nothing') });
    await compare({ method: 'GET', path: at('v2', '/a/scale') });
    await compare({ method: 'GET', path: at('v1') });
    const merge = 'application/merge-patch+json';
    await compare({ method: 'PATCH', path: at('v1', '/a'), contentType: merge, body: { spec: { note: 'n' } } });
    await compare({ method: 'POST', path: at('v2'), body: { apiVersion: `${group}/v2`, kind: 'Dial', metadata: { name: 'c' }, spec: {} } });
    await compare({ method: 'POST', path: at('v2'), body: { apiVersion: `${group}/v2`, kind: 'Dial', metadata: { name: 'a' }, spec: {} } });
    await compare({ method: 'DELETE', path: at('v2', '/a') });
    await compare({ method: 'DELETE', path: at('v2') });
    await compare({ method: 'GET', path: at('v2') });
    await compare({ method: 'DELETE', path: at('v1', '/a') });
    await compare({
      method: 'PATCH',
      path: at('v2', '/d?fieldManager=x'),
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion: `${group}/v2`, kind: 'Dial', metadata: { name: 'd' }, spec: { address: 'a:1' } },
    });
    both.behaves(undefined);
    assert.deepEqual(different, []);
  });
});
