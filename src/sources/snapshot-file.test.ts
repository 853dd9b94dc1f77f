// A snapshot written and read back is the same snapshot, less the values of Secrets; what is no snapshot is refused in words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { assumedFacts, type Origin, type Resource, resource } from '../snapshot/snapshot.ts';
import { isSnapshotText, readSnapshotFile, type SnapshotHead, snapshotText } from './snapshot-file.ts';

const head: SnapshotHead = {
  facts: { ...assumedFacts('1.34'), live: true, distribution: 'eks' },
  coverage: [{ source: 'cluster prod', state: 'partial', detail: '3 objects' }],
  problems: [{ code: 'cluster/forbidden', message: 'the right to list secrets is missing', level: 'warning' }],
  context: 'prod',
  gitVersion: 'v1.34.2-eks-1',
  readAt: Date.parse('2026-01-02T03:04:05Z'),
};
const live = (object: KubeObject): Resource =>
  resource(object, { kind: 'cluster', context: 'prod', resourceVersion: String(object.metadata?.resourceVersion ?? '') }, '');
const fromFile = (object: KubeObject, file: string): Resource =>
  resource(object, { kind: 'file', file, document: 3, documentEnd: 9, pointer: '' });

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'shop', resourceVersion: '5' },
  spec: { neverHeardOf: [1, null, { a: 'ü' }] },
};
const role: KubeObject = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'r', resourceVersion: '6' } };
const secret: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'shop' },
  data: { a: 'aHVudGVyMg==', b: 'aHVudGVyMg==' },
};

function text(resources: readonly Resource[], of: SnapshotHead = head): string {
  return [...snapshotText(of, resources)].join('');
}

test('a cluster comes back as it was, with its age', () => {
  const written = text([live(pod), live(role)]);
  assert.ok(isSnapshotText(written));
  const read = readSnapshotFile(written, 'snap.json', Date.parse('2026-01-02T04:04:05Z'));
  assert.ok(read.ok);
  const { resources, ...rest } = read.value;
  assert.deepEqual(rest, { ...head, coverage: [{ ...head.coverage[0], age: 3600 }] });
  assert.deepEqual(
    resources.map(({ object, namespace, origin }) => ({ object, namespace, origin })),
    [
      { object: pod, namespace: 'shop', origin: { kind: 'cluster', context: 'prod', resourceVersion: '5' } },
      { object: role, namespace: '', origin: { kind: 'cluster', context: 'prod', resourceVersion: '6' } },
    ],
  );
});

test('manifests keep the names of their files and the namespace they take effect in', () => {
  const bare: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
  const noHead: SnapshotHead = { ...head, context: undefined, gitVersion: undefined, readAt: undefined };
  const read = readSnapshotFile(text([fromFile(bare, 'a.yaml'), fromFile(pod, 'a.yaml'), fromFile(role, 'b.yaml')], noHead), 'snap.json');
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.resources.map(({ origin, namespace }) => [(origin as Extract<Origin, { kind: 'file' }>).file, namespace]),
    [
      ['a.yaml', 'default'],
      ['a.yaml', 'shop'],
      ['b.yaml', ''],
    ],
  );
  assert.equal(read.value.readAt, undefined);
});

test('values of Secrets are not written, and a snapshot of a snapshot has the same bytes', () => {
  const written = text([live(secret), live(pod)]);
  assert.ok(!written.includes('aHVudGVyMg==') && !written.includes('hunter2'));
  assert.match(written, /"data":\{"a":"redacted:1:7","b":"redacted:1:7"\}/);
  const read = readSnapshotFile(written, 'snap.json');
  assert.ok(read.ok);
  assert.equal(text(read.value.resources), written);
  const mixed = text([...read.value.resources, live({ ...secret, data: { c: 'b3RoZXI=' } })]);
  assert.match(mixed, /"data":\{"c":"redacted:2:5"\}/, 'a new value never looks like an old one');
});

const refused: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  ['a truncated file', text([live(pod)]).slice(0, -20), /not whole/],
  ['another kind', '{"apiVersion":"cofferdam.dev/v1","kind":"ScanResult","objects":[]}', /not a snapshot/],
  ['no objects', '{"apiVersion":"cofferdam.dev/v1","kind":"Snapshot"}', /not a snapshot/],
  ['a list', '[]', /not a snapshot/],
];
for (const [name, written, says] of refused)
  test(`${name} is refused`, () => {
    const read = readSnapshotFile(written, 'snap.json');
    assert.ok(!read.ok && read.problem.code === 'snapshot/invalid');
    assert.match(read.problem.message, says);
  });

test('odd contents are told or left out, never believed', () => {
  const odd = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'Snapshot',
    readAt: 'yesterday',
    facts: { kubernetesVersion: '1.x', versionKnown: true, live: 'yes', distribution: 'toaster' },
    coverage: [7, { source: 's', state: 'superb', detail: '' }],
    problems: [{ code: 'Not A Code', message: 'x' }, null],
    files: [{ file: 7, objects: -3 }, 'x'],
    objects: [null, 7, { kind: 'Pod' }, { apiVersion: 'v1', kind: 'Pod', metadata: 'x' }, pod],
  };
  const read = readSnapshotFile(JSON.stringify(odd), 'snap.json');
  assert.ok(read.ok);
  assert.deepEqual(read.value.facts, assumedFacts(undefined));
  assert.deepEqual([read.value.coverage, read.value.readAt, read.value.resources.length], [[], undefined, 1]);
  assert.equal(read.value.problems.filter(({ code }) => code === 'object/not-an-object').length, 4);
});

test('only the beginning decides what a text is', () => {
  assert.ok(isSnapshotText(' \n{ "apiVersion": "cofferdam.dev/v1",\n "kind": "Snapshot"'));
  assert.ok(!isSnapshotText('{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"cofferdam.dev/v1","kind":"Snapshot"}]}'));
});
