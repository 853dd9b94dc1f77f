// FlowSchemas (kubernetes pkg/apis/flowcontrol/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata } from '../meta/object-meta.ts';
import { count, given, metadataOf, object, objects, size, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';
import { validateStatus } from './conditions.ts';
import { mandatoryFlowSchemas } from './mandatory.ts';

const maxPrecedence = 10000;
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

function validateSchema(schema: JsonObject, errors: FieldError[]): void {
  const name = text(metadataOf(schema).name);
  const path = fieldPath('spec');
  validateMetadata(schema, { namespaced: false, name: dnsSubdomain }, errors);
  validateSpec(struct(schema.spec), name, path, errors);
  const fixed = mandatoryFlowSchemas.get(name);
  if (fixed !== undefined && !sameValue(schema.spec, fixed as Json, 'flowcontrol.FlowSchemaSpec'))
    errors.push(invalid(path, asInternal(schema.spec, 'flowcontrol.FlowSchemaSpec'), `spec of '${name}' must equal the fixed value`));
  validateStatus(schema, errors);
}

function validateSpec(spec: JsonObject, name: string, path: Path, errors: FieldError[]): void {
  const precedence = count(spec.matchingPrecedence);
  const refuse = (words: string) => errors.push(invalid(path.child('matchingPrecedence'), precedence, words));
  if (precedence <= 0) refuse('must be a positive value');
  if (precedence > maxPrecedence) refuse(`must not be greater than ${maxPrecedence}`);
  if (precedence === 1 && name !== 'exempt') refuse("only the schema named 'exempt' may have matchingPrecedence 1");
  const method = object(spec.distinguisherMethod);
  if (method !== undefined && method.type !== 'ByNamespace' && method.type !== 'ByUser')
    errors.push(
      notSupported(path.child('distinguisherMethod', 'type'), asInternal(method as Json, 'flowcontrol.FlowDistinguisherMethod'), [
        'ByNamespace',
        'ByUser',
      ]),
    );
  const level = text(struct(spec.priorityLevelConfiguration).name);
  const levelPath = path.child('priorityLevelConfiguration', 'name');
  if (level === '') errors.push(required(levelPath, 'must reference a priority level'));
  else complain(level, dnsSubdomain(level), levelPath, errors);
  for (const [position, rule] of objects(spec.rules).entries()) validateRule(rule, path.child('rules').index(position), errors);
}

function validateRule(rule: JsonObject, path: Path, errors: FieldError[]): void {
  if (size(rule.subjects) === 0) errors.push(required(path.child('subjects'), 'subjects must contain at least one value'));
  for (const [position, subject] of objects(rule.subjects).entries())
    validateSubject(subject, path.child('subjects').index(position), errors);
  if (size(rule.resourceRules) === 0 && size(rule.nonResourceRules) === 0)
    errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  for (const [position, own] of objects(rule.resourceRules).entries())
    validateResourceRule(own, path.child('resourceRules').index(position), errors);
  for (const [position, own] of objects(rule.nonResourceRules).entries())
    validateUrlRule(own, path.child('nonResourceRules').index(position), errors);
}

const subjectFields: Readonly<Record<string, string>> = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' };

function validateSubject(subject: JsonObject, path: Path, errors: FieldError[]): void {
  const kind = text(subject.kind);
  const field = Object.hasOwn(subjectFields, kind) ? subjectFields[kind] : undefined;
  if (field === undefined) {
    errors.push(notSupported(path.child('kind'), kind, ['Group', 'ServiceAccount', 'User']));
    return;
  }
  const own = object(subject[field]);
  if (own === undefined) errors.push(required(path.child(field), `${field} is required when subject kind is '${kind}'`));
  else validateOwnSubject(own, kind, path.child(field), errors);
  for (const [otherKind, other] of Object.entries(subjectFields))
    if (other !== field && given(subject[other]))
      errors.push(forbidden(path.child(other), `${other} is forbidden when subject kind is not '${otherKind}'`));
}

function validateOwnSubject(subject: JsonObject, kind: string, path: Path, errors: FieldError[]): void {
  const name = text(subject.name);
  if (name === '') errors.push(required(path.child('name')));
  if (kind !== 'ServiceAccount') return;
  const namespace = text(subject.namespace);
  if (name !== '' && name !== '*') complain(name, dnsSubdomain(name), path.child('name'), errors);
  if (namespace === '') errors.push(required(path.child('namespace'), 'must specify namespace for service account'));
  else complain(namespace, dnsLabel(namespace), path.child('namespace'), errors);
}

/** A list that must have something, and `*` only alone; true where it is to be looked at further. */
function validateWildcards(values: readonly string[], path: Path, empty: string, others: string, errors: FieldError[]): boolean {
  if (values.length === 0) {
    errors.push(required(path, empty));
    return false;
  }
  if (!values.includes('*')) return true;
  if (values.length > 1) errors.push(invalid(path, values, `if '*' is present, must not specify other ${others}`));
  return false;
}

function validateVerbs(rule: JsonObject, path: Path, errors: FieldError[]): void {
  const own = texts(rule.verbs);
  const at = path.child('verbs');
  if (!validateWildcards(own, at, 'verbs must contain at least one value', 'verbs', errors)) return;
  if (!own.every((verb) => verbs.includes(verb))) errors.push(notSupported(at, own, verbs));
}

function validateUrlRule(rule: JsonObject, path: Path, errors: FieldError[]): void {
  const urls = texts(rule.nonResourceURLs);
  const at = path.child('nonResourceURLs');
  validateVerbs(rule, path, errors);
  if (!validateWildcards(urls, at, 'nonResourceURLs must contain at least one value', 'non-resource URLs', errors)) return;
  for (const [position, url] of urls.entries()) {
    const complaint = urlComplaint(url);
    if (complaint !== undefined) errors.push(invalid(at.index(position), url, complaint));
  }
}

function urlComplaint(url: string): string | undefined {
  const stars = url.split('*').length - 1;
  if (url === '') return 'must not be empty';
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}

function validateResourceRule(rule: JsonObject, path: Path, errors: FieldError[]): void {
  const namespaces = texts(rule.namespaces);
  const at = path.child('namespaces');
  validateVerbs(rule, path, errors);
  validateWildcards(
    texts(rule.apiGroups),
    path.child('apiGroups'),
    'resource rules must supply at least one api group',
    'api groups',
    errors,
  );
  validateWildcards(
    texts(rule.resources),
    path.child('resources'),
    'resource rules must supply at least one resource',
    'resources',
    errors,
  );
  if (namespaces.length === 0 && rule.clusterScope === true) return;
  const empty = 'resource rules that are not cluster scoped must supply at least one namespace';
  if (!validateWildcards(namespaces, at, empty, 'namespaces', errors)) return;
  for (const [position, namespace] of namespaces.entries())
    for (const complaint of dnsLabel(namespace))
      errors.push(invalid(at.index(position), namespace, `each member of this list must be '*' or a DNS-1123 label; ${complaint}`));
}

export const flowSchema: Validator = {
  create: (schema) => {
    const errors: FieldError[] = [];
    validateSchema(schema, errors);
    return errors;
  },
  update: (schema, _old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') validateStatus(schema, errors);
    else validateSchema(schema, errors);
    return errors;
  },
};
