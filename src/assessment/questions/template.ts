// The file that people fill in: every question with what "yes" means, by dimension. Answers that were given are kept.

import { dimensionTitles } from '../assessment.ts';
import type { Answer } from './answers.ts';
import { questions } from './questions.ts';

/** The text of a file of answers. */
export function answersTemplate(known: readonly Answer[] = []): string {
  const given = new Map(known.map((answer) => [answer.id, answer]));
  const lines = [
    '# Questions of the health assessment: what no object of a cluster shows.',
    '# answer: yes, partly, no or not-applicable; leave it empty where you do not know: it widens the range of the score, never the score.',
    '# date: the day the answer was true; older answers count as unanswered. evidence: where it can be looked up.',
    'apiVersion: cofferdam.dev/v1',
    'kind: AssessmentAnswers',
    'answers:',
  ];
  let dimension = '';
  for (const question of questions) {
    if (question.dimension !== dimension) lines.push('', `  # ${dimensionTitles[question.dimension]}`);
    dimension = question.dimension;
    const answer = given.get(question.id);
    lines.push(
      `  - id: ${question.id}`,
      `    # ${question.question}`,
      `    # yes: ${question.yes}`,
      `    answer: ${answer === undefined ? '' : answer.answer}`.trimEnd(),
      `    owner: ${quoted(answer?.owner)}`.trimEnd(),
      `    date: ${answer?.date === undefined ? '' : new Date(answer.date).toISOString().slice(0, 10)}`.trimEnd(),
      `    evidence: ${quoted(answer?.evidence)}`.trimEnd(),
    );
  }
  return `${lines.join('\n')}\n`;
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? '' : JSON.stringify(text);
}
