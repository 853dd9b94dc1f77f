// What is on the wire, of a real API server and of the simulated one: codes, headers and bodies of the same requests, over HTTP/2 and HTTP/1.1, in
// JSON, YAML and protobuf. Bodies are compared byte by byte where nothing in them differs from server to server.

import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect } from 'node:http2';
import { request } from 'node:https';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';

interface Server {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Without a certificate. */
  readonly isUnknown?: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const protobuf = 'application/vnd.kubernetes.protobuf';
const table = 'as=Table;g=meta.k8s.io;v=v1';
const metadata = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const accepts: readonly string[] = [
  '',
  'application/json',
  'application/yaml',
  protobuf,
  `${protobuf},application/json`,
  `application/json;q=0.5,${protobuf}`,
  `${protobuf};${table}`,
  `${protobuf};${table},application/json`,
  `${protobuf};${metadata}`,
  'application/xml',
  '*/*',
];

const namespace = '/api/v1/namespaces/default';
const gadgets = '/apis/example.com/v1/namespaces/default/gadgets';
/** Answers in which nothing differs from server to server. */
const paths: readonly string[] = [
  `${namespace}/configmaps/nothing`,
  '/api/v1/nothing',
  '/apis/nothing.example.com/v1/things',
  '/nothing',
  `${gadgets}/nothing`,
  '/apis/apps',
  '/apis/example.com',
  '/apis/batch/v1',
  '/api/v1',
  '/healthz',
  `${namespace}?timeout=x`,
  `${namespace}/configmaps?timeout=1`,
  `${namespace}/configmaps?resourceVersion=x`,
  `${namespace}/pods?labelSelector=a%20in%20(`,
];

const questions: readonly Question[] = [
  ...paths.flatMap((path) => accepts.map((accept) => ({ method: 'GET', path, headers: accept === '' ? {} : { accept } }))),
  ...['OPTIONS', 'HEAD', 'POST', 'TRACE'].flatMap((method) =>
    [`${namespace}/configmaps/nothing`, namespace, gadgets, '/version', '/healthz', '/nothing'].map((path) => ({
      method,
      path,
      headers: { accept: method === 'OPTIONS' ? protobuf : 'application/json' },
    })),
  ),
  ...['curl/8.0', 'Wget/1', 'Mozilla/5.0 (X11)', 'kubectl/v1.36'].map((agent) => ({
    method: 'GET',
    path: `${namespace}/configmaps/nothing`,
    headers: { 'user-agent': agent },
  })),
  ...['?pretty=1', '?pretty=false', '?pretty=maybe'].map((query) => ({
    method: 'GET',
    path: `${namespace}/configmaps/nothing${query}`,
    headers: { 'user-agent': 'curl/8.0' },
  })),
  { method: 'GET', path: `${namespace}/configmaps/nothing`, headers: { accept: 'application/json;pretty=1' } },
  { method: 'GET', path: '/version', headers: { authorization: 'Bearer made.up.token', accept: protobuf }, isUnknown: true },
  { method: 'GET', path: `${namespace}/configmaps`, headers: {}, isUnknown: true },
  { method: 'GET', path: `${namespace}/configmaps`, headers: { accept: protobuf }, isUnknown: true },
  { method: 'GET', path: `${namespace}/configmaps`, headers: { 'impersonate-user': 'jane', accept: protobuf } },
  { method: 'GET', path: '/healthz', headers: { 'audit-id': 'one-of-mine' } },
  { method: 'GET', path: '/apis/apps/v1', headers: { 'accept-encoding': 'gzip' } },
  ...['application/json', protobuf, 'text/plain', 'application/cbor'].map((type) => ({
    method: 'POST',
    path: `${namespace}/configmaps`,
    headers: { 'content-type': type },
    body: '{"apiVersion":"v1","kind":',
  })),
  { method: 'POST', path: `${namespace}/configmaps`, headers: { 'content-type': 'application/json' }, body: Buffer.alloc(4_000_000, 32) },
];

test('codes, headers and bodies are those of the real server', { timeout: 240_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const simulated = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(simulated.stop);
  const { certificate, key } = simulated.authority.client('admin', ['system:masters']);
  const real = { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key };
  const ours = { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key };
  const servers = [real, ours];
  for (const server of servers) await define(t, server);
  for (const [protocol, ask] of [
    ['HTTP/2', askTwo],
    ['HTTP/1.1', askOne],
  ] as const) {
    const differences: string[] = [];
    // Over HTTP/2 the real server resets the stream of a body it refuses, and its answer is lost now and then.
    for (const question of questions.filter(({ body }) => typeof body !== 'object' || protocol === 'HTTP/1.1')) {
      const [wanted, found] = (
        await Promise.all(servers.map((server) => Promise.race([ask(t, server, question).catch(String), silence()])))
      ).map(shown);
      if (wanted !== found)
        differences.push(
          `${protocol} ${question.method} ${question.path} ${JSON.stringify(question.headers)}\n  real ${wanted}\n  ours ${found}`,
        );
    }
    assert.deepEqual(differences, []);
  }
});

/** An answer that never comes is one, too. */
function silence(): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, 5_000, 'no answer').unref());
}

/** Texts that are no request, or none that a server may take. */
const broken: readonly string[] = [
  'GARBAGE\r\n\r\n',
  'GET /healthz HTTP/1.1\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n',
];

test('what is no request is refused in the words of the real server', { timeout: 60_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const simulated = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(simulated.stop);
  const servers = [
    { url: cluster.server, ca: cluster.ca },
    { url: simulated.url, ca: simulated.authority.certificate },
  ];
  for (const text of broken) {
    const [wanted, found] = await Promise.all(servers.map((server) => sendRaw(server, text)));
    assert.equal(found, wanted, JSON.stringify(text));
  }
});

/** Whatever comes back for a text until the connection closes. */
function sendRaw({ url, ca }: Pick<Server, 'url' | 'ca'>, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: hostname, port: Number(port), ca, ALPNProtocols: ['http/1.1'] }, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

/** The same definition on both, and waits until it is served. */
async function define(t: TestContext, server: Server): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await askTwo(t, server, { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(definition) });
  for (let wait = 0; wait < 100; wait++) {
    const [list, group] = [
      await askTwo(t, server, { method: 'GET', path: gadgets, headers: {} }),
      await askTwo(t, server, { method: 'GET', path: '/apis/example.com', headers: {} }),
    ];
    if (list.status === 200 && group.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const kept: readonly string[] = [
  'content-type',
  'cache-control',
  'content-encoding',
  'vary',
  'x-content-type-options',
  'allow',
  'retry-after',
  'www-authenticate',
  'warning',
];
const present: readonly string[] = ['x-kubernetes-pf-flowschema-uid', 'x-kubernetes-pf-prioritylevel-uid', 'date'];

function shown(answer: Answer | string): string {
  if (typeof answer === 'string') return answer;
  const { status, headers, body } = answer;
  const told = kept.filter((name) => headers[name] !== undefined).map((name) => `${name}: ${headers[name]}`);
  const there = present.filter((name) => headers[name] !== undefined);
  const audit = headers['audit-id'] === 'one-of-mine' ? 'own' : (headers['audit-id'] ?? '').length === 36 ? 'made' : 'none';
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return JSON.stringify([status, told, there, audit, plain.toString('latin1')]);
}

const sessions = new WeakMap<Server, ClientHttp2Session>();

function askTwo(t: TestContext, server: Server, { method, path, headers, body, isUnknown }: Question): Promise<Answer> {
  const { url, ca, cert, key } = server;
  let session = isUnknown === true ? undefined : sessions.get(server);
  if (session === undefined || session.closed || session.destroyed) {
    const made = connect(url, { ca, ...(isUnknown === true ? {} : { cert, key }) });
    made.on('error', () => {});
    t.after(() => made.destroy());
    if (isUnknown !== true) sessions.set(server, made);
    session = made;
  }
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let head: Readonly<Record<string, unknown>> = {};
    stream.on('response', (found) => {
      head = found;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const texts = Object.fromEntries(Object.entries(head).map(([name, value]) => [name, String(value)]));
      resolve({ status: Number(head[':status']), headers: texts, body: Buffer.concat(chunks) });
    });
    if (body !== undefined) stream.end(body);
  });
}

function askOne(_t: TestContext, { url, ca, cert, key }: Server, { method, path, headers, body, isUnknown }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const credentials = isUnknown === true ? {} : { cert, key };
    const outgoing = request(
      `${url}${path}`,
      {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { expect: '100-continue', 'content-length': Buffer.byteLength(body) }) },
        ca,
        ...credentials,
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const texts = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
          resolve({ status: incoming.statusCode ?? 0, headers: texts, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.on('continue', () => outgoing.end(body));
    if (body === undefined) outgoing.end();
    else outgoing.flushHeaders();
  });
}
