// A comparison as a table for people and as JSON for programs.

import type { FindingChanges } from '../../controls/baseline.ts';
import { severities } from '../../controls/control.ts';
import type { Finding } from '../../controls/result.ts';
import { cells, pad, paint } from '../../lib/display.ts';
import type { Problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { placeText, subjectText } from '../../report/words.ts';
import type { Change, Changes } from './compared.ts';
import type { ServerSection } from './server.ts';

export interface DiffResult {
  readonly apiVersion: 'cofferdam.dev/v1';
  readonly kind: 'DiffResult';
  readonly findings: FindingChanges;
  /** What subjects may do on one side only. */
  readonly grants: Changes;
  /** What may reach what on one side only. */
  readonly connections: Changes;
  /** Attack paths from where attackers start to what must not be theirs, on one side only. */
  readonly paths: Changes;
  /** With `--server`: what the API server of the base answers to the head. */
  readonly server?: ServerSection;
  /** What could not be read or judged, by side: a comparison is as good as both. */
  readonly problems: { readonly base: readonly Problem[]; readonly head: readonly Problem[] };
}

export const formats: Readonly<Record<string, (result: DiffResult, color: boolean) => string>> = {
  table,
  json: (result) => {
    const { findings, grants, connections, paths, server, ...rest } = result;
    const compared = { grants: changesJson(grants), connections: changesJson(connections), paths: changesJson(paths) };
    return `${JSON.stringify({ ...rest, findings, ...compared, ...(server === undefined ? {} : { server: server.json }) }, null, 2)}\n`;
  },
};

function changesJson({ added, removed, changed, notCompared }: Changes): object {
  const list = (changes: readonly Change[]) => changes.map(({ json }) => json);
  return { added: list(added), removed: list(removed), ...(changed === undefined ? {} : { changed: list(changed) }), notCompared };
}

/** A table of thousands of connections helps nobody; JSON has them all. */
const mostLines = 20;

function section(title: string, { added, removed, changed = [], notCompared }: Changes, color: boolean): readonly string[] {
  const lines = [
    ...added.map(({ text }) => `${paint('+', 'red', color)} ${text}`),
    ...changed.map(({ text }) => `${paint('~', 'yellow', color)} ${text}`),
    ...removed.map(({ text }) => `${paint('-', 'green', color)} ${text}`),
  ];
  const more = lines.length > mostLines ? [`  … and ${lines.length - mostLines} more (-o json)`] : [];
  const notes = notCompared.map((why) => `  not compared: ${why}`);
  return lines.length + notes.length === 0 ? [] : [title, ...lines.slice(0, mostLines), ...more, ...notes, ''];
}

function table({ findings, grants, connections, paths, server }: DiffResult, color: boolean): string {
  const { added, removed } = findings;
  const rows = [
    ...sorted(added).map((finding) => ({ sign: '+', paint: 'red' as const, finding })),
    ...sorted(removed).map((finding) => ({ sign: '-', paint: 'green' as const, finding })),
  ];
  const columns = rows.map(({ finding }) => [
    finding.severity,
    finding.control,
    printable(subjectText(finding.subject)),
    printable(placeText(finding.source)),
  ]);
  const widths = [0, 1, 2, 3].map((index) => Math.max(0, ...columns.map((row) => cells(row[index] ?? ''))));
  const lines = rows.map(({ sign, paint: shade, finding }, index) => {
    const row = columns[index]?.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ');
    return `${paint(sign, shade, color)} ${row}  ${finding.verdict === 'unknown' ? 'not known: ' : ''}${printable(finding.detail)}`.trimEnd();
  });
  const others = [
    ...section('rights', grants, color),
    ...section('connections', connections, color),
    ...section('attack paths', paths, color),
    ...(server?.lines ?? []),
  ];
  return `${[...lines, ...(lines.length > 0 ? [''] : []), ...others, summary(findings)].join('\n')}\n`;
}

/** `2 findings opened, 1 closed, 14 as before`. */
export function summary({ added, removed, unchanged }: FindingChanges): string {
  return `${added.length} ${added.length === 1 ? 'finding' : 'findings'} opened, ${removed.length} closed, ${unchanged} as before`;
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
