// DaemonSets (kubernetes pkg/apis/apps/validation, 1.36). The template's generation, which only old clients saw, is not modelled: the server
// counts it itself.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../meta/labels.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable, validateNonNegatives } from '../numbers.ts';
import type { PodOptions } from '../pod/options.ts';
import { templateOptions, validatePodTemplate } from '../pod/template.ts';
import { podWarnings } from '../pod/warnings.ts';
import { metadataOf, object, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { amountOfStep, validateAtMostAll, validateStep } from './rolling.ts';
import { isEmptySelector, matchTemplate, notSelected, shownSelector } from './selector.ts';
import { validateReplicaCounts } from './status.ts';
import { validateKeptPods } from './template-for.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const spec = fieldPath('spec');

function validateSpec(set: JsonObject, errors: FieldError[], options: PodOptions): void {
  const template = struct(set.template);
  const at = spec.child('selector');
  validateLabelSelector(set.selector, at, errors, { allowInvalidLabelValue: options.allowInvalidLabelValue });
  const match = matchTemplate(set.selector, template);
  if (match === 'differs' || match === 'nothing') errors.push(notSelected(template, spec.child('template', 'metadata', 'labels')));
  if (isEmptySelector(set.selector)) errors.push(invalid(at, shownSelector(set.selector), 'empty selector is invalid for daemonset'));
  validatePodTemplate(template, spec.child('template'), errors, options);
  validateKeptPods(template, 'DaemonSet', spec.child('template'), errors);
  validateNonNegatives(set, ['minReadySeconds'], spec, errors);
  validateStrategy(struct(set.updateStrategy), errors);
  validateNonNegatives(set, ['revisionHistoryLimit'], spec, errors);
}

function validateStrategy(strategy: JsonObject, errors: FieldError[]): void {
  const path = spec.child('updateStrategy');
  const type = text(strategy.type);
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    errors.push(notSupported(path, asInternal(strategy, 'apps.DaemonSetUpdateStrategy'), ['RollingUpdate', 'OnDelete']));
    return;
  }
  const rolling = object(strategy.rollingUpdate);
  const at = path.child('rollingUpdate');
  if (rolling === undefined) {
    errors.push(required(at));
    return;
  }
  for (const field of ['maxUnavailable', 'maxSurge']) validateStep(rolling[field], at.child(field), errors);
  for (const field of ['maxUnavailable', 'maxSurge']) validateAtMostAll(rolling[field], at.child(field), errors);
  const unavailable = amountOfStep(rolling.maxUnavailable) !== 0;
  const surge = amountOfStep(rolling.maxSurge) !== 0;
  if (unavailable && surge) errors.push(invalid(at.child('maxSurge'), rolling.maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!unavailable && !surge) errors.push(required(at.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'));
}

export const daemonSet: Validator = {
  create: (set, context) => {
    const errors: FieldError[] = [];
    validateMetadata(set, metadata, errors);
    validateSpec(struct(set.spec), errors, templateOptions(context));
    return errors;
  },
  update: (set, old, context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(set, old, errors);
    if (subresource === 'status') {
      validateReplicaCounts(struct(set.status), struct(old.status), 'daemonSet', errors);
      return errors;
    }
    const before = struct(old.spec);
    const now = struct(set.spec);
    validateImmutable(now.selector, before.selector, spec.child('selector'), errors, shownSelector(now.selector), '*meta.LabelSelector');
    const options = templateOptions(context, before.template);
    const allowInvalidLabelValue = options.allowInvalidLabelValue || hasInvalidLabelValue(before.selector);
    validateSpec(now, errors, { ...options, allowInvalidLabelValue });
    return errors;
  },
  warnings: (set, old, _context, subresource) => {
    if (subresource !== '') return [];
    const template = struct(struct(set.spec).template);
    if (old !== undefined && sameValue(template, struct(old.spec).template, 'core.PodTemplateSpec')) return [];
    return podWarnings(struct(template.spec), metadataOf(template).annotations, spec.child('template'));
  },
};
