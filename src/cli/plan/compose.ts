// Packages, plan and report of what was judged, for `plan` and for the report of `assess`.

import type { Assessment } from '../../assessment/assessment.ts';
import { experienceOf } from '../../assessment/packages/effort.ts';
import { fixPackages, type PackageSet } from '../../assessment/packages/packages.ts';
import { makePlan } from '../../assessment/plan/make.ts';
import type { Plan } from '../../assessment/plan/plan.ts';
import { ratiosOf } from '../../assessment/plan/previous.ts';
import { pathsIn, usualThreat } from '../../attack/answer.ts';
import type { Control } from '../../controls/control.ts';
import { catalogue } from '../../controls/index.ts';
import type { ScanResult } from '../../controls/result.ts';
import type { SourcePosition } from '../../lib/problem.ts';
import { assessmentPage } from '../../report/assessment/page.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { version } from '../version.ts';
import type { PlanFlags } from './options.ts';

export interface Judged {
  readonly snapshot: Snapshot;
  readonly scan: ScanResult;
  /** The controls of the scan. */
  readonly controls: readonly Control[];
  readonly locate: (resource: Resource, path: string) => SourcePosition | undefined;
  readonly now: number;
  readonly assessment?: Assessment;
}

export interface Composed {
  readonly plan: Plan;
  readonly set: PackageSet;
}

/** The packages of a scan and the plan made of them. */
export function composePlan({ snapshot, scan, controls, locate, now, assessment }: Judged, { options, codeOwners }: PlanFlags): Composed {
  const experience = options.previous === undefined ? undefined : experienceOf(ratiosOf(options.previous));
  const set = fixPackages(snapshot, scan, { controls, now, locate, codeOwners, ...(experience === undefined ? {} : { experience }) });
  const judged = new Set(scan.controls.filter(({ byVerdict }) => byVerdict.pass + byVerdict.fail > 0).map(({ control }) => control));
  const plan = makePlan(snapshot, set, { ...options, judged, ...(assessment === undefined ? {} : { checks: assessment.checks }) });
  return { plan, set };
}

/** The report in HTML, in pieces. `of` names what was looked at. */
export function composeReport(judged: Judged, { plan, set }: Composed, of: string): Iterable<string> {
  const { snapshot, scan, locate, assessment } = judged;
  const found = pathsIn(snapshot, usualThreat, { most: 100 });
  return assessmentPage({
    plan,
    set,
    scan,
    catalogue,
    paths: found.ok ? found.value.paths : [],
    locate,
    of,
    version,
    ...(assessment === undefined ? {} : { assessment }),
  });
}
