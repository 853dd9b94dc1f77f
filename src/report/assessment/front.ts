// The first page, for whoever decides: where we stand, with the range the figure may lie in; what threatens most, a sentence each; what ninety
// days of work change.

import type { Assessment, Score } from '../../assessment/assessment.ts';
import { topRisks } from '../../assessment/plan/make.ts';
import type { Plan } from '../../assessment/plan/plan.ts';
import { escapeHtml } from '../html/escape.ts';
import { daysText, shareText } from '../plan/words.ts';
import { counted } from '../words.ts';
import { curve } from './curve.ts';
import type { AssessmentReport } from './report.ts';
import { meter, scoreClass, sentence, short, whole } from './words.ts';

export function front(report: AssessmentReport): string {
  const { assessment, plan } = report;
  return `<section id="front"><p class="lead">${verdict(report)}</p>
<div class="front">
<div class="column"><div class="card"><h2>Overall</h2>${assessment === undefined ? unassessed : overall(assessment)}</div>
<div class="card"><h2>What 90 days of work change</h2>${ninetyDays(plan)}</div></div>
<div class="column"><div class="card"><h2>Eight dimensions</h2>${assessment === undefined ? unassessed : dimensions(assessment)}</div>
<div class="card"><h2>What threatens most</h2>${risks(plan)}</div></div>
</div></section>`;
}

const unassessed =
  '<p class="dim">Not scored: this report was made of a plan alone. <code>cofferdam assess -o html=FILE</code> scores too.</p>';

/** The report in one paragraph. */
function verdict({ assessment, plan, paths, scan }: AssessmentReport): string {
  const known = paths.filter((path) => path.known);
  const outside = known.filter(({ from }) => from.kind === 'internet').length;
  const score =
    assessment?.overall.score === undefined
      ? ''
      : `The cluster scores <b>${whole(assessment.overall.score)} of 100</b>${assessment.overall.range.high - assessment.overall.range.low >= 1 ? ` (between ${whole(assessment.overall.range.low)} and ${whole(assessment.overall.range.high)} once all is known)` : ''}. `;
  const ways =
    known.length === 0
      ? 'No way of attack was found in what was read.'
      : `${counted(known.length, 'way')} of attack ${known.length === 1 ? 'was' : 'were'} found${outside > 0 ? `, <b>${outside} of them from the internet</b>` : ', none of them from the internet'}.`;
  const { risk } = plan.summary;
  const change =
    risk.now <= 0
      ? ''
      : ` The plan for 90 days leaves <b>${shareText(risk.after90Days.p50, risk.now)}</b> of today's risk (${shareText(risk.after90Days.p80, risk.now)} where work takes long).`;
  const { critical, high } = scan.summary.bySeverity;
  return `${score}${ways} ${counted(critical, 'critical finding')} and ${high} high, in ${counted(plan.summary.packages, 'package')} of work.${change}`;
}

function overall({ overall: score, layers, summary, inputs }: Assessment): string {
  const shown = score.score === undefined ? '–' : whole(score.score);
  const cap = score.cap === undefined ? '' : `<p class="dim">${escapeHtml(sentence(short(score.cap, 180)))}</p>`;
  const read = [
    inputs.manifests ? 'manifests' : '',
    inputs.live ? 'a running cluster' : '',
    inputs.repository ? 'the repository' : '',
    inputs.answers ? 'answers' : '',
  ].filter((text) => text !== '');
  const { asked, answered } = summary.questions;
  return `<div class="big ${scoreClass(score.score)}">${shown}<small> of 100</small></div>${meter(score)}
<p class="dim">Hatched: where the figure may lie once everything is known. ${whole(score.judged * 100)} % of the weight could be judged, from ${escapeHtml(read.join(', '))}; ${answered} of ${asked} questions are answered.</p>${cap}
<div class="cs" role="list" aria-label="The four C's, from outside in">${layers.map((layer) => `<div role="listitem"><b class="${scoreClass(layer.score)}">${layer.score === undefined ? '–' : whole(layer.score)}</b>${layer.layer}</div>`).join('')}</div>`;
}

function dimensions({ dimensions: rows }: Assessment): string {
  const row = (score: Score & { readonly title: string; readonly gates: readonly string[]; readonly maturity: string }) =>
    `<span>${escapeHtml(score.title)}</span><b class="${scoreClass(score.score)}">${score.score === undefined ? '–' : whole(score.score)}</b>${meter(score)}<span class="dim">${whole(score.judged * 100)} % judged${score.gates.length > 0 ? ' · gate open' : ''}</span>`;
  return `<div class="scores">${rows.map(row).join('')}</div>`;
}

function risks(plan: Plan): string {
  const items = topRisks(plan).map(
    ({ risk, severity, to, owner, id }) =>
      `<li>${escapeHtml(sentence(risk?.sentence ?? ''))} <span class="dim"><span class="${severity ?? ''}">${severity ?? ''}</span> · <a href="#${id}">${to === undefined ? 'not planned' : `done in sprint ${to}`}</a> · ${escapeHtml(owner)}</span></li>`,
  );
  return items.length === 0 ? '<p>Nothing is open.</p>' : `<ol class="risks">${items.join('')}</ol>`;
}

function ninetyDays(plan: Plan): string {
  const { risk, quadrants } = plan.summary;
  const soon = plan.items.filter(({ quarter }) => quarter === 1);
  const days = soon.reduce((sum, { effort }) => sum + effort.p50, 0);
  return `<div class="facts"><div><b>${shareText(risk.after90Days.p50, risk.now)}</b>of today's risk left</div><div><b>${soon.length}</b>of ${plan.items.length} items done</div><div><b>${daysText(days)}</b>person-days</div><div><b>${quadrants['quick win']}</b>quick wins</div></div>${curve(plan, 'small')}`;
}
