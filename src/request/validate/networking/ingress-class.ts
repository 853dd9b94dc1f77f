// IngressClasses (kubernetes pkg/apis/networking/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, notSupported, required, tooLong } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateDomainPrefixedPath } from '../meta/prefixed.ts';
import { validateImmutable } from '../numbers.ts';
import { byteLength, given, object, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { validateReference } from './ingress.ts';

const path = fieldPath('spec');
const scopes = ['Cluster', 'Namespace'];

function validateClass(ingressClass: JsonObject, errors: FieldError[]): void {
  const spec = struct(ingressClass.spec);
  const controller = text(spec.controller);
  validateMetadata(ingressClass, { namespaced: false, name: dnsSubdomain }, errors);
  if (byteLength(controller) > 250) errors.push(tooLong(path.child('controller'), 250));
  validateDomainPrefixedPath(controller, path.child('controller'), errors);
  const parameters = object(spec.parameters);
  if (parameters === undefined) return;
  const at = path.child('parameters');
  validateReference(parameters, at, errors);
  const scope = text(parameters.scope);
  const namespace = at.child('namespace');
  if (!given(parameters.scope)) errors.push(required(at.child('scope')));
  else if (!scopes.includes(scope)) errors.push(notSupported(at.child('scope'), scope, scopes));
  else if (scope === 'Cluster') {
    if (given(parameters.namespace)) errors.push(forbidden(namespace, "`parameters.scope` is set to 'Cluster'"));
  } else if (!given(parameters.namespace)) errors.push(required(namespace, "`parameters.scope` is set to 'Namespace'"));
  else complain(text(parameters.namespace), dnsLabel(text(parameters.namespace)), namespace, errors);
}

export const ingressClass: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validateClass(object, errors);
    return errors;
  },
  update: (object, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    validateImmutable(text(struct(object.spec).controller), text(struct(old.spec).controller), path.child('controller'), errors);
    validateClass(object, errors);
    return errors;
  },
};
