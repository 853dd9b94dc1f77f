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

/** One objection, or none. */
export function objects(is: boolean, objection: Objection): readonly Objection[] {
  return is ? [objection] : [];
}
