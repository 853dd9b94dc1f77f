// For spreadsheets: one finding a row, RFC 4180. A cell that a spreadsheet would run as a formula gets a quote in front (CWE-1236).

import { printable } from '../lib/text.ts';
import type { Format } from './report.ts';

const columns = [
  'id',
  'control',
  'title',
  'severity',
  'verdict',
  'apiVersion',
  'kind',
  'namespace',
  'name',
  'container',
  'file',
  'line',
  'column',
  'path',
  'detail',
  'fix',
  'waived',
] as const;

export const csv: Format = {
  name: 'csv',
  description: 'one finding a row',
  render: (result) => {
    const rows = result.findings.map(({ id, control, title, severity, verdict, subject, source, path, detail, fix, waived }) => [
      id,
      control,
      title,
      severity,
      verdict,
      subject.apiVersion,
      subject.kind,
      subject.namespace,
      subject.name,
      subject.container ?? '',
      source?.file ?? '',
      String(source?.line ?? ''),
      String(source?.column ?? ''),
      path,
      detail,
      fix?.description ?? '',
      waived?.reason ?? '',
    ]);
    return `${[columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
  },
};

/** One cell, safe to open. */
export function cell(text: string): string {
  const clean = printable(text);
  const inert = /^[=+\-@\t\r]/.test(clean) ? `'${clean}` : clean;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
