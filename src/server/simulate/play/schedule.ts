// When a CronJob is due: the schedules of github.com/robfig/cron v3.0.1 as the controller reads them, five fields or a descriptor, in a time
// zone. A day must fit both its fields, or either where neither is a star. Schedules are valid here: validation has the words for others.

import { type CronSchedule, readSchedule } from '../../../request/validate/workloads/cron-schedule.ts';
import { type Zone, zoneOf } from './time-zone.ts';

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

/** Goes on by months, days, hours and minutes; where a field begins again, so do those before it. */
function nextIn(fields: Fields, zone: Zone, after: number): number | undefined {
  let time = after - (((after % second) + second) % second) + second;
  const last = zone.read(time).year + mostYears;
  let isCut = false;
  for (;;) {
    const now = zone.read(time);
    if (now.year > last) return undefined;
    if (!fields.months.has.has(now.month)) {
      time = zone.write(now.year, now.month + 1, 1, 0);
      isCut = true;
    } else if (!isDay(fields, now)) {
      time = midnight(zone, zone.write(now.year, now.month, now.day + 1, isCut ? now.hour : 0));
      isCut = true;
    } else if (!fields.hours.has.has(now.hour)) {
      time = (isCut ? time : time - now.minute * minute - now.second * second) + hour;
      isCut = true;
    } else if (!fields.minutes.has.has(now.minute)) {
      time += minute - now.second * second;
      isCut = true;
    } else if (now.second !== 0) time += (60 - now.second) * second;
    else return time;
  }
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
