// The options that writes carry in their query, checked as k8s.io/apimachinery/pkg/apis/meta/v1/validation (1.36) checks them before anything
// else is looked at.

import type { Refusal } from '../answer.ts';
import { type FieldError, forbidden, invalid, invalidObject, notSupported, required, tooLong } from '../fields/error.ts';
import type { ApiRequest } from '../request.ts';

export type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'ApplyPatchOptions';

const longestManager = 128;
/** What nothing is to be said of. */
const plainManager = /^[ -~]{0,128}$/;

/** The 422 for options that are none. */
export function optionsRefusal(kind: OptionsKind, request: ApiRequest): Refusal | undefined {
  const errors: FieldError[] = [];
  const manager = option(request, 'fieldManager') ?? '';
  if (kind === 'ApplyPatchOptions') {
    if (manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  } else if (kind === 'PatchOptions' && option(request, 'force') !== undefined)
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  if (!plainManager.test(manager)) {
    if (new TextEncoder().encode(manager).length > longestManager) errors.push(tooLong('fieldManager', longestManager));
    errors.push(...unprintable(manager));
  }
  errors.push(...dryRunErrors(request));
  const validation = option(request, 'fieldValidation') ?? '';
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(validation))
    errors.push(notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  if (errors.length === 0) return undefined;
  return invalidObject({ group: 'meta.k8s.io', kind: kind === 'ApplyPatchOptions' ? 'PatchOptions' : kind }, '', errors);
}

/** What a query says of dry runs, where that is not `All`. */
export function dryRunErrors(request: ApiRequest): readonly FieldError[] {
  const dryRun = option(request, 'dryRun');
  return dryRun === undefined || dryRun === 'All' ? [] : [notSupported('dryRun', [dryRun], ['All'])];
}

function unprintable(manager: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  let position = 0;
  for (const character of manager) {
    if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid('fieldManager', manager, `invalid character U+${code} (at position ${position})`));
    }
    position += new TextEncoder().encode(character).length;
  }
  return errors;
}

/** One option of the query. */
export function option({ query }: ApiRequest, name: string): string | undefined {
  return Object.hasOwn(query, name) ? query[name] : undefined;
}

/** Who manages the fields that a request sets: as it says, else the beginning of its user agent. */
export function managerName(request: ApiRequest): string {
  const named = option(request, 'fieldManager') ?? '';
  if (named !== '') return named;
  const agent = (request.userAgent ?? '').split('/')[0] ?? '';
  return [...agent]
    .filter((character) => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character))
    .slice(0, longestManager)
    .join('');
}
