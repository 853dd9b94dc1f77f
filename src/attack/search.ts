// The cheapest way to hold a vertex from what an attacker starts with. A `step` is reached when all it needs are, at the price of the dearest
// (Knuth's generalization of Dijkstra's search); so prerequisites count against everything the attacker holds by then. Arcs and repairs can
// be taken out, which is how alternatives and fixes are found.

import { at } from '../lib/graph/csr.ts';
import type { AttackGraph } from './graph.ts';

export const never = 0x3fffffff;

export interface Held {
  /** What it takes to hold each vertex; `never` where it cannot be held. */
  readonly cost: Int32Array;
  /** The last arc of the cheapest way; -1 at starts and where there is none. */
  readonly by: Int32Array;
}

export interface Without {
  /** Ids of repairs that are made: arcs that any of them takes away are gone. */
  readonly repairs?: ReadonlySet<string>;
  /** Numbers of arcs that are left out. */
  readonly arcs?: ReadonlySet<number>;
  /** True leaves out what is not known for sure. */
  readonly unknown?: boolean;
}

/** True where an arc is gone. */
function isGone(graph: AttackGraph, arc: number, { repairs, arcs, unknown }: Without): boolean {
  if (arcs?.has(arc) === true) return true;
  const found = graph.arcs[arc];
  if (found === undefined || (unknown === true && !found.known)) return true;
  return repairs !== undefined && repairs.size > 0 && found.repairs.some(({ id }) => repairs.has(id));
}

/** Everything that can be held from the starts. */
export function held(graph: AttackGraph, starts: Iterable<number>, without: Without = {}): Held {
  const { vertices, arcs, rows } = graph;
  const cost = new Int32Array(vertices.length).fill(never);
  const by = new Int32Array(vertices.length).fill(-1);
  const settled = new Uint8Array(vertices.length);
  const missing = needs(graph);
  const buckets: number[][] = [[]];
  for (const start of starts) {
    cost[start] = 0;
    buckets[0]?.push(start);
  }
  for (let now = 0; now < buckets.length; now++) {
    const bucket = buckets[now] ?? [];
    for (let index = 0; index < bucket.length; index++) {
      const vertex = bucket[index] ?? 0;
      if (at(settled, vertex) !== 0 || at(cost, vertex) !== now) continue;
      settled[vertex] = 1;
      for (let place = at(rows.out.starts, vertex); place < at(rows.out.starts, vertex + 1); place++) {
        const arc = at(rows.out.arcs, place);
        const end = at(rows.out.ends, place);
        if (at(settled, end) !== 0 || isGone(graph, arc, without)) continue;
        const needed = missing.get(end);
        if (needed !== undefined) {
          needed.delete(vertex);
          if (needed.size > 0) continue;
        }
        const through = now + (arcs[arc]?.cost ?? 0);
        if (through >= at(cost, end)) continue;
        cost[end] = through;
        by[end] = arc;
        while (buckets.length <= through) buckets.push([]);
        buckets[through]?.push(end);
      }
    }
    buckets[now] = [];
  }
  return { cost, by };
}

const stepsOf = new WeakMap<AttackGraph, readonly (readonly [step: number, sources: readonly number[]])[]>();

/** For each step, the vertices it still needs; in the order of the search they are struck off. */
function needs(graph: AttackGraph): Map<number, Set<number>> {
  let steps = stepsOf.get(graph);
  if (steps === undefined) {
    const { into } = graph.rows;
    steps = graph.vertices.flatMap(({ kind }, vertex) =>
      kind === 'step' ? [[vertex, [...into.ends.subarray(at(into.starts, vertex), at(into.starts, vertex + 1))]] as const] : [],
    );
    stepsOf.set(graph, steps);
  }
  return new Map(steps.map(([step, sources]) => [step, new Set(sources)]));
}

/** The arcs of the cheapest way to a vertex, each after what it needs; those of a step's other needs are in `beside`. */
export interface Derivation {
  /** From a start to the goal, one after the other. */
  readonly arcs: readonly number[];
  /** Arcs that bring what steps of the way need besides. */
  readonly beside: readonly number[];
  readonly cost: number;
}

/** The cheapest way to `goal`; undefined where it cannot be held. `isStart` vertices need no way. */
export function derivation(graph: AttackGraph, { cost, by }: Held, goal: number): Derivation | undefined {
  if (at(cost, goal) === never) return undefined;
  const arcs: number[] = [];
  const beside = new Set<number>();
  const seen = new Set<number>();
  const side: number[] = [];
  const walk = (from: number, take: (arc: number) => void) => {
    for (let here = from; !seen.has(here); ) {
      seen.add(here);
      const arc = at(by, here);
      if (arc < 0) return;
      take(arc);
      const source = graph.arcs[arc]?.from ?? here;
      if (graph.vertices[here]?.kind === 'step') {
        const { starts, ends, arcs: numbers } = graph.rows.into;
        for (let place = at(starts, here); place < at(starts, here + 1); place++)
          if (at(ends, place) !== source) {
            beside.add(at(numbers, place));
            side.push(at(ends, place));
          }
      }
      here = source;
    }
  };
  walk(goal, (arc) => arcs.push(arc));
  for (let next = side.pop(); next !== undefined; next = side.pop()) walk(next, (arc) => beside.add(arc));
  return { arcs: arcs.reverse(), beside: [...beside], cost: at(cost, goal) };
}
