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
  const [ins, outs] = [
    [...new Set(starts)].filter((vertex) => at(number, vertex) >= 0),
    [...new Set(goals)].filter((vertex) => at(number, vertex) >= 0),
  ];
  let inside = 0;
  for (let arc = 0; arc < sources.length; arc++) if (at(number, at(sources, arc)) >= 0 && at(number, at(targets, arc)) >= 0) inside++;
  const net = new Net(2 * kept.length + 2, kept.length + inside + ins.length + outs.length);
  for (let index = 0; index < kept.length; index++) {
    const price = prices[kept[index] ?? 0] ?? 0;
    net.add(2 * index, 2 * index + 1, price > 0 ? price : infinite);
  }
  for (let arc = 0; arc < sources.length; arc++) {
    const [from, to] = [at(number, at(sources, arc)), at(number, at(targets, arc))];
    if (from >= 0 && to >= 0) net.add(2 * from + 1, 2 * to, infinite);
  }
  for (const start of ins) net.add(source, 2 * at(number, start), infinite);
  for (const goal of outs) net.add(2 * at(number, goal) + 1, sink, infinite);
  if (!net.saturate(source, sink)) return undefined;
  const side = net.sideOf(source);
  return kept.filter((_, index) => side[2 * index] === 1 && side[2 * index + 1] === 0);
}

/** A flow network; arcs are kept in pairs, an arc and what it can give back. */
class Net {
  readonly #vertices: number;
  readonly #ends: Int32Array;
  readonly #room: Int32Array;
  readonly #starts: Int32Array;
  #list = new Int32Array(0);
  #count = 0;

  constructor(vertices: number, arcs: number) {
    this.#vertices = vertices;
    this.#ends = new Int32Array(2 * arcs);
    this.#room = new Int32Array(2 * arcs);
    this.#starts = new Int32Array(vertices + 1);
  }

  add(from: number, to: number, capacity: number): void {
    this.#ends[this.#count] = to;
    this.#ends[this.#count + 1] = from;
    this.#room[this.#count] = capacity;
    this.#count += 2;
  }

  /** Fills the network; false where more flows than any finite cut could stop. */
  saturate(source: number, sink: number): boolean {
    this.#close();
    let total = 0;
    for (;;) {
      const level = this.#levels(source, sink);
      if (at(level, source) < 0) return true;
      total += this.#fill(source, sink, level);
      if (total >= infinite) return false;
    }
  }

  /** The vertices that the source still reaches. */
  sideOf(source: number): Uint8Array {
    const seen = new Uint8Array(this.#vertices);
    const queue = [source];
    seen[source] = 1;
    for (const vertex of queue)
      for (let place = at(this.#starts, vertex); place < at(this.#starts, vertex + 1); place++) {
        const arc = at(this.#list, place);
        const end = at(this.#ends, arc);
        if (at(this.#room, arc) <= 0 || at(seen, end) !== 0) continue;
        seen[end] = 1;
        queue.push(end);
      }
    return seen;
  }

  /** Puts the arcs of each vertex side by side. The tail of an arc is the end of its other half. */
  #close(): void {
    const starts = this.#starts;
    for (let arc = 0; arc < this.#count; arc++) starts[at(this.#ends, arc ^ 1) + 1] = at(starts, at(this.#ends, arc ^ 1) + 1) + 1;
    for (let vertex = 0; vertex < this.#vertices; vertex++) starts[vertex + 1] = at(starts, vertex + 1) + at(starts, vertex);
    const next = starts.slice();
    this.#list = new Int32Array(this.#count);
    for (let arc = 0; arc < this.#count; arc++) {
      const tail = at(this.#ends, arc ^ 1);
      this.#list[at(next, tail)] = arc;
      next[tail] = at(next, tail) + 1;
    }
  }

  /** How far each vertex is from the sink over arcs with room, as far as the source; -1 for the rest. */
  #levels(source: number, sink: number): Int32Array {
    const level = new Int32Array(this.#vertices).fill(-1);
    const queue = new Int32Array(this.#vertices);
    let length = 1;
    queue[0] = sink;
    level[sink] = 0;
    for (let head = 0; head < length; head++) {
      const vertex = at(queue, head);
      if (vertex === source) break;
      for (let place = at(this.#starts, vertex); place < at(this.#starts, vertex + 1); place++) {
        const arc = at(this.#list, place);
        const tail = at(this.#ends, arc);
        if (at(level, tail) >= 0 || at(this.#room, arc ^ 1) <= 0) continue;
        level[tail] = at(level, vertex) + 1;
        queue[length++] = tail;
      }
    }
    return level;
  }

  /** A blocking flow of the level graph, without recursion: after each push the walk goes on where the way was first full. */
  #fill(source: number, sink: number, level: Int32Array): number {
    const next = this.#starts.slice();
    const way = new Int32Array(at(level, source) + 1);
    let depth = 0;
    let vertex = source;
    let total = 0;
    for (;;) {
      if (vertex === sink) {
        let least = infinite;
        for (let index = 0; index < depth; index++) least = Math.min(least, at(this.#room, at(way, index)));
        let full = 0;
        for (let index = depth - 1; index >= 0; index--) {
          const arc = at(way, index);
          this.#room[arc] = at(this.#room, arc) - least;
          this.#room[arc ^ 1] = Math.min(infinite, at(this.#room, arc ^ 1) + least);
          if (at(this.#room, arc) === 0) full = index;
        }
        total += least;
        if (total >= infinite) return total;
        depth = full;
        vertex = at(this.#ends, at(way, full) ^ 1);
        continue;
      }
      const end = at(this.#starts, vertex + 1);
      const nearer = at(level, vertex) - 1;
      let place = at(next, vertex);
      for (; place < end; place++) {
        const arc = at(this.#list, place);
        if (at(this.#room, arc) > 0 && at(level, at(this.#ends, arc)) === nearer) break;
      }
      next[vertex] = place;
      if (place < end) {
        const arc = at(this.#list, place);
        way[depth++] = arc;
        vertex = at(this.#ends, arc);
        continue;
      }
      if (depth === 0) return total;
      vertex = at(this.#ends, at(way, --depth) ^ 1);
      next[vertex] = at(next, vertex) + 1;
    }
  }
}
