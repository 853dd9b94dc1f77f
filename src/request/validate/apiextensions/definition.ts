// CustomResourceDefinitions (apiextensions-apiserver pkg/apis/apiextensions/validation, 1.36): names, versions, conversion, subresources and
// columns. Left out: everything that a schema itself may not say, and its rules in CEL.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../field-error.ts';
import { fieldPath, type Path } from '../../path.ts';
import { validateClientConfig } from '../admission/webhook-client.ts';
import { complain } from '../meta/labels.ts';
import { type Complaints, dns1035Label, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { sameValue, validateImmutable } from '../numbers.ts';
import { annotationsOf, byteLength, given, member, object, objects, size, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec');
const columnTypes: readonly string[] = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats: readonly string[] = ['binary', 'bool', 'byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const approvalAnnotation = 'api-approved.kubernetes.io';
const approvalPage = 'see https://github.com/kubernetes/enhancements/pull/1111';

function joined(value: string, complaints: Complaints, at: Path, errors: FieldError[], before = ''): void {
  if (complaints.length > 0) errors.push(invalid(at, value, before + complaints.join(',')));
}

function schemaOf(version: JsonObject): JsonObject | undefined {
  return object(struct(version.schema).openAPIV3Schema);
}

/** What all versions say alike stands above them, once the server has read a definition: their errors name other fields then. */
function isShared(versions: readonly JsonObject[], field: string): boolean {
  return versions.every((version) => sameValue(version[field], versions[0]?.[field]));
}

function validateDefinition(definition: JsonObject, errors: FieldError[], old?: JsonObject): void {
  const spec = struct(definition.spec);
  const names = struct(spec.names);
  const group = text(spec.group);
  if (old === undefined) {
    const name = `${text(names.plural)}.${group}`;
    const rule = (own: string) => [...dnsSubdomain(own), ...(own === name ? [] : ['must be spec.names.plural+"."+spec.group'])];
    validateMetadata(definition, { namespaced: false, name: rule }, errors);
  } else validateMetadataUpdate(definition, old, errors);
  if (group === '') errors.push(required(path.child('group')));
  else if (dnsSubdomain(group).length > 0) joined(group, dnsSubdomain(group), path.child('group'), errors);
  else if (!group.includes('.')) errors.push(invalid(path.child('group'), group, 'should be a domain with at least one dot'));
  if (text(spec.scope) === '') errors.push(required(path.child('scope')));
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced')
    errors.push(notSupported(path.child('scope'), spec.scope, ['Cluster', 'Namespaced']));
  validateVersions(spec, errors, old);
  for (const field of ['plural', 'singular', 'kind', 'listKind'])
    if (text(names[field]) === '') errors.push(required(path.child('names', field)));
  validateNames(names, path.child('names'), errors);
  validateConversion(spec, path.child('conversion'), errors);
  if (old !== undefined) validateFixed(spec, old, errors);
  const status = struct(definition.status);
  validateNames(struct(status.acceptedNames), fieldPath('status', 'acceptedNames'), errors);
  validateStoredVersions(texts(status.storedVersions), objects(spec.versions), errors);
  validateApproval(definition, group, errors, old);
  if (spec.preserveUnknownFields === true && struct(old?.spec).preserveUnknownFields !== true)
    errors.push(
      invalid(
        path.child('preserveUnknownFields'),
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
}

function validateFixed(spec: JsonObject, old: JsonObject, errors: FieldError[]): void {
  const before = struct(old.spec);
  const [names, oldNames] = [struct(spec.names), struct(before.names)];
  const established = objects(struct(old.status).conditions).some(({ type, status }) => type === 'Established' && status === 'True');
  if (established) {
    validateImmutable(spec.scope, before.scope, path.child('scope'), errors);
    validateImmutable(names.kind, oldNames.kind, path.child('names', 'kind'), errors);
  }
  validateImmutable(spec.group, before.group, path.child('group'), errors);
  validateImmutable(names.plural, oldNames.plural, path.child('names', 'plural'), errors);
}

function validateVersions(spec: JsonObject, errors: FieldError[], old: JsonObject | undefined): void {
  const versions = objects(spec.versions);
  const at = path.child('versions');
  const mustHaveSchema = old === undefined || objects(struct(old.spec).versions).every((version) => schemaOf(version) !== undefined);
  const refuse = (words: string) => errors.push(invalid(at, spec.versions ?? null, words));
  for (const [position, version] of versions.entries()) {
    const name = text(version.name);
    const own = at.index(position);
    joined(name, dns1035Label(name), own.child('name'), errors);
    if (mustHaveSchema && schemaOf(version) === undefined) errors.push(required(own.child('schema', 'openAPIV3Schema')));
    validateDeprecation(version, own.child('deprecationWarning'), errors);
    if (!isShared(versions, 'subresources')) validateSubresources(version, own.child('subresources'), errors);
    if (!isShared(versions, 'additionalPrinterColumns')) validateColumns(version, own.child('additionalPrinterColumns'), errors);
    if (!isShared(versions, 'selectableFields')) validateSelectable(version, own.child('selectableFields'), errors);
  }
  if (spec.preserveUnknownFields === true && versions.some((version) => hasDefault(schemaOf(version))))
    errors.push(invalid(path.child('preserveUnknownFields'), true, 'must be false in order to use defaults in the schema'));
  if (new Set(versions.map(({ name }) => text(name))).size < versions.length) refuse('must contain unique version names');
  if (versions.filter(({ storage }) => storage === true).length !== 1) refuse('must have exactly one version marked as storage version');
  const [first] = versions;
  if (first === undefined) return;
  const name = text(first.name);
  if (name !== '') joined(name, dns1035Label(name), path.child('version'), errors);
  if (isShared(versions, 'subresources')) validateSubresources(first, path.child('subresources'), errors);
  if (isShared(versions, 'additionalPrinterColumns')) validateColumns(first, path.child('additionalPrinterColumns'), errors);
  if (isShared(versions, 'selectableFields')) validateSelectable(first, path.child('selectableFields'), errors);
}

function validateDeprecation(version: JsonObject, at: Path, errors: FieldError[]): void {
  if (!given(version.deprecationWarning)) return;
  const warning = text(version.deprecationWarning);
  const refuse = (words: string) => errors.push(invalid(at, warning, words));
  if (version.deprecated !== true) {
    refuse('can only be set for deprecated versions');
    return;
  }
  if (byteLength(warning) > 256) refuse('must be <= 256 characters long');
  if (warning === '') refuse('must not be an empty string');
  const bad = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(warning);
  if (bad !== null)
    refuse(
      `must only contain printable UTF-8 characters; non-printable character found at index ${byteLength(warning.slice(0, bad.index))}`,
    );
}

function hasDefault(schema: JsonObject | undefined): boolean {
  const open = schema === undefined ? [] : [schema];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (given(node.default)) return true;
    const nested = ['properties', 'patternProperties', 'definitions'].flatMap((field) => Object.values(struct(node?.[field])));
    for (const field of ['items', 'additionalProperties', 'not']) nested.push(node[field]);
    for (const field of ['allOf', 'anyOf', 'oneOf']) nested.push(...objects(node[field]));
    for (const value of nested) {
      const child = object(value as Json | undefined);
      if (child !== undefined) open.push(child);
    }
  }
  return false;
}

function validateSubresources(version: JsonObject, at: Path, errors: FieldError[]): void {
  const scale = object(struct(version.subresources).scale);
  if (scale === undefined) return;
  for (const [field, roots, words, needed] of [
    ['specReplicasPath', ['.spec.'], 'should be a json path under .spec', true],
    ['statusReplicasPath', ['.status.'], 'should be a json path under .status', true],
    ['labelSelectorPath', ['.spec.', '.status.'], 'should be a json path under either .spec or .status', false],
  ] as const) {
    const own = at.child(`scale.${field}`);
    const value = text(scale[field]);
    if (value === '') {
      if (needed) errors.push(required(own));
    } else if (!value.startsWith('.')) errors.push(invalid(own, value, 'must be a simple json path starting with .'));
    else if (!roots.some((root) => value.startsWith(root))) errors.push(invalid(own, value, words));
  }
}

function validateColumns(version: JsonObject, at: Path, errors: FieldError[]): void {
  for (const [position, column] of objects(version.additionalPrinterColumns).entries()) {
    const own = at.index(position);
    const [type, format, jsonPath] = [text(column.type), text(column.format), text(column.jsonPath)];
    const types = `must be one of ${columnTypes.join(',')}`;
    if (text(column.name) === '') errors.push(required(own.child('name')));
    if (type === '') errors.push(required(own.child('type'), types));
    else if (!columnTypes.includes(type)) errors.push(invalid(own.child('type'), type, types));
    if (format !== '' && !columnFormats.includes(format))
      errors.push(invalid(own.child('format'), format, `must be one of ${columnFormats.join(',')}`));
    if (jsonPath === '') errors.push(required(own.child('JSONPath')));
    else if (!jsonPath.startsWith('.')) errors.push(invalid(own.child('JSONPath'), jsonPath, 'must be a simple json path starting with .'));
  }
}

function validateSelectable(version: JsonObject, at: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [position, field] of objects(version.selectableFields).entries()) {
    const own = at.index(position).child('jsonPath');
    const jsonPath = text(field.jsonPath);
    if (seen.has(jsonPath)) errors.push(duplicate(own, jsonPath));
    else if (jsonPath === '') errors.push(required(own));
    else if (/^(\.[A-Za-z_][\w-]*)+$/.test(jsonPath) && !refersToField(schemaOf(version), jsonPath))
      errors.push(invalid(own, jsonPath, 'is an invalid path: does not refer to a valid field'));
    seen.add(jsonPath);
  }
}

function refersToField(schema: JsonObject | undefined, jsonPath: string): boolean {
  let node = schema;
  for (const name of jsonPath.slice(1).split('.')) {
    const properties = struct(node?.properties);
    node = Object.hasOwn(properties, name) ? object(properties[name]) : undefined;
  }
  return node !== undefined;
}

function validateNames(names: JsonObject, at: Path, errors: FieldError[]): void {
  for (const field of ['plural', 'singular']) {
    const name = text(names[field]);
    if (name !== '') joined(name, dns1035Label(name), at.child(field), errors);
  }
  for (const field of ['kind', 'listKind']) {
    const name = text(names[field]);
    const words = 'may have mixed case, but should otherwise match: ';
    if (name !== '') joined(name, dns1035Label(name.toLowerCase()), at.child(field), errors, words);
  }
  for (const field of ['shortNames', 'categories'])
    for (const [position, name] of texts(names[field]).entries()) joined(name, dns1035Label(name), at.child(field).index(position), errors);
  if (text(names.kind) !== '' && names.kind === names.listKind)
    errors.push(invalid(at.child('listKind'), names.listKind, 'kind and listKind may not be the same'));
}

function validateConversion(spec: JsonObject, at: Path, errors: FieldError[]): void {
  const conversion = object(spec.conversion);
  if (conversion === undefined) return;
  const strategy = text(conversion.strategy);
  const webhook = struct(conversion.webhook);
  const client = object(webhook.clientConfig);
  if (strategy !== 'None' && spec.preserveUnknownFields === true)
    errors.push(invalid(at.child('strategy'), strategy, 'must be None if spec.preserveUnknownFields is true'));
  if (strategy === '') errors.push(required(at.child('strategy')));
  else if (strategy !== 'None' && strategy !== 'Webhook') errors.push(notSupported(at.child('strategy'), strategy, ['None', 'Webhook']));
  const [clientAt, versionsAt] = [at.child('webhookClientConfig'), at.child('conversionReviewVersions')];
  if (strategy === 'Webhook') {
    if (client === undefined) errors.push(required(clientAt, 'required when strategy is set to Webhook'));
    else validateClientConfig(client, clientAt, errors);
    validateReviewVersions(texts(webhook.conversionReviewVersions), versionsAt, errors);
    return;
  }
  const words = 'should not be set when strategy is not set to Webhook';
  if (client !== undefined) errors.push(forbidden(clientAt, words));
  if (size(webhook.conversionReviewVersions) > 0) errors.push(forbidden(versionsAt, words));
}

function validateReviewVersions(versions: readonly string[], at: Path, errors: FieldError[]): void {
  if (versions.length === 0) {
    errors.push(required(at));
    return;
  }
  for (const [position, version] of versions.entries())
    if (versions.indexOf(version) < position) errors.push(invalid(at.index(position), version, 'duplicate version'));
    else complain(version, dns1035Label(version), at.index(position), errors);
  if (!versions.includes('v1') && !versions.includes('v1beta1'))
    errors.push(invalid(at, versions, 'must include at least one of v1, v1beta1'));
}

function validateStoredVersions(stored: readonly string[], versions: readonly JsonObject[], errors: FieldError[]): void {
  const at = fieldPath('status', 'storedVersions');
  if (stored.length === 0) {
    errors.push(invalid(at, null, 'must have at least one stored version'));
    return;
  }
  const names = versions.map(({ name }) => text(name));
  for (const { name, storage } of versions)
    if (storage === true && !stored.includes(text(name))) errors.push(invalid(at, stored, `must have the storage version ${text(name)}`));
  for (const [position, name] of stored.entries())
    if (!names.includes(name))
      errors.push(
        invalid(
          at.index(position),
          name,
          `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
        ),
      );
}

/** Whether a definition in a group of the community says that it was approved: why not, or undefined. */
function approvalProblem(definition: JsonObject): 'missing' | 'invalid' | undefined {
  const approval = member(annotationsOf(definition), approvalAnnotation) ?? '';
  if (approval === '') return 'missing';
  return approval.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.test(approval) ? undefined : 'invalid';
}

function validateApproval(definition: JsonObject, group: string, errors: FieldError[], old: JsonObject | undefined): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return;
  const problem = approvalProblem(definition);
  if (problem === undefined || (old !== undefined && approvalProblem(old) === problem)) return;
  const at = fieldPath('metadata', 'annotations').key(approvalAnnotation);
  const words = `protected groups must have approval annotation "${approvalAnnotation}"`;
  if (problem === 'missing') errors.push(required(at, `${words}, ${approvalPage}`));
  else
    errors.push(
      invalid(
        at,
        member(annotationsOf(definition), approvalAnnotation),
        `${words} with either a URL or a reason starting with "unapproved", ${approvalPage}`,
      ),
    );
}

export const customResourceDefinition: Validator = {
  create: (definition) => {
    const errors: FieldError[] = [];
    validateDefinition(definition, errors);
    return errors;
  },
  update: (definition, old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource !== 'status') {
      validateDefinition(definition, errors, old);
      return errors;
    }
    validateMetadataUpdate(definition, old, errors);
    validateNames(struct(struct(definition.status).acceptedNames), fieldPath('status', 'acceptedNames'), errors);
    return errors;
  },
};
