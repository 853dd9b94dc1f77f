// Namespaces, and the finalize subresource that ends them (kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { dnsLabel } from '../meta/names.ts';
import { validateFinalizerName, validateMetadata, validateMetadataUpdate, validateStandardFinalizer } from '../meta/object-meta.ts';
import { given, metadataOf, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

const path = fieldPath('spec', 'finalizers');

function validate(namespace: JsonObject, errors: FieldError[]): void {
  validateMetadata(namespace, { namespaced: false, name: dnsLabel }, errors);
  for (const finalizer of texts(struct(namespace.spec).finalizers)) {
    validateFinalizerName(finalizer, path, errors);
    validateStandardFinalizer(finalizer, path, errors);
  }
}

export const namespace: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validate(object, errors);
    return errors;
  },
  update: (object, old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === '') validate(object, errors);
    validateMetadataUpdate(object, old, errors);
    if (subresource === 'finalize')
      for (const [position, finalizer] of texts(struct(object.spec).finalizers).entries()) {
        validateFinalizerName(finalizer, path.index(position), errors);
        validateStandardFinalizer(finalizer, path.index(position), errors);
      }
    if (subresource !== 'status') return errors;
    const phase = text(struct(object.status).phase);
    const deleting = given(metadataOf(object).deletionTimestamp);
    if (phase !== (deleting ? 'Terminating' : 'Active'))
      errors.push(
        invalid(
          'status.Phase',
          phase,
          deleting
            ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
            : "may only be 'Active' if `deletionTimestamp` is empty",
        ),
      );
    return errors;
  },
};
