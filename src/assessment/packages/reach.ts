// What attackers get to: the harm of what they hold, in points (the whole cluster is 1000), from where they start and how likely they are
// there. One way of many pods counts its share: closing it helps those pods, though others stay open.

import type { AttackGraph } from '../../attack/graph.ts';
import { reachOf } from '../../attack/paths.ts';
import { placed, usualStarts } from '../../attack/places.ts';
import { harm, likelihoods } from '../../attack/risk.ts';
import type { VertexKind } from '../../attack/vertex.ts';

export const wholeCluster = 1000;

/** Points of harm of what is held. */
export function harmOf(graph: AttackGraph, held: readonly number[]): number {
  let points = 0;
  for (const number of held) {
    const vertex = graph.vertices[number];
    points += vertex === undefined ? 0 : harm(vertex);
    if (points >= wholeCluster) return wholeCluster;
  }
  return points;
}

/** Kinds that are as good as the cluster: who holds one of them stops at nothing. */
const crowns: ReadonlySet<VertexKind> = new Set(['cluster-admin', 'etcd', 'control-plane', 'node']);

/** Impact, 0 to 1: 1 where the cluster or a node falls, else the harm on a logarithmic scale. */
export function impactOf(graph: AttackGraph, starts: readonly number[]): { readonly value: number; readonly crown?: number } {
  const held = reachOf(graph, starts);
  const crown = held.find((vertex) => crowns.has(graph.vertices[vertex]?.kind ?? 'step'));
  if (crown !== undefined) return { value: 1, crown };
  return { value: Math.max(0.1, Math.log1p(harmOf(graph, held)) / Math.log1p(wholeCluster)) };
}

/** Searches of one measurement, by the size of the graph: about a second's worth. */
function samples(graph: AttackGraph): number {
  return Math.max(4, Math.min(120, Math.floor(3_000_000 / Math.max(1, graph.arcs.length))));
}

/**
 * Points of risk that attackers are: over the usual starts, how likely one is there times what he gets, the mean where there are several.
 * Of many pods every n-th is looked at, the same ones each time.
 */
export function attackRisk(graph: AttackGraph, from: readonly string[] = usualStarts): number {
  let risk = 0;
  for (const word of from) {
    const found = placed(graph, word);
    if (!found.ok || found.value.length === 0) continue;
    const stride = Math.ceil(found.value.length / samples(graph));
    const starts = found.value.filter((_, index) => index % stride === 0);
    const mean = starts.reduce((sum, start) => sum + harmOf(graph, reachOf(graph, [start])), 0) / starts.length;
    risk += mean * (Object.hasOwn(likelihoods, word) ? (likelihoods[word] ?? 0) : 0.05);
  }
  return risk;
}
