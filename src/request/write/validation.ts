// Validation of an object that passed mutating admission: built-in kinds by their validators, custom resources by their schema and CEL rules.

import type { JsonObject } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { FieldError } from '../fields/error.ts';
import { warningOf } from '../release-changes.ts';
import { internal, validationContext } from '../validate/built-in.ts';
import { validatorOf } from '../validate/index.ts';
import { validateMetadataUpdate } from '../validate/meta/object-meta.ts';
import { createErrors, updateErrors } from '../validate/run.ts';
import type { ValidationContext } from '../validate/validator.ts';
import { customErrors, finalizerWarnings } from './custom-validation.ts';

/** Errors of a new object; warnings of its kind go to the attributes where there are none. */
export function validateNew(object: JsonObject, attributes: Attributes): readonly FieldError[] {
  const { target, warnings } = attributes;
  if (target.type.kind === 'custom') {
    const found = customErrors(object, target.type, attributes);
    if (found.length === 0) warnings.push(...finalizerWarnings(object));
    return found;
  }
  const context = validationContext(attributes);
  const validator = validatorOf(target.group, target.kind);
  const judged = internal(object);
  const errors = createErrors(validator, judged, target.namespaced, context);
  if (errors.length === 0) warnings.push(...said(validator?.warnings?.(judged, undefined, context, target.subresource), context));
  return errors;
}

/** Errors of an update; warnings of its kind go to the attributes where there are none. `old` is what is stored. */
export function validateChanged(object: JsonObject, old: JsonObject, attributes: Attributes): readonly FieldError[] {
  const { target, warnings } = attributes;
  const { type, namespaced, subresource } = target;
  const context = validationContext(attributes);
  const validator = type.kind === 'custom' ? undefined : validatorOf(target.group, target.kind);
  const repeats = validator === undefined;
  const now = internal(object);
  const before = internal(old);
  const errors = [
    ...updateErrors(validator, now, before, namespaced, context, subresource),
    ...(repeats ? ownMetadata(object, old, type.kind !== 'custom') : []),
  ];
  if (type.kind !== 'custom') {
    if (errors.length === 0) warnings.push(...said(validator?.warnings?.(now, before, context, subresource), context));
    return errors;
  }
  errors.push(...customErrors(object, type, attributes, old));
  if (errors.length === 0) warnings.push(...finalizerWarnings(object));
  return errors;
}

/** Warnings in the words of the release. */
function said(warnings: readonly string[] = [], { version }: ValidationContext): readonly string[] {
  return warnings.length === 0 ? warnings : warnings.map((warning) => warningOf(version, warning));
}

/** What every kind's own rules say of metadata, after the common ones have said it: the server repeats itself. */
function ownMetadata(object: JsonObject, old: JsonObject, standardFinalizers: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(object, old, errors, standardFinalizers);
  return errors;
}
