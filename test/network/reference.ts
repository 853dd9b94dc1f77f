// The network policy API read literally: one connection at a time, no classes, no sets, no memory. Slow and obvious; the engine is held against
// it by properties and measured against it by the benchmark. Reads valid objects only.

import { type Labels, selects } from '../../src/kube/label-selector.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { contains, parseAddress, parseCidr } from '../../src/lib/cidr.ts';
import { asList, asNumber, asString, dig, field, type Json, strings } from '../../src/lib/json.ts';

export interface End {
  /** Undefined for an address outside. */
  readonly pod?: {
    readonly namespace: string;
    readonly labels: Labels;
    readonly ports: readonly { name: string; protocol: string; number: number }[];
  };
  readonly address?: string;
}
export interface Cluster {
  readonly namespaces: Readonly<Record<string, Labels>>;
  readonly policies: readonly KubeObject[];
}
interface Packet {
  readonly from: End;
  readonly to: End;
  readonly protocol: string;
  readonly port: number;
}

/** True where the packet's connection is allowed: out of its source and into its destination. */
export function allowed(cluster: Cluster, packet: Packet): boolean {
  return passes(cluster, packet, 'egress') && passes(cluster, packet, 'ingress');
}

/** One direction: admin tier, NetworkPolicy, baseline tier, and what nothing decides is allowed. */
export function passes(cluster: Cluster, packet: Packet, direction: 'ingress' | 'egress'): boolean {
  const self = direction === 'ingress' ? packet.to : packet.from;
  const subject = (policy: KubeObject) => self.pod !== undefined && isPeer(cluster, dig(policy.spec, 'subject'), self, '');
  const ordered = (tier: 'Admin' | 'Baseline') => {
    const rules = cluster.policies
      .filter((policy) => tierOf(policy) === tier && subject(policy))
      .sort((a, b) => Number(dig(a.spec, 'priority') ?? 0) - Number(dig(b.spec, 'priority') ?? 0))
      .flatMap((policy) => asList(dig(policy.spec, direction)));
    return asString(
      field(
        rules.find((rule) => matchesRule(cluster, rule, packet, direction, '')),
        'action',
      ),
    );
  };
  const admin = ordered('Admin');
  if (admin !== undefined && admin !== 'Pass') return admin !== 'Deny';
  const isolating = cluster.policies.filter(
    (policy) =>
      policy.kind === 'NetworkPolicy' &&
      self.pod?.namespace === field(policy.metadata, 'namespace') &&
      selects(dig(policy.spec, 'podSelector') ?? {}, self.pod?.labels ?? {}) &&
      typesOf(policy).includes(direction === 'ingress' ? 'Ingress' : 'Egress'),
  );
  if (isolating.length > 0)
    return isolating.some((policy) =>
      asList(dig(policy.spec, direction)).some((rule) => matchesRule(cluster, rule, packet, direction, self.pod?.namespace ?? '')),
    );
  return ordered('Baseline') !== 'Deny';
}

function tierOf({ kind, spec }: KubeObject): unknown {
  return kind === 'AdminNetworkPolicy' ? 'Admin' : kind === 'BaselineAdminNetworkPolicy' ? 'Baseline' : dig(spec, 'tier');
}

function typesOf(policy: KubeObject): readonly string[] {
  const types = strings(dig(policy.spec, 'policyTypes'));
  return types.length > 0 ? types : ['Ingress', ...(asList(dig(policy.spec, 'egress')).length > 0 ? ['Egress'] : [])];
}

function matchesRule(cluster: Cluster, rule: Json, packet: Packet, direction: string, namespace: string): boolean {
  const peers = asList(field(rule, direction === 'ingress' ? 'from' : 'to'));
  const ports = [...asList(field(rule, 'ports')), ...asList(field(rule, 'protocols'))];
  const other = direction === 'ingress' ? packet.from : packet.to;
  return (
    (peers.length === 0 || peers.some((peer) => isPeer(cluster, peer, other, namespace))) &&
    (ports.length === 0 || ports.some((port) => isPort(port, packet)))
  );
}

function isPeer({ namespaces }: Cluster, peer: Json | undefined, { pod, address }: End, own: string): boolean {
  const inside = (cidr: Json | undefined) => {
    const [block, one] = [parseCidr(String(cidr)), parseAddress(address ?? '')];
    return block !== undefined && one !== undefined && contains(block, one);
  };
  const block = field(peer, 'ipBlock');
  if (block !== undefined) return inside(field(block, 'cidr')) && !asList(field(block, 'except')).some(inside);
  if (field(peer, 'networks') !== undefined) return asList(field(peer, 'networks')).some(inside);
  if (pod === undefined) return false;
  const labels = namespaces[pod.namespace] ?? {};
  if (field(peer, 'namespaces') !== undefined) return selects(field(peer, 'namespaces'), labels);
  const pods = field(peer, 'pods') ?? peer;
  const [where, which] = [field(pods, 'namespaceSelector'), field(pods, 'podSelector')];
  return (where === undefined ? own === '' || pod.namespace === own : selects(where, labels)) && selects(which ?? {}, pod.labels);
}

function isPort(port: Json, { to, protocol, port: number }: Packet): boolean {
  const named = (name: Json | undefined, wanted: unknown) =>
    to.pod?.ports.some(
      (one) => one.name === name && one.number === number && one.protocol === protocol && (wanted ?? protocol) === protocol,
    ) === true;
  const within = (wanted: unknown, first: unknown, last: unknown) =>
    (wanted ?? 'TCP') === protocol && number >= (asNumber(first) ?? 1) && number <= (asNumber(last) ?? asNumber(first) ?? 65535);
  const alias = field(port, 'namedPort') ?? field(port, 'destinationNamedPort');
  if (alias !== undefined) return named(alias, undefined);
  const [one, range] = [field(port, 'portNumber'), field(port, 'portRange')];
  if (one !== undefined) return within(field(one, 'protocol'), field(one, 'port'), field(one, 'port'));
  if (range !== undefined) return within(field(range, 'protocol'), field(range, 'start'), field(range, 'end'));
  for (const key of ['tcp', 'udp', 'sctp']) {
    const destination = dig(port, key, 'destinationPort');
    if (field(port, key) !== undefined)
      return within(
        key.toUpperCase(),
        field(destination, 'number') ?? dig(destination, 'range', 'start'),
        field(destination, 'number') ?? dig(destination, 'range', 'end'),
      );
  }
  const value = field(port, 'port');
  if (typeof value === 'string') return named(value, field(port, 'protocol') ?? 'TCP');
  return within(field(port, 'protocol'), value, field(port, 'endPort') ?? value);
}
