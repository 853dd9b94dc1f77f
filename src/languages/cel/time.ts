// Timestamps and durations as text, and the parts of a timestamp in a time zone. Texts are those of Go's time package: RFC 3339 for
// timestamps, `1h30m`, `1.5s`, `-2us` for durations. Zones are IANA names or offsets such as `-08:00`.

import { nanosecondsIn } from '../../lib/duration-units.ts';
import { durationOf, maxSeconds, minSeconds } from './arithmetic.ts';
import { CelError, Duration, Timestamp } from './value.ts';

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

export function parseTimestamp(text: string): Timestamp | CelError {
  const match = rfc3339.exec(text);
  const invalid = () => new CelError("type conversion error from 'string' to 'google.protobuf.Timestamp'");
  if (match === null) return invalid();
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (days === undefined || day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return invalid();
  const offset = match[8] === undefined ? 0 : (Number(match[9]) * 60 + Number(match[10])) * (match[8] === '-' ? -60 : 60);
  if (Number(match[9] ?? 0) > 23 || Number(match[10] ?? 0) > 59) return invalid();
  // A year below 100 would be taken for one of the last century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const seconds = date.getTime() / 1000 - offset;
  if (seconds < minSeconds || seconds > maxSeconds) return new CelError('timestamp overflow');
  return new Timestamp(seconds, Number((match[7] ?? '').slice(0, 9).padEnd(9, '0')), offset);
}

export function timestampText({ seconds, nanos, offset }: Timestamp): string {
  const whole = new Date((seconds + offset) * 1000).toISOString().slice(0, 19);
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  const minutes = Math.abs(offset) / 60;
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  return `${whole}${fraction}${offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`}`;
}

const part = /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/y;

export function parseDuration(text: string): Duration | CelError {
  const invalid = () => new CelError("type conversion error from 'string' to 'google.protobuf.Duration'");
  const sign = text.startsWith('-') ? -1n : 1n;
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return new Duration(0n);
  if (body === '' || body.length > 1024) return invalid();
  let total = 0n;
  part.lastIndex = 0;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (match === null) return invalid();
    const [, whole = '', fraction = '', unit = ''] = match;
    if (whole === '' && fraction === '') return invalid();
    const scale = nanosecondsIn[unit] ?? 0n;
    total += BigInt(whole === '' ? '0' : whole) * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  const duration = durationOf(sign * total);
  return duration instanceof CelError ? invalid() : duration;
}

/** Seconds as a decimal: `1.5s`. */
export function durationText({ nanos }: Duration): string {
  return `${Number(nanos) / 1e9}s`;
}

/** The text as Go's Duration writes it: `1h30m0s`. */
export function goDurationText({ nanos }: Duration): string {
  const amount = nanos < 0n ? -nanos : nanos;
  const sign = nanos < 0n ? '-' : '';
  if (amount === 0n) return '0s';
  if (amount < 1_000n) return `${sign}${amount}ns`;
  if (amount < 1_000_000n) return `${sign}${Number(amount) / 1e3}µs`;
  if (amount < 1_000_000_000n) return `${sign}${Number(amount) / 1e6}ms`;
  const minutes = amount / 60_000_000_000n;
  const seconds = Number(amount % 60_000_000_000n) / 1e9;
  const hours = minutes / 60n;
  return `${sign}${hours > 0n ? `${hours}h` : ''}${minutes > 0n ? `${minutes % 60n}m` : ''}${seconds}s`;
}

export type TimePart =
  | 'year'
  | 'month'
  | 'dayOfYear'
  | 'dayOfMonth'
  | 'date'
  | 'dayOfWeek'
  | 'hours'
  | 'minutes'
  | 'seconds'
  | 'milliseconds';

/** A part of a timestamp in a zone; UTC where none is named. Months, days of month and of year count from 0, `date` from 1. */
export function timePart(time: Timestamp, part: TimePart, zone = 'UTC'): number | CelError {
  const offset = zoneOffset(time, zone);
  if (offset instanceof CelError) return offset;
  const local = new Date((time.seconds + offset) * 1000);
  switch (part) {
    case 'year':
      return local.getUTCFullYear();
    case 'month':
      return local.getUTCMonth();
    case 'dayOfYear': {
      const first = new Date(local);
      first.setUTCMonth(0, 1);
      return Math.round((local.getTime() - first.getTime()) / 86_400_000);
    }
    case 'dayOfMonth':
      return local.getUTCDate() - 1;
    case 'date':
      return local.getUTCDate();
    case 'dayOfWeek':
      return local.getUTCDay();
    case 'hours':
      return local.getUTCHours();
    case 'minutes':
      return local.getUTCMinutes();
    case 'seconds':
      return local.getUTCSeconds();
    case 'milliseconds':
      return Math.trunc(time.nanos / 1e6);
  }
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Seconds east of UTC. */
function zoneOffset(time: Timestamp, zone: string): number | CelError {
  if (zone === 'UTC' || zone === '') return 0;
  const fixed = /^([+-]?)(\d{1,2}):(\d{1,2})$/.exec(zone);
  if (fixed !== null) return (Number(fixed[2]) * 60 + Number(fixed[3])) * (fixed[1] === '-' ? -60 : 60);
  if (!formats.has(zone)) {
    if (formats.size > 1000) formats.clear();
    formats.set(zone, zoneFormat(zone));
  }
  const format = formats.get(zone);
  if (format === undefined) return new CelError(`unknown time zone ${zone}`);
  const text = format.formatToParts(new Date(time.seconds * 1000)).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(text);
  if (match?.[1] === undefined) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -seconds : seconds;
}

function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}
