// PersistentVolumeClaims and templates of them (kubernetes pkg/apis/core/validation, 1.36).

import { quantityIn } from '../../../kube/quantity.ts';
import type { Features } from '../../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { amount, amountOf, amounts, compare, isWhole, shownAmount } from '../amount.ts';
import { differenceOf } from '../difference.ts';
import { complain, hasInvalidLabelValue, validateAnnotations, validateLabelSelector, validateLabels } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { isNative, validateAmount } from '../pod/resource-names.ts';
import { annotationsOf, given, member, metadataOf, object, pairs, size, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

export const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const volumeModes = ['Block', 'Filesystem'];
const betaStorageClass = 'volume.beta.kubernetes.io/storage-class';

interface ClaimOptions {
  readonly features: Features;
  readonly allowInvalidLabelValue?: boolean;
  readonly allowInvalidGroup?: boolean;
}

export function validateAccessModes(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const modes = texts(spec.accessModes);
  const at = path.child('accessModes');
  for (const mode of modes) if (!accessModes.includes(mode)) errors.push(notSupported(at, mode, accessModes));
  const single = modes.includes('ReadWriteOncePod');
  if (single && modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode)))
    errors.push(forbidden(at, 'may not use ReadWriteOncePod with other access modes'));
}

export function validateClaimSpec(spec: JsonObject, path: Path, errors: FieldError[], options: ClaimOptions): void {
  if (size(spec.accessModes) === 0) errors.push(required(path.child('accessModes'), 'at least 1 access mode is required'));
  validateLabelSelector(spec.selector, path.child('selector'), errors, { allowInvalidLabelValue: options.allowInvalidLabelValue === true });
  validateAccessModes(spec, path, errors);
  const storage = amountOf(struct(spec.resources).requests, 'storage');
  const at = path.child('resources').key('storage');
  if (storage === undefined) errors.push(required(at));
  else if (storage.mantissa <= 0n) errors.push(invalid(at, shownAmount(storage), 'must be greater than zero'));
  else validateAmount('storage', storage, at, errors);
  const className = text(spec.storageClassName);
  if (className !== '') complain(className, dnsSubdomain(className), path.child('storageClassName'), errors);
  if (given(spec.volumeMode) && !volumeModes.includes(text(spec.volumeMode)))
    errors.push(notSupported(path.child('volumeMode'), spec.volumeMode, volumeModes));
  const source = object(spec.dataSource);
  const reference = object(spec.dataSourceRef);
  if (source !== undefined) validateDataSource(source, path.child('dataSource'), errors, options);
  if (reference !== undefined) {
    validateDataSource(reference, path.child('dataSourceRef'), errors, options);
    const namespace = text(reference.namespace);
    if (namespace !== '') complain(namespace, dnsLabel(namespace), path.child('dataSourceRef', 'namespace'), errors);
  }
  if (source !== undefined && reference !== undefined) {
    const away = text(reference.namespace) !== '';
    const same =
      given(source.apiGroup) === given(reference.apiGroup) &&
      ['apiGroup', 'kind', 'name'].every((field) => text(source[field]) === text(reference[field]));
    if (away) errors.push(invalid(path, {}, 'may not be specified when dataSourceRef.namespace is specified'));
    else if (!same) errors.push(invalid(path, {}, 'must match dataSourceRef'));
  }
  const attributes = text(spec.volumeAttributesClassName);
  if (attributes !== '' && options.features.has('VolumeAttributesClass'))
    complain(attributes, dnsSubdomain(attributes), path.child('volumeAttributesClassName'), errors);
}

function validateDataSource(source: JsonObject, path: Path, errors: FieldError[], options: ClaimOptions): void {
  const kind = text(source.kind);
  const group = text(source.apiGroup);
  if (text(source.name) === '') errors.push(required(path.child('name')));
  if (kind === '') errors.push(required(path.child('kind')));
  if (group === '' && kind !== 'PersistentVolumeClaim')
    errors.push(invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (group !== '' && options.allowInvalidGroup !== true) complain(group, dnsSubdomain(group), path.child('apiGroup'), errors);
}

/** Metadata of a template may only have labels and annotations; the fields in the order of the Go struct. */
const otherMetadata = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uID',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** `volumeClaimTemplate` of an ephemeral volume. */
export function validateClaimTemplate(template: JsonObject, path: Path, errors: FieldError[], features: Features): void {
  const metadata = metadataOf(template);
  const at = path.child('metadata');
  validateAnnotations(metadata.annotations, at.child('annotations'), errors);
  validateLabels(metadata.labels, at.child('labels'), errors);
  for (const field of otherMetadata) {
    const value = metadata[field === 'uID' ? 'uid' : field];
    if (given(value) && value !== '' && value !== 0) errors.push(forbidden(at.child(field), 'cannot be set'));
  }
  validateClaimSpec(struct(template.spec), path.child('spec'), errors, { features });
}

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const spec = fieldPath('spec');

export const persistentVolumeClaim: Validator = {
  create: (claim, { features }) => {
    const errors: FieldError[] = [];
    validateMetadata(claim, metadata, errors);
    validateClaimSpec(struct(claim.spec), spec, errors, { features });
    return errors;
  },
  update: (claim, old, { features }, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(claim, old, errors);
    if (subresource === 'status') {
      validateStatus(claim, errors);
      return errors;
    }
    const before = struct(old.spec);
    validateMetadata(claim, metadata, errors);
    validateClaimSpec(struct(claim.spec), spec, errors, {
      features,
      allowInvalidLabelValue: hasInvalidLabelValue(before.selector),
      allowInvalidGroup: given(object(before.dataSource)?.apiGroup) || given(object(before.dataSourceRef)?.apiGroup),
    });
    validateSpecUpdate(claim, old, errors, features);
    return errors;
  },
  warnings: (claim, _old, _context, subresource) => (subresource === '' ? claimWarnings(claim) : []),
};

function validateSpecUpdate(claim: JsonObject, old: JsonObject, errors: FieldError[], features: Features): void {
  const now = struct(claim.spec);
  const before = struct(old.spec);
  const bound = struct(claim.status).phase === 'Bound';
  const changed: Record<string, Json | undefined> = { ...now };
  const kept: Record<string, Json | undefined> = { ...before };
  if (text(before.volumeName) === '') kept.volumeName = now.volumeName;
  const oldClass = member(annotationsOf(old), betaStorageClass);
  const newClass = member(annotationsOf(claim), betaStorageClass);
  const moved =
    oldClass !== undefined &&
    !given(before.storageClassName) &&
    given(now.storageClassName) &&
    text(now.storageClassName) === oldClass &&
    (newClass === undefined || newClass === oldClass);
  if (moved) changed.storageClassName = null;
  else {
    if ((oldClass ?? '') !== (newClass ?? ''))
      errors.push(invalid(fieldPath('metadata', 'annotations', betaStorageClass), newClass ?? '', 'field is immutable'));
    if (
      given(now.storageClassName) &&
      !given(before.storageClassName) &&
      (oldClass === undefined || text(now.storageClassName) === oldClass)
    )
      changed.storageClassName = before.storageClassName;
  }
  const oldStorage = struct(struct(before.resources).requests).storage;
  if (bound && given(struct(now.resources).requests)) {
    const resources = struct(now.resources);
    changed.resources = { ...resources, requests: { ...struct(resources.requests), storage: oldStorage ?? '0' } };
  }
  if (bound) changed.volumeAttributesClassName = before.volumeAttributesClassName;
  if (!sameValue(changed, kept, 'core.PersistentVolumeClaimSpec'))
    errors.push(
      forbidden(
        spec,
        `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${differenceOf(kept, changed, 'core.PersistentVolumeClaimSpec')}`,
      ),
    );
  const size = amount(struct(struct(now.resources).requests).storage);
  if (compare(size, amount(oldStorage)) < 0 && compare(size, amount(struct(struct(old.status).capacity).storage)) <= 0)
    errors.push(forbidden(fieldPath('spec', 'resources', 'requests', 'storage'), 'field can not be less than status.capacity'));
  validateImmutable(now.volumeMode ?? null, before.volumeMode ?? null, fieldPath('volumeMode'), errors);
  const current = struct(old.status).currentVolumeAttributesClassName;
  if (sameValue(now.volumeAttributesClassName, before.volumeAttributesClassName)) return;
  const at = fieldPath('spec', 'volumeAttributesClassName');
  if (!features.has('VolumeAttributesClass')) {
    errors.push(forbidden(at, 'update is forbidden when the VolumeAttributesClass feature gate is disabled'));
    return;
  }
  if (!given(current)) return;
  if (!given(now.volumeAttributesClassName))
    errors.push(forbidden(at, 'update to nil is forbidden when status.currentVolumeAttributesClassName is not nil'));
  else if (text(now.volumeAttributesClassName) === '')
    errors.push(forbidden(at, 'update to empty string is forbidden when status.currentVolumeAttributesClassName is not nil'));
}

const resizeStatuses = [
  'ControllerResizeInfeasible',
  'ControllerResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizePending',
].sort();

function validateStatus(claim: JsonObject, errors: FieldError[]): void {
  const status = struct(claim.status);
  if (text(metadataOf(claim).resourceVersion) === '') errors.push(required('resourceVersion'));
  if (size(struct(claim.spec).accessModes) === 0) errors.push(required('Spec.accessModes'));
  for (const [name, value] of amounts(status.capacity)) validateNotNegative(value, fieldPath('status', 'capacity').key(name), errors);
  const statuses = fieldPath('status', 'allocatedResourceStatuses');
  for (const [name, value] of pairs(status.allocatedResourceStatuses)) {
    validateResourceKey(name, statuses, errors);
    if (!resizeStatuses.includes(value)) errors.push(notSupported(statuses, name, resizeStatuses));
  }
  const allocated = fieldPath('status', 'allocatedResources');
  for (const [name, value] of amounts(status.allocatedResources)) {
    if (!validateResourceKey(name, allocated, errors)) continue;
    if (validateNotNegative(value, allocated.key(name), errors)) validateAmount('storage', value, allocated.key(name), errors);
  }
}

/** False where the amount is negative, which is said. */
export function validateNotNegative(value: ReturnType<typeof amount>, path: Path, errors: FieldError[]): boolean {
  const units = quantityIn(value);
  if (units >= 0n) return true;
  errors.push(invalid(path, Number(units), 'must be a valid resource quantity'));
  return false;
}

function validateResourceKey(name: string, path: Path, errors: FieldError[]): boolean {
  const before = errors.length;
  complain(name, qualifiedName(name), path, errors);
  if (errors.length === before && isNative(name) && name !== 'storage') errors.push(notSupported(path, name, ['storage']));
  return errors.length === before;
}

function claimWarnings(claim: JsonObject): readonly string[] {
  const old = `metadata.annotations[${betaStorageClass}]: deprecated since v1.8; use "storageClassName" attribute instead`;
  return [...(member(annotationsOf(claim), betaStorageClass) === undefined ? [] : [old]), ...claimSpecWarnings(struct(claim.spec), spec)];
}

/** Fractions of bytes. */
export function claimSpecWarnings(claim: JsonObject, path: Path): readonly string[] {
  return ['requests', 'limits'].flatMap((list) => {
    const value = amount(struct(struct(claim.resources)[list]).storage);
    if (isWhole(value)) return [];
    return [
      `${path.child('resources', list).key('storage')}: fractional byte value "${shownAmount(value)}" is invalid, must be an integer`,
    ];
  });
}
