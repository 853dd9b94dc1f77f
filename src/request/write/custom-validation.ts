// Validation of a custom resource before it is stored: metadata, schema, embedded resources, lists, then CEL rules, which are not run on an
// object whose form is already wrong (apiextensions-apiserver/pkg/registry/customresource, 1.36).

import type { Schema } from '../../kube/schema/schema.ts';
import { runtimeBudget } from '../../languages/cel/cost.ts';
import { compileSchema, type Validator, validate } from '../../languages/cel/crd/validate.ts';
import type { Environment } from '../../languages/cel/environment.ts';
import { kubernetesEnvironment } from '../../languages/cel/kubernetes.ts';
import { asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import { embeddedErrors } from '../custom/embedded.ts';
import { listErrors } from '../custom/lists.ts';
import { ratcheted } from '../custom/ratchet.ts';
import { scaleErrors } from '../custom/scale.ts';
import { schemaErrors } from '../custom/values.ts';
import { type FieldError, type FieldErrorType, invalid } from '../fields/error.ts';
import type { CustomType } from '../target.ts';
import { dnsSubdomain } from '../validate/meta/names.ts';
import { validateMetadata } from '../validate/meta/object-meta.ts';

const blocking: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/** Errors of a new custom resource, or of an update where the object before it is given. */
export function customErrors(
  object: JsonObject,
  type: CustomType,
  { serving, target, warnings }: Attributes,
  old?: JsonObject,
): readonly FieldError[] {
  const { source } = type;
  const { schema } = type.version;
  const errors: FieldError[] = [];
  if (asString(object.kind) !== target.kind) errors.push(invalid('kind', object.kind, `must be ${target.kind}`));
  if (asString(object.apiVersion) !== target.apiVersion)
    errors.push(invalid('apiVersion', object.apiVersion, `must be ${target.apiVersion}`));
  const isStatus = target.subresource === 'status' && old !== undefined;
  if (errors.length === 0) {
    if (old === undefined) {
      const rules = { namespaced: target.namespaced, name: dnsSubdomain, standardFinalizers: false };
      validateMetadata(object, rules, errors);
    }
    errors.push(...(isStatus ? statusErrors(object, schema, source, old) : wholeErrors(object, schema, source, old)));
    errors.push(...scaleErrors(object, type, isStatus));
  }
  if (!isStatus) errors.push(...embeddedErrors(object as Json, schema));
  if (old === undefined || listErrors(old as Json, schema).length === 0) errors.push(...listErrors(object as Json, schema));
  const compiledRules = rulesOf(type, serving.server.release.minor);
  if (compiledRules === undefined) return errors;
  if (errors.some((error) => blocking.has(error.type))) {
    const why = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
    return [...errors, invalid('<nil>', null, why)];
  }
  const input = {
    value: object as Json,
    ...(old === undefined ? {} : { old: old as Json, ratchet: true }),
    path: '',
    budget: runtimeBudget,
  };
  const judged = validate(compiledRules, input);
  warnings.push(...judged.warnings.map((each) => each.replace(/^\./, '')));
  for (const error of judged.errors) {
    const at = error.field.replace(/^\./, '');
    errors.push({
      type: error.type,
      field: at === '' ? '<nil>' : at,
      detail: error.type === 'FieldValueDuplicate' ? '' : error.detail,
      ...(error.value === undefined || error.type === 'FieldValueRequired' || error.type === 'FieldValueForbidden'
        ? {}
        : { value: typeof error.value === 'bigint' ? String(error.value) : JSON.stringify(error.value) }),
    });
  }
  return errors;
}

function wholeErrors(object: JsonObject, schema: Schema, source: JsonObject, old: JsonObject | undefined): readonly FieldError[] {
  const found = schemaErrors(object as Json, schema);
  return old === undefined ? found : ratcheted(found, object as Json, old as Json, source);
}

/** Of a status that is written alone nothing else is held against the schema; the words of errors begin in it. */
function statusErrors({ status }: JsonObject, schema: Schema, source: JsonObject, old: JsonObject): readonly FieldError[] {
  const known = schema.properties?.get('status');
  if (status === undefined || known === undefined) return [];
  const found = ratcheted(schemaErrors(status, known), status, old.status ?? null, asObject(dig(source, 'properties', 'status')));
  return found.map((error) => ({ ...error, field: error.field === '<nil>' ? 'status' : `status.${error.field}` }));
}

const compiled = new WeakMap<CustomType, Map<string, Validator | undefined>>();

function rulesOf(type: CustomType, release: string): Validator | undefined {
  let known = compiled.get(type);
  if (known === undefined) {
    known = new Map();
    compiled.set(type, known);
  }
  if (!known.has(release)) known.set(release, compileSchema(type.source, true, environmentOf(release)));
  return known.get(release);
}

function environmentOf(release: string): Environment {
  return kubernetesEnvironment(Number(release.split('.')[1] ?? ''));
}

/** Warnings of finalizers that are no qualified names. */
export function finalizerWarnings(object: JsonObject): readonly string[] {
  const finalizers = field(object.metadata, 'finalizers');
  if (!Array.isArray(finalizers)) return [];
  const texts = [...new Set(finalizers.filter((each) => typeof each === 'string'))].sort();
  return texts.flatMap((finalizer) => {
    if (finalizer.includes('/') || standard.has(finalizer)) return [];
    const including = finalizer.includes('.') ? ' including a path (/)' : '';
    return [
      `metadata.finalizers: ${JSON.stringify(finalizer)}: prefer a domain-qualified finalizer name${including} to avoid accidental conflicts with other finalizer writers`,
    ];
  });
}

const standard = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);
