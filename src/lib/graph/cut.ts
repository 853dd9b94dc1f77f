// The cheapest set of vertices whose removal leaves no way from the sources to the sinks: minimum vertex cut by maximum flow (Dinic 1970)
// on the graph with every vertex split in two. Vertices without a price cannot be removed; where a way has none that can, there is no cut.
// What neither a source reaches nor reaches a sink is left out first.

import { at, type Graph } from './csr.ts';
import { reached } from './search.ts';

const infinite = 0x3fffffff;

/** The vertices to remove, or undefined where some way cannot be cut. `prices[v]` is 0 or less where v must stay. */
export function vertexCut(
  { vertices, sources, targets, out, into }: Graph,
  prices: ArrayLike<number>,
  starts: readonly number[],
  goals: readonly number[],
): readonly number[] | undefined {
  const [forward, backward] = [reached(out, vertices, starts), reached(into, vertices, goals)];
  const number = new Int32Array(vertices).fill(-1);
  const kept: number[] = [];
  for (let vertex = 0; vertex < vertices; vertex++)
    if (at(forward, vertex) !== 0 && at(backward, vertex) !== 0) number[vertex] = kept.push(vertex) - 1;
  if (kept.length === 0) return [];
  const [source, sink] = [2 * kept.length, 2 * kept.length + 1];
  const net = new Net(2 * kept.length + 2);
  kept.forEach((vertex, index) => {
    const price = prices[vertex] ?? 0;
    net.add(2 * index, 2 * index + 1, price > 0 ? price : infinite);
  });
  for (let arc = 0; arc < sources.length; arc++) {
    const [from, to] = [at(number, at(sources, arc)), at(number, at(targets, arc))];
    if (from >= 0 && to >= 0) net.add(2 * from + 1, 2 * to, infinite);
  }
  for (const start of new Set(starts)) if (at(number, start) >= 0) net.add(source, 2 * at(number, start), infinite);
  for (const goal of new Set(goals)) if (at(number, goal) >= 0) net.add(2 * at(number, goal) + 1, sink, infinite);
  if (!net.saturate(source, sink)) return undefined;
  const side = net.sideOf(source);
  return kept.filter((_, index) => side[2 * index] === 1 && side[2 * index + 1] === 0);
}

/** A flow network; arcs are kept in pairs, an arc and what it can give back. */
class Net {
  readonly #vertices: number;
  readonly #tails: number[] = [];
  readonly #heads: number[] = [];
  readonly #given: number[] = [];
  #ends = new Int32Array(0);
  #room = new Int32Array(0);
  #starts = new Int32Array(0);
  #list = new Int32Array(0);

  constructor(vertices: number) {
    this.#vertices = vertices;
  }

  add(from: number, to: number, capacity: number): void {
    this.#tails.push(from, to);
    this.#heads.push(to, from);
    this.#given.push(capacity, 0);
  }

  /** Fills the network; false where more flows than any finite cut could stop. */
  saturate(source: number, sink: number): boolean {
    this.#close();
    let total = 0;
    for (;;) {
      const level = this.#levels(source, sink);
      if (at(level, sink) < 0) return true;
      const next = this.#starts.slice();
      for (let pushed = this.#push(source, sink, level, next); pushed > 0; pushed = this.#push(source, sink, level, next)) {
        total += pushed;
        if (total >= infinite) return false;
      }
    }
  }

  /** The vertices that still can be reached. */
  sideOf(source: number): Uint8Array {
    const level = this.#levels(source, -1);
    return Uint8Array.from(level, (depth) => (depth >= 0 ? 1 : 0));
  }

  #close(): void {
    this.#ends = Int32Array.from(this.#heads);
    this.#room = Int32Array.from(this.#given);
    this.#starts = new Int32Array(this.#vertices + 1);
    const { tails, starts } = { tails: this.#tails, starts: this.#starts };
    for (const tail of tails) starts[tail + 1] = at(starts, tail + 1) + 1;
    for (let vertex = 0; vertex < this.#vertices; vertex++) starts[vertex + 1] = at(starts, vertex + 1) + at(starts, vertex);
    const next = starts.slice();
    this.#list = new Int32Array(tails.length);
    tails.forEach((tail, arc) => {
      this.#list[at(next, tail)] = arc;
      next[tail] = at(next, tail) + 1;
    });
  }

  #levels(source: number, sink: number): Int32Array {
    const level = new Int32Array(this.#vertices).fill(-1);
    const queue = new Int32Array(this.#vertices);
    let length = 1;
    queue[0] = source;
    level[source] = 0;
    for (let head = 0; head < length; head++) {
      const vertex = at(queue, head);
      if (vertex === sink) break;
      for (let place = at(this.#starts, vertex); place < at(this.#starts, vertex + 1); place++) {
        const arc = at(this.#list, place);
        const end = at(this.#ends, arc);
        if (at(this.#room, arc) <= 0 || at(level, end) >= 0) continue;
        level[end] = at(level, vertex) + 1;
        queue[length++] = end;
      }
    }
    return level;
  }

  /** Pushes along one way of the level graph; without recursion, ways may be long. */
  #push(source: number, sink: number, level: Int32Array, next: Int32Array): number {
    const way: number[] = [];
    let vertex = source;
    while (vertex !== sink) {
      let advanced = false;
      while (at(next, vertex) < at(this.#starts, vertex + 1)) {
        const arc = at(this.#list, at(next, vertex));
        const end = at(this.#ends, arc);
        if (at(this.#room, arc) > 0 && at(level, end) === at(level, vertex) + 1) {
          way.push(arc);
          vertex = end;
          advanced = true;
          break;
        }
        next[vertex] = at(next, vertex) + 1;
      }
      if (advanced) continue;
      const back = way.pop();
      if (back === undefined) return 0;
      vertex = at(this.#ends, back ^ 1);
      next[vertex] = at(next, vertex) + 1;
    }
    const least = way.reduce((room, arc) => Math.min(room, at(this.#room, arc)), infinite);
    for (const arc of way) {
      this.#room[arc] = at(this.#room, arc) - least;
      this.#room[arc ^ 1] = Math.min(infinite, at(this.#room, arc ^ 1) + least);
    }
    return least;
  }
}
