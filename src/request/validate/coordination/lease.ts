// Leases (kubernetes pkg/apis/coordination/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, qualifiedName } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { given, number, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec');

function validateSpec(spec: JsonObject, errors: FieldError[]): void {
  const duration = number(spec.leaseDurationSeconds);
  const transitions = number(spec.leaseTransitions);
  const strategy = text(spec.strategy);
  if (duration !== undefined && duration <= 0) errors.push(invalid(path.child('leaseDurationSeconds'), duration, 'must be greater than 0'));
  if (transitions !== undefined && transitions < 0)
    errors.push(invalid(path.child('leaseTransitions'), transitions, 'must be greater than or equal to 0'));
  if (given(spec.strategy)) {
    const at = path.child('strategy', 'strategy');
    if (strategy.includes('/')) complain(strategy, qualifiedName(strategy), at, errors);
    else if (strategy !== 'OldestEmulationVersion') errors.push(notSupported(at, strategy, ['OldestEmulationVersion']));
  }
  if (text(spec.preferredHolder) !== '' && strategy === '')
    errors.push(forbidden(path.child('preferredHolder'), 'may only be specified if `strategy` is defined'));
}

export const lease: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validateMetadata(object, { namespaced: true, name: dnsSubdomain, standardFinalizers: false }, errors);
    validateSpec(struct(object.spec), errors);
    return errors;
  },
  update: (object, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors, false);
    validateSpec(struct(object.spec), errors);
    return errors;
  },
};
