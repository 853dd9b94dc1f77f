// The attack graph while it is made and when it is done: vertices by key, arcs with the edge they are an instance of, the evidence they rest
// on, and the repairs that take them away. A vertex of kind `step` needs all that leads to it, every other vertex any of it.

import { type Graph, graph } from '../lib/graph/csr.ts';
import type { Resource } from '../snapshot/snapshot.ts';
import type { Repair } from './repair.ts';
import { type Vertex, type VertexKind, vertexId } from './vertex.ts';

/** What an arc rests on, so that it can be checked without the engine. */
export interface Evidence {
  readonly text: string;
  readonly resource?: Resource;
  /** JSON pointer within the resource. */
  readonly path: string;
}

/** How an arc takes part in a way: `premise` leads up to the edge that uses it, `spread` says what a hub holds. */
export type Role = 'edge' | 'premise' | 'spread';

export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly role: Role;
  /** Id of the edge, for arcs of role `edge`. */
  readonly edge: string;
  /** What it takes an attacker, 0 and up. */
  readonly cost: number;
  /** False where evidence is missing: the edge may be there. */
  readonly known: boolean;
  readonly evidence: readonly Evidence[];
  readonly repairs: readonly Repair[];
}

/** An edge that could not be decided, with the reason. */
export interface Unknown {
  readonly edge: string;
  readonly reason: string;
}

export interface AttackGraph {
  readonly vertices: readonly Vertex[];
  readonly arcs: readonly Arc[];
  readonly rows: Graph;
  readonly unknown: readonly Unknown[];
  /** The number of a vertex; undefined where the graph has none such. */
  readonly find: (kind: VertexKind, namespace?: string, name?: string) => number | undefined;
  /** For vertices of workloads: the labels of their pods. */
  readonly labels: ReadonlyMap<number, Readonly<Record<string, string>>>;
}

export interface NewArc {
  readonly role?: Role;
  readonly edge?: string;
  readonly cost?: number;
  readonly known?: boolean;
  readonly evidence?: readonly Evidence[];
  readonly repairs?: readonly Repair[];
}

const none: readonly never[] = [];

/** Collects vertices and arcs. Arcs that say the same are kept once, with the repairs of the first. */
export class GraphBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #vertices: Vertex[] = [];
  readonly #arcs: Arc[] = [];
  readonly #known = new Map<string, number>();
  readonly #unknown = new Map<string, Unknown>();
  readonly #labels = new Map<number, Readonly<Record<string, string>>>();

  vertex(kind: VertexKind, namespace = '', name = ''): number {
    const vertex: Vertex = { kind, namespace, name };
    const id = vertexId(vertex);
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#vertices.push(vertex) - 1;
    this.#numbers.set(id, number);
    return number;
  }

  find(kind: VertexKind, namespace = '', name = ''): number | undefined {
    return this.#numbers.get(vertexId({ kind, namespace, name }));
  }

  /** The vertices so far. */
  all(): readonly Vertex[] {
    return [...this.#vertices];
  }

  at(number: number): Vertex {
    return this.#vertices[number] ?? { kind: 'step', namespace: '', name: '' };
  }

  /** Adds an arc. One that says the same and is repaired the same is kept once, the sure one where they differ in that. */
  arc(from: number, to: number, { role = 'edge', edge = '', cost = 1, known = true, evidence = none, repairs = none }: NewArc): void {
    if (from === to) return;
    const key = `${from} ${to} ${edge} ${role} ${repairs.map(({ id }) => id).join()}`;
    const arc: Arc = { from, to, role, edge, cost, known, evidence, repairs };
    const before = this.#known.get(key);
    if (before === undefined) this.#known.set(key, this.#arcs.push(arc) - 1);
    else if (known && this.#arcs[before]?.known === false) this.#arcs[before] = arc;
  }

  label(vertex: number, labels: Readonly<Record<string, string>>): void {
    this.#labels.set(vertex, labels);
  }

  /** Tells of an edge that nothing read so far decides. */
  undecided(edge: string, reason: string): void {
    this.#unknown.set(`${edge} ${reason}`, { edge, reason });
  }

  done(): AttackGraph {
    const arcs = this.#arcs;
    const numbers = this.#numbers;
    const sources = Int32Array.from(arcs, ({ from }) => from);
    const targets = Int32Array.from(arcs, ({ to }) => to);
    return {
      vertices: this.#vertices,
      arcs,
      rows: graph(this.#vertices.length, sources, targets),
      unknown: [...this.#unknown.values()],
      find: (kind, namespace = '', name = '') => numbers.get(vertexId({ kind, namespace, name })),
      labels: this.#labels,
    };
  }
}
