// Searches over a graph in rows: what is reached, and the cheapest way from every vertex to the nearest goal. Costs are small whole numbers,
// so that the queue is one list a cost (Dial 1969) and the search is linear.

import { at, type Graph, type Rows } from './csr.ts';

/** Marks every vertex that some start reaches; `into` walks against the arcs. */
export function reached(rows: Rows, vertices: number, starts: Iterable<number>): Uint8Array {
  const seen = new Uint8Array(vertices);
  const queue = new Int32Array(vertices);
  let length = 0;
  for (const start of starts)
    if (seen[start] === 0) {
      seen[start] = 1;
      queue[length++] = start;
    }
  for (let head = 0; head < length; head++) {
    const vertex = at(queue, head);
    for (let place = at(rows.starts, vertex); place < at(rows.starts, vertex + 1); place++) {
      const end = at(rows.ends, place);
      if (seen[end] !== 0) continue;
      seen[end] = 1;
      queue[length++] = end;
    }
  }
  return seen;
}

export const unreachable = 0x3fffffff;

export interface Distances {
  /** Cost to the nearest goal; `unreachable` where there is no way. */
  readonly cost: Int32Array;
  /** The arc to take first; -1 at goals and where there is no way. */
  readonly first: Int32Array;
}

/** The cheapest way from every vertex to a goal. `costs` are those of the arcs, whole and at least 0. */
export function distancesTo({ vertices, into }: Graph, costs: ArrayLike<number>, goals: Iterable<number>): Distances {
  const cost = new Int32Array(vertices).fill(unreachable);
  const first = new Int32Array(vertices).fill(-1);
  const buckets: number[][] = [[]];
  for (const goal of goals) {
    cost[goal] = 0;
    buckets[0]?.push(goal);
  }
  for (let now = 0; now < buckets.length; now++) {
    const bucket = buckets[now] ?? [];
    for (let index = 0; index < bucket.length; index++) {
      const vertex = bucket[index] ?? 0;
      if (at(cost, vertex) !== now) continue;
      for (let place = at(into.starts, vertex); place < at(into.starts, vertex + 1); place++) {
        const end = at(into.ends, place);
        const arc = at(into.arcs, place);
        const through = now + (costs[arc] ?? 0);
        if (through >= at(cost, end)) continue;
        cost[end] = through;
        first[end] = arc;
        while (buckets.length <= through) buckets.push([]);
        buckets[through]?.push(end);
      }
    }
    buckets[now] = [];
  }
  return { cost, first };
}
