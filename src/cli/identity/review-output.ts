// A review of grants as a table, as CSV for spreadsheets, and as JSON for the next review.

import type { ReviewedGrant } from '../../identity/review.ts';
import { subjectText } from '../../identity/subjects.ts';
import { paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { cell } from '../../report/csv.ts';
import { counted, placeText } from '../../report/words.ts';
import type { AuditLog } from './audit-log.ts';
import type { Asked } from './input.ts';
import { objectText, ruleJson, ruleWords, subjectJson } from './words.ts';

/** Who decided what about a grant in the review before. */
export interface Decided {
  readonly reviewer: string;
  readonly decision: string;
}

export interface Row extends ReviewedGrant, Decided {
  /** True where the review before this one did not have it; undefined where there was none. */
  readonly isNew: boolean | undefined;
}

/** What `--only` asks for. */
export const kinds: Readonly<Record<string, (row: Row) => boolean>> = {
  unused: ({ state }) => state === 'unused',
  broad: ({ state }) => state === 'partly used',
  duplicate: ({ duplicateOf }) => duplicateOf.length > 0,
  dangling: ({ state }) => state === 'dangling',
  dangerous: ({ gains }) => gains.length > 0,
  new: ({ isNew }) => isNew === true,
};

function bindingText({ given }: ReviewedGrant): string {
  return objectText(given.binding.resource);
}

function roleText({ given }: ReviewedGrant): string {
  const { kind, namespace, name } = given.binding.role;
  return objectText({ kind, namespace, name });
}

export function json(rows: readonly Row[], log: AuditLog | undefined, asked: Asked): string {
  const grants = rows.map((row) => {
    const { id, given, role, state, usage, unusedRules, needed, duplicateOf, gains, reviewer, decision } = row;
    const { kind, namespace, name } = given.binding.resource;
    const source = asked.locate(given.binding.resource, given.subject.path);
    return {
      id,
      subject: subjectJson(given.subject),
      binding: { kind, name, ...(namespace === '' ? {} : { namespace }) },
      role: given.binding.role,
      namespace: given.binding.namespace,
      rules: (role?.rules ?? []).map(ruleJson),
      state,
      lastUsed: usage?.last ?? null,
      requests: log === undefined ? null : (usage?.requests ?? 0),
      usedBy: usage === undefined ? [] : [...usage.users].sort().slice(0, 20),
      ...(unusedRules === undefined ? {} : { unusedRules }),
      ...(needed === undefined ? {} : { needed }),
      duplicateOf: [...new Set(duplicateOf.map(({ binding }) => objectText(binding.resource)))],
      gains,
      ...(source === undefined ? {} : { source }),
      ...(row.isNew === undefined ? {} : { new: row.isNew }),
      reviewer,
      decision,
    };
  });
  const about = { events: log?.events ?? null, ...spanOf(log), restsOn: [...asked.restsOn, ...(log?.broken ?? [])] };
  return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'RbacReview', grants, ...about }, undefined, 2)}\n`;
}

const columns = [
  ...['id', 'subject', 'scope', 'role', 'binding', 'source', 'rights', 'dangerous', 'state', 'last used', 'requests', 'unused rules'],
  ...['duplicate of', 'reviewer', 'decision'],
];

export function csv(rows: readonly Row[], asked: Asked): string {
  const lines = rows.map((row) => [
    row.id,
    subjectText(row.given.subject),
    row.given.binding.namespace === '' ? 'whole cluster' : row.given.binding.namespace,
    roleText(row),
    bindingText(row),
    placeText(asked.locate(row.given.binding.resource, row.given.subject.path)),
    (row.role?.rules ?? [])
      .slice(0, 20)
      .map(({ rule }) => ruleWords(rule))
      .join('; '),
    row.gains.join('; '),
    row.state,
    row.usage?.last ?? '',
    row.state === 'unknown' || row.state === 'dangling' ? '' : String(row.usage?.requests ?? 0),
    row.unusedRules === undefined ? '' : `${row.unusedRules.length} of ${row.role?.rules.length ?? 0}`,
    [...new Set(row.duplicateOf.map(({ binding }) => objectText(binding.resource)))].join('; '),
    row.reviewer,
    row.decision,
  ]);
  return `${[columns, ...lines].map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

export function table(rows: readonly Row[], hidden: number, log: AuditLog | undefined, asked: Asked, color: boolean): string {
  const bySubject = new Map<string, Row[]>();
  for (const row of rows) {
    const key = subjectText(row.given.subject);
    bySubject.set(key, [...(bySubject.get(key) ?? []), row]);
  }
  const count = (name: string) => rows.filter((row) => kinds[name]?.(row) === true).length;
  const { from, to } = spanOf(log);
  const span = from === undefined ? '' : `, from ${from} to ${to}`;
  return [
    ...[...bySubject.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, own]) => [paint(printable(name), 'cyan', color), ...own.flatMap((row) => rowLines(row)), '']),
    paint(
      `${counted(rows.length, 'grant')}: ${log === undefined ? '' : `${count('unused')} unused, ${count('broad')} used in part, `}${count('duplicate')} given elsewhere too, ${count('dangling')} of roles that are not there, ${count('dangerous')} with dangerous rights`,
      'bold',
      color,
    ),
    ...(hidden === 0 ? [] : [`note: ${counted(hidden, 'grant')} that Kubernetes makes itself left out (--all)`]),
    log === undefined
      ? 'note: use is not known without a log: --audit FILE'
      : `note: ${counted(log.events, 'event')} read${span}; what was not recorded is not known`,
    ...(log?.broken ?? []).map((why) => printable(`note: ${why}`)),
    ...asked.restsOn.map((line, index) => `${index === 0 ? 'rests on' : 'note:'} ${printable(line)}`),
    '',
  ].join('\n');
}

function rowLines(row: Row): readonly string[] {
  const { given, role, state, usage, unusedRules, needed, duplicateOf, gains } = row;
  const where = given.binding.namespace === '' ? 'in the whole cluster' : `in ${given.binding.namespace}`;
  const when = usage?.last === undefined ? '' : `, last ${usage.last}`;
  const said = {
    unknown: '',
    dangling: '  the role is not there',
    unused: '  never used',
    'in use': `  used${when}`,
    'partly used': `  ${unusedRules?.length} of ${counted(role?.rules.length ?? 0, 'rule')} never used${when}`,
  }[state];
  const other = [...new Set(duplicateOf.map(({ binding }) => objectText(binding.resource)))];
  const least = state === 'partly used' ? (needed ?? []).slice(0, 5).map((rule) => `      needed: ${ruleWords(rule)}`) : [];
  return [
    printable(`  ${roleText(row)} ${where}, by ${bindingText(row)}${said}`),
    ...(gains.length === 0 ? [] : [printable(`      gives ${gains.slice(0, 3).join('; ')}${gains.length > 3 ? '; …' : ''}`)]),
    ...least,
    ...(other.length === 0 ? [] : [printable(`      all of it is given by ${other.slice(0, 3).join(', ')} too`)]),
    ...(row.decision === '' ? [] : [printable(`      ${row.decision}${row.reviewer === '' ? '' : ` (${row.reviewer})`}`)]),
  ];
}

/** The first and the last time of a log. */
function spanOf(log: AuditLog | undefined): { readonly from?: string; readonly to?: string } {
  let [from, to]: (string | undefined)[] = [];
  for (const { time } of log?.requests ?? []) {
    if (time === undefined) continue;
    if (from === undefined || time < from) from = time;
    if (to === undefined || time > to) to = time;
  }
  return from === undefined || to === undefined ? {} : { from, to };
}
