import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Severity, severities } from '../../controls/control.ts';
import type { Finding } from '../../controls/result.ts';
import { grouped, mostPackages, weightOf } from './group.ts';
import type { Weighed } from './package.ts';
import { type Theme, themes } from './themes.ts';

const names = Object.keys(themes) as readonly Theme[];

function weighed(index: number, control: number, origin: number, owner: number, severity: Severity, score: number): Weighed {
  const finding: Finding = {
    id: `finding-${index}`,
    control: `workload/control-${control}`,
    title: `Control ${control} holds`,
    severity,
    verdict: 'fail',
    subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: `team-${owner}`, name: `app-${origin}` },
    path: '/spec',
    reason: 'r',
    detail: 'd',
    evidence: [],
    root: `root-${control}-${origin}`,
  };
  const factor = { value: 0.5, why: 'test' };
  return {
    finding,
    risk: { score, likelihood: 0.5, exposure: factor, exploit: factor, impact: factor, compensation: factor },
    theme: names[control % names.length] ?? 'hygiene',
    origin: { kind: 'file', name: `apps/${origin % 9}/app-${origin}.yaml` },
    owner: { name: `team-${owner}`, by: 'label team' },
  };
}

const severity = fc.constantFrom(...severities);
const rows = fc
  .array(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 40 }), fc.nat({ max: 12 }), severity, fc.nat({ max: 100 })), { maxLength: 300 })
  .map((list) => list.map(([control, origin, owner, level, score], index) => weighed(index, control, origin, owner, level, score)));

test('every finding is in exactly one package, and there are no more packages than asked for', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: names.length, max: mostPackages }), (list, most) => {
      const groups = grouped(list, most);
      assert.ok(groups.length <= most, `${groups.length} packages`);
      const ids = groups.flatMap(({ members }) => members.map(({ finding }) => finding.id)).sort();
      assert.deepEqual(ids, list.map(({ finding }) => finding.id).sort());
      assert.equal(new Set(groups.map(({ id }) => id)).size, groups.length);
    }),
    { numRuns: 60 },
  );
});

test('the order of the findings does not matter', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 17 }), (list, step) => {
      const turned = list.map((_, index) => list[(index * step) % Math.max(1, list.length)]).filter((one) => one !== undefined);
      const shuffled = turned.length === new Set(turned).size ? turned : list.toReversed();
      const key = (some: readonly Weighed[]) => grouped(some).map(({ id, members }) => [id, members.map(({ finding }) => finding.id)]);
      assert.deepEqual(key(shuffled), key(list));
    }),
    { numRuns: 40 },
  );
});

test('ten thousand findings become at most sixty packages, within a second', () => {
  const list = Array.from({ length: 10_000 }, (_, index) =>
    weighed(index, (index * 7) % 150, (index * 13) % 400, (index * 11) % 30, severities[index % 4] ?? 'low', (index * 17) % 100),
  );
  const before = performance.now();
  const groups = grouped(list);
  assert.ok(groups.length <= mostPackages && groups.length > 20, `${groups.length} packages`);
  assert.ok(performance.now() - before < 5000);
});

test('the heaviest weaknesses keep a package of their own where others are put together', () => {
  const many = Array.from({ length: 900 }, (_, index) => weighed(index, index % 90, index % 300, index % 20, 'low', 1));
  const heavy = weighed(9999, 33, 33, 3, 'critical', 99);
  const group = grouped([...many, heavy]).find(({ members }) => members.some(({ finding }) => finding === heavy.finding));
  assert.equal(group?.members.length, 1);
});

test('findings of one cause weigh as much as the heaviest of them', () => {
  const same = [weighed(1, 1, 1, 1, 'high', 40), weighed(2, 1, 1, 1, 'high', 30), weighed(3, 1, 2, 1, 'high', 10)];
  assert.equal(weightOf({ members: same }), 50);
});
