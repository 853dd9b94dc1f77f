// A schedule told in time: items with their sprints and days, the curve of the risk that is left, sprints and quarters.

import { themes } from '../packages/themes.ts';
import { laterBy } from './dates.ts';
import type { Schedule } from './item.ts';
import { type CurvePoint, type PlanEntry, type Quarter, type Sprint, sprintDays, sprintsOfPlan, sprintsOfYear } from './plan.ts';

/** An item with its place: sprints, days where the first one is known, and the quarter it ends in. */
export function placedEntry(entry: PlanEntry, { placed }: Schedule, start: string | undefined): PlanEntry {
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

/** The order in which items are told: as they begin, then as they end, the most valuable first. */
export function byPlace(a: PlanEntry, b: PlanEntry): number {
  return (a.from ?? 99) - (b.from ?? 99) || (a.to ?? 99) - (b.to ?? 99) || b.value - a.value || (a.id < b.id ? -1 : 1);
}

/** The risk that is left after each sprint, at the middle estimate and at the slower one. */
export function curveOf(
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

/** What is under way and what ends in each of the first sprints. */
export function sprintsOf(items: readonly PlanEntry[], length: number, start: string | undefined): readonly Sprint[] {
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

/** The four quarters of the year: what ends in each, what it is worth, and what most of it is about. */
export function quartersOf(items: readonly PlanEntry[], start: string | undefined): readonly Quarter[] {
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

/** To hundredths. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
