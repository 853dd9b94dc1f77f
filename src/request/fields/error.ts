// Errors of fields, as k8s.io/apimachinery/pkg/util/validation/field (1.36) makes and writes them: type, path, the bad value, a detail.
// Values are written as Go's JSON encoder writes them; strings quoted, null as null.

import type { Json } from '../../lib/json.ts';
import type { Refusal, StatusCause } from '../answer.ts';
import { goJson, goNumber, goQuote } from './go-text.ts';
import type { Path } from './path.ts';

/** The types of field errors, by the reason a cause carries. */
const words = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
} as const;

export type FieldErrorType = keyof typeof words;

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].image`, `metadata.labels[a]`, `<nil>` for no field. */
  readonly field: string;
  /** The value as it is written in the message; undefined for types that show none. */
  readonly value?: string;
  readonly detail: string;
}

export function required(field: Path | string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field: String(field), detail };
}
export function forbidden(field: Path | string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field: String(field), detail };
}
export function invalid(field: Path | string, value: Json | undefined, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: String(field), value: shownValue(value), detail };
}
export function typeInvalid(field: Path | string, value: Json | undefined, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field: String(field), value: shownValue(value), detail };
}
export function duplicate(field: Path | string, value: Json | undefined): FieldError {
  return { type: 'FieldValueDuplicate', field: String(field), value: shownValue(value), detail: '' };
}
export function notFound(field: Path | string, value: Json | undefined): FieldError {
  return { type: 'FieldValueNotFound', field: String(field), value: shownValue(value), detail: '' };
}
/** A value outside a closed list; the list is written in the order it is given. */
export function notSupported(field: Path | string, value: Json | undefined, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`;
  return { type: 'FieldValueNotSupported', field: String(field), value: shownValue(value), detail };
}
export function tooLong(field: Path | string, maximum: number): FieldError {
  const detail = maximum < 0 ? 'value is too long' : `may not be more than ${maximum} ${maximum === 1 ? 'byte' : 'bytes'}`;
  return { type: 'FieldValueTooLong', field: String(field), detail };
}
export function tooMany(field: Path | string, actual: number, maximum: number): FieldError {
  return {
    type: 'FieldValueTooMany',
    field: String(field),
    value: String(actual),
    detail: maximum < 0 ? 'has too many items' : `must have at most ${maximum} ${maximum === 1 ? 'item' : 'items'}`,
  };
}
export function internalError(field: Path | string, detail: string): FieldError {
  return { type: 'InternalError', field: String(field), detail };
}

/**
 * The message without the field.
 *
 * @example `fieldErrorBody(invalid('spec.replicas', -1, 'must be greater than or equal to 0'))` is
 * `'Invalid value: -1: must be greater than or equal to 0'`
 */
export function fieldErrorBody({ type, value, detail }: FieldError): string {
  return [words[type], ...(value === undefined ? [] : [value]), ...(detail === '' ? [] : [detail])].join(': ');
}

/** A value as messages write it. */
export function shownValue(value: Json | undefined): string {
  if (typeof value === 'number') return goNumber(value);
  return typeof value === 'string' ? goQuote(value) : goJson(value ?? null);
}

/** The 422 of an object with field errors: each different text once, as `apierrors.NewInvalid` puts them together. */
export function invalidObject(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): Refusal {
  const causes: StatusCause[] = errors.map((error) => ({ reason: error.type, message: fieldErrorBody(error), field: error.field }));
  const texts = [...new Set(errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`))];
  const all = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  const group = kind.group === 'events.k8s.io' ? '' : kind.group;
  const qualified = group === '' ? kind.kind : `${kind.kind}.${group}`;
  return {
    code: 422,
    reason: 'Invalid',
    message: `${qualified} ${goQuote(name)} is invalid${texts.length === 0 ? '' : `: ${all}`}`,
    details: { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: kind.kind, causes },
  };
}
