// The assessment as a page of a terminal: one score with its range, eight lines, what to do first, what was not looked at. `wide` adds every
// check, the defence matrix and the views.

import type { Assessment, CheckResult, Score } from '../../assessment/assessment.ts';
import { type Color, cut, pad, paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { counted, placeText, problemText, subjectText } from '../../report/words.ts';
import { wideLines } from './wide.ts';

export interface View {
  readonly color: boolean;
  readonly width: number | undefined;
  readonly all: boolean;
}

const firstThings = 7;

/** The text of the table. */
export function table(assessment: Assessment, view: View): string {
  const lines = [
    ...heading(assessment, view),
    '',
    ...dimensionLines(assessment, view),
    '',
    ...shortViews(assessment, view),
    ...first(assessment, view),
    ...progressLines(assessment, view),
    ...answerLines(assessment, view),
    ...notLookedAt(assessment, view),
    ...(view.all
      ? ['', ...wideLines(assessment, view.color)]
      : ['', paint('-o wide shows every check, -o json everything', 'dim', view.color)]),
  ];
  return `${lines.join('\n')}\n`;
}

function heading({ overall, summary, facts }: Assessment, { color }: View): readonly string[] {
  const { objects, workloads, nodes, findings, attackPaths } = summary;
  const what = [
    counted(workloads, 'workload'),
    counted(objects, 'object'),
    ...(nodes > 0 ? [counted(nodes, 'node')] : []),
    `Kubernetes ${facts.kubernetesVersion}${facts.versionKnown ? '' : ' assumed'}`,
  ];
  const worst = (['critical', 'high', 'medium', 'low'] as const).map((severity) => `${findings[severity]} ${severity}`).join(', ');
  return [
    `${paint('Health', 'bold', color)}  ${scoreText(overall, color)} of 100   ${rangeText(overall)}`,
    `${what.join(', ')}`,
    `findings: ${worst} · attack paths: ${attackPaths.known}${attackPaths.possible > 0 ? ` and ${attackPaths.possible} that may be` : ''}`,
  ];
}

function dimensionLines({ dimensions }: Assessment, { color }: View): readonly string[] {
  const title = paint(`${pad('dimension', 24)}score  could be  judged  level     critical gates that are not passed`, 'dim', color);
  return [
    title,
    ...dimensions.map((one) => {
      const range = `${one.range.low}–${one.range.high}`;
      const gates = one.gates.map((id) => id.slice(id.indexOf('/') + 1)).join(', ');
      return `${pad(one.title, 24)}${padScore(one, color)} ${pad(range, 8)}  ${pad(percent(one.judged), 6)}  ${pad(one.maturity, 8)}  ${paint(gates, 'red', color)}`.trimEnd();
    }),
  ];
}

function shortViews({ layers, phases, responsibility }: Assessment, { color }: View): readonly string[] {
  const part = (name: string, score: Score) => `${name} ${scoreText(score, color)}`;
  const yours = responsibility.rows.filter(({ alwaysYours }) => alwaysYours);
  return [
    `${pad("four C's", 14)}${layers.map((one) => part(one.layer, one)).join(' › ')}   ${paint('inner ones are no higher than outer ones', 'dim', color)}`,
    `${pad('phases', 14)}${phases.map((one) => part(one.phase, one)).join(' · ')}`,
    `${pad('always yours', 14)}${yours.map((one) => part(one.id, one)).join(' · ')}`,
  ];
}

function first({ priorities, checks }: Assessment, { color, width }: View): readonly string[] {
  if (priorities.length === 0) return ['', 'nothing that was judged fails'];
  const byId = new Map(checks.map((check) => [check.id, check]));
  const shown = priorities.slice(0, firstThings).flatMap(({ check }) => byId.get(check) ?? []);
  const more = priorities.length - shown.length;
  return [
    '',
    paint('first things to do', 'bold', color),
    ...shown.flatMap((check, index) => item(check, index, color, width)),
    ...(more > 0 ? [paint(`  … and ${more} more that fail`, 'dim', color)] : []),
  ];
}

function item(
  { title, reason, fix, gate, failing, controls, id }: CheckResult,
  index: number,
  color: boolean,
  width: number | undefined,
): readonly string[] {
  const [one] = failing;
  const where =
    one === undefined || one.subject.kind === 'Cluster'
      ? ''
      : `${subjectText(one.subject)}${one.source === undefined ? '' : ` at ${placeText(one.source)}`}`;
  const room = (text: string) => (width === undefined ? text : cut(text, Math.max(40, width)));
  const name = paint(`[${id}${controls.length === 0 ? '' : `, ${counted(controls.length, 'control')}`}]`, 'dim', color);
  return [
    `  ${index + 1}. ${paint(title, 'bold', color)}${gate ? paint('  gate', 'red', color) : ''}  ${name}`,
    room(`     ${printable(reason)}${where === '' ? '' : ` (${printable(where)})`}`),
    room(`     → ${fix}`),
  ];
}

function progressLines({ progress }: Assessment, { color }: View): readonly string[] {
  if (progress === undefined) return [];
  const of = (change: string) => progress.items.filter((one) => one.change === change);
  const scores = progress.scores
    .filter(({ before, after }) => before !== after)
    .map(({ dimension, before, after }) => `${dimension} ${before ?? '–'} → ${after ?? '–'}`);
  const told = [...of('closed'), ...of('opened'), ...of('worsened')].slice(0, 10);
  return [
    '',
    `${paint('since', 'bold', color)} ${printable(progress.since.slice(0, 10))}: ${of('closed').length} closed, ${of('improved').length} improved, ${of('worsened').length} worsened, ${of('opened').length} opened`,
    ...(scores.length === 0 ? [] : [`  ${scores.join(', ')}`]),
    ...told.map(
      ({ change, check, detail }) =>
        `  ${paint(pad(change, 9), change === 'closed' ? 'green' : 'red', color)} ${check}: ${printable(detail)}`,
    ),
    ...(progress.caution === undefined ? [] : [`  ${paint(progress.caution, 'yellow', color)}`]),
  ];
}

function answerLines({ answers, problems }: Assessment, { color }: View): readonly string[] {
  const wrong = problems.filter(({ code }) => code === 'assessment/invalid-answer');
  const told = answers.filter(({ kind }) => kind === 'contradicted' || kind === 'stale' || kind === 'future');
  const soft = answers.length - told.length;
  if (wrong.length + told.length + soft === 0) return [];
  return [
    '',
    paint('answers that do not count as given', 'bold', color),
    ...wrong.map((one) => `  ${printable(problemText(one))}`),
    ...told.map(
      ({ question, detail, kind }) =>
        `  ${paint(kind, kind === 'contradicted' ? 'red' : 'yellow', color)} ${question}: ${printable(detail)}`,
    ),
    ...(soft > 0 ? [`  ${counted(soft, 'answer')} without owner or evidence (they count)`] : []),
  ];
}

function notLookedAt({ checks, summary, dimensions }: Assessment, { color }: View): readonly string[] {
  const out = checks.filter(({ inScope, automatic }) => !inScope && automatic);
  const groups = [...Map.groupBy(out, ({ reason }) => reason)].sort((a, b) => b[1].length - a[1].length);
  const { asked, answered } = summary.questions;
  if (groups.length === 0 && asked === answered) return [];
  return [
    '',
    paint('not looked at: in no score, in the range', 'bold', color),
    ...groups.map(([reason, own]) => `  ${counted(own.length, 'check')}: ${reason}`),
    ...(dimensions.some(({ score, judged }) => score !== undefined && judged < leastJudged)
      ? ['  a score with a question mark rests on less than a fifth of its weight']
      : []),
    ...(answered < asked ? [`  ${counted(asked - answered, 'question')}: not answered (cofferdam assess --questions > answers.yaml)`] : []),
  ];
}

/** The score, coloured; with a question mark where too little was judged to rely on it, a dash where nothing was. */
export function scoreText({ score, judged }: Score, color: boolean): string {
  if (score === undefined) return paint('–', 'dim', color);
  return judged < leastJudged ? paint(`${score}?`, 'dim', color) : paint(String(score), colorOf(score), color);
}

/** Below this share a score says little. */
const leastJudged = 0.2;

function padScore(score: Score, color: boolean): string {
  const text = scoreText(score, false);
  const room = text.endsWith('?') ? 6 : 5;
  return `${' '.repeat(Math.max(0, room - text.length))}${scoreText(score, color)}${room === 5 ? ' ' : ''}`;
}

function colorOf(score: number): Color {
  return score < 40 ? 'red' : score < 75 ? 'yellow' : 'green';
}

function rangeText({ range, judged, cap }: Score): string {
  return `could be ${range.low}–${range.high}, ${percent(judged)} of the weight judged${cap === undefined ? '' : `, ${cap.slice(0, cap.indexOf(':') < 0 ? undefined : cap.indexOf(':'))} by critical gates`}`;
}

/** A share in whole percent, rounded down: 99.9 % is not all. */
export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}
