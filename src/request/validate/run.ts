// Validation of one request: what a kind's own rules say, and what holds for the metadata of every kind, in the order of
// k8s.io/apiserver/pkg/registry/rest (1.36): BeforeCreate asks the kind first, BeforeUpdate the common rules.

import type { JsonObject } from '../../lib/json.ts';
import type { FieldError } from '../fields/error.ts';
import { validateCommonMetadata, validateMetadataUpdate } from './meta/object-meta.ts';
import type { ValidationContext, Validator } from './validator.ts';

/** Errors of a new object; those of common metadata only where the kind's rules find none. A kind without a validator has only these. */
export function createErrors(
  validator: Validator | undefined,
  object: JsonObject,
  namespaced: boolean,
  context: ValidationContext,
): readonly FieldError[] {
  const own = validator?.create(object, context) ?? [];
  if (own.length > 0) return own;
  const errors: FieldError[] = [];
  validateCommonMetadata(object, namespaced, errors);
  return errors;
}

/** Errors of an update of an object or its subresource (`status`, `scale`, `ephemeralcontainers`, `resize`, '' for itself). */
export function updateErrors(
  validator: Validator | undefined,
  object: JsonObject,
  old: JsonObject,
  namespaced: boolean,
  context: ValidationContext,
  subresource = '',
): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateCommonMetadata(object, namespaced, errors);
  validateMetadataUpdate(object, old, errors, false);
  errors.push(...(validator?.update(object, old, context, subresource) ?? []));
  return errors;
}
