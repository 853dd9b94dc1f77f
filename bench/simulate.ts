// The simulated API server beside the real one, the same load on each in turn, with the load generator on the same machine: GETs of a pod, creates
// of ConfigMaps and of Deployments with three containers, and the start from a snapshot of 15,000 objects.
// `npm run bench -- simulate [SECONDS]`; without the real control plane only ours is measured.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { built } from '../test/cluster/binaries.ts';
import { startCluster } from '../test/cluster/cluster.ts';

const milliseconds = Number(process.argv[3] ?? 5) * 1000;
const connections = 32;
const goals = { gets: 3_000, creates: 1_500, start: 2 };

interface Access {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const container = (name: string, port: number) => ({
  name,
  image: `registry.example/${name}:1.2.3`,
  ports: [{ name, containerPort: port }],
  env: [{ name: 'MODE', value: 'production' }],
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  readinessProbe: { httpGet: { path: '/ready', port: name } },
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
});
const podSpec = {
  containers: [container('web', 8080), container('proxy', 8081), container('metrics', 8082)],
  volumes: [{ name: 'data', emptyDir: {} }],
};
const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec },
  },
});
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { mode: 'fast', level: '3' } });

interface Load {
  readonly what: string;
  readonly goal: number;
  readonly next: (index: number) => { readonly method: string; readonly path: string; readonly body?: string };
}

const namespace = '/namespaces/bench';
const unique = Date.now().toString(36);
const loads: readonly Load[] = [
  { what: 'GETs of a pod', goal: goals.gets, next: () => ({ method: 'GET', path: `/api/v1${namespace}/pods/probe` }) },
  {
    what: 'creates of ConfigMaps',
    goal: goals.creates,
    next: (index) => ({
      method: 'POST',
      path: `/api/v1${namespace}/configmaps`,
      body: JSON.stringify(configMap(`c-${unique}-${index}`)),
    }),
  },
  {
    what: 'creates of Deployments',
    goal: goals.creates,
    next: (index) => ({
      method: 'POST',
      path: `/apis/apps/v1${namespace}/deployments`,
      body: JSON.stringify(deployment(`d-${unique}-${index}`)),
    }),
  },
];

interface Connection {
  /** One request at a time; its status. */
  readonly ask: (method: string, path: string, body?: string) => Promise<number>;
  readonly close: () => void;
}

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('\r\n0\r\n\r\n');

/** A connection that speaks as much HTTP as these answers need: the generator shall not cost more than what it measures. */
async function connection({ url, ca, cert, key }: Access): Promise<Connection> {
  const { hostname, port, host } = new URL(url);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), ca, cert, key, ALPNProtocols: ['http/1.1'] });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  let answer: ((status: number) => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  let received: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf(headEnd);
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *([0-9]+)/i.exec(head)?.[1];
    if (
      length === undefined
        ? !received.subarray(-lastChunk.length).equals(lastChunk)
        : received.length < end + headEnd.length + Number(length)
    )
      return;
    received = Buffer.alloc(0);
    answer?.(Number(head.slice(9, 12)));
  });
  socket.on('error', (error) => fail?.(error));
  return {
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        answer = resolve;
        fail = reject;
        const of = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
        socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: application/json\r\n${of}\r\n${body ?? ''}`);
      }),
    close: () => socket.destroy(),
  };
}

/** Requests a second over `connections` connections. */
async function rate(access: Access, { what, next }: Load, first: number): Promise<number> {
  const open = await Promise.all(Array.from({ length: connections }, () => connection(access)));
  let index = first;
  let done = 0;
  const begin = performance.now();
  const worker = async ({ ask }: Connection) => {
    while (performance.now() - begin < milliseconds) {
      const { method, path, body } = next(index++);
      const status = await ask(method, path, body);
      if (status !== 200 && status !== 201) throw new Error(`${what}: status ${status}`);
      done++;
    }
  };
  await Promise.all(open.map(worker));
  const seconds = (performance.now() - begin) / 1000;
  for (const { close } of open) close();
  return done / seconds;
}

async function furnish(access: Access): Promise<void> {
  const { ask, close } = await connection(access);
  const post = (path: string, body: unknown) => ask('POST', path, JSON.stringify(body));
  await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } });
  await post(`/api/v1${namespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  await post(`/api/v1${namespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe' }, spec: podSpec });
  close();
}

/** A saved snapshot of 15,000 objects, as the server has them. */
function snapshotText(): string {
  const items = Array.from({ length: 15_000 }, (_, index) => {
    const object = index % 3 === 0 ? configMap(`c-${index}`) : index % 3 === 1 ? deployment(`d-${index}`) : undefined;
    const made = object ?? { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p-${index}` }, spec: podSpec };
    const metadata = {
      ...made.metadata,
      namespace: `n-${index % 100}`,
      uid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      creationTimestamp: '2030-01-01T00:00:00Z',
      resourceVersion: String(index + 1),
    };
    return { ...made, metadata };
  });
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

interface Started {
  readonly process: ChildProcess;
  readonly access: Access;
  /** Seconds from the start of the process to its first answer. */
  readonly seconds: number;
}

async function startSimulated(folder: string, words: readonly string[]): Promise<Started> {
  const main = join(import.meta.dirname, '..', 'bin', 'cofferdam.cjs');
  const kubeconfig = join(folder, `kubeconfig-${performance.now()}`);
  const begin = performance.now();
  const child = spawn(process.execPath, [main, 'simulate', '--listen', '127.0.0.1:0', '--kubeconfig-out', kubeconfig, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      const found = /served at (\S+);/.exec(told)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('exit', () => reject(new Error(told)));
  });
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
    readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
  };
  const text = (value: string | undefined) => Buffer.from(value ?? '', 'base64').toString();
  const access = {
    url,
    ca: text(clusters[0]?.cluster['certificate-authority-data']),
    cert: text(users[0]?.user['client-certificate-data']),
    key: text(users[0]?.user['client-key-data']),
  };
  const { ask, close } = await connection(access);
  await ask('GET', '/api/v1/namespaces?limit=1');
  close();
  return { process: child, access, seconds: (performance.now() - begin) / 1000 };
}

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
const ended: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
let missed = false;
const show = (what: string, found: string, goal: string, isMet: boolean) => {
  console.log(`${what}: ${found} (goal ${goal})`);
  missed ||= !isMet;
};

try {
  const file = join(folder, 'cluster.json');
  writeFileSync(file, snapshotText());
  const big = await startSimulated(folder, [file]);
  big.process.kill('SIGTERM');
  show('start from a snapshot of 15,000 objects', `${big.seconds.toFixed(2)} s`, `≤ ${goals.start} s`, big.seconds <= goals.start);

  const ours = await startSimulated(folder, []);
  ended.push(() => ours.process.kill('SIGTERM'));
  const sides: [name: string, access: Access][] = [['simulated', ours.access]];
  if (built()) {
    const cluster = await startCluster();
    ended.push(cluster.stop);
    const { certificate: cert, key } = cluster.credentials;
    sides.push(['real', { url: cluster.server, ca: cluster.ca, cert, key }]);
  }
  for (const [, access] of sides) await furnish(access);
  for (const load of loads) {
    const found: string[] = [];
    let own = 0;
    for (const [name, access] of sides) {
      const best = Math.max(await rate(access, load, 0), await rate(access, load, 1_000_000));
      if (name === 'simulated') own = best;
      found.push(`${name} ${best.toFixed(0)}/s`);
    }
    show(load.what, found.join(', '), `≥ ${load.goal}/s`, own >= load.goal);
  }
} finally {
  for (const end of ended.reverse()) await end();
}
if (missed) process.exitCode = 1;
