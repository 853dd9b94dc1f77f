// Days of the calendar as ISO texts: `2026-11-23`. No clock: a plan has dates only where a first day is given.

const day = 86_400_000;

/** Milliseconds of a date at midnight UTC; undefined for anything that is no date. `dateOf('2026-02-30')` is `undefined`. */
export function dateOf(text: string): number | undefined {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? undefined : time;
}

/** A date some days later. `laterBy('2026-12-31', 1)` is `'2027-01-01'`. */
export function laterBy(text: string, days: number): string {
  return new Date((dateOf(text) ?? 0) + days * day).toISOString().slice(0, 10);
}

/** Whole days from one date to another, negative where it lies before. `daysBetween('2026-01-01', '2026-01-15')` is `14`. */
export function daysBetween(from: string, to: string): number {
  return Math.round(((dateOf(to) ?? 0) - (dateOf(from) ?? 0)) / day);
}
