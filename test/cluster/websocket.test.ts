// Watches over WebSocket: handshakes, frames and what comes of odd ones, byte by byte as a real API server writes them. Also what the paths to a
// kubelet say to a client that asks for another protocol where there is no kubelet.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { startSimulated } from '../simulated.ts';
import { realCluster } from './cluster.ts';
import { type Server, shownRaw } from './raw-request.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const usual = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nOrigin: https://a\r\n`;
const configMaps = '/api/v1/namespaces/default/configmaps';
const watch = `${configMaps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dthere`;

/** A frame as a client sends it. */
function masked(first: number, payload: string | Buffer, mask = [1, 2, 3, 4]): Buffer {
  const bytes = Buffer.from(payload);
  const head = bytes.length < 126 ? [first, 0x80 | bytes.length] : [first, 0x80 | 126, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.from([...head, ...mask, ...bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

const text = 0x81;
const [close, ping, pong] = [0x88, 0x89, 0x8a];

interface Row {
  readonly what: string;
  readonly target?: string;
  readonly headers?: string;
  /** Sent with the request, in one piece. */
  readonly frames?: readonly Buffer[];
}

const rows: readonly Row[] = [
  { what: 'events as text' },
  { what: 'events in protobuf', headers: `${usual}Accept: application/vnd.kubernetes.protobuf\r\n` },
  { what: 'tables', headers: `${usual}Accept: application/json;as=Table;g=meta.k8s.io;v=v1\r\n` },
  { what: 'YAML', headers: `${usual}Accept: application/yaml\r\n` },
  { what: 'a protocol', headers: `${usual}Sec-WebSocket-Protocol: base64.binary.k8s.io\r\n` },
  { what: 'an unknown protocol', headers: `${usual}Sec-WebSocket-Protocol:  x \r\n` },
  { what: 'two protocols', headers: `${usual}Sec-WebSocket-Protocol: binary.k8s.io, base64.binary.k8s.io\r\n` },
  { what: 'no key', headers: usual.replace(/Sec-WebSocket-Key.*\r\n/, '') },
  { what: 'another version', headers: usual.replace('13', '8') },
  { what: 'no version', headers: usual.replace(/Sec-WebSocket-Version.*\r\n/, '') },
  { what: 'no origin', headers: usual.replace(/Origin.*\r\n/, '') },
  { what: 'an origin that is none', headers: usual.replace('https://a', 'a b') },
  { what: 'an origin without a scheme', headers: usual.replace('https://a', 'null') },
  {
    what: 'the upgrade in another case',
    headers: usual.replace('websocket', 'WebSocket').replace('Connection: Upgrade', 'Connection: keep-alive, upgrade'),
  },
  { what: 'an extension', headers: `${usual}Sec-WebSocket-Extensions: permessage-deflate\r\n` },
  { what: 'a ping', frames: [masked(ping, 'hello'), masked(close, '')] },
  { what: 'a long ping', frames: [masked(ping, 'x'.repeat(300)), masked(close, '')] },
  { what: 'a pong nobody asked for', frames: [masked(pong, 'x'), masked(ping, 'y'), masked(close, '')] },
  {
    what: 'data, in pieces, of all kinds',
    frames: [masked(0x01, 'a'), masked(0x80, 'b'), masked(0x83, 'c'), masked(text, 'd'), masked(ping, ''), masked(close, '')],
  },
  { what: 'a close with a reason', frames: [masked(close, Buffer.from([3, 233, 97]))] },
  { what: 'a frame without a mask', frames: [Buffer.from([text, 1, 97])] },
  { what: 'a message that is too long', frames: [Buffer.from([text, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 1, 2, 3, 4])] },
  { what: 'a list', target: `${configMaps}?fieldSelector=metadata.name%3Dthere` },
  { what: 'a version that is none', target: `${watch}&resourceVersion=x` },
  { what: 'a watch of one object', target: `${configMaps}/there?watch=1&timeoutSeconds=1` },
  { what: 'nothing of that kind', target: '/api/v1/nothings?watch=1' },
  ...['pod', 'bound', 'none'].flatMap((pod) =>
    ['exec?command=a&stdout=1', 'attach?stdout=1', 'portforward?ports=80', 'log', 'log?follow=1', 'proxy/', 'exec'].flatMap(
      (subresource) => [
        { what: `${pod} ${subresource}`, target: `/api/v1/namespaces/default/pods/${pod}/${subresource}` },
        {
          what: `${pod} ${subresource} by SPDY`,
          target: `/api/v1/namespaces/default/pods/${pod}/${subresource}`,
          headers: 'Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n',
        },
      ],
    ),
  ),
];

/** Everything that comes back until the connection ends, or stays silent. */
function listen({ url, ca, cert, key: secret }: Server, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const options = { host: hostname, port: Number(port), ca, cert, key: secret, ALPNProtocols: ['http/1.1'] };
    const socket = connect(options, () => socket.write(bytes));
    let found = '';
    const end = (how: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found + how);
    };
    const timer = setTimeout(end, 8_000, '');
    socket.on('data', (chunk: Buffer) => {
      found += chunk.toString('latin1');
      const head = found.indexOf('\r\n\r\n');
      const length = /\r\ncontent-length: (\d+)/i.exec(found.slice(0, head))?.[1];
      if (head >= 0 && length !== undefined && found.length >= head + 4 + Number(length)) end('');
    });
    socket.on('error', () => end(''));
    socket.on('close', () => end(''));
  });
}

/** Messages by opcode, length and content; what differs from server to server made alike. */
function shown(answer: string): string {
  if (!answer.startsWith('HTTP/1.1 101')) return shownRaw(answer);
  const end = answer.indexOf('\r\n\r\n') + 4;
  const bytes = Buffer.from(answer.slice(end), 'latin1');
  const frames: string[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const code = (bytes[at + 1] ?? 0) & 0x7f;
    const size = code === 126 ? 4 : code === 127 ? 10 : 2;
    const length = code === 126 ? bytes.readUInt16BE(at + 2) : code === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : code;
    frames.push(`${bytes[at]} ${alike(bytes.subarray(at + size, at + size + length))}`);
    at += size + length;
  }
  return [answer.slice(0, end), ...frames].join('\n');
}

function alike(payload: Buffer): string {
  const found = payload.toString('latin1');
  if (found.startsWith('{'))
    return (
      shownRaw(`HTTP/1.1 200 OK\r\n\r\n${found}`).replace(/("name":"Age"|"cells":\[).*?\]/g, '$1]') +
      (found.endsWith('\n') ? ' and a line' : '')
    );
  return found.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID').replace(/(ADDED)[\s\S]*/, '$1');
}

test('watches over WebSocket, and other protocols, are as the real server has them', { timeout: 240_000 }, async (t) => {
  const cluster = await realCluster(t, { own: true });
  if (cluster === undefined) return;
  const simulated = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(simulated.stop);
  const { certificate, key: secret } = simulated.authority.client('admin', ['system:masters']);
  const servers: readonly Server[] = [
    { url: cluster.server, ca: cluster.ca, cert: cluster.credentials.certificate, key: cluster.credentials.key },
    { url: simulated.url, ca: simulated.authority.certificate, cert: certificate, key: secret },
  ];
  const make = async (path: string, object: object) => {
    const body = JSON.stringify(object);
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nUser-Agent: t\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    for (const server of servers) await listen(server, Buffer.from(head + body));
  };
  await make(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there' }, data: { a: 'b' } });
  await make('/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  await make('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'far' } });
  for (const [name, nodeName] of [['pod'], ['bound', 'far']] as const)
    await make('/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'i' }], ...(nodeName === undefined ? {} : { nodeName }) },
    });
  const differences: string[] = [];
  const left = [...rows];
  const worker = async () => {
    for (let row = left.pop(); row !== undefined; row = left.pop()) {
      const { what, headers = usual, frames = [] } = row;
      // Whether an event comes before what is said to a frame is chance.
      const { target = frames.length === 0 ? watch : watch.replace('there', 'nobody') } = row;
      const bytes = Buffer.concat([Buffer.from(`GET ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`), ...frames]);
      const asking = async () => (await Promise.all(servers.map((server) => listen(server, bytes)))).map(shown);
      let [wanted = '', found = ''] = await asking();
      // A server that is slow may not get to an event before its watch is over.
      for (let again = 0; again < 2 && wanted !== found; again++) [wanted = '', found = ''] = await asking();
      if (wanted !== found) differences.push(`${what}\n--- real\n${wanted}\n--- ours\n${found}`);
    }
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  assert.deepEqual(differences, []);
});
