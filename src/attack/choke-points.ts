// Positions that every way of a start passes: dominators of the reversed graph. What a choke point counts is the starts that lose all their
// ways when it is closed. Prerequisites are read as alternatives here, which adds ways and takes none, so that what is called a choke point
// is one.

import { graph as graphOf } from '../lib/graph/csr.ts';
import { dominated, dominators } from '../lib/graph/dominators.ts';
import type { AttackGraph } from './graph.ts';
import { isPosition, type Vertex } from './vertex.ts';

export interface ChokePoint {
  readonly vertex: Vertex;
  /** Starts all of whose ways to the goals pass here. */
  readonly starts: number;
}

/** The choke points between starts and goals, those of the most starts first; points that only one start passes are left out. */
export function chokePoints(attack: AttackGraph, starts: readonly number[], goals: readonly number[]): readonly ChokePoint[] {
  const root = attack.vertices.length;
  const sources = [...attack.rows.targets, ...goals.map(() => root)];
  const targets = [...attack.rows.sources, ...goals];
  const reversed = graphOf(root + 1, sources, targets);
  const found = dominators(root + 1, reversed.out, reversed.into, root);
  const weights = new Int32Array(root + 1);
  for (const start of starts) weights[start] = 1;
  const counts = dominated(found, weights);
  const ends = new Set([...starts, ...goals]);
  return attack.vertices
    .flatMap((vertex, number) => {
      const passing = counts[number] ?? 0;
      return passing > 1 && !ends.has(number) && (isPosition(vertex) || vertex.kind === 'role') ? [{ vertex, starts: passing }] : [];
    })
    .sort((a, b) => b.starts - a.starts);
}
