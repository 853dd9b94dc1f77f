// The texts of netpol-analyzer as facts: lines of connections, of exposure, of differences, in its three formats.

import { parseAddress } from '../../src/lib/cidr.ts';
import { type AddressRange, joined, rangeText } from '../../src/network/address-space.ts';

export interface Fact {
  /** What the line is about: connections, egress, ingress, unprotected, or the kind of a difference. */
  readonly section: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export function factText({ section, from, to, text }: Fact): string {
  return `${section}: ${from} => ${to} : ${text}`;
}

/** What the second list lacks or has too much; undefined where both say the same. */
export function sameFacts(expected: readonly Fact[], found: readonly Fact[]): string | undefined {
  const [wanted, got] = [canonical(expected), canonical(found)];
  const missing = [...wanted].filter((line) => !got.has(line));
  const extra = [...got].filter((line) => !wanted.has(line));
  if (missing.length + extra.length === 0) return undefined;
  return `${missing.length} missing${missing[0] === undefined ? '' : ` (${missing[0]})`}, ${extra.length} too many${extra[0] === undefined ? '' : ` (${extra[0]})`}`;
}

function canonical(facts: readonly Fact[]): ReadonlySet<string> {
  const lines = new Set<string>();
  const groups = new Map<string, { readonly fact: Fact; readonly side: 'from' | 'to'; readonly ranges: AddressRange[] }>();
  for (const fact of facts) {
    const [from, to] = [rangeOf(fact.from), rangeOf(fact.to)];
    const range = from ?? to;
    if (range === undefined) {
      lines.add(factText(fact));
      continue;
    }
    const side = from === undefined ? 'to' : 'from';
    const key = factText({ ...fact, [side]: 'external' });
    const group = groups.get(key) ?? { fact, side, ranges: [] };
    group.ranges.push(range);
    groups.set(key, group);
  }
  for (const { fact, side, ranges } of groups.values())
    for (const range of joined(ranges)) lines.add(factText({ ...fact, [side]: `${rangeText(range)}[External]` }));
  return lines;
}

function rangeOf(text: string): AddressRange | undefined {
  const match = /^([0-9.]+)-([0-9.]+)(?:\[External\])?$/.exec(text);
  const [first, last] = [parseAddress(match?.[1] ?? ''), parseAddress(match?.[2] ?? '')];
  return first === undefined || last === undefined ? undefined : { family: 4, first: first.first, last: last.first };
}

/** Reads an output of a command. */
export function readFacts(text: string, format: 'txt' | 'csv' | 'json', command: string): readonly Fact[] {
  if (command === 'diff') return format === 'csv' ? differencesOfTable(text) : differences(text);
  if (format === 'json') return ofJson(JSON.parse(text));
  return format === 'csv' ? ofTable(text) : ofLines(text);
}

const titles: readonly (readonly [start: string, section: string])[] = [
  ['Exposure Analysis Result', ''],
  ['Egress Exposure', 'egress'],
  ['Ingress Exposure', 'ingress'],
  ['Workloads not protected', 'unprotected'],
];

function ofLines(text: string): readonly Fact[] {
  const facts: Fact[] = [];
  let section = 'connections';
  for (const line of text.split('\n')) {
    const title = titles.find(([start]) => line.startsWith(start));
    if (title !== undefined) {
      section = title[1];
      continue;
    }
    const bare = /^(\S+) is not protected on (Ingress|Egress)/.exec(line);
    if (bare !== null) {
      facts.push({ section: 'unprotected', from: bare[1] ?? '', to: bare[2] ?? '', text: '' });
      continue;
    }
    const match = /^(.+?)\s+(=>|<=)\s+(.+?) : (.*)$/.exec(line.trim());
    if (match === null) continue;
    const [, left = '', arrow, right = '', ports = ''] = match;
    facts.push(arrow === '=>' ? { section, from: left, to: right, text: ports } : { section, from: right, to: left, text: ports });
  }
  return facts;
}

function ofTable(text: string): readonly Fact[] {
  const facts: Fact[] = [];
  let section = 'connections';
  let swapped = false;
  for (const [first = '', second = '', ports = ''] of rows(text)) {
    const title = titles.find(([start]) => first.startsWith(start));
    if (title !== undefined) section = title[1];
    else if (first === 'src' || first === 'dst') swapped = first === 'dst';
    else if (section !== 'unprotected')
      facts.push(swapped ? { section, from: second, to: first, text: ports } : { section, from: first, to: second, text: ports });
  }
  return facts;
}

interface Line {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
}

function ofJson(value: unknown): readonly Fact[] {
  const lines = (section: string, list: readonly Line[] | null | undefined) =>
    (list ?? []).map(({ src, dst, conn }): Fact => ({ section, from: src, to: dst, text: conn }));
  if (Array.isArray(value)) return lines('connections', value as readonly Line[]);
  const { connlist_results: all, exposure_results: exposure } = value as {
    readonly connlist_results?: readonly Line[];
    readonly exposure_results?: { readonly egress_exposure?: readonly Line[]; readonly ingress_exposure?: readonly Line[] };
  };
  return [...lines('connections', all), ...lines('egress', exposure?.egress_exposure), ...lines('ingress', exposure?.ingress_exposure)];
}

function differences(text: string): readonly Fact[] {
  return text.split('\n').flatMap((line): readonly Fact[] => {
    const match = /^diff-type: (\S+), source: (.+?), destination: (.+?), ref1: (.+?), ref2: (.+?)(?:, workloads-diff-info: (.*))?$/.exec(
      line,
    );
    if (match === null) return [];
    const [, change = '', from = '', to = '', ref1 = '', ref2 = '', because = ''] = match;
    return [{ section: change, from, to, text: [ref1, ref2, because].join('|') }];
  });
}

function differencesOfTable(text: string): readonly Fact[] {
  return rows(text)
    .slice(1)
    .map(([change = '', from = '', to = '', ref1 = '', ref2 = '', because = '']) => ({
      section: change,
      from,
      to,
      text: [ref1, ref2, because].join('|'),
    }));
}

function rows(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? ''));
}
