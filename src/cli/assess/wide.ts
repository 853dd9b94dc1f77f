// What `-o wide` adds: every check by dimension, which layers of defence each workload has, who answers for what, the baseline's functions.

import type { Assessment, CheckVerdict } from '../../assessment/assessment.ts';
import { type Color, pad, paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { percent, scoreText } from './table.ts';

const marks: Readonly<Record<CheckVerdict, readonly [string, Color]>> = {
  pass: ['✓', 'green'],
  fail: ['✗', 'red'],
  unknown: ['?', 'yellow'],
  'not-applicable': ['·', 'dim'],
};

const mostRows = 60;

export function wideLines(assessment: Assessment, color: boolean): readonly string[] {
  return [
    ...checkLines(assessment, color),
    ...defenceLines(assessment, color),
    ...responsibilityLines(assessment, color),
    ...baselineLines(assessment, color),
  ];
}

function mark(verdict: CheckVerdict, color: boolean): string {
  const [sign, paintIn] = marks[verdict];
  return paint(sign, paintIn, color);
}

function checkLines({ dimensions, checks }: Assessment, color: boolean): readonly string[] {
  return dimensions.flatMap(({ dimension, title }) => [
    paint(title, 'bold', color),
    ...checks
      .filter((check) => check.dimension === dimension && check.inScope)
      .map(
        ({ id, title: says, verdict, weight, gate, reason }) =>
          `  ${mark(verdict, color)} ${gate ? 'gate' : `  ${weight} `} ${says} ${paint(`[${id}] ${printable(reason)}`, 'dim', color)}`,
      ),
    '',
  ]);
}

function defenceLines({ defence: { measures, rows, totals } }: Assessment, color: boolean): readonly string[] {
  if (rows.length === 0) return [];
  return [
    paint('defence in depth', 'bold', color),
    ...measures.map(
      ({ id, title }, index) =>
        `  ${index + 1} ${pad(id, 10)} ${title}: ${totals[id]?.passed ?? 0} of ${totals[id]?.judged ?? 0} workloads`,
    ),
    `  ${measures.map((_, index) => (index + 1).toString().padStart(3)).join('')}`,
    ...rows
      .slice(0, mostRows)
      .map(
        ({ subject, cells }) =>
          `  ${measures.map(({ id }) => `  ${mark(cells[id] ?? 'unknown', color)}`).join('')}  ${printable(`${subject.kind} ${subject.namespace}/${subject.name}`)}`,
      ),
    ...(rows.length > mostRows ? [`  … and ${rows.length - mostRows} more`] : []),
    '',
  ];
}

function responsibilityLines({ responsibility: { distribution, rows } }: Assessment, color: boolean): readonly string[] {
  return [
    paint(
      `who answers for what (${distribution === 'unknown' ? 'distribution not known: --distribution names it' : distribution})`,
      'bold',
      color,
    ),
    ...rows.map(
      (row) =>
        `  ${pad(row.responsible, 9)} ${pad(row.title, 48)} ${scoreText(row, color).padStart(3)}  ${percent(row.judged)} judged  ${paint(row.note, 'dim', color)}`,
    ),
    '',
  ];
}

function baselineLines({ baseline }: Assessment, color: boolean): readonly string[] {
  return [
    paint('functions of the cluster', 'bold', color),
    ...baseline.map((one) => `  ${pad(one.title, 34)} ${scoreText(one, color).padStart(3)}  ${percent(one.judged)} judged`),
  ];
}
