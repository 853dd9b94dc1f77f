// Packages made into a plan: preparations and dates beside them, scheduled under the teams' time, with the risk that is left after each
// sprint. The curve subtracts what each package is worth when it is finished; values were measured so that they add up to what is gone when
// all are done. In the slower curve every package takes what eight of ten stay under.

import { severities } from '../../controls/control.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CheckResult } from '../assessment.ts';
import type { FixPackage } from '../packages/package.ts';
import { highShare, type PackageSet, quadrantOf, seriousRisk } from '../packages/packages.ts';
import { type Theme, themes } from '../packages/themes.ts';
import { laterBy } from './dates.ts';
import { datedWork, deadlineOf } from './deadlines.ts';
import type { Capacity, PlanItem, Schedule } from './item.ts';
import { type CurvePoint, type Plan, type PlanEntry, type Quarter, type Sprint, sprintDays, sprintsOfPlan, sprintsOfYear } from './plan.ts';
import { meetsFirst, preparations } from './preparations.ts';
import { carried, type Previous } from './previous.ts';
import { planned, schedule } from './schedule.ts';

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
  const entries = inQuadrants([
    ...packageEntries(snapshot, set.packages, before?.started ?? new Map()),
    ...datedEntries(snapshot, set.packages, start),
    ...checkEntries(options.checks ?? []),
  ]);
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

/** Packages, dates and checks split by one measure: those that together make nine tenths of what can be gained are worth most, and those that are serious by themselves. */
function inQuadrants(entries: readonly PlanEntry[]): readonly PlanEntry[] {
  const all = total(entries, 'value');
  const high = new Set<string>();
  let before = 0;
  for (const { id, value, risk } of entries.toSorted((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))) {
    if ((value > 0 && before < highShare * all) || (risk?.score ?? 0) >= seriousRisk) high.add(id);
    before += value;
  }
  return entries.map((entry) => ({ ...entry, quadrant: quadrantOf(high.has(entry.id), entry.effort.p50) }));
}

function packageEntries(snapshot: Snapshot, packages: readonly FixPackage[], started: ReadonlyMap<string, number>): readonly PlanEntry[] {
  const wanted = new Map(
    preparations.map((preparation) => [
      preparation,
      packages.filter((one) => preparation.before(one) && !preparation.isDone(snapshot, one)).map(({ id }) => id),
    ]),
  );
  const needed = [...wanted].filter(([, by]) => by.length > 0);
  const work = packages.map((one): PlanEntry => {
    const deadline = deadlineOf(one);
    const spent = started.get(one.id);
    return {
      id: one.id,
      kind: 'package',
      title: one.title,
      theme: one.theme,
      owner: one.owner.name,
      ownerBy: one.owner.by,
      severity: one.severity,
      quadrant: one.quadrant,
      value: one.value.points,
      basis: one.value.basis,
      why: one.value.why,
      risk: { score: one.worst.risk.score, sentence: sentenceOf(one), object: objectOf(one) },
      effort: { p50: one.effort.p50, p80: one.effort.p80, why: one.effort.why },
      needs: [...needed.flatMap(([{ id }, by]) => (by.includes(one.id) ? [id] : [])), ...meetsFirst(one, packages)],
      ...(deadline === undefined ? {} : { deadline }),
      status: spent === undefined ? 'planned' : 'started',
      ...(spent === undefined ? {} : { spent }),
      acceptance: one.acceptance,
      command: `cofferdam scan PATH ${one.acceptance.map((id) => `--control ${id}`).join(' ')}`,
      findings: [...new Set(one.findings.map(({ id }) => id))],
      objects: one.objects,
      namespaces: one.namespaces,
      changes: one.changes,
      moreChanges: one.moreChanges,
    };
  });
  const first = needed.map(
    ([{ id, title, theme, effort, acceptance }, by]): PlanEntry => ({
      ...plain(id, title, theme, 'platform'),
      kind: 'preparation',
      value: 0,
      why: `${by.length} ${by.length === 1 ? 'package waits' : 'packages wait'} for it`,
      effort: { ...effort, why: 'a usual effort' },
      acceptance,
      quadrant: 'fill-in',
    }),
  );
  return [...work, ...first];
}

function objectOf({ worst: { finding } }: FixPackage): string {
  const { kind, namespace, name } = finding.subject;
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`.trim();
}

/** What makes the heaviest finding of a package heavy, for people who decide. */
function sentenceOf({ worst: { finding, risk } }: FixPackage): string {
  const held = risk.impact.why.startsWith('whoever') ? `${risk.impact.why}; ` : '';
  return `${finding.detail === '' ? finding.title : finding.detail}; ${held}${risk.exposure.why}`;
}

function plain(id: string, title: string, theme: Theme, owner: string) {
  return {
    id,
    title,
    theme,
    owner,
    ownerBy: 'it belongs to the whole cluster',
    basis: 'estimated',
    needs: [],
    status: 'planned',
    command: '',
    findings: [],
    objects: 0,
    namespaces: [],
    changes: [],
    moreChanges: 0,
  } as const;
}

function datedEntries(snapshot: Snapshot, packages: readonly FixPackage[], start: string | undefined): readonly PlanEntry[] {
  return datedWork(snapshot, packages, start).map(({ id, title, owner, effort, value, deadline, acceptance }) => ({
    ...plain(id, title, 'upgrades', owner),
    kind: 'deadline',
    value,
    why: deadline.why,
    effort: { ...effort, why: 'a usual effort' },
    deadline,
    acceptance,
    quadrant: 'defer',
  }));
}

const checkValue: Readonly<Record<number, number>> = { 9: 4, 3: 1.5, 1: 0.5 };
const checkDays: Readonly<Record<number, number>> = { 9: 3, 3: 2, 1: 1 };

/** Checks that sum up what packages repair already: the security dimension, and the level that workloads meet. */
const isRepaired = ({ dimension, id }: CheckResult) => dimension === 'security' || id === 'applications/pod-security';

/** Gaps that no control of the catalogue stands for: those that one does are in its package. */
function checkEntries(checks: readonly CheckResult[]): readonly PlanEntry[] {
  return checks
    .filter((check) => check.automatic && check.inScope && check.verdict === 'fail' && check.controls.length === 0 && !isRepaired(check))
    .map((check) => {
      const days = checkDays[check.weight] ?? 1;
      return {
        ...plain(`check-${check.id.replaceAll('/', '-')}`, check.title, 'health', 'platform'),
        kind: 'check',
        value: checkValue[check.weight] ?? 0,
        why: `${check.reason}; ${check.fix}`,
        effort: { p50: days, p80: days * 2, why: `by the weight of the check, ${check.weight}` },
        acceptance: [check.id],
        objects: check.counts.fail,
        quadrant: 'defer',
      };
    });
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

function placedEntry(entry: PlanEntry, { placed }: Schedule, start: string | undefined): PlanEntry {
  const place = placed.find(({ id }) => id === entry.id);
  if (place === undefined) return { ...entry, status: entry.status === 'started' ? 'started' : 'later' };
  return {
    ...entry,
    from: place.start + 1,
    to: place.end + 1,
    ...(start === undefined
      ? {}
      : { begins: laterBy(start, place.start * sprintDays), due: laterBy(start, (place.end + 1) * sprintDays - 1) }),
    quarter: quarterOf(place.end + 1),
  };
}

/** The quarter of a sprint; the first is the ninety days. `quarterOf(7)` is `2`. */
export function quarterOf(sprint: number): 1 | 2 | 3 | 4 {
  return sprint <= sprintsOfPlan ? 1 : sprint <= 13 ? 2 : sprint <= 19 ? 3 : 4;
}

const firstSprints = [1, 7, 14, 20, 27] as const;

function byPlace(a: PlanEntry, b: PlanEntry): number {
  return (a.from ?? 99) - (b.from ?? 99) || (a.to ?? 99) - (b.to ?? 99) || b.value - a.value || (a.id < b.id ? -1 : 1);
}

function curveOf(
  entries: readonly PlanEntry[],
  fast: Schedule,
  slow: Schedule,
  now: number,
  start: string | undefined,
): readonly CurvePoint[] {
  const value = new Map(entries.map((entry) => [entry.id, entry.value]));
  const left = ({ placed }: Schedule, sprint: number) =>
    round(Math.max(0, now - placed.filter(({ end }) => end < sprint).reduce((sum, { id }) => sum + (value.get(id) ?? 0), 0)));
  return Array.from({ length: sprintsOfYear + 1 }, (_, sprint) => ({
    sprint,
    ...(start === undefined ? {} : { date: laterBy(start, sprint * sprintDays) }),
    p50: left(fast, sprint),
    p80: Math.max(left(fast, sprint), left(slow, sprint)),
  }));
}

function sprintsOf(items: readonly PlanEntry[], length: number, start: string | undefined): readonly Sprint[] {
  return Array.from({ length }, (_, index) => {
    const sprint = index + 1;
    const working = items.filter(({ from = 0, to = 0 }) => from <= sprint && sprint <= to);
    return {
      sprint,
      ...(start === undefined ? {} : { begins: laterBy(start, index * sprintDays), ends: laterBy(start, sprint * sprintDays - 1) }),
      working: working.map(({ id }) => id),
      finished: working.filter(({ to }) => to === sprint).map(({ id }) => id),
    };
  });
}

function quartersOf(items: readonly PlanEntry[], start: string | undefined): readonly Quarter[] {
  return ([1, 2, 3, 4] as const).map((quarter) => {
    const own = items.filter((item) => item.quarter === quarter);
    const byTheme = new Map<string, number>();
    for (const { theme, value, effort } of own)
      byTheme.set(themes[theme].quarter, (byTheme.get(themes[theme].quarter) ?? 0) + value + effort.p50 / 100);
    const names = [...byTheme].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
    const [first, next] = [firstSprints[quarter - 1] ?? 1, firstSprints[quarter] ?? 27];
    return {
      quarter,
      ...(start === undefined
        ? {}
        : { begins: laterBy(start, (first - 1) * sprintDays), ends: laterBy(start, (next - 1) * sprintDays - 1) }),
      themes: names.slice(0, 3),
      finished: own.map(({ id }) => id),
      value: round(own.reduce((sum, { value }) => sum + value, 0)),
      days: round(own.reduce((sum, { effort }) => sum + effort.p50, 0)),
    };
  });
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

function round(value: number): number {
  return Math.round(value * 100) / 100;
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
