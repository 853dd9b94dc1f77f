import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CheckResult } from '../assessment.ts';
import { checks } from '../checks.ts';
import { readAnswers } from './answers.ts';
import { judgeAnswers } from './judge.ts';
import { questions } from './questions.ts';
import { answersTemplate } from './template.ts';

const now = Date.UTC(2026, 10, 1);
const file = (answer: string) => `apiVersion: cofferdam.dev/v1\nkind: AssessmentAnswers\nanswers:\n${answer}`;
const one = (fields: string) => file(`  - id: storage/asked-restore-test\n${fields}`);
const good = '    answer: yes\n    owner: platform\n    date: 2026-10-01\n    evidence: wiki/restore\n';

function judged(text: string, seen: readonly CheckResult[] = []) {
  const { answers, problems } = readAnswers(text, 'answers.yaml');
  const result = judgeAnswers(answers, seen, now);
  const own = result.results.find(({ id }) => id === 'storage/asked-restore-test');
  return { own, problems, notes: result.notes, answered: result.answered };
}

describe('an answer', () => {
  const rows: readonly (readonly [title: string, text: string, verdict: string, inScope: boolean, note: string | undefined])[] = [
    ['counts', one(good), 'pass', true, undefined],
    ['in quotes counts too', one(good.replace('yes', '"yes"')), 'pass', true, undefined],
    ['may be no', one(good.replace('yes', 'no')), 'fail', true, undefined],
    ['may be partly', one(good.replace('yes', 'partly')), 'fail', true, undefined],
    ['may not apply', one(good.replace('yes', 'not-applicable')), 'not-applicable', true, undefined],
    ['left empty is none', one('    answer:\n'), 'unknown', false, undefined],
    ['that is too old is none, and told', one(good.replace('2026-10-01', '2025-10-01')), 'unknown', false, 'stale'],
    ['without a day is none, and told', one('    answer: yes\n    owner: a\n    evidence: b\n'), 'unknown', false, 'stale'],
    ['of a day to come is none, and told', one(good.replace('2026-10-01', '2027-10-01')), 'unknown', false, 'future'],
    ['for which nobody stands counts, and is told', one(good.replace('    owner: platform\n', '')), 'pass', true, 'no-owner'],
    ['that nothing shows counts, and is told', one(good.replace('    evidence: wiki/restore\n', '')), 'pass', true, 'no-evidence'],
  ];
  for (const [title, text, verdict, inScope, note] of rows)
    test(title, () => {
      const { own, notes, problems } = judged(text);
      assert.deepEqual(problems, []);
      assert.deepEqual([own?.verdict, own?.inScope, notes[0]?.kind], [verdict, inScope, note]);
    });

  test('that a check contradicts is none, and told with what shows the contrary', () => {
    const seen = {
      id: 'disaster-recovery/restore-tested',
      inScope: true,
      verdict: 'fail',
      reason: 'no restore was ever made',
    } as CheckResult;
    const { own, notes } = judged(one(good), [seen]);
    assert.equal(own?.inScope, false);
    assert.equal(notes[0]?.kind, 'contradicted');
    assert.match(notes[0]?.detail ?? '', /disaster-recovery\/restore-tested shows the contrary: no restore was ever made/);
    assert.equal(notes[0]?.source?.line, 5);
  });
});

describe('a file of answers that is not understood is told with the place', () => {
  const rows: readonly (readonly [title: string, text: string, message: RegExp])[] = [
    [
      'a question that is none',
      file('  - id: storage/asked-nothing\n    answer: yes\n'),
      /answers\.yaml:4: not counted: there is no question "storage\/asked-nothing"/,
    ],
    ['a word that is no answer', one(good.replace('yes', 'maybe')), /answers\.yaml:5: not counted: "maybe" is no answer/],
    ['a day that is none', one(good.replace('2026-10-01', '2026-13-41')), /answers\.yaml:7: not counted: date: "2026-13-41" is no day/],
    ['a misspelt key', one(good.replace('owner', 'onwer')), /there is no "onwer" in an answer/],
    ['an answer given twice', one(`${good}  - id: storage/asked-restore-test\n${good}`), /answered twice/],
    ['no list', 'answers: 5\n', /has a list "answers"/],
    ['nothing', '', /holds no answers/],
    ['an item that is no mapping', file('  - yes\n'), /an answer is a mapping/],
    ['broken YAML', 'answers: [', /never closed/],
    ['keys of every object', file('  - id: constructor\n    __proto__: 1\n    answer: yes\n'), /not counted/],
  ];
  for (const [title, text, message] of rows)
    test(title, () => {
      const { problems } = readAnswers(text, 'answers.yaml');
      assert.match(problems.map((problem) => problem.message).join('\n'), message);
      assert.ok(problems.every(({ source }) => source?.file === 'answers.yaml'));
    });
});

describe('the file to fill in', () => {
  test('is one that is understood, with every question open', () => {
    const { answers, problems } = readAnswers(answersTemplate(), 'answers.yaml');
    assert.deepEqual([answers.length, problems.length], [0, 0]);
  });
  test('keeps what was answered', () => {
    const { answers } = readAnswers(one(good), 'answers.yaml');
    const again = readAnswers(answersTemplate(answers), 'answers.yaml');
    assert.deepEqual(again.problems, []);
    assert.deepEqual(
      again.answers.map(({ source: _, ...rest }) => rest),
      answers.map(({ source: _, ...rest }) => rest),
    );
  });
});

test('questions have ids of their own, and name checks that exist', () => {
  const ids = new Set(checks.map(({ id }) => id));
  assert.equal(new Set(questions.map(({ id }) => id)).size, questions.length);
  for (const { id, against, dimension } of questions) {
    assert.ok(!ids.has(id) && id.startsWith(`${dimension}/asked-`), id);
    for (const check of against) assert.ok(ids.has(check), `${id} is against ${check}`);
  }
});
