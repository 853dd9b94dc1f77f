// Which vertex stands in every way: immediate dominators of a rooted graph by semi-dominators and nearest common ancestors (semi-NCA,
// Georgiadis 2005), and how many vertices each dominates. On the reversed graph with the goal as root, the dominators of a vertex are the
// choke points that all its ways to the goal pass.

import { at, type Rows } from './csr.ts';

export interface Dominators {
  /** The immediate dominator; -1 for the root and for what it does not reach. */
  readonly immediate: Int32Array;
  /** Vertices in the order of the search, the root first. */
  readonly order: Int32Array;
}

/** Dominators of the vertices that `root` reaches over `out`; `into` are the same arcs the other way round. */
export function dominators(vertices: number, out: Rows, into: Rows, root: number): Dominators {
  const { number, order, parent } = depthFirst(vertices, out, root);
  const count = order.length;
  const semi = Int32Array.from({ length: count }, (_, index) => index);
  const label = semi.slice();
  const ancestor = new Int32Array(count).fill(-1);
  const immediate = parent.slice();
  const way = new Int32Array(count);
  for (let index = count - 1; index > 0; index--) {
    const vertex = at(order, index);
    for (let place = at(into.starts, vertex); place < at(into.starts, vertex + 1); place++) {
      const before = at(number, at(into.ends, place));
      if (before < 0) continue;
      const best = at(semi, evaluate(before, ancestor, label, semi, way));
      if (best < at(semi, index)) semi[index] = best;
    }
    ancestor[index] = at(parent, index);
  }
  for (let index = 1; index < count; index++) {
    let candidate = at(immediate, index);
    while (candidate > at(semi, index)) candidate = at(immediate, candidate);
    immediate[index] = candidate;
  }
  const found = new Int32Array(vertices).fill(-1);
  for (let index = 1; index < count; index++) found[at(order, index)] = at(order, at(immediate, index));
  return { immediate: found, order };
}

/** For each vertex, the sum of `weights` over what it dominates, itself included. */
export function dominated({ immediate, order }: Dominators, weights: ArrayLike<number>): Int32Array {
  const sums = new Int32Array(immediate.length);
  for (const vertex of order) sums[vertex] = weights[vertex] ?? 0;
  for (let index = order.length - 1; index > 0; index--) {
    const vertex = at(order, index);
    const above = at(immediate, vertex);
    if (above >= 0) sums[above] = at(sums, above) + at(sums, vertex);
  }
  return sums;
}

function depthFirst(vertices: number, out: Rows, root: number) {
  const number = new Int32Array(vertices).fill(-1);
  const order = new Int32Array(vertices);
  const parent = new Int32Array(vertices).fill(-1);
  const next = out.starts.slice(0, vertices);
  const stack = [root];
  let count = 0;
  number[root] = count;
  order[count++] = root;
  while (stack.length > 0) {
    const vertex = stack[stack.length - 1] ?? root;
    const place = at(next, vertex);
    if (place >= at(out.starts, vertex + 1)) {
      stack.pop();
      continue;
    }
    next[vertex] = place + 1;
    const end = at(out.ends, place);
    if (at(number, end) >= 0) continue;
    parent[count] = at(number, vertex);
    number[end] = count;
    order[count++] = end;
    stack.push(end);
  }
  return { number, order: order.slice(0, count), parent: parent.slice(0, count) };
}

/** The vertex of least semi-dominator on the way up, with the way shortened. `way` is room for the walk. */
function evaluate(vertex: number, ancestor: Int32Array, label: Int32Array, semi: Int32Array, way: Int32Array): number {
  if (at(ancestor, vertex) < 0) return vertex;
  let depth = 0;
  let here = vertex;
  while (at(ancestor, at(ancestor, here)) >= 0) {
    way[depth++] = here;
    here = at(ancestor, here);
  }
  const top = at(ancestor, here);
  let best = at(label, here);
  while (depth > 0) {
    const below = at(way, --depth);
    if (at(semi, best) < at(semi, at(label, below))) label[below] = best;
    else best = at(label, below);
    ancestor[below] = top;
  }
  return at(label, vertex);
}
