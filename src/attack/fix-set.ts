// The smallest set of changes after which no way is left. Every way found is a list of changes of which one must be made; the cheapest set
// that hits all lists is made in thought, and the search goes on until it finds no way more (implicit hitting sets, Moreno-Centeno and Karp
// 2013). With prerequisites and with changes that take many arcs away the answer is still the smallest, where `proved` says so.
// Ways that no change takes away are told apart and then left out.

import { at } from '../lib/graph/csr.ts';
import type { AttackGraph } from './graph.ts';
import { hittingSet } from './hitting-set.ts';
import { type AttackPath, pathOf } from './path.ts';
import type { Repair } from './repair.ts';
import { type Derivation, derivation, held, never } from './search.ts';

export interface FixSet {
  readonly repairs: readonly Repair[];
  /** Sum of the efforts. */
  readonly effort: number;
  /** True where no cheaper set of these changes closes every way. */
  readonly proved: boolean;
  /** Ways that no change offered here takes away. */
  readonly remaining: readonly AttackPath[];
  /** Ways that were looked at to find the set. */
  readonly ways: number;
}

const mostRounds = 400;

/** The changes that cut every way from the starts to the goals. */
export function smallestFixSet(graph: AttackGraph, starts: readonly number[], goals: readonly number[], knownOnly = false): FixSet {
  const offered = new Map<string, Repair>();
  const lists: string[][] = [];
  const remaining: AttackPath[] = [];
  const uncuttable = new Map<number, Set<number>>();
  const price = (id: string) => offered.get(id)?.effort ?? 1;
  let chosen: ReadonlySet<string> = new Set();
  let proved = true;
  for (let round = 0; ; round++) {
    const fresh = disjointWays(graph, starts, goals, { repairs: chosen, uncuttable, unknown: knownOnly });
    if (fresh.length === 0) break;
    for (const { way, start, goal } of fresh) {
      const repairs = [...way.arcs, ...way.beside].flatMap((arc) => graph.arcs[arc]?.repairs ?? []);
      if (repairs.length === 0) {
        remaining.push(pathOf(graph, way, start, goal));
        const banned = uncuttable.get(goal) ?? new Set<number>();
        for (const first of way.arcs.slice(0, 1)) banned.add(first);
        uncuttable.set(goal, banned);
        continue;
      }
      for (const repair of repairs) offered.set(repair.id, repair);
      lists.push([...new Set(repairs.map(({ id }) => id))]);
    }
    if (round < mostRounds) {
      const answer = hittingSet(lists, price);
      chosen = answer.chosen;
      proved = answer.proved;
    } else {
      chosen = new Set([...chosen, ...lists.flatMap((list) => (list.some((id) => chosen.has(id)) ? [] : list.slice(0, 1)))]);
      proved = false;
    }
  }
  const repairs = [...chosen].flatMap((id) => offered.get(id) ?? []).sort((a, b) => a.effort - b.effort || (a.id < b.id ? -1 : 1));
  return { repairs, effort: repairs.reduce((sum, { effort }) => sum + effort, 0), proved, remaining, ways: lists.length };
}

interface Way {
  readonly way: Derivation;
  readonly start: number;
  readonly goal: number;
}

interface Made {
  readonly repairs: ReadonlySet<string>;
  /** For each goal, the first arcs of ways to it that nothing takes away: their starts have it, whatever is done. */
  readonly uncuttable: ReadonlyMap<number, ReadonlySet<number>>;
  readonly unknown: boolean;
}

/** Ways that share no change: as many as one after the other can be found. Every attacker stands at one start. */
function disjointWays(graph: AttackGraph, starts: readonly number[], goals: readonly number[], made: Made): readonly Way[] {
  const open = goals.filter((goal) => !starts.includes(goal));
  const plain = open.filter((goal) => !made.uncuttable.has(goal));
  const gone = new Set(made.repairs);
  const groups = [plain, ...open.filter((goal) => made.uncuttable.has(goal)).map((goal) => [goal])];
  const waysOf = (from: readonly number[], group: readonly number[]): readonly Way[] => {
    const ways: Way[] = [];
    const [first] = group;
    const arcs = first === undefined ? undefined : made.uncuttable.get(first);
    while (ways.length < 200) {
      const found = held(graph, from, { repairs: gone, unknown: made.unknown, ...(arcs === undefined ? {} : { arcs }) });
      const goal = group.filter((vertex) => at(found.cost, vertex) < never).sort((a, b) => at(found.cost, a) - at(found.cost, b))[0];
      const way = goal === undefined ? undefined : derivation(graph, found, goal);
      if (way === undefined || goal === undefined) break;
      if (isJoint(graph, way, from)) return [...ways, ...from.flatMap((start) => waysOf([start], group))];
      const [begin] = way.arcs;
      const own = [...way.arcs, ...way.beside].flatMap((arc) => graph.arcs[arc]?.repairs ?? []);
      ways.push({ way, start: begin === undefined ? goal : (graph.arcs[begin]?.from ?? goal), goal });
      if (own.length === 0) break;
      for (const { id } of own) gone.add(id);
    }
    return ways;
  };
  return groups.flatMap((group) => waysOf(starts, group));
}

/** True where a way takes attackers at several starts together: each of them alone may have none. */
function isJoint(graph: AttackGraph, { arcs, beside }: Derivation, starts: readonly number[]): boolean {
  if (starts.length < 2 || beside.length === 0) return false;
  const all = new Set(starts);
  return new Set([...arcs, ...beside].flatMap((arc) => graph.arcs[arc]?.from ?? []).filter((from) => all.has(from))).size > 1;
}
