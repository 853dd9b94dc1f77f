// Answers as results beside the checks. An answer counts where it is fresh and nothing that was seen contradicts it; otherwise the question
// is open again, and it is said why. Unanswered questions are out of scope: they widen the range of a score and are in none.

import type { AnswerNote, CheckResult, Counts } from '../assessment.ts';
import type { Answer } from './answers.ts';
import { type Question, questions } from './questions.ts';

export interface AnswersJudged {
  readonly results: readonly CheckResult[];
  readonly notes: readonly AnswerNote[];
  readonly answered: number;
}

const day = 86_400_000;
const none: Counts = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };

/** Judges answers against the checks that were run. `now`: milliseconds since the epoch. */
export function judgeAnswers(answers: readonly Answer[], checks: readonly CheckResult[], now: number): AnswersJudged {
  const given = new Map(answers.map((answer) => [answer.id, answer]));
  const seen = new Map(checks.map((check) => [check.id, check]));
  const notes: AnswerNote[] = [];
  const results = questions.map((question): CheckResult => {
    const answer = given.get(question.id);
    if (answer === undefined) return result(question, none, false, 'not answered');
    const why = whyNot(question, answer, seen, now);
    if (why !== undefined) {
      notes.push({ ...why, question: question.id, source: answer.source });
      return result(question, none, false, why.detail);
    }
    notes.push(...remarks(answer));
    const age = answer.date === undefined ? {} : { age: Math.max(0, Math.round((now - answer.date) / 1000)) };
    const said = `${answer.answer}${answer.owner === '' ? '' : `, says ${answer.owner}`}`;
    return { ...result(question, countsOf(answer), true, said), ...age };
  });
  return { results, notes, answered: results.filter(({ inScope }) => inScope).length };
}

function whyNot(
  { holds, against }: Question,
  { answer, date, source }: Answer,
  checks: ReadonlyMap<string, CheckResult>,
  now: number,
): Pick<AnswerNote, 'kind' | 'detail'> | undefined {
  const contrary =
    answer === 'yes' ? against.map((id) => checks.get(id)).find((check) => check?.inScope === true && check.verdict === 'fail') : undefined;
  if (contrary !== undefined)
    return { kind: 'contradicted', detail: `answered "yes", but ${contrary.id} shows the contrary: ${contrary.reason}` };
  if (date === undefined)
    return { kind: 'stale', detail: `the answer in line ${source.line} has no date, so that nobody knows whether it still holds` };
  if (date > now + day) return { kind: 'future', detail: `the answer is of a day to come (${new Date(date).toISOString().slice(0, 10)})` };
  if (now - date > holds * day)
    return { kind: 'stale', detail: `the answer is ${Math.floor((now - date) / day)} days old; it holds for ${holds}` };
  return undefined;
}

function remarks({ id, owner, evidence, answer, source }: Answer): readonly AnswerNote[] {
  if (answer === 'not-applicable') return [];
  return [
    ...(owner === '' ? [{ question: id, kind: 'no-owner' as const, detail: 'nobody stands for the answer', source }] : []),
    ...(evidence === '' && answer !== 'no' ? [{ question: id, kind: 'no-evidence' as const, detail: 'nothing shows it', source }] : []),
  ];
}

function countsOf({ answer }: Answer): Counts {
  switch (answer) {
    case 'yes':
      return { ...none, pass: 1 };
    case 'no':
      return { ...none, fail: 1 };
    case 'partly':
      return { ...none, pass: 1, fail: 1 };
    case 'not-applicable':
      return { ...none, notApplicable: 1 };
  }
}

function result(question: Question, counts: Counts, inScope: boolean, reason: string): CheckResult {
  const judged = counts.pass + counts.fail;
  return {
    id: question.id,
    dimension: question.dimension,
    title: question.question,
    fix: question.fix,
    weight: question.weight,
    gate: false,
    level: question.weight === 9 ? 'scale' : question.weight === 3 ? 'improve' : 'adapt',
    needs: ['answer'],
    inScope,
    automatic: false,
    verdict: !inScope ? 'unknown' : counts.fail > 0 ? 'fail' : counts.pass > 0 ? 'pass' : 'not-applicable',
    counts,
    ...(judged === 0 ? {} : { ratio: counts.pass / judged }),
    reason,
    failing: [],
    open: [],
    controls: [],
    layer: question.layer,
    phase: question.phase,
    source: 'answers',
  };
}
