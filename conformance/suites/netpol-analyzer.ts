// What np-guard's netpol-analyzer says of directories of manifests. Its texts are read into facts, ours too, and compared as sets: ranges of
// outside addresses that stand beside each other with the same facts count as one.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cidr, parseAddress, parseCidr } from '../../src/lib/cidr.ts';
import { type Connection, type Connectivity, connectivity, type Party } from '../../src/network/connectivity.ts';
import { difference } from '../../src/network/difference.ts';
import type { Endpoint } from '../../src/network/endpoints.ts';
import { inFocus, isNamed, portNamed } from '../../src/network/focus.ts';
import { netpolAnalyzerConnections, netpolAnalyzerNotes, netpolAnalyzerReading, partyText } from '../../src/network/netpol-analyzer.ts';
import { netpolAnalyzerExposure } from '../../src/network/netpol-analyzer-exposure.ts';
import { network } from '../../src/network/network.ts';
import type { Direction } from '../../src/network/policy.ts';
import { noPorts, type Protocol, portText } from '../../src/network/port-set.ts';
import { type Snapshot, snapshot } from '../../src/snapshot/snapshot.ts';
import { load } from '../../src/sources/load.ts';
import { type CaseResult, jsonLines, type Suite } from '../suite.ts';
import { judgeExplanation } from './netpol-analyzer-explain.ts';
import { type Fact, factText, readFacts, sameFacts } from './netpol-analyzer-facts.ts';

interface End {
  readonly namespace?: string;
  readonly name?: string;
  readonly ip?: string;
}
interface Case {
  readonly id: string;
  readonly command: 'connlist' | 'exposure' | 'explain' | 'diff' | 'eval' | 'podmap';
  readonly dir: string;
  readonly dir2?: string;
  readonly options: {
    readonly focusWorkloads?: readonly string[];
    readonly focusWorkloadPeers?: readonly string[];
    readonly focusDirection?: 'ingress' | 'egress';
    readonly focusConn?: string;
    readonly exposure?: boolean;
    readonly explainOnly?: string;
  };
  readonly needsOVN: boolean;
  readonly format?: 'txt' | 'csv' | 'json';
  readonly expectedFile?: string;
  readonly expectError?: string;
  readonly expectWarnings?: readonly string[];
  readonly expectEmpty?: boolean;
  readonly src?: End;
  readonly dst?: End;
  readonly protocol?: Protocol;
  readonly port?: number;
  readonly expect?: { readonly allowed?: boolean; readonly connections?: string };
}

export const netpolAnalyzer: Suite = {
  name: 'netpol-analyzer',
  async *run(folder, note) {
    const tally = new Map<string, [passed: number, total: number]>();
    for await (const one of jsonLines<Case>(folder, 'cases.jsonl')) {
      const detail = await judge(folder, one);
      const group = `${one.command}${one.needsOVN ? ' (several networks)' : ''}`;
      const [passed, total] = tally.get(group) ?? [0, 0];
      tally.set(group, [passed + (detail === undefined ? 1 : 0), total + 1]);
      const result: CaseResult = { id: one.id, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
      yield result;
    }
    note([...tally].map(([group, [passed, total]]) => `${group} ${passed}/${total}`).join(', '));
  },
};

interface Input {
  readonly snapshot: Snapshot;
  /** What was said while reading. */
  readonly said: number;
  readonly nothing: boolean;
}

const inputs = new Map<string, Promise<Input>>();

function read(folder: string): Promise<Input> {
  let input = inputs.get(folder);
  if (input === undefined) {
    input = load([folder], { render: 'never' }).then(({ resources, problems, coverage }) => ({
      snapshot: snapshot({ resources, problems, coverage }),
      said: problems.length,
      nothing: resources.length === 0,
    }));
    inputs.set(folder, input);
  }
  return input;
}

/** What is wrong with our answer; undefined where nothing is. */
async function judge(folder: string, one: Case): Promise<string | undefined> {
  const input = await read(join(folder, one.dir));
  const second = one.dir2 === undefined ? undefined : await read(join(folder, one.dir2));
  if (one.command === 'eval') return evaluate(input.snapshot, one);
  if (one.command === 'podmap') return podMap(input.snapshot, readFileSync(join(folder, one.expectedFile ?? ''), 'utf8'));
  const facts = second === undefined ? list(input, one) : changes(input, second);
  if (one.expectError !== undefined) return typeof facts === 'string' ? undefined : 'expected to be refused';
  if (typeof facts === 'string') return `refused: ${facts}`;
  if (one.expectWarnings !== undefined) {
    if (one.expectEmpty === true && facts.facts.length > 0) return `expected nothing, found ${facts.facts.length} connections`;
    return facts.said + input.said + (second?.said ?? 0) > 0 ? undefined : 'expected a warning';
  }
  if (one.expectedFile === undefined) return 'the case expects nothing';
  if (one.command === 'explain')
    return judgeExplanation(connectivity(input.snapshot, netpolAnalyzerReading), readFileSync(join(folder, one.expectedFile), 'utf8'));
  const expected = readFacts(readFileSync(join(folder, one.expectedFile), 'utf8'), one.format ?? 'txt', one.command);
  return sameFacts(expected, facts.facts);
}

interface Told {
  readonly facts: readonly Fact[];
  readonly said: number;
}

function list(input: Input, one: Case): Told | string {
  if (input.nothing && input.said > 0) return 'nothing could be read';
  if (input.nothing) return 'no manifest';
  const answer = connectivity(input.snapshot, netpolAnalyzerReading);
  const found = netpolAnalyzerConnections(answer);
  if (!found.ok) return found.problem.message;
  const { focusWorkloads = [], focusWorkloadPeers = [], focusDirection, focusConn } = one.options;
  const focus = {
    workloads: focusWorkloads,
    peers: focusWorkloadPeers,
    ...(focusDirection === undefined ? {} : { direction: focusDirection }),
  };
  const wanted = focusConn === undefined ? undefined : portNamed(focusConn);
  const facts = found.value.filter((connection) => inFocus(focus, connection)).flatMap((connection) => fact(answer, connection, wanted));
  if (one.command === 'exposure') facts.push(...exposed(answer, found.value, one));
  const ignored = focusWorkloads.length === 0 && (focusWorkloadPeers.length > 0 || focusDirection !== undefined);
  const irrelevant =
    (one.options.explainOnly !== undefined && one.command === 'connlist') ||
    (one.options.exposure === true && focusWorkloadPeers.length > 0);
  return {
    facts,
    said: answer.network.complaints.length + answer.blocked().length + netpolAnalyzerNotes(answer).length + (ignored || irrelevant ? 1 : 0),
  };
}

function fact(answer: Connectivity, { from, to, ports }: Connection, wanted: ReturnType<typeof portNamed> | undefined): readonly Fact[] {
  const sets = answer.network.ports;
  const base = { section: 'connections', from: partyText(from), to: partyText(to) };
  if (wanted === undefined) return [{ ...base, text: portText(sets, ports) }];
  if (!wanted.ok || !sets.has(ports, wanted.value.protocol, wanted.value.port)) return [];
  return [{ ...base, text: `${wanted.value.protocol} ${wanted.value.port}` }];
}

/** The facts of the exposure sections; the lists of unprotected workloads are in the text format alone. */
function exposed(answer: Connectivity, connections: readonly Connection[], { options, format }: Case): readonly Fact[] {
  const { focusWorkloads = [], focusDirection } = options;
  const shown = (workload: Party, direction: Direction) =>
    (focusWorkloads.length === 0 || isNamed(workload, focusWorkloads)) && (focusDirection === undefined || focusDirection === direction);
  const { lines, unprotected } = netpolAnalyzerExposure(answer, connections);
  const facts = lines
    .filter(({ workload, direction }) => shown(workload, direction))
    .map(({ direction, workload, other, text }): Fact => {
      const own = partyText(workload);
      return direction === 'egress'
        ? { section: direction, from: own, to: other, text }
        : { section: direction, from: other, to: own, text };
    });
  if (format !== 'txt') return facts;
  const bare = unprotected.filter(({ workload, direction }) => shown(workload, direction));
  return [
    ...facts,
    ...bare.map(
      ({ workload, direction }): Fact => ({
        section: 'unprotected',
        from: partyText(workload),
        to: direction === 'ingress' ? 'Ingress' : 'Egress',
        text: '',
      }),
    ),
  ];
}

function changes(base: Input, head: Input): Told | string {
  const { base: before, head: after, changes: found } = difference(base.snapshot, head.snapshot, netpolAnalyzerReading);
  for (const side of [before, after]) {
    const read = netpolAnalyzerConnections(side);
    if (!read.ok) return read.problem.message;
  }
  const facts = found
    .filter(({ from, to }) => ![from, to].some((party) => party.kind === 'addresses' && party.range.family === 6))
    .map(({ change, from, to, before: ref1, after: ref2, because }) => ({
      section: change,
      from: partyText(from),
      to: partyText(to),
      text: [ref1, ref2, because].join('|'),
    }));
  return { facts, said: [before, after].reduce((sum, side) => sum + side.network.complaints.length + side.blocked().length, 0) };
}

function evaluate(state: Snapshot, one: Case): string | undefined {
  const cuts = [one.src?.ip, one.dst?.ip].flatMap((ip): readonly Cidr[] => {
    const block = ip === undefined ? undefined : (parseCidr(ip) ?? parseAddress(ip));
    return block === undefined ? [] : [block];
  });
  const net = network(state, netpolAnalyzerReading, cuts);
  const at = (end: End | undefined): readonly number[] => {
    const block = end?.ip === undefined ? undefined : (parseCidr(end.ip) ?? parseAddress(end.ip));
    if (block !== undefined)
      return net.places.external.flatMap((part, index) =>
        part.family === block.family &&
        part.first >= block.first &&
        part.first < block.first + (1n << BigInt((block.family === 4 ? 32 : 128) - block.bits))
          ? [net.places.pods.length + index]
          : [],
      );
    const found: Endpoint | undefined = net.workloads
      .filter(({ namespace }) => namespace === end?.namespace)
      .flatMap(({ endpoints }) => endpoints)
      .find(({ name, workload }) => name === end?.name || workload.name === end?.name);
    return found === undefined ? [] : [net.places.placeOf(found)];
  };
  const [sources, destinations] = [at(one.src), at(one.dst)];
  if (sources.length === 0 || destinations.length === 0) return 'an end was not found';
  const sets = sources.flatMap((source) => destinations.map((destination) => net.allowed(source, destination)));
  const allowed = sets.reduce((sum, set) => net.ports.intersection(sum, set), sets[0] ?? noPorts);
  const { connections, allowed: yes } = one.expect ?? {};
  const found = portText(net.ports, allowed);
  if (connections !== undefined && connections !== found) return `expected ${connections}, found ${found}`;
  if (yes === undefined || one.port === undefined || one.protocol === undefined) return undefined;
  return net.ports.has(allowed, one.protocol, one.port) === yes ? undefined : `expected ${yes}, found ${found}`;
}

/** Every pod to every pod: may everything pass? */
function podMap(state: Snapshot, expected: string): string | undefined {
  const net = network(state, netpolAnalyzerReading);
  const pods = net.workloads.flatMap(({ endpoints }) => endpoints);
  const name = (pod: Endpoint) => `${pod.resource.namespace}/${pod.name}`;
  const found = new Set<string>();
  for (const from of pods)
    for (const to of pods) {
      const all = portText(net.ports, net.between(from, to)) === 'All Connections';
      found.add(factText({ section: '', from: name(from), to: name(to), text: String(all) }));
    }
  const wanted = expected.split('\n').flatMap((line) => {
    const match = /^src: (\S+), dest: (\S+), allowed conns: (\S+)/.exec(line);
    return match === null ? [] : [factText({ section: '', from: match[1] ?? '', to: match[2] ?? '', text: match[3] ?? '' })];
  });
  const wrong = wanted.filter((line) => !found.has(line));
  return wrong.length === 0 && wanted.length === found.size
    ? undefined
    : `${wrong.length} of ${wanted.length} lines differ, first: ${wrong[0] ?? ''}`;
}
