import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claim, node, service, snapshotOf, velero, workload } from '../../../test/assessment-cluster.ts';
import type { KubeObject } from '../../kube/object.ts';
import { type Fate, readLoss } from './loss.ts';
import { singlePoints } from './ranking.ts';
import { simulate } from './simulate.ts';

const nodes = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')];
const data = { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'fast' } }] } };

function lose(word: string, objects: readonly KubeObject[]) {
  const loss = readLoss(word);
  assert.ok(loss.ok, loss.ok ? '' : loss.problem.message);
  const report = simulate(snapshotOf(objects), loss.value);
  assert.ok(report.ok, report.ok ? '' : report.problem.message);
  return report.value;
}

describe('what becomes of a workload', () => {
  const rows: readonly (readonly [title: string, word: string, objects: readonly KubeObject[], fate: Fate | undefined, left: number])[] = [
    ['with pods on two nodes goes on', 'node/a1', workload('Deployment', 'web', ['a1', 'b1']), 'degraded', 1],
    ['with all pods on one node is down until they moved', 'node/a1', workload('Deployment', 'web', ['a1', 'a1']), 'interrupted', 0],
    ['elsewhere is not touched', 'node/a1', workload('Deployment', 'web', ['b1']), undefined, 0],
    ['in one zone is down when the zone is', 'zone/a', workload('Deployment', 'web', ['a1', 'a2']), 'interrupted', 0],
    [
      'with its volume in the zone cannot come back',
      'zone/a',
      [...workload('StatefulSet', 'db', ['a1'], data), ...claim('data-db-0', { zone: 'a' })],
      'lost',
      0,
    ],
    [
      'with its volume in the zone moves to another node of it',
      'node/a1',
      [...workload('StatefulSet', 'db', ['a1'], data), ...claim('data-db-0', { zone: 'a' })],
      'interrupted',
      0,
    ],
    [
      'with its volume on the disk of the node cannot come back',
      'node/a1',
      [...workload('StatefulSet', 'db', ['a1'], data), ...claim('data-db-0', { node: 'a1' })],
      'lost',
      0,
    ],
    [
      'that asks for labels only the lost node has cannot come back',
      'node/a1',
      workload('Deployment', 'web', ['a1'], { pod: { nodeSelector: { 'kubernetes.io/hostname': 'a1' } } }),
      'lost',
      0,
    ],
  ];
  for (const [title, word, objects, fate, left] of rows)
    test(`one ${title}`, () => {
      const [first] = lose(word, [...nodes, ...objects]).workloads;
      assert.equal(first?.fate, fate);
      assert.equal(first?.left ?? 0, left);
    });

  test('a pod that nobody makes again is lost', () => {
    const [, pod] = workload('Deployment', 'web', ['a1']);
    const alone = { ...pod, metadata: { name: 'alone', namespace: 'shop', labels: { app: 'alone' } } } as KubeObject;
    assert.equal(lose('node/a1', [...nodes, alone]).workloads[0]?.fate, 'lost');
  });
});

describe('what else is told', () => {
  test('Services without a pod', () =>
    assert.deepEqual(lose('node/a1', [...nodes, ...workload('Deployment', 'web', ['a1']), service('web')]).services, [
      { namespace: 'shop', name: 'web', before: 1, left: 0 },
    ]));
  test('budgets that hold drains up', () => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { minAvailable: '60%', selector: { matchLabels: { app: 'web' } } },
    };
    assert.deepEqual(lose('node/a1', [...nodes, ...workload('Deployment', 'web', ['a1', 'b1']), budget]).budgets, [
      { namespace: 'shop', name: 'web', wanted: 2, left: 1 },
    ]);
  });
  test('whether what must move finds room', () => {
    const small = node('b1', 'b', { status: { allocatable: { cpu: '1', memory: '8Gi' } } });
    assert.equal(lose('zone/a', [node('a1', 'a'), small, ...workload('Deployment', 'web', ['a1', 'a1'])]).room, false);
    assert.equal(lose('zone/a', [...nodes, ...workload('Deployment', 'web', ['a1'])]).room, true);
  });
  test('the backup of a volume that is lost', () => {
    const objects = [...nodes, ...workload('StatefulSet', 'db', ['a1'], data), ...claim('data-db-0', { zone: 'a' })];
    assert.equal(lose('pvc/shop/data-db-0', objects).claims[0]?.backup, undefined);
    assert.equal(lose('pvc/shop/data-db-0', [...objects, velero(['shop'])]).claims[0]?.backup, 'Velero Schedule nightly');
    assert.equal(lose('pvc/shop/data-db-0', [...objects, velero(['other'])]).claims[0]?.backup, undefined);
  });
  test('the workload of a claim, in manifests alone', () => {
    const loss = readLoss('pvc/shop/data');
    const report = loss.ok ? simulate(snapshotOf(workload('StatefulSet', 'db', [], data).slice(0, 1), false), loss.value) : loss;
    assert.deepEqual(
      report.ok && report.value.kind === 'LossReport' && report.value.workloads.map(({ subject, fate }) => [subject.name, fate]),
      [['db', 'lost']],
    );
  });
});

describe('what cannot be lost', () => {
  for (const word of ['node', 'node/', 'node/a/b', 'pvc/shop', 'pvc//x', 'pod/shop/web', ''])
    test(`"${word}" is refused with the forms there are`, () => {
      const read = readLoss(word);
      assert.match(read.ok ? '' : read.problem.message, /node\/NAME, zone\/NAME or pvc/);
    });
  const refused: readonly (readonly [string, string, readonly KubeObject[], RegExp])[] = [
    ['a node that is not there is told with those that are', 'node/zz', nodes, /there is no node zz; there are a1, a2, b1/],
    ['a zone that is not there too', 'zone/zz', nodes, /there is no zone zz; there are a, b/],
    ['manifests have no nodes', 'node/a1', workload('Deployment', 'web', ['a1']), /no node was read/],
    ['a claim that is not there', 'pvc/shop/x', nodes, /there is no volume claim shop\/x/],
  ];
  for (const [title, word, objects, message] of refused)
    test(title, () => {
      const loss = readLoss(word);
      const report = loss.ok ? simulate(snapshotOf(objects), loss.value) : loss;
      assert.match(report.ok ? '' : report.problem.message, message);
    });
});

test('single points of failure: the worst first, what hurts nobody left out', () => {
  const objects = [
    ...nodes,
    node('b2', 'b'),
    ...workload('StatefulSet', 'db', ['a1'], data),
    ...claim('data-db-0', { zone: 'a' }),
    ...workload('Deployment', 'web', ['b1', 'b2']),
  ];
  const found = singlePoints(snapshotOf(objects)).map(({ loss, lost, interrupted }) => [`${loss.kind}/${loss.name}`, lost, interrupted]);
  assert.deepEqual(found, [
    ['zone/a', 1, 0],
    ['zone/b', 0, 1],
    ['node/a1', 0, 1],
  ]);
});
