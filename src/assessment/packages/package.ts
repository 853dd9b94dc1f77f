// What a fix package is: findings that one person repairs in one go, with the risk they carry, what repairing them is worth, and what it
// takes. Every figure comes with the terms it is made of.

import type { Repair } from '../../attack/repair.ts';
import type { Severity } from '../../controls/control.ts';
import type { Finding } from '../../controls/result.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import type { SourcePosition } from '../../lib/problem.ts';
import type { Theme } from './themes.ts';

/** Where objects are made: one change there repairs all of them. */
export interface TemplateOrigin {
  readonly kind: 'chart' | 'kustomization' | 'operator' | 'file' | 'cluster' | 'several';
  readonly name: string;
}

export interface Owner {
  readonly name: string;
  /** What says so: a label, CODEOWNERS, or `namespace` and `platform` where nobody does. */
  readonly by: string;
}

/** One factor of a risk: its value and why. */
export interface Factor {
  readonly value: number;
  readonly why: string;
}

/** R = 100 · likelihood · impact · (1 − compensation). */
export interface FindingRisk {
  readonly score: number;
  readonly likelihood: number;
  readonly exposure: Factor;
  readonly exploit: Factor;
  readonly impact: Factor;
  readonly compensation: Factor;
}

/** A finding with what the grouping needs to know of it. */
export interface Weighed {
  readonly finding: Finding;
  readonly risk: FindingRisk;
  readonly theme: Theme;
  readonly origin: TemplateOrigin;
  readonly owner: Owner;
}

/** What repairing a package is worth, in points of risk. */
export interface Value {
  readonly points: number;
  /** `measured`: the engine was run again on the patched snapshot; `estimated`: no patch is known, or the budget was spent. */
  readonly basis: 'measured' | 'estimated';
  /** The least and the most that was gone with it, by the order in which packages were done; what it is worth in itself is in both. */
  readonly low: number;
  readonly high: number;
  readonly why: string;
}

export interface Effort {
  /** Person-days in the middle estimate, and what eight of ten such packages stay under. */
  readonly p50: number;
  readonly p80: number;
  readonly terms: readonly { readonly text: string; readonly days: number }[];
  /** 0.3 where patches close all of it, 0.6 where they close some, 1 where there are none. */
  readonly factor: number;
  readonly why: string;
}

export type Quadrant = 'quick win' | 'major project' | 'fill-in' | 'defer';

/** A change of one object, as kubectl takes it. */
export interface PackageChange {
  readonly target: string;
  readonly command: string;
  readonly source?: SourcePosition;
}

export interface FixPackage {
  /** The same for the same work in the next assessment. */
  readonly id: string;
  readonly title: string;
  readonly theme: Theme;
  readonly owner: Owner;
  readonly origin: TemplateOrigin;
  readonly severity: Severity;
  /** Controls that must pass for it to be done. */
  readonly acceptance: readonly string[];
  readonly namespaces: readonly string[];
  readonly findings: readonly Finding[];
  /** Lines of source that are wrong: findings with one cause count once. */
  readonly roots: number;
  /** Distinct objects. */
  readonly objects: number;
  /** The finding that weighs most, with its factors. */
  readonly worst: Weighed;
  readonly value: Value;
  readonly effort: Effort;
  readonly quadrant: Quadrant;
  readonly changes: readonly PackageChange[];
  /** Changes that were left out of `changes`. */
  readonly moreChanges: number;
}

/** A package before it is measured. */
export interface Group {
  readonly id: string;
  readonly members: readonly Weighed[];
  readonly theme: Theme;
  readonly owner: Owner;
  readonly origin: TemplateOrigin;
}

/** What closes a group, as far as the engine knows. */
export interface Remedy {
  /** Patches of controls, for the object as the ones before left it. */
  readonly patches: readonly { readonly finding: Finding; readonly patch: JsonPatch }[];
  /** Changes of the attack graph for what no control patches. */
  readonly repairs: readonly Repair[];
  /** Changes that take the weakness away only to be measured: a role that is too wide is narrowed by hand, not left without holders. */
  readonly standIns: readonly Repair[];
  /** Findings that are closed with these, of how many. */
  readonly closed: number;
}
