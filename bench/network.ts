// All pairs, all ports of a made-up cluster of 10,000 pods in 500 namespaces under 2,000 policies; a sample of the same pairs by the literal
// evaluator, for the ratio; one changed object; 100,000 pods; and the small corpus as a whole process. The engine runs in a process of its own,
// so that its memory is what is measured.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../src/kube/object.ts';
import { network } from '../src/network/network.ts';
import { type Resource, resource, snapshot } from '../src/snapshot/snapshot.ts';
import { allowed, type Cluster, type End } from '../test/network/reference.ts';
import { type Measurement, measure, median } from './measure.ts';

const root = join(import.meta.dirname, '..');

interface Size {
  readonly pods: number;
  readonly namespaces: number;
  readonly policies: number;
}

const sizes: Readonly<Record<string, Size>> = {
  '10k': { pods: 10_000, namespaces: 500, policies: 2_000 },
  '100k': { pods: 100_000, namespaces: 2_000, policies: 10_000 },
};

const inner = process.argv[4];
if (inner !== undefined) answer(sizes[inner] ?? { pods: 0, namespaces: 0, policies: 0 }, inner === '10k');
else await all();

async function all(): Promise<void> {
  for (const name of Object.keys(sizes)) {
    const { stdout } = spawnSync(process.execPath, [join(root, 'bench', 'run.ts'), 'network', '1', name], { encoding: 'utf8' });
    console.log(`\n${name} pods\n${stdout.trimEnd()}`);
  }
  const corpus = join(root, '..', 'shared', 'corpus', 'small');
  if (!existsSync(corpus)) return;
  const runs: Measurement[] = [];
  for (let round = 0; round < Number(process.argv[3] ?? 5); round++)
    runs.push(
      await measure([
        process.execPath,
        join(root, 'bin', 'cofferdam.cjs'),
        'network',
        'connectivity',
        corpus,
        '-q',
        '--format',
        'netpol-analyzer',
      ]),
    );
  const of = (key: 'wall' | 'cpu' | 'memory') => median(runs.map((run) => run[key]));
  console.log('\nsmall corpus, start included (netpol-analyzer as published: 1.05 s CPU, 85 MB)');
  console.log(
    `  ${of('wall').toFixed(2)} s wall, ${of('cpu').toFixed(2)} s CPU, ${of('memory').toFixed(0)} MiB, ${(1.05 / of('cpu')).toFixed(1)}× less CPU`,
  );
}

function answer(size: Size, sample: boolean): void {
  const objects = madeUp(size);
  const resources = objects.map((object) => resource(object, { kind: 'memory' }));
  for (const one of resources) void one.pods;
  const begin = performance.now();
  const net = network(snapshot({ resources }));
  const { pods, external } = net.places;
  let open = 0;
  const members = new Int32Array(net.places.count);
  pods.forEach(({ endpoints }, place) => {
    members[place] = endpoints.length;
  });
  net.sweep((source, destination) => {
    open += (members[source] ?? 0) * (members[destination] ?? 0);
  });
  const seconds = (performance.now() - begin) / 1000;
  const memory = process.memoryUsage.rss() / 2 ** 20;
  console.log(`  all pairs, all ports: ${seconds.toFixed(2)} s, ${memory.toFixed(0)} MiB`);
  console.log(
    `  ${pods.length} places of pods, ${external.length} of addresses, ${net.ports.count()} port sets, ${open} open pairs of pods`,
  );
  const per = seconds / size.pods ** 2;
  if (!sample) return;
  compare(objects, resources, per);
  change(resources, size);
}

/** Random pairs and one port, literally; and that both say the same. */
function compare(objects: readonly KubeObject[], resources: readonly Resource[], per: number): void {
  const net = network(snapshot({ resources }));
  const endpoints = net.workloads.flatMap((workload) => workload.endpoints);
  const cluster: Cluster = {
    namespaces: Object.fromEntries(net.namespaces),
    policies: objects.filter(({ kind }) => kind === 'NetworkPolicy'),
  };
  const random = generator(7);
  const probes = 2_000;
  let wrong = 0;
  const begin = performance.now();
  for (let index = 0; index < probes; index++) {
    const [a, b] = [endpoints[random(endpoints.length)], endpoints[random(endpoints.length)]];
    if (a === undefined || b === undefined) continue;
    const end = ({ workload, labels, ports }: typeof a): End => ({ pod: { namespace: workload.namespace, labels, ports } });
    const literal = allowed(cluster, { from: end(a), to: end(b), protocol: 'TCP', port: 8080 });
    if (literal !== net.ports.has(net.allowed(net.places.placeOf(a), net.places.placeOf(b)), 'TCP', 8080)) wrong++;
  }
  const each = (performance.now() - begin) / 1000 / probes;
  console.log(
    `  literal evaluator: ${(each * 1e6).toFixed(0)} µs a pair and port, ${wrong} of ${probes} probes differ; ×${Math.round(each / per)} per pair, all ports against one`,
  );
}

/** One more policy: what it does not touch is kept; one pod is asked about by all. */
function change(resources: readonly Resource[], { pods }: Size): void {
  const times: number[] = [];
  let last = network(snapshot({ resources }));
  last.sweep(() => undefined);
  for (let round = 0; round < 5; round++) {
    const extra = policy(`extra-${round}`, `ns-${round}`, { podSelector: {}, policyTypes: ['Ingress'] });
    const begin = performance.now();
    const net = network(snapshot({ resources: [...resources, resource(extra, { kind: 'memory' })] }), undefined, [], last);
    for (let source = 0; source < net.places.pods.length; source++) net.allowed(source, round);
    times.push(performance.now() - begin);
    last = net;
  }
  console.log(`  one more policy, one pod asked about by all ${pods}: ${median(times).toFixed(0)} ms`);
}

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function policy(name: string, namespace: string, spec: object): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec } as unknown as KubeObject;
}

/** Namespaces of a few tiers, workloads of some replicas, and policies as people write them: default deny, by label, by namespace, to blocks. */
function madeUp({ pods, namespaces, policies }: Size): readonly KubeObject[] {
  const random = generator(1);
  const pick = <T>(list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0];
  const objects: KubeObject[] = [];
  const applications: string[][] = [];
  for (let index = 0; index < namespaces; index++) {
    const labels = { team: `team-${index % 40}`, env: pick(['prod', 'stage', 'dev']) };
    objects.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `ns-${index}`, labels } });
    applications.push([]);
  }
  for (let made = 0; made < pods; ) {
    const namespace = random(namespaces);
    const own = applications[namespace] ?? [];
    const name = `app-${own.length}`;
    own.push(name);
    const labels = { app: name, tier: pick(['front', 'back', 'data']) };
    const port = 8080 + random(3);
    const replicas = Math.min(pods - made, 1 + random(7));
    for (let replica = 0; replica < replicas; replica++, made++)
      objects.push({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: `${name}-${replica}`,
          namespace: `ns-${namespace}`,
          labels: { ...labels, 'pod-template-hash': `${random(1e6)}` },
        },
        spec: { containers: [{ name: 'c', image: 'example.com/c:1', ports: [{ name: 'http', containerPort: port }] }] },
      } as unknown as KubeObject);
  }
  for (let index = 0; index < policies; index++) {
    const namespace = index % namespaces;
    const own = applications[namespace] ?? [];
    const app = own[random(Math.max(1, own.length))] ?? 'app-0';
    const ports = [{ port: pick<number | string>([8080, 8081, 8082, 443, 'http']) }];
    const specs: readonly [object, ...object[]] = [
      { podSelector: {}, policyTypes: ['Ingress'] },
      { podSelector: { matchLabels: { app } }, ingress: [{ from: [{ podSelector: { matchLabels: { tier: 'front' } } }], ports }] },
      {
        podSelector: { matchLabels: { tier: 'data' } },
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: `team-${random(40)}` } } }], ports }],
      },
      {
        podSelector: { matchLabels: { app } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { env: 'prod' } },
                podSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['data'] }] },
              },
            ],
          },
        ],
        egress: [
          { to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] },
          { to: [{ ipBlock: { cidr: `10.${random(200)}.0.0/16`, except: [] } }], ports },
        ],
      },
      { podSelector: { matchLabels: { tier: 'back' } }, ingress: [{ ports: [{ port: 8000, endPort: 8100 }] }] },
    ];
    objects.push(policy(`policy-${index}`, `ns-${namespace}`, index < namespaces ? specs[0] : pick(specs)));
  }
  return objects;
}
