// HorizontalPodAutoscalers, as autoscaling/v2 and v1 (kubernetes pkg/apis/autoscaling/validation, 1.36). An object of v1 holds what it has no
// field for in annotations; its own CPU target is checked as the metric that it stands for.

import type { Features } from '../../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { amount, shownAmount } from '../amount.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateNonNegatives } from '../numbers.ts';
import { annotationsOf, count, given, member, number, object, objects, size, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { apiVersionComplaint, type ReferenceOptions, validateMetrics, validateScaleReference } from './metrics.ts';

const path = fieldPath('spec');
const selections = ['Disabled', 'Max', 'Min'];
const policyTypes = ['Percent', 'Pods'];
const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';

/** The metrics of either version. */
function metricsOf(autoscaler: JsonObject): Json | undefined {
  const spec = struct(autoscaler.spec);
  if (autoscaler.apiVersion !== 'autoscaling/v1') return spec.metrics;
  const utilization = spec.targetCPUUtilizationPercentage;
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: utilization } } };
  return [...objects(readAnnotation(autoscaler, metricsAnnotation)), ...(given(utilization) ? [cpu] : [])] as Json;
}

function behaviorOf(autoscaler: JsonObject): JsonObject | undefined {
  if (autoscaler.apiVersion !== 'autoscaling/v1') return object(struct(autoscaler.spec).behavior);
  return object(readAnnotation(autoscaler, behaviorAnnotation));
}

function readAnnotation(autoscaler: JsonObject, key: string): Json | undefined {
  const written = member(annotationsOf(autoscaler), key);
  if (written === undefined) return undefined;
  try {
    return JSON.parse(written) as Json;
  } catch {
    return undefined;
  }
}

interface AutoscalerOptions {
  readonly least: number;
  readonly target: ReferenceOptions;
  readonly described: ReferenceOptions;
}

function optionsFor(autoscaler: JsonObject, old: JsonObject | undefined, features: Features): AutoscalerOptions {
  const spec = struct(autoscaler.spec);
  const before = struct(old?.spec);
  const [target, oldTarget] = [struct(spec.scaleTargetRef), struct(before.scaleTargetRef)];
  const same = old !== undefined && text(target.apiVersion) === text(oldTarget.apiVersion) && text(target.kind) === text(oldTarget.kind);
  const described = { allowEmptyGroup: true, allowInvalidVersion: false };
  const oldInvalid =
    old !== undefined &&
    objects(metricsOf(old)).some((metric) => {
      const reference = object(object(metric.object)?.describedObject);
      return metric.type === 'Object' && reference !== undefined && apiVersionComplaint(reference, described) !== undefined;
    });
  return {
    least: features.has('HPAScaleToZero') || before.minReplicas === 0 ? 0 : 1,
    target: { allowInvalidVersion: same, allowEmptyGroup: !same && target.kind === 'ReplicationController' },
    described: { ...described, allowInvalidVersion: oldInvalid },
  };
}

function validateSpec(autoscaler: JsonObject, errors: FieldError[], { least, target, described }: AutoscalerOptions): void {
  const spec = struct(autoscaler.spec);
  const min = number(spec.minReplicas);
  const max = count(spec.maxReplicas);
  if (min !== undefined && min < least) errors.push(invalid(path.child('minReplicas'), min, `must be greater than or equal to ${least}`));
  if (max === 0) errors.push(required(path.child('maxReplicas'), 'must be set and greater than 0'));
  else if (max < 0) errors.push(invalid(path.child('maxReplicas'), max, 'must be greater than or equal to 1'));
  if (min !== undefined && max < min)
    errors.push(invalid(path.child('maxReplicas'), max, 'must be greater than or equal to `minReplicas`'));
  validateScaleReference(struct(spec.scaleTargetRef), path.child('scaleTargetRef'), errors, target);
  validateMetrics(metricsOf(autoscaler), min, path.child('metrics'), errors, described);
  const behavior = behaviorOf(autoscaler);
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = object(behavior?.[direction]);
    if (rules !== undefined) validateRules(rules, path.child('behavior', direction), errors);
  }
}

function validateRules(rules: JsonObject, at: Path, errors: FieldError[]): void {
  const window = number(rules.stabilizationWindowSeconds);
  const place = at.child('stabilizationWindowSeconds');
  if (window !== undefined && window < 0) errors.push(invalid(place, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > 3600) errors.push(invalid(place, window, 'must be less than or equal to 3600'));
  if (given(rules.selectPolicy) && !selections.includes(text(rules.selectPolicy)))
    errors.push(notSupported(at.child('selectPolicy'), rules.selectPolicy, selections));
  if (size(rules.policies) === 0) errors.push(required(at.child('policies'), 'must specify at least one Policy'));
  for (const [position, policy] of objects(rules.policies).entries()) {
    const each = at.child('policies').index(position);
    if (!policyTypes.includes(text(policy.type))) errors.push(notSupported(each.child('type'), text(policy.type), policyTypes));
    for (const field of ['value', 'periodSeconds'])
      if (count(policy[field]) <= 0) errors.push(invalid(each.child(field), count(policy[field]), 'must be greater than zero'));
    if (count(policy.periodSeconds) > 1800)
      errors.push(invalid(each.child('periodSeconds'), count(policy.periodSeconds), 'must be less than or equal to 1800'));
  }
  const tolerance = amount(rules.tolerance);
  if (tolerance.mantissa < 0n) errors.push(invalid(at.child('tolerance'), shownAmount(tolerance), 'must be greater than or equal to 0'));
}

export const horizontalPodAutoscaler: Validator = {
  create: (autoscaler, { features }) => {
    const errors: FieldError[] = [];
    validateMetadata(autoscaler, { namespaced: true, name: dnsSubdomain }, errors);
    validateSpec(autoscaler, errors, optionsFor(autoscaler, undefined, features));
    return errors;
  },
  update: (autoscaler, old, { features }, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(autoscaler, old, errors);
    if (subresource === 'status')
      validateNonNegatives(struct(autoscaler.status), ['currentReplicas', 'desiredReplicas'], fieldPath('status'), errors);
    else validateSpec(autoscaler, errors, optionsFor(autoscaler, old, features));
    return errors;
  },
};
