// What one way of escalating is: a row of the catalogue with what it needs and gains, its technique (MITRE ATT&CK, Microsoft's Threat Matrix
// for Kubernetes), how it is repaired, and manifests that have exactly this weakness, which one test turns into this edge and, with the
// edge's own repair made, into none. `derive` finds its instances in a scene.

import type { KubeObject } from '../kube/object.ts';
import type { Scene } from './scene.ts';

export interface Technique {
  /** ATT&CK id: `T1611`. */
  readonly attack: string;
  /** Name in the Threat Matrix for Kubernetes; empty where it has none. */
  readonly matrix: string;
}

export interface Example {
  /** The objects that have the weakness, and nothing else. */
  readonly objects: readonly KubeObject[];
  /** Edges that this weakness gives as well, because it cannot be had without them. */
  readonly also?: readonly string[];
  /** Whose semantics apply, where the newest known have the edge no more. */
  readonly kubernetesVersion?: string;
  /** True where no change of an object of Kubernetes takes the edge away; `fix` says what does. */
  readonly notRepairedHere?: true;
}

export interface Edge {
  readonly id: string;
  readonly title: string;
  /** What the attacker must hold, in words or as rights: every right of the list. */
  readonly needs: string | readonly string[];
  readonly gains: string;
  readonly technique: Technique;
  readonly fix: string;
  /** What it takes the attacker: 1 a command, 2 some work, 3 patience or luck, 4 a flaw in a program. */
  readonly cost: number;
  readonly derive: (scene: Scene) => void;
  readonly example: Example;
}
