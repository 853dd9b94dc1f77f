// A way as people read it: hops between positions, each with the edge that makes it, its technique, and the proof: every binding, rule and
// field it rests on. What leads up to an edge (a binding, a role) is proof of the hop; what a hub holds belongs to the hop that gained it.

import type { Edge } from './edge.ts';
import { edges } from './edges/index.ts';
import type { AttackGraph, Evidence } from './graph.ts';
import type { Repair } from './repair.ts';
import type { Derivation } from './search.ts';
import { isPosition, type Vertex } from './vertex.ts';

export interface Step {
  readonly edge: Edge;
  readonly from: Vertex;
  readonly to: Vertex;
  readonly known: boolean;
  readonly proof: readonly Evidence[];
}

export interface AttackPath {
  readonly from: Vertex;
  readonly to: Vertex;
  readonly steps: readonly Step[];
  /** What it takes an attacker, the sum over the hops. */
  readonly cost: number;
  /** False where some hop is not known for sure. */
  readonly known: boolean;
  /** Every change that takes this way away. */
  readonly repairs: readonly Repair[];
}

const byId = new Map(edges.map((edge) => [edge.id, edge]));

/** The edge with this id. */
export function edgeNamed(id: string): Edge | undefined {
  return byId.get(id);
}

/** Puts a derivation into hops. */
export function pathOf(graph: AttackGraph, { arcs, beside, cost }: Derivation, start: number, goal: number): AttackPath {
  const steps: Step[] = [];
  const repairs = new Map<string, Repair>();
  let from = start;
  let proof: Evidence[] = [];
  let known = true;
  for (const number of [...arcs, ...beside]) for (const repair of graph.arcs[number]?.repairs ?? []) repairs.set(repair.id, repair);
  const others = beside.flatMap((number) => graph.arcs[number]?.evidence ?? []);
  for (const number of arcs) {
    const arc = graph.arcs[number];
    if (arc === undefined) continue;
    known &&= arc.known;
    const last = steps[steps.length - 1];
    const edge = byId.get(arc.edge);
    if (arc.role === 'spread' && last !== undefined && proof.length === 0 && isPosition(at(graph, arc.to))) {
      steps[steps.length - 1] = { ...last, to: at(graph, arc.to), proof: [...last.proof, ...arc.evidence] };
      from = arc.to;
    } else if (edge === undefined) proof.push(...arc.evidence);
    else {
      if (graph.vertices[arc.from]?.kind === 'step') proof.push(...others);
      steps.push({ edge, from: at(graph, from), to: at(graph, arc.to), known, proof: distinct([...proof, ...arc.evidence]) });
      from = arc.to;
      proof = [];
      known = true;
    }
  }
  return {
    from: at(graph, start),
    to: at(graph, goal),
    steps,
    cost,
    known: steps.every((step) => step.known),
    repairs: [...repairs.values()],
  };
}

function at(graph: AttackGraph, vertex: number): Vertex {
  return graph.vertices[vertex] ?? { kind: 'step', namespace: '', name: '' };
}

function distinct(proof: readonly Evidence[]): readonly Evidence[] {
  return [...new Map(proof.map((one) => [`${one.text} ${one.path}`, one])).values()];
}
