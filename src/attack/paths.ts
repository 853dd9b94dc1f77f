// Attack paths: from every start that has one, the cheapest way to each goal, and the next best where they are asked for. A goal ends a path:
// what cluster-admin also has is no path of its own. Starts are tried one by one, so that prerequisites count for one attacker at a time;
// a search against the arcs says beforehand which starts can have a way at all.

import { at } from '../lib/graph/csr.ts';
import { distancesTo, unreachable } from '../lib/graph/search.ts';
import type { AttackGraph } from './graph.ts';
import { type AttackPath, pathOf } from './path.ts';
import { type Derivation, derivation, type Held, held, never, type Without } from './search.ts';

export interface PathsAsked {
  readonly starts: readonly number[];
  readonly goals: readonly number[];
  /** Most starts that are looked into, the nearest first. */
  readonly most: number;
  /** Ways for each pair of start and goal; 1 is the best alone. */
  readonly each: number;
  /** True leaves out hops that are not known for sure. */
  readonly knownOnly: boolean;
}

export interface PathsFound {
  readonly paths: readonly AttackPath[];
  /** Starts that have a way as far as single hops say; more than were looked into where `most` cut them off. */
  readonly candidates: number;
  readonly starts: number;
}

/** The paths, cheapest first. */
export function attackPaths(graph: AttackGraph, asked: PathsAsked): PathsFound {
  const goals = new Set(asked.goals);
  const costs = graph.arcs.map(({ cost, from, known }) => (goals.has(from) || (asked.knownOnly && !known) ? unreachable : cost));
  const { cost } = distancesTo(graph.rows, cappedCosts(costs), asked.goals);
  const near = asked.starts
    .filter((start) => at(cost, start) < blocked && !goals.has(start))
    .sort((a, b) => at(cost, a) - at(cost, b) || a - b);
  const without = { arcs: arcsOutOf(graph, goals), unknown: asked.knownOnly };
  const paths: AttackPath[] = [];
  for (const start of near.slice(0, asked.most)) {
    const found = held(graph, [start], without);
    for (const goal of nearest(graph, goals, found)) {
      const first = derivation(graph, found, goal);
      const ways = asked.each === 1 ? (first === undefined ? [] : [first]) : best(graph, start, goal, asked.each, without);
      for (const way of ways) paths.push(pathOf(graph, way, start, goal));
    }
  }
  return { paths: paths.filter(({ steps }) => steps.length > 0).sort(byCost), candidates: near.length, starts: asked.starts.length };
}

/** The goals that are held; of nodes and of cloud roles the nearest, since one is as good as the other. */
function nearest(graph: AttackGraph, goals: ReadonlySet<number>, { cost }: Held): readonly number[] {
  const reached = [...goals].filter((goal) => at(cost, goal) < never);
  const alike = Map.groupBy(reached, (goal) => {
    const kind = graph.vertices[goal]?.kind;
    return kind === 'node' || kind === 'control-plane' ? 'node' : kind === 'cloud' ? kind : goal;
  });
  return [...alike.values()].flatMap((group) => group.toSorted((a, b) => at(cost, a) - at(cost, b) || a - b).slice(0, 1));
}

/** A price no way is worth: arcs that must not be used. */
const blocked = 4096;

function cappedCosts(costs: readonly number[]): Int32Array {
  return Int32Array.from(costs, (cost) => Math.min(cost, blocked));
}

/** Known ones first, of them those from the internet, then the cheap ones; of the same price in the order they were found. */
function byCost(a: AttackPath, b: AttackPath): number {
  const outside = ({ from }: AttackPath) => Number(from.kind === 'internet');
  return Number(b.known) - Number(a.known) || outside(b) - outside(a) || a.cost - b.cost;
}

function arcsOutOf(graph: AttackGraph, vertices: ReadonlySet<number>): ReadonlySet<number> {
  const { starts, arcs } = graph.rows.out;
  const found = new Set<number>();
  for (const vertex of vertices) for (let place = at(starts, vertex); place < at(starts, vertex + 1); place++) found.add(at(arcs, place));
  return found;
}

/** The best ways to a goal, each differing from the better ones in some arc (after Yen 1971). */
function best(graph: AttackGraph, start: number, goal: number, count: number, without: Without): readonly Derivation[] {
  const ways: Derivation[] = [];
  const known = new Set<string>();
  const open: { readonly way: Derivation; readonly banned: ReadonlySet<number> }[] = [];
  const search = (banned: ReadonlySet<number>) => {
    const arcs = new Set([...(without.arcs ?? []), ...banned]);
    const way = derivation(graph, held(graph, [start], { ...without, arcs }), goal);
    const key = way?.arcs.join() ?? '';
    if (way === undefined || known.has(key)) return;
    known.add(key);
    open.push({ way, banned });
  };
  search(new Set());
  while (open.length > 0 && ways.length < count) {
    open.sort((a, b) => a.way.cost - b.way.cost);
    const next = open.shift();
    if (next === undefined) break;
    ways.push(next.way);
    if (ways.length < count) for (const arc of next.way.arcs.slice(0, 40)) search(new Set([...next.banned, arc]));
  }
  return ways;
}

/** What an attacker holds in the end who starts here: the blast radius of a start. */
export function reachOf(graph: AttackGraph, starts: readonly number[], without: Without = {}): readonly number[] {
  const { cost } = held(graph, starts, without);
  return [...cost.keys()].filter((vertex) => at(cost, vertex) < never && !starts.includes(vertex));
}
