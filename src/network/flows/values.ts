// Values as sources of flows write them: times in seconds, milliseconds, nanoseconds or RFC 3339; ports and counts as numbers or texts;
// protocols by name or by their number (IANA). What is out of range is not there.

import { asString } from '../../lib/json.ts';
import type { FlowRecord } from './record.ts';

/** RFC 3339 with any number of fractional digits, as milliseconds. `timeOf('1970-01-01T00:00:01.5Z')` is `1500`. */
export function timeOf(value: unknown): number | undefined {
  const text = asString(value);
  if (text === undefined || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,24}(?:Z|[+-][0-9]{2}:[0-9]{2})$/.test(text)) return undefined;
  const time = Date.parse(text.replace(/(\.[0-9]{3})[0-9]+/, '$1'));
  return Number.isFinite(time) ? time : undefined;
}

const latest = 8_640_000_000_000_000;

/** Seconds since the epoch, as a number or text, in milliseconds. `secondsOf('2')` is `2000`. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = numberOf(value);
  return seconds === undefined || seconds * 1000 > latest ? undefined : seconds * 1000;
}

/** A number that is not negative, as it is or as text. `numberOf('12')` is `12`. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[0-9]{1,19}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** How many, where a source says; at least one, and a number that can be added up. */
export function countOf(value: unknown): number {
  const number = numberOf(value);
  return number === undefined || number < 1 ? 1 : Math.min(Math.floor(number), 2 ** 48);
}

/** A port of a protocol that has them. `portOf(0)` is `undefined`. */
export function portOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) && number >= 1 && number <= 65535 ? number : undefined;
}

const byNumber: Readonly<Record<number, FlowRecord['protocol']>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMP', 132: 'SCTP' };
const byName: ReadonlyMap<string, FlowRecord['protocol']> = new Map([
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['sctp', 'SCTP'],
  ['icmp', 'ICMP'],
  ['icmpv4', 'ICMP'],
  ['icmpv6', 'ICMP'],
  ['icmp6', 'ICMP'],
  ['ipproto_tcp', 'TCP'],
  ['ipproto_udp', 'UDP'],
  ['ipproto_sctp', 'SCTP'],
]);

/** `protocolOf(6)` is `'TCP'`. */
export function protocolOf(value: unknown): FlowRecord['protocol'] | undefined {
  const number = numberOf(value);
  if (number !== undefined) return number <= 255 ? (byNumber[number] ?? 'other') : undefined;
  const text = asString(value);
  return text === undefined || text === '' ? undefined : (byName.get(text.toLowerCase()) ?? 'other');
}

/** Only the members that are there: optional fields are absent, not undefined. */
export function given<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  const kept: Record<string, unknown> = {};
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept as T;
}
