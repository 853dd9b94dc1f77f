// The one result every face shows: table, SARIF, exit status and page are rendered from it and cannot disagree.

import type { JsonPatch } from '../kube/patch/json-patch.ts';
import type { Problem, SourcePosition } from '../lib/problem.ts';
import type { Coverage } from '../snapshot/snapshot.ts';
import type { Severity, Verdict } from './control.ts';

/** The object a finding is about. */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly container?: string;
}

export interface FindingEvidence {
  readonly subject: Subject;
  readonly path: string;
  readonly note: string;
  readonly source?: SourcePosition;
}

export interface Waived {
  readonly reason: string;
  readonly owner?: string;
  readonly until?: string;
  /** Where the waiver stands: a file, an annotation, a comment. */
  readonly by: string;
}

export interface Finding {
  /** Stable identity: survives moved lines, reordered lists and other files; changes with control, object or field. */
  readonly id: string;
  readonly control: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Exclude<Verdict, 'pass' | 'not-applicable'>;
  readonly subject: Subject;
  readonly source?: SourcePosition;
  /** JSON pointer within the object. */
  readonly path: string;
  readonly reason: string;
  readonly detail: string;
  readonly evidence: readonly FindingEvidence[];
  readonly fix?: { readonly description: string; readonly patch?: JsonPatch };
  readonly waived?: Waived;
  /** Findings with the same root (a chart's value, an owner's pod template) share it; reports show one and count the rest. */
  readonly root: string;
  /** True where a baseline was given and this finding is not in it. */
  readonly new?: boolean;
}

export interface ScanSummary {
  readonly objects: number;
  readonly workloads: number;
  readonly namespaces: number;
  readonly files: number;
  readonly controls: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Subjects judged, by verdict: the denominators. */
  readonly byVerdict: Readonly<Record<Verdict, number>>;
}

/** How one control fared: every figure with its denominator. */
export interface ControlTally {
  readonly control: string;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
}

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** Which Pod Security Standards levels workloads and namespaces meet at one version. */
export interface PodSecurity {
  readonly version: string;
  readonly workloads: readonly { readonly subject: Subject; readonly level: PodSecurityLevel }[];
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly workloads: number;
    /** The strictest level that all its workloads meet; absent where it has none. */
    readonly met?: PodSecurityLevel;
    /** What its labels enforce; absent where its Namespace object was not seen. */
    readonly enforced?: PodSecurityLevel;
    /** Workloads that the enforced level would refuse. */
    readonly refused: readonly Subject[];
  }[];
}

export interface ScanResult {
  readonly apiVersion: 'cofferdam.dev/v1';
  readonly kind: 'ScanResult';
  readonly kubernetesVersion: string;
  readonly summary: ScanSummary;
  readonly findings: readonly Finding[];
  readonly controls: readonly ControlTally[];
  readonly podSecurity: PodSecurity;
  readonly problems: readonly Problem[];
  readonly coverage: readonly Coverage[];
}
