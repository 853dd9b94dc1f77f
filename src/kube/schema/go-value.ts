// Scalars of built-in kinds, judged as the API server's JSON decoding into Go types judges them (1.36): 32-bit and 64-bit integers, base64,
// RFC 3339 times, quantities that may be numbers, ports that may be names.

import type { Json } from '../../lib/json.ts';
import { parseQuantity } from '../quantity.ts';

/** What a value of this form should be, where it is not; undefined where it is one. */
export function goValueComplaint(value: Json, format: string): string | undefined {
  switch (format) {
    case 'int32':
      return integerComplaint(value, -2147483648, 2147483647);
    case 'int64':
      return integerComplaint(value, -(2 ** 63), 2 ** 63);
    case 'double':
      return typeof value === 'number' ? undefined : 'a number';
    case 'bytes':
      return isBytes(value) ? undefined : 'base64';
    case 'time':
      return typeof value === 'string' && isTime(value) ? undefined : 'a time in RFC 3339, such as 2006-01-02T15:04:05Z';
    case 'micro-time':
      return typeof value === 'string' && isMicroTime(value) ? undefined : 'a time in RFC 3339 with microseconds';
    case 'quantity':
      return (typeof value === 'string' || typeof value === 'number') && parseQuantity(value).ok
        ? undefined
        : 'a quantity, such as 100m or 1Gi';
    case 'int-or-string':
      return typeof value === 'string' ? undefined : integerComplaint(value, -2147483648, 2147483647) && 'a whole number or a string';
    default:
      return undefined;
  }
}

function integerComplaint(value: Json, low: number, high: number): string | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return 'a whole number';
  return value >= low && value <= high ? undefined : high < 2 ** 32 ? `a whole number from ${low} to ${high}` : 'a whole number of 64 bits';
}

/** Standard base64, line breaks allowed; or a list of bytes, which decoding takes too. */
function isBytes(value: Json): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number' && Number.isInteger(item) && item >= 0 && item <= 255);
  if (typeof value !== 'string') return false;
  const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

const time = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]+)?(?:Z|[+-]([0-9]{2}):([0-9]{2}))$/;

/** A time as Go's time.Parse(time.RFC3339) takes it: a capital T and Z, a day that the month has. */
export function isTime(text: string): boolean {
  const match = time.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    offsetHour <= 24 &&
    offsetMinute < 60
  );
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isMicroTime(text: string): boolean {
  return /:[0-9]{2}[.,][0-9]{6}(?:Z|[+-])/.test(text) && isTime(text);
}
