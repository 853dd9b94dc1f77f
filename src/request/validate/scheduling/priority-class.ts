// PriorityClasses (kubernetes pkg/apis/scheduling/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, notSupported, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { count, given, metadataOf, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const system: Readonly<Record<string, number>> = { 'system-node-critical': 2000001000, 'system-cluster-critical': 2000000000 };
const policies = ['PreemptLowerPriority', 'Never'];

/** Why a class of a system name is none of the system's; undefined where it is one. */
function systemComplaint(name: string, priorityClass: JsonObject): string | undefined {
  const value = Object.hasOwn(system, name) ? system[name] : undefined;
  if (value === undefined) return `${name} is not a known system priority class`;
  if (count(priorityClass.value) !== value) return `value of ${name} PriorityClass must be ${value}`;
  return priorityClass.globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export const priorityClass: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    const name = text(metadataOf(object).name);
    validateMetadata(object, { namespaced: false, name: dnsSubdomain }, errors);
    if (name.startsWith('system-')) {
      const why = systemComplaint(name, object);
      if (why !== undefined)
        errors.push(
          forbidden('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`),
        );
    } else if (count(object.value) > 1000000000)
      errors.push(forbidden('value', 'maximum allowed value of a user defined priority is 1000000000'));
    const policy = text(object.preemptionPolicy);
    if (!given(object.preemptionPolicy)) return errors;
    if (policy === '') errors.push(required('preemptionPolicy'));
    else if (!policies.includes(policy)) errors.push(notSupported('preemptionPolicy', policy, policies));
    return errors;
  },
  update: (object, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (count(object.value) !== count(old.value)) errors.push(forbidden('value', 'may not be changed in an update.'));
    validateImmutable(object.preemptionPolicy, old.preemptionPolicy, fieldPath('preemptionPolicy'), errors);
    return errors;
  },
};
