// `cofferdam network exposure`: per workload, ways in from the internet, ways out, metadata services, and promises to pods that may come.

import { paint } from '../../lib/display.ts';
import { printable } from '../../lib/text.ts';
import { connectivity, type Party } from '../../network/connectivity.ts';
import { enforcement } from '../../network/enforcement.ts';
import { type Exposure, exposure, type WayIn, type WorkloadExposure } from '../../network/exposure.ts';
import { inFocus, isNamed } from '../../network/focus.ts';
import { netpolAnalyzerConnections, netpolAnalyzerNotes, netpolAnalyzerReading, partyText } from '../../network/netpol-analyzer.ts';
import { netpolAnalyzerExposure, netpolAnalyzerExposureText } from '../../network/netpol-analyzer-exposure.ts';
import { allPorts, noPorts, type PortSets, portText } from '../../network/port-set.ts';
import { undecidedBy } from '../../network/unevaluated.ts';
import { counted, placeText } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { objectJson, objectText, partyJson, portsJson, rulesJson } from './answers.ts';
import { enforcementLines, notEvaluated, printableLines } from './connectivity.ts';
import { located, mustExist, type NetworkInput, readInput, tell } from './input.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const names = list(flags, 'focus');
  const read = await readInput(input, words);
  if (flags.format === 'netpol-analyzer') {
    console.out(analyzerText(input, read, names));
    return exit.clean;
  }
  const found = exposure(read.snapshot);
  tell(input, located(found.answer.network.complaints, read.locate));
  mustExist(
    names,
    found.workloads.map(({ workload }) => workload),
  );
  const shown = found.workloads.filter(({ workload }) => names.length === 0 || isNamed({ kind: 'workload', workload }, names));
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(found, shown, read) : table(found, shown, read, toTerminal && console.color),
  );
  return exit.clean;
}

function analyzerText(input: CommandInput, read: NetworkInput, names: readonly string[]): string {
  const answer = connectivity(read.snapshot, netpolAnalyzerReading);
  const connections = netpolAnalyzerConnections(answer);
  if (!connections.ok) throw new Stop(connections.problem);
  tell(input, [...located(answer.network.complaints, read.locate), ...netpolAnalyzerNotes(answer)]);
  const shown = (workload: Party) => names.length === 0 || isNamed(workload, names);
  const lines = connections.value
    .filter((connection) => inFocus({ workloads: names, peers: [] }, connection))
    .map(({ from, to, ports }) => `${partyText(from)} => ${partyText(to)} : ${portText(answer.network.ports, ports)}`);
  const all = netpolAnalyzerExposure(answer, connections.value);
  const some = {
    lines: all.lines.filter(({ workload }) => shown(workload)),
    unprotected: all.unprotected.filter(({ workload }) => shown(workload)),
  };
  return printableLines(lines.sort()) + netpolAnalyzerExposureText(some);
}

function json({ answer, controlPlane }: Exposure, shown: readonly WorkloadExposure[], { locate }: NetworkInput): string {
  const { network } = answer;
  const { ports: sets } = network;
  const rules = rulesJson(locate);
  const workloads = shown.map(({ workload, waysIn, toInternet, toMetadata, toControlPlane, unprotected, promises }) => {
    const undecided = undecidedBy(network, [workload]);
    return {
      workload: partyJson({ kind: 'workload', workload }),
      verdict: undecided.length > 0 ? 'unknown' : 'known',
      fromInternet: waysIn.map((way) => ({
        through: objectJson(way.through),
        how: way.how,
        leadsTo: portsJson(sets, way.leadsTo),
        open: portsJson(sets, way.open),
        ...(way.sourceMayBeNode ? { sourceMayBeNode: true } : {}),
        ...placeOf(way, locate),
      })),
      toInternet: portsJson(sets, toInternet),
      toMetadata,
      toControlPlane,
      noPolicyOn: unprotected,
      promises: promises.map(({ direction, pods, ports, named, trace }) => ({
        direction,
        pods: pods.text,
        ports: portsJson(sets, ports),
        ...(named.length > 0 ? { namedPorts: named } : {}),
        because: trace.decisions.flatMap((decision) => (decision.effect === 'allow' ? (rules.number(direction, decision) ?? []) : [])),
      })),
    };
  });
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'NetworkExposure',
    workloads,
    controlPlane,
    enforcement: enforcement(network.snapshot, network.policies),
    rules: rules.entries,
    notEvaluated: network.unevaluated.map(objectJson),
    problems: located(network.complaints, locate),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function placeOf({ through }: WayIn, locate: NetworkInput['locate']): object {
  const source = locate(through, '');
  return source === undefined ? {} : { source };
}

const ways: Readonly<Record<WayIn['how'], string>> = {
  controller: 'its controller',
  'load-balancer': 'a load balancer',
  'node-port': 'a port of every node',
  'external-address': 'an external address',
  'host-port': 'a port of its node',
  'host-network': "its node's network",
};

function table({ answer, controlPlane }: Exposure, shown: readonly WorkloadExposure[], { locate }: NetworkInput, color: boolean): string {
  const { network } = answer;
  const sets = network.ports;
  const lines: string[] = [];
  const heading = (text: string) => lines.push(lines.length === 0 ? '' : '\n', paint(text, 'bold', color));
  const name = (item: WorkloadExposure) => {
    const unknown = undecidedBy(network, [item.workload]).length > 0 ? paint('  (unknown: policies not evaluated)', 'yellow', color) : '';
    return `${printable(partyText({ kind: 'workload', workload: item.workload }))}${unknown}`;
  };
  const reached = shown.filter(({ waysIn }) => waysIn.length > 0);
  heading(`Reached from the internet: ${counted(reached.length, 'workload')} of ${shown.length}`);
  for (const item of reached) {
    lines.push(`  ${name(item)}`);
    for (const way of item.waysIn) lines.push(`    ${wayText(way, sets, placeText(locate(way.through, '')), color)}`);
  }
  const out = shown.filter(({ toInternet }) => toInternet !== noPorts);
  heading(`May send to the internet: ${counted(out.length, 'workload')} of ${shown.length}`);
  for (const [ports, items] of Map.groupBy(out, ({ toInternet }) => toInternet))
    lines.push(`  ${ports === allPorts ? 'all ports' : portText(sets, ports)}: ${items.map(name).join(', ')}`);
  const metadata = shown.filter(({ toMetadata }) => toMetadata.length > 0);
  heading(`May ask a cloud's metadata service: ${counted(metadata.length, 'workload')} of ${shown.length}`);
  for (const [services, items] of Map.groupBy(metadata, ({ toMetadata }) => toMetadata.join(', ')))
    lines.push(`  ${services}`, `    by ${items.map(name).join(', ')}`);
  const control = shown.filter(({ toControlPlane }) => toControlPlane.length > 0);
  if (controlPlane.length > 0) {
    heading(`May reach the control plane (${controlPlane.join(', ')}): ${counted(control.length, 'workload')} of ${shown.length}`);
    for (const [which, items] of Map.groupBy(control, ({ toControlPlane }) => toControlPlane.join(', ')))
      lines.push(`  ${which}: ${items.map(name).join(', ')}`);
  }
  const bare = shown.filter(({ unprotected }) => unprotected.length > 0);
  heading(`With no policy in a direction, so open to any pod of the cluster: ${counted(bare.length, 'workload')} of ${shown.length}`);
  for (const [which, items] of Map.groupBy(bare, ({ unprotected }) => unprotected.join(' and ')))
    lines.push(`  ${which}: ${items.map(name).join(', ')}`);
  const promised = shown.filter(({ unprotected, promises }) => promises.some(({ direction }) => !unprotected.includes(direction)));
  heading(`Promised by policies to pods that may come: ${counted(promised.length, 'workload')}`);
  for (const item of promised) {
    lines.push(`  ${name(item)}`);
    for (const { direction, pods, ports, named } of item.promises.filter((one) => !item.unprotected.includes(one.direction)))
      lines.push(`    ${direction === 'ingress' ? 'from' : 'to'} ${printable(pods.text)}: ${[portText(sets, ports), ...named].join(', ')}`);
  }
  return `${[...lines, '', ...enforcementLines(network, color), ...notEvaluated(network.unevaluated, color)].join('\n').replace(/^\n/, '').replaceAll('\n\n\n', '\n\n')}\n`;
}

function wayText({ through, how, leadsTo, open, sourceMayBeNode }: WayIn, sets: PortSets, place: string, color: boolean): string {
  const blocked = open === noPorts;
  const doubt = sourceMayBeNode && open !== leadsTo ? "; packets may come with a node's address, which policies may let in" : '';
  const state = blocked
    ? `${paint('closed by policy', 'green', color)} (${portText(sets, leadsTo)})${doubt}`
    : `${paint('open', 'red', color)} ${portText(sets, open)}${doubt}`;
  return `${printable(objectText(through))}, ${ways[how]}: ${state}${place === '' ? '' : `  ${place}`}`;
}
