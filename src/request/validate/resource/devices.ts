// What claims, classes and slices of devices share: names, selectors in CEL, configuration, tolerations
// (kubernetes pkg/apis/resource/validation, 1.36). What an expression may cost is not looked at.

import { extend } from '../../../languages/cel/environment.ts';
import { kubernetesEnvironment } from '../../../languages/cel/kubernetes.ts';
import { types } from '../../../languages/cel/type.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { compileExpression } from '../../../policy/cel/expression.ts';
import { duplicate, type FieldError, invalid, notSupported, required, tooLong, tooMany } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain, validateLabelName } from '../meta/labels.ts';
import { dnsSubdomain, labelValue } from '../meta/names.ts';
import { validateCsiDriverName } from '../pod/volume-sources.ts';
import { byteLength, object, objects, text, texts } from '../read.ts';

const maxExpression = 10 * 1024;
const maxParameters = 10 * 1024;
const maxNames = 32;
const maxIdentifier = 32;
export const taintEffects: readonly string[] = ['NoExecute', 'NoSchedule', 'None'];

/** True where a list is short enough to be looked at. */
export function withinLimit(length: number, maximum: number, path: Path, errors: FieldError[]): boolean {
  if (length > maximum) errors.push(tooMany(path, length, maximum));
  return length <= maximum;
}

export function refuseDuplicates(keys: readonly string[], path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, key] of keys.entries()) {
    if (seen.has(key)) errors.push(duplicate(path.index(position), key));
    seen.add(key);
  }
}

export function validateSelectors(value: Json | undefined, version: string, path: Path, errors: FieldError[]): void {
  const selectors = objects(value);
  if (!withinLimit(selectors.length, 32, path, errors)) return;
  for (const [position, selector] of selectors.entries()) {
    const at = path.index(position).child('cel');
    const cel = object(selector.cel);
    if (cel === undefined) errors.push(required(at));
    else validateExpression(text(cel.expression), version, at.child('expression'), errors);
  }
}

function validateExpression(source: string, version: string, path: Path, errors: FieldError[]): void {
  if (byteLength(source) > maxExpression) {
    errors.push(tooLong(path, maxExpression));
    return;
  }
  const minor = Number(version.split('.')[1] ?? '');
  const environment = extend(kubernetesEnvironment(minor), { variables: { device: types.dyn } });
  const { error } = compileExpression(source, environment, [types.bool, types.dyn]);
  if (error === undefined) return;
  const typed = /^must evaluate to .* but got (.*)$/s.exec(error)?.[1];
  errors.push(invalid(path, source, typed === undefined ? error : `must evaluate to bool or the unknown type, not ${typed}`));
}

/** What is handed to a driver as it is. */
export function validateConfiguration(config: JsonObject, path: Path, errors: FieldError[]): void {
  const at = path.child('opaque');
  const opaque = object(config.opaque);
  if (opaque === undefined) {
    errors.push(required(at));
    return;
  }
  validateCsiDriverName(text(opaque.driver), at.child('driver'), errors);
  validateParameters(opaque.parameters, at.child('parameters'), errors);
}

/** An object of a driver's own. */
export function validateParameters(parameters: Json | undefined, path: Path, errors: FieldError[]): void {
  if (parameters === undefined || parameters === null) errors.push(required(path));
  else if (byteLength(JSON.stringify(parameters)) > maxParameters) errors.push(tooLong(path, maxParameters));
  else if (object(parameters) === undefined) errors.push(invalid(path, '<value omitted>', 'must be a valid JSON object'));
}

export function validateTolerations(value: Json | undefined, path: Path, errors: FieldError[]): void {
  for (const [position, toleration] of objects(value).entries()) {
    const at = path.index(position);
    const [key, own, effect] = [text(toleration.key), text(toleration.value), text(toleration.effect)];
    if (key !== '') validateLabelName(key, at.child('key'), errors);
    if (toleration.operator === 'Exists') {
      if (own !== '') errors.push(invalid(at.child('value'), own, 'must be empty for operator `Exists`'));
    } else if (toleration.operator === 'Equal') complain(own, labelValue(own), at.child('value'), errors);
    else if (text(toleration.operator) === '') errors.push(required(at.child('operator')));
    else errors.push(notSupported(at.child('operator'), toleration.operator, ['Equal', 'Exists']));
    if (effect !== '' && !taintEffects.includes(effect)) errors.push(notSupported(at.child('effect'), effect, taintEffects));
  }
}

/** `name` or `domain/name`. */
export function validateQualifiedName(name: string, path: Path, errors: FieldError[]): void {
  const parts = name.split('/');
  if (parts.length > 2) return;
  const [domain = '', own = ''] = parts.length === 2 ? parts : [undefined, name];
  if (parts.length === 2 && domain === '') errors.push(invalid(path, '', 'the domain must not be empty'));
  else if (parts.length === 2) validateCsiDriverName(domain, path, errors);
  if (parts.length === 2 && own === '') errors.push(invalid(path, '', 'the name must not be empty'));
  else validateIdentifier(own, path, errors);
}

function validateIdentifier(name: string, path: Path, errors: FieldError[]): void {
  if (byteLength(name) > maxIdentifier) errors.push(tooLong(path, maxIdentifier));
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  const words = "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  errors.push(
    invalid(path, name, `${words} (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')`),
  );
}

export function validateFullyQualifiedName(name: string, path: Path, errors: FieldError[]): void {
  validateQualifiedName(name, path, errors);
  if (!name.includes('/')) errors.push(invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash'));
}

export function validateBindings(holder: JsonObject, path: Path, errors: FieldError[]): void {
  const [conditions, failures] = [texts(holder.bindingConditions), texts(holder.bindingFailureConditions)];
  const [at, failuresAt] = [path.child('bindingConditions'), path.child('bindingFailureConditions')];
  for (const [names, where] of [
    [conditions, at],
    [failures, failuresAt],
  ] as const)
    if (withinLimit(names.length, 4, where, errors))
      for (const [position, name] of names.entries()) validateLabelName(name, where.index(position), errors);
  refuseDuplicates(conditions, at, errors);
  refuseDuplicates(failures, failuresAt, errors);
  for (const [position, name] of failures.entries())
    if (conditions.includes(name))
      errors.push(invalid(failuresAt.index(position), name, 'bindingFailureConditions must not overlap with bindingConditions'));
  if (conditions.length === 0 && failures.length > 0)
    errors.push(invalid(at, holder.bindingConditions, 'bindingConditions are required to use bindingFailureConditions'));
  if (failures.length === 0 && conditions.length > 0)
    errors.push(invalid(failuresAt, holder.bindingFailureConditions, 'bindingFailureConditions are required to use bindingConditions'));
}

export function validatePoolName(name: string, path: Path, errors: FieldError[]): void {
  if (name === '') {
    errors.push(required(path));
    return;
  }
  if (byteLength(name) > 253) errors.push(tooLong(path, 253));
  for (const part of name.split('/')) complain(part, dnsSubdomain(part), path, errors);
}

/** Names of requests in lists of at most 32, each looked at, none twice. */
export function validateNameList(
  names: readonly string[],
  path: Path,
  errors: FieldError[],
  check: (name: string, path: Path) => void,
): void {
  if (!withinLimit(names.length, maxNames, path, errors)) return;
  for (const [position, name] of names.entries()) check(name, path.index(position));
  refuseDuplicates(names, path, errors);
}
