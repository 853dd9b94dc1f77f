// The query of reads: ListOptions of meta.k8s.io as conversion and validation take them in 1.36. Numbers that are none are a 400, booleans are
// true unless they say false or 0, combinations that make no sense a 422 (k8s.io/apimachinery pkg/apis/meta/internalversion).

import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { type FieldError, forbidden, invalidObject, notSupported } from '../fields/error.ts';
import { badRequest } from '../status.ts';
import { readFieldSelector } from './fields.ts';
import { readLabelSelector } from './label-selector.ts';
import { first, type Query } from './query.ts';

export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly watch: boolean;
  /** Whether a watch from the start is a streaming list: one that a query asks for, not the path. */
  readonly streamsState: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  /** 0: no limit. */
  readonly limit: number;
  readonly continue: string;
  readonly timeoutSeconds: number | undefined;
}

/** Reads the query of a list or watch. */
export function readListOptions(query: Query, isWatchPath = false): Result<ListOptions, Refusal> {
  for (const key of ['timeoutSeconds', 'limit']) {
    const wrong = integerComplaint(first(query, key));
    if (wrong !== undefined) return failure(badRequest(wrong));
  }
  const timeout = first(query, 'timeoutSeconds');
  const asksForWatch = isYes(query.get('watch'));
  const options: ListOptions = {
    labelSelector: first(query, 'labelSelector') ?? '',
    fieldSelector: first(query, 'fieldSelector') ?? '',
    watch: isWatchPath || asksForWatch,
    streamsState: asksForWatch,
    allowWatchBookmarks: isYes(query.get('allowWatchBookmarks')),
    sendInitialEvents: query.has('sendInitialEvents') ? isYes(query.get('sendInitialEvents')) : undefined,
    resourceVersion: first(query, 'resourceVersion') ?? '',
    resourceVersionMatch: first(query, 'resourceVersionMatch') ?? '',
    limit: Number(first(query, 'limit') ?? 0) || 0,
    continue: first(query, 'continue') ?? '',
    timeoutSeconds: timeout === undefined || timeout === '' ? undefined : Number(timeout),
  };
  for (const selector of [readLabelSelector(options.labelSelector), readFieldSelector(options.fieldSelector)])
    if (!selector.ok) return failure(badRequest(selector.problem));
  // A path that watches leaves the options those of a list.
  const errors = asksForWatch ? watchErrors(options) : listErrors(options);
  return errors.length === 0 ? ok(options) : failure(invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors));
}

/** What Go's ParseInt says of a text that is no 64-bit number; undefined where it is one. */
export function integerComplaint(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^[-+]?[0-9]+$/.test(text)) return `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value ? undefined : `strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`;
}

function isYes(values: readonly string[] | undefined): boolean {
  const value = values?.[0];
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}

function listErrors(options: ListOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { resourceVersionMatch: match } = options;
  const no = (why: string) => errors.push(forbidden('resourceVersionMatch', why));
  if (match !== '') {
    if (options.resourceVersion === '') no('resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (options.continue !== '') no('resourceVersionMatch is forbidden when continue is provided');
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && options.resourceVersion === '0') no('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (options.sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchErrors(options: ListOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { resourceVersionMatch: match } = options;
  const no = (why: string) => errors.push(forbidden('resourceVersionMatch', why));
  if (options.sendInitialEvents !== undefined && match !== 'NotOlderThan')
    no('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  const isFromStart = options.resourceVersion === '' || options.resourceVersion === '0';
  // A watch from the start is given the options of a streaming list before it is checked.
  if (match === '' && options.sendInitialEvents === undefined && isFromStart && options.continue !== '')
    no('resourceVersionMatch is forbidden when continue is provided');
  if (match === '') return errors;
  if (options.sendInitialEvents === undefined) no('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  if (options.continue !== '') no('resourceVersionMatch is forbidden when continue is provided');
  return errors;
}

/** A resource version as a number; the problem is what Go's ParseUint says, `resourceVersion: ` and the value before it. */
export function resourceRevision(text: string): Result<number, string> {
  const shown = JSON.stringify(text);
  if (!/^[0-9]+$/.test(text))
    return failure(`resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`);
  if (BigInt(text) > 0xffff_ffff_ffff_ffffn)
    return failure(`resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: value out of range`);
  return ok(Number(text));
}
