// Durations as Go's time.ParseDuration takes them, with its words.

import { goQuote } from '../../fields/go-text.ts';

const units = new Set(['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h']);

/** What is wrong with a duration; undefined for a good one. */
export function durationComplaint(text: string): string | undefined {
  const bad = `time: invalid duration ${goQuote(text)}`;
  let rest = text.replace(/^[-+]/, '');
  if (rest === '0') return undefined;
  if (rest === '') return bad;
  while (rest !== '') {
    const number = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)/.exec(rest)?.[0];
    if (number === undefined) return bad;
    rest = rest.slice(number.length);
    const unit = /^[^.0-9]+/.exec(rest)?.[0] ?? '';
    if (unit === '') return `time: missing unit in duration ${goQuote(text)}`;
    if (!units.has(unit)) return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`;
    rest = rest.slice(unit.length);
  }
  return undefined;
}
