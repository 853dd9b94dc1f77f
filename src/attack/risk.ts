// Risk as a counterfactual: what an attacker no longer gets when one change is made, times how likely he is where he starts. Nothing is
// added up over findings: two changes that close the same way each count it whole, and neither counts what another way keeps open.

import { at } from '../lib/graph/csr.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { attackGraph } from './build.ts';
import type { AttackGraph } from './graph.ts';
import { placed, usualStarts } from './places.ts';
import type { Repair } from './repair.ts';
import { held, never } from './search.ts';
import { type Vertex, type VertexKind, vertexText } from './vertex.ts';

const mostLookedInto = 100;

/** How likely an attacker is at a start, in a year, as an order of magnitude; an own figure may be given for each. */
export const likelihoods: Readonly<Record<string, number>> = { internet: 0.5, pods: 0.1, accounts: 0.05, users: 0.05 };
const otherwise = 0.05;

/** What holding a position is worth, in points of harm: the whole cluster is 1000. */
const worth: Readonly<Partial<Record<VertexKind, number>>> = {
  'cluster-admin': 1000,
  etcd: 1000,
  'control-plane': 1000,
  cloud: 300,
  secrets: 100,
  node: 100,
  'namespace-admin': 50,
  'node-files': 20,
  effect: 10,
  secret: 5,
  'service-account': 2,
  container: 2,
};

/** The points of harm of a vertex that is held. Every Secret of the cluster counts as those of five namespaces. */
export function harm({ kind, namespace }: Vertex): number {
  return (worth[kind] ?? 0) * (kind === 'secrets' && namespace === '' ? 5 : 1);
}

export interface Risk {
  readonly repair: Repair;
  /** Points that the change takes away, over all starts. */
  readonly score: number;
  /** One sentence: what an attacker no longer gets. */
  readonly sentence: string;
}

/**
 * Changes by what they take away from attackers, the most first; those that take nothing away alone are left out. Without `asked`, the first
 * hundred that concern what attackers hold are looked into.
 */
export function risks(snapshot: Snapshot, from: readonly string[] = usualStarts, asked?: readonly Repair[]): readonly Risk[] {
  const graph = attackGraph(snapshot);
  const starts = from.flatMap((word) => {
    const found = placed(graph, word);
    const likelihood = Object.hasOwn(likelihoods, word) ? (likelihoods[word] ?? otherwise) : otherwise;
    return found.ok && found.value.length > 0
      ? [{ word, vertices: found.value, likelihood, holds: holdings(graph, found.value, undefined) }]
      : [];
  });
  const offered = new Map<string, Repair>();
  for (const repair of asked ?? []) offered.set(repair.id, repair);
  for (const { holds } of asked === undefined ? starts : [])
    for (const arc of graph.arcs) if (holds.has(arc.from)) for (const repair of arc.repairs) offered.set(repair.id, repair);
  return [...offered.values()]
    .slice(0, asked === undefined ? mostLookedInto : undefined)
    .flatMap((repair): readonly Risk[] => {
      let score = 0;
      let sentence = '';
      for (const { word, vertices, likelihood, holds } of starts) {
        const left = holdings(graph, vertices, repair.id);
        const lost = [...holds].filter((vertex) => !left.has(vertex));
        const points = lost.reduce((sum, vertex) => sum + value(graph, vertex), 0) * likelihood;
        if (points > 0 && sentence === '') sentence = inWords(graph, word, repair, lost);
        score += points;
      }
      return score > 0 ? [{ repair, score, sentence }] : [];
    })
    .sort((a, b) => b.score - a.score || (a.repair.id < b.repair.id ? -1 : 1));
}

function holdings(graph: AttackGraph, starts: readonly number[], repair: string | undefined): ReadonlySet<number> {
  const { cost } = held(graph, starts, repair === undefined ? {} : { repairs: new Set([repair]) });
  const all = new Set<number>();
  for (let vertex = 0; vertex < graph.vertices.length; vertex++) if (at(cost, vertex) < never) all.add(vertex);
  return all;
}

function value(graph: AttackGraph, vertex: number): number {
  const found = graph.vertices[vertex];
  return found === undefined ? 0 : harm(found);
}

const starters: Readonly<Record<string, string>> = { internet: 'an attacker from the internet', pods: 'an attacker in a pod' };

function inWords(graph: AttackGraph, word: string, repair: Repair, lost: readonly number[]): string {
  const top = lost.toSorted((a, b) => value(graph, b) - value(graph, a) || a - b);
  const [first] = top;
  const vertex = first === undefined ? undefined : graph.vertices[first];
  const others = top.filter((one) => value(graph, one) > 0).length - 1;
  const more = others > 0 ? `, nor ${others} other ${others === 1 ? 'position' : 'positions'}` : '';
  const who = Object.hasOwn(starters, word) ? starters[word] : `an attacker who starts at ${word}`;
  return `Once you ${repair.text}, ${who} no longer gets ${vertex === undefined ? 'further' : vertexText(vertex)}${more}.`;
}
