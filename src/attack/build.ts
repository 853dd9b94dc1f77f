// Snapshot → attack graph: every edge of the catalogue finds its instances, then hubs are filled. Edges that let their holder make bindings
// come twice, since what they open may be such a right again.

import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Edge } from './edge.ts';
import { bindRole } from './edges/bind-role.ts';
import { escalateRole } from './edges/escalate-role.ts';
import { edges } from './edges/index.ts';
import type { AttackGraph } from './graph.ts';
import { sceneOf } from './scene.ts';
import { spread } from './spread.ts';

const built = new WeakMap<Snapshot, AttackGraph>();

/** The attack graph of a snapshot, made on first use. */
export function attackGraph(snapshot: Snapshot): AttackGraph {
  let graph = built.get(snapshot);
  if (graph === undefined) {
    graph = build(snapshot, edges);
    built.set(snapshot, graph);
  }
  return graph;
}

/** The graph of some edges alone. */
export function build(snapshot: Snapshot, chosen: readonly Edge[]): AttackGraph {
  const scene = sceneOf(snapshot);
  for (const edge of [bindRole, escalateRole]) if (chosen.includes(edge)) edge.derive(scene);
  for (const edge of chosen) edge.derive(scene);
  spread(scene, () => scene.graph.all());
  scene.rights.connect();
  return scene.graph.done();
}
