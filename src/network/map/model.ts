// What a map shows: namespaces, their workloads, and the connections worth a line. In a cluster without policies everything reaches everything, and a
// million lines say less than one word: that a workload is open is a mark on it. A line is drawn where a policy lets something particular in or
// out, where a flow was seen, and where one was denied. Between namespaces lines are counted.

import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Workload } from '../endpoints.ts';
import { exposure, type WorkloadExposure } from '../exposure.ts';
import { compare } from '../flows/compare.ts';
import type { Observed } from '../flows/observe.ts';
import type { Network } from '../network.ts';
import { allPorts, noPorts, portText } from '../port-set.ts';

export interface MapWorkload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** How the internet gets in, `Service shop/web`; empty where it does not. */
  readonly exposedBy: readonly string[];
  /** No policy holds for it in this direction. */
  readonly openIn: boolean;
  readonly openOut: boolean;
  /** Policies let any pod of the cluster in. */
  readonly anyPod: boolean;
  readonly toInternet: boolean;
  readonly hostNetwork: boolean;
}

export type LineKind = 'allowed' | 'observed' | 'denied';

/** What was seen is allowed too: where the ports are the same, the one line says both. */
export interface MapLine {
  /** `namespace/kind/name`, `internet`, `nodes` or `API server`. */
  readonly from: string;
  readonly to: string;
  readonly kind: LineKind;
  readonly ports: string;
  readonly flows: number;
}

export interface NamespaceLine {
  readonly from: string;
  readonly to: string;
  readonly kind: LineKind;
  readonly lines: number;
  readonly flows: number;
}

export interface MapNamespace {
  readonly name: string;
  readonly workloads: readonly MapWorkload[];
}

export interface NetworkMap {
  readonly namespaces: readonly MapNamespace[];
  readonly lines: readonly MapLine[];
  readonly between: readonly NamespaceLine[];
  readonly observed: boolean;
  /** Lines that were left out over the limit. */
  readonly moreLines: number;
}

export const mostMapLines = 20_000;

/** The map of a snapshot, with what was seen on it where flows are given; those were resolved against a network of the same snapshot. */
export function networkMap(snapshot: Snapshot, observed?: { readonly flows: Observed; readonly network: Network }): NetworkMap {
  const { answer, workloads } = exposure(snapshot);
  const lines = new Map<string, MapLine>();
  let more = 0;
  const add = (line: MapLine) => {
    const key = `${line.from}\n${line.to}\n${line.kind}`;
    const known = lines.get(key);
    if (known !== undefined) {
      const ports = known.ports.split(', ').includes(line.ports) ? known.ports : `${known.ports}, ${line.ports}`;
      lines.set(key, { ...known, ports, flows: known.flows + line.flows });
    } else if (lines.size < mostMapLines) lines.set(key, line);
    else more++;
  };
  const net = answer.network;
  const placesOf = (workload: Workload) => [...new Set(workload.endpoints.map((endpoint) => net.places.placeOf(endpoint)))];
  const isolated = (workload: Workload, direction: 'ingress' | 'egress') =>
    placesOf(workload).some((place) => net.selecting(place, direction).length > 0);
  for (const { workload, waysIn } of workloads)
    for (const { open, through } of waysIn)
      if (open !== noPorts)
        add({
          from: 'internet',
          to: keyOf(workload),
          kind: 'allowed',
          ports: `${portText(net.ports, open)} by ${through.kind} ${through.name}`,
          flows: 0,
        });
  const elsewhere = net.workloads.filter((one) => !answer.workloads.includes(one)).flatMap(placesOf)[0] ?? -1;
  for (const to of answer.workloads) {
    const guarded = isolated(to, 'ingress');
    const anybody = answer.fromAnywhere(to);
    for (const from of answer.workloads) {
      if (from === to) continue;
      const limited = isolated(from, 'egress') && !placesOf(from).some((place) => net.egress(place, elsewhere) === allPorts);
      if (!guarded && !limited) continue;
      let ports = noPorts;
      for (const source of placesOf(from)) for (const target of placesOf(to)) ports = net.ports.union(ports, net.allowed(source, target));
      if (ports === noPorts || (!limited && ports === anybody)) continue;
      add({ from: keyOf(from), to: keyOf(to), kind: 'allowed', ports: portText(net.ports, ports), flows: 0 });
    }
  }
  if (observed !== undefined) {
    const { deniedNow } = compare(observed.network, observed.flows, []);
    for (const edge of observed.flows.edges) {
      const kind = edge.verdict === 'denied' || deniedNow.includes(edge) ? 'denied' : 'observed';
      add({ from: endOf(edge.from), to: endOf(edge.to), kind, ports: `${edge.protocol} ${edge.port}`, flows: edge.flows });
    }
  }
  const said = [...lines.values()].filter((line) => {
    const seen = line.kind === 'allowed' ? lines.get(`${line.from}\n${line.to}\nobserved`) : undefined;
    return seen === undefined || seen.ports !== line.ports;
  });
  const sorted = said.sort((a, b) => order(`${a.from} ${a.to} ${a.kind}`, `${b.from} ${b.to} ${b.kind}`));
  return {
    namespaces: [...Map.groupBy(workloads, ({ workload }) => workload.namespace)]
      .sort(([a], [b]) => order(a, b))
      .map(([name, members]) => ({
        name,
        workloads: members.map((one) => mapWorkload(one, answer.fromAnywhere(one.workload) !== noPorts)),
      })),
    lines: sorted,
    between: betweenNamespaces(sorted),
    observed: observed !== undefined,
    moreLines: more,
  };
}

function mapWorkload({ workload, waysIn, toInternet, unprotected }: WorkloadExposure, anyPod: boolean): MapWorkload {
  return {
    namespace: workload.namespace,
    name: workload.name,
    kind: workload.kind,
    exposedBy: [...new Set(waysIn.filter(({ open }) => open !== noPorts).map(({ through }) => `${through.kind} ${through.name}`))],
    openIn: unprotected.includes('ingress'),
    openOut: unprotected.includes('egress'),
    anyPod,
    toInternet: toInternet !== noPorts,
    hostNetwork: workload.endpoints.every(({ hostNetwork }) => hostNetwork),
  };
}

function keyOf({ namespace, kind, name }: Workload): string {
  return `${namespace}/${kind}/${name}`;
}

function endOf(party: Observed['edges'][number]['from']): string {
  switch (party.kind) {
    case 'workload':
      return keyOf(party.workload);
    case 'outside':
      return 'internet';
    case 'nodes':
      return 'nodes';
    case 'api-server':
      return 'API server';
  }
}

/** The namespace of an end, or the end itself where it is none of a namespace. */
export function namespaceOf(end: string): string {
  const slash = end.indexOf('/');
  return slash < 0 ? end : end.slice(0, slash);
}

/** True for an end that is no workload. */
export function isOutsider(end: string): boolean {
  return !end.includes('/');
}

function betweenNamespaces(lines: readonly MapLine[]): readonly NamespaceLine[] {
  const found = new Map<string, NamespaceLine>();
  for (const { from, to, kind, flows } of lines) {
    const [a, b] = [isOutsider(from) ? `(${from})` : namespaceOf(from), isOutsider(to) ? `(to ${to})` : namespaceOf(to)];
    if (a === b) continue;
    const key = `${a}\n${b}\n${kind}`;
    const known = found.get(key);
    found.set(key, { from: a, to: b, kind, lines: (known?.lines ?? 0) + 1, flows: (known?.flows ?? 0) + flows });
  }
  return [...found.values()].filter(({ from, to, kind }) => kind !== 'allowed' || !found.has(`${from}\n${to}\nobserved`));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
