// A plan for spreadsheets (RFC 4180): one row an item. Cells that a spreadsheet would take for a formula get an apostrophe in front.

import type { Plan, PlanEntry } from '../../assessment/plan/plan.ts';

const columns: readonly (readonly [name: string, of: (item: PlanEntry) => string | number])[] = [
  ['id', ({ id }) => id],
  ['title', ({ title }) => title],
  ['kind', ({ kind }) => kind],
  ['owner', ({ owner }) => owner],
  ['status', ({ status }) => status],
  ['from sprint', ({ from }) => from ?? ''],
  ['to sprint', ({ to }) => to ?? ''],
  ['begins', ({ begins }) => begins ?? ''],
  ['due', ({ due }) => due ?? ''],
  ['quarter', ({ quarter }) => quarter ?? ''],
  ['days p50', ({ effort }) => effort.p50],
  ['days p80', ({ effort }) => effort.p80],
  ['value', ({ value }) => value],
  ['basis', ({ basis }) => basis],
  ['quadrant', ({ quadrant }) => quadrant],
  ['severity', ({ severity }) => severity ?? ''],
  ['findings', ({ findings }) => findings.length],
  ['objects', ({ objects }) => objects],
  ['needs', ({ needs }) => needs.join(' ')],
  ['acceptance', ({ acceptance }) => acceptance.join(' ')],
];

export function planCsv({ items }: Plan): string {
  const rows = [columns.map(([name]) => name), ...items.map((item) => columns.map(([, of]) => String(of(item))))];
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
