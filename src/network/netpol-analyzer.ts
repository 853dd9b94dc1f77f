// Connectivity as np-guard's netpol-analyzer prints it (`list`, text format), for scripts that read that tool's lines. That tool knows IPv4
// alone, has no special case for pods on the host's network, holds blocks against outside addresses only, and refuses what it cannot read:
// policies that the API server would refuse, named ports on address blocks, and pods of one owner that policies treat differently.

import { type Problem, problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import { rangeText } from './address-space.ts';
import type { Connection, Connectivity, Party } from './connectivity.ts';
import type { Reading } from './places.ts';
import { portText } from './port-set.ts';

/** How that tool reads what the API leaves open. */
export const netpolAnalyzerReading: Reading = {
  blocksMatchPods: false,
  hostNetwork: 'pod',
  ingressPort: 'service-or-target',
  unknownPods: 'namespace-name',
};

/** `backend/checkout[Deployment]`, `0.0.0.0-255.255.255.255[External]`, `{ingress-controller}`. */
export function partyText(party: Party): string {
  switch (party.kind) {
    case 'workload':
      return `${party.workload.namespace}/${party.workload.name}[${party.workload.kind}]`;
    case 'addresses':
      return `${rangeText(party.range)}[External]`;
    case 'ingress-controller':
      return '{ingress-controller}';
  }
}

/** The connections that this tool tells, or why it would refuse the input. */
export function netpolAnalyzerConnections(answer: Connectivity): Result<readonly Connection[]> {
  const refused = answer.network.complaints
    .map(({ problem: told }) => told)
    .find(
      ({ level, code, message }) => level === 'error' || (code === 'network/named-port-on-block' && message.startsWith('NetworkPolicy')),
    );
  if (refused !== undefined) return failure({ ...refused, level: 'error' });
  const connections: Connection[] = [];
  for (const connection of answer.connections()) {
    if ([connection.from, connection.to].some((party) => party.kind === 'addresses' && party.range.family === 6)) continue;
    if (connection.uneven) return failure(differing(connection));
    connections.push(connection);
  }
  return ok(connections);
}

function differing({ from, to }: Connection): Problem {
  return problem(
    'network/invalid-policy',
    `policies treat pods of one owner differently: ${partyText(from)} to ${partyText(to)} depends on the pod`,
  );
}

/** What this format cannot say of an answer. */
export function netpolAnalyzerNotes({ network }: Connectivity): readonly Problem[] {
  if (network.places.external.filter(({ family }) => family === 6).length < 2) return [];
  const words = 'policies name IPv6 blocks; lines of this format are about IPv4 alone';
  return [problem('network/not-evaluated', words, undefined, 'warning')];
}

/** The lines of `list`, sorted. */
export function netpolAnalyzerText(answer: Connectivity): Result<string> {
  const connections = netpolAnalyzerConnections(answer);
  if (!connections.ok) return connections;
  const lines = connections.value.map(
    ({ from, to, ports }) => `${partyText(from)} => ${partyText(to)} : ${portText(answer.network.ports, ports)}`,
  );
  return ok(
    lines
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
  );
}
