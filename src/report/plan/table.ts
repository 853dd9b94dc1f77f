// A plan for a terminal: what it brings, the ninety days sprint by sprint, the quarters, what was left out.

import type { Plan, PlanEntry } from '../../assessment/plan/plan.ts';
import { cut, pad, paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { counted } from '../words.ts';
import { daysText, shareText, summarySentences } from './words.ts';

export function planTable(plan: Plan, color: boolean, width = 120): string {
  const byId = new Map(plan.items.map((item) => [item.id, item]));
  const lines = [paint('The next 90 days', 'bold', color), ...summarySentences(plan), ''];
  const busy = plan.sprints.findLastIndex(({ working }) => working.length > 0) + 1;
  for (const { sprint, begins, ends, working } of plan.sprints.slice(0, busy)) {
    const left = plan.curve[sprint];
    const dates = begins === undefined || ends === undefined ? '' : `  ${begins} to ${ends}`;
    const share = left === undefined ? '' : `  risk left ${shareText(left.p50, plan.summary.risk.now)}`;
    lines.push(paint(`Sprint ${sprint}${dates}${share}`, 'bold', color));
    if (working.length === 0) lines.push('  nothing planned');
    for (const id of working) {
      const item = byId.get(id);
      if (item !== undefined) lines.push(row(item, sprint, width));
    }
  }
  if (busy < plan.sprints.length) lines.push(busy === 0 ? 'nothing planned' : `nothing planned after sprint ${busy}`);
  lines.push('', paint('The year', 'bold', color));
  for (const { quarter, begins, ends, themes, finished, days } of plan.quarters) {
    const dates = begins === undefined || ends === undefined ? '' : ` (${begins} to ${ends})`;
    lines.push(
      `  Q${quarter}${dates}: ${finished.length === 0 ? 'nothing planned' : `${themes.join(', ')}: ${counted(finished.length, 'item')}, ${daysText(days)} d`}`,
    );
  }
  if (plan.since !== undefined) {
    const { kept, added, passing, reopened } = plan.since;
    const closed = passing.filter((one) => one.closed).length;
    lines.push(
      '',
      `Since the last plan: ${kept.length} kept, ${added.length} new, ${passing.length} pass now (${closed} closed for good), ${reopened.length} reopened`,
    );
  }
  for (const id of plan.late) lines.push(paint(`late: ${printable(byId.get(id)?.title ?? id)}`, 'red', color));
  for (const { id, detail } of plan.unplaced) lines.push(printable(`not planned: ${byId.get(id)?.title ?? id}: ${detail}`));
  lines.push('', ...plan.assumptions.map((text) => paint(`assumed: ${text}`, 'dim', color)));
  return `${lines.join('\n')}\n`;
}

function row(item: PlanEntry, sprint: number, width: number): string {
  const state = item.status === 'started' ? '▶' : item.from === sprint ? '+' : '·';
  const facts = `${pad(cut(printable(item.owner), 14), 14)} ${daysText(item.effort.p50).padStart(5)} d ${String(Math.round(item.value * 10) / 10).padStart(7)} ${item.basis === 'measured' ? ' ' : '~'}`;
  return `  ${state} ${facts} ${cut(printable(item.title), Math.max(30, width - 36))}`;
}
