// Sets of ports over TCP, UDP and SCTP, interned: equal sets have one number, so that comparing is `===` and every union or intersection is
// computed once. Ports are 1 to 65535. Where policies of a dialect know more, a set of sets may be made with other protocols in it (ICMP by
// type and code, IP protocols by number) and with several classes of HTTP requests, each of which has the ports of TCP for itself.

import { oneRequest, type RequestSpace } from './requests.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** ICMP counts type × 256 + code, IP the protocol's number. */
export type AnyProtocol = Protocol | 'ICMP' | 'ICMPv6' | 'IP';

/** The number of an interned set. */
export type PortSet = number;

export interface PortRange {
  readonly protocol: AnyProtocol;
  readonly first: number;
  readonly last: number;
  /** Classes of requests, for TCP; absent: all of them. */
  readonly requests?: readonly number[];
}

/** The empty set and the set of everything have fixed numbers. */
export const noPorts: PortSet = 0;
export const allPorts: PortSet = 1;

/** In the order in which sets are written. */
export const protocols: readonly Protocol[] = ['SCTP', 'TCP', 'UDP'];
const width = 2 ** 17;
const lastPort = 65535;
/** IP protocols that have their own line. */
const named = new Set([1, 6, 17, 58, 132]);

export interface PortSets {
  readonly of: (ranges: Iterable<PortRange>) => PortSet;
  readonly union: (a: PortSet, b: PortSet) => PortSet;
  readonly intersection: (a: PortSet, b: PortSet) => PortSet;
  /** What is in `a` and not in `b`. */
  readonly difference: (a: PortSet, b: PortSet) => PortSet;
  /** The set as ranges, by protocol and port; neighbours joined. */
  readonly ranges: (set: PortSet) => readonly PortRange[];
  /** True where the port is in the set, for some class of requests at least. */
  readonly has: (set: PortSet, protocol: Protocol, port: number) => boolean;
  /** How many different sets were met. */
  readonly count: () => number;
  /** True where protocols other than TCP, UDP and SCTP are told apart. */
  readonly others: boolean;
  /** The classes of HTTP requests that are told apart. */
  readonly requests: RequestSpace;
}

/** Starts, and ends one past the last, in turn, on one line of numbers: line × 2¹⁷ + port. */
type Bounds = readonly number[];

/** What sets can tell apart beside ports. */
export interface Scope {
  readonly others: boolean;
  readonly requests: RequestSpace;
}

interface Line {
  readonly protocol: AnyProtocol;
  readonly request: number;
}

function linesOf({ others, requests }: Scope): readonly Line[] {
  const line = (protocol: AnyProtocol, request = 0) => ({ protocol, request });
  return [
    ...protocols.map((protocol) => line(protocol)),
    ...(others ? (['ICMP', 'ICMPv6', 'IP'] as const).map((protocol) => line(protocol)) : []),
    ...Array.from({ length: requests.count - 1 }, (_, index) => line('TCP', index + 1)),
  ];
}

/** An empty interner. Numbers of one interner mean nothing to another, but for `noPorts` and `allPorts`. */
export function portSets(scope: Scope = { others: false, requests: oneRequest }): PortSets {
  const lines = linesOf(scope);
  const bounds: Bounds[] = [];
  const byText = new Map<string, PortSet>();
  const intern = (list: Bounds): PortSet => {
    const text = list.join();
    let set = byText.get(text);
    if (set === undefined) {
      set = bounds.length;
      bounds.push(list);
      byText.set(text, set);
    }
    return set;
  };
  const boundsOf = (set: PortSet) => bounds[set] ?? [];
  intern([]);
  intern(
    lines.flatMap((line, index) => segments(line.protocol, 0, lastPort).flatMap(([a, b]) => [index * width + a, index * width + b + 1])),
  );
  const union = remembered((a, b) => intern(combined(boundsOf(a), boundsOf(b), (x, y) => x || y)));
  const intersection = remembered((a, b) => intern(combined(boundsOf(a), boundsOf(b), (x, y) => x && y)));
  const difference = remembered((a, b) => intern(combined(boundsOf(a), boundsOf(b), (x, y) => x && !y)));
  const unionOf = (a: PortSet, b: PortSet) =>
    a === b || b === noPorts ? a : a === noPorts ? b : a === allPorts || b === allPorts ? allPorts : union(a, b);
  return {
    of: (ranges) => {
      let set = noPorts;
      for (const { protocol, first, last, requests } of ranges) {
        if (!Number.isInteger(first) || !Number.isInteger(last)) continue;
        const parts = segments(protocol, first, last);
        lines.forEach((line, index) => {
          if (line.protocol !== protocol || requests?.includes(line.request) === false) return;
          for (const [a, b] of parts) set = unionOf(set, intern([index * width + a, index * width + b + 1]));
        });
      }
      return set;
    },
    union: unionOf,
    intersection: (a, b) =>
      a === b || b === allPorts ? a : a === allPorts ? b : a === noPorts || b === noPorts ? noPorts : intersection(a, b),
    difference: (a, b) => (b === noPorts ? a : a === b || a === noPorts || b === allPorts ? noPorts : difference(a, b)),
    ranges: (set) => rangesOf(boundsOf(set), lines, scope.requests.count),
    has: (set, protocol, port) => {
      const list = boundsOf(set);
      return lines.some((line, place) => {
        if (line.protocol !== protocol) return false;
        const at = place * width + port;
        for (let index = 0; index < list.length; index += 2) if (at >= (list[index] ?? 0) && at < (list[index + 1] ?? 0)) return true;
        return false;
      });
    },
    count: () => bounds.length,
    others: scope.others,
    requests: scope.requests,
  };
}

/** The parts of a range that a protocol has, both ends included. */
function segments(protocol: AnyProtocol, first: number, last: number): readonly (readonly [number, number])[] {
  const [least, most] = protocol === 'IP' ? [0, 255] : protocol === 'ICMP' || protocol === 'ICMPv6' ? [0, lastPort] : [1, lastPort];
  const [from, to] = [Math.max(least, first), Math.min(most, last)];
  if (from > to) return [];
  if (protocol !== 'IP') return [[from, to]];
  const found: [number, number][] = [];
  for (let number = from; number <= to; number++) {
    if (named.has(number)) continue;
    const before = found.at(-1);
    if (before !== undefined && before[1] === number - 1) before[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/** A set as people and netpol-analyzer write it: `TCP 80,443-444,UDP 53`; all ports and none in words. */
export function portText(sets: PortSets, set: PortSet): string {
  if (set === noPorts) return 'No Connections';
  if (set === allPorts) return 'All Connections';
  const groups = Map.groupBy(sets.ranges(set), ({ protocol, requests }) => `${protocol}${requests === undefined ? '' : '*'}`);
  return [...groups.values()].map(groupText).join(',');
}

function groupText(ranges: readonly PortRange[]): string {
  const [first] = ranges;
  const protocol = first?.protocol ?? 'TCP';
  if (protocol === 'IP') return ranges.length === 6 ? 'other IP protocols' : `IP protocol ${ranges.map(spanText).join(',')}`;
  if (protocol === 'ICMP' || protocol === 'ICMPv6') {
    if (first?.first === 0 && first.last === lastPort) return protocol;
    const types = ranges.map(
      (range) =>
        `${range.first >> 8}${range.first === range.last ? `/${range.first & 255}` : range.last >> 8 === range.first >> 8 ? '' : `-${range.last >> 8}`}`,
    );
    return `${protocol} type ${types.join(',')}`;
  }
  return `${protocol} ${ranges.map(spanText).join(',')}${first?.requests === undefined ? '' : ' (some HTTP requests)'}`;
}

function spanText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function rangesOf(list: Bounds, lines: readonly Line[], requests: number): readonly PortRange[] {
  const ranges: PortRange[] = [];
  const tcp: { first: number; last: number; request: number }[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const start = list[index] ?? 0;
    const line = lines[Math.floor(start / width)];
    if (line === undefined) continue;
    const [first, last] = [start % width, ((list[index + 1] ?? 0) - 1) % width];
    if (requests > 1 && line.protocol === 'TCP') tcp.push({ first, last, request: line.request });
    else ranges.push({ protocol: line.protocol, first, last });
  }
  if (tcp.length === 0) return ranges;
  const at = ranges.findIndex(({ protocol }) => protocol !== 'SCTP');
  return ranges.toSpliced(at < 0 ? ranges.length : at, 0, ...byRequests(tcp, requests));
}

/** Ports of TCP by the classes of requests they are open to. */
function byRequests(parts: readonly { first: number; last: number; request: number }[], requests: number): readonly PortRange[] {
  const cuts = [...new Set(parts.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
  const found: { first: number; last: number; own: readonly number[] }[] = [];
  cuts.forEach((first, index) => {
    const end = cuts[index + 1];
    if (end === undefined) return;
    const own = parts.filter((part) => part.first <= first && first <= part.last).map(({ request }) => request);
    const before = found.at(-1);
    if (before !== undefined && before.last === first - 1 && before.own.join() === own.join()) before.last = end - 1;
    else if (own.length > 0) found.push({ first, last: end - 1, own });
  });
  return found.map(({ first, last, own }) => ({ protocol: 'TCP', first, last, ...(own.length === requests ? {} : { requests: own }) }));
}

/** Walks two lists of bounds together; `keep` says which parts of the line stay. */
function combined(a: Bounds, b: Bounds, keep: (inA: boolean, inB: boolean) => boolean): Bounds {
  const found: number[] = [];
  let [i, j] = [0, 0];
  let inside = false;
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    if (a[i] === at) i++;
    if (b[j] === at) j++;
    const now = keep(i % 2 === 1, j % 2 === 1);
    if (now !== inside) found.push(at);
    inside = now;
  }
  return found;
}

const tableSide = 1024;

/** Remembers the answers for pairs: in a table while numbers are small, then in a map. */
function remembered(compute: (a: PortSet, b: PortSet) => PortSet): (a: PortSet, b: PortSet) => PortSet {
  const rows: (Int32Array | undefined)[] = [];
  const rest = new Map<number, PortSet>();
  return (a, b) => {
    if (a < tableSide && b < tableSide) {
      rows[a] ??= new Int32Array(tableSide).fill(-1);
      const row = rows[a];
      const known = row?.[b] ?? -1;
      if (known >= 0) return known;
      const answer = compute(a, b);
      if (row !== undefined) row[b] = answer;
      return answer;
    }
    const key = a * 2 ** 26 + b;
    let answer = rest.get(key);
    if (answer === undefined) {
      answer = compute(a, b);
      rest.set(key, answer);
    }
    return answer;
  };
}
