// A directed graph in compressed rows: the arcs of a vertex stand side by side, in both directions, each with the number it was given.
// Three typed arrays a direction; 200,000 vertices and 2,000,000 arcs take 32 MB and are built by counting, in linear time.

export interface Rows {
  /** Where the arcs of vertex v begin in `ends`; one entry more than there are vertices. */
  readonly starts: Int32Array;
  /** The vertex at the other end. */
  readonly ends: Int32Array;
  /** The number of the arc. */
  readonly arcs: Int32Array;
}

export interface Graph {
  readonly vertices: number;
  readonly sources: Int32Array;
  readonly targets: Int32Array;
  /** Arcs out of a vertex. */
  readonly out: Rows;
  /** Arcs into a vertex. */
  readonly into: Rows;
}

/** Builds the graph of arcs `sources[i]` → `targets[i]`. */
export function graph(vertices: number, sources: ArrayLike<number>, targets: ArrayLike<number>): Graph {
  const [from, to] = [Int32Array.from(sources), Int32Array.from(targets)];
  return { vertices, sources: from, targets: to, out: rows(vertices, from, to), into: rows(vertices, to, from) };
}

function rows(vertices: number, keys: Int32Array, values: Int32Array): Rows {
  const starts = new Int32Array(vertices + 1);
  for (let arc = 0; arc < keys.length; arc++) starts[at(keys, arc) + 1] = at(starts, at(keys, arc) + 1) + 1;
  for (let vertex = 0; vertex < vertices; vertex++) starts[vertex + 1] = at(starts, vertex + 1) + at(starts, vertex);
  const next = starts.slice(0, vertices);
  const ends = new Int32Array(keys.length);
  const arcs = new Int32Array(keys.length);
  for (let arc = 0; arc < keys.length; arc++) {
    const key = at(keys, arc);
    const place = at(next, key);
    next[key] = place + 1;
    ends[place] = at(values, arc);
    arcs[place] = arc;
  }
  return { starts, ends, arcs };
}

/** Reads a typed array inside its bounds. */
export function at(array: Int32Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}
