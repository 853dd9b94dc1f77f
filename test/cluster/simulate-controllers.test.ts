// The real controller manager and scheduler as clients of the simulated server: they list and watch everything in protobuf over HTTP/2, hold leases,
// ask for tokens of their accounts, and do their work. Nobody runs the pods that come of it.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { asList, dig, isObject, type JsonObject } from '../../src/lib/json.ts';
import { kubeconfigText } from '../../src/server/simulate/kubeconfig.ts';
import type { Simulated } from '../../src/server/simulate/simulate.ts';
import { startSimulated } from '../simulated.ts';
import { build, built, command, whyMissing } from './binaries.ts';
import { makeSigningKey } from './certificates.ts';
import { processes } from './processes.ts';

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'one', uid: '00000000-0000-4000-8000-000000000001', creationTimestamp: '2030-01-01T00:00:00Z' },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '100' }, capacity: { cpu: '4', memory: '8Gi', pods: '100' } },
};
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'registry.example/web:1' }] } },
  },
};

/** Complaints that the same programs have about a new real cluster, or about what nobody gave them. */
const harmless =
  /manifest file is empty|is not as new as written version|legacy-service-account-token-tracking|the object has been modified/;

test('real controllers and the real scheduler work against the simulated server', { timeout: 180_000 }, async (t) => {
  const reason = whyMissing();
  if (reason !== undefined) {
    t.skip(reason);
    return;
  }
  if (!built()) await build();
  const server = await startSimulated({ objects: [node, web], host: '127.0.0.1', port: 0 });
  t.after(server.stop);
  const { folder, areRunning } = startControllers(t, server);
  const pods = () => server.world.store.list({ group: '', resource: 'pods' }, 'shop');
  const isDone = () => pods().length === 3 && pods().every((pod) => dig(pod, 'spec', 'nodeName') === 'one');
  for (let wait = 0; wait < 600 && !isDone() && areRunning(); wait++) await new Promise((resolve) => setTimeout(resolve, 200));
  const logs = ['kube-controller-manager', 'kube-scheduler'].map((name) => readFileSync(join(folder, `${name}.log`), 'utf8'));
  const complaints = logs.flatMap((log) => log.split('\n')).filter((line) => /^[EF]\d/.test(line) && !harmless.test(line));
  assert.deepEqual(complaints, []);
  assert.ok(isDone(), JSON.stringify(pods().map((pod) => dig(pod, 'metadata', 'name'))));
  const [owner] = asList(dig(pods()[0], 'metadata', 'ownerReferences'));
  assert.equal(isObject(owner) ? owner.kind : '', 'ReplicaSet');
  const leases: readonly JsonObject[] = server.world.store.list({ group: 'coordination.k8s.io', resource: 'leases' }, 'kube-system');
  assert.deepEqual(leases.map((lease) => dig(lease, 'metadata', 'name')).sort(), ['kube-controller-manager', 'kube-scheduler']);
});

function startControllers(t: TestContext, server: Simulated): { readonly folder: string; readonly areRunning: () => boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-controllers-'));
  const servers = processes(folder);
  t.after(async () => {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  makeSigningKey(folder, 'sa');
  writeFileSync(join(folder, 'ca.crt'), server.authority.certificate);
  const path = join(folder, 'admin.conf');
  writeFileSync(path, kubeconfigText(server.url, server.authority, 'admin', ['system:masters']), { mode: 0o600 });
  const common = [`--kubeconfig=${path}`, `--authentication-kubeconfig=${path}`, `--authorization-kubeconfig=${path}`, '--secure-port=0'];
  const keys = ['--service-account-private-key-file=sa.key', '--root-ca-file=ca.crt', '--use-service-account-credentials'];
  const started = [
    servers.start('kube-controller-manager', [...command('kube-controller-manager'), ...common, ...keys]),
    servers.start('kube-scheduler', [...command('kube-scheduler'), ...common]),
  ];
  return { folder, areRunning: () => started.every(({ running }) => running()) };
}
