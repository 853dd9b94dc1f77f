// Times as Kubernetes writes them (RFC 3339).

/**
 * Milliseconds since 1970 as a time of UTC in whole seconds; parts of a second are cut off.
 *
 * @example `rfc3339(1893553445678)` is `'2030-01-02T03:04:05Z'`
 */
export function rfc3339(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/**
 * The same with six digits of a second, as MicroTime is written.
 *
 * @example `rfc3339Micro(1893553445678)` is `'2030-01-02T03:04:05.678000Z'`
 */
export function rfc3339Micro(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
