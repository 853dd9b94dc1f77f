// The admission webhook under load: reviews a second, latency and memory, with the load generator on the same machine; then creates through the
// real API server with the webhook and without it, in turn. 24 policies, the pods of the peers' inputs.
// `npm run bench -- admit [REVIEWS [CREATES]]`.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../test/cluster/binaries.ts';
import { makeAuthority, makeCertificate } from '../test/cluster/certificates.ts';
import { startCluster } from '../test/cluster/cluster.ts';
import { median } from './measure.ts';
import { inputs, lines } from './peer-inputs.ts';

const reviews = Number(process.argv[3] ?? 100_000);
const creates = Number(process.argv[4] ?? 2_000);
const connections = 50;
const group = 'admissionregistration.k8s.io/v1';
const expressions: readonly { readonly name: string; readonly expression: string }[] = JSON.parse(
  readFileSync(join(inputs, 'cel-expressions.json'), 'utf8'),
);
const pods = lines<{ readonly metadata: { readonly name: string; readonly namespace?: string } }>(join(inputs, 'pods-2000.jsonl.gz'));
const policies = expressions.flatMap(({ name, expression }) => [
  {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-') },
    spec: {
      failurePolicy: 'Ignore',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] }],
      },
      validations: [{ expression }],
    },
  },
  {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-') },
    spec: { policyName: name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), validationActions: ['Warn'] },
  },
]);

const root = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
const { certificate: ca } = makeAuthority(root, 'authority');
makeCertificate(root, { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1' });
mkdirSync(join(root, 'policies'));
writeFileSync(join(root, 'policies', 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies }));
const words = [
  '--tls-cert',
  join(root, 'tls.crt'),
  '--tls-key',
  join(root, 'tls.key'),
  '--policies',
  join(root, 'policies'),
  '--no-cluster',
];
const main = join(import.meta.dirname, '..', 'bin', 'cofferdam.cjs');
const webhook = spawn(
  process.execPath,
  [main, 'admit', ...words, '--listen', '127.0.0.1:0', '--health-listen', 'none', '--records', '/dev/null'],
  {
    stdio: ['ignore', 'ignore', 'pipe'],
  },
);
try {
  const port = await new Promise<number>((resolve, reject) => {
    let told = '';
    webhook.stderr.on('data', (chunk) => {
      told += String(chunk);
      const [, found] = /answered on port ([0-9]+)/.exec(told) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    webhook.on('exit', () => reject(new Error(told)));
  });
  await direct(port);
  if (built()) await throughApiServer(port);
  else console.log('the real control plane is not built here; npm run cluster:build');
} finally {
  webhook.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
}

/** Seconds of CPU that the webhook has used. */
function cpuTime(): number {
  const stat = readFileSync(`/proc/${webhook.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMemory(): number {
  return Number(/VmRSS:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${webhook.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

async function direct(port: number): Promise<void> {
  const bodies = pods.map((object, index) =>
    Buffer.from(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: {
          uid: `u-${index}`,
          kind: { group: '', version: 'v1', kind: 'Pod' },
          resource: { group: '', version: 'v1', resource: 'pods' },
          name: object.metadata.name,
          namespace: object.metadata.namespace ?? 'default',
          operation: 'CREATE',
          userInfo: { username: 'bench', groups: ['system:authenticated'] },
          object: { apiVersion: 'v1', kind: 'Pod', ...object },
        },
      }),
    ),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca });
  const times: number[] = [];
  const ask = (body: Buffer) =>
    new Promise<void>((resolve, reject) => {
      const began = performance.now();
      const sent = request(
        { host: '127.0.0.1', port, path: '/validate?timeout=5s', method: 'POST', agent, headers: { 'content-length': body.length } },
        (response) => {
          if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`));
          response.resume();
          response.on('end', () => {
            times.push(performance.now() - began);
            resolve();
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const round = async (count: number) => {
    let next = 0;
    const worker = async () => {
      while (next < count) {
        const body = bodies[next++ % bodies.length];
        if (body !== undefined) await ask(body);
      }
    };
    await Promise.all(Array.from({ length: connections }, worker));
  };
  await round(5_000);
  const memory: number[] = [];
  const rates: number[] = [];
  times.length = 0;
  const before = { webhook: cpuTime(), generator: process.cpuUsage() };
  let all: number[] = [];
  for (let part = 0; part < 10; part++) {
    const began = performance.now();
    await round(reviews / 10);
    rates.push(reviews / 10 / ((performance.now() - began) / 1000));
    memory.push(residentMemory());
    all = all.concat(times.splice(0));
  }
  agent.destroy();
  const own = process.cpuUsage(before.generator);
  const perReview = [(cpuTime() - before.webhook) * 1e6, own.user + own.system].map((time) => (time / reviews).toFixed(0));
  all.sort((a, b) => a - b);
  const at = (share: number) => (all[Math.floor(all.length * share)] ?? 0).toFixed(1);
  console.log(
    `${reviews} reviews of ${pods.length} pods under ${expressions.length} policies, ${connections} connections, generator on the same machine`,
  );
  console.log(`  ${median(rates).toFixed(0)} reviews/s in the median of ten parts; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  console.log(`  CPU a review: webhook ${perReview[0]} µs, generator ${perReview[1]} µs`);
  console.log(`  resident memory after each part: ${memory.map((value) => value.toFixed(0)).join(' ')} MiB`);
}

async function throughApiServer(port: number): Promise<void> {
  const cluster = await startCluster();
  try {
    const [judged, free] = [await cluster.namespace('judged'), await cluster.namespace('free')];
    const registration = {
      apiVersion: group,
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'cofferdam' },
      webhooks: [
        {
          name: 'validate.cofferdam.dev',
          clientConfig: { url: `https://127.0.0.1:${port}/validate`, caBundle: Buffer.from(ca).toString('base64') },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': judged } },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          timeoutSeconds: 5,
          admissionReviewVersions: ['v1'],
        },
      ],
    };
    const answer = await cluster.api('POST', `/apis/${group}/validatingwebhookconfigurations`, registration);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const times: Record<string, number[]> = { [judged]: [], [free]: [] };
    let made = 0;
    const create = async (namespace: string) => {
      const name = `p-${made++}`;
      const spec = { containers: [{ name: 'app', image: 'registry.example.com/app:1' }] };
      const began = performance.now();
      const { status } = await cluster.api('POST', `/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec,
      });
      if (status !== 201) throw new Error(`HTTP ${status}`);
      times[namespace]?.push(performance.now() - began);
    };
    for (const namespace of [judged, free]) await Promise.all(Array.from({ length: connections }, () => create(namespace)));
    for (const list of Object.values(times)) list.length = 0;
    for (let left = creates; left > 0; left -= 2 * connections)
      for (const namespace of [judged, free]) await Promise.all(Array.from({ length: connections }, () => create(namespace)));
    const at = (namespace: string, share: number) =>
      (times[namespace] ?? []).toSorted((a, b) => a - b)[Math.floor((times[namespace]?.length ?? 0) * share)] ?? 0;
    console.log(`${creates} creates through the real API server, ${connections} at once, with the webhook and without in turn`);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const)
      console.log(
        `  ${name} ${at(judged, share).toFixed(1)} ms with, ${at(free, share).toFixed(1)} ms without: ratio ${(at(judged, share) / at(free, share)).toFixed(2)}`,
      );
  } finally {
    await cluster.stop();
  }
}
