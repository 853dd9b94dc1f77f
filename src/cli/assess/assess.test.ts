import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { claim, node, workload } from '../../../test/assessment-cluster.ts';
import { commandInput } from '../../../test/console.ts';
import { folder } from '../../../test/folder.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { run } from './run.ts';

const shop = join(import.meta.dirname, '../../../examples/shop');

async function printed(words: readonly string[], flags: Flags = {}) {
  const { input, told } = commandInput(words, { render: false, ...flags });
  const status = await run(input);
  return { status, out: told.out, err: told.err };
}

/** Why a command ends without an answer. */
async function refusal(words: readonly string[], flags: Flags = {}): Promise<string> {
  try {
    await printed(words, flags);
    return '';
  } catch (error) {
    assert.ok(error instanceof Stop, String(error));
    return error.problem.message;
  }
}

describe('assess tells', () => {
  test('the score with its range, eight dimensions, what to do first, what was not looked at', async () => {
    const { out, status } = await printed([shop]);
    assert.equal(status, 0);
    assert.match(out, /^Health {2}\d+ of 100 {3}could be \d+–\d+, \d+ % of the weight judged/);
    for (const title of [
      'Architecture',
      'Applications',
      'Scalability',
      'Storage and backup',
      'CI/CD',
      'Disaster recovery',
      'Monitoring and health',
      'Security',
    ])
      assert.ok(out.includes(`\n${title}`), title);
    assert.match(out, /first things to do\n {2}1\. .* gate/);
    assert.match(out, /\d+ checks: needs a cluster/);
    assert.match(out, /questions: not answered/);
  });
  test('the same in JSON', async () => {
    const assessment = JSON.parse((await printed([shop], { output: ['json'] })).out);
    assert.deepEqual(
      [assessment.apiVersion, assessment.kind, assessment.dimensions.length, assessment.layers.length],
      ['cofferdam.dev/v1', 'Assessment', 8, 4],
    );
    assert.ok(assessment.overall.score <= 59 && assessment.summary.attackPaths.known > 0);
  });
  test('every check, the matrix and who answers for what, when asked for all', async () => {
    const { out } = await printed([shop], { output: ['wide'] });
    for (const part of ['[security/escape]', 'defence in depth', 'who answers for what', 'functions of the cluster'])
      assert.ok(out.includes(part), part);
  });
  test('questions as a file, and what answers are worth', async (t) => {
    const { out } = await printed([], { questions: true });
    const answered = out.replace(
      '- id: security/asked-second-factor',
      '- id: security/asked-second-factor\n    owner: it\n    date: 2026-10-01\n    evidence: x\n    answer: yes\n  - id: security/asked-training\n    answer: perhaps\n  - id: applications/asked-nothing',
    );
    const file = join(folder(t, { 'answers.yaml': answered }), 'answers.yaml');
    const told = (await printed([shop], { answers: file })).out;
    assert.match(told, /"perhaps" is no answer/);
    assert.match(told, /there is no question "applications\/asked-nothing"/);
    assert.match(told, /34 questions: not answered/);
  });
  test('files of the repository beside the manifests', async (t) => {
    const root = folder(t, {
      'app.yaml': readFileSync(join(shop, 'cache.yaml'), 'utf8'),
      '.github/workflows/ci.yml': 'on: push\njobs: {a: {steps: [{uses: actions/checkout@v4}]}}\n',
      Dockerfile: 'FROM alpine\n',
    });
    const { checks, inputs } = JSON.parse((await printed([root], { output: ['json'] })).out);
    assert.equal(inputs.repository, true);
    const [failing] = checks.find(({ id }: { id: string }) => id === 'ci-cd/actions-pinned').failing;
    assert.match(failing.detail, /actions\/checkout@v4/);
    assert.equal(failing.source.line, 2);
  });
  test('what changed since', async (t) => {
    const file = join(folder(t, { 'last.json': (await printed([shop], { output: ['json'] })).out }), 'last.json');
    assert.match((await printed([join(shop, 'payments.yaml')], { previous: file })).out, /since 2026-11-01: \d+ closed/);
  });
  test('a score that is too low as status 1', async () => {
    const { status, err } = await printed([shop], { failUnder: '80' });
    assert.equal(status, 1);
    assert.match(err, /the score is \d+, under 80/);
    assert.equal((await printed([shop], { failUnder: '10' })).status, 0);
  });
});

describe('assess --lose and --single-points', () => {
  const template = { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] } };
  const objects = [
    node('a', 'a'),
    node('b', 'b'),
    ...workload('StatefulSet', 'db', ['a'], template),
    ...claim('data-db-0', { zone: 'a' }),
    ...workload('Deployment', 'web', ['a', 'b']),
  ];
  const files = { 'cluster.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) };
  test('tell what is left without a zone', async (t) => {
    const { out } = await printed([folder(t, files)], { lose: 'zone/a' });
    assert.match(out, /1 workload cannot come back, 0 down until moved, 1 goes on/);
    assert.match(out, /lost +0 of 1 +StatefulSet shop\/db: its volume data-db-0 lies in zone a/);
  });
  test('rank what hurts most', async (t) =>
    assert.match((await printed([folder(t, files)], { singlePoints: true })).out, /the worst first\nwithout[^\n]*\nzone a +1 +1/));
  test('refuse what is not there', async () => {
    assert.match(await refusal([shop], { lose: 'node/x' }), /no node was read/);
    assert.match(await refusal([shop], { lose: 'x' }), /write node\/NAME/);
    assert.match(await refusal([shop], { singlePoints: true }), /no node was read/);
  });
});

describe('assess --map', () => {
  for (const [format, begins] of [
    ['svg', '<svg '],
    ['mermaid', 'flowchart LR'],
    ['json', '{'],
  ] as const)
    test(`draws ${format}`, async () => assert.ok((await printed([shop], { map: 'exposure', output: [format] })).out.startsWith(begins)));
  test('has now, the target and the difference in JSON', async () => {
    const map = JSON.parse((await printed([shop], { map: 'exposure', output: ['json'] })).out);
    assert.ok(map.now.lines.length > map.target.lines.length && map.fixes.length > 0);
    assert.ok(map.difference.lines.some(({ state }: { state: string }) => state === 'removed'));
  });
});

describe('what cannot be done is refused in one sentence', () => {
  const rows: readonly (readonly [string, readonly string[], Flags, RegExp])[] = [
    ['nothing named', [], {}, /assess what\?/],
    ['nothing there', ['/nowhere'], {}, /nowhere/],
    ['no such map', [shop], { map: 'treasure', output: ['svg'] }, /there are architecture, application/],
    ['no number', [shop], { failUnder: 'x' }, /write a number from 0 to 100/],
    ['no such file of answers', [shop], { answers: '/nowhere.yaml' }, /cannot be read/],
    ['a last assessment that is none', [shop], { previous: join(shop, 'cache.yaml') }, /not JSON/],
    ['no such folder', [shop], { repository: ['/nowhere'] }, /there is no such folder/],
  ];
  for (const [title, words, flags, message] of rows) test(title, async () => assert.match(await refusal(words, flags), message));
});
