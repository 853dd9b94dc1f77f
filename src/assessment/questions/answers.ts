// The file of answers: what people fill in, read with places. What is not exactly understood is told and counts as unanswered.
//
//   apiVersion: cofferdam.dev/v1
//   kind: AssessmentAnswers
//   answers:
//     - id: storage/asked-restore-test
//       answer: yes                 # yes, partly, no, not-applicable; empty is unanswered
//       owner: platform-team
//       date: 2026-10-01
//       evidence: https://wiki.example/restore-2026-10

import { fieldLocator, fieldPosition, parseYaml } from '../../kube/yaml/parse.ts';
import { asList, asString, field, isObject, type Json } from '../../lib/json.ts';
import { type Problem, problem, type SourcePosition } from '../../lib/problem.ts';
import { lineStarts } from '../../lib/text.ts';
import { questions } from './questions.ts';

export const scale = ['yes', 'partly', 'no', 'not-applicable'] as const;

export interface Answer {
  readonly id: string;
  readonly answer: (typeof scale)[number];
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly date: number | undefined;
  readonly evidence: string;
  readonly source: SourcePosition;
}

export interface Answers {
  readonly answers: readonly Answer[];
  readonly problems: readonly Problem[];
}

const keys = ['id', 'question', 'answer', 'owner', 'date', 'evidence', 'yes'];
const ids = new Set(questions.map(({ id }) => id));

/** Reads a file of answers. */
export function readAnswers(text: string, file: string): Answers {
  const { documents, problems: broken } = parseYaml(text, file);
  const problems: Problem[] = [...broken];
  const answers = new Map<string, Answer>();
  const starts = lineStarts(text);
  if (documents.length === 0 && broken.length === 0)
    problems.push(problem('assessment/invalid-answer', `${file}: holds no answers`, { file, line: 1, column: 1 }));
  for (const { start, end, value } of documents) {
    const locate = fieldLocator(text.slice(start, end));
    const place = (pointer: string): SourcePosition => {
      const range = locate?.(pointer);
      return range === undefined ? { file, line: 1, column: 1 } : fieldPosition(file, starts, start, range);
    };
    if (!isObject(value) || !Array.isArray(field(value, 'answers'))) {
      problems.push(
        problem(
          'assessment/invalid-answer',
          `${file}: a file of answers has a list "answers"; "cofferdam assess --questions" writes one`,
          place(''),
        ),
      );
      continue;
    }
    for (const [index, item] of asList(field(value, 'answers')).entries()) {
      const read = readOne(item, (key) => place(`/answers/${index}${key === '' ? '' : `/${key}`}`), answers);
      if (read === undefined) continue;
      if ('code' in read) problems.push(read);
      else answers.set(read.id, read);
    }
  }
  return { answers: [...answers.values()], problems };
}

/** An answer, what is wrong with it, or nothing where it was left empty. */
function readOne(item: Json, place: (key: string) => SourcePosition, known: ReadonlyMap<string, Answer>): Answer | Problem | undefined {
  const wrong = (key: string, message: string) => {
    const source = place(key);
    return problem('assessment/invalid-answer', `${source.file}:${source.line}: not counted: ${message}`, source);
  };
  if (!isObject(item)) return wrong('', 'an answer is a mapping with id and answer');
  const stranger = Object.keys(item).find((key) => !keys.includes(key));
  if (stranger !== undefined) return wrong(stranger, `there is no "${stranger}" in an answer; there are ${keys.join(', ')}`);
  const id = asString(item.id) ?? '';
  if (!ids.has(id)) return wrong('id', `there is no question "${id}"`);
  if (known.has(id)) return wrong('id', `"${id}" is answered twice; the first answer counts`);
  const given = item.answer;
  if (given === undefined || given === null || given === '') return undefined;
  // YAML reads yes and no as booleans.
  const word = given === true ? 'yes' : given === false ? 'no' : given;
  const answer = scale.find((one) => one === word);
  if (answer === undefined)
    return wrong(
      'answer',
      `${typeof given === 'object' ? 'a list or mapping' : `"${String(given).slice(0, 40)}"`} is no answer; there are ${scale.join(', ')}`,
    );
  const written = textOf(item.date);
  const date = /^\d{4}-\d{2}-\d{2}/.test(written) ? Date.parse(written.slice(0, 10)) : Number.NaN;
  if (written !== '' && !isDay(written, date)) return wrong('date', `date: "${written.slice(0, 40)}" is no day; write it as 2026-10-01`);
  return {
    id,
    answer,
    owner: textOf(item.owner),
    date: Number.isFinite(date) ? date : undefined,
    evidence: textOf(item.evidence),
    source: place('answer'),
  };
}

function isDay(written: string, date: number): boolean {
  return Number.isFinite(date) && new Date(date).toISOString().slice(0, 10) === written.slice(0, 10);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}
