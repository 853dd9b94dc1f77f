// What speaks against a node: the filter of the scheduler that says so, in its words and in ours.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import type { JsonObject } from '../../lib/json.ts';

export interface Objection {
  /** `NodeResourcesFit`. */
  readonly plugin: string;
  /** As the scheduler's events say it: `Insufficient cpu`. */
  readonly says: string;
  /** The same with what it is about: `untolerated taint gpu=yes:NoSchedule`. */
  readonly why: string;
  /** False where no pod that makes room could help. */
  readonly resolvable: boolean;
  /** The scheduler cannot answer at all, and tries again later. */
  readonly failed?: true;
}

/** A node with the pods that are on it and not over. */
export interface Place {
  readonly name: string;
  readonly node: Struct;
  readonly labels: Readonly<Record<string, string>>;
  readonly pods: readonly JsonObject[];
}

/** A filter, made once for a pod over all nodes; asked for each. */
export type Filter = (place: Place) => readonly Objection[];

/** A plugin of the scheduler, prepared for a pod. */
export interface Plugin {
  readonly filter: Filter;
  /** The plugin once a pod has come to a place or gone from it; absent where only the place itself is looked at. */
  readonly moved?: (pod: JsonObject, place: Place, by: 1 | -1) => Plugin;
}

/** One objection, or none. */
export function objects(is: boolean, objection: Objection): readonly Objection[] {
  return is ? [objection] : [];
}

/** Those of the first plugin that objects: the scheduler asks no further. */
export function firstSaid(objections: readonly Objection[]): readonly Objection[] {
  return objections.filter(({ plugin }) => plugin === objections[0]?.plugin);
}

/** True where pods that make room could help: one thing that cannot be helped is enough to give up. */
export function isResolvable(objections: readonly Objection[]): boolean {
  return firstSaid(objections).every(({ resolvable }) => resolvable);
}
