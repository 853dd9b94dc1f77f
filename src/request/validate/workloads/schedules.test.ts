// Schedules of CronJobs and lists of indexes, in the words of the server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleComplaint } from './cron-schedule.ts';
import { countIndexes, overlapOf } from './indexes.ts';

const isZone = (name: string) => name === 'Europe/Berlin';
for (const schedule of ['* * * * *', '*/5 0-23/2 1,15 JAN-dec mon', '0 0 ? * *', '@daily', '@every 1h30m', 'TZ=Europe/Berlin 0 0 * * *'])
  test(`${schedule} is a schedule`, () => assert.equal(scheduleComplaint(schedule, isZone), undefined));

for (const [schedule, complaint] of [
  ['', 'empty spec string'],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['@never', 'unrecognized descriptor: @never'],
  ['constructor', 'expected exactly 5 fields, found 1: [constructor]'],
  ['TZ=Nowhere 0 0 * * *', 'provided bad location Nowhere: unknown time zone Nowhere'],
] as const)
  test(`${JSON.stringify(schedule)}: ${complaint}`, () => assert.equal(scheduleComplaint(schedule, isZone), complaint));

for (const [list, expected] of [
  ['', 0],
  ['0', 1],
  ['0,2-4,7', 5],
  ['1,1', 'non-increasing order, previous: 1, current: 1'],
  ['4-2', 'non-increasing order, previous: 4, current: 2'],
  ['1-2-3', 'the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\''],
  ['a', 'cannot convert string to integer for index: "a"'],
  ['10', 'too large index: "10"'],
] as const)
  test(`indexes ${JSON.stringify(list)} of 10: ${expected}`, () => assert.equal(countIndexes(list, 10), expected));

for (const [left, right, shared] of [
  ['0-3', '4-6', undefined],
  ['0-3', '3', 3],
  ['1,5-7', '0,2-6', 5],
  ['', '0', undefined],
] as const)
  test(`indexes ${left} and ${right} share ${shared}`, () => assert.equal(overlapOf(left, right, 10), shared));
