import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan, PlanEntry } from '../../assessment/plan/plan.ts';
import { planCalendar } from './calendar.ts';
import { planCsv } from './csv.ts';
import { planMarkdown } from './markdown.ts';
import { planTable } from './table.ts';
import { githubIssues, jiraIssues } from './tickets.ts';

const item: PlanEntry = {
  id: 'isolation-1',
  kind: 'package',
  title: '=HYPERLINK("x"), @everyone <script>alert(1)</script> `id`\u001b[31m',
  theme: 'isolation',
  owner: 'team one',
  ownerBy: 'label team',
  severity: 'critical',
  quadrant: 'quick win',
  value: 12.5,
  basis: 'measured',
  why: 'the engine run again',
  risk: { score: 80, sentence: 'it is open', object: 'Pod x/y' },
  effort: { p50: 1.5, p80: 3, why: 'by hand' },
  needs: ['prepare-backup'],
  deadline: { sprint: 1, date: '2026-12-01', why: 'it ends' },
  status: 'planned',
  from: 1,
  to: 2,
  begins: '2026-11-23',
  due: '2026-12-20',
  quarter: 1,
  acceptance: ['workload/privileged'],
  command: 'cofferdam scan PATH --control workload/privileged',
  findings: ['f'],
  objects: 1,
  namespaces: ['x'],
  changes: [{ target: 'pod y -n x', command: "kubectl patch pod y -n x --type=json -p '[]'" }],
  moreChanges: 2,
};
const plan: Plan = {
  apiVersion: 'cofferdam.dev/v1',
  kind: 'Plan',
  start: '2026-11-23',
  capacity: { days: {}, otherwise: 5, assumed: true, workInProgress: 6, freezes: [] },
  summary: {
    findings: 1,
    packages: 1,
    measured: 1,
    estimated: 0,
    quadrants: { 'quick win': 1, 'major project': 0, 'fill-in': 0, defer: 0 },
    effort: { p50: 1.5, p80: 3 },
    risk: { now: 50, attack: 40, weaknesses: 10, after90Days: { p50: 37.5, p80: 37.5 }, afterYear: { p50: 37.5, p80: 37.5 } },
    reductionPerDay: 8.33,
  },
  items: [item],
  sprints: [{ sprint: 1, working: ['isolation-1'], finished: [] }],
  quarters: [{ quarter: 1, themes: ['Close the ways to the nodes'], finished: ['isolation-1'], value: 12.5, days: 1.5 }],
  curve: [
    { sprint: 0, p50: 50, p80: 50 },
    { sprint: 1, p50: 50, p80: 50 },
    { sprint: 2, p50: 37.5, p80: 37.5 },
  ],
  unplaced: [],
  late: [],
  assumptions: ['nobody said'],
};

test('a spreadsheet is given no formula', () => {
  const [head, row] = planCsv(plan).split('\r\n');
  assert.match(head ?? '', /^id,title,kind,owner/);
  assert.match(row ?? '', /^isolation-1,"'=HYPERLINK\(""x""\)/);
});

test('a calendar has the days of the work and its deadline, in lines of at most 75 octets', () => {
  const text = planCalendar(plan) ?? '';
  assert.match(text, /DTSTART;VALUE=DATE:20261123\r\nDTEND;VALUE=DATE:20261221/);
  assert.match(text, /UID:isolation-1-deadline@cofferdam.dev/);
  assert.match(text, /SUMMARY:team one: =HYPERLINK\("x"\)\\, /);
  for (const line of text.split('\r\n')) assert.ok(new TextEncoder().encode(line).length <= 75, line);
  const { start: _start, ...undated } = plan;
  assert.equal(planCalendar(undated), undefined);
});

test('tickets ping nobody, carry no markup, and can be found again', () => {
  const [issue] = JSON.parse(githubIssues(plan)) as { title: string; body: string; labels: string[] }[];
  assert.doesNotMatch(issue?.body ?? '@', /@|<script/);
  assert.match(issue?.body ?? '', /- \[ \] workload\/privileged[\s\S]*cofferdam: isolation-1$/);
  assert.deepEqual(issue?.labels, ['cofferdam', 'isolation-1', 'owner:team-one', 'isolation', 'quick-win']);
  const { issueUpdates } = JSON.parse(jiraIssues(plan, 'OPS')) as { issueUpdates: { fields: Record<string, unknown> }[] };
  const fields = issueUpdates[0]?.fields;
  assert.deepEqual([fields?.project, fields?.priority, fields?.duedate], [{ key: 'OPS' }, { name: 'Highest' }, '2026-12-20']);
  assert.deepEqual(fields?.timetracking, { originalEstimate: '12h' });
});

test('texts for people show no control characters and no markup', () => {
  for (const text of [planTable(plan, false), planMarkdown(plan)]) {
    assert.ok(!text.includes('\u001b'), text);
    assert.match(text, /1\.5 +d|\| 1\.5 \|/);
  }
  assert.doesNotMatch(planMarkdown(plan), /<script|@everyone/);
});
