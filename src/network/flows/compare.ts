// Observed beside allowed beside declared. Allowed and never used: pairs that policies let through and no flow was seen on, which is what a tighter
// policy would close. Observed and denied now: what was let through when it was seen, and would not be today. Unexpected: seen, and no manifest
// speaks of it. Refused: dropped when it was seen. Allowed pairs are counted between workloads; a pair is used where a flow was on an allowed port.

import { parseAddress } from '../../lib/cidr.ts';
import type { Workload } from '../endpoints.ts';
import type { Network } from '../network.ts';
import type { Place } from '../places.ts';
import { noPorts, type PortSet } from '../port-set.ts';
import type { DeclaredEdge } from './declared.ts';
import { type FlowEdge, type Observed, partyKey } from './observe.ts';
import type { FlowParty } from './resolve.ts';

export interface UnusedPair {
  readonly from: Workload;
  readonly to: Workload;
  readonly ports: PortSet;
}

export interface Comparison {
  readonly allowedPairs: number;
  readonly usedPairs: number;
  /** Allowed pairs without a flow, in order of workloads; at most `mostPairs`. */
  readonly unused: readonly UnusedPair[];
  readonly deniedNow: readonly FlowEdge[];
  readonly unexpected: readonly FlowEdge[];
  /** Dropped when they were seen; `allowedNow` tells whether they would pass today. */
  readonly refused: readonly { readonly edge: FlowEdge; readonly allowedNow: boolean | undefined }[];
  /** Declared and never seen. */
  readonly unseen: readonly DeclaredEdge[];
  /** Workloads no flow was seen of. */
  readonly silent: readonly Workload[];
}

export const mostPairs = 10_000;

/** Compares what was seen with a network as its policies are now; the flows must have been observed over this network. */
export function compare(network: Network, { edges, book }: Observed, declared: readonly DeclaredEdge[]): Comparison {
  const seen = edges.filter(({ verdict }) => verdict === 'allowed');
  const used = new Set(
    seen.filter((edge) => passesNow(network, edge, book.nodeAddresses) === true).map(({ from, to }) => `${partyKey(from)} ${partyKey(to)}`),
  );
  const known = new Set(declared.map(declaredKey));
  const speaking = new Set(
    edges.flatMap(({ from, to }) => [from, to]).flatMap((party) => (party.kind === 'workload' ? [party.workload] : [])),
  );
  const pairs = allowedPairs(network);
  const isUsed = ({ from, to }: UnusedPair) => used.has(`${keyOf(from)} ${keyOf(to)}`);
  let allowed = 0;
  let usedCount = 0;
  const unused: UnusedPair[] = [];
  for (const pair of pairs) {
    allowed++;
    if (isUsed(pair)) usedCount++;
    else if (unused.length < mostPairs) unused.push(pair);
  }
  const seenKeys = new Set(seen.map(edgeKey));
  return {
    allowedPairs: allowed,
    usedPairs: usedCount,
    unused,
    deniedNow: seen.filter((edge) => passesNow(network, edge, book.nodeAddresses) === false),
    unexpected: seen.filter((edge) => isForDeclaring(edge) && !known.has(edgeKey(edge))),
    refused: edges
      .filter(({ verdict }) => verdict === 'denied')
      .map((edge) => ({ edge, allowedNow: passesNow(network, edge, book.nodeAddresses) })),
    unseen: declared.filter((edge) => edge.from.kind === 'workload' && !seenKeys.has(declaredKey(edge))),
    silent: network.workloads.filter((workload) => !speaking.has(workload) && !workload.endpoints.every(({ hostNetwork }) => hostNetwork)),
  };
}

function keyOf(workload: Workload): string {
  return partyKey({ kind: 'workload', workload });
}

function edgeKey({ from, to, protocol, port }: FlowEdge): string {
  return `${partyKey(from)} ${partyKey(to)} ${protocol} ${port}`;
}

function declaredKey({ from, to, protocol, port }: DeclaredEdge): string {
  return `${from.kind === 'controller' ? from.kind : partyKey(from)} ${partyKey(to)} ${protocol} ${port}`;
}

/** DNS, nodes and the API server are nobody's to declare. */
function isForDeclaring({ from, to, port }: FlowEdge): boolean {
  const special = (party: FlowParty) => party.kind === 'nodes' || party.kind === 'api-server';
  return !special(from) && !special(to) && port !== 53 && to.kind === 'workload' && from.kind === 'workload';
}

/** The places of a party; several addresses outside have several. */
export function placesOfParty(network: Network, party: FlowParty, addresses: readonly string[]): readonly Place[] {
  const { places } = network;
  if (party.kind === 'workload') return [...new Set(party.workload.endpoints.map((endpoint) => places.placeOf(endpoint)))];
  const wanted = new Set(addresses);
  return [...new Set([...wanted].flatMap((address) => placeOfAddress(network, address) ?? []))];
}

/**
 * True where all of an edge passes: from every pod to every pod, and for every address that was seen. Undefined where it is not known at which
 * addresses an end is.
 */
export function passesNow(network: Network, edge: FlowEdge, nodeAddresses: readonly string[]): boolean | undefined {
  if (edge.ownNode && edge.from.kind === 'nodes') return true;
  const own = edge.addresses.map(({ address }) => address);
  const addresses = own.length === 0 && (edge.from.kind === 'nodes' || edge.to.kind === 'nodes') ? nodeAddresses : own;
  const from = placesOfParty(network, edge.from, addresses);
  const to = placesOfParty(network, edge.to, addresses);
  if (from.length === 0 || to.length === 0) return undefined;
  return from.every((source) => to.every((target) => network.ports.has(network.allowed(source, target), edge.protocol, edge.port)));
}

function* allowedPairs(network: Network): Generator<UnusedPair> {
  const places = new Map(
    network.workloads.map((workload) => [workload, [...new Set(workload.endpoints.map((endpoint) => network.places.placeOf(endpoint)))]]),
  );
  for (const from of network.workloads)
    for (const to of network.workloads) {
      if (from === to) continue;
      let ports: PortSet = noPorts;
      for (const source of places.get(from) ?? [])
        for (const target of places.get(to) ?? []) ports = network.ports.union(ports, network.allowed(source, target));
      if (ports !== noPorts) yield { from, to, ports };
    }
}

function placeOfAddress({ places }: Network, text: string): Place | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  let [low, high] = [0, places.external.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const part = places.external[middle];
    const before = part !== undefined && (part.family < address.family || (part.family === address.family && part.first <= address.first));
    if (before) low = middle;
    else high = middle - 1;
  }
  return places.pods.length + low;
}
