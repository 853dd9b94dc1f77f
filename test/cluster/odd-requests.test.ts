// Odd requests, byte by byte, to a real API server and to ours: escapes and paths, targets, versions, methods, hosts, headers, lengths, chunks,
// expectations, content types, Accept headers. What is answered must be equal, headers and bodies included.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';
import { askRaw, type Server, shownRaw } from './raw-request.ts';

const host = 'Host: a\r\n';
const json = 'Content-Type: application/json\r\n';
const namespace = '/api/v1/namespaces/default';
const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"odd"}}';

const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\n${host}${headers}\r\n`;
const line = (text: string, headers = host) => `${text}\r\n${headers}\r\n`;
const length = (text: string) => `Content-Length: ${text.length}\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const post = (headers: string, sent = body) => `POST ${namespace}/configmaps?dryRun=All HTTP/1.1\r\n${host}${headers}\r\n${sent}`;
const typed = (type: string) => post(`Content-Type: ${type}\r\n${length(body)}`);
const chunked = (sent: string, headers = 'Transfer-Encoding: chunked\r\n') => post(json + headers, sent);

const paths: readonly string[] = [
  ...['/api/v1/namespaces/%zz', '/healthz%', '/healthz%4', '/healt%68z', `${namespace}/configmaps/a%2fb`, `${namespace}/configmaps/a%00b`],
  ...[`${namespace}/configmaps/a%25b`, `${namespace}/configmaps/a%20b`, '/healthz?a=%zz', `${namespace}/configmaps/none?labelSelector=%zz`],
  ...['//healthz', '/api//v1', '/api/v1//namespaces/default', '/api/v1/namespaces//default', '//api/v1/namespaces/default', '/./healthz'],
  ...['/api/../healthz', '/api/v1/namespaces/../namespaces/default', '/api/v1/namespaces/%2e%2e/default', `${namespace}/`, '/api/v1/'],
  ...['/healthz/', '/version/', '/metrics/x', '/openapi/v2/', '/apis//apps/v1', '/apis/apps//v1', '/apis/apps/v1/', '/apis/apps/'],
  ...[
    '/apis/apps/v1//deployments',
    '/apis/apps/v1/namespaces/default//deployments',
    `${namespace}/configmaps//none`,
    '/apis/apps/v1/deployments//',
  ],
  ...[
    '/api/v1/watch',
    '/api/v1/watch/',
    '/api/v1/proxy',
    '/api/v1/namespaces/default/configmaps/a/b/c',
    '/api/v2/pods',
    '/apis/apps/v9/x',
    '/api/v1/pods/',
  ],
  ...[
    'https://example.com/healthz',
    'https://example.com',
    'http://a?x=1',
    'healthz',
    '://x',
    'a:b',
    '/healthz#x',
    '/healthz"<>',
    '/heal\u0001thz',
    '/he\u00e4lthz',
  ],
];

const requests: readonly string[] = [
  ...paths.map((path) => get(path)),
  ...[
    'OPTIONS * HTTP/1.1',
    'GET * HTTP/1.1',
    'CONNECT a:443 HTTP/1.1',
    'CONNECT /healthz HTTP/1.1',
    'GET  HTTP/1.1',
    'GET  /healthz HTTP/1.1',
  ].map((each) => line(each)),
  ...['GET /heal thz HTTP/1.1', 'GET /healthz HTTP/2.0', 'GET /healthz HTTP/1.2', 'GET /healthz HTTP/0.9', 'GET /healthz HTTP/3.0'].map(
    (each) => line(each),
  ),
  ...[
    'GET /healthz',
    'GET /healthz HTTP/x',
    'GET /healthz http/1.1',
    'GET /healthz HTTP/1.10',
    ' GET /healthz HTTP/1.1',
    'PRI * HTTP/2.0',
  ].map((each) => line(each)),
  ...['\r\nGET /healthz HTTP/1.1', 'GET /healthz HTTP/1.0', 'HEAD /healthz HTTP/1.0'].map((each) => line(each)),
  ...['', 'Host: a\r\nHost: b\r\n', 'Host:\r\n', 'Host: a b\r\n', 'Host: a/b\r\n', 'Host: <a>\r\n'].map((headers) =>
    line('GET /healthz HTTP/1.1', headers),
  ),
  ...['', 'Connection: keep-alive\r\n'].map((headers) => line('GET /healthz HTTP/1.0', headers)),
  'GET /healthz HTTP/1.1\nHost: a\n\n',
  '\r\n\r\n',
  ...['get', 'FOO', 'G@T', 'G(T', 'G!T', 'LINK', 'PURGE', 'QUERY', 'TRACE', 'OPTIONS', 'A'.repeat(100)].flatMap((method) =>
    ['/healthz', namespace, '/version', '/apis/apps', '/nowhere', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'].map((path) =>
      line(`${method} ${path} HTTP/1.1`),
    ),
  ),
  ...[
    'Content-Length: 0\r\n',
    'Content-Length: 3\r\n\r\nabc',
    'Expect: 100-continue\r\n',
    'Expect: other\r\n',
    'Connection: close\r\n',
  ].map((headers) => get('/healthz', headers)),
  ...[
    'X : a',
    ': a',
    'X: a\r\n b',
    'X: a\u0000b',
    'X: a\u0001b',
    'X: a\u007fb',
    'X: \u00e4',
    'X(y: a',
    'X\u00e4: a',
    'Xa',
    'X: a\rb',
    'X:\ta\t',
  ].map((header) => get('/healthz', `${header}\r\n`)),
  'GET /healthz HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n',
  get('/healthz', `X: ${'a'.repeat(900_000)}\r\n`),
  get('/healthz', `X: ${'a'.repeat(1_100_000)}\r\n`),
  get('/healthz', 'X: a\r\n'.repeat(20_000)),
  get('/healthz', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'),
  get('/healthz', 'Connection: Upgrade\r\nUpgrade: foo\r\n'),
  ...[length(body) + length(body), `${length(body)}Content-Length: 3\r\n`, `Content-Length: ${body.length}, ${body.length}\r\n`].map(
    (each) => post(json + each),
  ),
  ...['-1', '+3', 'x', '99999999999999999999', ''].map((each) => post(`${json}Content-Length: ${each}\r\n`)),
  post(json),
  post(`${json}Content-Length: 0\r\n`, ''),
  post('Content-Type: application/yaml\r\nContent-Length: 0\r\n', ''),
  post('Content-Type: application/vnd.kubernetes.protobuf\r\nContent-Length: 0\r\n', ''),
  post(length(body)),
  chunked(`${chunk(body)}0\r\n\r\n`),
  chunked(`${chunk(body)}0\r\nX-A: b\r\n\r\n`),
  chunked(`${chunk(body)}0\r\nbad trailer\r\n\r\n`),
  chunked(`${chunk(body)}0\r\n\r\n`, `${length(body)}Transfer-Encoding: chunked\r\n`),
  chunked(`${chunk(body)}0\r\n\r\n`, 'Trailer: X-A\r\nTransfer-Encoding: CHUNKED\r\n'),
  chunked(`${chunk(body)}0\r\n\r\n`, 'Trailer: Content-Length\r\nTransfer-Encoding: chunked\r\n'),
  ...['gzip', 'gzip, chunked', 'identity'].map((coding) => chunked(body, `Transfer-Encoding: ${coding}\r\n`)),
  chunked(body, 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'),
  ...['zz\r\n', '3\r\n{}xxx\r\n0\r\n\r\n', 'fffffffffffffffff\r\n', '3\n{}\n0\n\n', '\r\n'].map((sent) => chunked(sent)),
  ...['Expect: 100-continue\r\n', 'Expect: 100-Continue\r\n', 'Expect: 200-ok\r\n'].map((expect) => post(json + length(body) + expect)),
  ...[
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json; =',
    'application/json;',
    'application/json; a=b; a=c',
    'json',
    '*/*',
  ].map(typed),
  ...[
    'application/cbor',
    'application/cbor-seq',
    'application/json, text/plain',
    'application/json;stream=watch',
    'text/json',
    '',
    '/',
  ].map(typed),
  post(`${json}Content-Type: application/yaml\r\n${length(body)}`),
  post(`${json}Content-Encoding: gzip\r\n${length(body)}`),
  ...[
    '*/*;q=0',
    'application/json;q=0',
    'text/html, */*;q=0.1',
    'application/*',
    'application/cbor',
    'application/cbor, application/json;q=0.1',
    'application/json;as=Nothing;g=meta.k8s.io;v=v1',
    'application/json;as=Table;g=meta.k8s.io;v=v9, application/json',
    'application/json;as=Table;g=meta.k8s.io;v=v1',
    'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1beta1',
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    'application/json;as',
    'application/json;v=v1',
    'application/json; charset=utf-8',
    'application/json;=;;',
    ',',
    ';',
    'a',
    'application/json;stream=watch',
    'application/yaml;q=0.3, application/json;q=0.2',
    'APPLICATION/JSON',
    ' application/json ',
  ].flatMap((accept) =>
    [
      `${namespace}/configmaps/there`,
      '/api/v1',
      '/apis',
      '/version',
      '/apis/apps',
      '/openapi/v3/version',
      `${namespace}/configmaps/none`,
    ].map(
      (
        path, // A header that is none gets an empty 200 there.
      ) => (path.startsWith('/openapi') && !accept.includes('/') ? get(path) : get(path, `Accept: ${accept}\r\n`)),
    ),
  ),
  ...['application/apply-patch+cbor', 'application/cbor', 'application/merge-patch+json; =', 'text/plain'].map(
    (type) => `PATCH ${namespace}/configmaps/none?fieldManager=m HTTP/1.1\r\n${host}Content-Type: ${type}\r\n${length(body)}\r\n${body}`,
  ),
  ...['application/cbor-seq', 'application/cbor', 'application/cbor;stream=watch'].map((accept) =>
    get(`${namespace}/configmaps?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone`, `Accept: ${accept}\r\n`),
  ),
];

test('odd requests are answered as the real server answers them', { timeout: 240_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const simulated = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(simulated.stop);
  const { certificate, key } = simulated.authority.client('admin', ['system:masters']);
  const servers: readonly Server[] = [
    { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key },
    { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key },
  ];
  const there = body.replace('"odd"', '"there"');
  for (const server of servers)
    await askRaw(
      server,
      Buffer.from(`POST ${namespace}/configmaps HTTP/1.1\r\n${host}User-Agent: odd\r\n${json}${length(there)}\r\n${there}`),
    );
  const differences: string[] = [];
  const left = [...requests];
  // A form that an answer cannot have is refused once the write is stored; a type that is none before.
  const stored = (name: string, accept: string) => {
    const sent = body.replace('"odd"', JSON.stringify(name));
    return [
      `POST ${namespace}/configmaps HTTP/1.1\r\n${host}Accept: ${accept}\r\n${json}${length(sent)}\r\n${sent}`,
      get(`${namespace}/configmaps/${name}`),
      `DELETE ${namespace}/configmaps/${name} HTTP/1.1\r\n${host}Accept: ${accept}\r\n\r\n`,
      get(`${namespace}/configmaps/${name}`),
    ];
  };
  const inTurn = [
    ...stored('late', 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'),
    ...stored('early', 'application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1'),
  ].reverse();
  const worker = async (left: string[]) => {
    for (let text = left.pop(); text !== undefined; text = left.pop()) {
      const bytes = Buffer.from(text, 'latin1');
      const asking = async () => (await Promise.all(servers.map((server) => askRaw(server, bytes)))).map(shownRaw);
      let [wanted = '', found = ''] = await asking();
      // What has no end is waited for, and a slow server may take as long; what is done in turn is asked once.
      for (let again = 0; again < 2 && wanted !== found && left !== inTurn; again++) [wanted = '', found = ''] = await asking();
      if (wanted === found) continue;
      const [real, ours] = [wanted.split('\n'), found.split('\n')];
      const only = (of: readonly string[], than: readonly string[]) => of.filter((each) => !than.includes(each)).join('\n    ');
      differences.push(`${JSON.stringify(text.slice(0, 200))}\n  real ${only(real, ours)}\n  ours ${only(ours, real)}`);
    }
  };
  await Promise.all([inTurn, ...Array.from({ length: 8 }, () => left)].map(worker));
  assert.deepEqual(differences, []);
});
