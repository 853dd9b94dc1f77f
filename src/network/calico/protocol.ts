// Protocols and ports of a rule of Calico: `protocol` or `notProtocol` by name or number, `ports` and `notPorts` (numbers, ranges "80:90", names),
// ICMP by type and code. What a rule excludes is turned into what is left.

import { asList, field, isObject, type Json, type JsonObject, textOf } from '../../lib/json.ts';
import type { PortMatch } from '../policy.ts';
import type { AnyProtocol, Protocol } from '../port-set.ts';
import type { Complaining } from '../read-policy.ts';

interface Span {
  readonly protocol: AnyProtocol;
  readonly first: number;
  readonly last: number;
}

const everything: readonly Span[] = [
  { protocol: 'SCTP', first: 1, last: 65535 },
  { protocol: 'TCP', first: 1, last: 65535 },
  { protocol: 'UDP', first: 1, last: 65535 },
  { protocol: 'ICMP', first: 0, last: 65535 },
  { protocol: 'ICMPv6', first: 0, last: 65535 },
  { protocol: 'IP', first: 0, last: 255 },
];

/** Numbers of protocols that have a name here. */
const byNumber: Readonly<Record<number, AnyProtocol>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6', 132: 'SCTP' };
const byName: Readonly<Record<string, AnyProtocol>> = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP', icmp: 'ICMP', icmpv6: 'ICMPv6' };
const udpLite = 136;

/** The ports of a rule whose destination is `destination`; undefined for any. */
export function portsAt(
  rule: Json,
  destination: Json | undefined,
  path: string,
  complaints: Complaining,
): readonly PortMatch[] | undefined {
  const wanted = protocolAt(field(rule, 'protocol'), `${path}/protocol`, complaints);
  const unwanted = protocolAt(field(rule, 'notProtocol'), `${path}/notProtocol`, complaints);
  const ports = asList(field(destination, 'ports'));
  const notPorts = asList(field(destination, 'notPorts'));
  const icmp = field(rule, 'icmp') ?? undefined;
  const notIcmp = field(rule, 'notICMP') ?? undefined;
  if (wanted === undefined && unwanted === undefined && ports.length + notPorts.length === 0 && icmp === undefined && notIcmp === undefined)
    return undefined;
  const hasPorts = wanted?.every(({ protocol }) => protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP') === true;
  if (ports.length + notPorts.length > 0 && !hasPorts) {
    complaints.refuse(`${path}/destination/ports`, 'ports need protocol TCP, UDP or SCTP');
    return [];
  }
  let spans: readonly Span[] = (wanted ?? everything).filter(
    (span) => !(unwanted ?? []).some((other) => other.protocol === span.protocol && other.first <= span.first && span.last <= other.last),
  );
  for (const other of unwanted ?? []) spans = without(spans, other);
  if (isObject(icmp)) spans = spans.flatMap((span) => icmpSpan(span, icmp) ?? []);
  if (isObject(notIcmp))
    for (const span of spans) for (const gone of [icmpSpan(span, notIcmp)].filter((one) => one !== undefined)) spans = without(spans, gone);
  const read = portsOf(ports, spans, `${path}/destination/ports`, complaints);
  if (notPorts.length === 0) return read;
  if (notPorts.some((port) => typeof port === 'string' && !/^[0-9]/.test(port)))
    complaints.warn(
      'network/not-evaluated',
      `${path}/destination/notPorts`,
      'names in notPorts are not evaluated; the ports they stand for are not taken away',
    );
  const gone = portsOf(notPorts, spans, `${path}/destination/notPorts`, complaints).filter((port) => port.kind === 'range');
  let left: readonly Span[] = read.flatMap((port) => (port.kind === 'range' ? [port as Span] : []));
  for (const span of gone) left = without(left, span);
  return [...left.map((span) => ({ kind: 'range' as const, ...span })), ...read.filter(({ kind }) => kind === 'named')];
}

function portsOf(ports: readonly Json[], spans: readonly Span[], path: string, { refuse }: Complaining): readonly PortMatch[] {
  if (ports.length === 0) return spans.map(({ protocol, first, last }) => ({ kind: 'range', protocol, first, last }));
  return ports.flatMap((port, index): readonly PortMatch[] => {
    const text = textOf(port);
    const range = /^([0-9]{1,5})(?::([0-9]{1,5}))?$/.exec(text);
    if (range === null) {
      if (typeof port !== 'string' || !/^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,126}[a-zA-Z0-9])?$/.test(text)) {
        refuse(`${path}/${index}`, `"${text.slice(0, 40)}" is no port, range of ports, or name`);
        return [];
      }
      return spans.map(({ protocol }) => ({ kind: 'named', name: text, protocol: protocol as Protocol }));
    }
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (first > last || last > 65535) refuse(`${path}/${index}`, `"${text}" is no range of ports`);
    return spans.map(({ protocol }) => ({ kind: 'range', protocol, first, last }));
  });
}

function protocolAt(value: Json | undefined, path: string, { refuse }: Complaining): readonly Span[] | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'number' ? value : /^[0-9]{1,3}$/.test(textOf(value)) ? Number(value) : undefined;
  const name = textOf(value).toLowerCase();
  const protocol = number === undefined ? (Object.hasOwn(byName, name) ? byName[name] : undefined) : byNumber[number];
  if (protocol !== undefined) return everything.filter((span) => span.protocol === protocol);
  const other = number ?? (name === 'udplite' ? udpLite : undefined);
  if (other === undefined || !Number.isInteger(other) || other < 0 || other > 255) {
    refuse(path, `"${textOf(value)}" is no protocol`);
    return [];
  }
  return [{ protocol: 'IP', first: other, last: other }];
}

/** What of a span `icmp` or `notICMP` means. */
function icmpSpan({ protocol }: Span, icmp: JsonObject): Span | undefined {
  if (protocol !== 'ICMP' && protocol !== 'ICMPv6') return undefined;
  const { type, code } = icmp;
  if (typeof type !== 'number') return { protocol, first: 0, last: 65535 };
  const first = type * 256 + (typeof code === 'number' ? code : 0);
  return { protocol, first, last: typeof code === 'number' ? first : first + 255 };
}

function without(spans: readonly Span[], gone: Span): readonly Span[] {
  return spans.flatMap((span) => {
    if (span.protocol !== gone.protocol || gone.last < span.first || gone.first > span.last) return [span];
    const { protocol, first, last } = span;
    return [
      ...(first < gone.first ? [{ protocol, first, last: gone.first - 1 }] : []),
      ...(gone.last < last ? [{ protocol, first: gone.last + 1, last }] : []),
    ];
  });
}
