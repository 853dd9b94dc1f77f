// Packages, plan and report of what was assessed, for `plan` and for the report of `assess`.

import { experienceOf } from '../../assessment/packages/effort.ts';
import { fixPackages, type PackageSet } from '../../assessment/packages/packages.ts';
import { makePlan } from '../../assessment/plan/make.ts';
import type { Plan } from '../../assessment/plan/plan.ts';
import { ratiosOf } from '../../assessment/plan/previous.ts';
import { pathsIn, usualThreat } from '../../attack/answer.ts';
import { catalogue } from '../../controls/index.ts';
import type { ScanResult } from '../../controls/result.ts';
import { summarized } from '../../controls/scan.ts';
import { assessmentPage } from '../../report/assessment/page.ts';
import type { Assessed } from '../assess/assessed.ts';
import { meansCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { word } from '../flags.ts';
import { version } from '../version.ts';
import { type PlanFlags, readPlanFlags } from './options.ts';

export interface Composed {
  readonly plan: Plan;
  readonly set: PackageSet;
  readonly scan: ScanResult;
}

/** The packages of what was assessed, and the plan made of them. Controls that only an assessment asks make no work of their own. */
export function composePlan(
  { snapshot, result, controls, locate, assessment }: Assessed,
  { options, codeOwners }: PlanFlags,
  now: number,
): Composed {
  const chosen = new Set(controls.map(({ id }) => id));
  const scan = summarized({
    ...result,
    findings: result.findings.filter(({ control }) => chosen.has(control)),
    controls: result.controls.filter(({ control }) => chosen.has(control)),
    summary: { ...result.summary, controls: chosen.size },
  });
  const experience = options.previous === undefined ? undefined : experienceOf(ratiosOf(options.previous));
  const set = fixPackages(snapshot, scan, { controls, now, locate, codeOwners, ...(experience === undefined ? {} : { experience }) });
  const judged = new Set(scan.controls.filter(({ byVerdict }) => byVerdict.pass + byVerdict.fail > 0).map(({ control }) => control));
  const plan = makePlan(snapshot, set, { ...options, judged, checks: assessment.checks });
  return { plan, set, scan };
}

/** The report of an assessment, with the plan that its flags describe. */
export function assessmentReport(assessed: Assessed, input: CommandInput): Iterable<string> {
  const planFlags = readPlanFlags({ ...assessed.flags, previous: undefined });
  return composeReport(assessed, composePlan(assessed, planFlags, input.now), input);
}

/** The report in HTML, in pieces. */
export function composeReport(
  { snapshot, locate, assessment, flags }: Assessed,
  { plan, set, scan }: Composed,
  { words }: CommandInput,
): Iterable<string> {
  const found = pathsIn(snapshot, usualThreat, { most: 100 });
  return assessmentPage({
    assessment,
    plan,
    set,
    scan,
    catalogue,
    paths: found.ok ? found.value.paths : [],
    locate,
    of: meansCluster(words, flags) ? (word(flags, 'context') ?? 'the cluster of the current context') : words.join(', '),
    version,
  });
}
