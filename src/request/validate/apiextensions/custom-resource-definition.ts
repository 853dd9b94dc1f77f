// CustomResourceDefinitions (k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation and pkg/registry/customresourcedefinition, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { dns1035Label, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { object, objects, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';
import { validateApproval } from './approval.ts';
import { validateConversion } from './conversion.ts';
import { type Definition, definitionOf, hasStatus, openApiSchema, schemasOf } from './definition.ts';
import { formatWarnings } from './formats.ts';
import { validateNames } from './names.ts';
import { createOptions, type DefinitionOptions, updateOptions } from './options.ts';
import { hasDefault, hasExtension, someSchema } from './schema-props.ts';
import { validateSelectableFields } from './selectable-fields.ts';
import { notStructural } from './structural.ts';
import { validateValidation } from './validation.ts';
import { validateColumn, validateDeprecation, validateSubresources } from './versions.ts';

const path = fieldPath('spec');
const scopes = ['Cluster', 'Namespaced'];

function validateSpec(definition: Definition, asked: DefinitionOptions, errors: FieldError[]): void {
  const { group, scope, names, versions, preservesUnknownFields, conversion, subresources } = definition;
  const complaints = dnsSubdomain(group);
  if (group === '') errors.push(required(path.child('group')));
  else if (complaints.length > 0) errors.push(invalid(path.child('group'), group, complaints.join(',')));
  else if (!group.includes('.')) errors.push(invalid(path.child('group'), group, 'should be a domain with at least one dot'));
  if (scope === '') errors.push(required(path.child('scope')));
  else if (!scopes.includes(scope)) errors.push(notSupported(path.child('scope'), scope, scopes));
  validateSchemasGiven(definition, asked, errors);
  const schemas = schemasOf(definition);
  const withDefaults = schemas.some((schema) => someSchema(schema, hasDefault));
  if (withDefaults && preservesUnknownFields)
    errors.push(invalid(path.child('preserveUnknownFields'), true, 'must be false in order to use defaults in the schema'));
  const structural =
    asked.structural || !preservesUnknownFields || withDefaults || schemas.some((schema) => someSchema(schema, hasExtension));
  const options = { ...asked, structural };
  for (const [index, version] of versions.entries()) validateVersion(version, definition, options, index, errors);
  validateVersions(definition, errors);
  for (const key of ['plural', 'singular', 'kind', 'listKind'])
    if (text(names[key]) === '') errors.push(required(path.child('names', key)));
  validateNames(names, path.child('names'), errors);
  const anyStatus = hasStatus(subresources) || versions.some((version) => hasStatus(version.subresources));
  validateValidation(definition.schema, anyStatus, costFree(options, definition.version), path.child('validation'), errors);
  validateSubresources(subresources, path.child('subresources'), errors);
  for (const [index, column] of definition.columns.entries())
    validateColumn(column, path.child('additionalPrinterColumns').index(index), errors);
  validateSelection(definition.selectableFields, definition.schema, '', options, errors);
  validateConversion(conversion, preservesUnknownFields, options, path.child('conversion'), errors);
}

/** A schema that did not change may cost what it cost before. */
function costFree(options: DefinitionOptions, version: string): DefinitionOptions {
  return options.unchanged.has(version) ? { ...options, rules: { ...options.rules, anyCost: true } } : options;
}

function validateSchemasGiven(
  { schema, versions, preservesUnknownFields }: Definition,
  { schemas }: DefinitionOptions,
  errors: FieldError[],
): void {
  if (openApiSchema(schema) !== undefined || (!schemas && preservesUnknownFields)) return;
  for (const [index, version] of versions.entries())
    if (openApiSchema(version.schema) === undefined && (schemas || version.served === true)) {
      const at = path.child('versions').index(index).child('schema', 'openAPIV3Schema');
      errors.push(required(at, schemas ? '' : 'because otherwise all fields are pruned'));
    }
}

function validateVersion(
  version: JsonObject,
  definition: Definition,
  options: DefinitionOptions,
  index: number,
  errors: FieldError[],
): void {
  const at = path.child('versions').index(index);
  const name = text(version.name);
  const complaints = dns1035Label(name);
  if (complaints.length > 0) errors.push(invalid(at.child('name'), name, complaints.join(',')));
  validateDeprecation(version, at, errors);
  const ofVersion = definition.versions.some((each) => object(each.subresources) !== undefined);
  const status = hasStatus(
    ofVersion ? definition.versions.find((each) => each.name === version.name)?.subresources : definition.subresources,
  );
  validateValidation(object(version.schema), status, costFree(options, name), at.child('schema'), errors);
  validateSubresources(object(version.subresources), at.child('subresources'), errors);
  for (const [column, each] of objects(version.additionalPrinterColumns).entries())
    validateColumn(each, at.child('additionalPrinterColumns').index(column), errors);
  const fields = objects(version.selectableFields);
  if (fields.length === 0) return;
  const schema = openApiSchema(version.schema);
  if (schema === undefined) {
    const why = 'may only be set when `version.schema.openAPIV3Schema` is not included';
    errors.push(invalid(at.child('selectableFields'), '', why));
    return;
  }
  const why = notStructural(schema);
  if (why !== undefined) errors.push(invalid(at.child('schema.openAPIV3Schema'), '', why));
  validateSelectableFields(
    fields,
    why === undefined ? schema : {},
    options.manySelectableFields.has(name),
    at.child('selectableFields'),
    errors,
  );
}

function validateSelection(
  fields: readonly JsonObject[],
  validation: JsonObject | undefined,
  name: string,
  options: DefinitionOptions,
  errors: FieldError[],
): void {
  if (fields.length === 0) return;
  const at = path.child('selectableFields');
  if (validation === undefined) {
    errors.push(invalid(at, '', 'may only be set when validations.schema is included'));
    return;
  }
  const schema = openApiSchema(validation) ?? {};
  const why = notStructural(schema);
  if (why !== undefined) errors.push(invalid(path.child('schema.openAPIV3Schema'), '', why));
  validateSelectableFields(fields, why === undefined ? schema : {}, options.manySelectableFields.has(name), at, errors);
}

function validateVersions({ versions, version, shown }: Definition, errors: FieldError[]): void {
  const refuse = (why: string) => errors.push(invalid(path.child('versions'), shown(), why));
  if (new Set(versions.map(({ name }) => text(name))).size < versions.length) refuse('must contain unique version names');
  if (versions.filter(({ storage }) => storage === true).length !== 1) refuse('must have exactly one version marked as storage version');
  const complaints = version === '' ? [] : dns1035Label(version);
  if (complaints.length > 0) errors.push(invalid(path.child('version'), version, complaints.join(',')));
}

function validateStoredVersions(crd: JsonObject, { versions }: Definition, errors: FieldError[]): void {
  const at = fieldPath('status', 'storedVersions');
  const stored = texts(struct(crd.status).storedVersions);
  if (stored.length === 0) {
    errors.push(invalid(at, null, 'must have at least one stored version'));
    return;
  }
  for (const { name, storage } of versions)
    if (storage === true && !stored.includes(text(name))) errors.push(invalid(at, stored, `must have the storage version ${text(name)}`));
  for (const [index, name] of stored.entries()) {
    if (versions.some((version) => text(version.name) === name) || stored.lastIndexOf(name) > index) continue;
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(at.index(index), name, why));
  }
}

/** What the rest of the object must be. */
function validateRest(crd: JsonObject, old: JsonObject | undefined, definition: Definition, errors: FieldError[]): void {
  validateStatus(crd, errors);
  validateStoredVersions(crd, definition, errors);
  validateApproval(crd, old, definition.group, errors);
  if (definition.preservesUnknownFields && struct(old?.spec).preserveUnknownFields !== true) {
    const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    errors.push(invalid(path.child('preserveUnknownFields'), true, why));
  }
}

function validateStatus(crd: JsonObject, errors: FieldError[]): void {
  validateNames(struct(struct(crd.status).acceptedNames), fieldPath('status', 'acceptedNames'), errors);
}

function validateImmutable(now: Definition, old: Definition, names: boolean, errors: FieldError[]): void {
  const same = (value: string, before: string, first: string, ...rest: readonly string[]) => {
    if (value !== before) errors.push(invalid(path.child(first, ...rest), value, 'field is immutable'));
  };
  if (names) {
    same(now.scope, old.scope, 'scope');
    same(text(now.names.kind), text(old.names.kind), 'names', 'kind');
  }
  same(now.group, old.group, 'group');
  same(text(now.names.plural), text(old.names.plural), 'names', 'plural');
}

export const customResourceDefinition: Validator = {
  create: (crd, { version }) => {
    const errors: FieldError[] = [];
    const definition = definitionOf(crd);
    const wanted = `${text(definition.names.plural)}.${definition.group}`;
    const name = (own: string) => [...dnsSubdomain(own), ...(own === wanted ? [] : ['must be spec.names.plural+"."+spec.group'])];
    validateMetadata(crd, { namespaced: false, name, standardFinalizers: false }, errors);
    validateSpec(definition, createOptions(version), errors);
    validateRest(crd, undefined, definition, errors);
    return errors;
  },
  update: (crd, old, { version }, subresource) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(crd, old, errors, false);
    if (subresource === 'status') {
      validateStatus(crd, errors);
      return errors;
    }
    const definition = definitionOf(crd);
    const options = updateOptions(version, definition, old);
    validateSpec(definition, options, errors);
    validateImmutable(definition, definitionOf(old), options.immutableNames, errors);
    validateRest(crd, old, definition, errors);
    return errors;
  },
  warnings: (crd, old, { version }, subresource) => (subresource === 'status' ? [] : formatWarnings(crd, old, version)),
};
