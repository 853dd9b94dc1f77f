// The items of a plan before they have a place: fix packages with what must come before them, work that has a date, and checks of the
// assessment that no package repairs.

import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CheckResult } from '../assessment.ts';
import type { FixPackage } from '../packages/package.ts';
import { highShare, quadrantOf, seriousRisk } from '../packages/packages.ts';
import type { Theme } from '../packages/themes.ts';
import { datedWork, deadlineOf } from './deadlines.ts';
import type { PlanEntry } from './plan.ts';
import { meetsFirst, preparations } from './preparations.ts';

/** What items are made of, beside the snapshot and its packages. */
export interface EntriesAsked {
  /** Days spent on items that the last plan saw begun. */
  readonly started: ReadonlyMap<string, number>;
  /** The first day; without it nothing has a date. */
  readonly start: string | undefined;
  readonly checks: readonly CheckResult[];
}

/** The items, each with its quadrant. */
export function entriesOf(
  snapshot: Snapshot,
  packages: readonly FixPackage[],
  { started, start, checks }: EntriesAsked,
): readonly PlanEntry[] {
  return inQuadrants([...packageEntries(snapshot, packages, started), ...datedEntries(snapshot, packages, start), ...checkEntries(checks)]);
}

/** Packages, dates and checks split by one measure: those that together make nine tenths of what can be gained are worth most, and those that are serious by themselves. */
function inQuadrants(entries: readonly PlanEntry[]): readonly PlanEntry[] {
  const all = entries.reduce((sum, { value }) => sum + value, 0);
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
