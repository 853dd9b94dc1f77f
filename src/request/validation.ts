// Validation of an object that passed mutating admission: built-in kinds by their validators, custom resources by their schema and CEL rules.

import type { JsonObject } from '../lib/json.ts';
import type { Attributes } from './admission/plugin.ts';
import { customErrors, finalizerWarnings } from './custom-validation.ts';
import type { FieldError } from './field-error.ts';
import { createErrors, updateErrors } from './validate/run.ts';
import type { ValidationContext } from './validate/validator.ts';

/** What validators may look at. */
export function validationContext({ target, serving, dryRun, user }: Attributes): ValidationContext {
  const { server, state, circumstances } = serving;
  return {
    version: server.release.minor,
    apiVersion: target.apiVersion,
    state,
    allowPrivileged: server.allowPrivileged,
    serviceClusterIpRanges: server.serviceClusterIpRanges,
    nodePortRange: server.nodePortRange,
    dryRun,
    now: circumstances.now,
    username: user.name,
  };
}

/** Errors of a new object; warnings of its kind go to the attributes where there are none. */
export function validateNew(object: JsonObject, attributes: Attributes): readonly FieldError[] {
  const { target, warnings } = attributes;
  if (target.type.kind === 'custom') {
    const found = customErrors(object, target.type, attributes);
    if (found.length === 0) warnings.push(...finalizerWarnings(object));
    return found;
  }
  const context = validationContext(attributes);
  const errors = createErrors(undefined, object, target.namespaced, context);
  return errors;
}

/** Errors of an update; warnings of its kind go to the attributes where there are none. `old` is what is stored. */
export function validateChanged(object: JsonObject, old: JsonObject, attributes: Attributes): readonly FieldError[] {
  const { target, warnings } = attributes;
  const context = validationContext(attributes);
  if (target.type.kind === 'custom') {
    const found = [
      ...updateErrors(undefined, object, old, target.namespaced, context),
      ...customErrors(object, target.type, attributes, old),
    ];
    if (found.length === 0) warnings.push(...finalizerWarnings(object));
    return found;
  }
  return updateErrors(undefined, object, old, target.namespaced, context, target.subresource);
}
