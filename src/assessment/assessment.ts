// What an assessment is: eight dimensions of automatic checks and questions, scores with the range they may lie in, and the views made of
// them. Plain data: the table, the JSON, the report and the planner read this one shape.
//
// Every figure says what it was counted over. A check whose source was not given (no cluster, no repository, no answer) is out of scope: it
// lowers `judged` and widens `range`, and touches no score. A subject that a given source leaves open counts as not passed.

import type { Severity } from '../controls/control.ts';
import type { Subject } from '../controls/result.ts';
import type { Problem, SourcePosition } from '../lib/problem.ts';
import type { ClusterFacts, Coverage } from '../snapshot/snapshot.ts';

export const dimensions = [
  'architecture',
  'applications',
  'scalability',
  'storage',
  'ci-cd',
  'disaster-recovery',
  'monitoring',
  'security',
] as const;

export type Dimension = (typeof dimensions)[number];

export const dimensionTitles: Readonly<Record<Dimension, string>> = {
  architecture: 'Architecture',
  applications: 'Applications',
  scalability: 'Scalability',
  storage: 'Storage and backup',
  'ci-cd': 'CI/CD',
  'disaster-recovery': 'Disaster recovery',
  monitoring: 'Monitoring and health',
  security: 'Security',
};

/** What a check looks at: objects as written or read, a running cluster, its metrics, files of the repository, a person's answer. */
export type Need = 'manifests' | 'live' | 'metrics' | 'repository' | 'answer';

/** The four C's, from outside in. */
export const layers = ['cloud', 'cluster', 'container', 'code'] as const;

export type Layer = (typeof layers)[number];

/** When in its life a thing is guarded. */
export const phases = ['develop', 'distribute', 'deploy', 'runtime'] as const;

export type Phase = (typeof phases)[number];

/** Levels of the CNCF's cloud native maturity model; `none`: not even what the first asks for. */
export const maturityLevels = ['none', 'build', 'operate', 'scale', 'improve', 'adapt'] as const;

export type MaturityLevel = (typeof maturityLevels)[number];

export type CheckVerdict = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** Judgements by what came of them. The denominator of a figure is `pass + fail + unknown`. */
export interface Counts {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
}

/** One thing a check has to say about one object, or about the cluster (`kind: 'Cluster'`), or a file (`kind: 'File'`). */
export interface CheckSubject {
  readonly subject: Subject;
  readonly detail: string;
  readonly source?: SourcePosition;
  /** The finding of the scan it rests on, where it does. */
  readonly finding?: string;
}

/** What is known of a check or question before anything is looked at. */
export interface CheckWords {
  /** `applications/probes`: the dimension and a name. Stable: plans and progress refer to it. */
  readonly id: string;
  readonly dimension: Dimension;
  /** A statement that is true where the check passes. */
  readonly title: string;
  /** What to do where it fails. */
  readonly fix: string;
  readonly weight: 1 | 3 | 9;
  /** While it fails, or a given source leaves it open, its dimension has 59 points at most. */
  readonly gate: boolean;
  /** Level of maturity that asks for it. */
  readonly level: MaturityLevel;
  readonly needs: readonly Need[];
  /** Controls that must pass for this check to pass: acceptance tests of work on it. Empty for checks that are no controls. */
  readonly controls: readonly string[];
  readonly layer: Layer;
  readonly phase: Phase;
}

/** A check or question with what came of it. */
export interface CheckResult extends CheckWords {
  /** False where a source it needs was not given. */
  readonly inScope: boolean;
  readonly automatic: boolean;
  readonly verdict: CheckVerdict;
  readonly counts: Counts;
  /** Passed share of `pass + fail + unknown`, 0 to 1; absent where that is zero or the check is out of scope. */
  readonly ratio?: number;
  /** One sentence: what was found, or why nothing could be. */
  readonly reason: string;
  /** What failed, the first hundred; `counts.fail` tells how many there are. */
  readonly failing: readonly CheckSubject[];
  /** What could not be judged, the first twenty. */
  readonly open: readonly CheckSubject[];
  /** What the figure was read from. */
  readonly source: string;
  /** Seconds since that was read, where it ages. */
  readonly age?: number;
}

/** A figure from 0 to 100 with where it may lie once everything is known, and what it was counted over. */
export interface Score {
  /** Absent where nothing was judged: zero objects are not 100. */
  readonly score?: number;
  /** Before caps; absent where they changed nothing. */
  readonly uncapped?: number;
  /** Why it is capped. */
  readonly cap?: string;
  /** The least and the most it can be once everything unknown is known. */
  readonly range: { readonly low: number; readonly high: number };
  /** Share of the weight that was judged, 0 to 1: how much of the question the score answers. */
  readonly judged: number;
  readonly weight: { readonly passed: number; readonly counted: number; readonly total: number };
  readonly checks: Readonly<Record<CheckVerdict, number>>;
}

export interface DimensionScore extends Score {
  readonly dimension: Dimension;
  readonly title: string;
  readonly maturity: MaturityLevel;
  /** Ids of checks that keep it from the next level, the heaviest first. */
  readonly nextLevel: readonly string[];
  /** Ids of critical gates that are not passed. */
  readonly gates: readonly string[];
}

export interface LayerScore extends Score {
  readonly layer: Layer;
}

export interface PhaseScore extends Score {
  readonly phase: Phase;
}

/** What is to be done first: a failing check with how many points its dimension gains when it passes. */
export interface Priority {
  readonly check: string;
  readonly gain: number;
}

export interface DefenceRow {
  readonly subject: Subject;
  /** By measure; the columns are `DefenceMatrix.measures`. */
  readonly cells: Readonly<Record<string, CheckVerdict>>;
  readonly passed: number;
  readonly judged: number;
}

/** Which layers of defence each workload has. */
export interface DefenceMatrix {
  readonly measures: readonly { readonly id: string; readonly title: string; readonly controls: readonly string[] }[];
  readonly rows: readonly DefenceRow[];
  /** Passed and judged by measure. */
  readonly totals: Readonly<Record<string, { readonly passed: number; readonly judged: number }>>;
}

export type Responsible = 'you' | 'provider' | 'shared' | 'unknown';

/** One row of the shared-responsibility view. */
export interface ResponsibilityRow extends Score {
  readonly id: string;
  readonly title: string;
  readonly responsible: Responsible;
  /** True for the six rows that are the user's on every distribution. */
  readonly alwaysYours: boolean;
  readonly note: string;
  readonly controls: number;
}

export interface ResponsibilityView {
  readonly distribution: string;
  readonly rows: readonly ResponsibilityRow[];
}

/** Posture of one function that a baseline configuration provides. */
export interface BaselineFunction extends Score {
  readonly id: string;
  readonly title: string;
}

/** What became of a check since the last assessment. */
export interface ProgressItem {
  readonly check: string;
  readonly title: string;
  readonly change: 'closed' | 'improved' | 'worsened' | 'opened' | 'no-longer-seen' | 'newly-seen';
  readonly before?: number;
  readonly after?: number;
  readonly detail: string;
}

export interface Progress {
  /** When the last one was made. */
  readonly since: string;
  readonly scores: readonly { readonly dimension: Dimension; readonly before?: number; readonly after?: number }[];
  readonly items: readonly ProgressItem[];
  /** Said where the two were made from different sources and so do not compare whole. */
  readonly caution?: string;
}

/** What was said of an answer that does not count, or not fully. */
export interface AnswerNote {
  readonly question: string;
  readonly kind: 'contradicted' | 'stale' | 'no-owner' | 'no-evidence' | 'future' | 'unanswered';
  readonly detail: string;
  readonly source?: SourcePosition;
}

export interface Assessment {
  readonly apiVersion: 'cofferdam.dev/v1';
  readonly kind: 'Assessment';
  /** The day, in UTC: the same input gives the same bytes all day. */
  readonly made: string;
  readonly facts: ClusterFacts;
  readonly inputs: { readonly manifests: boolean; readonly live: boolean; readonly repository: boolean; readonly answers: boolean };
  readonly summary: {
    readonly objects: number;
    readonly workloads: number;
    readonly namespaces: number;
    readonly nodes: number;
    readonly findings: Readonly<Record<Severity, number>>;
    readonly attackPaths: { readonly known: number; readonly possible: number };
    readonly questions: { readonly asked: number; readonly answered: number };
  };
  /** Over all checks and answers, by their weight; capped while any critical gate is not passed. */
  readonly overall: Score;
  readonly dimensions: readonly DimensionScore[];
  readonly layers: readonly LayerScore[];
  readonly phases: readonly PhaseScore[];
  readonly checks: readonly CheckResult[];
  readonly priorities: readonly Priority[];
  readonly defence: DefenceMatrix;
  readonly responsibility: ResponsibilityView;
  readonly baseline: readonly BaselineFunction[];
  readonly answers: readonly AnswerNote[];
  readonly progress?: Progress;
  readonly problems: readonly Problem[];
  readonly coverage: readonly Coverage[];
}
