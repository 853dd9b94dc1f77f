// ValidatingAdmissionPolicyBinding and MutatingAdmissionPolicyBinding (kubernetes pkg/apis/admissionregistration/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { validateMetadata } from '../meta/object-meta.ts';
import { struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';
import { validateMatchResources } from './match.ts';
import { validateParamRef } from './params.ts';

const path = fieldPath('spec');
const actions = ['Audit', 'Deny', 'Warn'];

function bindingKind(acts: boolean): Validator {
  const validate = (object: JsonObject): readonly FieldError[] => {
    const errors: FieldError[] = [];
    validateMetadata(object, { namespaced: false, name: dnsSubdomain, standardFinalizers: false }, errors);
    const spec = struct(object.spec);
    const policy = text(spec.policyName);
    if (policy === '') errors.push(required(path.child('policyName')));
    else complain(policy, dnsSubdomain(policy), path.child('policyName'), errors);
    validateParamRef(spec.paramRef, path.child('paramRef'), errors);
    validateMatchResources(spec.matchResources, path.child('matchResources'), errors);
    if (acts) validateActions(texts(spec.validationActions), path.child('validationActions'), errors);
    return errors;
  };
  return { create: validate, update: validate };
}

function validateActions(wanted: readonly string[], at: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [index, action] of wanted.entries()) {
    if (!actions.includes(action)) errors.push(notSupported(at.index(index), action, actions));
    if (seen.has(action)) errors.push(duplicate(at.index(index), action));
    seen.add(action);
  }
  if (seen.has('Deny') && seen.has('Warn'))
    errors.push(
      invalid(
        at,
        wanted,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  if (seen.size === 0) errors.push(required(at, 'at least one validation action is required'));
}

export const validatingAdmissionPolicyBinding = bindingKind(true);
export const mutatingAdmissionPolicyBinding = bindingKind(false);
