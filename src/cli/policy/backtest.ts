// `cofferdam policy backtest`: audit logs and recorded AdmissionReviews through candidate policies. Exit status 1 where something that was
// let in would be refused.

import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { type Backtest, backtest, type WouldDeny } from '../../policy/backtest.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { readRecords } from '../identity/audit-log.ts';
import { outputs, write } from '../output.ts';
import { policyInput } from './input.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const logs = verbatim(flags, 'audit');
  if (logs.length === 0)
    throw new Stop(
      problem('usage/bad-flag', 'replay what? Name audit logs or AdmissionReviews as JSON lines with --audit FILE ("-" for stdin)'),
    );
  const given = await policyInput(input, false);
  const test = backtest(given.policies, given.context);
  let badLines = 0;
  for (const file of logs) badLines += await readRecords(file, (value) => each(value, test.take));
  const result = test.result();
  if (result.records === 0) throw new Stop(problem('input/nothing', `${logs.join(', ')}: no request that policies could judge was found`));
  const notes = [
    ...given.notes,
    ...(badLines > 0 ? [`${counted(badLines, 'line')} could not be read`] : []),
    ...Object.entries(result.notJudged).map(([reason, count]) => `${counted(count, 'request')} not judged: ${reason}`),
  ];
  write(targets, console, (format, toTerminal) =>
    format === 'json'
      ? `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'PolicyBacktest', ...result, restsOn: notes }, undefined, 2)}\n`
      : table(result, notes, toTerminal && console.color),
  );
  return result.nowDenied === 0 ? exit.clean : exit.findings;
}

/** A record, or the records of a list. */
function each(value: unknown, take: (record: unknown) => void): void {
  const items = (value as { items?: unknown } | null)?.items;
  const list = Array.isArray(value) ? value : Array.isArray(items) ? items : [value];
  for (const record of list) take(record);
}

function table(result: Backtest, notes: readonly string[], color: boolean): string {
  const { wouldDeny, nowDenied, judged, records, stillDenied, wouldWarn } = result;
  const verdict =
    nowDenied === 0
      ? paint(`none of ${counted(judged, 'request')} would be refused that was let in`, 'green', color)
      : paint(
          `${counted(nowDenied, 'request')} of ${judged} would be refused that ${nowDenied === 1 ? 'was' : 'were'} let in`,
          'red',
          color,
        );
  return [
    ...byPolicy(wouldDeny, color),
    verdict,
    `${records - judged} not judged, ${stillDenied} refused then and now, ${wouldWarn} would be warned about`,
    ...totals('user', wouldDeny),
    ...totals('namespace', wouldDeny),
    ...notes.map((note) => `note: ${printable(note)}`),
    '',
  ].join('\n');
}

function byPolicy(list: readonly WouldDeny[], color: boolean): readonly string[] {
  return [...Map.groupBy(list, ({ policy }) => policy)].flatMap(([policy, rows]) => [
    paint(printable(policy), 'cyan', color),
    ...rows
      .slice(0, 20)
      .flatMap(({ message, user, namespace, request, names, count, withoutOld }) => [
        printable(
          `  ${count} × ${request} ${namespace === '' ? '' : `in ${namespace} `}by ${user}: ${names.join(', ')}${count > names.length ? ', …' : ''}`,
        ),
        printable(`      ${message}${withoutOld ? ' (the object before the update was not recorded)' : ''}`),
      ]),
    ...(rows.length > 20 ? [`  and ${rows.length - 20} more; -o json has all`] : []),
    '',
  ]);
}

function totals(key: 'user' | 'namespace', list: readonly WouldDeny[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const row of list) sums.set(row[key], (sums.get(row[key]) ?? 0) + row.count);
  if (sums.size === 0) return [];
  const texts = [...sums].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name === '' ? '(cluster)' : name} ${count}`);
  return [printable(`by ${key}: ${texts.slice(0, 10).join(', ')}${texts.length > 10 ? ', …' : ''}`)];
}
