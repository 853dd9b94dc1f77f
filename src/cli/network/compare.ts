// `cofferdam network compare`: what was seen beside what policies allow and what manifests declare. Exit status 1 where something that was let
// through would be refused now.

import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { type Comparison, compare } from '../../network/flows/compare.ts';
import { declaredEdges } from '../../network/flows/declared.ts';
import type { Observed } from '../../network/flows/observe.ts';
import { type Network, network } from '../../network/network.ts';
import { portText } from '../../network/port-set.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { portsJson } from './answers.ts';
import { located, readInput, tell } from './input.ts';
import { edgeJson, edgeText, flowPartyJson, flowPartyText, flowProblems, intakeJson, intakeLines, readObserved } from './observed.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const read = await readInput(input, words);
  const net = network(read.snapshot);
  const found = await readObserved(input, net);
  if (found === undefined) throw new Stop(problem('usage/bad-flag', 'which flows? Name a file with --flows FILE ("-" for stdin)'));
  const { observed, problems } = found;
  const result = compare(net, observed, declaredEdges(net));
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(net, observed, result) : table(net, observed, result, toTerminal && console.color),
  );
  tell(input, [...located(net.complaints, read.locate), ...flowProblems(observed, problems)]);
  return result.deniedNow.length > 0 ? exit.findings : exit.clean;
}

function json(net: Network, observed: Observed, result: Comparison): string {
  const workload = (one: Comparison['silent'][number]) => flowPartyJson({ kind: 'workload', workload: one });
  return `${JSON.stringify(
    {
      apiVersion: 'cofferdam.dev/v1',
      kind: 'NetworkComparison',
      summary: {
        allowedPairs: result.allowedPairs,
        usedPairs: result.usedPairs,
        usedPercent: percent(result),
        deniedNow: result.deniedNow.length,
        unexpected: result.unexpected.length,
      },
      neverUsed: result.unused.map(({ from, to, ports }) => ({
        from: workload(from),
        to: workload(to),
        ports: portsJson(net.ports, ports),
      })),
      neverUsedTotal: result.allowedPairs - result.usedPairs,
      deniedNow: result.deniedNow.map(edgeJson),
      unexpected: result.unexpected.map(edgeJson),
      refused: result.refused.map(({ edge, allowedNow }) => ({ ...edgeJson(edge), allowedNow: allowedNow ?? null })),
      declaredNotSeen: result.unseen.map(({ from, to, protocol, port, because }) => ({
        from: from.kind === 'controller' ? { kind: 'IngressController' } : flowPartyJson(from),
        to: flowPartyJson(to),
        protocol,
        port,
        because,
      })),
      silent: result.silent.map(workload),
      intake: intakeJson(observed),
    },
    null,
    2,
  )}\n`;
}

/** Null where nothing is allowed: no share of nothing. */
function percent({ allowedPairs, usedPairs }: Comparison): number | null {
  return allowedPairs === 0 ? null : Math.round((1000 * usedPairs) / allowedPairs) / 10;
}

const mostLines = 15;

function table(net: Network, observed: Observed, result: Comparison, color: boolean): string {
  const lines: string[] = [];
  const section = (title: string, items: readonly string[], total = items.length) => {
    if (total === 0) return;
    lines.push(paint(`${title}: ${total}`, 'bold', color), ...items.slice(0, mostLines).map((item) => `  ${item}`));
    if (total > mostLines) lines.push(`  … ${total - mostLines} more (all of them with -o json)`);
    lines.push('');
  };
  const share = percent(result);
  lines.push(
    `Policies allow ${counted(result.allowedPairs, 'pair')} of workloads; flows were seen on ${result.usedPairs}${share === null ? '' : ` (${share} %)`}.`,
    '',
  );
  section(
    'Seen, and denied now',
    result.deniedNow.map((edge) => paint(`${edgeText(edge)}  ${counted(edge.flows, 'flow')}`, 'red', color)),
  );
  section(
    'Dropped when they were seen',
    result.refused.map(
      ({ edge, allowedNow }) => `${edgeText(edge)}  ${counted(edge.flows, 'flow')}${allowedNow === true ? ', allowed now' : ''}`,
    ),
  );
  section(
    'Seen, and no manifest speaks of it',
    result.unexpected.map((edge) => `${edgeText(edge)}  ${counted(edge.flows, 'flow')}`),
  );
  section(
    'Allowed and never used',
    result.unused.map(({ from, to, ports }) =>
      printable(`${from.namespace}/${from.name} → ${to.namespace}/${to.name} ${portText(net.ports, ports)}`),
    ),
    result.allowedPairs - result.usedPairs,
  );
  section(
    'Declared and not seen',
    result.unseen.map(({ from, to, protocol, port, because }) =>
      printable(
        `${from.kind === 'controller' ? 'ingress controller' : flowPartyText(from)} → ${flowPartyText(to)} ${protocol} ${port} (${because})`,
      ),
    ),
  );
  section(
    'Workloads without a flow',
    result.silent.map(({ namespace, name }) => printable(`${namespace}/${name}`)),
  );
  return `${[...lines, ...intakeLines(observed)].join('\n')}\n`;
}
