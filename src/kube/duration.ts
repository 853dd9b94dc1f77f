// Durations as Go writes them, `1h30m`, `-1.5s`: time.ParseDuration and Duration.String of Go 1.26, which metav1.Duration uses.

import { nanosecondsIn } from '../lib/duration-units.ts';

const part = /([0-9]*)(\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/y;
const limit = 1n << 63n;
const maxLength = 256;

/** Nanoseconds; undefined where the text is no duration or goes beyond 292 years. `0` alone needs no unit. */
export function parseDuration(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  const rest = text.replace(/^[-+]/, '');
  if (rest === '0') return 0n;
  if (rest === '' || rest.length > maxLength) return undefined;
  let total = 0n;
  part.lastIndex = 0;
  while (part.lastIndex < rest.length) {
    const match = part.exec(rest);
    if (match === null) return undefined;
    const [, whole = '', , fraction = '', unit = ''] = match;
    if (whole === '' && fraction === '') return undefined;
    const size = nanosecondsIn[unit] ?? 0n;
    const digits = fraction.slice(0, 18);
    total += BigInt(whole === '' ? '0' : whole) * size;
    if (digits !== '') total += BigInt(Math.trunc(Number(digits) * (Number(size) / 10 ** digits.length)));
    if (total > limit) return undefined;
  }
  if (negative) return -total;
  return total === limit ? undefined : total;
}

/** The text of a number of nanoseconds: `90000000000n` is `1m30s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const amount = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (amount < 1_000n) return `${sign}${amount}ns`;
  if (amount < 1_000_000n) return `${sign}${decimal(amount, 3)}µs`;
  if (amount < 1_000_000_000n) return `${sign}${decimal(amount, 6)}ms`;
  const minutes = amount / 60_000_000_000n;
  const seconds = `${decimal(amount % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`;
}

function decimal(amount: bigint, places: number): string {
  const digits = amount.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -places) : `${digits.slice(0, -places)}.${fraction}`;
}
