// `cofferdam scan`: judge the input, render the result in every format asked for, close with one line that says why the status is not 0.

import { catalogue } from '../../controls/index.ts';
import type { ScanResult } from '../../controls/result.ts';
import { type ProblemCode, problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { findFormat, formats } from '../../report/index.ts';
import { counted, problemText, summaryText } from '../../report/words.ts';
import { meansCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { type Gate, overGate } from '../gate.ts';
import { outputs, write } from '../output.ts';
import { version } from '../version.ts';
import { judge } from './judge.ts';
import { judgeOptions } from './options.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, console } = input;
  const config = readConfig(input.flags, input.environment);
  const { flags } = config;
  const targets = outputs(
    verbatim(flags, 'output'),
    formats.map((format) => format.name),
  );
  const live = meansCluster(words, flags);
  if (!live && words.length === 0)
    throw new Stop(problem('usage/bad-flag', 'scan what? Name files or folders ("-" for stdin), or a cluster with -A, -n or --context'));
  const { result } = await judge(await judgeOptions(input, config, words));
  write(targets, console, (name, toTerminal) => {
    const view = { color: toTerminal && console.color, width: toTerminal ? console.width : undefined, version };
    return findFormat(name)?.render(result, catalogue, view) ?? '';
  });
  tellProblems(result, console.err, flags.verbose === true, flags.quiet === true);
  return close(
    result,
    (word(flags, 'failOn') as Gate | undefined) ?? (live ? 'never' : 'high'),
    flags.failOnNew !== undefined,
    console.err,
  );
}

const problemsShown = 10;

function tellProblems(result: ScanResult, err: (text: string) => void, verbose: boolean, quiet: boolean): void {
  const told = result.problems.filter((problem) => verbose || (problem.level !== 'note' && !(quiet && problem.level === 'warning')));
  const shown = verbose ? told : told.slice(0, problemsShown);
  for (const problem of shown) err(`${problem.level ?? 'error'}: ${problemText(problem)}\n`);
  if (told.length > shown.length) err(`… and ${counted(told.length - shown.length, 'more problem')} (-v shows all)\n`);
}

function close(result: ScanResult, gate: Gate, onlyNew: boolean, err: (text: string) => void): number {
  if (result.summary.objects === 0) {
    err('cofferdam: nothing to look at: no Kubernetes object was read\n');
    return exit.usage;
  }
  const over = overGate(result.findings, gate, onlyNew);
  if (over.length === 0) return closeUnread(result, err);
  err(
    `cofferdam: ${counted(over.length, onlyNew ? 'new finding' : 'finding')} at or over "${gate}" (--fail-on ${gate}); ${summaryText(result)}\n`,
  );
  return exit.findings;
}

/** A path that was named and cannot be read is no clean scan, however good the rest is. */
function closeUnread(result: ScanResult, err: (text: string) => void): number {
  const unread = result.problems.filter(({ code, level }) => (level ?? 'error') === 'error' && unreadCodes.includes(code));
  const [first] = unread;
  if (first === undefined) return exit.clean;
  const more = unread.length > 1 ? `, and ${unread.length - 1} more` : '';
  err(`cofferdam: not everything could be read: ${printable(first.message)}${more}\n`);
  return exit.usage;
}

const unreadCodes: readonly ProblemCode[] = ['input/not-found', 'input/unreadable'];
