// Environment variables of containers and where their values come from (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { asPrefix, configKey, dnsLabel, dnsSubdomain, environmentVariableName } from '../meta/names.ts';
import { object, objects, text } from '../read.ts';
import { environmentFields, validateFieldRef, validateResourceFieldRef } from './field-refs.ts';
import { checks, type PodOptions } from './options.ts';
import { validateNoBacksteps } from './paths.ts';

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function validateEnvironment(container: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const relaxed = checks(options, 'RelaxedEnvironmentVariableValidation');
  const variables = objects(container.env);
  for (let position = 0; position < variables.length; position++) {
    const variable = variables[position] ?? {};
    const name = text(variable.name);
    const from = object(variable.valueFrom);
    if (name !== '' && from === undefined && plainName.test(name)) continue;
    const at = path.child('env').index(position);
    if (name === '') errors.push(required(at.child('name')));
    else complain(name, environmentVariableName(name, relaxed), at.child('name'), errors);
    if (from !== undefined) validateValueFrom(from, text(variable.value), at.child('valueFrom'), errors, options);
  }
  const sets = objects(container.envFrom);
  for (const [position, each] of sets.entries()) validateEnvironmentFrom(each, path.child('envFrom'), position, errors, relaxed);
}

function validateValueFrom(from: JsonObject, value: string, path: Path, errors: FieldError[], options: PodOptions): void {
  let found = 0;
  const fieldRef = object(from.fieldRef);
  if (fieldRef !== undefined) {
    found++;
    validateFieldRef(fieldRef, environmentFields, path.child('fieldRef'), errors);
  }
  const resourceRef = object(from.resourceFieldRef);
  if (resourceRef !== undefined) {
    found++;
    validateResourceFieldRef(resourceRef, path.child('resourceFieldRef'), errors, false);
  }
  for (const field of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = object(from[field]);
    if (reference === undefined) continue;
    found++;
    complain(text(reference.name), dnsSubdomain(text(reference.name)), path.child(field, 'name'), errors);
    validateKey(text(reference.key), path.child(field, 'key'), errors);
  }
  const file = object(from.fileKeyRef);
  if (file !== undefined) {
    found++;
    validateFileKey(file, path.child('fileKeyRef'), errors);
  }
  const kinds = checks(options, 'EnvFiles')
    ? '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    : '`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
  if (found === 0) errors.push(invalid(path, '', `must specify one of: ${kinds}`));
  else if (value !== '') errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (found > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
}

function validateKey(key: string, path: Path, errors: FieldError[]): void {
  if (key === '') errors.push(required(path));
  else complain(key, configKey(key), path, errors);
}

function validateFileKey(file: JsonObject, path: Path, errors: FieldError[]): void {
  const key = text(file.key);
  if (key === '') errors.push(required(path.child('key')));
  else complain(key, environmentVariableName(key, true), path.child('key'), errors);
  const volume = text(file.volumeName);
  if (volume === '') errors.push(required(path.child('volumeName')));
  else complain(volume, dnsLabel(volume), path.child('volumeName'), errors);
  if (text(file.path) === '') errors.push(required(path.child('path')));
  else validateNoBacksteps(text(file.path), path.child('path'), errors);
}

function validateEnvironmentFrom(each: JsonObject, path: Path, position: number, errors: FieldError[], relaxed: boolean): void {
  const at = path.index(position);
  const prefix = text(each.prefix);
  if (prefix !== '') complain(prefix, environmentVariableName(prefix, relaxed), at.child('prefix'), errors);
  let found = 0;
  for (const field of ['configMapRef', 'secretRef'] as const) {
    const reference = object(each[field]);
    if (reference === undefined) continue;
    found++;
    const name = text(reference.name);
    if (name === '') errors.push(required(at.child(field, 'name')));
    else complain(name, dnsSubdomain(asPrefix(name)), at.child(field, 'name'), errors);
  }
  if (found === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
  else if (found > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
}
