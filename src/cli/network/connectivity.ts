// `cofferdam network connectivity`: all pairs that may talk, as a table, as JSON with the rules behind each, or as netpol-analyzer's lines.

import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { type Connection, type Connectivity, connectivity } from '../../network/connectivity.ts';
import { enforcement } from '../../network/enforcement.ts';
import { type Focus, inFocus, portNamed } from '../../network/focus.ts';
import { type MutualTls, mutualTls } from '../../network/istio/mutual-tls.ts';
import { netpolAnalyzerConnections, netpolAnalyzerNotes, netpolAnalyzerReading, partyText } from '../../network/netpol-analyzer.ts';
import { defaultReading } from '../../network/network.ts';
import { directions } from '../../network/policy.ts';
import { type PortSet, portText } from '../../network/port-set.ts';
import { readingsDiffer } from '../../network/readings.ts';
import { traceBetween } from '../../network/trace.ts';
import { undecidedBy } from '../../network/unevaluated.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { objectJson, objectText, partyJson, partyName, portsJson, rulesJson } from './answers.ts';
import { located, mustExist, type NetworkInput, readInput, tell } from './input.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const focus = focusOf(input);
  const wanted = wantedPort(word(flags, 'port'));
  const read = await readInput(input, input.words);
  const analyzer = flags.format === 'netpol-analyzer';
  const answer = connectivity(read.snapshot, analyzer ? netpolAnalyzerReading : defaultReading);
  tell(input, located(answer.network.complaints, read.locate));
  const shown = (connections: Iterable<Connection>) =>
    [...connections].filter(
      (connection) =>
        inFocus(focus, connection) && (wanted === undefined || answer.network.ports.has(connection.ports, wanted.protocol, wanted.port)),
    );
  if (analyzer) {
    const connections = netpolAnalyzerConnections(answer);
    if (!connections.ok) throw new Stop(connections.problem);
    tell(input, netpolAnalyzerNotes(answer));
    const text = (ports: PortSet) => (wanted === undefined ? portText(answer.network.ports, ports) : `${wanted.protocol} ${wanted.port}`);
    const lines = shown(connections.value).map(({ from, to, ports }) => `${partyText(from)} => ${partyText(to)} : ${text(ports)}\n`);
    console.out(printableLines(lines.sort()));
    return exit.clean;
  }
  mustExist([...focus.workloads, ...focus.peers], answer.workloads);
  const connections = shown(answer.connections());
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(answer, connections, read) : table(answer, connections, read, toTerminal && console.color),
  );
  return exit.clean;
}

/** Lines of names from outside, without characters that steer a terminal. */
export function printableLines(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line.trimEnd())}\n`).join('');
}

function focusOf({ flags }: CommandInput): Focus {
  const direction = word(flags, 'direction');
  const focus = { workloads: list(flags, 'focus'), peers: list(flags, 'focusPeer') };
  if (focus.workloads.length === 0 && (direction !== undefined || focus.peers.length > 0))
    throw new Stop(problem('usage/bad-flag', '--focus-peer and --direction say what is shown of a workload; name it with --focus'));
  return direction === 'ingress' || direction === 'egress' ? { ...focus, direction } : focus;
}

/** The value of --port. */
export function wantedPort(text: string | undefined): Extract<ReturnType<typeof portNamed>, { ok: true }>['value'] | undefined {
  if (text === undefined) return undefined;
  const read = portNamed(text);
  if (!read.ok) throw new Stop(problem('usage/bad-flag', `--port: ${read.problem}`));
  return read.value;
}

function json(answer: Connectivity, connections: readonly Connection[], { locate, snapshot }: NetworkInput): string {
  const { network } = answer;
  const rules = rulesJson(locate);
  const differs = readingsDiffer(answer, snapshot);
  const tls = mutualTls(network);
  const entries = connections.map((connection) => {
    const { from, to, ports, uneven, through } = connection;
    const undecided = undecidedBy(network, [from, to]);
    const { numbers, restricted } = reasons(answer, connection, rules);
    return {
      from: partyJson(from),
      to: partyJson(to),
      ports: portsJson(network.ports, ports),
      verdict: undecided.length > 0 ? 'unknown' : 'allowed',
      ...(uneven ? { uneven: true } : {}),
      ...(differs(connection) ? { dependsOn: ['whether the network plug-in matches ipBlock against pod addresses'] } : {}),
      ...(undecided.length > 0 ? { undecided: undecided.map(objectJson) } : {}),
      ...(through.length > 0 ? { through: [...new Set(through.map(({ resource }) => resource))].map(objectJson) } : {}),
      ...(restricted.length > 0 ? { restricted } : {}),
      ...(tls !== undefined && from.kind === 'workload' && to.kind === 'workload'
        ? { mutualTls: tlsJson(tls(from.workload, to.workload)) }
        : {}),
      because: numbers,
    };
  });
  const isolation = answer.workloads.map((workload) => ({
    ...partyJson({ kind: 'workload', workload }),
    isolated: directions.filter((direction) =>
      workload.endpoints.every((endpoint) => network.isolated(network.places.placeOf(endpoint), direction)),
    ),
  }));
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'Connectivity',
    connections: entries,
    rules: rules.entries,
    workloads: isolation,
    policies: new Set(network.policies.map(({ resource }) => resource)).size,
    enforcement: enforcement(snapshot, network.policies),
    notEvaluated: network.unevaluated.map(objectJson),
    problems: located(network.complaints, locate),
    coverage: snapshot.coverage,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function tlsJson({ server, client, result, ports, because }: MutualTls): object {
  return { server, client, result, ...(Object.keys(ports).length > 0 ? { ports } : {}), because: because.map(objectJson) };
}

interface Reasons {
  readonly numbers: readonly number[];
  /** What narrows the connection beside the ports, and is not evaluated. */
  readonly restricted: readonly string[];
}

/** The rules that let a connection pass, as numbers; a direction without one is not restricted by any policy. */
function reasons({ network }: Connectivity, { from, to, ports }: Connection, rules: ReturnType<typeof rulesJson>): Reasons {
  const { places } = network;
  const placesOf = (party: Connection['from']) => {
    if (party.kind === 'workload') return [...new Set(party.workload.endpoints.map((endpoint) => places.placeOf(endpoint)))];
    if (party.kind === 'ingress-controller') return [];
    const { family, first, last } = party.range;
    return places.external.flatMap((part, index) =>
      part.family === family && part.first >= first && part.last <= last ? [places.pods.length + index] : [],
    );
  };
  const numbers = new Set<number>();
  const restricted = new Set<string>();
  for (const source of placesOf(from))
    for (const destination of placesOf(to))
      for (const { direction, decisions } of traceBetween(network, source, destination))
        for (const decision of decisions) {
          if (network.ports.intersection(decision.ports, ports) === 0) continue;
          if (decision.rule?.restricted !== undefined) restricted.add(decision.rule.restricted);
          if (decision.effect !== 'allow' && decision.effect !== 'may-deny') continue;
          const number = rules.number(direction, decision);
          if (number !== undefined) numbers.add(number);
        }
  return { numbers: [...numbers].sort((a, b) => a - b), restricted: [...restricted].sort() };
}

function table(answer: Connectivity, connections: readonly Connection[], { locate }: NetworkInput, color: boolean): string {
  const { network, workloads } = answer;
  const lines: string[] = [];
  const tls = mutualTls(network);
  const narrows = network.policies.some(({ rules }) =>
    [...rules.ingress, ...rules.egress].some(({ restricted }) => restricted !== undefined),
  );
  const nowhere = rulesJson(locate);
  const groups = Map.groupBy(connections, ({ from }) => partyName(from));
  for (const [from, group] of groups) {
    lines.push(paint(printable(from), 'bold', color));
    const width = Math.min(60, Math.max(...group.map(({ to }) => partyName(to).length)));
    for (const connection of group) {
      const { from: source, to, ports, uneven } = connection;
      const restricted = narrows ? reasons(answer, connection, nowhere).restricted : [];
      const spoken =
        tls === undefined || source.kind !== 'workload' || to.kind !== 'workload' ? undefined : tls(source.workload, to.workload);
      const notes = [
        undecidedBy(network, [source, to]).length > 0 ? paint('unknown: policies not evaluated', 'yellow', color) : '',
        uneven ? 'some pods only' : '',
        restricted.length > 0 ? `restricted: ${printable(restricted.join(', '))}` : '',
        spoken === undefined ? '' : spoken.result === 'refused' ? paint('TLS settings do not fit: refused', 'red', color) : spoken.result,
      ].filter((note) => note !== '');
      lines.push(
        `  → ${printable(partyName(to)).padEnd(width)}  ${portText(network.ports, ports)}${notes.length > 0 ? `  (${notes.join('; ')})` : ''}`,
      );
    }
    lines.push('');
  }
  const open = workloads.filter((workload) =>
    workload.endpoints.some((endpoint) => network.selecting(network.places.placeOf(endpoint), 'ingress').length === 0),
  );
  lines.push(
    `${counted(connections.length, 'connection')} of ${counted(workloads.length, 'workload')}, ${counted(new Set(network.policies.map(({ resource }) => resource)).size, 'policy', 'policies')}; ${open.length} with no policy on what may reach them`,
    ...enforcementLines(network, color),
    ...notEvaluated(network.unevaluated, color),
  );
  return `${lines.join('\n')}\n`;
}

/** Says which policies nothing enforces, or of which that is not known. */
export function enforcementLines({ snapshot, policies }: Connectivity['network'], color: boolean): readonly string[] {
  return enforcement(snapshot, policies).flatMap(({ kind, group, policies: count, state, by }) => {
    const what = `${counted(count, 'policy', 'policies')} of kind ${kind} (${group})`;
    if (state === 'not-enforced') return [paint(`${what}: not enforced by ${by.join(', ')}; what is said here counts them`, 'red', color)];
    const known = group === 'networking.k8s.io' || state === 'enforced';
    return known ? [] : [paint(`${what}: whether something enforces them is not known`, 'yellow', color)];
  });
}

/** Says which policies were not evaluated; nothing where there are none. */
export function notEvaluated(resources: Connectivity['network']['unevaluated'], color: boolean): readonly string[] {
  if (resources.length === 0) return [];
  const shown = resources.slice(0, 5).map((resource) => printable(objectText(resource)));
  const rest = resources.length > shown.length ? ` and ${resources.length - shown.length} more` : '';
  return [
    paint(`not evaluated: ${shown.join(', ')}${rest}`, 'yellow', color),
    'These may open or close connections of the pods they hold for: what is said of those pods is unknown, listed or not.',
  ];
}
