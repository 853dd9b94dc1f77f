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
  const places = shown.map((root) => printable(placeText(root.finding.source)));
  const subjects = shown.map((root) => printable(subjectText(root.finding.subject)));
  const details = shown.map((root) => printable(root.finding.detail) + copies(root));
  const texts = { places, subjects, details };
  const lines = inColumns(texts, view) ?? stacked(texts, view);
  const rows = shown.flatMap(({ finding }, index) => [...(lines[index] ?? []), ...(all ? moreLines(finding, view) : [])]);
  if (limit === 0) return [heading];
  const hidden = group.roots.length - shown.length;
  const more =
    hidden > 0 ? [paint(`  … ${hidden} more (-o wide shows all, cofferdam explain ${group.control} says why)`, 'dim', view.color)] : [];
  return [heading, ...rows, ...more, ''];
}

interface Texts {
  readonly places: readonly string[];
  readonly subjects: readonly string[];
  readonly details: readonly string[];
}

/** One line a finding, in columns; undefined where the terminal is too narrow to say what was found. */
function inColumns({ places, subjects, details }: Texts, view: View): readonly (readonly string[])[] | undefined {
  const placeWidth = widest(places);
  const subjectWidth = widest(subjects);
  const left = 2 + (placeWidth > 0 ? placeWidth + 2 : 0) + subjectWidth + 2;
  if (view.width !== undefined && left + Math.min(widest(details), detailWanted) > view.width) return undefined;
  return details.map((detail, index) => {
    const place = placeWidth > 0 ? `${paint(pad(places[index] ?? '', placeWidth), 'cyan', view.color)}  ` : '';
    return [`  ${place}${pad(subjects[index] ?? '', subjectWidth)}  ${view.width === undefined ? detail : cut(detail, view.width - left)}`];
  });
}

/** Cells that a detail needs beside its place before it goes on a line of its own. */
const detailWanted = 60;

/** Two lines a finding: where and on what, then what. */
function stacked({ places, subjects, details }: Texts, { width = 80, color }: View): readonly (readonly string[])[] {
  const room = Math.max(20, width);
  return details.map((detail, index) => {
    const place = cut(places[index] ?? '', room - 2, 'front');
    const subject = cut(subjects[index] ?? '', room - 4);
    const beside = cells(place) + cells(subject) + 4 <= room;
    const where = place === '' ? [`  ${subject}`] : [`  ${paint(place, 'cyan', color)}${beside ? `  ${subject}` : ''}`];
    return [...where, ...(place === '' || beside ? [] : [`    ${subject}`]), `    ${cut(detail, room - 4)}`];
  });
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

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, cells(text)), 0);
}
