// Sessions of the real kubectl, replayed against the simulated server with the real kubectl. Both outputs are made alike as the folder's README
// says, then compared: exit status, stdout, stderr. Each session has its namespace; a step that failed leaves what it leaves to the next.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { kubeconfigText } from '../../src/server/simulate/kubeconfig.ts';
import type { Simulated } from '../../src/server/simulate/simulate.ts';
import { command } from '../../test/cluster/binaries.ts';
import { startSimulated } from '../../test/simulated.ts';
import type { Suite } from '../suite.ts';

interface Step {
  readonly id: string;
  readonly session: string;
  readonly step: number;
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly unordered?: boolean;
}

interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const kubectlSessions: Suite = {
  name: 'kubectl-sessions',
  async *run(folder, note) {
    const [program = ''] = command('kubectl');
    if (!existsSync(program)) {
      note(`there is no kubectl at ${program}; nothing was replayed`);
      return;
    }
    const work = mkdtempSync(join(tmpdir(), 'kubectl-sessions-'));
    const server = await startSimulated({ objects: [1, 2, 3].map(node), host: '127.0.0.1', port: 0, play: true });
    const counts = new Map<string, [passed: number, total: number]>();
    try {
      prepare(work, folder, server);
      const lines = createInterface({ input: createReadStream(join(folder, 'cases.jsonl.gz')).pipe(createGunzip()) });
      let session = '';
      let namespaces: readonly string[] = [];
      for await (const line of lines) {
        if (line.trim() === '') continue;
        const step = JSON.parse(line) as Step;
        if (step.session !== session) {
          session = step.session;
          for (const name of namespaces) await kubectl(work, ['delete', 'namespace', name, '--ignore-not-found']);
          namespaces = namespacesIn(step);
          for (const name of namespaces) await kubectl(work, ['create', 'namespace', name]);
        }
        const found = await kubectl(work, step.argv, step.stdin);
        const detail = judge(step, found, work, server.url);
        const [passed, total] = counts.get(session) ?? [0, 0];
        counts.set(session, [passed + (detail === undefined ? 1 : 0), total + 1]);
        yield { id: step.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
      }
    } finally {
      await server.stop();
      rmSync(work, { recursive: true, force: true });
    }
    note([...counts].map(([name, [passed, total]]) => `${name} ${passed}/${total}`).join(', '));
  },
};

/** The namespaces of a session, which the recorder made before it; the session about namespaces makes its own. */
function namespacesIn({ session, argv, stdin = '' }: Step): readonly string[] {
  if (session === 'namespace') return [];
  return [...new Set([...argv, stdin].flatMap((word) => /\brec-[0-9]+\b/.exec(word)?.[0] ?? []))].concat(sessionNamespaces[session] ?? []);
}

/** Sessions whose first step does not name the namespace of the later ones. */
const sessionNamespaces: Readonly<Record<string, readonly string[]>> = {
  kustomize: ['rec-5'],
  'custom-resource': ['rec-6'],
  certificate: ['rec-7'],
  events: ['rec-9'],
};

/** A node as the recorder's cluster had it once kwok and the controllers had seen it. */
function node(index: number) {
  const name = `node-${index}`;
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/zone': `zone-${index % 3}`,
  };
  const capacity = { cpu: '64', memory: '512Gi', pods: '1k' };
  const versions = {
    containerRuntimeVersion: 'kwok-0.7.0',
    kernelVersion: 'kwok-0.7.0',
    kubeProxyVersion: 'kwok-0.7.0',
    kubeletVersion: 'kwok-0.7.0',
  };
  const system = { architecture: 'amd64', operatingSystem: 'linux', bootID: '', machineID: '', osImage: '', systemUUID: '' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `node-${index}`, labels, annotations: { 'node.alpha.kubernetes.io/ttl': '0' } },
    status: {
      phase: 'Running',
      capacity,
      allocatable: capacity,
      daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
      nodeInfo: { ...versions, ...system },
    },
  };
}

function prepare(work: string, folder: string, server: Simulated): void {
  cpSync(join(folder, 'files'), work, { recursive: true });
  freshRequest(work);
  const config = JSON.parse(kubeconfigText(server.url, server.authority, 'admin', ['system:masters'])) as Record<string, unknown>;
  const text = JSON.stringify(config).replaceAll('"simulated"', '"real"');
  writeFileSync(join(work, '.kubeconfig'), text, { mode: 0o600 });
}

/** A request for a certificate, made as the folder's README asks, where openssl is there. */
function freshRequest(work: string): void {
  const words = [
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    '/dev/null',
    '-subj',
    '/O=dev/CN=newcomer',
  ];
  const { stdout, status } = spawnSync('openssl', words, { encoding: 'utf8' });
  if (status !== 0) return;
  const file = join(work, 'csr.yaml');
  chmodSync(file, 0o600);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/<base64 of a PKCS #10[^>]*>/, Buffer.from(stdout).toString('base64')));
}

function kubectl(work: string, argv: readonly string[], stdin = ''): Promise<Ran> {
  const [program = '', ...rest] = command('kubectl');
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH ?? '', HOME: work, KUBECONFIG: join(work, '.kubeconfig'), TZ: 'UTC', LANG: 'C.UTF-8' };
    const child = spawn(program, [...rest, ...argv], { cwd: work, env, timeout: 90_000 });
    const chunks: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => chunks[0].push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks[1].push(chunk));
    child.on('error', reject);
    child.on('close', (exit) =>
      resolve({ exit: exit ?? -1, stdout: Buffer.concat(chunks[0]).toString(), stderr: Buffer.concat(chunks[1]).toString() }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

function judge(step: Step, found: Ran, work: string, url: string): string | undefined {
  const clean = (text: string) => normal(text, work, url);
  if (found.exit !== step.exit)
    return `${step.argv.join(' ')}: exit ${found.exit}, not ${step.exit}: ${clean(found.stderr).slice(0, 400)}${clean(found.stdout).slice(0, 200)}`;
  for (const stream of ['stdout', 'stderr'] as const) {
    const [one, other] = [clean(found[stream]), clean(step[stream])];
    const same = step.unordered === true ? sorted(one) === sorted(other) : one === other;
    if (!same) return `${step.argv.join(' ')}: ${stream} ${firstDifference(one, other)}`;
  }
  return undefined;
}

function sorted(text: string): string {
  return text.split('\n').sort().join('\n');
}

function firstDifference(found: string, wanted: string): string {
  const [a, b] = [found.split('\n'), wanted.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  const line = at < 0 ? a.length : at;
  return `line ${line + 1}: ${JSON.stringify(a[line])}, not ${JSON.stringify(b[line])}`;
}

/** The normalisation of the folder's README, in its order. */
function normal(text: string, work: string, url: string): string {
  const host = url.replace('https://', '');
  return text
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, (time) =>
      Math.abs(Date.parse(time) - Date.now()) < 3 * 86_400_000 ? '2026-01-01T00:00:00Z' : time,
    )
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replaceAll(`${work}/`, '')
    .replace(/\/tmp\/(LIVE|MERGED)-[0-9]+/g, '/tmp/$1-<rand>')
    .replaceAll(host, '<server>')
    .replace(/\b10\.244\.[0-9]+\.[0-9]+\b/g, '<pod ip>')
    .replace(/^(web-.*)\bnode-[0-9]+\b/gm, '$1<node>')
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replace(/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=<sha256>')
    .replace(/\b((?:made|web-[0-9a-f]{8,10}|web))-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-<rand>')
    .replace(/(resourceVersion: "|"resourceVersion": ?"|Resource Version: +)[0-9]+/g, '$1<rv>')
    .replace(/(^|[\s(])(?:[0-9]+y(?:[0-9]+d)?|[0-9]+d(?:[0-9]+h)?|[0-9]+h(?:[0-9]+m)?|[0-9]+m(?:[0-9]+s)?|[0-9]+s)(?=$|[\s)])/gm, '$1<age>')
    .replace(/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}/g, '<date>')
    .replace(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+ [+-]\d{4}/g, '<date>')
    .replace(/\bLS0tLS1[A-Za-z0-9+/=]+/g, '<base64>')
    .replace(/^([IWEF])\d{4} \d{2}:\d{2}:\d{2}\.\d+ +\d+ /gm, '$1<log> ')
    .split('\n')
    .map((line) => line.replace(/(?<=\S)(?: {2,}|[ \t]*\t[ \t]*)/g, '  ').trimEnd())
    .join('\n')
    .replace(/\n+$/, '\n');
}
