// Lists of indexes of Indexed Jobs: `0,2-4,7` (kubernetes pkg/apis/batch/validation, 1.36).

import { goQuote } from '../../fields/go-text.ts';

interface Interval {
  readonly first: number;
  readonly last: number;
}

/** How many indexes a list names, or what is wrong with it. */
export function countIndexes(list: string, completions: number): number | string {
  if (list === '') return 0;
  let last: number | undefined;
  let total = 0;
  for (const part of list.split(',')) {
    const interval = readInterval(part, completions);
    if (typeof interval === 'string') return interval;
    if (last !== undefined && last >= interval.first) return `non-increasing order, previous: ${last}, current: ${interval.first}`;
    total += interval.last - interval.first + 1;
    last = interval.last;
  }
  return total;
}

function readInterval(part: string, completions: number): Interval | string {
  const limits = part.split('-');
  if (limits.length > 2)
    return `the fragment ${goQuote(part)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  const read: number[] = [];
  for (const limit of limits) {
    if (!/^\+?[0-9]{1,18}$/.test(limit)) return `cannot convert string to integer for index: ${goQuote(limit)}`;
    if (Number(limit) >= completions) return `too large index: ${goQuote(limit)}`;
    read.push(Number(limit));
  }
  const [first = 0, last = first] = read;
  if (limits.length > 1 && first >= last) return `non-increasing order, previous: ${first}, current: ${last}`;
  return { first, last };
}

/** The first index that both lists name; parts that do not read are passed over. */
export function overlapOf(a: string, b: string, completions: number): number | undefined {
  if (a === '' || b === '') return undefined;
  const intervals = (list: string) =>
    list
      .split(',')
      .map((part) => readInterval(part, completions))
      .filter((interval) => typeof interval !== 'string');
  const [left, right] = [intervals(a), intervals(b)];
  let i = 0;
  let j = 0;
  for (let x = left[i], y = right[j]; x !== undefined && y !== undefined; x = left[i], y = right[j]) {
    if (x.first <= y.last && y.first <= x.last) return Math.max(x.first, y.first);
    if (x.first <= y.first) i++;
    else j++;
  }
  return undefined;
}
