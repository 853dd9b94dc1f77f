// For pull-request comments and tickets: the figures, then a table a control, long ones folded.

import { printable } from '../lib/text.ts';
import { byControl, type ControlGroup } from './groups.ts';
import type { Format } from './report.ts';
import { counted, placeText, problemText, subjectText, summaryText } from './words.ts';

const rowsShown = 20;

export const markdown: Format = {
  name: 'markdown',
  description: 'for pull-request comments and tickets',
  render: (result) => {
    const groups = byControl(result.findings.filter((finding) => finding.verdict === 'fail'));
    const { critical, high, medium, low } = result.summary.bySeverity;
    const lines = [
      '# Cofferdam',
      '',
      '| critical | high | medium | low |',
      '|---:|---:|---:|---:|',
      `| ${critical} | ${high} | ${medium} | ${low} |`,
      '',
      `${text(summaryText(result))}.`,
      '',
    ];
    if (groups.length === 0) lines.push('No findings.', '');
    for (const group of groups) lines.push(...section(group));
    const problems = result.problems.filter((problem) => problem.level !== 'note');
    if (problems.length > 0) lines.push('## Not read as written', '', ...problems.map((problem) => `- ${text(problemText(problem))}`), '');
    lines.push('## Coverage', '', ...result.coverage.map((part) => `- ${text(part.source)}: ${part.state}, ${text(part.detail)}`), '');
    return lines.join('\n');
  },
};

function section(group: ControlGroup): readonly string[] {
  const rows = group.roots.map(
    ({ finding, members }) =>
      `| ${code(placeText(finding.source))} | ${text(subjectText(finding.subject))} | ${text(finding.detail)}${members.length > 1 ? ` (×${members.length})` : ''} |`,
  );
  const head = ['| where | object | what |', '|---|---|---|'];
  const fix = group.roots[0]?.finding.fix?.description;
  const folded =
    rows.length > rowsShown
      ? ['', '<details><summary>', `${rows.length - rowsShown} more`, '</summary>', '', ...head, ...rows.slice(rowsShown), '', '</details>']
      : [];
  return [
    `## ${group.severity}: ${text(group.title)}`,
    '',
    `\`${group.control}\`, ${counted(group.count, 'finding')}.${fix === undefined ? '' : ` ${text(fix)}`}`,
    '',
    ...head,
    ...rows.slice(0, rowsShown),
    ...folded,
    '',
  ];
}

/** Text that Markdown and HTML leave alone. */
function text(value: string): string {
  return printable(value.replace(/[\r\n]+/g, ' ')).replace(/[\\`*_{}[\]<>#|~!&]/g, (character) =>
    character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`,
  );
}

function code(value: string): string {
  return value === '' ? '' : `\`${printable(value).replace(/[`|]/g, "'")}\``;
}
