// ValidatingWebhookConfiguration and MutatingWebhookConfiguration (kubernetes pkg/apis/admissionregistration/validation, 1.36). What an
// update finds wrong in the stored object already, the new one may keep.

import { type JsonObject, sameJson } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { complain, hasInvalidLabelValue, validateLabelSelector } from '../meta/labels.ts';
import { dns1035Label, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata } from '../meta/object-meta.ts';
import { given, number, objects, struct, text, texts } from '../read.ts';
import type { ValidationContext, Validator } from '../validator.ts';
import { type Expressions, failurePolicies, matchPolicies, validateMatchConditions } from './match.ts';
import { validateRule } from './rules.ts';
import { validateClientConfig } from './webhook-client.ts';

const reviewVersions = ['v1', 'v1beta1'];
const withoutSideEffects = ['None', 'NoneOnDryRun'];
const sideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const reinvocationPolicies = ['IfNeeded', 'Never'];

/** What a new object must meet, and an updated one only where the stored one does. */
interface Strictness {
  readonly sideEffects: boolean;
  readonly reviewVersions: boolean;
  readonly uniqueNames: boolean;
  readonly labelValues: boolean;
  readonly conditions: boolean;
}

const strict: Strictness = { sideEffects: true, reviewVersions: true, uniqueNames: true, labelValues: true, conditions: true };

function webhookConfiguration(mutating: boolean): Validator {
  return {
    create: (object, context) => validate(object, mutating, strict, expressionsOf(context, [])),
    update: (object, old, context) => {
      const [now, before] = [objects(object.webhooks), objects(old.webhooks)];
      const sameConditions =
        now.length === before.length &&
        now.every((hook, index) => sameJson(hook.matchConditions ?? null, before[index]?.matchConditions ?? null));
      const names = before.map(({ name }) => text(name));
      const strictness: Strictness = {
        sideEffects: before.every((hook) => withoutSideEffects.includes(text(hook.sideEffects))),
        reviewVersions: before.every(({ admissionReviewVersions }) => {
          const versions = texts(admissionReviewVersions);
          return versions.length === 0 || versions.some((version) => reviewVersions.includes(version));
        }),
        uniqueNames: new Set(names).size === names.length,
        labelValues: !before.some((hook) => hasInvalidLabelValue(hook.namespaceSelector) || hasInvalidLabelValue(hook.objectSelector)),
        conditions: !sameConditions,
      };
      return validate(object, mutating, strictness, expressionsOf(context, before));
    },
  };
}

function expressionsOf({ version }: ValidationContext, stored: readonly JsonObject[]): Expressions {
  const expressions = stored.flatMap((hook) => objects(hook.matchConditions).map(({ expression }) => text(expression)));
  return { minor: Number(version.slice(2)), params: false, stored: new Set(expressions) };
}

function validate(object: JsonObject, mutating: boolean, strictness: Strictness, expressions: Expressions): readonly FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(object, { namespaced: false, name: dnsSubdomain, standardFinalizers: false }, errors);
  const names = new Set<string>();
  for (const [index, hook] of objects(object.webhooks).entries()) {
    const path = fieldPath('webhooks').index(index);
    validateWebhook(hook, mutating, strictness, expressions, path, errors);
    validateReviewVersions(texts(hook.admissionReviewVersions), strictness.reviewVersions, path.child('admissionReviewVersions'), errors);
    const name = text(hook.name);
    if (strictness.uniqueNames && name !== '' && names.has(name)) errors.push(duplicate(path.child('name'), name));
    names.add(name);
  }
  return errors;
}

function validateWebhook(
  hook: JsonObject,
  mutating: boolean,
  strictness: Strictness,
  expressions: Expressions,
  path: Path,
  errors: FieldError[],
): void {
  validateName(text(hook.name), path.child('name'), errors);
  for (const [index, rule] of objects(hook.rules).entries()) validateRule(rule, path.child('rules').index(index), errors);
  validateOneOf(hook, 'failurePolicy', failurePolicies, path, errors);
  validateOneOf(hook, 'matchPolicy', matchPolicies, path, errors);
  const allowed = strictness.sideEffects ? withoutSideEffects : sideEffects;
  if (!given(hook.sideEffects)) errors.push(required(path.child('sideEffects'), `must specify one of ${allowed.join(', ')}`));
  else validateOneOf(hook, 'sideEffects', allowed, path, errors);
  const timeout = number(hook.timeoutSeconds);
  if (timeout !== undefined && (timeout > 30 || timeout < 1))
    errors.push(invalid(path.child('timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds'));
  const options = { allowInvalidLabelValue: !strictness.labelValues };
  validateLabelSelector(hook.namespaceSelector, path.child('namespaceSelector'), errors, options);
  validateLabelSelector(hook.objectSelector, path.child('objectSelector'), errors, options);
  if (mutating) validateOneOf(hook, 'reinvocationPolicy', reinvocationPolicies, path, errors);
  validateClientConfig(struct(hook.clientConfig), path.child('clientConfig'), errors);
  if (strictness.conditions) validateMatchConditions(objects(hook.matchConditions), expressions, path.child('matchConditions'), errors);
}

function validateOneOf(hook: JsonObject, field: string, words: readonly string[], path: Path, errors: FieldError[]): void {
  if (given(hook[field]) && !words.includes(text(hook[field]))) errors.push(notSupported(path.child(field), text(hook[field]), words));
}

function validateName(name: string, path: Path, errors: FieldError[]): void {
  const complaints = dnsSubdomain(name);
  if (name === '') errors.push(required(path));
  else if (complaints.length > 0) complain(name, [complaints.join(',')], path, errors);
  else if (name.split('.').length < 3)
    errors.push(invalid(path, name, 'should be a domain with at least three segments separated by dots'));
}

function validateReviewVersions(versions: readonly string[], mustKnowOne: boolean, path: Path, errors: FieldError[]): void {
  if (versions.length === 0) {
    errors.push(required(path, `must specify one of ${reviewVersions.join(', ')}`));
    return;
  }
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    if (seen.has(version)) errors.push(invalid(path.index(index), version, 'duplicate version'));
    else complain(version, dns1035Label(version), path.index(index), errors);
    seen.add(version);
  }
  if (mustKnowOne && !versions.some((version) => reviewVersions.includes(version)))
    errors.push(invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`));
}

export const validatingWebhookConfiguration = webhookConfiguration(false);
export const mutatingWebhookConfiguration = webhookConfiguration(true);
