// PersistentVolumes (kubernetes pkg/apis/core/validation and pkg/volume/validation, 1.36).

import type { Features } from '../../../kube/version/feature-gates.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { goMapJson } from '../../fields/go-text.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { amounts, shownAmount } from '../amount.ts';
import { differenceOf } from '../difference.ts';
import { asInternal } from '../internal.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { validateNodeSelector } from '../pod/node-selector.ts';
import { hasInvalidTermValue } from '../pod/options.ts';
import { iscsiNameTooLong, localVolume, persistentCsi, type SourceRule, sharedSources } from '../pod/volume-sources.ts';
import { selectorTermWarnings } from '../pod/warnings.ts';
import { annotationsOf, given, member, metadataOf, object, objects, size, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { validateAccessModes, validateNotNegative, volumeModes } from './persistent-volume-claim.ts';

const metadata: MetadataRules = { namespaced: false, name: dnsSubdomain };
const path = fieldPath('spec');
const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];

/** In the order in which they are looked at; `inside` and `extra` are what error paths call them. */
const sources: readonly { readonly field: string; readonly rule?: SourceRule; readonly inside?: string; readonly extra?: string }[] = [
  { field: 'hostPath' },
  { field: 'gcePersistentDisk', inside: 'persistentDisk' },
  { field: 'awsElasticBlockStore' },
  { field: 'glusterfs' },
  { field: 'flocker' },
  { field: 'nfs' },
  { field: 'rbd' },
  { field: 'quobyte' },
  { field: 'cephfs', extra: 'cephFS' },
  { field: 'iscsi' },
  { field: 'cinder' },
  { field: 'fc' },
  { field: 'flexVolume' },
  { field: 'azureFile' },
  { field: 'vsphereVolume' },
  { field: 'photonPersistentDisk' },
  { field: 'portworxVolume' },
  { field: 'azureDisk' },
  { field: 'scaleIO' },
  { field: 'local', rule: localVolume },
  { field: 'storageos' },
  { field: 'csi', rule: persistentCsi },
];

interface VolumeOptions {
  readonly features: Features;
  readonly allowInvalidNodeAffinityValue: boolean;
  readonly inline: boolean;
}

function validateSpec(spec: JsonObject, name: string, path: Path, errors: FieldError[], options: VolumeOptions): void {
  if (size(spec.accessModes) === 0) errors.push(required(path.child('accessModes')));
  validateAccessModes(spec, path, errors);
  if (options.inline) validateInlineFields(spec, path, errors);
  else validateOwnFields(spec, path, errors, options);
  validateSource(spec, name, path, errors);
  if (given(spec.hostPath) && isRoot(spec) && spec.persistentVolumeReclaimPolicy === 'Recycle')
    errors.push(forbidden(path.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"));
  if (!options.inline) validateClassAndMode(spec, path, errors);
  if (options.inline || !given(spec.volumeAttributesClassName) || !options.features.has('VolumeAttributesClass')) return;
  const attributes = text(spec.volumeAttributesClassName);
  if (attributes === '') errors.push(required(path.child('volumeAttributesClassName'), 'an empty string is disallowed'));
  else complain(attributes, dnsSubdomain(attributes), path.child('volumeAttributesClassName'), errors);
  if (!given(spec.csi)) errors.push(required(path.child('csi'), 'has to be specified when using volumeAttributesClassName'));
}

/** What only a volume of its own has: capacity, reclaim policy and node affinity. */
function validateOwnFields(spec: JsonObject, path: Path, errors: FieldError[], options: VolumeOptions): void {
  validateCapacity(spec, path.child('capacity'), errors);
  const reclaim = text(spec.persistentVolumeReclaimPolicy);
  if (reclaim !== '' && !reclaimPolicies.includes(reclaim))
    errors.push(notSupported(path.child('persistentVolumeReclaimPolicy'), reclaim, reclaimPolicies));
  const affinity = object(spec.nodeAffinity);
  if (affinity === undefined) return;
  const at = path.child('nodeAffinity', 'required');
  const must = object(affinity.required);
  if (must === undefined) errors.push(required(at, 'must specify required node constraints'));
  else validateNodeSelector(must, at, errors, options.allowInvalidNodeAffinityValue);
}

function validateClassAndMode(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const className = text(spec.storageClassName);
  if (className !== '') complain(className, dnsSubdomain(className), path.child('storageClassName'), errors);
  if (given(spec.volumeMode) && !volumeModes.includes(text(spec.volumeMode)))
    errors.push(notSupported(path.child('volumeMode'), spec.volumeMode, volumeModes));
}

/** What the volume within a VolumeAttachment may not say. */
function validateInlineFields(spec: JsonObject, path: Path, errors: FieldError[]): void {
  const context = 'in the context of inline volumes';
  const reclaim = text(spec.persistentVolumeReclaimPolicy);
  const isSaid = { claimRef: given, capacity: (list: Json | undefined) => size(list) > 0, nodeAffinity: given, storageClassName: text };
  for (const [field, said] of Object.entries(isSaid))
    if (said(spec[field])) errors.push(forbidden(path.child(field), `may not be specified ${context}`));
  if (!given(spec.csi)) errors.push(required(path.child('csi'), `has to be specified ${context}`));
  if (reclaim !== '' && reclaim !== 'Retain')
    errors.push(forbidden(path.child('persistentVolumeReclaimPolicy'), `may only be Retain ${context}`));
  if (given(spec.volumeMode) && spec.volumeMode !== 'Filesystem')
    errors.push(forbidden(path.child('volumeMode'), `may not specify volumeMode other than Filesystem ${context}`));
}

/** The volume that stands within a VolumeAttachment's spec. */
export function validateInlineVolumeSpec(spec: JsonObject, path: Path, errors: FieldError[], features: Features): void {
  validateSpec(spec, '', path, errors, { features, allowInvalidNodeAffinityValue: false, inline: true });
}

/** The path of the host's root, however it is written. */
function isRoot(spec: JsonObject): boolean {
  const target = text(object(spec.hostPath)?.path);
  if (!target.startsWith('/')) return false;
  const parts: string[] = [];
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.length === 0;
}

function validateCapacity(spec: JsonObject, at: Path, errors: FieldError[]): void {
  const capacity = amounts(spec.capacity);
  if (capacity.length === 0) errors.push(required(at));
  if (capacity.length !== 1 || capacity[0]?.[0] !== 'storage')
    errors.push({ ...notSupported(at, '', ['storage']), value: goMapJson(spec.capacity ?? null) });
  for (const [name, value] of capacity) {
    validateNotNegative(value, at.key(name), errors);
    if (value.mantissa <= 0n) errors.push(invalid(at.key(name), shownAmount(value), 'must be greater than zero'));
  }
}

function validateSource(spec: JsonObject, name: string, path: Path, errors: FieldError[]): void {
  let found = 0;
  for (const { field, rule = sharedSources[field], inside = field, extra = field } of sources) {
    const source = object(spec[field]);
    if (source === undefined) continue;
    if (found > 0 && field !== 'flexVolume') {
      errors.push(forbidden(path.child(extra), 'may not specify more than 1 volume type'));
      continue;
    }
    found++;
    if (field === 'iscsi') {
      const tooLong = iscsiNameTooLong(source, name);
      if (tooLong !== undefined) errors.push(invalid(path.child('iscsi', 'targetportal'), text(source.targetPortal), tooLong));
    }
    rule?.(source, path.child(inside), errors, true);
    if (field === 'local' && !given(spec.nodeAffinity))
      errors.push(required(path.child('nodeAffinity'), 'Local volume requires node affinity'));
  }
  if (found === 0) errors.push(required(path, 'must specify a volume type'));
}

const mountOptionsAnnotation = 'volume.beta.kubernetes.io/mount-options';
/** Sources that could be mounted with options of the annotation. */
const withMountOptions = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
];

function validateMountOptions(volume: JsonObject, errors: FieldError[]): void {
  const spec = struct(volume.spec);
  if (withMountOptions.some((field) => given(spec[field]))) return;
  if (member(annotationsOf(volume), mountOptionsAnnotation) !== undefined)
    errors.push(
      forbidden(fieldPath('metadata', 'annotations', mountOptionsAnnotation), 'may not specify mount options for this volume type'),
    );
}

function validateVolume(volume: JsonObject, errors: FieldError[], options: VolumeOptions): void {
  validateMetadata(volume, metadata, errors);
  validateSpec(struct(volume.spec), text(metadataOf(volume).name), fieldPath('spec'), errors, options);
}

function sourceOf(spec: JsonObject): JsonObject {
  return Object.fromEntries(sources.map(({ field }) => [field, spec[field]]).filter(([, source]) => given(source as Json)));
}

function validateVolumeUpdate(volume: JsonObject, old: JsonObject, errors: FieldError[], options: VolumeOptions): void {
  const spec = struct(volume.spec);
  const before = struct(old.spec);
  validateVolume(volume, errors, options);
  const csi = object(spec.csi);
  const oldCsi = object(before.csi);
  const expanded = csi !== undefined && oldCsi !== undefined && !given(oldCsi.controllerExpandSecretRef);
  const now = sourceOf(expanded ? { ...spec, csi: { ...csi, controllerExpandSecretRef: null } } : spec);
  if (!sameValue(now, sourceOf(before), 'core.PersistentVolumeSource'))
    errors.push(
      forbidden(
        path.child('persistentvolumesource'),
        `spec.persistentvolumesource is immutable after creation\n${differenceOf(sourceOf(before), now, 'core.PersistentVolumeSource')}`,
      ),
    );
  validateImmutable(spec.volumeMode ?? null, before.volumeMode ?? null, fieldPath('volumeMode'), errors);
  if (
    !options.features.has('MutablePVNodeAffinity') &&
    given(before.nodeAffinity) &&
    !sameValue(asCurrent(before.nodeAffinity, spec.nodeAffinity), spec.nodeAffinity, '*core.VolumeNodeAffinity')
  )
    errors.push(
      invalid(
        'nodeAffinity',
        asInternal(spec.nodeAffinity, '*core.VolumeNodeAffinity'),
        'field is immutable, except for updating from beta label to GA',
      ),
    );
  const attributes = path.child('volumeAttributesClassName');
  if (!options.features.has('VolumeAttributesClass') && !sameValue(spec.volumeAttributesClassName, before.volumeAttributesClassName))
    errors.push(forbidden(attributes, 'update is forbidden when the VolumeAttributesClass feature gate is disabled'));
  else if (given(before.volumeAttributesClassName) && !given(spec.volumeAttributesClassName))
    errors.push(forbidden(attributes, 'update from non-nil value to nil is forbidden'));
}

const successors: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** The stored affinity with beta labels as their successors, where the new one names those. */
function asCurrent(old: Json | undefined, now: Json | undefined): Json {
  const required = object(object(old)?.required);
  const newTerms = objects(object(object(now)?.required)?.nodeSelectorTerms);
  const terms = objects(required?.nodeSelectorTerms).map((term, position) => ({
    ...term,
    matchExpressions: objects(term.matchExpressions).map((expression, index) => {
      const key = text(expression.key);
      const wanted = text(objects(newTerms[position]?.matchExpressions)[index]?.key);
      return ((Object.hasOwn(successors, key) ? successors[key] : '') === wanted ? withKey(expression, wanted) : expression) as Json;
    }),
  }));
  return { ...object(old), required: { ...required, nodeSelectorTerms: terms as Json } } as Json;
}

/** No key is no field. */
function withKey({ key: _before, ...rest }: JsonObject, key: string): JsonObject {
  return key === '' ? rest : { ...rest, key };
}

export const persistentVolume: Validator = {
  create: (volume, { features }) => {
    const errors: FieldError[] = [];
    validateVolume(volume, errors, { features, allowInvalidNodeAffinityValue: false, inline: false });
    validateMountOptions(volume, errors);
    return errors;
  },
  update: (volume, old, { features }, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') {
      validateMetadataUpdate(volume, old, errors);
      if (text(metadataOf(volume).resourceVersion) === '') errors.push(required('resourceVersion'));
      return errors;
    }
    const terms = object(object(struct(old.spec).nodeAffinity)?.required)?.nodeSelectorTerms;
    const options = { features, allowInvalidNodeAffinityValue: hasInvalidTermValue(terms), inline: false };
    validateVolume(volume, errors, options);
    validateMountOptions(volume, errors);
    validateVolumeUpdate(volume, old, errors, options);
    return errors;
  },
  warnings: (volume, _old, _context, subresource) => (subresource === '' ? volumeWarnings(volume) : []),
};

const deadSources: readonly (readonly [string, string, string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function volumeWarnings(volume: JsonObject): readonly string[] {
  const spec = struct(volume.spec);
  const annotation = fieldPath('metadata', 'annotations');
  const warnings: string[] = [];
  for (const [key, words] of [
    ['volume.beta.kubernetes.io/storage-class', 'deprecated since v1.8; use "storageClassName" attribute instead'],
    [mountOptionsAnnotation, 'deprecated since v1.31; use "mountOptions" attribute instead'],
  ] as const)
    if (member(annotationsOf(volume), key) !== undefined) warnings.push(`${annotation.key(key)}: ${words}`);
  if (spec.persistentVolumeReclaimPolicy === 'Recycle')
    warnings.push(
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    );
  for (const [position, term] of objects(object(object(spec.nodeAffinity)?.required)?.nodeSelectorTerms).entries())
    warnings.push(...selectorTermWarnings(term, path.child('nodeAffinity', 'required', 'nodeSelectorTerms').index(position), false));
  for (const [field, shown, words] of deadSources) if (given(spec[field])) warnings.push(`${path.child(shown)}: ${words}`);
  return warnings;
}
