// Who has what to do: teams with their findings and days; and from the assessment the rows that are the cloud user's own, the functions of the
// platform, the phases of a change, and which layers of defence each workload has.

import type { Assessment, Score } from '../../assessment/assessment.ts';
import type { PackageSet } from '../../assessment/packages/packages.ts';
import type { Plan } from '../../assessment/plan/plan.ts';
import { severities } from '../../controls/control.ts';
import { escapeHtml } from '../html/escape.ts';
import { daysText } from '../plan/words.ts';
import { subjectText } from '../words.ts';
import { meter, scoreClass, whole } from './words.ts';

export function owners(plan: Plan, set: PackageSet): string {
  const byOwner = Map.groupBy(set.weighed, ({ owner }) => owner.name);
  const names = [...new Set([...byOwner.keys(), ...plan.items.map(({ owner }) => owner)])].sort();
  if (names.length === 0) return '';
  const rows = names.map((name) => {
    const own = byOwner.get(name) ?? [];
    const items = plan.items.filter(({ owner }) => owner === name);
    const soon = items.filter(({ quarter }) => quarter === 1);
    const counts = severities.map((severity) => {
      const count = own.filter(({ finding }) => finding.severity === severity).length;
      return `<td class="n ${count > 0 ? severity : 'dim'}">${count}</td>`;
    });
    const days = soon.reduce((sum, { effort }) => sum + effort.p50, 0);
    const by = own[0]?.owner.by ?? items[0]?.ownerBy ?? '';
    return `<tr><td><b>${escapeHtml(name)}</b><div class="where">${escapeHtml(by)}</div></td>${counts.join('')}<td class="n">${items.length}</td><td class="n">${daysText(days)}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>team</th>${severities.map((name) => `<th class="n">${name}</th>`).join('')}<th class="n">items</th><th class="n">days in 90 days</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

export function responsibility({ responsibility: view, baseline, phases, defence }: Assessment): string {
  const who = { you: 'yours', provider: "the provider's", shared: 'shared', unknown: 'not known' } as const;
  const yours = view.rows.map(
    (row) =>
      `<tr><td><b>${escapeHtml(row.title)}</b>${row.alwaysYours ? ' <span class="dim">always yours</span>' : ''}<div class="where">${escapeHtml(row.note)}</div></td><td>${who[row.responsible]}</td>${scoreCells(row)}</tr>`,
  );
  const functions = baseline.map((row) => `<tr><td>${escapeHtml(row.title)}</td>${scoreCells(row)}</tr>`);
  const stages = phases.map((row) => `<tr><td>${row.phase}</td>${scoreCells(row)}</tr>`);
  return `<h3>Yours and the provider's (${escapeHtml(view.distribution)})</h3>${table(['area', 'whose', 'score', 'range', 'judged'], yours)}
<h3>Functions of the platform</h3>${table(['function', 'score', 'range', 'judged'], functions)}
<h3>Phases of a change</h3>${table(['phase', 'score', 'range', 'judged'], stages)}
${matrix(defence)}`;
}

function scoreCells(score: Score): string {
  return `<td class="n"><b class="${scoreClass(score.score)}">${score.score === undefined ? '–' : whole(score.score)}</b></td><td style="min-width:120px">${meter(score)}</td><td class="n">${whole(score.judged * 100)} %</td>`;
}

function table(heads: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return '<p class="dim">Nothing was judged.</p>';
  return `<div class="scroll"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

const mostRows = 25;
const signs = {
  pass: ['✓', 'yes', 'has it'],
  fail: ['✗', 'no', 'lacks it'],
  unknown: ['?', 'open', 'not known'],
  'not-applicable': ['·', 'open', 'does not apply'],
} as const;

function matrix({ measures, rows, totals }: Assessment['defence']): string {
  if (rows.length === 0) return '';
  const worst = rows.toSorted((a, b) => a.passed / Math.max(1, a.judged) - b.passed / Math.max(1, b.judged)).slice(0, mostRows);
  const body = worst.map(
    ({ subject, cells, passed, judged }) =>
      `<tr><td>${escapeHtml(subjectText(subject))}</td>${measures
        .map(({ id }) => {
          const [sign, name, words] = signs[(Object.hasOwn(cells, id) ? cells[id] : undefined) ?? 'unknown'];
          return `<td class="${name}" title="${words}">${sign}</td>`;
        })
        .join('')}<td>${passed}/${judged}</td></tr>`,
  );
  const sums = measures.map(({ id }) => {
    const total = Object.hasOwn(totals, id) ? totals[id] : undefined;
    return `<td>${total === undefined ? '' : `${total.passed}/${total.judged}`}</td>`;
  });
  const heads = measures.map(({ title }, index) => `<th title="${escapeHtml(title)}">${index + 1}</th>`);
  const legend = measures.map(({ title }, index) => `${index + 1} ${escapeHtml(title)}`);
  const more = rows.length > worst.length ? ` The ${worst.length} with the fewest of ${rows.length}.` : '';
  return `<h3>Defence in depth</h3><p class="dim">Which layers each workload has (✓), lacks (✗), or leaves open (?).${more}</p><div class="scroll"><table class="matrix"><thead><tr><th>workload</th>${heads.join('')}<th>layers</th></tr></thead><tbody>${body.join('')}<tr><td><b>all</b></td>${sums.join('')}<td></td></tr></tbody></table></div><p class="legend">${legend.map((text) => `<span>${text}</span>`).join('')}</p>`;
}
