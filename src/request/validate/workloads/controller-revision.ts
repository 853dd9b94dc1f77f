// ControllerRevisions (kubernetes pkg/apis/apps/validation, 1.36).

import { isObject, type JsonObject } from '../../../lib/json.ts';
import { type FieldError, required } from '../../fields/error.ts';
import { goJson } from '../../fields/go-text.ts';
import { fieldPath } from '../../fields/path.ts';
import { dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateNonNegative } from '../numbers.ts';
import { given } from '../read.ts';
import { sameValue } from '../semantic.ts';
import type { Validator } from '../validator.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };

function validate(revision: JsonObject, errors: FieldError[]): void {
  validateMetadata(revision, metadata, errors);
  validateNonNegative(revision.revision, fieldPath('revision'), errors);
}

export const controllerRevision: Validator = {
  create: (revision) => {
    const errors: FieldError[] = [];
    validate(revision, errors);
    if (!given(revision.data)) errors.push(required('data', 'data is mandatory'));
    else if (!isObject(revision.data)) errors.push(required('data', 'data must be a valid JSON object'));
    return errors;
  },
  update: (revision, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(revision, old, errors);
    validate(revision, errors);
    if (!sameValue(revision.data, old.data, 'meta.RawExtension'))
      errors.push({ type: 'FieldValueInvalid', field: 'data', value: goJson(revision.data ?? null), detail: 'field is immutable' });
    return errors;
  },
};
