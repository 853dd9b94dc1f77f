import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandInput } from '../../../test/console.ts';
import { folder } from '../../../test/folder.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { readPlanFlags } from './options.ts';
import { run } from './run.ts';

const shop = join(import.meta.dirname, '..', '..', '..', 'examples', 'shop');

async function asked(flags: Flags, words: readonly string[] = [shop]) {
  const { input, told } = commandInput(words, { render: false, quiet: true, ...flags });
  const status = await run(input);
  return { status, told };
}

test('the example cluster becomes a plan that takes its risk away', async () => {
  const { status, told } = await asked({ output: ['json'], start: '2026-11-23', capacity: ['shop=4', 'platform=6'] });
  const plan = JSON.parse(told.out);
  assert.equal(status, 0);
  assert.equal(plan.kind, 'Plan');
  assert.ok(plan.summary.packages <= 60);
  assert.ok(plan.summary.risk.after90Days.p50 < plan.summary.risk.now / 4);
  assert.deepEqual(plan.capacity.days, { shop: 4, platform: 6 });
  const ids = new Set(plan.items.map(({ id }: { id: string }) => id));
  for (const { needs } of plan.items) for (const need of needs) assert.ok(ids.has(need));
});

test('a plan is taken up again: nothing is new, what has begun comes first', async (t) => {
  const { told } = await asked({ output: ['json'] });
  const plan = JSON.parse(told.out);
  const last = plan.items.findLast(({ kind }: { kind: string }) => kind === 'package');
  last.status = 'started';
  const root = folder(t, { 'plan.json': JSON.stringify(plan) });
  const next = JSON.parse((await asked({ output: ['json'], previous: join(root, 'plan.json') })).told.out);
  assert.deepEqual(next.since.added, []);
  const again = next.items.find(({ id }: { id: string }) => id === last.id);
  assert.deepEqual([again.status, again.from], ['started', 1]);
});

test('every format says something', async (t) => {
  const root = folder(t, {});
  const formats = ['table', 'markdown', 'csv', 'ics', 'github', 'jira', 'html'];
  await asked({ output: formats.map((format) => `${format}=${join(root, format)}`), start: '2026-11-23' });
  for (const format of formats) assert.ok(readFileSync(join(root, format), 'utf8').length > 500, format);
});

describe('flags that cannot be used end the command with one sentence', () => {
  const cases: readonly (readonly [what: string, flags: Flags, said: RegExp])[] = [
    ['a capacity without days', { capacity: ['shop'] }, /--capacity shop: write TEAM=DAYS/],
    ['a negative capacity', { capacity: ['shop=-1'] }, /--capacity shop=-1/],
    ['a day that is none', { start: '2026-02-30' }, /--start 2026-02-30/],
    ['a freeze between days without a first day', { freeze: ['2026-12-21..2027-01-03'] }, /only with --start/],
    ['a freeze that ends before it begins', { freeze: ['2026-12-21..2026-12-01'], start: '2026-11-23' }, /--freeze/],
    ['no sprints', { sprints: '0' }, /--sprints 0/],
    ['a last plan that is not there', { previous: '/nowhere/plan.json' }, /--previous \/nowhere\/plan.json/],
    ['a calendar without a first day', { output: ['ics'] }, /a calendar needs a first day/],
    ['a project that Jira would refuse', { output: ['jira'], jiraProject: 'a b' }, /--jira-project/],
  ];
  for (const [what, flags, said] of cases)
    test(what, async () => {
      await assert.rejects(asked(flags), (error) => error instanceof Stop && said.test(error.problem.message));
    });
  test('nothing to look at', async () => {
    await assert.rejects(asked({}, []), (error) => error instanceof Stop && /plan for what/.test(error.problem.message));
  });
});

test('freezes are sprints, or days made into the sprints they touch; of a team or of all', () => {
  const { options } = readPlanFlags({ start: '2026-11-23', freeze: ['3', 'shop=2026-12-21..2027-01-04'], capacity: ['*=8', 'a=b=2'] });
  assert.deepEqual(options.freezes, [
    { owner: '*', sprint: 2 },
    { owner: 'shop', sprint: 2 },
    { owner: 'shop', sprint: 3 },
  ]);
  assert.deepEqual([options.otherwise, options.days], [8, { 'a=b': 2 }]);
});
