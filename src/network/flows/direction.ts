// Which end of a connection began, where the source does not say (VPC flow logs, sampled flows): beginners take high ports; where both ports are
// low or both high, the end that is known to listen on its port did not begin. Where that tells nothing either, it is not known.

import type { Endpoint } from '../endpoints.ts';
import type { Network } from '../network.ts';
import { servicesOf } from '../services.ts';
import type { FlowRecord } from './record.ts';
import type { ResolvedEnd, Resolver, UnknownEnd } from './resolve.ts';

/** An answer as the connection that it answers. */
export function turned(flow: FlowRecord): FlowRecord {
  const { source, destination, sourcePort, port, ...rest } = flow;
  return {
    ...rest,
    source: destination,
    destination: source,
    ...(port === undefined ? {} : { sourcePort: port }),
    ...(sourcePort === undefined ? {} : { port: sourcePort }),
  };
}

/** Where Linux takes the ports of beginners from (net.ipv4.ip_local_port_range). */
const firstEphemeral = 32768;

/** Tells which end began where the source does not: by the ports of beginners, then by who is known to listen. */
export function isReplyBy(
  { source, destination, sourcePort, port, protocol }: FlowRecord,
  resolve: Resolver,
  listens: Listening,
): boolean | undefined {
  if (sourcePort === undefined || port === undefined || sourcePort === port) return false;
  if (port < firstEphemeral && sourcePort >= firstEphemeral) return false;
  if (sourcePort < firstEphemeral && port >= firstEphemeral) return true;
  const flow: FlowRecord = { source, destination, protocol, port, verdict: 'allowed', count: 1 };
  const [from, to] = [resolve.end(source, flow), resolve.end(destination, flow)];
  const known = (end: ResolvedEnd | UnknownEnd, at: number) =>
    'party' in end && end.party.kind === 'workload' && listens(end.party.workload.endpoints, at);
  const [asked, asking] = [known(to, port), known(from, sourcePort)];
  return asked === asking ? undefined : asking;
}

export type Listening = (endpoints: readonly Endpoint[], port: number) => boolean;

/** Which ports pods are known to listen on: those they declare, and those Services lead to. */
export function listening(network: Network): Listening {
  const declared = new Map<Endpoint, ReadonlySet<number>>();
  for (const { endpoints } of network.workloads)
    for (const endpoint of endpoints) {
      const ports = endpoint.pod.containers.flatMap((container) => container.ports.map(({ spec }) => spec.containerPort));
      declared.set(endpoint, new Set(ports.filter((port): port is number => typeof port === 'number')));
    }
  const targets = new Map<Endpoint, Set<number>>();
  for (const { ports, endpoints } of servicesOf(network))
    for (const { target } of ports)
      if (typeof target === 'number')
        for (const endpoint of endpoints) {
          const own = targets.get(endpoint) ?? new Set();
          targets.set(endpoint, own.add(target));
        }
  return (endpoints, port) =>
    endpoints.some((endpoint) => declared.get(endpoint)?.has(port) === true || targets.get(endpoint)?.has(port) === true);
}
