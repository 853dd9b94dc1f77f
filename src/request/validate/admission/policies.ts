// ValidatingAdmissionPolicy and MutatingAdmissionPolicy (kubernetes pkg/apis/admissionregistration/validation, 1.36): their expressions must
// compile, with the types their places want.

import { isReserved } from '../../../languages/cel/crd/escape.ts';
import type { Environment } from '../../../languages/cel/environment.ts';
import { listOf, type Type, types } from '../../../languages/cel/type.ts';
import { type JsonObject, sameJson } from '../../../lib/json.ts';
import { jsonPatchObject, mutationObject, withVariables } from '../../../policy/cel/environment.ts';
import { compileVariables } from '../../../policy/cel/variables.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { validateConditions } from '../meta/conditions.ts';
import { complain } from '../meta/labels.ts';
import { dnsSubdomain, qualifiedName } from '../meta/names.ts';
import { validateMetadata } from '../meta/object-meta.ts';
import { byteLength, given, metadataOf, objects, struct, text, texts } from '../read.ts';
import type { ValidationContext, Validator } from '../validator.ts';
import {
  type Expressions,
  environmentFor,
  failurePolicies,
  requireOneOf,
  validateExpression,
  validateMatchConditions,
  validateMatchResources,
} from './match.ts';
import { validateParamKind } from './params.ts';

const spec = fieldPath('spec');
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const patchTypes = ['ApplyConfiguration', 'JSONPatch'];
const reinvocationPolicies = ['IfNeeded', 'Never'];
/** A mutation of what is deleted would be lost. */
const mutatingOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const mostAnnotations = 20;
const longestValueExpression = 5 * 1024;

type Rules = (policy: JsonObject, expressions: Expressions, errors: FieldError[]) => void;

function policyKind(rules: Rules): Validator {
  const validate = (object: JsonObject, old: JsonObject | undefined, context: ValidationContext): readonly FieldError[] => {
    const errors: FieldError[] = [];
    validateMetadata(object, { namespaced: false, name: dnsSubdomain, standardFinalizers: false }, errors);
    const now = struct(object.spec);
    const before = struct(old?.spec);
    const expressions: Expressions = {
      minor: Number(context.version.slice(2)),
      params: given(now.paramKind),
      stored: new Set(expressionsIn(before)),
    };
    requireOneOf(now.failurePolicy, failurePolicies, spec.child('failurePolicy'), errors);
    validateParamKind(now.paramKind, spec.child('paramKind'), errors);
    const match = spec.child('matchConstraints');
    if (!given(now.matchConstraints)) errors.push(required(match));
    else {
      validateMatchResources(now.matchConstraints, match, errors);
      if (objects(struct(now.matchConstraints).resourceRules).length === 0) errors.push(required(match.child('resourceRules')));
    }
    const untouched =
      old !== undefined &&
      sameJson(now.paramKind ?? null, before.paramKind ?? null) &&
      sameJson(now.matchConditions ?? [], before.matchConditions ?? []);
    if (!untouched) validateMatchConditions(objects(now.matchConditions), expressions, spec.child('matchConditions'), errors);
    rules({ ...now, name: text(metadataOf(object).name) }, expressions, errors);
    return errors;
  };
  return {
    create: (object, context) => validate(object, undefined, context),
    update: (object, old, context, subresource) => (subresource === '' ? validate(object, old, context) : statusErrors(object)),
  };
}

/** What a controller reports of a policy: warnings of its expressions, and conditions. */
function statusErrors(policy: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const at = fieldPath('status');
  const status = struct(policy.status);
  for (const [index, warning] of objects(struct(status.typeChecking).expressionWarnings).entries()) {
    const own = at.child('typeChecking', 'expressionWarnings').index(index);
    for (const field of ['warning', 'fieldRef']) if (text(warning[field]) === '') errors.push(required(own.child(field)));
  }
  validateConditions(status.conditions, at.child('conditions'), errors);
  return errors;
}

/** Every expression of a stored policy. */
function expressionsIn(policy: JsonObject): readonly string[] {
  const found: string[] = [];
  for (const condition of objects(policy.matchConditions)) found.push(text(condition.expression));
  for (const validation of objects(policy.validations)) found.push(text(validation.expression), text(validation.messageExpression));
  for (const annotation of objects(policy.auditAnnotations)) found.push(text(annotation.valueExpression));
  for (const { applyConfiguration, jsonPatch } of objects(policy.mutations))
    found.push(text(struct(applyConfiguration).expression), text(struct(jsonPatch).expression));
  return found.filter((source) => source !== '');
}

/** `variables`, and the environments in which what comes after them is compiled. */
function validateVariables(
  policy: JsonObject,
  expressions: Expressions,
  composed: boolean,
  errors: FieldError[],
): (source: string, authorizer: boolean, mutation?: boolean) => Environment {
  const at = spec.child('variables');
  const list = objects(policy.variables);
  const base = environmentFor({ ...expressions, stored: new Set() }, '', true);
  const said = list.filter((variable) => text(variable.expression).trim() !== '');
  const compiled = compileVariables(said, base);
  for (const [index, variable] of list.entries()) {
    const name = text(variable.name);
    const source = text(variable.expression);
    if (name.trim() === '') errors.push(required(at.index(index).child('name'), 'name is not specified'));
    else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || isReserved(name))
      errors.push(invalid(at.index(index).child('name'), name, 'must be a valid CEL identifier'));
    const error = compiled?.list[said.indexOf(variable)]?.error;
    if (source.trim() === '') errors.push(required(at.index(index).child('expression'), 'expression is not specified'));
    else if (error !== undefined) errors.push(invalid(at.index(index).child('expression'), source, error));
  }
  return (source, authorizer, mutation = false) => {
    const environment = environmentFor(expressions, source, authorizer, mutation);
    return composed || list.length > 0 ? withVariables(environment, compiled?.types ?? new Map()) : environment;
  };
}

type EnvironmentFor = ReturnType<typeof validateVariables>;

const validating: Rules = (policy, expressions, errors) => {
  const environment = validateVariables(policy, expressions, false, errors);
  const validations = objects(policy.validations);
  const annotations = objects(policy.auditAnnotations);
  if (validations.length === 0 && annotations.length === 0)
    for (const field of ['validations', 'auditAnnotations'])
      errors.push(required(spec.child(field), 'validations or auditAnnotations must contain at least one item'));
  for (const [index, validation] of validations.entries())
    validateValidation(validation, environment, spec.child('validations').index(index), errors);
  validateAnnotations(annotations, text(policy.name), environment, spec.child('auditAnnotations'), errors);
};

function validateValidation(validation: JsonObject, environment: EnvironmentFor, path: Path, errors: FieldError[]): void {
  const source = text(validation.expression);
  if (source.trim() === '') errors.push(required(path.child('expression'), 'expression is not specified'));
  else validateExpression(source, environment(source, true), [types.bool], path.child('expression'), errors);
  const message = text(validation.messageExpression);
  const nonEmpty = 'must be non-empty if specified';
  if (message !== '' && message.trim() === '') errors.push(invalid(path.child('messageExpression'), message, nonEmpty));
  else if (message !== '')
    validateExpression(message, environment(message, false), [types.string], path.child('messageExpression'), errors);
  const fixed = text(validation.message);
  if (fixed !== '' && fixed.trim() === '') errors.push(invalid(path.child('message'), fixed, nonEmpty));
  else if (/[\n\r]/.test(fixed.trim())) errors.push(invalid(path.child('message'), fixed, 'must not contain line breaks'));
  const reason = validation.reason;
  if (given(reason) && !reasons.includes(text(reason))) errors.push(notSupported(path.child('reason'), text(reason), reasons));
}

function validateAnnotations(
  annotations: readonly JsonObject[],
  policy: string,
  environment: EnvironmentFor,
  path: Path,
  errors: FieldError[],
): void {
  if (annotations.length > mostAnnotations)
    errors.push(invalid(path, annotations, `must not have more than ${mostAnnotations} auditAnnotations`));
  const keys = new Set<string>();
  for (const [index, annotation] of annotations.entries()) {
    const at = path.index(index);
    const key = text(annotation.key);
    if (policy === '') errors.push(invalid(at.child('key'), key, 'requires metadata.name be non-empty'));
    else complain(`${policy}/${key}`, qualifiedName(`${policy}/${key}`), at.child('key'), errors);
    const written = text(annotation.valueExpression);
    const source = written.trim();
    const value = at.child('valueExpression');
    if (source === '') errors.push(required(value, 'valueExpression is not specified'));
    else if (byteLength(source) > longestValueExpression)
      errors.push(required(value, `must not exceed ${longestValueExpression} bytes in length`));
    else validateExpression(source, environment(written, true), [types.string, types.null], value, errors, written);
    if (keys.has(key)) errors.push(duplicate(at.child('key'), key));
    keys.add(key);
  }
}

const mutating: Rules = (policy, expressions, errors) => {
  for (const rule of objects(struct(policy.matchConstraints).resourceRules))
    for (const operation of texts(rule.operations))
      if (!mutatingOperations.includes(operation))
        errors.push(notSupported(spec.child('matchConstraints', 'resourceRules', 'operations'), operation, mutatingOperations));
  const environment = validateVariables(policy, expressions, true, errors);
  const mutations = objects(policy.mutations);
  if (mutations.length === 0) errors.push(required(spec.child('mutations'), 'mutations must contain at least one item'));
  for (const [index, mutation] of mutations.entries())
    validateMutation(mutation, environment, spec.child('mutations').index(index), errors);
  const reinvocation = text(policy.reinvocationPolicy);
  const at = spec.child('reinvocationPolicy');
  if (reinvocation === '') errors.push(required(at));
  else if (!reinvocationPolicies.includes(reinvocation)) errors.push(notSupported(at, reinvocation, reinvocationPolicies));
};

const patches = {
  ApplyConfiguration: { field: 'applyConfiguration', other: 'jsonPatch', wanted: mutationObject },
  JSONPatch: { field: 'jsonPatch', other: 'applyConfiguration', wanted: listOf(jsonPatchObject) },
} as const satisfies Readonly<Record<string, { readonly field: string; readonly other: string; readonly wanted: Type }>>;

function validateMutation(mutation: JsonObject, environment: EnvironmentFor, path: Path, errors: FieldError[]): void {
  const type = text(mutation.patchType);
  if (type !== 'ApplyConfiguration' && type !== 'JSONPatch') {
    errors.push(type === '' ? required(path.child('patchType')) : notSupported(path.child('patchType'), type, patchTypes));
    return;
  }
  const { field, other, wanted } = patches[type];
  if (!given(mutation[field])) errors.push(required(path.child(field), `must be specified when patchType is ${type}`));
  else {
    const written = text(struct(mutation[field]).expression);
    const source = written.trim();
    if (source === '') errors.push(required(path.child(field, 'expression')));
    else validateExpression(source, environment(written, true, true), [wanted], path.child(field, 'expression'), errors);
  }
  if (given(mutation[other])) errors.push(invalid(path.child(other), `{${other}}`, `must not be specified when patchType is ${type}`));
}

export const validatingAdmissionPolicy = policyKind(validating);
export const mutatingAdmissionPolicy = policyKind(mutating);
