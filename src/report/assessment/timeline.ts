// When what is done: the ninety days as a board of sprints, the year as four quarters. Tables, so that they read without seeing and print.

import type { Plan, PlanEntry } from '../../assessment/plan/plan.ts';
import { escapeHtml } from '../html/escape.ts';
import { daysText, shareText } from '../plan/words.ts';
import { counted } from '../words.ts';
import { numbersOf } from './scatter.ts';
import { quadrantClass } from './words.ts';

export function board(plan: Plan): string {
  const numbers = numbersOf(plan);
  const sprints = plan.sprints.map(({ sprint }) => sprint);
  const last = sprints.length;
  const rows = plan.items.filter(({ from }) => from !== undefined && from <= last);
  if (rows.length === 0) return '<p>Nothing is planned.</p>';
  const heads = plan.sprints.map(
    ({ sprint, begins }) => `<th>Sprint ${sprint}${begins === undefined ? '' : `<br><span class="dim">${begins.slice(5)}</span>`}</th>`,
  );
  const left = sprints.map((sprint) => `<td>${shareText(plan.curve[sprint]?.p50 ?? 0, plan.summary.risk.now)}</td>`);
  const late =
    plan.late.length === 0
      ? ''
      : `<p class="poor"><b>Late:</b> ${plan.late.map((id) => escapeHtml(plan.items.find((item) => item.id === id)?.title ?? id)).join('; ')}</p>`;
  return `${late}<div class="scroll"><table class="board"><thead><tr><th>what</th><th>who</th>${heads.join('')}</tr></thead><tbody>${rows.map((item) => row(item, numbers.get(item.id), last)).join('')}<tr><td><b>risk left</b></td><td></td>${left.join('')}</tr></tbody></table></div>`;
}

function row(item: PlanEntry, number: number | undefined, last: number): string {
  const { from = 1, to = 1 } = item;
  const end = Math.min(to, last);
  const before = '<td></td>'.repeat(from - 1);
  const after = '<td></td>'.repeat(Math.max(0, last - end));
  const kind = item.kind === 'preparation' ? 'prep' : quadrantClass[item.quadrant];
  const words = item.status === 'started' ? 'started' : to > last ? '→' : '';
  const bar = `<td class="on" colspan="${end - from + 1}"><span class="run ${kind}" title="${daysText(item.effort.p50)} days">${words === '' ? `${daysText(item.effort.p50)} d` : words}</span></td>`;
  const name = `${number === undefined ? '' : `${number}. `}${item.title}`;
  const first = item.kind === 'preparation' ? '<span class="dim">first: </span>' : '';
  const due =
    item.deadline === undefined
      ? ''
      : ` <span class="tag poor">deadline${item.deadline.date === undefined ? '' : ` ${item.deadline.date}`}</span>`;
  return `<tr><td>${first}<a href="#${item.id}">${escapeHtml(name)}</a>${due}</td><td>${escapeHtml(item.owner)}</td>${before}${bar}${after}</tr>`;
}

const mostInQuarter = 6;

export function roadmap(plan: Plan): string {
  const byId = new Map(plan.items.map((item) => [item.id, item]));
  const lastSprint = { 1: 6, 2: 13, 3: 19, 4: 26 } as const;
  const cards = plan.quarters.map(({ quarter, begins, ends, themes, finished, days }) => {
    const items = finished.flatMap((id) => byId.get(id) ?? []).toSorted((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1));
    const rows = items.slice(0, mostInQuarter).map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
    const more = items.length > mostInQuarter ? `<p class="dim">and ${items.length - mostInQuarter} more</p>` : '';
    const dates = begins === undefined || ends === undefined ? (quarter === 1 ? 'the first 90 days' : '') : `${begins} to ${ends}`;
    const left = shareText(plan.curve[lastSprint[quarter]]?.p50 ?? 0, plan.summary.risk.now);
    return `<div class="card"><h3>Quarter ${quarter}</h3><p class="dim">${dates}</p><p><b>${escapeHtml(themes.join(', ')) || 'Nothing planned'}</b></p><p class="dim">${counted(items.length, 'item')}, ${daysText(days)} days; ${left} of today's risk left</p><ul>${rows.join('')}</ul>${more}</div>`;
  });
  const unplaced = plan.unplaced.map(({ id, detail }) => `<li>${escapeHtml(byId.get(id)?.title ?? id)}: ${escapeHtml(detail)}</li>`);
  return `<div class="quarters">${cards.join('')}</div>${unplaced.length === 0 ? '' : `<h3>Not planned within the year</h3><ul>${unplaced.join('')}</ul>`}`;
}
