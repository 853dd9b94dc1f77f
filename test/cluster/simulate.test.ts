// One script of kubectl against a real API server and against the simulated one: both must print the same and end alike. No controllers run in
// either, so that only what an API server itself does is compared.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kubeconfigText } from '../../src/server/simulate/kubeconfig.ts';
import { folder } from '../folder.ts';
import { startSimulated } from '../simulated.ts';
import { command } from './binaries.ts';
import { realCluster } from './cluster.ts';

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "registry.example/web:1", ports: [{containerPort: 8080}], resources: {requests: {cpu: 100m, memory: 64Mi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
`;

const bad = `
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {containers: [{name: A_b, image: ""}], restartPolicy: Sometimes}
`;

/** NS is the namespace; every line is one command. */
const script = `
apply -f web.yaml -n NS
get deploy,netpol -n NS
get deploy web -n NS -o wide --show-labels
get deploy web -n NS -o yaml --show-managed-fields
apply -f web.yaml -n NS
apply --server-side --field-manager=other -f web.yaml -n NS
apply -f bad.yaml -n NS
scale deployment web --replicas=5 -n NS
patch deployment web -n NS --type=json -p [{"op":"test","path":"/spec/replicas","value":4}]
patch deployment web -n NS -p {"spec":{"template":{"spec":{"containers":[{"name":"web","image":"registry.example/web:2"}]}}}}
set env deployment/web A=b -n NS
label deployment web tier=front -n NS
annotate configmap settings note=hello -n NS
get cm settings -n NS -o json
create role reader --verb=get,list --resource=pods -n NS
create rolebinding reader --role=reader --user=rita -n NS
auth can-i list pods -n NS --as rita
auth can-i delete pods -n NS --as rita
get pods -n NS --as rita
get secrets -n NS --as rita
create service clusterip web --tcp=80:8080 -n NS --dry-run=server -o jsonpath={.spec.type}
create configmap settings -n NS
get cm -n NS --field-selector metadata.name=settings -o name
get cm -n NS -l nothing=here
get pods -n NS --field-selector spec.nothing=x
create secret generic s --from-literal=p=w -n NS
get secret s -n NS -o jsonpath={.data.p}
explain networkpolicy.spec.egress.to
api-resources --api-group=batch
delete deployment web -n NS
delete deployment web -n NS
get events.events.k8s.io -n NS
`;

interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

test('kubectl prints the same of both servers', { timeout: 180_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const root = folder(t, { 'web.yaml': web, 'bad.yaml': bad });
  const server = await startSimulated({ objects: [], host: '127.0.0.1', port: 0 });
  t.after(server.stop);
  const simulated = join(root, 'simulated.conf');
  writeFileSync(simulated, kubeconfigText(server.url, server.authority, 'admin', ['system:masters']), { mode: 0o600 });
  const namespace = await cluster.namespace('same');
  for (const words of [['create', 'namespace', namespace]]) await run(root, simulated, words);
  const differences: string[] = [];
  for (const line of script.trim().split('\n')) {
    const words = line.replaceAll('NS', namespace).split(' ');
    const [real, ours] = [await run(root, cluster.kubeconfig, words), await run(root, simulated, words)];
    const [wanted, found] = [shown(real, cluster.server), shown(ours, server.url)];
    if (wanted !== found) differences.push(`${line}\n--- real\n${wanted}\n--- simulated\n${found}`);
  }
  assert.deepEqual(differences, []);
});

function run(cwd: string, kubeconfig: string, words: readonly string[]): Promise<Ran> {
  const [program = '', ...rest] = command('kubectl');
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH ?? '', HOME: cwd, KUBECONFIG: kubeconfig };
    const child = spawn(program, [...rest, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

/** What differs between any two servers is made alike. */
function shown({ exit, stdout, stderr }: Ran, url: string): string {
  return `exit ${exit}\n${stdout}${stderr}`
    .replaceAll(url.replace('https://', ''), 'SERVER')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME')
    .replace(/(resourceVersion"?: "|ResourceVersion: )\d+/g, '$1RV')
    .replace(/(?<=\s)\d+s(?=\s|$)/g, 'AGE')
    .replace(/[ \t]+/g, ' ');
}
