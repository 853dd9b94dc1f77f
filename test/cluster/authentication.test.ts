// Whom credentials stand for, asked of the real API server and of `cofferdam whoami`, which never talks to it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asObject, dig, type Json } from '../../src/lib/json.ts';
import { cofferdam } from '../cli/cofferdam.ts';
import { folder } from '../folder.ts';
import { type Cluster, realCluster } from './cluster.ts';

/** The server's own answer, in our words. */
async function asked(cluster: Cluster, ...words: readonly string[]): Promise<object> {
  const info = dig(JSON.parse(await cluster.kubectl([...words, 'auth', 'whoami', '-o', 'json'])) as Json, 'status', 'userInfo');
  const { username, groups, uid = '', extra = {} } = asObject(info);
  return { name: username, groups, uid, extra };
}

test('certificates and tokens stand for whom the server takes them', { timeout: 120_000 }, async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const place = folder(t, { 'ca.crt': cluster.ca });
  const jane = cluster.user('jane', ['dev', 'ops']);
  const namespace = await cluster.namespace('who');
  const token = await cluster.token(namespace, 'default');
  writeFileSync(join(place, 'token'), token);
  writeFileSync(join(place, 'accounts.json'), await cluster.kubectl(['get', 'serviceaccounts', '-n', namespace, '-o', 'json']));
  const keys = ['--service-account-key-file', join(cluster.folder, 'sa.pub')];
  const rows: readonly (readonly [ours: readonly string[], theirs: readonly string[]])[] = [
    [
      ['--kubeconfig', jane, '--client-ca-file', join(place, 'ca.crt')],
      ['--kubeconfig', jane],
    ],
    [
      ['--token', join(place, 'token'), ...keys, '-f', join(place, 'accounts.json')],
      ['--kubeconfig', '/dev/null', '--server', cluster.server, '--certificate-authority', join(place, 'ca.crt'), '--token', token],
    ],
  ];
  for (const [ours, theirs] of rows) {
    const ran = cofferdam(['whoami', ...ours, '-o', 'json']);
    assert.equal(ran.status, 0, ran.stderr + ran.stdout);
    const { user, assumptions } = JSON.parse(ran.stdout) as { user: object; assumptions: readonly string[] };
    assert.deepEqual(user, await asked(cluster, ...theirs));
    assert.deepEqual(assumptions, []);
  }
});
