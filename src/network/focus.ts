// Narrowing connectivity to some workloads: connections with one of them at an end, at one end only where a direction is asked for, and with
// one of certain peers at the other end.

import { failure, ok, type Result } from '../lib/result.ts';
import type { Connection, Party } from './connectivity.ts';
import type { Protocol } from './port-set.ts';

export interface Focus {
  /** `name`, `namespace/name` or `ingress-controller`; none: every workload. */
  readonly workloads: readonly string[];
  readonly peers: readonly string[];
  /** ingress: the workloads as destinations; egress: as sources. */
  readonly direction?: 'ingress' | 'egress';
}

/** True where a connection is in focus. */
export function inFocus({ workloads, peers, direction }: Focus, { from, to }: Pick<Connection, 'from' | 'to'>): boolean {
  if (workloads.length === 0) return true;
  const other = (party: Party) => peers.length === 0 || isNamed(party, peers);
  return (
    (direction !== 'ingress' && isNamed(from, workloads) && other(to)) || (direction !== 'egress' && isNamed(to, workloads) && other(from))
  );
}

/** True where a party goes by one of these names. */
export function isNamed(party: Party, names: readonly string[]): boolean {
  if (party.kind === 'addresses') return false;
  if (party.kind === 'ingress-controller') return names.includes('ingress-controller');
  const { namespace, name } = party.workload;
  return names.includes(name) || names.includes(`${namespace}/${name}`);
}

/** Reads a port in words: `tcp-80`, `UDP/53`, or `443`, which is TCP. */
export function portNamed(text: string): Result<{ readonly protocol: Protocol; readonly port: number }, string> {
  const match = /^(?:(tcp|udp|sctp)[-/:])?([0-9]{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65535) return failure(`"${text}" is no port: write it as 443, tcp-443 or udp/53`);
  return ok({ protocol: (match[1]?.toUpperCase() ?? 'TCP') as Protocol, port });
}
