// `resize`: cpu and memory of a pod's containers change, nothing else (KEP-1287; kubernetes pkg/apis/core/validation, ValidatePodResize, 1.36).

import { isObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { qualityOfService } from '../../strategy/quality-of-service.ts';
import { validateMetadataUpdate } from '../meta/object-meta.ts';
import { given, member, metadataOf, object, objects, size, struct, text } from '../read.ts';
import { sameValue } from '../semantic.ts';
import { mirrorAnnotation } from './annotations.ts';
import { checks, type PodOptions } from './options.ts';

const spec = fieldPath('spec');
const mutable = ['cpu', 'memory'];

export function validatePodResize(
  pod: JsonObject,
  old: JsonObject,
  errors: FieldError[],
  options: PodOptions,
  validateWhole: () => void,
): readonly FieldError[] {
  const now = struct(pod.spec);
  const before = struct(old.spec);
  validateMetadataUpdate(pod, old, errors);
  validateWhole();
  if (member(metadataOf(old).annotations, mirrorAnnotation) !== undefined)
    return [forbidden(fieldPath(''), 'static pods cannot be resized')];
  if (object(before.os)?.name === 'windows') return [forbidden(fieldPath(''), 'windows pods cannot be resized')];
  const status = struct(old.status);
  if ((text(status.qosClass) || qualityOfService(before)) !== qualityOfService(now))
    errors.push(invalid(spec, text(struct(pod.status).qosClass), 'Pod QOS Class may not change as a result of resizing'));
  const running = objects(status.containerStatuses).find((each) => given(object(each.state)?.running));
  if (running !== undefined && !given(running.resources)) errors.push(forbidden(spec, 'Pod running on node without support for resize'));
  const changed: Record<string, Json | undefined> = { ...now };
  if (hasAmounts(before.resources) || hasAmounts(now.resources)) {
    if (!checks(options, 'InPlacePodLevelResourcesVerticalScaling')) {
      errors.push(
        forbidden(
          fieldPath(''),
          'resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled feature gate is disabled',
        ),
      );
      return errors;
    }
    validatePodLevel(now, before, changed, errors);
  }
  if (size(status.nodeAllocatableResourceClaimStatuses) > 0)
    errors.push(forbidden(spec, 'pods with node allocatable resource claims cannot be resized'));
  if (!validateOrder(now, before, errors)) return errors;
  for (const list of ['initContainers', 'containers'] as const)
    for (const [position, container] of objects(before[list]).entries())
      validateNotRemoved(
        struct(objects(now[list])[position]?.resources),
        struct(container.resources),
        spec.child(list).index(position).child('resources'),
        errors,
        'resource',
      );
  changed.containers = objects(now.containers).map((container, position) => {
    const old = objects(before.containers)[position] ?? {};
    const munged = { ...container, resources: withOldCompute(struct(container.resources), struct(old.resources)) } as JsonObject;
    if (!sameValue(munged, old, 'core.Container')) errors.push(forbidden(spec, 'only cpu and memory resources are mutable'));
    return munged;
  });
  changed.initContainers = objects(now.initContainers).map((container, position) => {
    const old = objects(before.initContainers)[position] ?? {};
    const modified = !sameValue(container, old, 'core.Container');
    const munged = { ...container, resources: withOldCompute(struct(container.resources), struct(old.resources)) } as JsonObject;
    const at = spec.child('initContainers').index(position);
    if (!sameValue(munged, old, 'core.Container'))
      errors.push(forbidden(at, 'only cpu and memory resources for init or sidecar containers are mutable'));
    if (modified && container.restartPolicy !== 'Always')
      for (const policy of objects(container.resizePolicy))
        if (policy.restartPolicy === 'RestartContainer')
          errors.push(forbidden(at, 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'));
    return munged;
  });
  if (errors.length === 0 && !sameValue(changed, before, 'core.PodSpec'))
    errors.push(forbidden(spec, 'only cpu and memory resources are mutable'));
  return errors;
}

function hasAmounts(resources: Json | undefined): boolean {
  return size(object(resources)?.requests) + size(object(resources)?.limits) > 0;
}

/** The amounts with cpu and memory as they were. */
function withOldCompute(resources: JsonObject, old: JsonObject): JsonObject {
  const result: Record<string, Json | undefined> = { ...resources };
  for (const list of ['limits', 'requests']) {
    const munged: Record<string, Json | undefined> = { ...struct(resources[list]) };
    for (const name of mutable) {
      delete munged[name];
      const before = struct(old[list])[name];
      if (before !== undefined) munged[name] = before;
    }
    if (Object.keys(munged).length > 0) result[list] = munged;
    else delete result[list];
  }
  return result;
}

function validatePodLevel(now: JsonObject, before: JsonObject, changed: Record<string, Json | undefined>, errors: FieldError[]): void {
  const at = spec.child('resources');
  if (given(before.resources) && !given(now.resources)) {
    errors.push(forbidden(at, 'pod-level resources cannot be removed'));
    return;
  }
  if (given(before.resources)) validateNotRemoved(struct(now.resources), struct(before.resources), at, errors, 'pod-level resource');
  if (!isObject(now.resources)) return;
  const munged = { ...withOldCompute(now.resources, struct(before.resources)), claims: now.resources.claims };
  changed.resources = !given(before.resources) && !hasAmounts(munged) && size(munged.claims) === 0 ? undefined : munged;
  if (!sameValue(changed.resources, before.resources, '*core.ResourceRequirements'))
    errors.push(forbidden(spec, 'only cpu and memory resources are mutable at pod-level'));
}

function validateNotRemoved(now: JsonObject, before: JsonObject, path: Path, errors: FieldError[], kind: string): void {
  for (const list of ['requests', 'limits']) {
    const names = Object.keys(struct(now[list]));
    if (Object.keys(struct(before[list])).some((name) => !names.includes(name)))
      errors.push(forbidden(path.child(list), `${kind} ${list} cannot be removed`));
  }
}

function validateOrder(now: JsonObject, before: JsonObject, errors: FieldError[]): boolean {
  const found = errors.length;
  for (const list of ['containers', 'initContainers'] as const) {
    const old = objects(before[list]);
    const containers = objects(now[list]);
    if (old.length !== containers.length) errors.push(forbidden(spec.child(list), `${list} may not be added or removed on resize`));
    else
      for (const [position, container] of old.entries())
        if (text(container.name) !== text(containers[position]?.name))
          errors.push(forbidden(spec.child(list).index(position).child('name'), `${list} may not be renamed or reordered on resize`));
  }
  return errors.length === found;
}
