// StorageClasses, VolumeAttributesClasses and CSIStorageCapacities (kubernetes pkg/apis/storage/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import { goMapJson } from '../../fields/go-text.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { hasChange } from '../../release-changes.ts';
import { amount, shownAmount } from '../amount.ts';
import { complain, validateLabelName, validateLabelSelector } from '../meta/labels.ts';
import { dnsSubdomain, qualifiedName } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { deprecatedLabel } from '../pod/warnings.ts';
import { byteLength, given, object, objects, pairs, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { shownSelector } from '../workloads/selector.ts';

const metadata: MetadataRules = { namespaced: false, name: dnsSubdomain };
const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];

function validateProvisioner(name: string, path: Path, errors: FieldError[]): void {
  if (name === '') errors.push(required(path));
  else complain(name.toLowerCase(), qualifiedName(name.toLowerCase()), path, errors);
}

function validateParameters(parameters: Json | undefined, mayBeEmpty: boolean, path: Path, errors: FieldError[]): void {
  const entries = pairs(parameters);
  if (entries.length > 512) {
    errors.push(tooLong(path, 512));
    return;
  }
  let total = 0;
  for (const [key, value] of entries) {
    if (key === '') errors.push(invalid(path, key, 'field can not be empty.'));
    total += byteLength(key) + byteLength(value);
  }
  if (total > 256 * 1024) errors.push(tooLong(path, 256 * 1024));
  if (!mayBeEmpty && entries.length === 0) errors.push(required(path, 'must contain at least one key/value pair'));
}

function validateStorageClass(storageClass: JsonObject, errors: FieldError[]): void {
  validateMetadata(storageClass, metadata, errors);
  validateProvisioner(text(storageClass.provisioner), fieldPath('provisioner'), errors);
  validateParameters(storageClass.parameters, true, fieldPath('parameters'), errors);
  const reclaim = text(storageClass.reclaimPolicy);
  if (reclaim !== '' && !reclaimPolicies.includes(reclaim)) errors.push(notSupported('reclaimPolicy', reclaim, reclaimPolicies));
  if (!given(storageClass.volumeBindingMode)) errors.push(required('volumeBindingMode'));
  else if (!bindingModes.includes(text(storageClass.volumeBindingMode)))
    errors.push(notSupported('volumeBindingMode', storageClass.volumeBindingMode, bindingModes));
  validateTopologies(objects(storageClass.allowedTopologies), errors);
}

function validateTopologies(topologies: readonly JsonObject[], errors: FieldError[]): void {
  const seen: string[] = [];
  for (const [position, term] of topologies.entries()) {
    const at = fieldPath('allowedTopologies').index(position).child('matchLabelExpressions');
    const expressions = new Map<string, readonly string[]>();
    for (const [index, expression] of objects(term.matchLabelExpressions).entries()) {
      const place = at.index(index);
      const key = text(expression.key);
      const values = texts(expression.values);
      if (values.length === 0) errors.push(required(place.child('values')));
      for (const [each, value] of values.entries())
        if (values.indexOf(value) < each) errors.push(duplicate(place.child('values').index(each), value));
      validateLabelName(key, place.child('key'), errors);
      if (expressions.has(key)) errors.push(duplicate(place.child('key'), key));
      expressions.set(key, [...new Set(values)].sort());
    }
    const shape = JSON.stringify([...expressions].sort(([a], [b]) => (a < b ? -1 : 1)));
    // An empty term equals the places that the server keeps for terms to come, one for each.
    const same =
      expressions.size === 0
        ? topologies.length + seen.filter((each) => each === shape).length
        : seen.filter((each) => each === shape).length;
    for (let count = 0; count < same; count++) errors.push(duplicate(at, ''));
    seen.push(shape);
  }
}

export const storageClass: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validateStorageClass(object, errors);
    return errors;
  },
  update: (object, old, { version }) => {
    const errors: FieldError[] = [];
    validateStorageClass(object, errors);
    validateMetadataUpdate(object, old, errors);
    if (!sameValue(object.parameters, old.parameters, '{}text'))
      errors.push({ ...invalid('parameters', '', 'field is immutable'), value: goMapJson(object.parameters ?? null) });
    validateImmutable(text(object.provisioner), text(old.provisioner), fieldPath('provisioner'), errors);
    if (hasChange(version, 'immutableClasses'))
      validateImmutable(object.reclaimPolicy, old.reclaimPolicy, fieldPath('reclaimPolicy'), errors);
    else if (!sameValue(object.reclaimPolicy, old.reclaimPolicy))
      errors.push(forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.'));
    validateImmutable(object.volumeBindingMode, old.volumeBindingMode, fieldPath('volumeBindingMode'), errors);
    return errors;
  },
  warnings: (object) =>
    objects(object.allowedTopologies).flatMap((term, position) =>
      objects(term.matchLabelExpressions).flatMap((expression, index) => {
        const words = deprecatedLabel(text(expression.key));
        const at = fieldPath('allowedTopologies').index(position).child('matchLabelExpressions').index(index).child('key');
        return words === undefined ? [] : [`${at}: ${words}`];
      }),
    ),
};

function validateAttributesClass(attributesClass: JsonObject, errors: FieldError[]): void {
  validateMetadata(attributesClass, metadata, errors);
  validateProvisioner(text(attributesClass.driverName), fieldPath('driverName'), errors);
  validateParameters(attributesClass.parameters, false, fieldPath('parameters'), errors);
}

export const volumeAttributesClass: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validateAttributesClass(object, errors);
    return errors;
  },
  update: (object, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    for (const [field, type] of [
      ['driverName', 'text'],
      ['parameters', '{}text'],
    ] as const)
      if (!sameValue(object[field], old[field], type)) errors.push(forbidden(field, `updates to ${field} are forbidden.`));
    validateAttributesClass(object, errors);
    return errors;
  },
};

function validateCapacity(capacity: JsonObject, errors: FieldError[], allowInvalidLabelValue: boolean): void {
  const className = text(capacity.storageClassName);
  validateMetadata(capacity, { namespaced: true, name: dnsSubdomain }, errors);
  validateLabelSelector(capacity.nodeTopology, fieldPath('nodeTopology'), errors, { allowInvalidLabelValue });
  complain(className, dnsSubdomain(className), fieldPath('storageClassName'), errors);
  const available = amount(capacity.capacity);
  if (available.mantissa < 0n) errors.push(invalid('capacity', shownAmount(available), 'must be greater than or equal to 0'));
}

export const csiStorageCapacity: Validator = {
  create: (capacity) => {
    const errors: FieldError[] = [];
    validateCapacity(capacity, errors, false);
    return errors;
  },
  update: (capacity, old) => {
    const errors: FieldError[] = [];
    const ofOld: FieldError[] = [];
    validateLabelSelector(old.nodeTopology, fieldPath('nodeTopology'), ofOld);
    validateCapacity(capacity, errors, ofOld.length > 0);
    validateMetadataUpdate(capacity, old, errors);
    if (!sameValue(capacity.nodeTopology, old.nodeTopology, '*meta.LabelSelector'))
      errors.push(invalid('nodeTopology', shownSelector(capacity.nodeTopology), 'field is immutable'));
    if (text(capacity.storageClassName) !== text(old.storageClassName))
      errors.push(invalid('storageClassName', text(capacity.storageClassName), 'field is immutable'));
    return errors;
  },
  warnings: (capacity) => {
    const path = fieldPath('nodeTopology');
    const topology = object(capacity.nodeTopology);
    return [
      ...objects(topology?.matchExpressions).flatMap((expression, position) => {
        const words = deprecatedLabel(text(expression.key));
        const at = path.child('matchExpressions').index(position).child('key');
        return words === undefined ? [] : [`${at}: ${text(expression.key)} is ${words}`];
      }),
      ...pairs(topology?.matchLabels).flatMap(([key]) => {
        const words = deprecatedLabel(key);
        return words === undefined ? [] : [`${path.child('matchLabels', key)}: ${words}`];
      }),
    ];
  },
};
