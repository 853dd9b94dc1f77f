// DeviceClasses (kubernetes pkg/apis/resource/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, invalid } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { longName } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { isExtended } from '../pod/resource-names.ts';
import { given, objects, struct, text } from '../read.ts';
import type { Validator } from '../validator.ts';
import { validateConfiguration, validateSelectors, withinLimit } from './devices.ts';

function validateClass(object: JsonObject, version: string, errors: FieldError[]): void {
  const spec = struct(object.spec);
  const path = fieldPath('spec');
  const configs = objects(spec.config);
  validateMetadata(object, { namespaced: false, name: longName, prefix: false }, errors);
  validateSelectors(spec.selectors, version, path.child('selectors'), errors);
  if (withinLimit(configs.length, 32, path.child('config'), errors))
    for (const [position, config] of configs.entries()) validateConfiguration(config, path.child('config').index(position), errors);
  const name = text(spec.extendedResourceName);
  if (given(spec.extendedResourceName) && !isExtended(name))
    errors.push(invalid(path.child('extendedResourceName'), name, 'must be a valid extended resource name'));
}

export const deviceClass: Validator = {
  create: (object, { version }) => {
    const errors: FieldError[] = [];
    validateClass(object, version, errors);
    return errors;
  },
  update: (object, old, { version }) => {
    const errors: FieldError[] = [];
    validateClass(object, version, errors);
    validateMetadataUpdate(object, old, errors);
    return errors;
  },
};
