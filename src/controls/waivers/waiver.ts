// A waiver: somebody accepts findings of some controls on some objects, for a reason, until a day. Where it was written does not matter to
// what it does: our file, annotations, comments and the files of other tools all become this.

import type { SourcePosition } from '../../lib/problem.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { Finding } from '../result.ts';

/** Whose way of writing it is. Only ours must give a reason. */
export type Family = 'cofferdam' | 'kubescape' | 'kube-linter' | 'Polaris' | 'kube-score' | 'Checkov' | 'kubeaudit' | 'Trivy';

export interface Waiver {
  readonly family: Family;
  /** Ids of our controls; `all` for families that can ignore everything about an object. */
  readonly controls: ReadonlySet<string> | 'all';
  /** What it is called in messages: the control as written. */
  readonly name: string;
  /** Undefined where its family asks for none and none was given. */
  readonly reason: string | undefined;
  readonly owner?: string | undefined;
  readonly expiry?: Expiry | undefined;
  /** Where it stands, for people: `cofferdam.yaml:12`, `annotation … of Deployment shop/web`. */
  readonly by: string;
  readonly source?: SourcePosition | undefined;
  /** The object it stands on; undefined for waivers of files. */
  readonly resource?: Resource | undefined;
  /** Pointer of the annotation or label in that object. */
  readonly path?: string;
  /** Whether it means this object: objects that are there and pass make a waiver unused. Waivers on an object need no word here. */
  readonly means?: (resource: Resource) => boolean;
  /** What it covers of the findings of its controls; absent: every one on the objects it means. */
  readonly covers?: (finding: Finding, resource: Resource | undefined) => boolean;
}

export interface Expiry {
  /** As written. */
  readonly until: string;
  /** The first moment, in milliseconds since the epoch, at which the waiver does not hold. */
  readonly ends: number;
}

/**
 * Reads a day (`2027-01-31`, which is waived to its end in UTC, or not at all where `throughDay` is false) or an instant of RFC 3339;
 * undefined for anything else, such as a day that no calendar has.
 */
export function readExpiry(text: string, throughDay = true): Expiry | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const start = Date.UTC(year, month - 1, day);
  if (new Date(start).getUTCDate() !== day || month < 1 || month > 12) return undefined;
  if (match[4] === undefined) return { until: text.trim(), ends: throughDay ? start + 86_400_000 : start };
  const ends = Date.parse(/[Z+-]/.test(match[4].slice(1)) ? text.trim() : `${text.trim()}Z`);
  return Number.isNaN(ends) ? undefined : { until: text.trim(), ends };
}

/**
 * Splits `reason until 2027-01-31`. A text without an end is all reason; `invalid` where it speaks of an end that is not written as a day:
 * nobody meant it to last for ever.
 */
export function reasonUntil(text: string): { readonly reason: string; readonly expiry: Expiry | undefined; readonly invalid?: string } {
  const match = /^(?:(.*?)\s+)?until\s+(\d{4}-\d\d\S*)$/is.exec(text.trim());
  if (match === null) {
    const meant = /\b(?:until|expires?)\b[\s:=]*(\S.*\d.*)$/is.exec(text);
    return meant === null
      ? { reason: text.trim(), expiry: undefined }
      : { reason: text.trim(), expiry: undefined, invalid: meant[1] ?? '' };
  }
  const written = match[2] ?? '';
  const expiry = readExpiry(written);
  const reason = (match[1] ?? '').trim();
  return expiry === undefined ? { reason, expiry, invalid: written } : { reason, expiry };
}

/** How an object is called in messages. `Deployment shop/web`. */
export function objectName({ kind, namespace, name }: Resource): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
