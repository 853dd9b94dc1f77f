// ResourceClaims and ResourceClaimTemplates (kubernetes pkg/apis/resource/validation, 1.36). Left out: what drivers report of allocated
// devices in a claim's status.

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../field-error.ts';
import { fieldPath, type Path } from '../../path.ts';
import { asInternal } from '../internal.ts';
import { complain, validateAnnotations, validateLabels } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { validateNodeSelector } from '../pod/node-selector.ts';
import { validateCsiDriverName } from '../pod/volume-sources.ts';
import { count, given, metadataOf, object, objects, size, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';
import {
  refuseDuplicates,
  validateBindings,
  validateConfiguration,
  validateFullyQualifiedName,
  validateNameList,
  validatePoolName,
  validateSelectors,
  validateTolerations,
  withinLimit,
} from './devices.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const maxEntries = 32;
const notARequest = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** Requests of a claim, `request` or `request/subrequest`. */
function requestNames(devices: JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  for (const request of objects(devices.requests)) {
    names.add(text(request.name));
    for (const sub of objects(request.firstAvailable)) names.add(`${text(request.name)}/${text(sub.name)}`);
  }
  return names;
}

function validateClaimSpec(spec: JsonObject, version: string, path: Path, errors: FieldError[]): void {
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
      validateConstraint(constraint, names, at.child('constraints').index(position), errors);
  if (withinLimit(configs.length, maxEntries, at.child('config'), errors))
    for (const [position, config] of configs.entries()) {
      const own = at.child('config').index(position);
      validateRequestRefs(config, names, own, errors);
      validateConfiguration(config, own, errors);
    }
}

function validateName(name: string, path: Path, errors: FieldError[]): void {
  complain(name, dnsLabel(name), path, errors);
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

function validateConstraint(constraint: JsonObject, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  validateRequestRefs(constraint, names, path, errors);
  const field = given(constraint.matchAttribute) ? 'matchAttribute' : given(constraint.distinctAttribute) ? 'distinctAttribute' : undefined;
  if (field !== undefined) validateFullyQualifiedName(text(constraint[field]), path.child(field), errors);
  else errors.push(required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'));
}

function validateRequestRefs(holder: JsonObject, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  validateNameList(texts(holder.requests), path.child('requests'), errors, (name, at) => validateRequestRef(name, names, at, errors));
}

function validateRequestRef(name: string, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  const segments = name.split('/');
  if (segments.length <= 2) for (const segment of segments) validateName(segment, path, errors);
  if (segments.length > 2 || !names.has(name)) errors.push(invalid(path, name, notARequest));
}

function validateStatus(claim: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const path = fieldPath('status');
  const [status, before] = [struct(claim.status), struct(old.status)];
  const at = path.child('reservedFor');
  const consumers = objects(status.reservedFor);
  if (withinLimit(consumers.length, 256, at, errors)) validateConsumers(consumers, at, errors);
  if (consumers.length > 0 && !given(status.allocation)) errors.push(forbidden(at, 'may not be specified when `allocated` is not set'));
  else if (consumers.length > 0 && given(metadataOf(claim).deletionTimestamp)) {
    const known = new Set(objects(before.reservedFor).map(({ uid }) => text(uid)));
    if (consumers.some(({ uid }) => !known.has(text(uid))))
      errors.push(forbidden(at, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'));
  }
  const allocation = object(status.allocation);
  if (allocation === undefined) return;
  if (given(before.allocation)) {
    const shown = asInternal(status.allocation, '*resource.AllocationResult');
    validateImmutable(status.allocation, before.allocation, path.child('allocation'), errors, shown);
  } else validateAllocation(allocation, requestNames(struct(struct(claim.spec).devices)), path.child('allocation'), errors);
}

function validateConsumers(consumers: readonly JsonObject[], path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, consumer] of consumers.entries())
    for (const field of ['resource', 'name', 'uid'])
      if (text(consumer[field]) === '') errors.push(required(path.index(position).child(field)));
  for (const [position, { uid }] of consumers.entries()) {
    if (seen.has(text(uid))) errors.push(duplicate(path.index(position), text(uid)));
    seen.add(text(uid));
  }
}

function validateAllocation(allocation: JsonObject, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  const devices = struct(allocation.devices);
  const [results, configs] = [objects(devices.results), objects(devices.config)];
  const [resultsAt, configAt] = [path.child('devices', 'results'), path.child('devices', 'config')];
  if (withinLimit(results.length, maxEntries, resultsAt, errors))
    for (const [position, result] of results.entries()) {
      const at = resultsAt.index(position);
      validateRequestRef(text(result.request), names, at.child('request'), errors);
      validateCsiDriverName(text(result.driver), at.child('driver'), errors);
      validatePoolName(text(result.pool), at.child('pool'), errors);
      validateName(text(result.device), at.child('device'), errors);
      validateBindings(result, at, errors);
    }
  if (withinLimit(configs.length, 2 * maxEntries, configAt, errors))
    for (const [position, config] of configs.entries()) {
      const at = configAt.index(position);
      const source = text(config.source);
      if (source === '') errors.push(required(at.child('source')));
      else if (source !== 'FromClaim' && source !== 'FromClass')
        errors.push(notSupported(at.child('source'), source, ['FromClaim', 'FromClass']));
      validateRequestRefs(config, names, at, errors);
      validateConfiguration(config, at, errors);
    }
  const selector = object(allocation.nodeSelector);
  if (selector !== undefined) validateNodeSelector(selector, path.child('nodeSelector'), errors, false);
}

export const resourceClaim: Validator = {
  create: (claim, { version }) => {
    const errors: FieldError[] = [];
    validateMetadata(claim, metadata, errors);
    validateClaimSpec(struct(claim.spec), version, fieldPath('spec'), errors);
    return errors;
  },
  update: (claim, old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource !== 'status') validateMetadata(claim, metadata, errors);
    validateMetadataUpdate(claim, old, errors);
    if (subresource === 'status') validateStatus(claim, old, errors);
    else validateImmutable(claim.spec, old.spec, fieldPath('spec'), errors, asInternal(claim.spec, 'resource.ResourceClaimSpec'));
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

function validateTemplate(template: JsonObject, version: string, errors: FieldError[]): void {
  const spec = struct(template.spec);
  const path = fieldPath('spec');
  validateMetadata(template, metadata, errors);
  if (size(spec.metadata) > 0) {
    validateAnnotations(metadataOf(spec).annotations, path.child('metadata', 'annotations'), errors);
    validateLabels(metadataOf(spec).labels, path.child('metadata', 'labels'), errors);
    for (const field of notInTemplates)
      if (given(metadataOf(spec)[field])) errors.push(forbidden(path.child('metadata', field === 'uid' ? 'uID' : field), 'cannot be set'));
  }
  validateClaimSpec(struct(spec.spec), version, path.child('spec'), errors);
}

export const resourceClaimTemplate: Validator = {
  create: (template, { version }) => {
    const errors: FieldError[] = [];
    validateTemplate(template, version, errors);
    return errors;
  },
  update: (template, old, { version }) => {
    const errors: FieldError[] = [];
    validateTemplate(template, version, errors);
    validateMetadataUpdate(template, old, errors);
    validateImmutable(template.spec, old.spec, fieldPath('spec'), errors, asInternal(template.spec, 'resource.ResourceClaimTemplateSpec'));
    return errors;
  },
};
