// `cofferdam network diff BASE HEAD`: connections that a change opens, closes or alters.

import { paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { type ChangedConnection, type Difference, difference } from '../../network/difference.ts';
import { netpolAnalyzerConnections, netpolAnalyzerReading, partyText } from '../../network/netpol-analyzer.ts';
import { defaultReading } from '../../network/network.ts';
import { undecidedBy } from '../../network/unevaluated.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { objectJson, partyJson, partyName } from './answers.ts';
import { notEvaluated, printableLines } from './connectivity.ts';
import { located, readInput, tell } from './input.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const analyzer = flags.format === 'netpol-analyzer';
  const [base, head] = [await readInput(input, words.slice(0, 1)), await readInput(input, words.slice(1, 2))];
  const found = difference(base.snapshot, head.snapshot, analyzer ? netpolAnalyzerReading : defaultReading);
  tell(input, [...located(found.base.network.complaints, base.locate), ...located(found.head.network.complaints, head.locate)]);
  if (analyzer) console.out(analyzerText(found));
  else write(targets, console, (format, toTerminal) => (format === 'json' ? json(found) : table(found, toTerminal && console.color)));
  const failOn = word(flags, 'failOn') ?? 'never';
  const counts = failOn === 'any' ? found.changes : failOn === 'opened' ? found.changes.filter(({ opens }) => opens) : [];
  if (counts.length === 0) return exit.clean;
  console.err(
    `cofferdam: ${counted(counts.length, 'connection')} ${failOn === 'any' ? 'changed' : 'opened or widened'} (--fail-on ${failOn})\n`,
  );
  return exit.findings;
}

function analyzerText({ base, head, changes }: Difference): string {
  for (const side of [base, head]) {
    const connections = netpolAnalyzerConnections(side);
    if (!connections.ok) throw new Stop(connections.problem);
  }
  const lines = changes
    .filter(({ from, to }) => ![from, to].some((party) => party.kind === 'addresses' && party.range.family === 6))
    .map(
      ({ change, from, to, before, after, because }) =>
        `diff-type: ${change}, source: ${partyText(from)}, destination: ${partyText(to)}, ref1: ${before}, ref2: ${after}${because === '' ? '' : `, workloads-diff-info: ${because}`}`,
    );
  const order = ['diff-type: changed', 'diff-type: added', 'diff-type: removed'];
  const rank = (line: string) => order.findIndex((start) => line.startsWith(start));
  return lines.length === 0 ? '' : `Connectivity diff:\n${printableLines(lines.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)))}`;
}

function json({ base, head, changes }: Difference): string {
  const verdict = ({ from, to }: ChangedConnection) =>
    undecidedBy(base.network, [from, to]).length + undecidedBy(head.network, [from, to]).length > 0 ? 'unknown' : 'known';
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'ConnectivityDiff',
    changes: changes.map((changed) => ({
      change: changed.change,
      opens: changed.opens,
      from: partyJson(changed.from),
      to: partyJson(changed.to),
      before: changed.before,
      after: changed.after,
      verdict: verdict(changed),
      ...(changed.because === '' ? {} : { because: changed.because }),
    })),
    notEvaluated: [...base.network.unevaluated, ...head.network.unevaluated].map(objectJson),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

const signs = { added: '+', removed: '-', changed: '~' } as const;
const colors = { added: 'red', removed: 'green', changed: 'yellow' } as const;

function table({ base, head, changes }: Difference, color: boolean): string {
  const lines = changes.map(({ change, from, to, before, after, because }) => {
    const ports = change === 'added' ? after : change === 'removed' ? before : `${before} → ${after}`;
    const text = `${signs[change]} ${printable(partyName(from))} → ${printable(partyName(to))}  ${ports}${because === '' ? '' : `  (${printable(because)})`}`;
    return paint(text, colors[change], color);
  });
  const opened = changes.filter(({ opens }) => opens).length;
  return `${[...lines, `${counted(changes.length, 'connection')} changed, ${opened} opened or widened`, ...notEvaluated([...base.network.unevaluated, ...head.network.unevaluated], color)].join('\n')}\n`;
}
