// Records put together: edges between workloads, and between workloads and what is outside, each with how often it was seen, when first and last,
// by which names. Everything that is not an edge is counted: answers, packets without ports, ends nobody knows, connections whose beginner
// is not known. Memory is bounded: what comes after the last new edge there is room for is counted as dropped.

import type { Cidr } from '../../lib/cidr.ts';
import type { Workload } from '../endpoints.ts';
import type { Network } from '../network.ts';
import type { Protocol } from '../port-set.ts';
import { type AddressBook, addressBook, addressKey } from './address-book.ts';
import { isReplyBy, listening, turned } from './direction.ts';
import type { FlowRecord, FormatName, NameRecord, Read } from './record.ts';
import { type FlowParty, type ResolvedEnd, resolver, type Target, type UnknownEnd } from './resolve.ts';

export interface SeenAddress {
  readonly address: string;
  readonly flows: number;
  readonly names: readonly string[];
}

export interface FlowEdge {
  readonly from: FlowParty;
  readonly to: FlowParty;
  readonly protocol: Protocol;
  readonly port: number;
  readonly verdict: 'allowed' | 'denied';
  /** True where every flow came from the node that the destination runs on: such traffic passes whatever policies say. */
  readonly ownNode: boolean;
  readonly flows: number;
  readonly bytes: number | undefined;
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Services through whose addresses it went. */
  readonly services: readonly string[];
  /** The addresses of an end that is no workload; at most `mostAddresses`, the rest is counted. */
  readonly addresses: readonly SeenAddress[];
  readonly moreAddresses: number;
}

export interface UnknownSeen {
  readonly end: string;
  readonly why: UnknownEnd['why'];
  readonly flows: number;
  readonly ports: readonly string[];
  /** Workloads at the other end. */
  readonly with: readonly string[];
}

export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly why: string;
}

export interface Observed {
  readonly edges: readonly FlowEdge[];
  readonly unknown: readonly UnknownSeen[];
  readonly badLines: readonly BadLine[];
  readonly counts: {
    readonly formats: Readonly<Partial<Record<FormatName, number>>>;
    /** Records of connections that were read. */
    readonly records: number;
    readonly replies: number;
    readonly malformed: number;
    readonly other: number;
    /** ICMP and other protocols without ports. */
    readonly withoutPort: number;
    /** Attempts that nobody answered, errors. */
    readonly failed: number;
    /** Connections whose beginner is not known. */
    readonly undirected: number;
    /** Flows with an end that nobody knows. */
    readonly unknown: number;
    /** Flows between two ends that are no workloads. */
    readonly foreign: number;
    /** Events that a source says it lost, and what was over a limit here. */
    readonly lost: number;
    readonly dropped: number;
  };
  readonly window: { readonly first: number; readonly last: number } | undefined;
  readonly book: AddressBook;
}

export const mostEdges = 200_000;
export const mostAddresses = 256;
const mostUnknown = 10_000;
const mostBadLines = 100;
const mostNames = 100_000;

interface OpenEdge {
  from: FlowParty;
  to: FlowParty;
  protocol: Protocol;
  port: number;
  verdict: 'allowed' | 'denied';
  ownNode: boolean;
  flows: number;
  bytes: number | undefined;
  first: number | undefined;
  last: number | undefined;
  services: Set<string>;
  addresses: Map<string, { flows: number; names: Set<string> }>;
  more: number;
}

export interface Observer {
  readonly add: (read: Read, format: FormatName | undefined, at: { readonly file: string; readonly line: number }) => void;
  readonly result: () => Observed;
}

/** An observer over a network; `outside` are private blocks known to lie outside the cluster. */
export function observer(network: Network, outside: readonly Cidr[] = []): Observer {
  const book = addressBook(network);
  const resolve = resolver(network, book, outside);
  const listens = listening(network);
  const edges = new Map<string, OpenEdge>();
  const unknown = new Map<string, { why: UnknownEnd['why']; flows: number; ports: Set<string>; with: Set<string> }>();
  const names = new Map<string, Set<string>>();
  const badLines: BadLine[] = [];
  const formats: Partial<Record<FormatName, number>> = {};
  const counts = {
    records: 0,
    replies: 0,
    malformed: 0,
    other: 0,
    withoutPort: 0,
    failed: 0,
    undirected: 0,
    unknown: 0,
    foreign: 0,
    lost: 0,
    dropped: 0,
  };
  let window: { first: number; last: number } | undefined;

  const addName = ({ address, name }: NameRecord) => {
    const key = addressKey(address);
    if (key === undefined || name.length > 253) return;
    const known = names.get(key);
    if (known === undefined && names.size >= mostNames) return;
    const list = known ?? new Set();
    names.set(key, list);
    if (list.size < 16) list.add(name.toLowerCase());
  };

  const addUnknown = (end: UnknownEnd, flow: FlowRecord, other: ResolvedEnd | UnknownEnd | undefined) => {
    counts.unknown += flow.count;
    const entry = unknown.get(end.unknown) ?? { why: end.why, flows: 0, ports: new Set<string>(), with: new Set<string>() };
    if (!unknown.has(end.unknown) && unknown.size >= mostUnknown) {
      counts.dropped += flow.count;
      return;
    }
    unknown.set(end.unknown, entry);
    entry.flows += flow.count;
    if (flow.port !== undefined && entry.ports.size < 20) entry.ports.add(`${flow.protocol} ${flow.port}`);
    if (other !== undefined && 'party' in other && entry.with.size < 20) entry.with.add(partyKey(other.party));
  };

  const addFlow = (flow: FlowRecord, isReply: boolean) => {
    if (flow.protocol === 'ICMP' || flow.protocol === 'other' || flow.port === undefined) {
      counts.withoutPort += flow.count;
      return;
    }
    if (flow.verdict === 'failed') {
      counts.failed += flow.count;
      return;
    }
    for (const side of [flow.source, flow.destination])
      for (const name of side.names ?? []) if (side.address !== undefined) addName({ address: side.address, name });
    const source = resolve.end(flow.source, flow);
    const targets = resolve.targets(flow, flow.port);
    if ('unknown' in source) {
      addUnknown(source, flow, 'unknown' in targets ? targets : targets[0]);
      return;
    }
    if ('unknown' in targets) {
      addUnknown(targets, flow, source);
      return;
    }
    for (const target of targets) addEdge(flow, source, target, isReply);
  };

  const addEdge = (flow: FlowRecord, source: ResolvedEnd, target: Target, isReply: boolean) => {
    const { protocol, verdict } = flow;
    if (protocol === 'ICMP' || protocol === 'other' || verdict === 'failed') return;
    if (source.party.kind !== 'workload' && target.party.kind !== 'workload') {
      counts.foreign += flow.count;
      return;
    }
    if (source.endpoint !== undefined && source.endpoint === target.endpoint) return;
    const ownNode =
      source.party.kind === 'nodes' && (source.ownNode === true || (source.node !== undefined && source.node === target.endpoint?.node));
    const key = `${partyKey(source.party)} ${partyKey(target.party)} ${protocol} ${target.port} ${verdict} ${ownNode}`;
    let edge = edges.get(key);
    if (edge === undefined) {
      if (edges.size >= mostEdges) {
        counts.dropped += flow.count;
        return;
      }
      edge = {
        from: source.party,
        to: target.party,
        protocol,
        port: target.port,
        verdict,
        ownNode,
        flows: 0,
        bytes: undefined,
        first: undefined,
        last: undefined,
        services: new Set(),
        addresses: new Map(),
        more: 0,
      };
      edges.set(key, edge);
    }
    if (!isReply) edge.flows += flow.count;
    if (flow.bytes !== undefined) edge.bytes = (edge.bytes ?? 0) + flow.bytes;
    if (flow.first !== undefined) edge.first = Math.min(edge.first ?? flow.first, flow.first);
    const last = flow.last ?? flow.first;
    if (last !== undefined) edge.last = Math.max(edge.last ?? last, last);
    if (target.service !== undefined && edge.services.size < 16)
      edge.services.add(`${target.service.resource.namespace}/${target.service.resource.name}`);
    for (const end of [source, target])
      if (end.party.kind !== 'workload' && end.address !== undefined) addAddress(edge, end.address, flow.count);
  };

  const addAddress = (edge: OpenEdge, address: string, flows: number) => {
    const known = edge.addresses.get(address);
    if (known !== undefined) known.flows += flows;
    else if (edge.addresses.size < mostAddresses) edge.addresses.set(address, { flows, names: new Set() });
    else edge.more++;
  };

  return {
    add: (read, format, at) => {
      if (format !== undefined) formats[format] = (formats[format] ?? 0) + 1;
      switch (read.kind) {
        case 'other':
          counts.other++;
          return;
        case 'lost':
          counts.lost += read.count;
          return;
        case 'malformed':
          counts.malformed++;
          if (badLines.length < mostBadLines) badLines.push({ ...at, why: read.why });
          return;
        case 'flows':
          for (const name of read.names ?? []) addName(name);
          for (const flow of read.flows) {
            counts.records++;
            for (const time of [flow.first, flow.last])
              if (time !== undefined) window = { first: Math.min(window?.first ?? time, time), last: Math.max(window?.last ?? time, time) };
            const reply = flow.reply ?? isReplyBy(flow, resolve, listens);
            if (reply === undefined) counts.undirected += flow.count;
            else if (!reply) addFlow(flow, false);
            else {
              counts.replies += flow.count;
              if (flow.verdict === 'allowed') addFlow(turned(flow), true);
            }
          }
      }
    },
    result: () => ({
      edges: [...edges].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => closed(edge, names)),
      unknown: [...unknown]
        .map(([end, entry]) => ({ end, why: entry.why, flows: entry.flows, ports: [...entry.ports].sort(), with: [...entry.with].sort() }))
        .sort((a, b) => b.flows - a.flows || (a.end < b.end ? -1 : 1)),
      badLines,
      counts: { ...counts, formats },
      window,
      book,
    }),
  };
}

function closed(edge: OpenEdge, names: ReadonlyMap<string, ReadonlySet<string>>): FlowEdge {
  const addresses = [...edge.addresses]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([address, { flows }]) => ({ address, flows, names: [...(names.get(address) ?? [])].sort() }));
  const { more, services, ...rest } = edge;
  return { ...rest, flows: Math.max(1, edge.flows), services: [...services].sort(), addresses, moreAddresses: more };
}

/** A text that stands for a party: `shop/Deployment/web`, `outside`. */
export function partyKey(party: FlowParty): string {
  if (party.kind !== 'workload') return party.kind;
  const known = partyKeys.get(party.workload);
  if (known !== undefined) return known;
  const key = `${party.workload.namespace}/${party.workload.kind}/${party.workload.name}`;
  partyKeys.set(party.workload, key);
  return key;
}

const partyKeys = new WeakMap<Workload, string>();
