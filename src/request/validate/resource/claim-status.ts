// The status of a ResourceClaim (kubernetes pkg/apis/resource/validation, 1.36): who uses it, what was allocated, and what drivers report of
// the devices (KEP-4817).

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong, tooMany } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { validateInterfaceAddress } from '../meta/address.ts';
import { validateConditions } from '../meta/conditions.ts';
import { validateImmutable } from '../numbers.ts';
import { validateNodeSelector } from '../pod/node-selector.ts';
import { validateCsiDriverName } from '../pod/volume-sources.ts';
import { byteLength, given, metadataOf, object, objects, size, struct, text, texts } from '../read.ts';
import { refuseDuplicates, validateBindings, validateConfiguration, validateParameters, validatePoolName, withinLimit } from './devices.ts';
import { requestNames, validateName, validateRequestRef, validateRequestRefs } from './request-names.ts';

const maxEntries = 32;

/** Errors of the status of a claim, as its own subresource writes it. */
export function validateStatus(claim: JsonObject, old: JsonObject, errors: FieldError[]): void {
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
  validateDevices(objects(status.devices), struct(allocation?.devices), path.child('devices'), errors);
  if (allocation === undefined) return;
  if (given(before.allocation)) {
    const shown = asInternal(status.allocation, '*resource.AllocationResult');
    validateImmutable(status.allocation, before.allocation, path.child('allocation'), errors, shown, '*resource.AllocationResult');
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
      validateShareId(result, at, errors);
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

/** The device that an entry is about. */
function deviceOf(entry: JsonObject): JsonObject {
  return { Driver: text(entry.driver), Pool: text(entry.pool), Device: text(entry.device), ShareID: text(entry.shareID) };
}

function nameOf(entry: JsonObject): string {
  return Object.values(deviceOf(entry))
    .filter((part, index) => index < 3 || part !== '')
    .join('/');
}

function validateDevices(devices: readonly JsonObject[], allocated: JsonObject, path: Path, errors: FieldError[]): void {
  const known = new Set(objects(allocated.results).map(nameOf));
  const seen = new Set<string>();
  for (const [position, device] of devices.entries()) {
    const at = path.index(position);
    validateCsiDriverName(text(device.driver), at.child('driver'), errors);
    validatePoolName(text(device.pool), at.child('pool'), errors);
    validateName(text(device.device), at.child('device'), errors);
    validateShareId(device, at, errors);
    if (!known.has(nameOf(device))) errors.push(invalid(at, deviceOf(device), 'must be an allocated device in the claim'));
    if (size(device.conditions) > 8) errors.push(tooMany(at.child('conditions'), size(device.conditions), 8));
    validateConditions(device.conditions, at.child('conditions'), errors);
    if (device.data !== undefined) validateParameters(device.data, at.child('data'), errors);
    validateNetwork(object(device.networkData), at.child('networkData'), errors);
  }
  for (const [position, device] of devices.entries()) {
    if (seen.has(nameOf(device))) errors.push(duplicate(path.index(position), deviceOf(device)));
    seen.add(nameOf(device));
  }
}

function validateNetwork(network: JsonObject | undefined, path: Path, errors: FieldError[]): void {
  if (network === undefined) return;
  for (const [field, longest] of [
    ['interfaceName', 256],
    ['hardwareAddress', 128],
  ] as const)
    if (byteLength(text(network[field])) > longest) errors.push(tooLong(path.child(field), longest));
  const addresses = texts(network.ips);
  if (!withinLimit(addresses.length, 16, path.child('ips'), errors)) return;
  for (const [position, address] of addresses.entries()) validateInterfaceAddress(address, path.child('ips').index(position), errors);
  refuseDuplicates(addresses, path.child('ips'), errors);
}

const uuidForms = [
  /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  /^urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/i,
  /^.[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}.$/,
  /^[0-9a-fA-F]{32}$/,
] as const;

/** What Go's uuid package finds wrong with a text. */
function uuidProblem(value: string): string | undefined {
  const form = { 36: uuidForms[0], 45: uuidForms[1], 38: uuidForms[2], 32: uuidForms[3] }[byteLength(value)];
  if (form === undefined) return `invalid UUID length: ${byteLength(value)}`;
  if (form === uuidForms[1] && !/^urn:uuid:/i.test(value)) return `invalid urn prefix: ${JSON.stringify(value.slice(0, 9))}`;
  if (form === uuidForms[2] && !/^\{.*\}$/.test(value)) return 'invalid bracketed UUID format';
  return form.test(value) ? undefined : 'invalid UUID format';
}

function validateShareId(entry: JsonObject, path: Path, errors: FieldError[]): void {
  if (!given(entry.shareID)) return;
  const own = text(entry.shareID);
  const wrong = uuidProblem(own);
  const normal = 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters';
  if (wrong !== undefined) errors.push(invalid(path.child('shareID'), own, `error validating uid: ${wrong}`));
  else if (own.length !== 36 || own !== own.toLowerCase()) errors.push(invalid(path.child('shareID'), own, normal));
}
