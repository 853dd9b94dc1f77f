// ResourceQuotas (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { amountOf, amounts, compare, shownAmount } from '../amount.ts';
import { asInternal } from '../internal.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { isStandardQuotaResource, validateAmount, validateQuotaResourceName } from '../pod/resource-names.ts';
import { given, metadataOf, object, objects, size, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

const scopesPath = fieldPath('spec', 'scopes');
const pods = ['pods'];
const podCompute = [...pods, 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];

/** Scopes, and the standard resources that each can be asked of. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  Terminating: podCompute,
  NotTerminating: podCompute,
  BestEffort: pods,
  NotBestEffort: podCompute,
  PriorityClass: podCompute,
  CrossNamespacePodAffinity: podCompute,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
const contradictions = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const mustExist = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];

function fits(scope: string, resource: string): boolean {
  return !Object.hasOwn(scopes, scope) || (scopes[scope] ?? []).includes(resource);
}

function validateAmounts(holder: JsonObject, lists: readonly string[], base: string, errors: FieldError[]): void {
  for (const list of lists)
    for (const [name, value] of amounts(holder[list])) {
      const at = fieldPath(base, list).key(name);
      validateQuotaResourceName(name, at, errors);
      validateAmount(name, value, at, errors);
    }
}

function validateSpec(spec: JsonObject, errors: FieldError[]): void {
  validateAmounts(spec, ['hard'], 'spec', errors);
  const named = texts(spec.scopes);
  const standard = Object.keys(struct(spec.hard)).filter(isStandardQuotaResource);
  const conflicts = (seen: ReadonlySet<string>, at: typeof scopesPath) => {
    for (const pair of contradictions)
      if (pair.every((scope) => seen.has(scope))) errors.push(invalid(at, given(spec.scopes) ? named : null, 'conflicting scopes'));
  };
  if (named.length > 0) {
    for (const scope of named) {
      if (!Object.hasOwn(scopes, scope)) errors.push(invalid(scopesPath, named, 'unsupported scope'));
      for (const resource of standard)
        if (!fits(scope, resource)) errors.push(invalid(scopesPath, named, 'unsupported scope applied to resource'));
    }
    conflicts(new Set(named), scopesPath);
  }
  const selector = object(spec.scopeSelector);
  if (selector === undefined) return;
  const at = fieldPath('spec', 'scopeSelector', 'matchExpressions');
  const seen = new Set<string>();
  for (const expression of objects(selector.matchExpressions)) {
    const scope = text(expression.scopeName);
    const operator = text(expression.operator);
    if (!Object.hasOwn(scopes, scope)) errors.push(invalid(at.child('scopeName'), scope, 'unsupported scope'));
    for (const resource of standard)
      if (!fits(scope, resource))
        errors.push(invalid(at, asInternal(selector, 'core.ScopeSelector'), 'unsupported scope applied to resource'));
    if (mustExist.includes(scope) && operator !== 'Exists')
      errors.push(
        invalid(
          at.child('operator'),
          operator,
          "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
        ),
      );
    if (operator === 'In' || operator === 'NotIn') {
      if (size(expression.values) === 0)
        errors.push(required(at.child('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (size(expression.values) > 0)
        errors.push(
          invalid(
            at.child('values'),
            expression.values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
          ),
        );
    } else errors.push(invalid(at.child('operator'), operator, 'not a valid selector operator'));
    seen.add(scope);
  }
  conflicts(seen, at);
}

export const resourceQuota: Validator = {
  create: (quota) => {
    const errors: FieldError[] = [];
    validateMetadata(quota, { namespaced: true, name: dnsSubdomain }, errors);
    validateSpec(struct(quota.spec), errors);
    validateAmounts(struct(quota.status), ['hard', 'used'], 'status', errors);
    return errors;
  },
  update: (quota, old, _context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(quota, old, errors);
    if (subresource === 'status') {
      if (text(metadataOf(quota).resourceVersion) === '') errors.push(required('resourceVersion'));
      validateAmounts(struct(quota.status), ['hard', 'used'], 'status', errors);
      return errors;
    }
    const spec = struct(quota.spec);
    validateSpec(spec, errors);
    const named = texts(spec.scopes);
    const before = new Set(texts(struct(old.spec).scopes));
    if (new Set(named).size !== before.size || named.some((scope) => !before.has(scope)))
      errors.push(invalid(scopesPath, given(spec.scopes) ? named : null, 'field is immutable'));
    return errors;
  },
  warnings: (quota, old) => (old === undefined ? quotaWarnings(struct(struct(quota.spec).hard)) : []),
};

/** Requests that may be more than the limits. */
function quotaWarnings(hard: JsonObject): readonly string[] {
  return ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((resource) => {
    const bare = resource === 'cpu' || resource === 'memory';
    const name = amountOf(hard, `requests.${resource}`) === undefined && bare ? resource : `requests.${resource}`;
    const request = amountOf(hard, name);
    const limit = amountOf(hard, `limits.${resource}`);
    if (request === undefined || limit === undefined || compare(request, limit) <= 0) return [];
    return [`ResourceQuota ${name} (${shownAmount(request)}) should be less than limits.${resource} (${shownAmount(limit)})`];
  });
}
