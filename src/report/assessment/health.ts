// The eight dimensions in full: for each its score, what keeps it down, what could not be judged and from what it was read. What changed since
// the last assessment, where there was one.

import type { Assessment, CheckResult, DimensionScore } from '../../assessment/assessment.ts';
import { escapeHtml } from '../html/escape.ts';
import { counted, placeText, subjectText } from '../words.ts';
import { meter, prose, scoreClass, sentence, whole } from './words.ts';

export function health(assessment: Assessment): string {
  return `${progress(assessment)}${assessment.dimensions.map((dimension) => section(dimension, assessment)).join('')}`;
}

function progress({ progress: since }: Assessment): string {
  if (since === undefined) return '';
  const rows = since.items.map(
    ({ title, change, detail }) =>
      `<tr><td>${change.replaceAll('-', ' ')}</td><td>${escapeHtml(title)}</td><td>${escapeHtml(detail)}</td></tr>`,
  );
  const caution = since.caution === undefined ? '' : `<p class="fair">${escapeHtml(since.caution)}</p>`;
  return `<h3>Since ${escapeHtml(since.since.slice(0, 10))}</h3>${caution}<div class="scroll"><table><tbody>${rows.join('')}</tbody></table></div>`;
}

function section(dimension: DimensionScore, { checks, priorities }: Assessment): string {
  const own = checks.filter((check) => check.dimension === dimension.dimension);
  const gains = new Map(priorities.map(({ check, gain }) => [check, gain]));
  const failing = own
    .filter(({ verdict, inScope }) => verdict === 'fail' && inScope)
    .toSorted((a, b) => (gains.get(b.id) ?? 0) - (gains.get(a.id) ?? 0) || b.weight - a.weight || (a.id < b.id ? -1 : 1));
  const passing = own.filter(({ verdict }) => verdict === 'pass').length;
  const open = own.filter(({ verdict, inScope }) => !inScope || verdict === 'unknown');
  const cap = dimension.cap === undefined ? '' : ` ${escapeHtml(sentence(dimension.cap))}`;
  return `<details class="work"><summary><span class="n ${scoreClass(dimension.score)}">${dimension.score === undefined ? '–' : whole(dimension.score)}</span><span>${escapeHtml(dimension.title)}${meter(dimension)}</span><span class="meta">${failing.length} fail · ${passing} pass · ${open.length} open</span></summary><div class="inside"><p class="dim">Maturity: ${dimension.maturity}. ${whole(dimension.judged * 100)} % of its weight was judged.${cap}</p>${failing.map((check) => row(check, gains.get(check.id))).join('')}${unjudged(open)}</div></details>`;
}

const mostPlaces = 5;

function row({ title, fix, reason, gate, failing, counts, source }: CheckResult, gain: number | undefined): string {
  const items = failing
    .slice(0, mostPlaces)
    .map(
      ({ subject, detail, source: place }) =>
        `<li>${escapeHtml(subject.kind === 'File' ? subject.name : subjectText(subject))}: ${escapeHtml(detail)} ${escapeHtml(placeText(place))}</li>`,
    );
  const more = counts.fail > mostPlaces ? `<li>and ${counts.fail - mostPlaces} more</li>` : '';
  return `<p><span class="no" aria-hidden="true">✗</span> <b>${prose(title)}</b>${gate ? ' <span class="tag poor">gate</span>' : ''}${gain === undefined || gain <= 0 ? '' : ` <span class="dim">+${Math.round(gain * 10) / 10} points</span>`}<br>${escapeHtml(reason)} <span class="dim">(${escapeHtml(source)})</span><br>${prose(fix)}</p>${items.length === 0 ? '' : `<ul class="where">${items.join('')}${more}</ul>`}`;
}

const mostOpen = 30;

function unjudged(checks: readonly CheckResult[]): string {
  if (checks.length === 0) return '';
  const rows = checks.slice(0, mostOpen).map(({ title, reason }) => `<li>${prose(title)}: ${escapeHtml(reason)}</li>`);
  const more = checks.length > mostOpen ? `<li>and ${checks.length - mostOpen} more</li>` : '';
  return `<p class="dim">Not judged (${counted(checks.length, 'check')}): these widen the range and never lower the score.</p><ul class="where">${rows.join('')}${more}</ul>`;
}
