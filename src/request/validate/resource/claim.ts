// ResourceClaims and ResourceClaimTemplates (kubernetes pkg/apis/resource/validation, 1.36). Who may write which part of a claim's status is
// left out.

import type { Features } from '../../../kube/version/feature-gates.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain, validateAnnotations, validateLabels } from '../meta/labels.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { count, given, metadataOf, object, objects, size, struct, text } from '../read.ts';
import type { ValidationContext, Validator } from '../validator.ts';
import { validateAdminRequests, validateAdminResults } from './admin-access.ts';
import { validateStatus } from './claim-status.ts';
import {
  refuseDuplicates,
  validateConfiguration,
  validateFullyQualifiedName,
  validateSelectors,
  validateTolerations,
  withinLimit,
} from './devices.ts';
import { requestNames, validateName, validateRequestRefs } from './request-names.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const maxEntries = 32;

function validateClaimSpec(spec: JsonObject, { version, features }: ValidationContext, path: Path, errors: FieldError[]): void {
  const devices = struct(spec.devices);
  const at = path.child('devices');
  const names = requestNames(devices);
  const [requests, constraints, configs] = [objects(devices.requests), objects(devices.constraints), objects(devices.config)];
  if (withinLimit(requests.length, maxEntries, at.child('requests'), errors)) {
    for (const [position, request] of requests.entries()) validateRequest(request, version, at.child('requests').index(position), errors);
    refuseDuplicates(
      requests.map(({ name }) => text(name)),
      at.child('requests'),
      errors,
    );
  }
  if (withinLimit(constraints.length, maxEntries, at.child('constraints'), errors))
    for (const [position, constraint] of constraints.entries())
      validateConstraint(constraint, names, features, at.child('constraints').index(position), errors);
  if (withinLimit(configs.length, maxEntries, at.child('config'), errors))
    for (const [position, config] of configs.entries()) {
      const own = at.child('config').index(position);
      validateRequestRefs(config, names, own, errors);
      validateConfiguration(config, own, errors);
    }
}

function validateRequest(request: JsonObject, version: string, path: Path, errors: FieldError[]): void {
  const exactly = object(request.exactly);
  const available = objects(request.firstAvailable);
  const words = 'exactly one of `exactly` or `firstAvailable` is required';
  validateName(text(request.name), path.child('name'), errors);
  if (exactly === undefined && available.length === 0) errors.push(required(path, words));
  else if (exactly !== undefined && available.length > 0) errors.push(invalid(path, null, `${words}, but multiple fields are set`));
  else if (exactly !== undefined) validateDeviceRequest(exactly, version, path.child('exactly'), errors);
  else if (withinLimit(available.length, 8, path.child('firstAvailable'), errors)) {
    for (const [position, sub] of available.entries()) {
      const at = path.child('firstAvailable').index(position);
      validateName(text(sub.name), at.child('name'), errors);
      validateDeviceRequest(sub, version, at, errors);
    }
    refuseDuplicates(
      available.map(({ name }) => text(name)),
      path.child('firstAvailable'),
      errors,
    );
  }
}

function validateDeviceRequest(request: JsonObject, version: string, path: Path, errors: FieldError[]): void {
  const className = text(request.deviceClassName);
  const amount = count(request.count);
  if (className === '') errors.push(required(path.child('deviceClassName')));
  else complain(className, dnsSubdomain(className), path.child('deviceClassName'), errors);
  validateSelectors(request.selectors, version, path.child('selectors'), errors);
  if (request.allocationMode === 'All') {
    if (amount !== 0) errors.push(invalid(path.child('count'), amount, "must not be specified when allocationMode is 'All'"));
  } else if (request.allocationMode === 'ExactCount') {
    if (amount <= 0) errors.push(invalid(path.child('count'), amount, 'must be greater than zero'));
  } else errors.push(notSupported(path.child('allocationMode'), text(request.allocationMode), ['All', 'ExactCount']));
  validateTolerations(request.tolerations, path.child('tolerations'), errors);
}

function validateConstraint(
  constraint: JsonObject,
  names: ReadonlySet<string>,
  features: Features,
  path: Path,
  errors: FieldError[],
): void {
  validateRequestRefs(constraint, names, path, errors);
  const field = given(constraint.matchAttribute) ? 'matchAttribute' : given(constraint.distinctAttribute) ? 'distinctAttribute' : undefined;
  if (field !== undefined) validateFullyQualifiedName(text(constraint[field]), path.child(field), errors);
  else if (!features.has('DRAConsumableCapacity')) errors.push(required(path.child('matchAttribute')));
  else errors.push(required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'));
}

export const resourceClaim: Validator = {
  create: (claim, context) => {
    const errors: FieldError[] = [];
    validateAdminRequests(claim, struct(claim.spec), context.state, errors);
    validateMetadata(claim, metadata, errors);
    validateClaimSpec(struct(claim.spec), context, fieldPath('spec'), errors);
    return errors;
  },
  update: (claim, old, { state }, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') validateAdminResults(claim, old, state, errors);
    else validateMetadata(claim, metadata, errors);
    validateMetadataUpdate(claim, old, errors);
    if (subresource === 'status') validateStatus(claim, old, errors);
    else
      validateImmutable(
        claim.spec,
        old.spec,
        fieldPath('spec'),
        errors,
        asInternal(claim.spec, 'resource.ResourceClaimSpec'),
        'resource.ResourceClaimSpec',
      );
    return errors;
  },
};

/** What the metadata of a template may not have. */
const notInTemplates = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

function validateTemplate(template: JsonObject, context: ValidationContext, errors: FieldError[]): void {
  const spec = struct(template.spec);
  const path = fieldPath('spec');
  validateMetadata(template, metadata, errors);
  if (size(spec.metadata) > 0) {
    validateAnnotations(metadataOf(spec).annotations, path.child('metadata', 'annotations'), errors);
    validateLabels(metadataOf(spec).labels, path.child('metadata', 'labels'), errors);
    for (const field of notInTemplates)
      if (given(metadataOf(spec)[field])) errors.push(forbidden(path.child('metadata', field === 'uid' ? 'uID' : field), 'cannot be set'));
  }
  validateClaimSpec(struct(spec.spec), context, path.child('spec'), errors);
}

export const resourceClaimTemplate: Validator = {
  create: (template, context) => {
    const errors: FieldError[] = [];
    validateAdminRequests(template, struct(struct(template.spec).spec), context.state, errors);
    validateTemplate(template, context, errors);
    return errors;
  },
  update: (template, old, context) => {
    const errors: FieldError[] = [];
    validateTemplate(template, context, errors);
    validateMetadataUpdate(template, old, errors);
    validateImmutable(
      template.spec,
      old.spec,
      fieldPath('spec'),
      errors,
      asInternal(template.spec, 'resource.ResourceClaimTemplateSpec'),
      'resource.ResourceClaimTemplateSpec',
    );
    return errors;
  },
};
