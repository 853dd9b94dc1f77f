import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CheckResult, CheckVerdict, Counts, Layer } from './assessment.ts';
import { layers } from './assessment.ts';
import { verdictOf } from './evaluate.ts';
import { dimensionScores, gateCap, layerScores, prioritiesOf, scoreOf } from './score.ts';

interface Given {
  readonly weight: 1 | 3 | 9;
  readonly gate: boolean;
  readonly inScope: boolean;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly layer: Layer;
}

function check(given: Partial<Given>, index = 0): CheckResult {
  const { weight = 3, gate = false, inScope = true, pass = 0, fail = 0, unknown = 0, layer = 'cluster' } = given;
  const counts: Counts = inScope ? { pass, fail, unknown, notApplicable: 0 } : { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  const verdict: CheckVerdict = inScope ? verdictOf(counts) : 'unknown';
  const judged = counts.pass + counts.fail + counts.unknown;
  return {
    id: `security/check-${index}`,
    dimension: 'security',
    title: 'a check',
    fix: 'mend it',
    weight,
    gate,
    level: gate ? 'build' : 'operate',
    needs: ['manifests'],
    inScope,
    automatic: true,
    verdict,
    counts,
    ...(judged === 0 ? {} : { ratio: counts.pass / judged }),
    reason: '',
    failing: [],
    open: [],
    controls: [],
    layer,
    phase: 'deploy',
    source: 'objects',
  };
}

describe('a score', () => {
  const rows: readonly (readonly [string, readonly Partial<Given>[], number | undefined])[] = [
    ['of nothing is none', [], undefined],
    ['of checks that apply to nothing is none', [{}, {}], undefined],
    ['of checks out of scope is none', [{ inScope: false }], undefined],
    ['is 100 where everything passes', [{ pass: 3 }, { pass: 1, weight: 9 }], 100],
    [
      'weighs',
      [
        { pass: 1, weight: 9 },
        { fail: 1, weight: 1 },
      ],
      90,
    ],
    ['takes the share of a check', [{ pass: 1, fail: 3 }], 25],
    ['counts what is open as not passed', [{ pass: 1, unknown: 3 }], 25],
    [
      'is capped while a gate fails',
      [
        { pass: 99, fail: 1, gate: true },
        { pass: 1, weight: 9 },
      ],
      gateCap,
    ],
    ['is capped while a gate is open', [{ pass: 99, unknown: 1, gate: true }], gateCap],
    ['is not capped by a gate out of scope', [{ inScope: false, gate: true }, { pass: 1 }], 100],
    [
      'leaves out what is out of scope',
      [
        { inScope: false, weight: 9 },
        { pass: 1, weight: 1 },
      ],
      100,
    ],
    ['is rounded down: nearly all is not all', [{ pass: 999, fail: 1 }], 99],
  ];
  for (const [title, given, expected] of rows) test(title, () => assert.equal(scoreOf(given.map(check)).score, expected));

  test('says why it is capped, and what it was before', () => {
    const score = scoreOf([check({ fail: 1, gate: true, weight: 1 }), check({ pass: 1, weight: 9 })]);
    assert.equal(score.uncapped, 90);
    assert.match(score.cap ?? '', /capped at 59: a check/);
  });

  test('has a range that what is out of scope widens', () => {
    const { score, range, judged } = scoreOf([check({ pass: 1 }), check({ inScope: false }), check({ inScope: false })]);
    assert.deepEqual({ score, range, judged }, { score: 100, range: { low: 33, high: 100 }, judged: 1 / 3 });
  });
});

const given = fc.record({
  weight: fc.constantFrom(1 as const, 3 as const, 9 as const),
  gate: fc.boolean(),
  inScope: fc.boolean(),
  pass: fc.nat(5),
  fail: fc.nat(5),
  unknown: fc.nat(5),
  layer: fc.constantFrom(...layers),
});
const many = fc.array(given, { minLength: 1, maxLength: 12 });
const score = (list: readonly Given[]) => scoreOf(list.map(check)).score ?? 0;

describe('for every set of checks', () => {
  const holds = (title: string, law: (list: readonly Given[], index: number) => boolean) =>
    test(title, () =>
      fc.assert(
        fc.property(many, fc.nat(), (list, index) => law(list, index % list.length)),
        { numRuns: 500 },
      ),
    );
  const changed = (list: readonly Given[], index: number, change: (one: Given) => Given) =>
    list.map((one, at) => (at === index ? change(one) : one));

  holds(
    'knowing less of one thing never raises the score: a failure that is hidden',
    (list, index) => score(changed(list, index, (one) => ({ ...one, fail: 0, unknown: one.unknown + one.fail }))) <= score(list),
  );
  holds(
    'knowing less of one thing never raises the score: a pass that is hidden',
    (list, index) => score(changed(list, index, (one) => ({ ...one, pass: 0, unknown: one.unknown + one.pass }))) <= score(list),
  );
  holds('one more failure never raises it', (list, index) => {
    const before = list[index];
    return (
      before === undefined ||
      before.pass === 0 ||
      score(changed(list, index, (one) => ({ ...one, pass: one.pass - 1, fail: one.fail + 1 }))) <= score(list)
    );
  });
  holds('a question that is not answered changes nothing but the range', (list) => {
    const more = [...list, { weight: 9, gate: false, inScope: false, pass: 0, fail: 0, unknown: 0, layer: 'cluster' } as const];
    const [a, b] = [scoreOf(list.map(check)), scoreOf(more.map(check))];
    return a.score === b.score && b.range.low <= a.range.low && b.range.high >= a.range.high && b.judged <= a.judged;
  });
  holds('the score lies in its range, the range in 0 to 100', (list) => {
    const { score: own, range } = scoreOf(list.map(check));
    return range.low >= 0 && range.high <= 100 && range.low <= range.high && (own === undefined || (range.low <= own && own <= range.high));
  });
  holds('no layer is higher than the one around it', (list) => {
    const scores = layerScores(list.map(check)).flatMap((one) => one.score ?? []);
    return scores.every((one, index) => index === 0 || one <= (scores[index - 1] ?? 100));
  });
  holds('what is to be done first are the gates', (list) => {
    const results = list.map(check);
    const gates = prioritiesOf(results).map(({ check: id }) => results.find((one) => one.id === id)?.gate === true);
    return gates.every((gate, index) => index === 0 || !gate || gates[index - 1] === true);
  });
});

describe('maturity', () => {
  const level = (list: readonly CheckResult[]) => dimensionScores(list).find(({ dimension }) => dimension === 'security')?.maturity;
  const rows: readonly (readonly [string, readonly CheckResult[], string])[] = [
    ['is none where nothing was judged', [], 'none'],
    ['is none while a gate fails', [check({ gate: true, fail: 1 }), check({ pass: 1 })], 'none'],
    ['is none where a gate is not known', [check({ gate: true, inScope: false }), check({ pass: 1 })], 'none'],
    ['is reached by what passes', [check({ gate: true, pass: 1 }), check({ fail: 1 })], 'build'],
    ['passes over a level that asks nothing', [check({ pass: 1 })], 'operate'],
  ];
  for (const [title, list, expected] of rows) test(title, () => assert.equal(level(list), expected));
});
