// `cofferdam diff BASE HEAD`: judge both, compare by identity, fail on what the change opens.

import { compareFindings } from '../../controls/baseline.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { counted, problemText } from '../../report/words.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { givesAdmission, readAdmission } from '../admission.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config/read.ts';
import type { Console } from '../console.ts';
import { exit, Stop } from '../exit.ts';
import { givesFeatures } from '../features.ts';
import { verbatim, word } from '../flags.ts';
import { type Gate, overGate } from '../gate.ts';
import { readUser } from '../identity/question.ts';
import { outputs, write } from '../output.ts';
import { threatOf } from '../paths/input.ts';
import { type JudgeOptions, judgeSnapshot } from '../scan/judge.ts';
import { judgeOptions } from '../scan/options.ts';
import { comparedSides } from './compared.ts';
import { laidOver } from './laid-over.ts';
import { comparedPaths } from './paths.ts';
import { type DiffResult, formats, summary } from './render.ts';
import { serverSection } from './server.ts';
import { readSide, type Side } from './side.ts';

export async function run(input: CommandInput): Promise<number> {
  const [base, head] = input.words;
  if (base === undefined || head === undefined) throw new Stop(problem('usage/bad-flag', 'diff what? Give a base and a head'));
  if (base === '-' && head === '-') throw new Stop(problem('usage/bad-flag', 'only one side can be standard input'));
  const config = readConfig(input.flags, input.environment);
  const targets = outputs(verbatim(config.flags, 'output'), Object.keys(formats));
  const { as: _as, asGroup: _groups, ...flags } = config.flags;
  const user = readUser(config.flags);
  if (user !== undefined && flags.server !== true)
    throw new Stop(problem('usage/bad-flag', '--as says who sends the head to the API server; it goes with --server'));
  if ((givesAdmission(config.flags) || givesFeatures(config.flags)) && flags.server !== true)
    throw new Stop(problem('usage/bad-flag', 'flags about admission plugins, webhooks and features go with --server'));
  const options = await judgeOptions(input, { ...config, flags }, [base, head]);
  const before = await readSide(base, options);
  const given = await readSide(head, options);
  if (before.result.summary.objects === 0 && given.result.summary.objects === 0)
    throw new Stop(problem('input/nothing', `neither ${base} nor ${head} holds a Kubernetes object`));
  const server =
    config.flags.server === true
      ? await serverSection(before.snapshot, given.snapshot, user, input.now, readAdmission(config.flags, input.now), config.flags)
      : undefined;
  const after = server === undefined ? given : afterwards(before, given, server.refused, options);
  const findings = compareFindings(before.result.findings, after.result.findings);
  const problems = { base: before.result.problems, head: given.result.problems };
  const { grants, connections } = comparedSides(before.snapshot, after.snapshot);
  const paths = comparedPaths(before.snapshot, after.snapshot, threatOf(config.flags));
  const result: DiffResult = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'DiffResult',
    findings,
    grants,
    connections,
    paths,
    ...(server === undefined ? {} : { server }),
    problems,
  };
  write(targets, input.console, (name, toTerminal) => formats[name]?.(result, toTerminal && input.console.color) ?? '');
  for (const [side, path] of [
    ['base', base],
    ['head', head],
  ] as const)
    tellProblems(problems[side], path, input.console);
  const gate = (word(config.flags, 'failOn') as Gate | undefined) ?? 'high';
  const over = overGate(findings.added, gate, false);
  const opened = gate === 'never' || gate === 'critical' ? 0 : paths.knownAdded;
  if (opened > 0) input.console.err(`cofferdam: this change opens ${counted(opened, 'new attack path')}\n`);
  const refused = server?.refused.size ?? 0;
  if (refused > 0) input.console.err(`cofferdam: the API server would refuse ${counted(refused, 'object')}\n`);
  if (over.length === 0) return opened + refused > 0 ? exit.findings : exit.clean;
  input.console.err(`cofferdam: the change opens ${over.length} at or over "${gate}" (--fail-on ${gate}); ${summary(findings)}\n`);
  return exit.findings;
}

/** A cluster is what it was and what is applied to it; of manifests the head is the whole other state. */
function afterwards(before: Side, head: Side, refused: ReadonlySet<Resource>, options: JudgeOptions): Side {
  if (before.snapshot?.facts.live !== true || head.snapshot === undefined || head.snapshot.facts.live) return head;
  const state = laidOver(before.snapshot, head.snapshot, refused);
  return { result: judgeSnapshot(state, head.texts, options), snapshot: state, texts: head.texts };
}

/** A side that was not read whole is told in one line; its own scan tells all. */
function tellProblems(problems: readonly Problem[], path: string, console: Console): void {
  const [first, ...rest] = problems.filter(
    ({ level }) => level === undefined || level === 'error' || (level === 'warning' && !console.quiet),
  );
  if (first === undefined) return;
  const more = rest.length === 0 ? '' : `, and ${counted(rest.length, 'more problem')} (cofferdam scan ${path} tells them)`;
  console.err(`${first.level ?? 'error'}: ${problemText(first)}${more}\n`);
}
