// PodDisruptionBudgets (kubernetes pkg/apis/policy/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { validateConditions } from '../meta/conditions.ts';
import { validateLabelSelector } from '../meta/labels.ts';
import { validateNonNegatives } from '../numbers.ts';
import { given, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { validateAtMostAll, validateStep } from '../workloads/rolling.ts';

const path = fieldPath('spec');
const policies = ['AlwaysAllow', 'IfHealthyBudget'];

function validateSpec(spec: JsonObject, errors: FieldError[], allowInvalidLabelValue: boolean): void {
  if (given(spec.minAvailable) && given(spec.maxUnavailable))
    errors.push(invalid(path, asInternal(spec, 'policy.PodDisruptionBudgetSpec'), 'minAvailable and maxUnavailable cannot be both set'));
  for (const field of ['minAvailable', 'maxUnavailable']) {
    if (!given(spec[field])) continue;
    validateStep(spec[field], path.child(field), errors);
    validateAtMostAll(spec[field], path.child(field), errors);
  }
  validateLabelSelector(spec.selector, path.child('selector'), errors, { allowInvalidLabelValue });
  if (given(spec.unhealthyPodEvictionPolicy) && !policies.includes(text(spec.unhealthyPodEvictionPolicy)))
    errors.push(notSupported(path.child('unhealthyPodEvictionPolicy'), spec.unhealthyPodEvictionPolicy, policies));
}

export const podDisruptionBudget: Validator = {
  create: (budget) => {
    const errors: FieldError[] = [];
    validateSpec(struct(budget.spec), errors, false);
    return errors;
  },
  update: (budget, old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') {
      const at = fieldPath('status');
      validateConditions(struct(budget.status).conditions, at.child('conditions'), errors);
      const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];
      validateNonNegatives(struct(budget.status), counts, at, errors);
      return errors;
    }
    const ofOld: FieldError[] = [];
    validateLabelSelector(struct(old.spec).selector, path, ofOld);
    validateSpec(struct(budget.spec), errors, ofOld.length > 0);
    return errors;
  },
};
