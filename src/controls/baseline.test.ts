import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../kube/object.ts';
import type { JsonObject } from '../lib/json.ts';
import { type Origin, resource, snapshot } from '../snapshot/snapshot.ts';
import { compareFindings, markNew, readBaseline, toBaseline } from './baseline.ts';
import { findControl } from './index.ts';
import type { Finding } from './result.ts';
import { scan } from './scan.ts';

const finding: Finding = {
  id: 'a',
  control: 'workload/privileged',
  title: 'Containers are not privileged',
  severity: 'critical',
  verdict: 'fail',
  subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'x', name: 'p' },
  path: '/spec',
  reason: 'privileged',
  detail: 'it is',
  evidence: [],
  root: 'r',
};
const withIds = (...ids: readonly string[]) => ids.map((id): Finding => ({ ...finding, id }));
const news = (findings: readonly Finding[]) => findings.map((item) => (item.new === undefined ? '-' : item.new ? 'new' : 'known'));

describe('markNew', () => {
  test('what the baseline has is known, the rest is new', () => {
    assert.deepEqual(news(markNew(withIds('a', 'b', 'c'), toBaseline(withIds('a', 'c')))), ['known', 'new', 'known']);
  });

  test('the second of two that are alike is new where the baseline has one', () => {
    assert.deepEqual(news(markNew(withIds('a', 'a', 'a'), toBaseline(withIds('a', 'a')))), ['known', 'known', 'new']);
  });

  test('what was waived is new when it is waived no more', () => {
    const before = withIds('a').map((item): Finding => ({ ...item, verdict: 'waived' }));
    assert.deepEqual(news(markNew(withIds('a'), toBaseline(before))), ['new']);
    assert.deepEqual(news(markNew(before, toBaseline([]))), ['-']);
  });
});

describe('compareFindings', () => {
  const ids = (findings: readonly Finding[]) => findings.map(({ id }) => id).join('');
  const rows: readonly (readonly [base: string, head: string, added: string, removed: string, unchanged: number])[] = [
    ['', '', '', '', 0],
    ['ab', 'bc', 'c', 'a', 1],
    ['aab', 'ab', '', 'a', 2],
    ['a', 'aaa', 'aa', '', 1],
  ];
  for (const [base, head, added, removed, unchanged] of rows)
    test(`from "${base}" to "${head}" adds "${added}" and removes "${removed}"`, () => {
      const changes = compareFindings(withIds(...base), withIds(...head));
      assert.deepEqual([ids(changes.added), ids(changes.removed), changes.unchanged], [added, removed, unchanged]);
    });

  test('waiving a finding removes it', () => {
    const waived = withIds('a').map((item): Finding => ({ ...item, verdict: 'waived' }));
    assert.equal(compareFindings(withIds('a'), waived).removed.length, 1);
    assert.equal(compareFindings(waived, withIds('a')).added.length, 1);
  });
});

describe('readBaseline', () => {
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'ScanResult',
    findings: [...withIds('a', 'a', 'b'), { ...finding, id: 'w', verdict: 'waived' }],
  };
  const sarif = {
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Cofferdam' } },
        results: [
          ...['a', 'a', 'b'].map((id) => ({ partialFingerprints: { 'cofferdamFinding/v1': id } })),
          { partialFingerprints: { 'cofferdamFinding/v1': 'w' }, suppressions: [{ kind: 'inSource' }] },
        ],
      },
    ],
  };
  for (const [name, value] of [
    ['a ScanResult', result],
    ['our SARIF', sarif],
  ] as const)
    test(`reads ${name}`, () => {
      const read = readBaseline(JSON.stringify(value), 'b.json');
      assert.ok(read.ok);
      assert.deepEqual(
        [...read.value.counts],
        [
          ['a', 2],
          ['b', 1],
        ],
      );
    });

  for (const [name, text] of [
    ['no JSON', '{'],
    ['another object', '{"kind":"Pod"}'],
    ['SARIF of another tool', '{"runs":[{"tool":{"driver":{"name":"other"}}}]}'],
    ['a list', '[]'],
  ] as const)
    test(`refuses ${name}`, () => {
      const read = readBaseline(text, 'b.json');
      assert.equal(read.ok ? undefined : read.problem.code, 'baseline/invalid');
    });

  test('keeps to odd shapes', () => {
    const read = readBaseline('{"kind":"ScanResult","findings":[1,null,{"id":7},{"id":"__proto__"}]}', 'b.json');
    assert.ok(read.ok);
    assert.deepEqual([...read.value.counts.keys()], ['__proto__']);
  });
});

const privileged = findControl('workload/privileged');

function scanned(
  pods: readonly (readonly [name: string, containers: readonly JsonObject[]])[],
  origin: (index: number) => Origin,
): readonly Finding[] {
  assert.ok(privileged !== undefined);
  const resources = pods.map(([name, containers], index) => {
    const object: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'x' }, spec: { containers: [...containers] } };
    return resource(object, origin(index));
  });
  const locate = (_resource: unknown, path: string) => ({ file: `f${path.length}`, line: path.length, column: 1 });
  return scan(snapshot({ resources }), { controls: [privileged], now: 0, locate }).findings;
}

const names = fc.constantFrom('a', 'b', 'c', 'd');
const containers = fc.uniqueArray(fc.record({ name: names, securityContext: fc.record({ privileged: fc.boolean() }) }), {
  selector: ({ name }) => name,
});
const clusters = fc.array(fc.tuple(fc.constantFrom('p', 'q', 'r'), containers), { maxLength: 6 });

test('nothing is new where only lines, files and orders changed', () => {
  fc.assert(
    fc.property(clusters, fc.array(fc.nat()), (pods, order) => {
      const before = scanned(pods, (index) => ({ kind: 'file', file: `${index}.yaml`, document: 0, documentEnd: 0, pointer: '' }));
      const shuffled = pods
        .map((pod, index) => ({ pod: [pod[0], pod[1].toReversed()] as const, key: order[index] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ pod }) => pod);
      const after = scanned(shuffled, (index) => ({
        kind: 'file',
        file: `other/${index}.yaml`,
        document: 9,
        documentEnd: 99,
        pointer: '/items/1',
      }));
      assert.deepEqual(new Set(news(markNew(after, toBaseline(before)))), new Set(after.length === 0 ? [] : ['known']));
    }),
  );
});

test('as many are new as were added', () => {
  fc.assert(
    fc.property(clusters, clusters, (pods, more) => {
      const at: Origin = { kind: 'memory' };
      const before = scanned(pods, () => at);
      const added = scanned(more, () => at);
      const marked = markNew(
        scanned([...pods, ...more], () => at),
        toBaseline(before),
      );
      assert.equal(marked.filter((item) => item.new === true).length, added.length);
    }),
  );
});
