// Exposure as netpol-analyzer prints it (`list --exposure`): what policies allow workloads to and from outside addresses, the entire cluster,
// and pods that may come. Outside addresses are told for workloads of which there is something else to tell.

import type { Connection, Connectivity, Party } from './connectivity.ts';
import { partyText } from './netpol-analyzer.ts';
import { type Direction, directions } from './policy.ts';
import { noPorts, type PortSet, portText } from './port-set.ts';
import { promises } from './unknown-pods.ts';

export interface ExposureLine {
  readonly direction: Direction;
  readonly workload: Party;
  readonly other: string;
  readonly ports: PortSet;
  readonly text: string;
}

export interface NetpolAnalyzerExposure {
  readonly lines: readonly ExposureLine[];
  readonly unprotected: readonly { readonly workload: Party; readonly direction: Direction }[];
}

/** The exposure lines that follow the lines of `connections`. */
export function netpolAnalyzerExposure(answer: Connectivity, connections: readonly Connection[]): NetpolAnalyzerExposure {
  const { network, workloads } = answer;
  const lines: ExposureLine[] = [];
  for (const { workload, direction, pods, ports, named } of promises(network, workloads))
    lines.push({
      direction,
      workload: { kind: 'workload', workload },
      other: pods.text,
      ports,
      text: withNames(portText(network.ports, ports), ports, named),
    });
  const exposed = new Set(lines.map(({ workload }) => partyText(workload)));
  for (const { from, to, ports } of connections) {
    const text = portText(network.ports, ports);
    if (from.kind === 'addresses' && exposed.has(partyText(to)))
      lines.push({ direction: 'ingress', workload: to, other: partyText(from), ports, text });
    if (to.kind === 'addresses' && exposed.has(partyText(from)))
      lines.push({ direction: 'egress', workload: from, other: partyText(to), ports, text });
  }
  const unprotected = workloads.flatMap((workload) =>
    directions
      .filter((direction) =>
        workload.endpoints.every((endpoint) => network.selecting(network.places.placeOf(endpoint), direction).length === 0),
      )
      .map((direction) => ({ workload: { kind: 'workload' as const, workload }, direction })),
  );
  return { lines, unprotected };
}

/** Ports by name stand behind the numbers of their protocol. `named` holds `TCP http`. */
function withNames(text: string, ports: PortSet, named: readonly string[]): string {
  if (named.length === 0) return text;
  const byProtocol = Map.groupBy(named, (name) => name.slice(0, name.indexOf(' ')));
  const names = [...byProtocol].map(([protocol, list]) => `${protocol} ${list.map((name) => name.slice(name.indexOf(' ') + 1)).join(',')}`);
  return ports === noPorts ? names.join(',') : `${text},${names.join(',')}`;
}

/** The text that follows the connections. */
export function netpolAnalyzerExposureText({ lines, unprotected }: NetpolAnalyzerExposure): string {
  const parts = ['\nExposure Analysis Result:\n'];
  for (const [direction, title, arrow] of [
    ['egress', 'Egress Exposure:', '=>'],
    ['ingress', 'Ingress Exposure:', '<='],
  ] as const) {
    const own = lines.filter((line) => line.direction === direction);
    const width = Math.max(0, ...own.map(({ workload }) => partyText(workload).length));
    const texts = own.map(({ workload, other, text }) => `${partyText(workload).padEnd(width)} \t${arrow} \t${other} : ${text}\n`);
    if (texts.length > 0) parts.push(`${title}\n${texts.sort().join('')}\n`);
  }
  const bare = unprotected.map(
    ({ workload, direction }) => `${partyText(workload)} is not protected on ${direction === 'ingress' ? 'Ingress' : 'Egress'}\n`,
  );
  if (bare.length > 0) parts.push(`Workloads not protected by network policies:\n${bare.sort().join('')}`);
  return parts.join('');
}
