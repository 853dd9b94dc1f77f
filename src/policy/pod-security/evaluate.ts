// Pod Security Standards over one pod: which checks of a level, in the form they had in a version of Kubernetes, the pod violates.
// Exact for 1.0–1.37 (k8s.io/pod-security-admission 0.37): at level restricted the baseline checks run too, except those that a restricted
// one replaces. Left out: what admission adds around it (exemptions, defaulting, which requests are looked at).

import type { Pod } from '../../kube/pod/types.ts';
import type { Level, Offence, Predicate } from './check.ts';
import { podSecurityChecks } from './checks.ts';
import { minorOf, newestMinor } from './version.ts';

/** A check that a pod violates. */
export interface Violation extends Offence {
  /** The check's id, as upstream has it: `hostNamespaces`. */
  readonly check: string;
}

export interface Evaluation {
  readonly allowed: boolean;
  /** In the order of the API server's messages. */
  readonly violations: readonly Violation[];
}

interface Active {
  readonly id: string;
  readonly check: Predicate;
}

/**
 * Judges a pod at a level of a version: `latest`, `v1.34` or `1.34`.
 * `evaluate(pod, 'baseline', 'v1.36').violations[0]?.reason` is `host namespaces` for a pod with `hostPID: true`.
 */
export function evaluate(pod: Pod, level: Level, version: string): Evaluation {
  const violations = level === 'privileged' ? [] : violated(pod, checksOf(level, minorOf(version)));
  return { allowed: violations.length === 0, violations };
}

/** The strictest level that a pod meets together with all laxer ones. */
export function levelOf(pod: Pod, version: string): Level {
  const minor = minorOf(version);
  if (!meets(pod, checksOf('baseline', minor))) return 'privileged';
  return meets(pod, checksOf('restricted', minor)) ? 'restricted' : 'baseline';
}

/** What one check alone says of a pod, in the form it has in a version; undefined where it allows the pod or did not exist yet. */
export function offenceOf(pod: Pod, id: string, version: string): Offence | undefined {
  const minor = minorOf(version);
  const versions = podSecurityChecks.find((check) => check.id === id)?.versions;
  return versions?.findLast(({ since }) => since <= minor)?.check(pod);
}

/** The violations in one line, as the API server says them: `host namespaces (hostPID=true), privileged (container "a" must not …)`. */
export function forbiddenDetail(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

function violated(pod: Pod, checks: readonly Active[]): readonly Violation[] {
  const found: Violation[] = [];
  for (const { id, check } of checks) {
    const offence = check(pod);
    if (offence !== undefined) found.push({ check: id, ...offence });
  }
  return found;
}

function meets(pod: Pod, checks: readonly Active[]): boolean {
  return checks.every(({ check }) => check(pod) === undefined);
}

const active: Readonly<Record<'baseline' | 'restricted', readonly (readonly Active[])[]>> = {
  baseline: everyMinor((minor) => inForce('baseline', minor)),
  restricted: everyMinor((minor) => inForce('restricted', minor)),
};

function checksOf(level: 'baseline' | 'restricted', minor: number): readonly Active[] {
  return active[level][minor] ?? [];
}

function everyMinor(build: (minor: number) => readonly Active[]): readonly (readonly Active[])[] {
  return Array.from({ length: newestMinor + 1 }, (_, minor) => build(minor));
}

function inForce(level: 'baseline' | 'restricted', minor: number): readonly Active[] {
  const current = podSecurityChecks
    .filter((check) => level === 'restricted' || check.level === 'baseline')
    .flatMap((check) => {
      const version = check.versions.findLast(({ since }) => since <= minor);
      return version === undefined ? [] : [{ id: check.id, check: version.check, replaces: version.replaces }];
    });
  const replaced = new Set(current.map(({ replaces }) => replaces));
  return current.filter(({ id }) => !replaced.has(id));
}
