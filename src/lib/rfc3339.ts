// Times as Kubernetes writes them (RFC 3339).

/** The last millisecond, and the first, that a Date can tell. */
const furthest = 8_640_000_000_000_000;

/**
 * Milliseconds since 1970 as a time of UTC in whole seconds; parts of a second are cut off. Years of more than four digits are written out, as Go
 * does; what no Date can tell is the furthest that one can.
 *
 * @example `rfc3339(1893553445678)` is `'2030-01-02T03:04:05Z'`
 */
export function rfc3339(milliseconds: number): string {
  const date = new Date(Math.max(-furthest, Math.min(furthest, milliseconds)));
  const text = date.toISOString();
  // The date is written from the month on as it is in every year: `-01-02T03:04:05.678Z`.
  const year = date.getUTCFullYear();
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}${text.slice(-20, -5)}Z`;
}

/**
 * The same with six digits of a second, as MicroTime is written.
 *
 * @example `rfc3339Micro(1893553445678)` is `'2030-01-02T03:04:05.678000Z'`
 */
export function rfc3339Micro(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
