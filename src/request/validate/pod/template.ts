// Templates of pods in workloads (kubernetes pkg/apis/core/validation, ValidatePodTemplateSpec, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { validateAnnotations, validateLabels } from '../meta/labels.ts';
import { metadataOf, object, size, struct } from '../read.ts';
import type { ValidationContext } from '../validator.ts';
import { validatePodAnnotations, validateProfilesMatch } from './annotations.ts';
import { type PodOptions, podOptions } from './options.ts';
import { validatePodSpec } from './spec.ts';

export function validatePodTemplate(template: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const { labels, annotations } = metadataOf(template);
  const spec = struct(template.spec);
  validateLabels(labels, path.child('labels'), errors);
  validateAnnotations(annotations, path.child('annotations'), errors);
  validatePodAnnotations(annotations, spec, path.child('annotations'), errors, options);
  validatePodSpec(spec, undefined, path.child('spec'), errors, options);
  validateProfilesMatch(annotations, spec, path.child('spec'), errors);
  if (size(spec.ephemeralContainers) > 0)
    errors.push(forbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
}

/** The options for a template, given the one that is stored. */
export function templateOptions(context: ValidationContext, old?: Json): PodOptions {
  const template = object(old);
  return template === undefined
    ? podOptions(context, false)
    : podOptions(context, false, { spec: struct(template.spec), annotations: metadataOf(template).annotations });
}
