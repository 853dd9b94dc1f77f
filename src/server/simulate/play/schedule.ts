// When a CronJob is due: the schedules of github.com/robfig/cron v3.0.1 as the controller reads them, five fields or a descriptor, in a time
// zone. A day must fit both its fields, or either where neither is a star. Schedules are valid here: validation has the words for others.

import { type CronSchedule, readSchedule } from '../../../request/validate/workloads/cron-schedule.ts';
import { type Reading, type Zone, zoneOf } from './time-zone.ts';

export interface Schedule {
  /** The first time after this one, in milliseconds; undefined where there is none for five years. */
  readonly next: (after: number) => number | undefined;
}

const second = 1000;

/** `scheduleOf('TZ=Europe/Berlin 30 2 * * *')`; undefined for what is none. */
export function scheduleOf(text: string, zone = 'UTC'): Schedule | undefined {
  const read = readSchedule(text, (name) => zoneOf(name) !== undefined);
  if (!read.ok) return undefined;
  const schedule = read.value;
  if (schedule.kind === 'every') return every(schedule.nanoseconds);
  const at = zoneOf(schedule.zone ?? zone);
  return at === undefined ? undefined : { next: (after) => nextIn(schedule, at, after) };
}

function every(nanoseconds: bigint): Schedule {
  const duration = Number(nanoseconds / 1_000_000n);
  const delay = Math.max(second, duration - (duration % second));
  return { next: (after) => after - (after % second) + delay };
}

type Fields = Extract<CronSchedule, { readonly kind: 'fields' }>;

const [minute, hour] = [60 * second, 3600 * second];
const mostYears = 5;

/**
 * Goes on by months, days, hours, minutes and seconds. Where one of them begins anew all are looked at again, and only then: where clocks skip
 * midnight, a first day may be passed over and a time fit no other field, as with the controller.
 */
function nextIn(fields: Fields, zone: Zone, after: number): number | undefined {
  if (isEmpty(fields)) return undefined;
  let time = after - (((after % second) + second) % second) + second;
  let now = zone.read(time);
  const last = now.year + mostYears;
  let unit = 0;
  let isCut = false;
  // No number where dates end.
  while (now.year <= last) {
    while (units[unit]?.fits(fields, now) === true) unit++;
    const at = units[unit];
    if (at === undefined) return time;
    const to = at.after(zone, isCut || at.start === undefined ? time : zone.write(at.start(now)));
    // Where clocks skip a whole day the next one shows the same time: the controller stands still there, and this goes on.
    time = to > time ? to : time + hour;
    isCut = true;
    now = zone.read(time);
    if (at.begins(now)) unit = 0;
  }
  return undefined;
}

interface Unit {
  readonly fits: (fields: Fields, shown: Reading) => boolean;
  /** Cuts off what is smaller and is not the same in all zones. */
  readonly start?: (shown: Reading) => Reading;
  readonly after: (zone: Zone, time: number) => number;
  /** Whether what is larger has changed. */
  readonly begins: (shown: Reading) => boolean;
}

const units: readonly Unit[] = [
  {
    fits: ({ months }, { month }) => months.has.has(month),
    start: (shown) => ({ ...shown, day: 1, hour: 0, minute: 0, second: 0 }),
    after(zone, time) {
      const shown = zone.read(time);
      return zone.write({ ...shown, month: shown.month + 1 });
    },
    begins: ({ month }) => month === 1,
  },
  {
    fits: isDay,
    start: (shown) => ({ ...shown, hour: 0, minute: 0, second: 0 }),
    after(zone, time) {
      const shown = zone.read(time);
      return midnight(zone, zone.write({ ...shown, day: shown.day + 1 }));
    },
    begins: ({ day }) => day === 1,
  },
  {
    fits: ({ hours }, { hour: at }) => hours.has.has(at),
    start: (shown) => ({ ...shown, minute: 0, second: 0 }),
    after: (_zone, time) => time + hour,
    begins: ({ hour: at }) => at === 0,
  },
  {
    fits: ({ minutes }, { minute: at }) => minutes.has.has(at),
    after: (_zone, time) => time - (((time % minute) + minute) % minute) + minute,
    begins: ({ minute: at }) => at === 0,
  },
  {
    fits: (_fields, { second: at }) => at === 0,
    after: (_zone, time) => time + second,
    begins: ({ second: at }) => at === 0,
  },
];

/** A field of commas alone is one to the parser, and no time has its value. */
function isEmpty({ minutes, hours, dates, months, weekdays }: Fields): boolean {
  return [minutes, hours, months].some(({ has }) => has.size === 0) || (dates.has.size === 0 && weekdays.has.size === 0);
}

function isDay({ dates, weekdays }: Fields, { day, weekday }: { readonly day: number; readonly weekday: number }): boolean {
  const [byDate, byWeekday] = [dates.has.has(day), weekdays.has.has(weekday)];
  return dates.isStar || weekdays.isStar ? byDate && byWeekday : byDate || byWeekday;
}

/** Where clocks change at midnight the day begins an hour off. */
function midnight(zone: Zone, time: number): number {
  const { hour: at } = zone.read(time);
  if (at === 0) return time;
  return at > 12 ? time + (24 - at) * hour : time - at * hour;
}

export interface Due {
  /** The last time that is over; undefined where none is. */
  readonly latest: number | undefined;
  /** Whether more than a hundred went by. */
  readonly tooMany: boolean;
  /** Whether no time ever comes. */
  readonly never: boolean;
}

const many = 100;

/** The times of a schedule after `since`, up to `now`. What lies between two of them is taken as the distance of all, as the controller does. */
export function dueTimes({ next }: Schedule, since: number, now: number): Due {
  const first = next(since);
  if (first === undefined) return { latest: undefined, tooMany: false, never: true };
  const second = next(first);
  if (now < first || second === undefined || now < second) return { latest: now < first ? undefined : first, tooMany: false, never: false };
  const missed = Math.floor((now - first) / (second - first)) + 1;
  let latest: number | undefined;
  for (let time = next(first + (missed - 2) * (second - first)); time !== undefined && time <= now; time = next(time)) latest = time;
  return { latest, tooMany: missed > many, never: false };
}
