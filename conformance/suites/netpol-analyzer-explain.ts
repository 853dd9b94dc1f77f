// netpol-analyzer's explanations, read into facts: per connection and set of ports, the policies and rules that decide in each direction. The
// first port of every range is asked. Sentences are not compared; connections of the ingress controller are not judged.

import { parseAddress } from '../../src/lib/cidr.ts';
import type { Connectivity } from '../../src/network/connectivity.ts';
import type { Place } from '../../src/network/places.ts';
import { type Protocol, protocols } from '../../src/network/port-set.ts';
import { type Decision, traceBetween } from '../../src/network/trace.ts';

interface Segment {
  readonly from: string;
  readonly to: string;
  readonly allowed: boolean;
  readonly ports: readonly { readonly protocol: Protocol; readonly first: number }[];
  /** `egress NetworkPolicy a/b allow #1`. */
  readonly facts: Set<string>;
}

/** What is wrong with our reasons; undefined where nothing is. */
export function judgeExplanation(answer: Connectivity, text: string): string | undefined {
  const places = placesByName(answer);
  let wrong = 0;
  let first = '';
  const segments = readSegments(text).filter(({ from, to }) => !`${from}${to}`.includes('{ingress-controller}'));
  if (segments.length === 0) return 'nothing was read from the expected text';
  for (const segment of segments) {
    const [source, destination] = [places(segment.from), places(segment.to)];
    if (source === undefined || destination === undefined) return `${segment.from} or ${segment.to} was not found`;
    const traces = traceBetween(answer.network, source, destination);
    for (const { protocol, first: port } of segment.ports) {
      const found = new Set(
        traces.flatMap(({ direction, decisions }) =>
          decisions
            .filter(({ ports, effect }) => effect !== 'default' && answer.network.ports.has(ports, protocol, port))
            .map((decision) => `${direction} ${factOf(decision)}`),
        ),
      );
      const open = traces.every((trace) => answer.network.ports.has(trace.allowed, protocol, port));
      const same = open === segment.allowed && sameReasons(segment.facts, found);
      if (same) continue;
      wrong++;
      if (first === '')
        first = `${segment.from} => ${segment.to} ${protocol} ${port}: expected ${segment.allowed} ${[...segment.facts].join(', ')}; found ${open} ${[...found].join(', ')}`;
    }
  }
  return wrong === 0 ? undefined : `${wrong} reasons differ, first: ${first}`;
}

/** Upstream leaves out rules of a NetworkPolicy that allow what an earlier rule of it allows already; naming them is no mistake. */
function sameReasons(expected: ReadonlySet<string>, found: ReadonlySet<string>): boolean {
  const again = (fact: string) => {
    const policy = / allow #[0-9]+$/.test(fact) ? fact.slice(0, fact.lastIndexOf('#')) : undefined;
    return policy !== undefined && [...expected].some((other) => other.startsWith(policy));
  };
  return [...expected].every((fact) => found.has(fact)) && [...found].every((fact) => expected.has(fact) || again(fact));
}

function factOf({ policy, rule, effect }: Decision): string {
  const resource = policy?.resource;
  const name = resource?.namespace === '' ? resource.name : `${resource?.namespace}/${resource?.name}`;
  const which = rule === undefined ? '' : (rule.name ?? `#${Number(rule.path.split('/').at(-1)) + 1}`);
  return `${resource?.kind} ${name} ${effect} ${which}`.trimEnd();
}

function placesByName({ network }: Connectivity): (name: string) => Place | undefined {
  const byName = new Map(
    network.workloads.map(({ namespace, name, kind, endpoints }) => [
      `${namespace}/${name}[${kind}]`,
      endpoints[0] === undefined ? undefined : network.places.placeOf(endpoints[0]),
    ]),
  );
  return (name) => {
    const address = parseAddress(/^([0-9.]+)-/.exec(name)?.[1] ?? '');
    if (address === undefined) return byName.get(name);
    const part = network.places.external.findIndex(
      ({ family, first, last }) => family === 4 && first <= address.first && address.first <= last,
    );
    return network.places.pods.length + part;
  };
}

const effects: Readonly<Record<string, string>> = { allows: 'allow', denies: 'deny', passes: 'pass' };

function readSegments(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let pair: { from: string; to: string } | undefined;
  let segment: Segment | undefined;
  let direction = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('Exposure Analysis')) break;
    const between = /^Connections between (.+?) => (.+?):$/.exec(line);
    const bare = /^(\S+) => (\S+)$/.exec(line);
    const start = /^\t(Allowed|Denied) (.+?) due to (?:the|existence)/.exec(line);
    const side = /^\t\t(Egress|Ingress) \(/.exec(line);
    const rule = /(\w*NetworkPolicy) '([^']+)' (allows|denies|passes) connections by (?:Egress|Ingress) rule (.+)$/.exec(line);
    const not = /(\w*NetworkPolicy) '([^']+)' selects /.exec(line);
    if (between !== null) pair = { from: between[1] ?? '', to: between[2] ?? '' };
    else if (bare !== null)
      segments.push({ from: bare[1] ?? '', to: bare[2] ?? '', allowed: true, ports: portsOf('TCP, UDP, SCTP'), facts: new Set() });
    else if (start !== null && pair !== undefined) {
      segment = { ...pair, allowed: start[1] === 'Allowed', ports: portsOf(start[2] ?? ''), facts: new Set() };
      segments.push(segment);
    } else if (side !== null) direction = (side[1] ?? '').toLowerCase();
    else if (rule !== null)
      for (const which of (rule[4] ?? '').split(/, | and /))
        segment?.facts.add(`${direction} ${rule[1]} ${rule[2]} ${effects[rule[3] ?? '']} ${which.trim()}`);
    else if (not !== null) segment?.facts.add(`${direction} ${not[1]} ${not[2]} isolates`);
  }
  return segments;
}

function portsOf(text: string): Segment['ports'] {
  return [...text.matchAll(/(TCP|UDP|SCTP)(?::\[([0-9,-]+)\])?/g)].flatMap(([, name = '', ranges = '1-65535']) => {
    const protocol = protocols.find((one) => one === name);
    return protocol === undefined ? [] : ranges.split(',').map((range) => ({ protocol, first: Number.parseInt(range, 10) }));
  });
}
