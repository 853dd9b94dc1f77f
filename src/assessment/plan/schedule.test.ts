import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Capacity, PlanItem } from './item.ts';
import { planned, schedule } from './schedule.ts';

const item = (id: string, change: Partial<PlanItem> = {}): PlanItem => ({
  id,
  title: id,
  owner: 'team',
  effort: { p50: 5, p80: 8 },
  value: 10,
  needs: [],
  acceptance: [],
  ...change,
});
const capacity: Capacity = { sprints: 6, days: { team: 10 }, otherwise: 10, workInProgress: 3 };
const starts = (items: readonly PlanItem[], teams: Capacity = capacity) =>
  Object.fromEntries(schedule(items, teams).placed.map(({ id, start, end }) => [id, [start, end]]));

describe('a plan', () => {
  test('begins with what is worth most for its effort', () => {
    assert.deepEqual(starts([item('a', { value: 1 }), item('b', { value: 50 }), item('c', { value: 20 }), item('d', { value: 30 })]), {
      b: [0, 0],
      d: [0, 0],
      c: [1, 1],
      a: [1, 1],
    });
  });

  test('puts what is needed first, though it is worth nothing by itself', () => {
    const items = [
      item('deny', { value: 100, needs: ['cni'] }),
      item('cni', { value: 0, effort: { p50: 10, p80: 15 } }),
      item('other', { value: 15 }),
    ];
    assert.deepEqual(starts(items), { cni: [0, 0], deny: [1, 1], other: [1, 1] });
  });

  test('keeps a deadline, and says which one it cannot keep', () => {
    const items = [item('big', { value: 60 }), item('great', { value: 60 }), item('certificate', { value: 5, deadline: 0 })];
    assert.deepEqual(starts(items).certificate, [0, 0]);
    const { late } = schedule([item('huge', { effort: { p50: 40, p80: 60 }, deadline: 1 })], capacity);
    assert.deepEqual(late, ['huge']);
  });

  test('gives nobody more than the days they have, nor more at once than they can', () => {
    const many = Array.from({ length: 30 }, (_, index) => item(`i${index}`, { effort: { p50: 1, p80: 1 }, value: index + 1 }));
    const { placed, unplaced } = schedule(many, { ...capacity, workInProgress: 2 });
    for (let sprint = 0; sprint < 6; sprint++) assert.ok(placed.filter(({ start, end }) => start <= sprint && sprint <= end).length <= 2);
    assert.equal(placed.length, 12);
    assert.ok(unplaced.every(({ reason }) => reason === 'no-capacity'));
  });

  test('leaves frozen sprints alone and keeps what has begun at its place', () => {
    assert.deepEqual(starts([item('a')], { ...capacity, freezes: [{ owner: '*', sprint: 0 }] }), { a: [1, 1] });
    assert.deepEqual(
      starts([item('new', { value: 500 }), item('begun', { value: 1, started: true, effort: { p50: 10, p80: 12 } })]).begun,
      [0, 0],
    );
  });

  test('names circles and needs that are no items, and plans the rest', () => {
    const { placed, unplaced } = schedule(
      [item('a', { needs: ['b'] }), item('b', { needs: ['a'] }), item('c', { needs: ['x'] }), item('d')],
      capacity,
    );
    assert.deepEqual(
      placed.map(({ id }) => id),
      ['d'],
    );
    assert.deepEqual(unplaced.map(({ id, reason }) => [id, reason]).sort(), [
      ['a', 'needs-unplaced'],
      ['b', 'cyclic-needs'],
      ['c', 'unknown-need'],
    ]);
  });

  test('is the same for the same input', () => {
    const items = Array.from({ length: 40 }, (_, index) =>
      item(`i${index}`, { value: (index * 37) % 23, effort: { p50: 1 + (index % 7), p80: 9 } }),
    );
    assert.deepEqual(schedule(items, capacity), schedule(items, capacity));
  });
});

/** The best of all orders. */
function exact(items: readonly PlanItem[], teams: Capacity): number {
  let best = planned([], teams).worth;
  const visit = (order: readonly PlanItem[], left: readonly PlanItem[]): void => {
    best = Math.max(best, planned([...order, ...left], teams).worth, planned(order, teams).worth);
    for (const next of left)
      visit(
        [...order, next],
        left.filter((other) => other !== next),
      );
  };
  visit([], items);
  return best;
}

test('the plan is within five in a hundred of the best one', () => {
  const gaps: number[] = [];
  const items = fc.array(
    fc.record({
      value: fc.integer({ min: 1, max: 40 }),
      effort: fc.integer({ min: 1, max: 12 }),
      need: fc.option(fc.nat({ max: 4 })),
      owner: fc.constantFrom('a', 'b'),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(items, (rows) => {
      const list = rows.map(({ value, effort, need, owner }, index) =>
        item(`i${index}`, { value, effort: { p50: effort, p80: effort }, owner, needs: need !== null && need < index ? [`i${need}`] : [] }),
      );
      const teams: Capacity = { sprints: 3, days: { a: 8, b: 5 }, otherwise: 5, workInProgress: 2 };
      const [best, found] = [exact(list, teams), schedule(list, teams).worth];
      gaps.push(best <= 0 ? 0 : (best - found) / best);
    }),
    { numRuns: 150, seed: 7 },
  );
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  assert.ok(mean <= 0.01, `mean gap ${mean}`);
  const large = gaps.filter((gap) => gap > 0.05).length;
  assert.ok(large <= gaps.length / 20, `${large} of ${gaps.length} plans are more than 5 % below the best`);
});
