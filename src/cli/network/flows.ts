// `cofferdam network flows`: recorded flows as edges between workloads.

import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { network } from '../../network/network.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { readInput, tell } from './input.ts';
import { edgeJson, edgeText, flowProblems, intakeJson, intakeLines, readObserved, timeText } from './observed.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const read = await readInput(input, words);
  const found = await readObserved(input, network(read.snapshot));
  if (found === undefined) throw new Stop(problem('usage/bad-flag', 'which flows? Name a file with --flows FILE ("-" for stdin)'));
  const { observed, problems } = found;
  write(targets, console, (format, toTerminal) => {
    const color = toTerminal && console.color;
    if (format === 'json') {
      const result = {
        apiVersion: 'cofferdam.dev/v1',
        kind: 'NetworkFlows',
        edges: observed.edges.map(edgeJson),
        intake: intakeJson(observed),
        problems,
      };
      return `${JSON.stringify(result, null, 2)}\n`;
    }
    const lines = observed.edges.map((edge) => {
      const denied = edge.verdict === 'denied' ? paint('  denied', 'red', color) : '';
      const last = edge.last === undefined ? '' : `, last ${timeText(edge.last)}`;
      return `${edgeText(edge)}  ${counted(edge.flows, 'flow')}${last}${denied}`;
    });
    return `${[...lines, '', ...intakeLines(observed)].join('\n')}\n`;
  });
  tell(input, flowProblems(observed, problems));
  return exit.clean;
}
