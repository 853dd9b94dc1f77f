import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Graph, graph } from './csr.ts';
import { vertexCut } from './cut.ts';
import { dominated, dominators } from './dominators.ts';
import { distancesTo, reached, unreachable } from './search.ts';

/** Small graphs of any shape: cycles, arcs to itself, parallel arcs. */
const small = fc.integer({ min: 2, max: 8 }).chain((count) =>
  fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 20 }).map((arcs) => ({
    count,
    graph: graph(
      count,
      arcs.map(([from]) => from),
      arcs.map(([, to]) => to),
    ),
  })),
);

function without(whole: Graph, gone: ReadonlySet<number>): Graph {
  const kept = [...whole.sources.keys()].filter((arc) => !gone.has(whole.sources[arc] ?? 0) && !gone.has(whole.targets[arc] ?? 0));
  return graph(
    whole.vertices,
    kept.map((arc) => whole.sources[arc] ?? 0),
    kept.map((arc) => whole.targets[arc] ?? 0),
  );
}

function connects(whole: Graph, from: number, to: number): boolean {
  return reached(whole.out, whole.vertices, [from])[to] === 1;
}

describe('graphs', () => {
  test('a way costs what its arcs cost, and the cheapest counts', () => {
    const diamond = graph(4, [0, 0, 1, 2], [1, 2, 3, 3]);
    const { cost, first } = distancesTo(diamond, [1, 5, 1, 1], [3]);
    assert.deepEqual([...cost], [2, 1, 1, 0]);
    assert.deepEqual([...first], [0, 2, 3, -1]);
  });

  test('what reaches no goal is unreachable', () => {
    assert.equal(distancesTo(graph(2, [0], [1]), [1], [0]).cost[1], unreachable);
  });

  test('a vertex dominates what only it leads to', () => {
    const hourglass = graph(6, [0, 0, 1, 2, 3, 3], [1, 2, 3, 3, 4, 5]);
    const found = dominators(6, hourglass.out, hourglass.into, 0);
    assert.deepEqual([...found.immediate], [-1, 0, 0, 0, 3, 3]);
    assert.deepEqual([...dominated(found, [1, 1, 1, 1, 1, 1])], [6, 1, 1, 3, 1, 1]);
  });

  test('dominators are the vertices whose removal disconnects, on every small graph', () => {
    fc.assert(
      fc.property(small, ({ count, graph: whole }) => {
        const { immediate } = dominators(count, whole.out, whole.into, 0);
        for (let vertex = 1; vertex < count; vertex++) {
          const above = new Set<number>();
          for (let here = immediate[vertex] ?? -1; here >= 0; here = immediate[here] ?? -1) above.add(here);
          for (let other = 1; other < count; other++) {
            if (other === vertex || !connects(whole, 0, vertex)) continue;
            assert.equal(above.has(other), !connects(without(whole, new Set([other])), 0, vertex));
          }
        }
      }),
    );
  });

  test('a cut is complete and cheapest, compared with every set of vertices', () => {
    fc.assert(
      fc.property(small, fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 8, maxLength: 8 }), ({ count, graph: whole }, prices) => {
        const goal = count - 1;
        const cut = vertexCut(whole, prices, [0], [goal]);
        let best: number | undefined;
        for (let set = 0; set < 1 << count; set++) {
          const gone = new Set([...Array(count).keys()].filter((vertex) => (set >> vertex) & 1));
          if ([...gone].some((vertex) => (prices[vertex] ?? 0) <= 0)) continue;
          const price = [...gone].reduce((sum, vertex) => sum + (prices[vertex] ?? 0), 0);
          const open = gone.has(0) || gone.has(goal) ? false : goal === 0 || connects(without(whole, gone), 0, goal);
          if (!open && (best === undefined || price < best)) best = price;
        }
        assert.equal(
          cut?.reduce((sum, vertex) => sum + (prices[vertex] ?? 0), 0),
          best,
        );
      }),
    );
  });
});
