// What a plan is: packages of work with who does them, when, what must come first, and how anyone sees that they are done. Ninety days are
// six sprints of two weeks, the roadmap is a year of them in four quarters. Dates stand in it only where a first day was given.

import type { Severity } from '../../controls/control.ts';
import type { PackageChange, Quadrant } from '../packages/package.ts';
import type { Theme } from '../packages/themes.ts';

export const sprintDays = 14;
export const sprintsOfPlan = 6;
export const sprintsOfYear = 26;

export interface PlanEntry {
  readonly id: string;
  /** Findings to repair, something that must come first, a date that will not wait, or a gap that the assessment found. */
  readonly kind: 'package' | 'preparation' | 'deadline' | 'check';
  readonly title: string;
  readonly theme: Theme;
  readonly owner: string;
  readonly ownerBy: string;
  readonly severity?: Severity;
  readonly quadrant: Quadrant;
  /** Points of risk that are gone with it, and how that is known. */
  readonly value: number;
  readonly basis: 'measured' | 'estimated';
  readonly why: string;
  /** The heaviest finding, 0 to 100, and what makes it heavy. */
  readonly risk?: { readonly score: number; readonly sentence: string; readonly object: string };
  readonly effort: { readonly p50: number; readonly p80: number; readonly why: string };
  readonly needs: readonly string[];
  readonly deadline?: { readonly sprint: number; readonly date?: string; readonly why: string };
  readonly status: 'planned' | 'started' | 'later';
  /** Days that were spent on it already, as the last plan says. */
  readonly spent?: number;
  /** Sprints from 1 on; absent where it found no place. */
  readonly from?: number;
  readonly to?: number;
  readonly begins?: string;
  readonly due?: string;
  readonly quarter?: 1 | 2 | 3 | 4;
  /** Controls and checks that must pass. */
  readonly acceptance: readonly string[];
  readonly command: string;
  readonly findings: readonly string[];
  readonly objects: number;
  readonly namespaces: readonly string[];
  readonly changes: readonly PackageChange[];
  readonly moreChanges: number;
}

export interface Sprint {
  readonly sprint: number;
  readonly begins?: string;
  readonly ends?: string;
  /** Ids of what is worked on, and of what is finished in it. */
  readonly working: readonly string[];
  readonly finished: readonly string[];
}

export interface Quarter {
  readonly quarter: 1 | 2 | 3 | 4;
  readonly begins?: string;
  readonly ends?: string;
  /** What most of its value is about. */
  readonly themes: readonly string[];
  readonly finished: readonly string[];
  readonly value: number;
  readonly days: number;
}

/** Risk left at the end of a sprint, 0 being today, in points. */
export interface CurvePoint {
  readonly sprint: number;
  readonly date?: string;
  readonly p50: number;
  readonly p80: number;
}

/** What of the last plan has become of what. */
export interface SinceLast {
  readonly kept: readonly string[];
  readonly added: readonly string[];
  /** Items whose findings are gone; closed when they stay away for three assessments. */
  readonly passing: readonly Passing[];
  readonly reopened: readonly string[];
}

export interface Passing {
  readonly id: string;
  readonly title: string;
  readonly owner: string;
  readonly acceptance: readonly string[];
  readonly findings: readonly string[];
  /** Assessments in a row that did not find it any more. */
  readonly passes: number;
  readonly closed: boolean;
  readonly effort: { readonly p50: number };
  readonly spent?: number;
}

export interface Plan {
  readonly apiVersion: 'cofferdam.dev/v1';
  readonly kind: 'Plan';
  readonly start?: string;
  readonly capacity: {
    readonly days: Readonly<Record<string, number>>;
    /** Days a sprint for owners that are not named, and whether anyone said so. */
    readonly otherwise: number;
    readonly assumed: boolean;
    readonly workInProgress: number;
    readonly freezes: readonly { readonly owner: string; readonly sprint: number }[];
  };
  readonly summary: {
    readonly findings: number;
    readonly packages: number;
    readonly measured: number;
    readonly estimated: number;
    readonly quadrants: Readonly<Record<Quadrant, number>>;
    readonly effort: { readonly p50: number; readonly p80: number };
    /** Points of risk: what attackers get, and weaknesses by themselves. */
    readonly risk: {
      readonly now: number;
      readonly attack: number;
      readonly weaknesses: number;
      readonly after90Days: { readonly p50: number; readonly p80: number };
      readonly afterYear: { readonly p50: number; readonly p80: number };
    };
    /** Points of risk a person-day takes away in the ninety days. */
    readonly reductionPerDay: number;
  };
  readonly items: readonly PlanEntry[];
  readonly sprints: readonly Sprint[];
  readonly quarters: readonly Quarter[];
  readonly curve: readonly CurvePoint[];
  readonly unplaced: readonly { readonly id: string; readonly reason: string; readonly detail: string }[];
  readonly late: readonly string[];
  readonly since?: SinceLast;
  readonly assumptions: readonly string[];
}
