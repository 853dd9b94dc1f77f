// What a check of the Pod Security Standards is to the evaluator: an id, the level that first asks for it, and its predicate in each version
// of the standard that changed it. Ids, order and versions as in k8s.io/pod-security-admission 0.37 (policy/registry.go).

import type { Pod } from '../../kube/pod/types.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** Levels from lax to strict. */
export const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];

/** What a check forbids in a pod; reason and detail are the API server's own words. */
export interface Offence {
  readonly reason: string;
  readonly detail: string;
  /** JSON pointers of the offending fields; of the fields that should be there where they are missing. */
  readonly paths: readonly string[];
}

/** Undefined where the pod is allowed. */
export type Predicate = (pod: Pod) => Offence | undefined;

/** A check from a minor version of Kubernetes 1 on. */
export interface VersionedPredicate {
  readonly since: number;
  readonly check: Predicate;
  /** Baseline checks that this stricter form replaces at level restricted. */
  readonly replaces?: string;
}

export interface PodSecurityCheck {
  readonly id: string;
  readonly level: Exclude<Level, 'privileged'>;
  /** Oldest first. */
  readonly versions: readonly VersionedPredicate[];
}
