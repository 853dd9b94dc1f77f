// DeviceTaintRules, which taint devices that they choose (KEP-5055), and ResourcePoolStatusRequests, which ask how pools stand (KEP-5677; kubernetes
// pkg/apis/resource/validation and the declarative rules of v1alpha3, 1.36). Both are off by default.

import { type JsonObject, sameJson } from '../../../lib/json.ts';
import { type FieldError, invalid, required, tooLong, tooMany } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { validateConditions } from '../meta/conditions.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, longName } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateCsiDriverName } from '../pod/volume-sources.ts';
import { byteLength, count, given, number, object, objects, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { validatePoolName } from './devices.ts';
import { validateName } from './request-names.ts';
import { validateTaint } from './slice.ts';

const path = fieldPath('spec');
const maxConditions = 8;

function validateRule(rule: JsonObject, errors: FieldError[], oldEffect?: string): void {
  const spec = struct(rule.spec);
  const selector = struct(spec.deviceSelector);
  const at = path.child('deviceSelector');
  if (given(selector.driver)) validateCsiDriverName(text(selector.driver), at.child('driver'), errors);
  if (given(selector.pool)) validatePoolName(text(selector.pool), at.child('pool'), errors);
  if (given(selector.device)) validateName(text(selector.device), at.child('device'), errors);
  validateTaint(struct(spec.taint), path.child('taint'), errors, oldEffect);
}

export const deviceTaintRule: Validator = {
  create: (rule) => {
    const errors: FieldError[] = [];
    validateMetadata(rule, { namespaced: false, name: dnsSubdomain }, errors);
    validateRule(rule, errors);
    return errors;
  },
  update: (rule, old, _context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(rule, old, errors);
    if (subresource === '') {
      validateRule(rule, errors, text(struct(struct(old.spec).taint).effect));
      return errors;
    }
    const { conditions } = struct(rule.status);
    const at = fieldPath('status', 'conditions');
    validateConditions(conditions, at, errors);
    const found = objects(conditions).length;
    if (found > maxConditions) errors.push(tooMany(at, found, maxConditions));
    return errors;
  },
};

const least: Readonly<Record<string, number>> = {
  resourceSliceCount: 1,
  totalDevices: 0,
  allocatedDevices: 0,
  availableDevices: 0,
  unavailableDevices: 0,
};

function driverName(name: string, at: Path, errors: FieldError[]): void {
  if (name === '') errors.push(required(at));
  else complain(name, longName(name.toLowerCase()).map(caseless), at, errors);
}

/** The complaint where capitals are taken too. */
function caseless(complaint: string): string {
  return complaint
    .replace('a lowercase RFC 1123 subdomain must consist of lower case alphanumeric', 'an RFC 1123 subdomain must consist of alphanumeric')
    .replace("'example.com'", "'Example.com'");
}

/** A pool's name as the declarative rules judge it: part by part. */
function poolName(name: string, at: Path, errors: FieldError[]): void {
  if (byteLength(name) > 253) errors.push(tooLong(at, 253));
  for (const [position, part] of name.split('/').entries())
    if (part === '') errors.push(invalid(at, name, `segment ${position}: must not be empty`));
    else for (const words of longName(part)) errors.push(invalid(at, part, `segment ${position}: ${words}`));
}

function atLeast(value: number | undefined, low: number, at: Path, errors: FieldError[]): void {
  if (value !== undefined && value < low) errors.push(invalid(at, value, `must be greater than or equal to ${low}`));
}

function validateQuestion(request: JsonObject, errors: FieldError[]): void {
  const spec = struct(request.spec);
  const limit = number(spec.limit);
  driverName(text(spec.driver), path.child('driver'), errors);
  if (given(spec.poolName)) poolName(text(spec.poolName), path.child('poolName'), errors);
  if (limit === undefined) errors.push(required(path.child('limit')));
  else if (limit > 1000) errors.push(invalid(path.child('limit'), limit, 'must be less than or equal to 1000'));
  else atLeast(limit, 1, path.child('limit'), errors);
}

function validatePool(pool: JsonObject, at: Path, errors: FieldError[]): void {
  driverName(text(pool.driver), at.child('driver'), errors);
  if (text(pool.poolName) === '') errors.push(required(at.child('poolName')));
  else poolName(text(pool.poolName), at.child('poolName'), errors);
  if (count(pool.generation) === 0) errors.push(required(at.child('generation')));
  else atLeast(count(pool.generation), 0, at.child('generation'), errors);
  for (const [field, low] of Object.entries(least)) atLeast(number(pool[field]), low, at.child(field), errors);
  if (given(pool.nodeName)) complain(text(pool.nodeName), longName(text(pool.nodeName)), at.child('nodeName'), errors);
  if (byteLength(text(pool.validationError)) > 256)
    errors.push({ type: 'FieldValueTooLong', field: String(at.child('validationError')), detail: 'may not be more than 256 bytes' });
}

function validateAnswer(request: JsonObject, errors: FieldError[]): void {
  const status = object(request.status);
  if (status === undefined) return;
  const at = fieldPath('status');
  const pools = objects(status.pools);
  const conditions = objects(status.conditions);
  if (!given(status.poolCount)) errors.push(required(at.child('poolCount')));
  else atLeast(number(status.poolCount), 0, at.child('poolCount'), errors);
  if (pools.length > 1000) errors.push(tooMany(at.child('pools'), pools.length, 1000));
  else for (const [position, pool] of pools.entries()) validatePool(pool, at.child('pools').index(position), errors);
  if (conditions.length > 10) errors.push(tooMany(at.child('conditions'), conditions.length, 10));
  validateConditions(status.conditions, at.child('conditions'), errors);
}

export const resourcePoolStatusRequest: Validator = {
  create: (request) => {
    const errors: FieldError[] = [];
    validateMetadata(request, { namespaced: false, name: dnsSubdomain }, errors);
    validateQuestion(request, errors);
    return errors;
  },
  update: (request, old, _context, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(request, old, errors);
    const isSame = (key: string) => sameJson(request[key] ?? null, old[key] ?? null);
    if (subresource === 'status') {
      if (given(old.status) && !isSame('status')) errors.push(invalid('status', request.status ?? null, 'field is immutable'));
      else if (!isSame('status')) validateAnswer(request, errors);
    } else if (!isSame('spec')) errors.push(invalid(path, null, 'field is immutable'));
    return errors;
  },
};
