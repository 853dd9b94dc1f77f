import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rfc3339 } from '../../../lib/rfc3339.ts';
import { scheduleOf } from './schedule.ts';

const rows: readonly (readonly [schedule: string, zone: string | undefined, after: string, next: string | undefined])[] = [
  ['* * * * *', undefined, '2026-01-02T03:04:05Z', '2026-01-02T03:05:00Z'],
  ['* * * * *', undefined, '2026-01-02T03:04:00Z', '2026-01-02T03:05:00Z'],
  ['*/15 8-10 * * *', undefined, '2026-01-02T10:45:00Z', '2026-01-03T08:00:00Z'],
  ['5/20 * * * *', undefined, '2026-01-02T10:06:00Z', '2026-01-02T10:25:00Z'],
  ['@hourly', undefined, '2026-12-31T23:30:00Z', '2027-01-01T00:00:00Z'],
  ['@weekly', undefined, '2026-01-02T03:04:05Z', '2026-01-04T00:00:00Z'],
  ['@yearly', undefined, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['@every 1h30m', undefined, '2026-01-02T03:04:05Z', '2026-01-02T04:34:05Z'],
  ['0 0 29 feb *', undefined, '2026-01-02T03:04:05Z', '2028-02-29T00:00:00Z'],
  // Thursdays, and the thirteenth of each month.
  ['0 12 13 * THU', undefined, '2026-01-09T00:00:00Z', '2026-01-13T12:00:00Z'],
  ['0 12 13 * thu', undefined, '2026-01-13T12:00:00Z', '2026-01-15T12:00:00Z'],
  // Thursdays alone, as a star leaves the date open.
  ['0 12 * * 4', undefined, '2026-01-09T00:00:00Z', '2026-01-15T12:00:00Z'],
  ['0 12 */2 * 4', undefined, '2026-01-09T13:00:00Z', '2026-01-11T12:00:00Z'],
  ['59 23 31 2 *', undefined, '2026-01-09T00:00:00Z', undefined],
  ['0 9 * * *', 'Asia/Kolkata', '2026-01-02T03:30:00Z', '2026-01-03T03:30:00Z'],
  ['TZ=America/New_York 0 9 * * *', undefined, '2026-07-02T00:00:00Z', '2026-07-02T13:00:00Z'],
  // The hour that is left out in spring, and the one that is there twice in autumn.
  ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00Z'],
  ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
  ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
  // Where the first day of a month has no midnight the month before is read on, as by the controller: this November is passed over.
  ['0 0 1 11 *', 'America/Asuncion', '2023-09-15T00:00:00Z', '2024-11-01T03:00:00Z'],
  ['0 0 * 11 *', 'America/Asuncion', '2023-09-15T00:00:00Z', '2024-11-01T03:00:00Z'],
  // A day that clocks skipped.
  ['0 0 31 12 *', 'Pacific/Apia', '2011-12-28T12:00:00Z', '2011-12-30T10:00:00Z'],
  // A field of commas alone, and a time after which there is no date.
  [', * * * *', 'Europe/Berlin', '2026-01-02T03:04:05Z', undefined],
  ['0 0 1 1 *', undefined, '+275760-09-12T00:00:00Z', undefined],
];

describe('a schedule is next due', () => {
  for (const [schedule, zone, after, next] of rows)
    test(`${schedule}${zone === undefined ? '' : ` in ${zone}`}, after ${after}: ${next ?? 'never'}`, () => {
      const found = scheduleOf(schedule, zone)?.next(Date.parse(after));
      assert.equal(found === undefined ? undefined : rfc3339(found), next);
    });
});

test('what is no schedule is none', () => {
  for (const text of ['', '* * * *', '60 * * * *', '@never', '@every soon', 'TZ=Nowhere/At * * * * *'])
    assert.equal(scheduleOf(text), undefined, text);
});
