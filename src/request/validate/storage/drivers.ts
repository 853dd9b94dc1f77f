// CSIDrivers, CSINodes and VolumeAttachments (kubernetes pkg/apis/storage/validation, 1.36).

import type { Features } from '../../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { validateInlineVolumeSpec } from '../core/persistent-volume.ts';
import { asInternal } from '../internal.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, qualifiedName } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { validateCsiDriverName } from '../pod/volume-sources.ts';
import { byteLength, count, given, number, object, objects, pairs, size, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

const metadata: MetadataRules = { namespaced: false, name: dnsSubdomain };
const spec = fieldPath('spec');
const groupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];

function validateDriverSpec(driver: JsonObject, errors: FieldError[]): void {
  for (const [field, shown] of [
    ['attachRequired', 'attachedRequired'],
    ['podInfoOnMount', 'podInfoOnMount'],
    ['storageCapacity', 'storageCapacity'],
  ] as const)
    if (!given(driver[field])) errors.push(required(spec.child(shown)));
  if (given(driver.fsGroupPolicy) && !groupPolicies.includes(text(driver.fsGroupPolicy)))
    errors.push(notSupported(spec.child('fsGroupPolicy'), driver.fsGroupPolicy, groupPolicies));
  validateTokenRequests(objects(driver.tokenRequests), errors);
  for (const mode of texts(driver.volumeLifecycleModes))
    if (mode !== 'Persistent' && mode !== 'Ephemeral')
      errors.push(notSupported(spec.child('volumeLifecycleModes'), mode, ['Persistent', 'Ephemeral']));
  if (!given(driver.seLinuxMount)) errors.push(required(spec.child('seLinuxMount')));
  const period = number(driver.nodeAllocatableUpdatePeriodSeconds);
  if (period !== undefined && period < 10)
    errors.push(invalid(spec.child('nodeAllocatableUpdatePeriodSeconds'), period, 'must be greater than or equal to 10 seconds'));
  if (given(driver.serviceAccountTokenInSecrets) && size(driver.tokenRequests) === 0)
    errors.push(
      invalid(
        spec.child('serviceAccountTokenInSecrets'),
        driver.serviceAccountTokenInSecrets,
        'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
      ),
    );
}

function validateTokenRequests(requests: readonly JsonObject[], errors: FieldError[]): void {
  const audiences = new Set<string>();
  for (const [position, request] of requests.entries()) {
    const at = spec.child('tokenRequests').index(position);
    const audience = text(request.audience);
    const seconds = number(request.expirationSeconds);
    if (audiences.has(audience)) {
      errors.push(duplicate(at.child('audience'), audience));
      continue;
    }
    audiences.add(audience);
    if (seconds !== undefined && seconds < 600)
      errors.push(invalid(at.child('expirationSeconds'), seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds !== undefined && seconds > 2 ** 32)
      errors.push(invalid(at.child('expirationSeconds'), seconds, 'may not specify a duration larger than 2^32 seconds'));
  }
}

export const csiDriver: Validator = {
  create: (driver) => {
    const errors: FieldError[] = [];
    validateMetadata(driver, metadata, errors);
    validateDriverSpec(struct(driver.spec), errors);
    return errors;
  },
  update: (driver, old) => {
    const errors: FieldError[] = [];
    const [now, before] = [struct(driver.spec), struct(old.spec)];
    validateMetadataUpdate(driver, old, errors);
    validateDriverSpec(now, errors);
    validateImmutable(now.attachRequired, before.attachRequired, spec.child('attachedRequired'), errors);
    validateImmutable(
      now.volumeLifecycleModes,
      before.volumeLifecycleModes,
      spec.child('volumeLifecycleModes'),
      errors,
      undefined,
      '[]text',
    );
    return errors;
  },
  warnings: (driver, old, { features }) => {
    if (!features.has('CSIServiceAccountTokenSecrets')) return [];
    const now = struct(driver.spec);
    const changed = old === undefined || !sameValue(now.tokenRequests, struct(old.spec).tokenRequests, '[]storage.TokenRequest');
    if (!changed || size(now.tokenRequests) === 0 || given(now.serviceAccountTokenInSecrets)) return [];
    return [
      'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
    ];
  },
};

function validateCsiNode(node: JsonObject, errors: FieldError[]): void {
  const names = new Set<string>();
  validateMetadata(node, metadata, errors);
  for (const [position, driver] of objects(struct(node.spec).drivers).entries())
    validateNodeDriver(driver, names, spec.child('drivers').index(position), errors);
}

function validateNodeDriver(driver: JsonObject, names: Set<string>, path: Path, errors: FieldError[]): void {
  const name = text(driver.name);
  const id = text(driver.nodeID);
  validateCsiDriverName(name, path.child('name'), errors);
  if (id === '') errors.push(required(path.child('nodeID')));
  if (byteLength(id) > 256) errors.push(invalid(path.child('nodeID'), id, 'must be 256 characters or less'));
  const limit = number(object(driver.allocatable)?.count);
  if (limit !== undefined && limit < 0)
    errors.push(invalid(path.child('allocatable', 'count'), limit, 'must be greater than or equal to 0'));
  if (names.has(name)) errors.push(duplicate(path.child('name'), name));
  names.add(name);
  const keys = new Set<string>();
  for (const key of texts(driver.topologyKeys)) {
    if (key === '') errors.push(required(path));
    if (keys.has(key)) errors.push(duplicate(path, key));
    keys.add(key);
    complain(key, qualifiedName(key), path, errors);
  }
}

export const csiNode: Validator = {
  create: (node) => {
    const errors: FieldError[] = [];
    validateCsiNode(node, errors);
    return errors;
  },
  update: (node, old) => {
    const errors: FieldError[] = [];
    validateCsiNode(node, errors);
    const fixed = (driver: JsonObject): Json => ({ ...driver, allocatable: null });
    for (const before of objects(struct(old.spec).drivers))
      for (const now of objects(struct(node.spec).drivers))
        if (text(before.name) === text(now.name))
          validateImmutable(
            fixed(now),
            fixed(before),
            spec.child('drivers'),
            errors,
            asInternal(fixed(now), 'storage.CSINodeDriver'),
            'storage.CSINodeDriver',
          );
    return errors;
  },
};

function validateAttachment(attachment: JsonObject, errors: FieldError[], features: Features): void {
  const own = struct(attachment.spec);
  const source = struct(own.source);
  const at = spec.child('source');
  const inline = object(source.inlineVolumeSpec);
  const named = given(source.persistentVolumeName);
  const name = text(source.persistentVolumeName);
  const words = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  validateMetadata(attachment, metadata, errors);
  validateCsiDriverName(text(own.attacher), spec.child('attacher'), errors);
  if (inline === undefined && !named) errors.push(required(at, words));
  else if (inline !== undefined && named) errors.push(forbidden(at, words));
  else if (named) {
    if (name === '') errors.push(required(at.child('persistentVolumeName'), 'must specify non empty persistentVolumeName'));
  } else if (inline !== undefined) validateInlineVolumeSpec(inline, at.child('inlineVolumeSpec'), errors, features);
  complain(text(own.nodeName), dnsSubdomain(text(own.nodeName)), spec.child('nodeName'), errors);
  validateAttachmentStatus(struct(attachment.status), errors);
  if (named) complain(name, dnsSubdomain(name), at.child('persistentVolumeName'), errors);
}

function validateAttachmentStatus(status: JsonObject, errors: FieldError[]): void {
  const path = fieldPath('status');
  const total = pairs(status.attachmentMetadata).reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  if (total > 256 * 1024) errors.push(tooLong(path.child('attachmentMetadata'), 256 * 1024));
  for (const field of ['attachError', 'detachError']) {
    const error = object(status[field]);
    if (error === undefined) continue;
    if (byteLength(text(error.message)) > 1024) errors.push(tooLong(path.child(field, 'message'), 256 * 1024));
    if (count(error.errorCode) < 0)
      errors.push(invalid(path.child(field, 'errorCode'), count(error.errorCode), 'must be between 0 and 2147483647, inclusive'));
  }
}

export const volumeAttachment: Validator = {
  create: (attachment, { features }) => {
    const errors: FieldError[] = [];
    validateAttachment(attachment, errors, features);
    return errors;
  },
  update: (attachment, old, { features }) => {
    const errors: FieldError[] = [];
    validateAttachment(attachment, errors, features);
    const shown = asInternal(attachment.spec, 'storage.VolumeAttachmentSpec');
    validateImmutable(attachment.spec, old.spec, spec, errors, shown, 'storage.VolumeAttachmentSpec');
    return errors;
  },
};
