// A plan made before: what has begun stays, with the days spent on it; what is not found any more passes, and is closed when three
// assessments in a row did not find it. Items are known again by their id, and where the grouping changed by the findings they share.

import { asList, asNumber, asString, dig, field, type Json, strings } from '../../lib/json.ts';
import type { FixPackage } from '../packages/package.ts';
import type { Passing, SinceLast } from './plan.ts';

export const passesToClose = 3;

interface Before {
  readonly id: string;
  readonly title: string;
  readonly owner: string;
  readonly started: boolean;
  readonly spent: number | undefined;
  readonly p50: number;
  readonly findings: readonly string[];
  readonly acceptance: readonly string[];
  readonly passes: number;
}

export interface Previous {
  readonly items: readonly Before[];
  readonly passing: readonly Before[];
}

/** Reads a plan's JSON; undefined where it is none. */
export function previousPlan(value: Json): Previous | undefined {
  if (field(value, 'kind') !== 'Plan') return undefined;
  return { items: asList(field(value, 'items')).flatMap(before), passing: asList(dig(value, 'since', 'passing')).flatMap(before) };
}

function before(item: Json): readonly Before[] {
  const id = asString(field(item, 'id'));
  if (id === undefined) return [];
  return [
    {
      id,
      title: asString(field(item, 'title')) ?? id,
      owner: asString(field(item, 'owner')) ?? '',
      started: field(item, 'status') === 'started',
      spent: asNumber(field(item, 'spent')),
      p50: asNumber(dig(item, 'effort', 'p50')) ?? 0,
      findings: strings(field(item, 'findings')),
      acceptance: strings(field(item, 'acceptance')),
      passes: asNumber(field(item, 'passes')) ?? 0,
    },
  ];
}

export interface Carried {
  /** Days spent by id of the package; those that have begun are in it, with 0 where nobody wrote days down. */
  readonly started: ReadonlyMap<string, number>;
  readonly since: SinceLast;
}

/** Carries a plan over to the packages of today; `judged` are the controls that had something to judge. */
export function carried(previous: Previous, packages: readonly FixPackage[], judged: ReadonlySet<string>): Carried {
  const owners = new Map(packages.flatMap((one) => one.findings.map(({ id }) => [id, one.id] as const)));
  const byId = new Set(packages.map(({ id }) => id));
  const started = new Map<string, number>();
  const kept = new Set<string>();
  const reopened = new Set<string>();
  const passing: Passing[] = [];
  for (const item of [...previous.items, ...previous.passing]) {
    const now = heirs(item, owners, byId);
    const was = previous.passing.includes(item);
    if (now.length > 0) {
      for (const id of now) kept.add(id);
      if (was) for (const id of now) reopened.add(id);
      const [heir] = now;
      if (item.started && heir !== undefined) started.set(heir, Math.max(started.get(heir) ?? 0, item.spent ?? 0));
      continue;
    }
    if (item.findings.length === 0 || !item.acceptance.every((control) => judged.has(control))) continue;
    const passes = item.passes + 1;
    passing.push({
      id: item.id,
      title: item.title,
      owner: item.owner,
      acceptance: item.acceptance,
      findings: item.findings,
      passes,
      closed: passes >= passesToClose,
      effort: { p50: item.p50 },
      ...(item.spent === undefined ? {} : { spent: item.spent }),
    });
  }
  return {
    started,
    since: { kept: [...kept].sort(), added: [...byId].filter((id) => !kept.has(id)).sort(), passing, reopened: [...reopened].sort() },
  };
}

/** The packages that hold what is left of an item, those with most of it first. */
function heirs({ id, findings }: Before, owners: ReadonlyMap<string, string>, byId: ReadonlySet<string>): readonly string[] {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const owner = owners.get(finding);
    if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  if (byId.has(id)) counts.set(id, Number.POSITIVE_INFINITY);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([one]) => one);
}

/** Days spent for days estimated, of what is done: what estimates of new work learn from. */
export function ratiosOf({ passing }: Previous): readonly number[] {
  return passing.flatMap(({ spent, p50 }) => (spent === undefined || p50 <= 0 ? [] : [spent / p50]));
}
