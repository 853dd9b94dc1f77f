// Schedules of CronJobs, with the words of the parser the server uses (github.com/robfig/cron v3.0.1, standard format): five fields or a
// descriptor, an optional time zone in front.

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
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a schedule; undefined for a good one. `isZone` knows the time zones. */
export function scheduleComplaint(schedule: string, isZone: (name: string) => boolean): string | undefined {
  let rest = schedule;
  if (rest === '') return 'empty spec string';
  if (rest.startsWith('TZ=') || rest.startsWith('CRON_TZ=')) {
    const blank = rest.indexOf(' ');
    const start = rest.indexOf('=') + 1;
    if (blank < 0) return `invalid schedule format: runtime error: slice bounds out of range [:-1]`;
    const zone = rest.slice(start, blank);
    if (!isZone(zone)) return `provided bad location ${zone}: unknown time zone ${zone}`;
    rest = rest.slice(blank).trim();
  }
  if (rest.startsWith('@')) return descriptorComplaint(rest);
  const parts = rest.split(/[\t\n\v\f\r \u0085\u00a0]+/).filter((part) => part !== '');
  if (parts.length !== 5) return `expected exactly 5 fields, found ${parts.length}: ${goList(parts)}`;
  for (const [position, bounds] of fields.entries()) {
    const complaint = fieldComplaint(parts[position] ?? '', bounds);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function descriptorComplaint(descriptor: string): string | undefined {
  if (descriptors.includes(descriptor)) return undefined;
  if (!descriptor.startsWith('@every ')) return `unrecognized descriptor: ${descriptor}`;
  const complaint = durationComplaint(descriptor.slice('@every '.length));
  return complaint === undefined ? undefined : `failed to parse duration ${descriptor}: ${complaint}`;
}

function fieldComplaint(field: string, bounds: Bounds): string | undefined {
  for (const part of field.split(',')) {
    const complaint = part === '' ? undefined : rangeComplaint(part, bounds);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function rangeComplaint(part: string, { low, high, names }: Bounds): string | undefined {
  const steps = part.split('/');
  const ends = (steps[0] ?? '').split('-');
  let start = low;
  let end = high;
  if (ends[0] !== '*' && ends[0] !== '?') {
    const first = readNumber(ends[0] ?? '', names, low);
    if (typeof first === 'string') return first;
    start = first;
    end = first;
    if (ends.length > 2) return `too many hyphens: ${part}`;
    if (ends.length === 2) {
      const last = readNumber(ends[1] ?? '', names, low);
      if (typeof last === 'string') return last;
      end = last;
    }
  }
  let step = 1;
  if (steps.length > 2) return `too many slashes: ${part}`;
  if (steps.length === 2) {
    const read = readNumber(steps[1] ?? '', undefined, 0);
    if (typeof read === 'string') return read;
    step = read;
    if (ends.length === 1) end = high;
  }
  if (start < low) return `beginning of range (${start}) below minimum (${low}): ${part}`;
  if (end > high) return `end of range (${end}) above maximum (${high}): ${part}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${part}`;
  return step === 0 ? `step of range should be a positive number: ${part}` : undefined;
}

function readNumber(word: string, names: readonly string[] | undefined, first: number): number | string {
  const named = names?.indexOf(word.toLowerCase()) ?? -1;
  if (named >= 0) return named + first;
  if (!/^[-+]?[0-9]+$/.test(word)) return `failed to parse int from ${word}: strconv.Atoi: parsing ${goQuote(word)}: invalid syntax`;
  const number = Number(word);
  if (!Number.isSafeInteger(number)) return `failed to parse int from ${word}: strconv.Atoi: parsing ${goQuote(word)}: value out of range`;
  return number < 0 ? `negative number (${number}) not allowed: ${word}` : number;
}
