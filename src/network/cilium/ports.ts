// `toPorts` and `icmps` of a rule of Cilium: ports by number, range (endPort) or name, protocol ANY by default; rules of layer 7, TLS names and
// listeners restrict what passes. Deny rules have none of those. ICMP types are numbers or names (pkg/policy/api/icmp.go, 1.17).

import { asList, asString, field, isObject, type Json, textOf } from '../../lib/json.ts';
import type { PortMatch } from '../policy.ts';
import { type AnyProtocol, type Protocol, protocols } from '../port-set.ts';
import type { Complaining } from '../read-policy.ts';

export interface Ports {
  /** Undefined: any. */
  readonly ports: readonly PortMatch[] | undefined;
  readonly restricted: readonly string[];
}

/** Reads the ports of a rule. */
export function ciliumPorts(rule: Json, path: string, complaints: Complaining): Ports {
  const toPorts = asList(field(rule, 'toPorts'));
  const icmps = asList(field(rule, 'icmps'));
  if (toPorts.length > 0 && icmps.length > 0) complaints.refuse(`${path}/icmps`, 'icmps and toPorts cannot stand in one rule');
  if (toPorts.length === 0 && icmps.length === 0) return { ports: undefined, restricted: [] };
  const restricted = new Set<string>();
  const ports: PortMatch[] = [];
  toPorts.forEach((entry, index) => {
    for (const reason of restrictions(entry)) restricted.add(reason);
    const list = asList(field(entry, 'ports'));
    if (list.length === 0) ports.push(...all(protocols));
    list.forEach((port, at) => {
      ports.push(...portOf(port, `${path}/toPorts/${index}/ports/${at}`, complaints));
    });
  });
  icmps.forEach((entry, index) => {
    asList(field(entry, 'fields')).forEach((one, at) => {
      ports.push(...icmpOf(one, `${path}/icmps/${index}/fields/${at}`, complaints));
    });
  });
  return { ports, restricted: [...restricted] };
}

function restrictions(entry: Json): readonly string[] {
  const rules = field(entry, 'rules');
  const kinds = isObject(rules) ? Object.keys(rules).filter((key) => key !== 'l7proto' && asList(rules[key]).length > 0) : [];
  return [
    ...kinds.map((kind) => `${kind} rules`),
    ...(asList(field(entry, 'serverNames')).length > 0 ? ['TLS server names'] : []),
    ...(isObject(field(entry, 'listener')) ? ['a listener of the proxy'] : []),
  ];
}

function all(of: readonly Protocol[]): readonly PortMatch[] {
  return of.map((protocol) => ({ kind: 'range', protocol, first: 1, last: 65535 }));
}

function portOf(port: Json, path: string, { refuse }: Complaining): readonly PortMatch[] {
  const written = (asString(field(port, 'protocol')) ?? 'ANY').toUpperCase();
  if (written === 'ICMP' || written === 'ICMPV6') {
    refuse(path, 'ICMP is written in icmps, not among ports');
    return [];
  }
  const known = protocols.filter((protocol) => written === 'ANY' || written === '' || written === protocol);
  if (known.length === 0) refuse(`${path}/protocol`, `"${written}" is no protocol`);
  const text = textOf(field(port, 'port') ?? '0');
  const end = field(port, 'endPort') ?? undefined;
  if (!/^[0-9]{1,5}$/.test(text)) {
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(text) || text.length > 63) refuse(`${path}/port`, `"${text.slice(0, 80)}" is no port`);
    return known.map((protocol) => ({ kind: 'named', name: text, protocol }));
  }
  const first = Number(text);
  if (first === 0) return all(known);
  const last = typeof end === 'number' && end > 0 ? end : first;
  if (first > 65535 || last > 65535 || last < first) refuse(path, 'ports are 1 to 65535, and endPort is not less than port');
  return known.map((protocol) => ({ kind: 'range', protocol, first, last }));
}

const v4: Readonly<Record<string, number>> = {
  EchoReply: 0,
  DestinationUnreachable: 3,
  Redirect: 5,
  Echo: 8,
  EchoRequest: 8,
  RouterAdvertisement: 9,
  RouterSelection: 10,
  TimeExceeded: 11,
  ParameterProblem: 12,
  Timestamp: 13,
  TimestampReply: 14,
  Photuris: 40,
  ExtendedEchoRequest: 42,
  ExtendedEchoReply: 43,
};
const v6: Readonly<Record<string, number>> = {
  DestinationUnreachable: 1,
  PacketTooBig: 2,
  TimeExceeded: 3,
  ParameterProblem: 4,
  EchoRequest: 128,
  EchoReply: 129,
  MulticastListenerQuery: 130,
  MulticastListenerReport: 131,
  MulticastListenerDone: 132,
  RouterSolicitation: 133,
  RouterAdvertisement: 134,
  NeighborSolicitation: 135,
  NeighborAdvertisement: 136,
  RedirectMessage: 137,
  RouterRenumbering: 138,
  ExtendedEchoRequest: 160,
  ExtendedEchoReply: 161,
};

function icmpOf(one: Json, path: string, { refuse }: Complaining): readonly PortMatch[] {
  const six = field(one, 'family') === 'IPv6';
  const protocol: AnyProtocol = six ? 'ICMPv6' : 'ICMP';
  const written = field(one, 'type');
  const names = six ? v6 : v4;
  const type =
    typeof written === 'number'
      ? written
      : /^[0-9]{1,3}$/.test(textOf(written))
        ? Number(written)
        : Object.hasOwn(names, textOf(written))
          ? names[textOf(written)]
          : undefined;
  if (type === undefined || type > 255) {
    refuse(`${path}/type`, `"${textOf(written)}" is no type of ${protocol}`);
    return [];
  }
  return [{ kind: 'range', protocol, first: type * 256, last: type * 256 + 255 }];
}
