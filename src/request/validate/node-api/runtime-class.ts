// RuntimeClasses (kubernetes pkg/apis/node/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, required } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { asInternal } from '../internal.ts';
import { complain, validateLabels } from '../meta/labels.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { validateImmutable } from '../numbers.ts';
import { podOptions } from '../pod/options.ts';
import { validateOverhead } from '../pod/resources.ts';
import { validateTolerations } from '../pod/scheduling.ts';
import { deprecatedLabel } from '../pod/warnings.ts';
import { object, objects, pairs, text } from '../read.ts';
import type { ValidationContext, Validator } from '../validator.ts';

function validateClass(runtimeClass: JsonObject, errors: FieldError[], context: ValidationContext): void {
  const handler = text(runtimeClass.handler);
  const options = podOptions(context, false);
  validateMetadata(runtimeClass, { namespaced: false, name: dnsSubdomain, standardFinalizers: false }, errors);
  if (handler === '') errors.push(required('handler'));
  else complain(handler, dnsLabel(handler), fieldPath('handler'), errors);
  validateOverhead(object(runtimeClass.overhead)?.podFixed, fieldPath('overhead'), errors, options);
  const scheduling = object(runtimeClass.scheduling);
  if (scheduling === undefined) return;
  const path = fieldPath('scheduling');
  validateLabels(scheduling.nodeSelector, path.child('nodeSelector'), errors);
  validateTolerations(scheduling.tolerations, path.child('tolerations'), errors, options);
  const seen = new Set<string>();
  for (const [position, toleration] of objects(scheduling.tolerations).entries()) {
    const key = ['key', 'operator', 'value', 'effect'].map((field) => text(toleration[field])).join('\n');
    if (seen.has(key)) errors.push(duplicate(path.child('tolerations').index(position), asInternal(toleration, 'core.Toleration')));
    seen.add(key);
  }
}

export const runtimeClass: Validator = {
  create: (object, context) => {
    const errors: FieldError[] = [];
    validateClass(object, errors, context);
    return errors;
  },
  update: (object, old, context) => {
    const errors: FieldError[] = [];
    validateClass(object, errors, context);
    validateMetadataUpdate(object, old, errors, false);
    validateImmutable(text(object.handler), text(old.handler), fieldPath('handler'), errors);
    return errors;
  },
  warnings: (runtimeClass) =>
    pairs(object(runtimeClass.scheduling)?.nodeSelector).flatMap(([key]) => {
      const words = deprecatedLabel(key);
      return words === undefined ? [] : [`scheduling.nodeSelector: ${words}`];
    }),
};
