// Items made into a plan (`entries.ts`): scheduled under the teams' time, with the risk that is left after each
// sprint. The curve subtracts what each package is worth when it is finished; values were measured so that they add up to what is gone when
// all are done. In the slower curve every package takes what eight of ten stay under.

import { severities } from '../../controls/control.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CheckResult } from '../assessment.ts';
import type { PackageSet } from '../packages/packages.ts';
import { entriesOf } from './entries.ts';
import type { Capacity, PlanItem, Schedule } from './item.ts';
import { type CurvePoint, type Plan, type PlanEntry, sprintsOfPlan, sprintsOfYear } from './plan.ts';
import { carried, type Previous } from './previous.ts';
import { planned, schedule } from './schedule.ts';
import { byPlace, curveOf, placedEntry, quartersOf, round, sprintsOf } from './timeline.ts';

export interface PlanOptions {
  /** Person-days a sprint by team. */
  readonly days?: Readonly<Record<string, number>>;
  /** For teams that are not named. */
  readonly otherwise?: number;
  readonly workInProgress?: number;
  /** Sprints of the detailed plan; the roadmap goes on to a year. */
  readonly sprints?: number;
  readonly freezes?: readonly { readonly owner: string; readonly sprint: number }[];
  /** The first day, as `2026-11-23`. */
  readonly start?: string;
  readonly previous?: Previous;
  /** Controls that had something to judge: an item whose controls had nothing is not done. */
  readonly judged?: ReadonlySet<string>;
  /** Checks of the assessment. */
  readonly checks?: readonly CheckResult[];
}

export const usualDays = 5;
export const usualWorkInProgress = 6;

/** The plan of a set of packages. */
export function makePlan(snapshot: Snapshot, set: PackageSet, options: PlanOptions = {}): Plan {
  const { start, previous } = options;
  const days = options.days ?? {};
  const capacity: Capacity = {
    sprints: sprintsOfYear,
    days,
    otherwise: options.otherwise ?? usualDays,
    workInProgress: options.workInProgress ?? usualWorkInProgress,
    freezes: options.freezes ?? [],
  };
  const before = previous === undefined ? undefined : carried(previous, set.packages, options.judged ?? new Set());
  const entries = entriesOf(snapshot, set.packages, { started: before?.started ?? new Map(), start, checks: options.checks ?? [] });
  const items = entries.map(itemOf);
  const made = schedule(items, capacity);
  const slow = slower(items, made, capacity);
  const placed = entries.map((entry) => placedEntry(entry, made, start)).sort(byPlace);
  const worth = total(placed, 'value');
  const now = set.risk.total + worth - set.packages.reduce((sum, { value }) => sum + value.points, 0);
  const curve = curveOf(entries, made, slow, now, start);
  const length = options.sprints ?? sprintsOfPlan;
  const soon = placed.filter(({ to }) => to !== undefined && to <= length);
  const spent = soon.reduce((sum, { effort }) => sum + effort.p50, 0);
  return {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'Plan',
    ...(start === undefined ? {} : { start }),
    capacity: {
      days,
      otherwise: capacity.otherwise,
      assumed: options.otherwise === undefined && Object.keys(days).length === 0,
      workInProgress: capacity.workInProgress,
      freezes: capacity.freezes ?? [],
    },
    summary: {
      findings: set.findings,
      packages: set.packages.length,
      measured: set.measured,
      estimated: set.packages.length - set.measured,
      quadrants: {
        'quick win': count(placed, 'quick win'),
        'major project': count(placed, 'major project'),
        'fill-in': count(placed, 'fill-in'),
        defer: count(placed, 'defer'),
      },
      effort: { p50: round(total(placed, 'p50')), p80: round(total(placed, 'p80')) },
      risk: {
        now: round(now),
        attack: set.risk.attack,
        weaknesses: round(now - set.risk.attack),
        after90Days: at(curve, sprintsOfPlan),
        afterYear: at(curve, sprintsOfYear),
      },
      reductionPerDay: spent === 0 ? 0 : round(soon.reduce((sum, { value }) => sum + value, 0) / spent),
    },
    items: placed,
    sprints: sprintsOf(placed, length, start),
    quarters: quartersOf(placed, start),
    curve,
    unplaced: made.unplaced,
    late: made.late,
    ...(before === undefined ? {} : { since: before.since }),
    assumptions: assumptionsOf(snapshot, set, options),
  };
}

function itemOf({ id, title, owner, effort, value, needs, deadline, status, acceptance, spent = 0 }: PlanEntry): PlanItem {
  const left = (days: number) => Math.max(days / 4, days - spent);
  return {
    id,
    title,
    owner,
    effort: { p50: left(effort.p50), p80: left(effort.p80) },
    value,
    // Who has begun has what he needs.
    needs: status === 'started' ? [] : needs,
    ...(deadline === undefined ? {} : { deadline: deadline.sprint }),
    ...(status === 'started' ? { started: true } : {}),
    acceptance,
  };
}

/** The same order with every item at its slower estimate. */
function slower(items: readonly PlanItem[], made: Schedule, capacity: Capacity): Schedule {
  const byId = new Map(items.map((item) => [item.id, item]));
  const order = made.placed.flatMap(({ id }) => byId.get(id) ?? []);
  return planned(
    order.map((item) => ({ ...item, effort: { p50: item.effort.p80, p80: item.effort.p80 } })),
    capacity,
  );
}

function assumptionsOf(snapshot: Snapshot, set: PackageSet, { days, otherwise, start }: PlanOptions): readonly string[] {
  const named = Object.keys(days ?? {}).length > 0;
  return [
    ...(otherwise === undefined
      ? [
          `${named ? 'teams that were not named' : 'nobody said what the teams can do: each'} ${named ? 'have' : 'has'} ${usualDays} person-days a sprint of two weeks (--capacity TEAM=DAYS)`,
        ]
      : []),
    ...(start === undefined
      ? ['no first day was given: sprints have numbers and no dates, and deadlines that are dates are left out (--start DATE)']
      : []),
    ...(set.measured < set.packages.length
      ? [
          `the engine was run again for ${set.measured} of ${set.packages.length} packages; the value of the others is estimated from their weaknesses alone`,
        ]
      : []),
    ...(snapshot.facts.live ? [] : ['manifests were read and no cluster: what runs may differ']),
    'efforts are starting values of the model until finished items tell better',
  ];
}

function count(items: readonly PlanEntry[], quadrant: PlanEntry['quadrant']): number {
  return items.filter((item) => item.quadrant === quadrant && item.kind !== 'preparation').length;
}

function total(items: readonly PlanEntry[], of: 'p50' | 'p80' | 'value'): number {
  return items.reduce((sum, { effort, value }) => sum + (of === 'value' ? value : effort[of]), 0);
}

function at(curve: readonly CurvePoint[], sprint: number): { readonly p50: number; readonly p80: number } {
  const point = curve[sprint];
  return { p50: point?.p50 ?? 0, p80: point?.p80 ?? 0 };
}

/** The open items that carry most risk, each object once, for the first page. */
export function topRisks({ items }: Plan, most = 5): readonly PlanEntry[] {
  const rank = ({ severity }: PlanEntry) => (severity === undefined ? severities.length : severities.indexOf(severity));
  const seen = new Set<string>();
  return items
    .filter(({ kind, risk }) => kind === 'package' && risk !== undefined)
    .toSorted((a, b) => (b.risk?.score ?? 0) - (a.risk?.score ?? 0) || rank(a) - rank(b) || b.value - a.value || (a.id < b.id ? -1 : 1))
    .filter(({ risk }) => {
      const object = risk?.object ?? '';
      return !seen.has(object) && seen.add(object) !== undefined;
    })
    .slice(0, most);
}
