// Sets of ports over TCP, UDP and SCTP, interned: equal sets have one number, so that comparing is `===` and every union or intersection is
// computed once. Ports are 1 to 65535. Other protocols (ICMP) are outside NetworkPolicy's model and outside these sets.

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** The number of an interned set. */
export type PortSet = number;

export interface PortRange {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

/** The empty set and the set of all ports of all protocols have fixed numbers. */
export const noPorts: PortSet = 0;
export const allPorts: PortSet = 1;

/** In the order in which sets are written. */
export const protocols: readonly Protocol[] = ['SCTP', 'TCP', 'UDP'];
const width = 65536;
const lastPort = 65535;

export interface PortSets {
  readonly of: (ranges: Iterable<PortRange>) => PortSet;
  readonly union: (a: PortSet, b: PortSet) => PortSet;
  readonly intersection: (a: PortSet, b: PortSet) => PortSet;
  /** What is in `a` and not in `b`. */
  readonly difference: (a: PortSet, b: PortSet) => PortSet;
  /** The set as ranges, by protocol and port; neighbours joined. */
  readonly ranges: (set: PortSet) => readonly PortRange[];
  readonly has: (set: PortSet, protocol: Protocol, port: number) => boolean;
  /** How many different sets were met. */
  readonly count: () => number;
}

/** Starts, and ends one past the last, in turn, on one line of numbers: protocol index × 65536 + port. */
type Bounds = readonly number[];

/** An empty interner. Numbers of one interner mean nothing to another, but for `noPorts` and `allPorts`. */
export function portSets(): PortSets {
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
  intern(protocols.flatMap((_, index) => [index * width + 1, index * width + lastPort + 1]));
  const union = remembered((a, b) => intern(combined(boundsOf(a), boundsOf(b), (x, y) => x || y)));
  const intersection = remembered((a, b) => intern(combined(boundsOf(a), boundsOf(b), (x, y) => x && y)));
  const difference = remembered((a, b) => intern(combined(boundsOf(a), boundsOf(b), (x, y) => x && !y)));
  return {
    of: (ranges) => {
      let set = noPorts;
      for (const range of ranges) {
        const first = Math.max(1, range.first);
        const last = Math.min(lastPort, range.last);
        const base = protocols.indexOf(range.protocol) * width;
        if (base >= 0 && first <= last && Number.isInteger(first) && Number.isInteger(last))
          set = union(set, intern([base + first, base + last + 1]));
      }
      return set;
    },
    union: (a, b) => (a === b || b === noPorts ? a : a === noPorts ? b : a === allPorts || b === allPorts ? allPorts : union(a, b)),
    intersection: (a, b) =>
      a === b || b === allPorts ? a : a === allPorts ? b : a === noPorts || b === noPorts ? noPorts : intersection(a, b),
    difference: (a, b) => (b === noPorts ? a : a === b || a === noPorts || b === allPorts ? noPorts : difference(a, b)),
    ranges: (set) => rangesOf(boundsOf(set)),
    has: (set, protocol, port) => {
      const at = protocols.indexOf(protocol) * width + port;
      const list = boundsOf(set);
      for (let index = 0; index < list.length; index += 2) if (at >= (list[index] ?? 0) && at < (list[index + 1] ?? 0)) return true;
      return false;
    },
    count: () => bounds.length,
  };
}

/** A set as people and netpol-analyzer write it: `TCP 80,443-444,UDP 53`; all ports and none in words. */
export function portText(sets: PortSets, set: PortSet): string {
  if (set === noPorts) return 'No Connections';
  if (set === allPorts) return 'All Connections';
  const byProtocol = Map.groupBy(sets.ranges(set), ({ protocol }) => protocol);
  return [...byProtocol]
    .map(
      ([protocol, ranges]) =>
        `${protocol} ${ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',')}`,
    )
    .join(',');
}

function rangesOf(list: Bounds): readonly PortRange[] {
  const ranges: PortRange[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const start = list[index] ?? 0;
    const protocol = protocols[Math.floor(start / width)];
    if (protocol !== undefined) ranges.push({ protocol, first: start % width, last: ((list[index + 1] ?? 0) - 1) % width });
  }
  return ranges;
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
