// `snapshot save` and `snapshot show` as a person runs them, on manifests and on a real cluster.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { realCluster } from '../../../test/cluster/cluster.ts';
import { readSnapshotFile } from '../../sources/snapshot-file.ts';

const canary = 'canary-8277e0910d750195b448797616e091ad';
const manifests = `apiVersion: v1
kind: Secret
metadata: {name: s, namespace: shop}
stringData: {password: ${canary}}
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec: {containers: [{name: c, image: i}]}
---
a: [broken
`;

interface End {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function cofferdam(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<End> {
  const launcher = join(import.meta.dirname, '..', '..', '..', 'bin', 'cofferdam.cjs');
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...environment };
  const child = spawn(process.execPath, [launcher, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
}

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'cofferdam-snapshot-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  writeFileSync(join(made, 'shop.yaml'), manifests);
  return made;
}

test('manifests are saved without Secret values, twice with the same bytes, and shown', async (t) => {
  const made = folder(t);
  const file = join(made, 'snap.json.gz');
  const saved = await cofferdam(['snapshot', 'save', join(made, 'shop.yaml'), '-o', file]);
  assert.equal(saved.status, 0, saved.err);
  assert.match(saved.err, /shop\.yaml:[0-9]+:.*\nsaved 2 objects to .*snap\.json\.gz/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const first = readFileSync(file);
  await cofferdam(['snapshot', 'save', join(made, 'shop.yaml'), '-o', file]);
  assert.deepEqual(readFileSync(file), first);

  const plain = await cofferdam(['snapshot', 'save', join(made, 'shop.yaml')]);
  assert.ok(!plain.out.includes(canary));
  const read = readSnapshotFile(plain.out, '-');
  assert.ok(read.ok && read.value.resources.length === 2);

  const shown = await cofferdam(['snapshot', 'show', file]);
  assert.equal(shown.status, 0, shown.err);
  assert.match(
    shown.out,
    /^manifests\n2 objects of 2 kinds; the values of Secrets are not in it\n\n {2}Pod +1 {2}in 1 namespace\n {2}Secret +1 {2}in 1 namespace\n/,
  );
  const json = JSON.parse((await cofferdam(['snapshot', 'show', file, '-o', 'json'])).out) as {
    readonly kind: string;
    readonly kinds: readonly unknown[];
  };
  assert.deepEqual(
    [json.kind, json.kinds],
    [
      'SnapshotSummary',
      [
        { group: '', kind: 'Pod', objects: 1, namespaces: 1 },
        { group: '', kind: 'Secret', objects: 1, namespaces: 1 },
      ],
    ],
  );
});

const refusals: readonly { readonly name: string; readonly words: readonly string[]; readonly status: number; readonly says: RegExp }[] = [
  {
    name: 'no cluster is configured',
    words: ['snapshot', 'save'],
    status: 3,
    says: /^cofferdam: no cluster to read: ~\/\.kube\/config is absent or names none/,
  },
  {
    name: 'a path and a cluster are named',
    words: ['snapshot', 'save', 'a.yaml', '--context', 'x'],
    status: 2,
    says: /--context names a live cluster, and a\.yaml is a path/,
  },
  { name: 'the path is not there', words: ['snapshot', 'save', '/nonexistent.yaml'], status: 2, says: /nothing to save/ },
  {
    name: 'the file cannot be written',
    words: ['snapshot', 'save', 'shop.yaml', '-o', '/nonexistent/x'],
    status: 2,
    says: /cannot write \/nonexistent\/x/,
  },
  { name: 'the file to show is no snapshot', words: ['snapshot', 'show', 'shop.yaml'], status: 2, says: /not a saved snapshot/ },
  { name: 'the file to show is not there', words: ['snapshot', 'show', 'gone.json'], status: 2, says: /gone\.json/ },
  { name: 'a flag is empty', words: ['snapshot', 'save', '-n', ''], status: 2, says: /--namespace is empty/ },
];
for (const { name, words, status, says } of refusals)
  test(`where ${name}, one sentence says so and the status is ${status}`, async (t) => {
    const made = folder(t);
    const end = await cofferdam(words.map((word) => (word === 'shop.yaml' ? join(made, word) : word)));
    assert.equal(end.status, status, end.err);
    assert.match(end.err, says);
    assert.equal(end.out, '');
  });

test('a real cluster is saved, whole or in part, and shown with its age', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const made = folder(t);
  const namespace = await cluster.namespace('saved');
  await cluster.kubectl(['create', 'secret', 'generic', 's', '-n', namespace, `--from-literal=password=${canary}`]);
  const file = join(made, 'cluster.json');
  const environment = { KUBECONFIG: cluster.kubeconfig };
  const saved = await cofferdam(['snapshot', 'save', '-o', file], environment);
  assert.equal(saved.status, 0, saved.err);
  assert.match(
    saved.err,
    /^read context "real" \(https:\/\/127\.0\.0\.1:[0-9]+\): [0-9]+ objects of [0-9]+ kinds\nsaved [0-9]+ objects to /,
  );
  const text = readFileSync(file, 'utf8');
  assert.ok(!text.includes(canary) && !text.includes(Buffer.from(canary).toString('base64')));
  const shown = await cofferdam(['snapshot', 'show', file]);
  assert.match(shown.out, /^cluster real, Kubernetes v1\.36\.3\nread 20[0-9T:-]+Z, [0-9]+ seconds? ago\n/);

  const only = await cofferdam(['snapshot', 'save', '-n', namespace, '-o', file], environment);
  assert.match(only.err, /; only namespace saved-/);
  const pat = { KUBECONFIG: cluster.user('stranger') };
  const forbidden = await cofferdam(['snapshot', 'save'], pat);
  assert.equal(forbidden.status, 3);
  assert.match(forbidden.err, /none of [0-9]+ kinds may be listed; with rights in one namespace only, name it with -n/);
  const other = await cofferdam(['snapshot', 'save', '--as', 'nobody', '--as-group', 'system:masters', '-A', '-o', file], environment);
  assert.equal(other.status, 0, other.err);
});
