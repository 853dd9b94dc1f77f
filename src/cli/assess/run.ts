// `cofferdam assess`: one command, four questions: how do we stand, what is asked of people, what if a part is lost, what does it look like.

import { readLoss } from '../../assessment/lose/loss.ts';
import { singlePoints } from '../../assessment/lose/ranking.ts';
import { simulate } from '../../assessment/lose/simulate.ts';
import { answersTemplate } from '../../assessment/questions/template.ts';
import { problem } from '../../lib/problem.ts';
import { problemText } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config/read.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { readInput } from '../network/input.ts';
import { type Output, outputs, write } from '../output.ts';
import { assessmentReport } from '../plan/compose.ts';
import { answersOf, assessed } from './assessed.ts';
import { lossTable, singlePointsTable } from './lose.ts';
import { drawMap } from './map.ts';
import { table } from './table.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags } = readConfig(input.flags, input.environment);
  if (flags.questions === true) return printQuestions({ ...input, flags });
  const [lose, map] = [word(flags, 'lose'), word(flags, 'map')];
  const formats =
    map === undefined
      ? lose === undefined && flags.singlePoints !== true
        ? ['table', 'wide', 'json', 'html']
        : ['table', 'json']
      : ['svg', 'json', 'mermaid'];
  const given = verbatim(flags, 'output');
  const targets = outputs(map !== undefined && given.length === 0 ? ['mermaid'] : given, formats);
  if (lose !== undefined) return tellLoss(input, lose, targets);
  if (flags.singlePoints === true) return tellSinglePoints(input, targets);
  if (map !== undefined) return drawMap(input, map, targets);
  return tellAssessment(input, targets);
}

async function tellAssessment(input: CommandInput, targets: readonly Output[]): Promise<number> {
  const { console } = input;
  const read = await assessed(input);
  const { assessment, flags } = read;
  const least = leastScore(word(flags, 'failUnder'));
  if (flags.quiet !== true)
    for (const one of assessment.problems
      .filter(({ level, code }) => (level ?? 'error') === 'error' && code !== 'assessment/invalid-answer')
      .slice(0, 10))
      console.err(`error: ${problemText(one)}\n`);
  write(targets, console, (format, toTerminal) =>
    format === 'json'
      ? `${JSON.stringify(assessment, null, 2)}\n`
      : format === 'html'
        ? assessmentReport(read, input)
        : table(assessment, { color: toTerminal && console.color, width: toTerminal ? console.width : undefined, all: format === 'wide' }),
  );
  const { score } = assessment.overall;
  if (least === undefined || (score !== undefined && score >= least)) return exit.clean;
  console.err(`cofferdam: the score is ${score ?? 'not known'}, under ${least} (--fail-under ${least})\n`);
  return exit.findings;
}

function leastScore(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^(?:100|[0-9]{1,2})$/.test(text)) throw new Stop(problem('usage/bad-flag', `--fail-under ${text}: write a number from 0 to 100`));
  return Number(text);
}

function printQuestions({ flags, console }: CommandInput): number {
  const answers = answersOf(flags);
  for (const one of answers?.problems ?? []) console.err(`error: ${problemText(one)}\n`);
  console.out(answersTemplate(answers?.answers ?? []));
  return exit.clean;
}

async function tellLoss(input: CommandInput, text: string, targets: readonly Output[]): Promise<number> {
  const loss = readLoss(text);
  if (!loss.ok) throw new Stop(loss.problem);
  const { snapshot } = await readInput(input, input.words);
  const report = simulate(snapshot, loss.value);
  if (!report.ok) throw new Stop(report.problem);
  write(targets, input.console, (format, toTerminal) =>
    format === 'json' ? `${JSON.stringify(report.value, null, 2)}\n` : lossTable(report.value, toTerminal && input.console.color),
  );
  return exit.clean;
}

async function tellSinglePoints(input: CommandInput, targets: readonly Output[]): Promise<number> {
  const { snapshot } = await readInput(input, input.words);
  if (!snapshot.resources.some(({ kind, group }) => kind === 'Node' && group === ''))
    throw new Stop(
      problem('usage/bad-flag', 'no node was read: which pod runs where is known of a cluster (-A) or a saved snapshot, not of manifests'),
    );
  const points = singlePoints(snapshot);
  write(targets, input.console, (format, toTerminal) =>
    format === 'json'
      ? `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'SinglePoints', points }, null, 2)}\n`
      : singlePointsTable(points, toTerminal && input.console.color),
  );
  return exit.clean;
}
