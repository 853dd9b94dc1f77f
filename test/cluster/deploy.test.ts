// The manifests of `deploy/` are what they preach: the real API server takes them without a warning, and our own scan finds nothing grave in them.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { judge } from '../../src/cli/scan/judge.ts';
import { catalogue } from '../../src/controls/index.ts';
import { realCluster } from './cluster.ts';

const folder = join(import.meta.dirname, '..', '..', 'deploy', 'admission');

test('the manifests of the webhook are taken by the real API server', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  // Its kinds are cert-manager's; the kustomization is no object.
  const others = new Set(['certificate.yaml', 'kustomization.yaml', 'namespace.yaml']);
  const namespace = await cluster.namespace('deploy');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml') && !others.has(name))) {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('namespace: cofferdam\n', `namespace: ${namespace}\n`);
    assert.match(
      await cluster.kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], text),
      /created \(server dry run\)/,
      file,
    );
  }
  const namespaceText = readFileSync(join(folder, 'namespace.yaml'), 'utf8');
  assert.match(await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], namespaceText), /created/);
});

test('the scan finds nothing grave in them', async () => {
  const controls = catalogue.filter((control) => control.enabled !== false);
  const { result } = await judge({ paths: [folder], controls, now: Date.UTC(2026, 10, 1), render: 'never' });
  const grave = result.findings.filter(({ verdict, severity }) => verdict === 'fail' && (severity === 'critical' || severity === 'high'));
  assert.deepEqual(grave, []);
  assert.ok(result.summary.objects >= 11);
});
