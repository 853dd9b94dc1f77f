// Flows for the commands that need them: read from files, laid over the network of the snapshot; and how edges and what could not be placed are shown.

import type { Cidr } from '../../lib/cidr.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { type FlowEdge, type Observed, observer } from '../../network/flows/observe.ts';
import type { FlowParty } from '../../network/flows/resolve.ts';
import type { Network } from '../../network/network.ts';
import { blockNamed } from '../../network/parties.ts';
import { counted } from '../../report/words.ts';
import { readFlows } from '../../sources/flows.ts';
import type { CommandInput, Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { list, verbatim } from '../flags.ts';

/** Reads the flows that flags name; undefined where they name none. */
export async function readObserved(
  input: CommandInput,
  network: Network,
): Promise<{ readonly observed: Observed; readonly problems: readonly Problem[] } | undefined> {
  const files = verbatim(input.flags, 'flows');
  if (files.length === 0) return undefined;
  const watch = observer(network, outsideBlocks(input.flags));
  const problems = await readFlows(files, ({ read, format }, at) => watch.add(read, format, at));
  const observed = watch.result();
  const { counts } = observed;
  if (counts.records + counts.other === 0) {
    const first = problems[0] ?? badLineProblem(observed);
    throw new Stop(first ?? problem('input/nothing', `${files.join(', ')}: no flow was found`));
  }
  return { observed, problems };
}

function badLineProblem({ badLines, counts }: Observed): Problem | undefined {
  const [bad] = badLines;
  if (bad === undefined) return undefined;
  const words = `no flow was found: ${counted(counts.malformed, 'line')} could not be read, the first says: ${bad.why}`;
  return problem('input/nothing', words, { file: bad.file, line: bad.line, column: 1 });
}

function outsideBlocks(flags: Flags): readonly Cidr[] {
  return list(flags, 'outside').map((text) => {
    const block = blockNamed(text);
    if (block === undefined) throw new Stop(problem('usage/bad-flag', `--outside ${text}: write it as 10.20.0.0/16`));
    return block;
  });
}

/** Problems of flows, for stderr: what could not be read, and the first lines that are malformed. */
export function flowProblems({ badLines, counts }: Observed, problems: readonly Problem[]): readonly Problem[] {
  const told = badLines
    .slice(0, 5)
    .map(({ file, line, why }) => problem('input/unreadable', `a line of flows: ${why}`, { file, line, column: 1 }, 'warning'));
  const rest = counts.malformed - told.length;
  const more =
    rest > 0 ? [problem('input/unreadable', `${counted(rest, 'more line')} of flows could not be read`, undefined, 'warning')] : [];
  const dropped =
    counts.dropped > 0
      ? [
          problem(
            'input/too-large',
            `${counted(counts.dropped, 'flow')} over the limits of what is kept were dropped`,
            undefined,
            'warning',
          ),
        ]
      : [];
  return [...problems, ...told, ...more, ...dropped];
}

export function flowPartyJson(party: FlowParty): object {
  switch (party.kind) {
    case 'workload':
      return { kind: party.workload.kind, namespace: party.workload.namespace, name: party.workload.name };
    case 'outside':
      return { kind: 'Outside' };
    case 'nodes':
      return { kind: 'Nodes' };
    case 'api-server':
      return { kind: 'APIServer' };
  }
}

export function edgeJson({
  from,
  to,
  protocol,
  port,
  verdict,
  ownNode,
  flows,
  bytes,
  first,
  last,
  services,
  addresses,
  moreAddresses,
}: FlowEdge): object {
  return {
    from: flowPartyJson(from),
    to: flowPartyJson(to),
    protocol,
    port,
    verdict,
    ...(ownNode ? { fromOwnNode: true } : {}),
    flows,
    ...(bytes === undefined ? {} : { bytes }),
    ...(first === undefined ? {} : { firstSeen: timeText(first) }),
    ...(last === undefined ? {} : { lastSeen: timeText(last) }),
    ...(services.length === 0 ? {} : { services }),
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(moreAddresses === 0 ? {} : { moreAddresses }),
  };
}

export function intakeJson({ counts, window, unknown, badLines }: Observed): object {
  return {
    ...counts,
    ...(window === undefined ? {} : { window: { first: timeText(window.first), last: timeText(window.last) } }),
    unknownEnds: unknown,
    malformedLines: badLines,
  };
}

export function timeText(time: number): string {
  return new Date(time).toISOString();
}

export function flowPartyText(party: FlowParty): string {
  switch (party.kind) {
    case 'workload':
      return printable(`${party.workload.namespace}/${party.workload.name}`);
    case 'outside':
      return 'outside';
    case 'nodes':
      return 'nodes';
    case 'api-server':
      return 'API server';
  }
}

/** `shop/web → shop/cart TCP 8080`, with addresses or names of what is outside. */
export function edgeText({ from, to, protocol, port, addresses, moreAddresses }: FlowEdge): string {
  const ends = addresses.slice(0, 3).map(({ address, names }) => printable(names[0] ?? address));
  const more = addresses.length - ends.length + moreAddresses;
  const named = ends.length === 0 ? '' : ` (${ends.join(', ')}${more > 0 ? `, ${more} more` : ''})`;
  return `${flowPartyText(from)}${from.kind === 'workload' ? '' : named} → ${flowPartyText(to)}${to.kind === 'workload' ? '' : named} ${protocol} ${port}`;
}

/** Sentences on what was read, and on what could not be placed. */
export function intakeLines({ counts, window, unknown, edges }: Observed): readonly string[] {
  const formats = Object.entries(counts.formats).map(([name, count]) => `${name} ${count}`);
  const hours = window === undefined ? undefined : (window.last - window.first) / 3_600_000;
  const span =
    hours === undefined ? 'without times' : hours >= 48 ? `over ${(hours / 24).toFixed(1)} days` : `over ${hours.toFixed(1)} hours`;
  const parts: readonly (readonly [number, string])[] = [
    [counts.replies, counts.replies === 1 ? 'answer' : 'answers'],
    [counts.withoutPort, 'without a port (ICMP and the like)'],
    [counts.failed, 'that nobody answered'],
    [counts.undirected, 'whose beginner is not known'],
    [counts.unknown, 'with an end that nobody knows'],
    [counts.foreign, 'between ends that are no workloads'],
    [counts.malformed, counts.malformed === 1 ? 'malformed line' : 'malformed lines'],
    [counts.lost, 'lost by the source'],
    [counts.dropped, 'dropped over limits here'],
  ];
  const rest = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return [
    `${counted(counts.records, 'record')} (${formats.join(', ')}) ${span}: ${counted(edges.length, 'edge')}`,
    ...(rest.length === 0 ? [] : [`not in it: ${rest.join(', ')}`]),
    ...unknown.slice(0, 10).map(({ end, why, flows, ports, with: others }) => {
      const who = others.length === 0 ? '' : ` with ${others.slice(0, 3).join(', ')}`;
      return printable(`unknown: ${end} (${why}), ${counted(flows, 'flow')} on ${ports.slice(0, 5).join(', ')}${who}`);
    }),
    ...(unknown.length > 10 ? [`unknown: ${unknown.length - 10} more ends (all of them with -o json)`] : []),
  ];
}
