// Roles and bindings (kubernetes pkg/apis/rbac/validation, 1.36). Whether somebody may give these rights away is authorization's question.

import { labelSelector } from '../../../kube/selector.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain, validateLabelSelector } from '../meta/labels.ts';
import { dnsSubdomain, pathSegment } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { object, objects, size, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

const group = 'rbac.authorization.k8s.io';

function validateRule(rule: JsonObject, namespaced: boolean, path: Path, errors: FieldError[]): void {
  if (size(rule.verbs) === 0) errors.push(required(path.child('verbs'), 'verbs must contain at least one value'));
  const urls = texts(rule.nonResourceURLs);
  if (urls.length > 0) {
    const at = path.child('nonResourceURLs');
    if (namespaced) errors.push(invalid(at, urls, 'namespaced rules cannot apply to non-resource URLs'));
    if (size(rule.apiGroups) + size(rule.resources) + size(rule.resourceNames) > 0)
      errors.push(invalid(at, urls, 'rules cannot apply to both regular resources and non-resource URLs'));
    return;
  }
  if (size(rule.apiGroups) === 0) errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (size(rule.resources) === 0) errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'));
}

function validateRole(role: JsonObject, namespaced: boolean, errors: FieldError[], old?: JsonObject): void {
  validateMetadata(role, { namespaced, name: pathSegment }, errors);
  for (const [position, rule] of objects(role.rules).entries()) validateRule(rule, namespaced, fieldPath('rules').index(position), errors);
  const aggregation = namespaced ? undefined : object(role.aggregationRule);
  if (aggregation === undefined) return;
  const path = fieldPath('aggregationRule', 'clusterRoleSelectors');
  const selectors = objects(aggregation.clusterRoleSelectors);
  if (selectors.length === 0) errors.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  const allowInvalidLabelValue = objects(object(old?.aggregationRule)?.clusterRoleSelectors).some(isBad);
  for (const [position, selector] of selectors.entries()) {
    validateLabelSelector(selector, path.index(position), errors, { allowInvalidLabelValue });
    if (!labelSelector(selector).ok) errors.push(invalid(path.index(position), null, 'invalid label selector.'));
  }
}

function isBad(selector: JsonObject): boolean {
  const errors: FieldError[] = [];
  validateLabelSelector(selector, fieldPath(''), errors);
  return errors.length > 0;
}

function roleValidator(namespaced: boolean): Validator {
  return {
    create: (role) => {
      const errors: FieldError[] = [];
      validateRole(role, namespaced, errors);
      return errors;
    },
    update: (role, old) => {
      const errors: FieldError[] = [];
      validateRole(role, namespaced, errors, old);
      validateMetadataUpdate(role, old, errors);
      return errors;
    },
  };
}

function validateSubject(subject: JsonObject, namespaced: boolean, path: Path, errors: FieldError[]): void {
  const name = text(subject.name);
  const apiGroup = text(subject.apiGroup);
  const kind = text(subject.kind);
  if (name === '') errors.push(required(path.child('name')));
  if (kind === 'ServiceAccount') {
    if (name !== '') complain(name, dnsSubdomain(name), path.child('name'), errors);
    if (apiGroup !== '') errors.push(notSupported(path.child('apiGroup'), apiGroup, ['']));
    if (!namespaced && text(subject.namespace) === '') errors.push(required(path.child('namespace')));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== group) errors.push(notSupported(path.child('apiGroup'), apiGroup, [group]));
  } else errors.push(notSupported(path.child('kind'), kind, ['ServiceAccount', 'User', 'Group']));
}

function validateBinding(binding: JsonObject, namespaced: boolean, errors: FieldError[]): void {
  const path = fieldPath('roleRef');
  const { apiGroup, kind, name } = struct(binding.roleRef);
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  validateMetadata(binding, { namespaced, name: pathSegment }, errors);
  if (apiGroup !== group) errors.push(notSupported(path.child('apiGroup'), text(apiGroup), [group]));
  if (!kinds.includes(text(kind))) errors.push(notSupported(path.child('kind'), text(kind), kinds));
  if (text(name) === '') errors.push(required(path.child('name')));
  else complain(text(name), pathSegment(text(name)), path.child('name'), errors);
  for (const [position, subject] of objects(binding.subjects).entries())
    validateSubject(subject, namespaced, fieldPath('subjects').index(position), errors);
}

function bindingValidator(namespaced: boolean): Validator {
  return {
    create: (binding) => {
      const errors: FieldError[] = [];
      validateBinding(binding, namespaced, errors);
      return errors;
    },
    update: (binding, old) => {
      const errors: FieldError[] = [];
      validateBinding(binding, namespaced, errors);
      validateMetadataUpdate(binding, old, errors);
      if (!sameValue(binding.roleRef, old.roleRef, 'rbac.RoleRef'))
        errors.push(invalid('roleRef', asInternal(binding.roleRef, 'rbac.RoleRef'), 'cannot change roleRef'));
      return errors;
    },
  };
}

export const role = roleValidator(true);
export const clusterRole = roleValidator(false);
export const roleBinding = bindingValidator(true);
export const clusterRoleBinding = bindingValidator(false);
