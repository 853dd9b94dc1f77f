// `cofferdam rbac review`: every grant as a reviewer decides about it. Spreadsheets take the CSV; a JSON review carries reviewers and
// decisions into the next one.

import { readFileSync } from 'node:fs';
import { reviewGrants } from '../../identity/review.ts';
import { asList, asString, field } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { readAuditLogs } from './audit-log.ts';
import { ask } from './input.ts';
import { csv, type Decided, json, kinds, type Row, table } from './review-output.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json', 'csv']);
  const only = list(flags, 'only');
  const wrong = only.find((name) => !Object.hasOwn(kinds, name));
  if (wrong !== undefined) throw new Stop(problem('usage/bad-flag', `--only ${wrong}: there are ${Object.keys(kinds).join(', ')}`));
  const files = verbatim(flags, 'audit');
  if (files.length === 0 && only.some((name) => name === 'unused' || name === 'broad'))
    throw new Stop(problem('usage/bad-flag', `--only ${only.join(',')}: use is known from a log alone; name it with --audit FILE`));
  const asked = await ask(input, words);
  const log = files.length === 0 ? undefined : await readAuditLogs(files, true);
  const before = previous(word(flags, 'previous'));
  const all = reviewGrants(asked.snapshot, log?.requests).map((grant): Row => {
    const known = before?.get(grant.id);
    return { ...grant, reviewer: known?.reviewer ?? '', decision: known?.decision ?? '', isNew: before && known === undefined };
  });
  const own = all.filter(({ shipped }) => !shipped || flags.all === true);
  const rows = own.filter((row) => only.length === 0 || only.some((name) => kinds[name]?.(row) === true));
  const hidden = all.length - own.length;
  write(targets, console, (format, toTerminal) => {
    if (format === 'csv') return csv(rows, asked);
    return format === 'json' ? json(rows, log, asked) : table(rows, hidden, log, asked, toTerminal && console.color);
  });
  return exit.clean;
}

/** Reviewers and decisions of an earlier review, by grant. */
function previous(file: string | undefined): ReadonlyMap<string, Decided> | undefined {
  if (file === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Stop(problem('input/unreadable', `--previous ${printable(file)}: not a review saved with -o json`));
  }
  if (field(value, 'kind') !== 'RbacReview')
    throw new Stop(problem('input/unreadable', `--previous ${printable(file)}: not a review saved with -o json`));
  return new Map(
    asList(field(value, 'grants')).map((one) => {
      const text = (key: string) => asString(field(one, key)) ?? '';
      return [text('id'), { reviewer: text('reviewer'), decision: text('decision') }];
    }),
  );
}
