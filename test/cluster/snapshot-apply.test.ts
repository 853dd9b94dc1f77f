// Server-side apply over a snapshot: who owns which field is in what was saved, so that a pipeline's next apply is answered as its cluster would.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { dig, type Json } from '../../src/lib/json.ts';
import { cofferdam } from '../cli/cofferdam.ts';
import { folder } from '../folder.ts';
import { realCluster } from './cluster.ts';

const settings = (data: Readonly<Record<string, string>>) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });

test('what a pipeline applied before goes when it applies without it, in the cluster and over its snapshot', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('applied');
  const root = folder(t, { 'second.json': settings({ level: 'high' }) });
  const apply = ['apply', '--server-side', '--field-manager=ci', '-n', namespace, '-f', '-'];
  await cluster.kubectl(apply, settings({ level: 'low', region: 'north' }));
  const saved = join(root, 'saved.json');
  const save = cofferdam(['snapshot', 'save', '--kubeconfig', cluster.kubeconfig, '-n', namespace, '-o', saved]);
  assert.equal(save.status, 0, save.stderr);
  await cluster.kubectl(apply, settings({ level: 'high' }));
  const { body } = await cluster.api('GET', `/api/v1/namespaces/${namespace}/configmaps/settings`);
  const asked = ['request', 'apply', '-f', join(root, 'second.json'), '-n', namespace, '--field-manager', 'ci', '-o', 'json'];
  const answer = cofferdam([...asked, '--as', 'ci', '--as-group', 'system:masters', saved]);
  assert.equal(answer.status, 0, answer.stdout);
  const trace = JSON.parse(answer.stdout) as Json;
  assert.deepEqual(dig(trace, 'object', 'data'), dig(body as Json, 'data'));
  assert.deepEqual(dig(trace, 'unknown'), []);
});
