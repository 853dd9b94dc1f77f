// What the cells of tables are made of: ages, joined texts, references. Words for what is not there as k8s.io/kubernetes pkg/printers has them
// in 1.36: `<none>`, `<unknown>`, `<unset>`.

import { labelSelector, type Selector } from '../../../kube/selector.ts';
import { asList, asNumber, asObject, asString, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';

export type Cell = string | number | boolean | null;

/** One row's cells of one object; `now` in milliseconds. */
export type Printer = (object: JsonObject, now: number) => readonly Cell[];

export function nameOf(object: JsonObject): string {
  return text(object, 'metadata', 'name');
}

/** The text at a path; '' where there is none. */
export function text(value: unknown, ...path: readonly (string | number)[]): string {
  const found = dig(value, ...path);
  return typeof found === 'string' ? found : typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
}

export function number(value: unknown, ...path: readonly (string | number)[]): number {
  return asNumber(dig(value, ...path)) ?? 0;
}

export function list(value: unknown, ...path: readonly (string | number)[]): readonly Json[] {
  return asList(dig(value, ...path));
}

export function or(found: string, absent: string): string {
  return found === '' ? absent : found;
}

/** How long ago the object was made. */
export function ageOf(object: JsonObject, now: number): string {
  return since(dig(object, 'metadata', 'creationTimestamp'), now);
}

/** How long ago a time was, in two or three figures; `<unknown>` where there is none. */
export function since(time: unknown, now: number): string {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? '<unknown>' : humanDuration(now - at);
}

/**
 * A span of milliseconds as kubectl shows it.
 *
 * @example `humanDuration(3_723_000)` is `'62m'`
 */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  if (days < 2920) return days % 365 === 0 ? `${years}y` : `${years}y${days % 365}d`;
  return `${years}y`;
}

/** Names and images of containers. */
export function containerCells(containers: readonly Json[]): readonly [names: string, images: string] {
  return [containers.map((each) => text(each, 'name')).join(','), containers.map((each) => text(each, 'image')).join(',')];
}

/** `a=b,c=d`, sorted; `<none>` where there are none. */
export function labelsText(labels: Json | undefined): string {
  const pairs = Object.entries(asObject(labels)).map(([key, value]) => `${key}=${asString(value) ?? ''}`);
  return or(pairs.sort().join(','), '<none>');
}

/** A label selector as text, `<none>` where it has no requirement. */
export function selectorText(selector: Json | undefined, none = '<none>'): string {
  const parsed = labelSelector(selector);
  if (!parsed.ok) return '<error>';
  return parsed.value === undefined ? none : or(requirementsText(parsed.value), none);
}

function requirementsText(selector: Selector): string {
  return [...selector]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      const sorted = [...values].sort();
      if (operator === 'In') return sorted.length === 1 ? `${key}=${sorted[0]}` : `${key} in (${sorted.join(',')})`;
      if (operator === 'NotIn') return `${key} notin (${sorted.join(',')})`;
      return operator === 'Exists' ? key : `!${key}`;
    })
    .join(',');
}

/** The first three of a list, and how many more. */
export function firstThree(all: readonly string[], none: string): string {
  if (all.length > 3) return `${all.slice(0, 3).join(',')} + ${all.length - 3} more...`;
  return or(all.join(','), none);
}

/** The status of a condition; undefined where it is not there. */
export function condition(object: unknown, type: string): Json | undefined {
  return list(object, 'status', 'conditions').find((each) => field(each, 'type') === type);
}

export function isTrue(found: Json | undefined): boolean {
  return field(found, 'status') === 'True';
}

export function isDeleting(object: JsonObject): boolean {
  return text(object, 'metadata', 'deletionTimestamp') !== '';
}
