// The attack graph: every stage of the algorithms over a made-up graph of 200,000 positions and 2,000,000 arcs, in a process of its own; a
// made-up cluster of 10,000 pods from file to paths as a whole process; and the answer after one object of it has changed.
// `npm run bench -- attack [ROUNDS]`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixesFor, pathsIn, usualThreat } from '../src/attack/answer.ts';
import { attackGraph } from '../src/attack/build.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { graph } from '../src/lib/graph/csr.ts';
import { vertexCut } from '../src/lib/graph/cut.ts';
import { dominated, dominators } from '../src/lib/graph/dominators.ts';
import { distancesTo, reached } from '../src/lib/graph/search.ts';
import { resource, snapshot } from '../src/snapshot/snapshot.ts';
import { type Measurement, measure, median } from './measure.ts';

const root = join(import.meta.dirname, '..');
const inner = process.argv[4];
if (inner === 'stages') stages();
else if (inner === 'change') change();
else await all(Number(process.argv[3] ?? 3));

async function all(rounds: number): Promise<void> {
  for (const part of ['stages', 'change']) {
    const { stdout } = spawnSync(process.execPath, [join(root, 'bench', 'run.ts'), 'attack', '1', part], { encoding: 'utf8' });
    console.log(stdout.trimEnd());
  }
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-attack-'));
  const file = join(folder, 'cluster.json');
  try {
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: cluster(10_000) }));
    for (const command of ['paths', 'fixes']) {
      const runs: Measurement[] = [];
      for (let round = 0; round < rounds; round++)
        runs.push(await measure([process.execPath, join(root, 'bin', 'cofferdam.cjs'), command, file, '-q', '-o', 'json']));
      const of = (key: 'wall' | 'cpu' | 'memory') => median(runs.map((run) => run[key]));
      console.log(
        `${command}, 10,000 pods, from file to answer: ${of('wall').toFixed(2)} s, ${of('cpu').toFixed(2)} s of CPU, ${of('memory').toFixed(0)} MiB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timed<T>(name: string, work: () => T): T {
  const [begin, used] = [performance.now(), process.cpuUsage()];
  const result = work();
  const { user, system } = process.cpuUsage(used);
  console.log(`  ${name}: ${(performance.now() - begin).toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of CPU`);
  return result;
}

/** Positions in the proportions of a cluster: nodes, pods, containers, accounts, roles, volumes, ways in; 50 of them must not be taken. */
function stages(): void {
  const [count, arcCount] = [200_000, 2_000_000];
  const random = generator(11);
  const [sources, targets] = [new Int32Array(arcCount), new Int32Array(arcCount)];
  const shares = [0.01, 0.35, 0.395, 0.08, 0.06, 0.095, 0.01];
  const begins = shares.map((_, kind) => Math.floor(count * shares.slice(0, kind).reduce((sum, share) => sum + share, 0)));
  const one = (kind: number) => (begins[kind] ?? 0) + random(Math.floor(count * (shares[kind] ?? 0)));
  const [node, pod, container, account, role, volume, way] = [0, 1, 2, 3, 4, 5, 6];
  const leads: readonly (readonly [number, number])[] = [
    [way, container],
    [container, account],
    [container, volume],
    [container, pod],
    [pod, container],
    [node, pod],
    [node, account],
    [account, role],
    [role, pod],
    [role, account],
    [volume, account],
    [account, role],
  ];
  for (let arc = 0; arc < arcCount; arc++) {
    const [from, to] = random(400) === 0 ? [container, node] : (leads[random(leads.length)] ?? [way, container]);
    sources[arc] = one(from);
    targets[arc] = one(to);
  }
  const goals = Array.from({ length: 50 }, () => one(role));
  const starts = Array.from({ length: 2_000 }, () => one(way));
  const costs = Uint8Array.from({ length: arcCount }, () => 1 + random(4));
  const prices = Int32Array.from({ length: count }, () => 1 + random(4));
  for (const end of [...goals, ...starts]) prices[end] = 50;
  console.log('200,000 positions, 2,000,000 arcs');
  const [begin, _used] = [performance.now(), process.cpuUsage()];
  const made = timed('rows in both directions', () => graph(count, sources, targets));
  timed('what the starts reach', () => reached(made.out, count, starts));
  timed('the cheapest way to a goal from everywhere', () => distancesTo(made, costs, goals));
  const above = timed('dominators', () => dominators(count, made.into, made.out, goals[0] ?? 0));
  timed('choke points', () => dominated(above, prices));
  const cut = timed('minimum vertex cut', () => vertexCut(made, prices, starts, goals));
  console.log(`  a cut of ${cut?.length ?? 'no'} positions`);
  console.log(
    `  all stages: ${((performance.now() - begin) / 1000).toFixed(2)} s, ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
  );
}

/** One role of the cluster changes; the whole answer again. */
function change(): void {
  const resources = cluster(10_000).map((object) => resource(object, { kind: 'memory' }));
  const first = snapshot({ resources });
  console.log('10,000 pods, in memory');
  timed('graph and paths', () => pathsIn(first, usualThreat));
  const { vertices, arcs } = attackGraph(first);
  console.log(`  ${vertices.length} positions, ${arcs.length} arcs`);
  timed('the smallest fix, proved', () => fixesFor(first, usualThreat));
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const at = resources.findIndex(({ kind, namespace }) => kind === 'Role' && namespace === `team-${round}`);
    const old = resources[at];
    if (old === undefined) continue;
    const changed = resource({ ...old.object, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }] }, { kind: 'memory' });
    const next = snapshot({ resources: resources.map((one) => (one === old ? changed : one)) });
    const begin = process.cpuUsage();
    pathsIn(next, usualThreat);
    const { user, system } = process.cpuUsage(begin);
    times.push((user + system) / 1000);
  }
  console.log(`  the answer after one changed object: ${median(times).toFixed(0)} ms of CPU`);
}

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A live cluster: 250 namespaces, 2,000 Deployments with five pods each on 300 nodes, accounts with roles, some of them too strong. */
function cluster(pods: number): readonly KubeObject[] {
  const random = generator(3);
  const made: KubeObject[] = [];
  const rbac = 'rbac.authorization.k8s.io';
  for (let node = 0; node < pods / 33; node++)
    made.push({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `node-${node}`, labels: node < 3 ? { 'node-role.kubernetes.io/control-plane': '' } : {} },
    });
  for (let team = 0; team < pods / 40; team++) {
    const namespace = `team-${team}`;
    made.push({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': random(3) === 0 ? 'privileged' : 'baseline' } },
    });
    const verbs = [['get'], ['get', 'list'], ['create'], ['*']][random(4)] ?? [];
    const resources = [['configmaps'], ['pods', 'services'], ['deployments'], ['pods/exec'], ['secrets']][random(5)] ?? [];
    made.push(
      {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata: { name: 'team', namespace },
        rules: [{ apiGroups: ['', 'apps'], resources, verbs }],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'team', namespace },
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'team' },
        subjects: [{ kind: 'ServiceAccount', name: 'app-0', namespace }],
      },
    );
    for (let app = 0; app < 8; app++) application(made, namespace, app, random, pods);
  }
  made.push(
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'operator' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'operator' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'operator' },
      subjects: [{ kind: 'ServiceAccount', name: 'app-1', namespace: 'team-1' }],
    },
  );
  return made;
}

function application(made: KubeObject[], namespace: string, app: number, random: (below: number) => number, pods: number): void {
  const name = `app-${app}`;
  const labels = { app: name, tier: ['web', 'api', 'db'][app % 3] ?? 'web' };
  const spec = (node?: number) => ({
    serviceAccountName: name,
    ...(node === undefined ? {} : { nodeName: `node-${node}` }),
    containers: [
      {
        name: 'app',
        image: `registry.example.com/${namespace}/${name}:1.${app}`,
        ports: [{ containerPort: 8080 }],
        env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } }],
        securityContext: { privileged: strong, allowPrivilegeEscalation: false },
      },
      { name: 'proxy', image: 'registry.example.com/proxy:2', ports: [{ containerPort: 15001 }] },
    ],
  });
  const strong = random(200) === 0;
  made.push({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  made.push({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, uid: `${namespace}-${name}` },
    spec: { replicas: 5, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: spec() } },
  });
  made.push({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: app === 0 ? 'LoadBalancer' : 'ClusterIP', selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  });
  if (random(2) === 0)
    made.push({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
    });
  for (let replica = 0; replica < 5; replica++) {
    const owner = [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: `${namespace}-${name}`, controller: true }];
    made.push({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-${replica}`, namespace, labels, ownerReferences: owner },
      spec: spec(3 + random(Math.floor(pods / 33) - 3)),
      status: { phase: 'Running', podIP: `10.${random(250)}.${random(250)}.${random(250)}` },
    });
  }
}
