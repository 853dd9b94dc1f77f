// Schedules of CronJobs, as the parser that the server and the controller use reads them, with its words (github.com/robfig/cron v3.0.1, standard
// format): five fields or a descriptor, an optional time zone in front.

import { parseDuration } from '../../../kube/duration.ts';
import { failure, ok, type Result } from '../../../lib/result.ts';
import { goList, goQuote } from '../../fields/go-text.ts';
import { durationComplaint } from './go-duration.ts';

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Bounds[] = [
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

/** Which values a field has. A star is more than all its values: of two fields for the day, one that is no star is enough. */
export interface CronField {
  readonly has: ReadonlySet<number>;
  readonly isStar: boolean;
}

export type CronSchedule =
  | { readonly kind: 'every'; readonly nanoseconds: bigint }
  | {
      readonly kind: 'fields';
      readonly minutes: CronField;
      readonly hours: CronField;
      readonly dates: CronField;
      readonly months: CronField;
      readonly weekdays: CronField;
      /** The one in front of the fields; undefined where there is none. */
      readonly zone: string | undefined;
    };

/** What is wrong with a schedule; undefined for a good one. `isZone` knows the time zones. */
export function scheduleComplaint(schedule: string, isZone: (name: string) => boolean): string | undefined {
  const read = readSchedule(schedule, isZone);
  return read.ok ? undefined : read.problem;
}

/** Reads a schedule, or says why it is none. */
export function readSchedule(schedule: string, isZone: (name: string) => boolean): Result<CronSchedule, string> {
  let rest = schedule;
  if (rest === '') return failure('empty spec string');
  let zone: string | undefined;
  if (rest.startsWith('TZ=') || rest.startsWith('CRON_TZ=')) {
    const blank = rest.indexOf(' ');
    if (blank < 0) return failure('invalid schedule format: runtime error: slice bounds out of range [:-1]');
    zone = rest.slice(rest.indexOf('=') + 1, blank);
    if (!isZone(zone)) return failure(`provided bad location ${zone}: unknown time zone ${zone}`);
    rest = rest.slice(blank).trim();
  }
  if (rest.startsWith('@every ')) return every(rest);
  if (rest.startsWith('@') && !Object.hasOwn(descriptors, rest)) return failure(`unrecognized descriptor: ${rest}`);
  const fieldsOf = Object.hasOwn(descriptors, rest) ? descriptors[rest] : undefined;
  const parts = (fieldsOf ?? rest).split(/[\t\n\v\f\r \u0085\u00a0]+/).filter((part) => part !== '');
  if (parts.length !== 5) return failure(`expected exactly 5 fields, found ${parts.length}: ${goList(parts)}`);
  const read: CronField[] = [];
  for (const [position, bounds] of fields.entries()) {
    const field = readField(parts[position] ?? '', bounds);
    if (!field.ok) return field;
    read.push(field.value);
  }
  const [minutes, hours, dates, monthsOf, weekdays] = read as [CronField, CronField, CronField, CronField, CronField];
  return ok({ kind: 'fields', minutes, hours, dates, months: monthsOf, weekdays, zone });
}

function every(descriptor: string): Result<CronSchedule, string> {
  const text = descriptor.slice('@every '.length);
  const complaint = durationComplaint(text);
  if (complaint !== undefined) return failure(`failed to parse duration ${descriptor}: ${complaint}`);
  return ok({ kind: 'every', nanoseconds: parseDuration(text) ?? 0n });
}

function readField(field: string, bounds: Bounds): Result<CronField, string> {
  const has = new Set<number>();
  let isStar = false;
  for (const part of field.split(',').filter((each) => each !== '')) {
    const range = readRange(part, bounds);
    if (!range.ok) return range;
    const { start, end, step, isAny } = range.value;
    for (let value = start; value <= end; value += step) has.add(value);
    isStar ||= isAny && step === 1;
  }
  return ok({ has, isStar });
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** Written as a star or a question mark. */
  readonly isAny: boolean;
}

function readRange(part: string, { low, high, names }: Bounds): Result<Range, string> {
  const steps = part.split('/');
  const ends = (steps[0] ?? '').split('-');
  const isAny = ends[0] === '*' || ends[0] === '?';
  let start = low;
  let end = high;
  if (!isAny) {
    const first = readNumber(ends[0] ?? '', names, low);
    if (typeof first === 'string') return failure(first);
    start = first;
    end = first;
    if (ends.length > 2) return failure(`too many hyphens: ${part}`);
    if (ends.length === 2) {
      const last = readNumber(ends[1] ?? '', names, low);
      if (typeof last === 'string') return failure(last);
      end = last;
    }
  }
  let step = 1;
  if (steps.length > 2) return failure(`too many slashes: ${part}`);
  if (steps.length === 2) {
    const read = readNumber(steps[1] ?? '', undefined, 0);
    if (typeof read === 'string') return failure(read);
    step = read;
    if (ends.length === 1) end = high;
  }
  if (start < low) return failure(`beginning of range (${start}) below minimum (${low}): ${part}`);
  if (end > high) return failure(`end of range (${end}) above maximum (${high}): ${part}`);
  if (start > end) return failure(`beginning of range (${start}) beyond end of range (${end}): ${part}`);
  return step === 0 ? failure(`step of range should be a positive number: ${part}`) : ok({ start, end, step, isAny });
}

function readNumber(word: string, names: readonly string[] | undefined, first: number): number | string {
  const named = names?.indexOf(word.toLowerCase()) ?? -1;
  if (named >= 0) return named + first;
  if (!/^[-+]?[0-9]+$/.test(word)) return `failed to parse int from ${word}: strconv.Atoi: parsing ${goQuote(word)}: invalid syntax`;
  const number = Number(word);
  if (!Number.isSafeInteger(number)) return `failed to parse int from ${word}: strconv.Atoi: parsing ${goQuote(word)}: value out of range`;
  return number < 0 ? `negative number (${number}) not allowed: ${word}` : number;
}
