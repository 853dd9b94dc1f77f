// What happens once a write is done, as one step of somebody.

import type { NodeFit } from '../scheduling/placement.ts';
import type { Candidate } from '../scheduling/preemption.ts';

export interface MadePods {
  /** True where all that were tried would be admitted. */
  readonly allowed: boolean;
  /** How many the controller makes. */
  readonly wanted: number;
  /** How many were tried, one after the other, and how many of these would be admitted. */
  readonly tried: number;
  readonly admitted: number;
  /** Why the first of the others would not be. */
  readonly message: string;
  readonly warnings: readonly string[];
}

export interface NextStep {
  readonly actor: string;
  readonly does: string;
  /** What the API server would answer to the pods that are made. */
  readonly pods?: MadePods;
  /** Of pods: every node, and what speaks against it. */
  readonly nodes?: readonly NodeFit[];
  /** Of pods that fit nowhere: the nodes for one of which the scheduler would delete these pods, which are of lower priority. */
  readonly preempts?: readonly Candidate[];
  /** What the scheduler would look at too and is not looked at here. */
  readonly unknown?: readonly string[];
}
