// Validation of a custom resource before it is stored: metadata, schema, embedded resources, lists, then CEL rules, which are not run on an
// object whose form is already wrong (apiextensions-apiserver/pkg/registry/customresource, 1.36).

import { runtimeBudget } from '../languages/cel/cost.ts';
import { compileSchema, type Validator, validate } from '../languages/cel/crd/validate.ts';
import type { Environment } from '../languages/cel/environment.ts';
import { kubernetesEnvironment } from '../languages/cel/kubernetes.ts';
import { asString, field, type Json, type JsonObject } from '../lib/json.ts';
import type { Attributes } from './admission/plugin.ts';
import { listErrors } from './custom/lists.ts';
import { schemaErrors } from './custom/values.ts';
import { type FieldError, type FieldErrorType, invalid } from './field-error.ts';
import type { CustomType } from './target.ts';

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
  { serving, target }: Attributes,
  old?: JsonObject,
): readonly FieldError[] {
  if (asString(object.kind) !== target.kind) return [invalid('kind', object.kind, `must be ${target.kind}`)];
  if (asString(object.apiVersion) !== target.apiVersion) return [invalid('apiVersion', object.apiVersion, `must be ${target.apiVersion}`)];
  const errors: FieldError[] = [];
  errors.push(...schemaErrors(object as Json, type.version.schema), ...listErrors(object as Json, type.version.schema));
  const rules = rulesOf(type, serving.server.release.minor);
  if (rules === undefined) return errors;
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
  for (const error of validate(rules, input).errors) {
    const at = error.field.replace(/^\./, '');
    errors.push({
      type: error.type,
      field: at === '' ? '<nil>' : at,
      detail: error.detail,
      ...(error.value === undefined || error.type === 'FieldValueRequired' || error.type === 'FieldValueForbidden'
        ? {}
        : { value: typeof error.value === 'bigint' ? String(error.value) : JSON.stringify(error.value) }),
    });
  }
  return errors;
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
