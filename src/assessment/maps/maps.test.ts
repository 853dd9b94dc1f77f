import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { claim, node, service, snapshotOf, velero, workload } from '../../../test/assessment-cluster.ts';
import { fixesFor, usualThreat } from '../../attack/index.ts';
import { catalogue } from '../../controls/index.ts';
import { scan } from '../../controls/scan.ts';
import type { KubeObject } from '../../kube/object.ts';
import { mapDifference, mapOf, unchanged } from './draw.ts';
import { layout } from './layout.ts';
import { type MapName, type MapPicture, mapNames, mostThings, Sketch } from './map.ts';
import { mapMermaid } from './mermaid.ts';
import { mapSvg } from './svg.ts';

const controls = catalogue.filter(({ enabled }) => enabled !== false);
const data = { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'fast' } }] } };
const admin: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'admin' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }],
} as KubeObject;
const balancer = { ...service('web'), spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] } } as KubeObject;
const objects = [
  node('a1', 'a'),
  node('b1', 'b'),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'shop-team' } } },
  ...workload('Deployment', 'web', ['a1', 'b1'], {
    pod: { containers: [{ name: 'app', image: 'registry.example/web:1', env: [{ name: 'DB', value: 'tcp://db.shop.svc:5432' }] }] },
  }),
  ...workload('StatefulSet', 'db', ['a1'], data),
  ...claim('data-db-0', { zone: 'a' }),
  balancer,
  service('db'),
  velero(['shop']),
  admin,
];

function picture(name: MapName, list: readonly KubeObject[] = objects): MapPicture {
  const snapshot = snapshotOf(list);
  return mapOf(name, { snapshot, scan: scan(snapshot, { controls, now: 0, locate: () => undefined }), repository: [] });
}

describe('maps show', () => {
  const rows: readonly (readonly [MapName, string, readonly [from: string, to: string]])[] = [
    ['architecture', 'which node stands in which zone', ['zone/a', 'node/a1']],
    ['application', 'who comes in from outside', ['internet', 'Service/shop/web']],
    ['application', 'which Service leads where', ['Service/shop/web', 'Deployment/shop/web']],
    ['application', 'who calls whom by name', ['Deployment/shop/web', 'Service/shop/db']],
    ['identity', 'who holds which role', ['ServiceAccount/shop/default', 'ClusterRole/cluster-admin@']],
    ['identity', 'what a role that every cluster has gives', ['ClusterRole/cluster-admin@', 'power/everything/']],
    ['storage', 'which claim a workload has', ['StatefulSet/shop/db', 'claim/shop/data-db-0']],
    ['storage', 'which volume a claim has', ['claim/shop/data-db-0', 'volume/pv-data-db-0']],
    ['recovery', 'what covers a claim', ['claim/shop/data-db-0', 'backup/Velero Schedule nightly']],
    ['recovery', 'in which zones a workload runs', ['domain/b', 'Deployment/shop/web']],
    ['pipeline', 'where an image comes from', ['registry/registry.example', 'image/registry.example/web:1']],
    ['responsibility', 'who owns a namespace', ['owner/shop-team', 'namespace/shop']],
    ['exposure', 'what the token of a pod gives', ['service-account:shop/default', 'cluster-admin:/']],
  ];
  for (const [name, says, [from, to]] of rows)
    test(`${name}: ${says}`, () =>
      assert.ok(
        picture(name).lines.some((line) => line.from === from && line.to === to),
        JSON.stringify(picture(name).lines),
      ));

  test('nothing where there is nothing', () => {
    for (const name of mapNames) assert.doesNotThrow(() => mapSvg(unchanged(picture(name, [])), name));
    assert.match(mapSvg(unchanged(picture('storage', [])), 'Storage'), /nothing of the kind was seen/);
  });
});

test('the target of the exposure map is without the ways that fixes close', () => {
  const snapshot = snapshotOf(objects);
  const plan = fixesFor(snapshot, usualThreat);
  assert.ok(plan.ok);
  const source = { snapshot, scan: scan(snapshot, { controls, now: 0, locate: () => undefined }), repository: [] };
  const { lines } = mapDifference(mapOf('exposure', source), mapOf('exposure', { ...source, snapshot: plan.value.after }));
  assert.ok(lines.length > 0 && lines.every(({ state }) => state === 'removed'));
});

describe('a difference', () => {
  const of = (...names: readonly string[]): MapPicture => ({
    things: names.map((id) => ({ id, kind: 'x', label: id, notes: [], bad: false })),
    lines: [],
    more: 0,
  });
  test('tells what goes, what comes and what stays', () =>
    assert.deepEqual(
      mapDifference(of('a', 'b'), of('b', 'c')).things.map(({ id, state }) => [id, state]),
      [
        ['a', 'removed'],
        ['b', 'same'],
        ['c', 'added'],
      ],
    ));
  test('of a map and itself is none', () => assert.ok(mapDifference(of('a'), of('a')).things.every(({ state }) => state === 'same')));
});

describe('pictures', () => {
  const evil = '"]<script>alert(1)</script>&#x27;`|%%{init}\u0007\u202e';
  const sketch = new Sketch();
  sketch.line(sketch.thing('a', 'workload', evil, { notes: [evil] }), sketch.thing('b', 'workload', 'b'), evil);

  test('of SVG hold names as data', () => {
    const svg = mapSvg(unchanged(sketch.picture()), evil);
    assert.ok(!svg.includes('<script') && !svg.includes('\u0007') && !svg.includes('\u202e'));
  });
  test('of Mermaid too', () => {
    const text = mapMermaid(unchanged(sketch.picture()));
    assert.ok(!text.includes('<script') && !text.includes('`') && !text.includes('%%{init}'));
    assert.equal(text.split('\n').filter((line) => line.includes('-->')).length, 1);
  });
  test('say what they leave out', () => {
    const large = new Sketch();
    for (let index = 0; index < mostThings + 7; index++) large.thing(`${index}`, 'x', `${index}`);
    assert.equal(large.picture().more, 7);
    assert.match(mapSvg(unchanged(large.picture()), 'x'), /7 things left out/);
  });
});

test('boxes never lie over each other, whatever lines there are', () => {
  const ids = [...'abcdefghij'];
  const line = fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids) });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
      const real = lines.filter(({ from, to }) => from !== to);
      const { places, width, height } = layout(
        ids.map((id, index) => ({ id, height: 30 + index })),
        real,
      );
      const all = [...places.values()];
      assert.equal(all.length, ids.length);
      for (const [index, a] of all.entries()) {
        assert.ok(a.x >= 0 && a.y >= 0 && a.x + 250 <= width && a.y + a.height <= height);
        for (const b of all.slice(index + 1))
          assert.ok(a.x + 250 <= b.x || b.x + 250 <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y);
      }
    }),
  );
});
