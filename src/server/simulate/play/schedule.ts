// When a CronJob is due: the schedules of github.com/robfig/cron v3.0.1 as the controller reads them, five fields or a descriptor, in a time
// zone. A day must fit both its fields, or either where neither is a star. Schedules are valid here: validation has the words for others.

import { parseDuration } from '../../../kube/duration.ts';
import { type Zone, zoneOf } from './time-zone.ts';

export interface Schedule {
  /** The first time after this one, in milliseconds; undefined where there is none for five years. */
  readonly next: (after: number) => number | undefined;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const bounds: readonly Bounds[] = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12, names: months },
  { low: 0, high: 6, names: days },
];
const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const second = 1000;

/** `scheduleOf('TZ=Europe/Berlin 30 2 * * *')`; undefined for what is none. */
export function scheduleOf(text: string, zone = 'UTC'): Schedule | undefined {
  const own = /^(?:CRON_)?TZ=(\S*) +(.*)$/.exec(text);
  if (own !== null) return scheduleOf(own[2] ?? '', own[1]);
  if (text.startsWith('@every ')) return every(parseDuration(text.slice('@every '.length)));
  const plain = Object.hasOwn(descriptors, text) ? (descriptors[text] ?? '') : text;
  const parts = plain.split(/\s+/).filter((part) => part !== '');
  const fields = parts.map((part, position) => fieldOf(part, bounds[position] ?? { low: 0, high: 0 }));
  const [minutes, hours, dates, monthsOf, weekdays] = fields;
  const at = zoneOf(zone);
  if (fields.length !== 5 || !minutes || !hours || !dates || !monthsOf || !weekdays || at === undefined) return undefined;
  return { next: (after) => nextIn({ minutes, hours, dates, months: monthsOf, weekdays }, at, after) };
}

function every(nanoseconds: bigint | undefined): Schedule | undefined {
  if (nanoseconds === undefined) return undefined;
  const duration = Number(nanoseconds / 1_000_000n);
  const delay = Math.max(second, duration - (duration % second));
  return { next: (after) => after - (after % second) + delay };
}

interface Field {
  readonly has: ReadonlySet<number>;
  readonly isStar: boolean;
}

function fieldOf(field: string, { low, high, names }: Bounds): Field | undefined {
  const has = new Set<number>();
  let isStar = false;
  for (const part of field.split(',').filter((each) => each !== '')) {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to] = range.split('-');
    const isAny = from === '*' || from === '?';
    const numberOf = (word: string) => (names?.includes(word.toLowerCase()) ? names.indexOf(word.toLowerCase()) + low : Number(word));
    const start = isAny ? low : numberOf(from);
    const end = isAny || (to === undefined && part.includes('/')) ? high : numberOf(to ?? from);
    const width = Number(step);
    if (![start, end, width].every(Number.isInteger) || width < 1 || start < low || end > high) return undefined;
    for (let value = start; value <= end; value += width) has.add(value);
    isStar ||= isAny && width === 1;
  }
  return { has, isStar };
}

interface Fields {
  readonly minutes: Field;
  readonly hours: Field;
  readonly dates: Field;
  readonly months: Field;
  readonly weekdays: Field;
}

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
