// ResourceSlices (kubernetes pkg/apis/resource/validation, 1.36). Left out: mappings to resources of nodes, which a gate drops.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required, tooLong } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain, validateLabelName } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain, labelValue } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { validateNodeSelector } from '../pod/node-selector.ts';
import { validateCsiDriverName } from '../pod/volume-sources.ts';
import { byteLength, count, given, object, objects, size, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { validateRequestPolicy } from './capacity.ts';
import { refuseDuplicates, taintEffects, validateBindings, validatePoolName, validateQualifiedName, withinLimit } from './devices.ts';

const path = fieldPath('spec');
const maxValue = 64;
const lists = ['bools', 'ints', 'strings', 'versions'];
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;

function validateSpec(spec: JsonObject, errors: FieldError[], old?: JsonObject): void {
  const pool = struct(spec.pool);
  const devices = objects(spec.devices);
  validateCsiDriverName(text(spec.driver), path.child('driver'), errors);
  validatePoolName(text(pool.name), path.child('pool', 'name'), errors);
  if (count(pool.resourceSliceCount) <= 0)
    errors.push(invalid(path.child('pool', 'resourceSliceCount'), count(pool.resourceSliceCount), 'must be greater than zero'));
  if (count(pool.generation) < 0)
    errors.push(invalid(path.child('pool', 'generation'), count(pool.generation), 'must be greater than or equal to zero'));
  if (old !== undefined) {
    validateImmutable(text(pool.name), text(struct(old.pool).name), path.child('pool', 'name'), errors);
    validateImmutable(text(spec.driver), text(old.driver), path.child('driver'), errors);
    validateImmutable(spec.nodeName, old.nodeName, path.child('nodeName'), errors);
  }
  validatePlace(spec, ['allNodes', 'perDeviceNodeSelection'], path, 'must be either unset or set to a non-empty string', errors, {
    none: 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
    more: 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
  });
  const terms = object(spec.nodeSelector)?.nodeSelectorTerms;
  if (given(spec.nodeSelector) && size(terms) !== 1)
    errors.push(
      invalid(
        path.child('nodeSelector', 'nodeSelectorTerms'),
        asInternal(terms, '[]core.NodeSelectorTerm'),
        'must have exactly one node selector term',
      ),
    );
  if (given(spec.sharedCounters) && given(spec.devices))
    errors.push(invalid(path, '', 'only one of `sharedCounters` or `devices` is allowed'));
  if (withinLimit(devices.length, devices.some(isAdvanced) ? 64 : 128, path.child('devices'), errors)) {
    for (const [position, device] of devices.entries()) {
      const before = objects(old?.devices).find(({ name }) => text(name) === text(device.name));
      validateDevice(device, before, spec.perDeviceNodeSelection === true, path.child('devices').index(position), errors);
    }
    refuseDuplicates(
      devices.map(({ name }) => text(name)),
      path.child('devices'),
      errors,
    );
  }
  validateCounterSets(objects(spec.sharedCounters), 'name', 8, path.child('sharedCounters'), errors);
}

/** Fewer devices fit where any of them has taints, counters or lists. */
function isAdvanced(device: JsonObject): boolean {
  const attributes = Object.values(struct(device.attributes)).map((attribute) => struct(attribute as Json));
  return (
    size(device.taints) > 0 ||
    size(device.consumesCounters) > 0 ||
    attributes.some((attribute) => lists.some((list) => given(attribute[list])))
  );
}

/** Where devices are: on one node, on some or on all. */
function validatePlace(
  holder: JsonObject,
  flags: readonly string[],
  at: Path,
  emptyName: string,
  errors: FieldError[],
  words: { readonly none: string; readonly more: string },
): void {
  const found: string[] = [];
  const name = text(holder.nodeName);
  const selector = object(holder.nodeSelector);
  if (given(holder.nodeName) && name === '') errors.push(invalid(at.child('nodeName'), '', emptyName));
  else if (given(holder.nodeName)) {
    found.push('`nodeName`');
    complain(name, dnsSubdomain(name), at.child('nodeName'), errors);
  }
  if (selector !== undefined) {
    found.push('`nodeSelector`');
    validateNodeSelector(selector, at.child('nodeSelector'), errors, false);
  }
  for (const flag of flags)
    if (holder[flag] === true) found.push(`\`${flag}\``);
    else if (given(holder[flag])) errors.push(invalid(at.child(flag), holder[flag], 'must be either unset or set to true'));
  if (found.length === 0) errors.push(required(at, words.none));
  else if (found.length > 1) errors.push(invalid(at, `{${found.join(', ')}}`, words.more));
}

function validateDevice(device: JsonObject, old: JsonObject | undefined, ownPlace: boolean, at: Path, errors: FieldError[]): void {
  const name = text(device.name);
  const attributes = Object.entries(struct(device.attributes));
  const capacity = Object.entries(struct(device.capacity));
  const total = attributes.length + capacity.length;
  complain(name, dnsLabel(name), at.child('name'), errors);
  if (total > 32) errors.push(invalid(at, total, 'the total number of attributes and capacities must not exceed 32'));
  const values = attributes.reduce((sum, [, attribute]) => sum + Math.max(1, valuesIn(struct(attribute as Json))), 0);
  if (values > 48) errors.push(invalid(at, values, 'the total number of attribute values must not exceed 48'));
  for (const [key, attribute] of attributes) {
    validateQualifiedName(key, at.child('attributes'), errors);
    validateAttribute(struct(attribute as Json), at.child('attributes').key(shortened(key)), errors);
  }
  for (const [key, value] of capacity) {
    validateQualifiedName(key, at.child('capacity'), errors);
    const own = at.child('capacity').key(shortened(key)).child('requestPolicy');
    validateRequestPolicy(struct(value as Json), device.allowMultipleAllocations === true, own, errors);
  }
  if (old === undefined || !sameValue(old.taints, device.taints, '[]resource.DeviceTaint'))
    validateTaints(objects(device.taints), at.child('taints'), errors);
  validateCounterSets(objects(device.consumesCounters), 'counterSet', 2, at.child('consumesCounters'), errors);
  if (ownPlace) {
    const words =
      'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    validatePlace(device, ['allNodes'], at, 'must not be empty', errors, { none: words, more: words });
  } else if (given(device.nodeName) || given(device.nodeSelector) || given(device.allNodes))
    errors.push(
      invalid(
        at,
        null,
        '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
      ),
    );
  validateBindings(device, at, errors);
}

const longestKey = 96;

/** A key as paths show it: one that is too long loses its middle. */
function shortened(key: string): string {
  return byteLength(key) <= longestKey ? key : `${key.slice(0, longestKey / 2 - 1)}...${key.slice(2 - longestKey / 2)}`;
}

function valuesIn(attribute: JsonObject): number {
  return lists.reduce((sum, list) => sum + size(attribute[list]), 0);
}

function validateAttribute(attribute: JsonObject, at: Path, errors: FieldError[]): void {
  const fields = ['bool', 'int', 'string', 'version', ...lists].filter((field) => given(attribute[field]));
  const check = (value: string, own: Path, isVersion: boolean) => {
    if (isVersion && !semver.test(value)) errors.push(invalid(own, value, 'must be a string compatible with semver.org spec 2.0.0'));
    if (byteLength(value) > maxValue) errors.push(tooLong(own, maxValue));
  };
  for (const field of ['string', 'version'])
    if (given(attribute[field])) check(text(attribute[field]), at.child(field), field === 'version');
  for (const field of lists)
    if (given(attribute[field]) && size(attribute[field]) === 0)
      errors.push(invalid(at.child(field), attribute[field], 'must not be empty if specified'));
  for (const field of ['strings', 'versions'])
    for (const [position, value] of texts(attribute[field]).entries()) check(value, at.child(field).index(position), field === 'versions');
  if (fields.length === 0) errors.push(invalid(at, '', 'exactly one value must be specified'));
  else if (fields.length > 1)
    errors.push(invalid(at, asInternal(attribute as Json, 'resource.DeviceAttribute'), 'exactly one value must be specified'));
}

function validateTaints(taints: readonly JsonObject[], at: Path, errors: FieldError[]): void {
  if (!withinLimit(taints.length, 16, at, errors)) return;
  for (const [position, taint] of taints.entries()) validateTaint(taint, at.index(position), errors);
}

/** One taint; an effect that was there before is not looked at. */
export function validateTaint(taint: JsonObject, at: Path, errors: FieldError[], oldEffect?: string): void {
  const [value, effect] = [text(taint.value), text(taint.effect)];
  validateLabelName(text(taint.key), at.child('key'), errors);
  if (value !== '') complain(value, labelValue(value), at.child('value'), errors);
  if (oldEffect === effect) return;
  if (effect === '') errors.push(required(at.child('effect')));
  else if (!taintEffects.includes(effect)) errors.push(notSupported(at.child('effect'), effect, taintEffects));
}

/** Sets of counters, and what a device takes from them. */
function validateCounterSets(sets: readonly JsonObject[], nameField: string, maximum: number, at: Path, errors: FieldError[]): void {
  if (!withinLimit(sets.length, maximum, at, errors)) return;
  for (const [position, set] of sets.entries()) {
    const own = at.index(position);
    const name = text(set[nameField]);
    const counters = Object.keys(struct(set.counters));
    if (name === '') errors.push(required(own.child(nameField)));
    else complain(name, dnsLabel(name), own.child(nameField), errors);
    if (counters.length === 0) errors.push(required(own.child('counters')));
    else if (withinLimit(counters.length, 32, own.child('counters'), errors))
      for (const counter of counters) complain(counter, dnsLabel(counter), own.child('counters'), errors);
  }
  refuseDuplicates(
    sets.map((set) => text(set[nameField])),
    at,
    errors,
  );
}

export const resourceSlice: Validator = {
  create: (slice) => {
    const errors: FieldError[] = [];
    validateMetadata(slice, { namespaced: false, name: dnsSubdomain }, errors);
    validateSpec(struct(slice.spec), errors);
    return errors;
  },
  update: (slice, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(slice, old, errors);
    validateSpec(struct(slice.spec), errors, struct(old.spec));
    return errors;
  },
  warnings: (slice) => {
    const driver = text(struct(slice.spec).driver);
    if (driver === driver.toLowerCase()) return [];
    return [`spec.driver: driver names should be lowercase; ${goQuote(driver)} contains uppercase characters`];
  },
};
