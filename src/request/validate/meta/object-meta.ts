// ObjectMeta: what every kind's metadata must be on creation and on update (k8s.io/apimachinery pkg/api/validation/objectmeta.go, 1.36, and
// the finalizers of core types, kubernetes pkg/apis/core/validation).

import { groupVersion } from '../../../kube/object.ts';
import { type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, required, tooLong } from '../../fields/error.ts';
import { goQuote } from '../../fields/go-text.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { byteLength, count, given, metadataOf, objects, text, texts } from '../read.ts';
import { complain, validateAnnotations, validateLabels } from './labels.ts';
import { asPrefix, dnsLabel, type NameRule, pathSegment, qualifiedName } from './names.ts';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';
const standardFinalizers = new Set(['kubernetes', orphan, foreground]);

/** What a kind asks of its metadata. */
export interface MetadataRules {
  readonly namespaced: boolean;
  readonly name: NameRule;
  /** Core types want finalizers without a domain to be the standard ones. */
  readonly standardFinalizers?: boolean;
  /** Kinds whose name rule is asked of `generateName` too; a few newer ones are not. */
  readonly prefix?: boolean;
}

/** Metadata of a new object, or of an updated one where the kind checks it as a new one. */
export function validateMetadata(object: JsonObject, rules: MetadataRules, errors: FieldError[], path: Path = fieldPath('metadata')): void {
  const metadata = metadataOf(object);
  const generateName = text(metadata.generateName);
  const name = text(metadata.name);
  if (generateName !== '' && rules.prefix !== false)
    complain(generateName, prefixComplaints(generateName, rules.name), path.child('generateName'), errors);
  if (name === '') errors.push(required(path.child('name'), 'name or generateName is required'));
  else complain(name, rules.name(name), path.child('name'), errors);
  const namespace = text(metadata.namespace);
  if (!rules.namespaced) {
    if (namespace !== '') errors.push(forbidden(path.child('namespace'), 'not allowed on this type'));
  } else if (namespace === '') errors.push(required(path.child('namespace')));
  else complain(namespace, dnsLabel(namespace), path.child('namespace'), errors);
  if (count(metadata.generation) < 0)
    errors.push(invalid(path.child('generation'), count(metadata.generation), 'must be greater than or equal to 0'));
  validateLabels(metadata.labels, path.child('labels'), errors);
  validateAnnotations(metadata.annotations, path.child('annotations'), errors);
  validateOwnerReferences(metadata.ownerReferences, path.child('ownerReferences'), errors);
  validateFinalizers(metadata.finalizers, path.child('finalizers'), errors);
  validateManagedFields(metadata.managedFields, path.child('managedFields'), errors);
  if (rules.standardFinalizers !== false) validateStandardFinalizers(metadata.finalizers, path.child('finalizers'), errors);
}

const anySegment: NameRule = (name) => pathSegment(name);

/** What holds for every kind lets a prefix be a dot or two. */
function prefixComplaints(prefix: string, rule: NameRule): readonly string[] {
  return rule === anySegment && (prefix === '.' || prefix === '..') ? [] : rule(asPrefix(prefix));
}

/** What holds for the metadata of every kind: asked after the kind's own rules on creation, before them on update. */
export function validateCommonMetadata(object: JsonObject, namespaced: boolean, errors: FieldError[]): void {
  validateMetadata(object, { namespaced, name: anySegment, standardFinalizers: false }, errors);
}

const immutable = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** Metadata of an update against what is stored. */
export function validateMetadataUpdate(object: JsonObject, old: JsonObject, errors: FieldError[], standard = true): void {
  const path = fieldPath('metadata');
  const metadata = metadataOf(object);
  const before = metadataOf(old);
  if (given(before.deletionTimestamp)) validateNoNewFinalizers(metadata.finalizers, before.finalizers, path.child('finalizers'), errors);
  if (text(metadata.resourceVersion) === '') errors.push(invalid(path.child('resourceVersion'), '', 'must be specified for an update'));
  if (count(metadata.generation) < count(before.generation))
    errors.push(invalid(path.child('generation'), count(metadata.generation), 'must not be decremented'));
  for (const field of immutable) {
    const isText = field === 'name' || field === 'namespace' || field === 'uid';
    const value = isText ? text(metadata[field]) : (metadata[field] ?? null);
    if (!sameJson(value, isText ? text(before[field]) : (before[field] ?? null)))
      errors.push(invalid(path.child(field), value, 'field is immutable'));
  }
  validateLabels(metadata.labels, path.child('labels'), errors);
  validateAnnotations(metadata.annotations, path.child('annotations'), errors);
  validateOwnerReferences(metadata.ownerReferences, path.child('ownerReferences'), errors);
  validateManagedFields(metadata.managedFields, path.child('managedFields'), errors);
  if (standard) validateStandardFinalizers(metadata.finalizers, path.child('finalizers'), errors);
}

function validateOwnerReferences(references: Json | undefined, path: Path, errors: FieldError[]): void {
  let first = '';
  for (const reference of objects(references)) {
    const { group, version } = groupVersion(text(reference.apiVersion));
    const kind = text(reference.kind);
    if (version === '') errors.push(invalid(path.child('apiVersion'), text(reference.apiVersion), 'version must not be empty'));
    for (const field of ['kind', 'name', 'uid'] as const)
      if (text(reference[field]) === '') errors.push(invalid(path.child(field), '', 'must not be empty'));
    if (group === '' && version === 'v1' && kind === 'Event')
      errors.push(invalid(path, ownerReference(reference), '/v1, Kind=Event is disallowed from being an owner'));
    if (reference.controller !== true) continue;
    const name = `${kind}/${text(reference.name)}`;
    if (first === '') first = name;
    else
      errors.push(
        invalid(
          path,
          objects(references).map(ownerReference),
          `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${name}`,
        ),
      );
  }
}

/** In the order of the Go struct. */
function ownerReference(reference: JsonObject): JsonObject {
  const shown: Record<string, Json> = {};
  for (const field of ['apiVersion', 'kind', 'name', 'uid']) shown[field] = text(reference[field]);
  for (const field of ['controller', 'blockOwnerDeletion']) if (given(reference[field])) shown[field] = reference[field] ?? null;
  return shown;
}

export function validateFinalizerName(name: string, path: Path, errors: FieldError[]): void {
  complain(name, qualifiedName(name), path, errors);
}

function validateFinalizers(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const finalizers = texts(value);
  for (const finalizer of finalizers) validateFinalizerName(finalizer, path, errors);
  if (finalizers.includes(orphan) && finalizers.includes(foreground))
    errors.push(invalid(path, finalizers, `finalizer ${orphan} and ${foreground} cannot be both set`));
}

export function validateStandardFinalizer(name: string, path: Path, errors: FieldError[]): void {
  if (!name.includes('/') && !standardFinalizers.has(name))
    errors.push(invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified'));
}

function validateStandardFinalizers(value: Json | undefined, path: Path, errors: FieldError[]): void {
  for (const [position, finalizer] of texts(value).entries()) validateStandardFinalizer(finalizer, path.index(position), errors);
}

function validateNoNewFinalizers(value: Json | undefined, old: Json | undefined, path: Path, errors: FieldError[]): void {
  const before = new Set(texts(old));
  const extra = [...new Set(texts(value))].filter((finalizer) => !before.has(finalizer)).sort();
  if (extra.length === 0) return;
  const list = `[]string{${extra.map(goQuote).join(', ')}}`;
  errors.push(forbidden(path, `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`));
}

function validateManagedFields(entries: Json | undefined, path: Path, errors: FieldError[]): void {
  for (const [position, entry] of objects(entries).entries()) {
    const at = path.index(position);
    const operation = text(entry.operation);
    if (operation !== 'Apply' && operation !== 'Update')
      errors.push(invalid(at.child('operation'), operation, 'must be `Apply` or `Update`'));
    const type = text(entry.fieldsType);
    if (type !== '' && type !== 'FieldsV1') errors.push(invalid(at.child('fieldsType'), type, 'must be `FieldsV1`'));
    validateFieldManager(text(entry.manager), at.child('manager'), errors);
    if (byteLength(text(entry.subresource)) > 256) errors.push(tooLong(at.child('subresource'), 256));
  }
}

/** The name of a field manager, also as a request's option. */
function validateFieldManager(manager: string, path: Path | string, errors: FieldError[]): void {
  if (byteLength(manager) > 128) errors.push(tooLong(path, 128));
  if (/^[ -~]*$/.test(manager)) return;
  let position = 0;
  for (const character of manager) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid(path, manager, `invalid character U+${code} (at position ${position})`));
    }
    position += byteLength(character);
  }
}
