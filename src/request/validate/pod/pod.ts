// Pods: creation, updates and their subresources (kubernetes pkg/apis/core/validation and pkg/registry/core/pod, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden } from '../../fields/error.ts';
import { goList } from '../../fields/go-text.ts';
import { fieldPath } from '../../fields/path.ts';
import { addressWarnings } from '../meta/address.ts';
import { dnsLabel, dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata } from '../meta/object-meta.ts';
import { given, member, metadataOf, object, objects, size, struct, text } from '../read.ts';
import type { ValidationContext, Validator } from '../validator.ts';
import { mirrorAnnotation, validatePodAnnotations, validateProfilesMatch } from './annotations.ts';
import { validateImageSpaces } from './containers.ts';
import { type PodOptions, podOptions } from './options.ts';
import { validatePodResize } from './resize.ts';
import { validatePodSpec } from './spec.ts';
import { validatePodStatus } from './status.ts';
import { validateEphemeralUpdate, validatePodUpdate } from './update.ts';
import { podWarnings } from './warnings.ts';

export const podMetadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const spec = fieldPath('spec');

/** What holds for a pod however it came about. */
function validatePod(pod: JsonObject, errors: FieldError[], options: PodOptions): void {
  const { annotations, name } = metadataOf(pod);
  const podSpec = struct(pod.spec);
  validateMetadata(pod, podMetadata, errors);
  validatePodAnnotations(annotations, podSpec, fieldPath('metadata', 'annotations'), errors, options);
  const identity = { name: text(name), isMirror: member(annotations, mirrorAnnotation) !== undefined };
  validatePodSpec(podSpec, identity, spec, errors, options);
  if (text(podSpec.serviceAccountName) === '')
    for (const [position, volume] of objects(podSpec.volumes).entries())
      for (const [index, source] of objects(object(volume.projected)?.sources).entries())
        if (given(source.serviceAccountToken))
          errors.push(
            forbidden(
              spec.child('volumes').index(position).child('projected', 'sources').index(index).child('serviceAccountToken'),
              'must not be specified when serviceAccountName is not set',
            ),
          );
  for (const list of ['containers', 'initContainers'])
    for (const [position, container] of objects(podSpec[list]).entries())
      validateImageSpaces(container, spec.child(list).index(position), errors);
}

function optionsFor(context: ValidationContext, old?: JsonObject): PodOptions {
  return old === undefined
    ? podOptions(context, true)
    : podOptions(context, true, { spec: struct(old.spec), annotations: metadataOf(old).annotations });
}

export const pod: Validator = {
  create: (object, context) => {
    const errors: FieldError[] = [];
    const podSpec = struct(object.spec);
    validatePod(object, errors, optionsFor(context));
    if (size(podSpec.ephemeralContainers) > 0) errors.push(forbidden(spec.child('ephemeralContainers'), 'cannot be set on create'));
    if (text(podSpec.nodeName) !== '' && size(podSpec.schedulingGates) > 0)
      errors.push(forbidden(spec.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
    validateProfilesMatch(metadataOf(object).annotations, podSpec, spec, errors);
    return errors;
  },
  update: (object, old, context, subresource) => {
    const errors: FieldError[] = [];
    const options = optionsFor(context, old);
    const whole = () => validatePod(object, errors, options);
    switch (subresource) {
      case 'status':
        validatePodStatus(object, old, errors, options);
        return errors;
      case 'ephemeralcontainers':
        return validateEphemeralUpdate(object, old, errors, whole);
      case 'resize':
        return validatePodResize(object, old, errors, options, whole);
      default:
        validatePodUpdate(object, old, errors, options, whole);
        return errors;
    }
  },
  warnings: (object, old, _context, subresource) => {
    if (subresource === 'status') return statusWarnings(object);
    if (old !== undefined) return [];
    const complaints = dnsLabel(text(metadataOf(object).name));
    const name =
      complaints.length === 0
        ? []
        : [
            `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: ${goList(complaints)}`,
          ];
    return [...name, ...podWarnings(struct(object.spec), metadataOf(object).annotations, undefined)];
  },
};

function statusWarnings(object: JsonObject): readonly string[] {
  const status = struct(object.status);
  return ['podIPs', 'hostIPs'].flatMap((list) =>
    objects(status[list]).flatMap((each, position) =>
      addressWarnings(text(each.ip), fieldPath('status', list).index(position).child('ip')),
    ),
  );
}
