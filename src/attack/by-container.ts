// Edges that a container's own settings decide: a way out of it to the node, to the node's files, or to its siblings.

import type { JsonPatch } from '../kube/patch/json-patch.ts';
import type { Container, Pod } from '../kube/pod/types.ts';
import type { Json } from '../lib/json.ts';
import { type ContainerOf, podRepair } from './containers.ts';
import type { Edge, Example, Technique } from './edge.ts';
import { type Repair, removing } from './repair.ts';
import type { Scene } from './scene.ts';

/** A setting that opens the way: pointers in the object, and what it says in words. */
export interface Opening {
  readonly paths: readonly string[];
  readonly text: string;
  /** False where something that is not read decides as well. */
  readonly known?: boolean;
}

export interface ContainerEdge {
  readonly id: string;
  readonly title: string;
  readonly needs: string;
  readonly gains: string;
  readonly technique: Technique;
  readonly fix: string;
  readonly effort: number;
  readonly cost?: number;
  readonly example: Example;
  /** What opens the way, where something does. */
  readonly opens: (container: Container, pod: Pod, scene: Scene) => Opening | undefined;
  readonly gain: (scene: Scene, container: ContainerOf) => readonly number[];
  /** Other edges of which a repair takes this one away too, where their own setting is what opens it. */
  readonly closedBy?: (container: Container) => readonly ContainerEdge[];
  /** The patch that closes it where the container or its pod is written so; by default the opening's fields are removed. */
  readonly close?: (object: Json | undefined, pod: Pod, opening: Opening, container: Container) => JsonPatch;
}

/** Makes an edge of a container's settings. */
export function byContainer(edge: ContainerEdge): Edge {
  const { id, title, needs, gains, technique, fix, example } = edge;
  return {
    id,
    title,
    needs,
    gains,
    technique,
    fix,
    cost: edge.cost ?? 1,
    example,
    derive: (scene) => {
      for (const one of scene.containers) derive(scene, edge, one);
    },
  };
}

function derive(scene: Scene, edge: ContainerEdge, one: ContainerOf): void {
  for (const { container, pod, resource } of one.running) {
    const opening = edge.opens(container, pod, scene);
    if (opening === undefined) continue;
    const known = opening.known ?? true;
    const evidence = [{ resource, path: opening.paths[0] ?? container.path, text: `${opening.text} (container ${one.name})` }];
    const repairs = [edge, ...(edge.closedBy?.(container) ?? [])].map((closing) => repairOf(scene, closing, one));
    for (const vertex of edge.gain(scene, one))
      scene.graph.arc(one.vertex, vertex, { edge: edge.id, cost: (edge.cost ?? 1) + (known ? 0 : 3), known, evidence, repairs });
    return;
  }
}

/** The change that closes an edge in one container, wherever its pods are written. */
function repairOf(scene: Scene, edge: ContainerEdge, one: ContainerOf): Repair {
  return podRepair(
    scene.snapshot,
    one.workload,
    { id: `${edge.id} ${one.name}`, text: `${edge.fix}: container ${one.name}`, effort: edge.effort },
    (object, written) =>
      written.containers.flatMap((own) => {
        const open = own.name === one.name ? edge.opens(own, written, scene) : undefined;
        return open === undefined ? [] : (edge.close?.(object, written, open, own) ?? removing(open.paths));
      }),
  );
}

/** Root on the nodes the container runs on; on some node where they are not known. */
export function itsNodes({ graph }: Scene, { workload }: ContainerOf): readonly number[] {
  return (workload.nodes.length === 0 ? [''] : workload.nodes).map((name) => graph.vertex('node', '', name));
}

/** The files of those nodes. */
export function filesOfItsNodes({ graph }: Scene, { workload }: ContainerOf): readonly number[] {
  return (workload.nodes.length === 0 ? [''] : workload.nodes).map((name) => graph.vertex('node-files', '', name));
}
