// For people at a terminal: findings by control, worst first, each root cause once, with the place to click on. `wide` leaves nothing out.

import type { Severity } from '../controls/control.ts';
import type { Finding, ScanResult } from '../controls/result.ts';
import { type Color, cells, cut, pad, paint } from '../lib/display.ts';
import { printable } from '../lib/text.ts';
import { byControl, type ControlGroup, type RootGroup } from './groups.ts';
import type { Format, View } from './report.ts';
import { counted, mark, placeText, subjectText, summaryText } from './words.ts';

/** Rows of a control in the short table: the worse, the more; low ones are counted, not listed. */
const rowsShown: Readonly<Record<Severity, number>> = { critical: 8, high: 5, medium: 3, low: 0 };
const colors: Readonly<Record<Severity, Color>> = { critical: 'magenta', high: 'red', medium: 'yellow', low: 'blue' };

export const table: Format = {
  name: 'table',
  description: 'findings by control, the first few of each (default)',
  render: (result, _catalogue, view) => render(result, view, false),
};

export const wide: Format = {
  name: 'wide',
  description: 'every finding, with its fix',
  render: (result, _catalogue, view) => render(result, { ...view, width: undefined }, true),
};

function render(result: ScanResult, view: View, all: boolean): string {
  const open = result.findings.filter((finding) => finding.verdict === 'fail' || (all && finding.verdict === 'waived'));
  const lines = byControl(open).flatMap((group) => groupLines(group, view, all));
  const unknown = byControl(result.findings.filter((finding) => finding.verdict === 'unknown'));
  if (unknown.length > 0)
    lines.push(
      `${paint('UNKNOWN', 'bold', view.color)} what the input could not answer`,
      ...unknown.flatMap((group) => unknownLines(group, all)),
      '',
    );
  if (!all && open.some((finding) => finding.severity === 'low'))
    lines.push('', paint('-o wide lists every finding with its fix; cofferdam explain ID says why it matters', 'dim', view.color), '');
  lines.push(summaryText(result));
  return `${lines.join('\n')}\n`;
}

function groupLines(group: ControlGroup, view: View, all: boolean): readonly string[] {
  const limit = all ? Number.POSITIVE_INFINITY : rowsShown[group.severity];
  const severity = paint(group.severity.toUpperCase(), colors[group.severity], view.color);
  const heading = `${severity} ${paint(group.control, 'bold', view.color)}  ${mark(group)} ${group.title} ${paint(`· ${counted(group.count, group.verdict === 'waived' ? 'waived finding' : 'finding')}`, 'dim', view.color)}`;
  const shown = group.roots.slice(0, limit);
  const places = shown.map((root) => placeText(root.finding.source));
  const subjects = shown.map((root) => printable(subjectText(root.finding.subject)));
  const available = view.width === undefined ? undefined : Math.max(40, view.width - 4);
  const placeWidth = columnWidth(places, available === undefined ? undefined : Math.floor(available * 0.4));
  const subjectWidth = columnWidth(subjects, available === undefined ? undefined : Math.floor(available * 0.25));
  const rows = shown.flatMap((root, index) => {
    const place = pad(cut(printable(places[index] ?? ''), placeWidth, 'front'), placeWidth);
    const subject = pad(cut(subjects[index] ?? '', subjectWidth), subjectWidth);
    const detail = printable(root.finding.detail) + copies(root);
    const left = `  ${placeWidth > 0 ? `${paint(place, 'cyan', view.color)}  ` : ''}${subject}  `;
    const used = 4 + placeWidth + subjectWidth + (placeWidth > 0 ? 2 : 0);
    const line = left + (view.width === undefined ? detail : cut(detail, Math.max(20, view.width - used)));
    return all ? [line, ...moreLines(root.finding, view)] : [line];
  });
  if (limit === 0) return [heading];
  const hidden = group.roots.length - shown.length;
  const more =
    hidden > 0 ? [paint(`  … ${hidden} more (-o wide shows all, cofferdam explain ${group.control} says why)`, 'dim', view.color)] : [];
  return [heading, ...rows, ...more, ''];
}

function unknownLines(group: ControlGroup, all: boolean): readonly string[] {
  const shown = group.roots.slice(0, all ? undefined : 1);
  return shown.map((root) => `  ${group.control} · ${counted(group.count, 'question')}: ${printable(root.finding.detail)}`);
}

function moreLines(finding: Finding, view: View): readonly string[] {
  const lines = [`      fix: ${printable(finding.fix?.description ?? '')}`];
  if (finding.waived !== undefined)
    lines.push(
      `      waived: ${printable(finding.waived.reason)}${finding.waived.until === undefined ? '' : ` until ${finding.waived.until}`} (${printable(finding.waived.by)})`,
    );
  return lines.map((line) => paint(line, 'dim', view.color));
}

function copies(root: RootGroup): string {
  return root.members.length > 1 ? ` (×${root.members.length})` : '';
}

function columnWidth(texts: readonly string[], limit: number | undefined): number {
  const longest = texts.reduce((width, text) => Math.max(width, cells(text)), 0);
  return limit === undefined ? longest : Math.min(longest, limit);
}
