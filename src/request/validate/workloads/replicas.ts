// Deployments, ReplicaSets and ReplicationControllers (kubernetes pkg/apis/apps/validation and pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { validateLabelSelector } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, longName } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable, validateNonNegative, validateNonNegatives } from '../numbers.ts';
import type { PodOptions } from '../pod/options.ts';
import { templateOptions, validatePodTemplate } from '../pod/template.ts';
import { podNameWarning, podWarnings } from '../pod/warnings.ts';
import { count, given, member, metadataOf, number, object, size, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { amountOfStep, validateAtMostAll, validateStep } from './rolling.ts';
import { isEmptySelector, matchTemplate, notSelected, shownSelector } from './selector.ts';
import { validateReplicaCounts } from './status.ts';
import { validateKeptPods } from './template-for.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const spec = fieldPath('spec');

/** Selector and template of Deployments and ReplicaSets. */
function validateSelected(object: JsonObject, errors: FieldError[], options: PodOptions): void {
  const { selector } = object;
  const template = struct(object.template);
  const at = spec.child('selector');
  if (!given(selector)) errors.push(required(at));
  else {
    validateLabelSelector(selector, at, errors);
    if (isEmptySelector(selector)) errors.push(invalid(at, shownSelector(selector), 'empty selector is invalid for deployment'));
  }
  const match = matchTemplate(selector, template);
  if (match === 'unreadable') {
    errors.push(invalid(at, shownSelector(selector), 'invalid label selector'));
    return;
  }
  const path = spec.child('template');
  if (match === 'differs' || match === 'nothing') errors.push(notSelected(template, path.child('metadata', 'labels')));
  validatePodTemplate(template, path, errors, options);
  validateKeptPods(template, 'ReplicaSet', path, errors);
}

function validateStrategy(strategy: JsonObject, path: Path, errors: FieldError[]): void {
  const type = text(strategy.type);
  const rolling = object(strategy.rollingUpdate);
  const at = path.child('rollingUpdate');
  if (type === 'Recreate') {
    if (rolling !== undefined) errors.push(forbidden(at, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type !== 'RollingUpdate')
    errors.push(notSupported(path, asInternal(strategy, 'apps.DeploymentStrategy'), ['Recreate', 'RollingUpdate']));
  else if (rolling === undefined) errors.push(required(at, 'this should be defaulted and never be nil'));
  else {
    validateStep(rolling.maxUnavailable, at.child('maxUnavailable'), errors);
    validateStep(rolling.maxSurge, at.child('maxSurge'), errors);
    if (amountOfStep(rolling.maxUnavailable) === 0 && amountOfStep(rolling.maxSurge) === 0)
      errors.push(invalid(at.child('maxUnavailable'), rolling.maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'));
    validateAtMostAll(rolling.maxUnavailable, at.child('maxUnavailable'), errors);
  }
}

function validateDeploymentSpec(object: JsonObject, errors: FieldError[], options: PodOptions): void {
  validateNonNegative(object.replicas, spec.child('replicas'), errors);
  validateSelected(object, errors, options);
  validateStrategy(struct(object.strategy), spec.child('strategy'), errors);
  validateNonNegatives(object, ['minReadySeconds', 'revisionHistoryLimit'], spec, errors);
  const deadline = number(object.progressDeadlineSeconds);
  if (deadline === undefined) return;
  validateNonNegative(deadline, spec.child('progressDeadlineSeconds'), errors);
  if (deadline <= count(object.minReadySeconds))
    errors.push(invalid(spec.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds'));
}

/** Warnings of a workload with a template: on creation, and where its generation changed. */
function templateWarnings(object: JsonObject, old: JsonObject | undefined, withName: boolean): readonly string[] {
  if (old !== undefined && metadataOf(object).generation === metadataOf(old).generation) return [];
  const template = struct(struct(object.spec).template);
  const name = old === undefined && withName ? podNameWarning(dnsLabel(text(metadataOf(object).name))) : [];
  return [...name, ...podWarnings(struct(template.spec), metadataOf(template).annotations, spec.child('template'))];
}

export const deployment: Validator = {
  create: (object, context) => {
    const errors: FieldError[] = [];
    validateMetadata(object, metadata, errors);
    validateDeploymentSpec(struct(object.spec), errors, templateOptions(context));
    return errors;
  },
  update: (object, old, context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (subresource === 'status') {
      validateReplicaCounts(struct(object.status), struct(old.status), 'deployment', errors);
      return errors;
    }
    const before = struct(old.spec);
    const now = struct(object.spec);
    validateDeploymentSpec(now, errors, templateOptions(context, before.template));
    validateImmutable(now.selector, before.selector, spec.child('selector'), errors, shownSelector(now.selector), '*meta.LabelSelector');
    return errors;
  },
  warnings: (object, old, _context, subresource) => (subresource === '' ? templateWarnings(object, old, true) : []),
};

function validateReplicaSetSpec(object: JsonObject, errors: FieldError[], options: PodOptions): void {
  validateNonNegatives(object, ['replicas', 'minReadySeconds'], spec, errors);
  validateSelected(object, errors, options);
}

export const replicaSet: Validator = {
  create: (object, context) => {
    const errors: FieldError[] = [];
    validateMetadata(object, metadata, errors);
    validateReplicaSetSpec(struct(object.spec), errors, templateOptions(context));
    return errors;
  },
  update: (object, old, context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (subresource === 'status') {
      validateReplicaCounts(struct(object.status), struct(old.status), 'replicaSet', errors);
      return errors;
    }
    const before = struct(old.spec);
    const now = struct(object.spec);
    validateReplicaSetSpec(now, errors, templateOptions(context, before.template));
    validateImmutable(now.selector, before.selector, spec.child('selector'), errors, shownSelector(now.selector), '*meta.LabelSelector');
    return errors;
  },
  warnings: (object, old, _context, subresource) => (subresource === '' ? templateWarnings(object, old, true) : []),
};

function validateControllerSpec(object: JsonObject, errors: FieldError[], options: PodOptions): void {
  validateNonNegative(object.minReadySeconds, spec.child('minReadySeconds'), errors);
  if (size(object.selector) === 0) errors.push(required(spec.child('selector')));
  if (!given(object.replicas)) errors.push(required(spec.child('replicas')));
  else validateNonNegative(object.replicas, spec.child('replicas'), errors);
  const path = spec.child('template');
  if (!given(object.template)) {
    errors.push(required(path));
    return;
  }
  const template = struct(object.template);
  const labels = metadataOf(template).labels;
  const differs = Object.entries(struct(object.selector)).some(([key, value]) => member(labels, key) !== value);
  if (differs) errors.push(notSelected(template, path.child('metadata', 'labels')));
  validatePodTemplate(template, path, errors, options);
  validateKeptPods(template, 'ReplicationController', path, errors);
}

export const replicationController: Validator = {
  create: (object, context) => {
    const errors: FieldError[] = [];
    validateMetadata(object, { ...metadata, name: longName, prefix: false }, errors);
    validateControllerSpec(struct(object.spec), errors, templateOptions(context));
    return errors;
  },
  update: (object, old, context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (subresource === 'status') {
      validateReplicaCounts(struct(object.status), struct(old.status), 'replicationController', errors);
      return errors;
    }
    validateControllerSpec(struct(object.spec), errors, templateOptions(context, struct(old.spec).template));
    return errors;
  },
  warnings: (object, old, _context, subresource) =>
    subresource === '' ? templateWarnings(old ?? object, old === undefined ? undefined : object, true) : [],
};

export const podTemplate: Validator = {
  create: (object, context) => {
    const errors: FieldError[] = [];
    validateMetadata(object, metadata, errors);
    validatePodTemplate(struct(object.template), fieldPath('template'), errors, templateOptions(context));
    return errors;
  },
  update: (object, old, context) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    validatePodTemplate(struct(object.template), fieldPath('template'), errors, templateOptions(context, old.template));
    return errors;
  },
  warnings: (object, old) => {
    if (old !== undefined && metadataOf(object).generation === metadataOf(old).generation) return [];
    const template = struct(object.template);
    return podWarnings(struct(template.spec), metadataOf(template).annotations, fieldPath('template'));
  },
};
