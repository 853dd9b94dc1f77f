// Connections as network-config-analyzer writes them (txt, yaml, csv, json, and txt without grouping): rules over groups of pods by name or label, and
// blocks of addresses, with protocols, ports and properties of requests. They are expanded over the pods of a configuration, and compared pair by pair.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type Cidr, parseAddress, parseCidr } from '../../src/lib/cidr.ts';
import { asList, field, type Json, strings } from '../../src/lib/json.ts';
import { rangeOf } from '../../src/network/address-space.ts';
import type { Endpoint } from '../../src/network/endpoints.ts';
import type { RequestMatch } from '../../src/network/policy.ts';
import { type AnyProtocol, allPorts, noPorts, type PortRange, type PortSet, type PortSets, portText } from '../../src/network/port-set.ts';
import type { Case } from './nca.ts';
import { type PolicySet, type Universe, universe } from './nca-input.ts';

interface End {
  readonly namespaces: readonly string[];
  readonly pods: readonly string[];
  readonly blocks: readonly string[];
}

interface Line {
  /** The set, or the heading of a table of differences. */
  readonly section: string;
  readonly table: 'all' | 'TCP' | 'non-TCP';
  readonly from: End;
  readonly to: End;
  readonly connection: string;
  /** For tables of differences: the two sets. */
  readonly of?: string;
}

/** What is wrong with our connections; undefined where nothing is. */
export async function connectivityMap(folder: string, one: Case): Promise<string | undefined> {
  const text = one.expectedFile === undefined || one.format === 'md' ? undefined : readFileSync(join(folder, one.expectedFile), 'utf8');
  const lines = text === undefined ? undefined : readLines(text, one.format ?? 'txt', one.sets ?? []);
  const cuts = (lines ?? []).flatMap(({ from, to }) => [...from.blocks, ...to.blocks]).flatMap(cidrsOf);
  const requests = (lines ?? []).flatMap(({ connection }) => requestsIn(connection));
  const all = await universe(folder, one.sets ?? [], one.configs, cuts, requests);
  if (one.kind === 'semanticDiff') return differences(all, lines, one);
  for (const set of lines === undefined ? [] : all.sets) {
    const own = (lines ?? []).filter(({ section }) => section === '' || all.sets.length === 1 || section === set.name);
    const wrong = compare(all, set, own, one.options ?? {});
    if (wrong !== undefined) return `${set.name}: ${wrong}`;
  }
  return undefined;
}

/** Options that leave pairs out: only pods of a subset at one end, nothing between pods of the system. */
function shown(options: Readonly<Record<string, unknown>>, ends: readonly Spot[]): boolean {
  const system = ends.every(({ endpoint }) => endpoint === undefined || endpoint.workload.namespace === 'kube-system');
  if (options.fwRulesFilterSystemNs === true && system) return false;
  const wanted = ['namespace_subset', 'deployment_subset', 'label_subset'].flatMap((key) =>
    strings(options[key]).map((text) => [key, text] as const),
  );
  return (
    wanted.length === 0 ||
    ends.some(({ endpoint }) => endpoint !== undefined && wanted.some(([key, text]) => inSubset(key, text, endpoint)))
  );
}

function inSubset(key: string, text: string, { workload, labels }: Endpoint): boolean {
  const parts = text.split(',');
  if (key === 'namespace_subset') return parts.includes(workload.namespace);
  if (key === 'deployment_subset')
    return parts.some((name) => (name.includes('/') ? `${workload.namespace}/${workload.name}` : workload.name).includes(name));
  return parts.every((part) => labels[part.split(':')[0] ?? ''] === part.split(':')[1]);
}

function compare(
  all: Universe,
  { network: net, has }: PolicySet,
  lines: readonly Line[],
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const expected = expand(all, lines);
  for (const [from, row] of ends(all).entries())
    for (const [to, other] of ends(all).entries()) {
      if (row.place >= net.places.pods.length && other.place >= net.places.pods.length) continue;
      if (row.endpoint !== undefined && row.endpoint === other.endpoint) continue;
      if ([row, other].some(({ endpoint }) => endpoint !== undefined && !has(endpoint)) || !shown(options, [row, other])) continue;
      const wanted = expected.get(`${from} ${to}`) ?? noPorts;
      const found = net.allowed(row.place, other.place);
      if (found !== wanted)
        return `${row.name} => ${other.name}: expected ${portText(net.ports, wanted)}, found ${portText(net.ports, found)}`;
    }
  return undefined;
}

interface Spot {
  readonly name: string;
  readonly place: number;
  readonly endpoint: Endpoint | undefined;
}

const known = new WeakMap<Universe, readonly Spot[]>();

/** Pods and parts of the address space, in one order. */
function ends(all: Universe): readonly Spot[] {
  let spots = known.get(all);
  if (spots === undefined) {
    const { network: net } = all;
    spots = [
      ...all.pods.map((endpoint) => ({
        name: `${endpoint.workload.namespace}/${endpoint.name}`,
        place: net.places.placeOf(endpoint),
        endpoint,
      })),
      ...all.outside.map((place) => ({ name: `addresses ${place}`, place, endpoint: undefined })),
    ];
    known.set(all, spots);
  }
  return spots;
}

function expand(all: Universe, lines: readonly Line[]): ReadonlyMap<string, PortSet> {
  const { ports } = all.network;
  const found = new Map<string, PortSet>();
  const tcp = ports.of([{ protocol: 'TCP', first: 1, last: 65535 }]);
  for (const line of lines) {
    const set = connectionOf(line.connection, ports, line.table === 'TCP');
    const scope = line.table === 'all' ? allPorts : line.table === 'TCP' ? tcp : ports.difference(allPorts, tcp);
    const allowed = ports.intersection(set, scope);
    const [sources, destinations] = [matching(all, line.from), matching(all, line.to)];
    for (const from of sources)
      for (const to of destinations) found.set(`${from} ${to}`, ports.union(found.get(`${from} ${to}`) ?? noPorts, allowed));
  }
  return found;
}

function matching(all: Universe, end: End): readonly number[] {
  const { network: net } = all;
  const blocks = end.blocks.flatMap(cidrsOf).map(rangeOf);
  return ends(all).flatMap(({ place, endpoint }, index) => {
    if (endpoint === undefined) {
      const range = net.places.external[place - net.places.pods.length];
      return range !== undefined &&
        blocks.some(({ family, first, last }) => family === range.family && first <= range.first && range.last <= last)
        ? [index]
        : [];
    }
    if (end.blocks.length > 0 && end.pods.length === 0) return [];
    const inside = end.namespaces.length === 0 || end.namespaces.includes(endpoint.workload.namespace);
    return inside && end.pods.some((text) => podMatches(text, endpoint)) ? [index] : [];
  });
}

function podMatches(text: string, endpoint: Endpoint): boolean {
  const { workload, name } = endpoint;
  const own = text.replace(/\(\w+\)$/, '').replace(/\[\w+\]$/, '');
  if (text === '*' || text === '[*]') return true;
  const names = [name, workload.name, `${workload.namespace}/${workload.name}`, `${workload.namespace}/${name}`];
  if (names.includes(own) || names.includes(own.replace(/-[12]$/, ''))) return true;
  return /[ =!(]/.test(text) && holds(text, endpoint);
}

/** `app in (a,b)`, `!has(x)`, `a=b and c!=d`, with `or` and parentheses of any kind. */
function holds(text: string, { labels, ports }: Endpoint): boolean {
  const tokens = text.match(/not in|in|and|or|has\([^)]*\)|!has\([^)]*\)|[({][^(){}]*[)}]|!=|=|[^\s=!(){}]+|[(){}]/g) ?? [];
  const source = text.trim();
  const whole = strip(source);
  for (const word of [' or ', ' and ']) {
    const parts = split(whole, word);
    if (parts.length > 1)
      return word === ' or '
        ? parts.some((part) => holds(part, { labels, ports } as Endpoint))
        : parts.every((part) => holds(part, { labels, ports } as Endpoint));
  }
  const has = /^(!?)has\(([^)]*)\)$/.exec(whole);
  if (has !== null) return (labels[has[2] ?? ''] !== undefined) !== (has[1] === '!');
  const among = /^(\S+) (not in|in) \(([^)]*)\)$/.exec(whole);
  if (among !== null)
    return (
      (among[3] ?? '')
        .split(',')
        .map((one) => one.trim())
        .includes(labels[among[1] ?? ''] ?? '\u0000') ===
      (among[2] === 'in')
    );
  const named = /^has_named_port=(.*)$/.exec(whole);
  if (named !== null) return ports.some(({ name }) => name === named[1]);
  const equal = /^([^=!]+)(!=|=)(.*)$/.exec(whole);
  if (equal !== null) return (labels[equal[1] ?? ''] === equal[3]) === (equal[2] === '=');
  return tokens.length < 0;
}

/** Without parentheses around the whole. */
function strip(text: string): string {
  if (!/^[({].*[)}]$/.test(text)) return text;
  let depth = 0;
  for (const [index, letter] of [...text].entries()) {
    if (letter === '(' || letter === '{') depth++;
    else if (letter === ')' || letter === '}') depth--;
    if (depth === 0 && index < text.length - 1) return text;
  }
  return strip(text.slice(1, -1).trim());
}

/** Parts between a separator that stands outside of parentheses. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (letter === '(' || letter === '{' || letter === '[') depth++;
    else if (letter === ')' || letter === '}' || letter === ']') depth--;
    else if (depth === 0 && text.startsWith(separator, index)) {
      parts.push(text.slice(start, index));
      start = index + separator.length;
      index = start - 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
}

function cidrsOf(text: string): readonly Cidr[] {
  return text.split(',').flatMap((one): readonly Cidr[] => {
    const range = /^([0-9.]+)-([0-9.]+)$/.exec(one.trim());
    if (range !== null) {
      const [first, last] = [parseAddress(range[1] ?? ''), parseAddress(range[2] ?? '')];
      return first === undefined || last === undefined ? [] : blocksBetween(first.first, last.first);
    }
    const read = parseCidr(one.trim()) ?? parseAddress(one.trim());
    return read === undefined ? [] : [read];
  });
}

function blocksBetween(first: bigint, last: bigint): readonly Cidr[] {
  const found: Cidr[] = [];
  for (let at = first; at <= last; ) {
    let free = 0;
    while (free < 32 && (at & ((1n << BigInt(free + 1)) - 1n)) === 0n && at + (1n << BigInt(free + 1)) - 1n <= last) free++;
    found.push({ family: 4, first: at, bits: 32 - free });
    at += 1n << BigInt(free);
  }
  return found;
}

const properties = ['protocols', 'src_ports', 'dst_ports', 'methods', 'paths', 'hosts', 'icmp_type', 'icmp_code'];

/** `{protocols:TCP, UDP,dst_ports:80-90,443}` as a mapping. */
function cubes(text: string): readonly ReadonlyMap<string, string>[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map(([, body = '']) => {
    const found = new Map<string, string>();
    const names = [...body.matchAll(new RegExp(`(?:^|,)(${properties.join('|')}):`, 'g'))];
    names.forEach((match, index) => {
      const start = match.index + match[0].length;
      found.set(match[1] ?? '', body.slice(start, names[index + 1]?.index ?? body.length).trim());
    });
    return found;
  });
}

function requestOf(cube: ReadonlyMap<string, string>): RequestMatch | undefined {
  const request: Record<string, readonly string[]> = {};
  for (const key of ['methods', 'paths', 'hosts'] as const) {
    const text = cube.get(key);
    if (text === undefined) continue;
    const none = text.startsWith('all but ');
    const values = (none ? text.slice(8) : text).split(',').map((value) => value.trim());
    request[none ? `not${key[0]?.toUpperCase()}${key.slice(1)}` : key] = values;
  }
  return Object.keys(request).length === 0 ? undefined : request;
}

function requestsIn(connection: string): readonly RequestMatch[] {
  return cubes(connection).flatMap((cube) => requestOf(cube) ?? []);
}

const protocolNames: Readonly<Record<string, readonly [AnyProtocol, number?]>> = {
  TCP: ['TCP'],
  UDP: ['UDP'],
  SCTP: ['SCTP'],
  ICMP: ['ICMP'],
  ICMPv6: ['ICMPv6'],
  UDPLite: ['IP', 136],
  VRRP: ['IP', 112],
  IGMP: ['IP', 2],
  GRE: ['IP', 47],
  ESP: ['IP', 50],
  AH: ['IP', 51],
};

function connectionOf(text: string, ports: PortSets, tcp: boolean): PortSet {
  if (/^All connections$/i.test(text.trim())) return allPorts;
  if (/^No connections$/i.test(text.trim())) return noPorts;
  const set = ports.of(cubes(text).flatMap((cube) => rangesOf(cube, ports, tcp)));
  return text.trim().startsWith('All but') ? ports.difference(allPorts, set) : set;
}

function rangesOf(cube: ReadonlyMap<string, string>, ports: PortSets, tcp: boolean): readonly PortRange[] {
  if (cube.has('src_ports')) return [];
  const written = cube.get('protocols') ?? (tcp ? 'TCP' : '');
  const spans = (cube.get('dst_ports') ?? '1-65535').split(',').map((part) => part.trim().split('-').map(Number));
  const request = requestOf(cube);
  const classes = request === undefined ? {} : { requests: ports.requests.classesOf(request) };
  const none = written.startsWith('all but ');
  const listed = (none ? written.slice(8) : written).split(',').map((name) => name.trim());
  const of = (name: string): readonly PortRange[] => {
    const number = /^[0-9]+$/.test(name) ? Number(name) : undefined;
    const [protocol, value] = number === undefined ? (protocolNames[name] ?? []) : (['IP', number] as const);
    if (protocol === undefined) return [];
    if (protocol === 'IP') return [{ protocol, first: value ?? 0, last: value ?? 255 }];
    if (protocol === 'ICMP' || protocol === 'ICMPv6') {
      const type = cube.get('icmp_type');
      if (type === undefined) return [{ protocol, first: 0, last: 65535 }];
      const code = cube.get('icmp_code');
      const first = Number(type) * 256 + Number(code ?? 0);
      return [{ protocol, first, last: code === undefined ? first + 255 : first }];
    }
    return spans.map(([first = 0, last = first]) => ({ protocol, first, last, ...classes }));
  };
  if (!none) return listed.flatMap(of);
  return ports.ranges(ports.difference(allPorts, ports.of(listed.flatMap(of))));
}

function readLines(text: string, format: string, sets: readonly string[]): readonly Line[] {
  switch (format) {
    case 'txt':
      return textLines(text);
    case 'csv':
      return csvLines(text);
    case 'txt_no_fw_rules':
      return plainLines(text);
    default:
      return structured(load(text) as Json, sets);
  }
}

function textLines(text: string): readonly Line[] {
  const found: Line[] = [];
  let section = '';
  let pair: string | undefined;
  let table: Line['table'] = 'all';
  for (const line of text.split('\n')) {
    if (line.startsWith('Explainability')) break;
    const heading = /^(?:For connections of type (TCP|non-TCP), )?final fw rules for query: .*, config: (.*):$/.exec(line);
    const both = /^(\S+) and (\S+) are (?:not )?semantically/.exec(line);
    if (both !== null) pair = `${both[1]} ${both[2]}`;
    const difference = /^((?:Added|Removed|New|Lost|Changed) connections .*) \(based on/.exec(line);
    if (heading !== null) {
      section = heading[2] ?? '';
      table = heading[1] === 'TCP' || heading[1] === 'non-TCP' ? heading[1] : 'all';
    } else if (difference !== null) section = difference[1] ?? '';
    else if (line.includes(' conn: ')) {
      const [ends = '', connection = ''] = line.split(/ conn: /);
      const value = (key: string) => new RegExp(`(?:^| )${key}: (.*?)(?= (?:src|dst|src_ns|dst_ns|src_pods|dst_pods): |$)`).exec(ends)?.[1];
      const end = (side: string): End => endOf(items(value(`${side}_ns`)), pods(value(`${side}_pods`)), items(value(side)));
      found.push({ section, table, from: end('src'), to: end('dst'), connection, ...(pair === undefined ? {} : { of: pair }) });
    }
  }
  return found;
}

function endOf(namespaces: readonly string[], names: readonly string[], blocks: readonly string[]): End {
  return { namespaces: namespaces.map((name) => (name === 'None' ? '' : name)), pods: names, blocks };
}

function items(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  return text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Names of pods, or one expression. */
function pods(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const inner = text.trim().replace(/^\[|\]$/g, '');
  return split(inner, ',').filter((item) => item !== '');
}

function csvLines(text: string): readonly Line[] {
  const found: Line[] = [];
  let section = '';
  let table: Line['table'] = 'all';
  let columns: readonly string[] = [];
  for (const line of text.split('\n')) {
    const cells = [...line.matchAll(/"([^"]*)"/g)].map(([, cell = '']) => cell);
    if (cells.includes('connection')) columns = cells;
    else if (cells[0] !== undefined && cells[0] !== '') {
      section = /config: ([^,]*)/.exec(cells[0])?.[1] ?? /key: (.*)$/.exec(cells[0])?.[1] ?? '';
      table = /non-TCP/.test(cells[0]) ? 'non-TCP' : /TCP/.test(cells[0]) ? 'TCP' : 'all';
    } else if (cells.length > 0) {
      const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
      const end = (side: string): End => {
        const names = cell(`${side}_pods`);
        const isBlock = /^[0-9a-f.:/,]+$/.test(names) && cell(`${side}_ns`) === '';
        return isBlock ? endOf([], [], items(names)) : endOf(items(cell(`${side}_ns`)), pods(names), []);
      };
      found.push({ section, table, from: end('src'), to: end('dst'), connection: cell('connection') });
    }
  }
  return found;
}

function plainLines(text: string): readonly Line[] {
  const found: Line[] = [];
  let section = '';
  let table: Line['table'] = 'all';
  for (const line of text.split('\n')) {
    const match = /^(.*) => (.*) : (.*)$/.exec(line);
    if (/^(TCP|non-TCP) Connections:/.test(line)) table = line.startsWith('TCP') ? 'TCP' : 'non-TCP';
    else if (match !== null)
      found.push({ section, table, from: plainEnd(match[1] ?? ''), to: plainEnd(match[2] ?? ''), connection: match[3] ?? '' });
    else if (/ \(based on/.test(line)) section = line.replace(/ \(based on.*/, '');
  }
  return found;
}

function plainEnd(text: string): End {
  const pod = /^([^/[\]]+)\/(.+)$/.exec(text);
  return /^[0-9.]+-[0-9.]+$|^[0-9.]+$|\/[0-9]+$/.test(text) || pod === null
    ? endOf([], [], [text])
    : endOf([pod[1] ?? ''], [(pod[2] ?? '').replace(/\[\w+\]$/, '')], []);
}

function structured(value: Json, sets: readonly string[]): readonly Line[] {
  return asList(value).flatMap((query) => {
    const names = strings(field(query, 'configs'));
    return asList(field(query, 'explanation')).flatMap((explanation) => {
      const section = String(field(explanation, 'description') ?? names[0] ?? sets[0] ?? '');
      const table = (key: string, name: Line['table']) => asList(field(explanation, key)).map((rule) => ruleLine(rule, section, name));
      return [...table('rules', 'all'), ...table('TCP_rules', 'TCP'), ...table('non-TCP_rules', 'non-TCP')];
    });
  });
}

function ruleLine(rule: Json, section: string, table: Line['table']): Line {
  const end = (side: string) =>
    endOf(
      strings(field(rule, `${side}_ns`)),
      strings(field(rule, `${side}_pods`)).flatMap((text) => pods(text)),
      strings(field(rule, `${side}_ip_block`)),
    );
  return { section, table, from: end('src'), to: end('dst'), connection: asList(field(rule, 'connection')).map(connectionText).join(',') };
}

function connectionText(value: Json): string {
  if (typeof value === 'string') return value;
  const but = asList(field(value, 'All but'));
  if (but.length > 0) return `All but ${but.map(connectionText).join(',')}`;
  const parts = Object.entries(value as object).map(
    ([key, one]) => `${key.toLowerCase().replace(' ', '_')}:${Array.isArray(one) ? one.join(',') : String(one)}`,
  );
  return `{${parts.join(',')}}`;
}

/** Tables of differences: what one set allows and the other does not, by kind of ends. */
function differences(all: Universe, lines: readonly Line[] | undefined, one: Case): string | undefined {
  const { ports } = all.network;
  let categories = 0;
  for (const [index, before] of all.sets.entries())
    for (const after of all.sets.slice(index + 1)) {
      const own = (lines ?? []).filter(({ of }) => all.sets.length === 2 || of === undefined || of === `${before.name} ${after.name}`);
      const expected = new Map([...Map.groupBy(own, ({ section }) => section)].map(([key, some]) => [key, expand(all, some)]));
      const met = new Set<string>();
      for (const [from, row] of ends(all).entries())
        for (const [to, other] of ends(all).entries()) {
          if (row === other || (row.endpoint === undefined && other.endpoint === undefined)) continue;
          for (const added of [true, false]) {
            const key = kindOf(row, other, before, after, added);
            if (key === undefined) continue;
            const a = present(added ? after : before, row, other)
              ? (added ? after : before).network.allowed(row.place, other.place)
              : noPorts;
            const b = present(added ? before : after, row, other)
              ? (added ? before : after).network.allowed(row.place, other.place)
              : noPorts;
            const found = ports.difference(a, b);
            if (found !== noPorts) met.add(key);
            const wanted = expected.get(key)?.get(`${from} ${to}`) ?? noPorts;
            if (lines !== undefined && found !== wanted)
              return `${key}: ${row.name} => ${other.name}: expected ${portText(ports, wanted)}, found ${portText(ports, found)}`;
          }
        }
      categories += met.size;
    }
  const known = one.expected ?? categories;
  return known === categories ? undefined : `expected ${known} kinds of change, found ${categories}`;
}

function present(set: PolicySet, ...spots: readonly Spot[]): boolean {
  return spots.every(({ endpoint }) => endpoint === undefined || set.has(endpoint));
}

/** The heading under which a change stands; undefined where it cannot be. */
function kindOf(row: Spot, other: Spot, before: PolicySet, after: PolicySet, added: boolean): string | undefined {
  const kind = ({ endpoint }: Spot) =>
    endpoint === undefined ? 'ipBlocks' : !before.has(endpoint) ? 'added' : !after.has(endpoint) ? 'removed' : 'persistent';
  const kinds = new Set([kind(row), kind(other)]);
  if (kinds.has('added') && kinds.has('removed')) return undefined;
  const changing = kinds.has('added') ? 'added' : kinds.has('removed') ? 'removed' : undefined;
  if (changing !== undefined && added !== (changing === 'added')) return undefined;
  const verb = changing === 'added' ? 'New' : changing === 'removed' ? 'Lost' : added ? 'Added' : 'Removed';
  if (changing === 'removed' && kinds.has('persistent')) return 'Lost connections between removed peers and persistent peers';
  const peers = kinds.has('persistent') ? `persistent peers${changing === undefined ? '' : ` and ${changing} peers`}` : `${changing} peers`;
  return `${verb} connections between ${peers}${kinds.has('ipBlocks') ? ' and ipBlocks' : ''}`;
}
