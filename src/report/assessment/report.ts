// What the report is made of: the assessment with its scores, the plan, the ways of attack with their places, and every finding. Where no
// assessment was made the report says so and shows the rest.

import type { Assessment } from '../../assessment/assessment.ts';
import type { PackageSet } from '../../assessment/packages/packages.ts';
import type { Plan } from '../../assessment/plan/plan.ts';
import type { AttackPath } from '../../attack/path.ts';
import type { Control } from '../../controls/control.ts';
import type { ScanResult } from '../../controls/result.ts';
import type { SourcePosition } from '../../lib/problem.ts';
import type { Resource } from '../../snapshot/snapshot.ts';

export interface AssessmentReport {
  readonly assessment?: Assessment;
  readonly plan: Plan;
  readonly set: PackageSet;
  readonly scan: ScanResult;
  readonly catalogue: readonly Control[];
  /** The best ways first. */
  readonly paths: readonly AttackPath[];
  readonly locate: (resource: Resource, path: string) => SourcePosition | undefined;
  /** What was looked at, in the user's own words: paths or the name of a cluster. */
  readonly of: string;
  readonly version: string;
}
