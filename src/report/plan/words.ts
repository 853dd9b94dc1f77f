// Words that the formats of a plan share: when an item is done, what stands against its name, and the body of a ticket.

import type { Plan, PlanEntry } from '../../assessment/plan/plan.ts';
import { printable } from '../../lib/text.ts';
import { counted } from '../words.ts';

/** `sprint 2`, `sprints 2–4`, `later`; with dates where there are any. */
export function whenText({ from, to, begins, due }: PlanEntry): string {
  if (from === undefined || to === undefined) return 'later';
  const sprints = from === to ? `sprint ${from}` : `sprints ${from}–${to}`;
  return begins === undefined || due === undefined ? sprints : `${sprints} (${begins} to ${due})`;
}

/** `1.5 d (3 d)`: the middle estimate and what eight of ten stay under. */
export function effortText({ effort: { p50, p80 } }: PlanEntry): string {
  return `${daysText(p50)} d, at most ${daysText(p80)} d`;
}

export function daysText(days: number): string {
  return String(Math.round(days * 10) / 10);
}

/** Risk left as a share of today's. `shareText(50, 200)` is `'25 %'`. */
export function shareText(points: number, now: number): string {
  return now <= 0 ? '0 %' : `${Math.round((points / now) * 100)} %`;
}

/** Sentences that say what a plan brings. */
export function summarySentences({ summary: { findings, packages, measured, effort, risk, reductionPerDay } }: Plan): readonly string[] {
  return [
    `${counted(findings, 'finding')} in ${counted(packages, 'package')} of work, ${daysText(effort.p50)} person-days (at most ${daysText(effort.p80)}) with what must come first.`,
    `Risk left after 90 days: ${shareText(risk.after90Days.p50, risk.now)} of today's (${shareText(risk.after90Days.p80, risk.now)} where work takes long); after a year ${shareText(risk.afterYear.p50, risk.now)}.`,
    ...(packages === 0
      ? []
      : [
          `${measured} of ${packages} values were measured by running the engine on the patched objects; the others are estimates. A person-day takes away ${reductionPerDay} points of ${Math.round(risk.now)}.`,
        ]),
  ];
}

/** What a ticket says, in Markdown. Texts from objects are cut to one line. */
export function ticketBody(item: PlanEntry, plan: Plan): string {
  const needed = item.needs.map((id) => plan.items.find((other) => other.id === id)?.title ?? id);
  return [
    ...(item.risk === undefined ? [] : [`**Why:** ${plain(item.risk.sentence)} (risk ${item.risk.score} of 100).`]),
    `**Worth:** ${item.value} of ${Math.round(plan.summary.risk.now)} points of risk, ${item.basis}: ${plain(item.why)}.`,
    `**Effort:** ${effortText(item)}; ${plain(item.effort.why)}.`,
    `**When:** ${whenText(item)}${item.deadline === undefined ? '' : `; ${plain(item.deadline.why)}`}.`,
    ...(needed.length === 0 ? [] : ['**First:**', ...needed.map((title) => `- ${plain(title)}`)]),
    '**Done when these pass:**',
    ...item.acceptance.map((control) => `- [ ] ${plain(control)}`),
    ...(item.command === '' ? [] : ['', '```sh', item.command, '```']),
    ...(item.changes.length === 0
      ? []
      : ['**Changes:**', '```sh', ...item.changes.map(({ command }) => command.replaceAll('`', "'")), '```']),
    ...(item.moreChanges > 0 ? [`and ${counted(item.moreChanges, 'more change')}`] : []),
    '',
    `cofferdam: ${item.id}`,
  ].join('\n');
}

/** One line without marks that Markdown or a tracker reads: no pings, no tags, no control characters. */
export function plain(text: string): string {
  return printable(text.replace(/[\r\n]+/g, ' '))
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('@', '(at)')
    .replaceAll('`', "'");
}
