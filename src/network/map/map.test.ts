// Maps: which lines are worth drawing, that names from a cluster stay data, and that a thousand workloads are still a page.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../kube/object.ts';
import { resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { observer } from '../flows/observe.ts';
import { network } from '../network.ts';
import { layout } from './layout.ts';
import { isDense } from './matrix.ts';
import { mapMermaid } from './mermaid.ts';
import { networkMap } from './model.ts';
import { mapPage } from './page.ts';
import { mapSvg } from './svg.ts';

type Fields = Readonly<Record<string, unknown>>;
const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const pod = (namespace: string, name: string) =>
  object('v1', 'Pod', { name, namespace, labels: { app: name } }, { spec: { containers: [] } });
const guard = (namespace: string, app: string, from: readonly Fields[] | undefined) =>
  object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { name: app, namespace },
    {
      spec: { podSelector: { matchLabels: { app } }, ingress: from === undefined ? [] : [{ from, ports: [{ port: 80 }] }] },
    },
  );
const state = (objects: readonly KubeObject[]): Snapshot =>
  snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) });
const lines = (objects: readonly KubeObject[]) => networkMap(state(objects)).lines.map(({ from, to, ports }) => `${from} > ${to} ${ports}`);
const pods = [pod('a', 'web'), pod('a', 'api'), pod('b', 'job')];
const peer = (app: string) => ({ podSelector: { matchLabels: { app } } });

describe('lines', () => {
  test('where no policy is there is nothing particular to draw', () => assert.deepEqual(lines(pods), []));
  test('what a policy lets in is drawn', () =>
    assert.deepEqual(lines([...pods, guard('a', 'api', [peer('web')])]), ['a/Pod/web > a/Pod/api TCP 80']));
  test('what it lets in from every pod is a mark, no lines', () => {
    const map = networkMap(state([...pods, guard('a', 'api', [{ namespaceSelector: {} }])]));
    assert.deepEqual(map.lines, []);
    assert.equal(map.namespaces[0]?.workloads.find(({ name }) => name === 'api')?.anyPod, true);
  });
  test('flows are drawn, and red where they were denied or would be', () => {
    const snap = state([...pods, guard('a', 'api', undefined)]);
    const net = network(snap);
    const watch = observer(net);
    const flow = (from: string, to: string, verdict: 'allowed' | 'denied') => ({
      source: { namespace: 'a', pod: from },
      destination: { namespace: 'a', pod: to },
      protocol: 'TCP' as const,
      port: 80,
      verdict,
      reply: false,
      count: 1,
    });
    watch.add({ kind: 'flows', flows: [flow('web', 'api', 'allowed'), flow('api', 'web', 'allowed')] }, 'sensor', { file: 'f', line: 1 });
    const map = networkMap(snap, { flows: watch.result(), network: net });
    assert.deepEqual(
      map.lines.map(({ from, to, kind }) => `${from} > ${to} ${kind}`),
      ['a/Pod/api > a/Pod/web observed', 'a/Pod/web > a/Pod/api denied'],
    );
  });
});

test('names from a cluster stay data in every format', () => {
  const evil = '"><script>alert(1)</script>';
  const map = networkMap(state([pod(evil, evil), pod('a', 'web'), guard('a', 'web', [{ namespaceSelector: {}, ...peer(evil) }])]));
  for (const text of [mapPage(map), mapSvg(map, true), mapMermaid(map, false)]) assert.ok(!text.includes('<script'), text);
  assert.ok(!/https?:(?!\/\/www\.w3\.org\/2000\/svg)/.test(mapPage(map)), 'nothing is fetched');
});

test('many lines between many namespaces are a matrix, and names stay data there too', () => {
  const spaces = Array.from({ length: 12 }, (_, index) => `"><script>${index}`);
  const all = spaces.flatMap((space) => [pod(space, 'web'), guard(space, 'web', [{ namespaceSelector: {}, ...peer('web') }])]);
  const map = networkMap(state(all));
  assert.equal(map.between.length, 132);
  assert.ok(isDense(map));
  const page = mapPage(map);
  assert.match(page, /Rows reach columns/);
  assert.ok(!page.includes('<script'));
});

test('a thousand workloads in fifty namespaces are a page that can be opened', () => {
  const many = Array.from({ length: 50 }, (_, index) =>
    Array.from({ length: 20 }, (_, number) => [
      pod(`ns${index}`, `w${number}`),
      guard(`ns${index}`, `w${number}`, [peer(`w${(number + 1) % 20}`)]),
    ]),
  ).flat(2);
  const map = networkMap(state(many));
  assert.equal(map.lines.length, 1000);
  const page = mapPage(map);
  assert.ok(page.length < 4_000_000, `${page.length} characters`);
  assert.equal(page, mapPage(networkMap(state(many))), 'the same input gives the same bytes');
});

test('boxes never lie on each other', () => {
  const line = fc.record({ from: fc.nat({ max: 12 }).map(String), to: fc.nat({ max: 12 }).map(String) });
  fc.assert(
    fc.property(
      fc.array(fc.record({ width: fc.constant(230), height: fc.integer({ min: 30, max: 300 }) }), { maxLength: 40 }),
      fc.array(line, { maxLength: 30 }),
      (sizes, drawn) => {
        const { boxes, width, height } = layout(
          sizes.map((size, index) => ({ id: String(index), ...size })),
          drawn,
          ['0'],
        );
        assert.equal(boxes.size, sizes.length);
        const placed = [...boxes.values()];
        placed.forEach((a, index) => {
          assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height, 'inside the picture');
          for (const b of placed.slice(index + 1))
            assert.ok(
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
              `${a.id} and ${b.id}`,
            );
        });
      },
    ),
  );
});
