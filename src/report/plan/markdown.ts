// A plan as Markdown, for a wiki or a pull request: the ninety days as a table, the roadmap, then each item as a ticket would say it.

import type { Plan } from '../../assessment/plan/plan.ts';
import { daysText, plain, shareText, summarySentences, ticketBody, whenText } from './words.ts';

export function planMarkdown(plan: Plan): string {
  const { risk } = plan.summary;
  const cell = (text: string) => plain(text).replaceAll('|', '/');
  return [
    '# Plan',
    '',
    ...summarySentences(plan),
    '',
    '| when | who | what | days | worth | |',
    '|---|---|---|---:|---:|---|',
    ...plan.items.map(
      (item) =>
        `| ${cell(whenText(item))} | ${cell(item.owner)} | ${cell(item.title)} | ${daysText(item.effort.p50)} | ${item.value}${item.basis === 'measured' ? '' : ' ~'} | ${item.quadrant} |`,
    ),
    '',
    '`~` an estimate; all other values were measured.',
    '',
    '## The year',
    '',
    ...plan.quarters.map(
      ({ quarter, themes, finished, days }) =>
        `- Q${quarter}: ${themes.join(', ') || 'nothing planned'} (${finished.length} items, ${daysText(days)} d)`,
    ),
    '',
    '## Risk left',
    '',
    '| sprint | expected | where work takes long |',
    '|---:|---:|---:|',
    ...plan.curve
      .slice(0, plan.sprints.length + 1)
      .map(({ sprint, p50, p80 }) => `| ${sprint} | ${shareText(p50, risk.now)} | ${shareText(p80, risk.now)} |`),
    '',
    '## Items',
    '',
    ...plan.items.flatMap((item) => [`### ${plain(item.title)}`, '', ticketBody(item, plan), '']),
    '## Assumed',
    '',
    ...plan.assumptions.map((text) => `- ${plain(text)}`),
    '',
  ].join('\n');
}
